//! The files of a directory on disk, with the documents that are open under other names over them.
//!
//! A folder's own documents lie over its files by their names. A file may have other names too: one by way of a link, one
//! that leads out of the folder into another. What the user sees counts there as well, saved or not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::files::{Generation, Kept};
use config::{DiskFiles, Entry, FactsCache, FileError, FileKind, Files, Stamp};
use syntax::{Document, FileName};

use crate::document_key::real;

/// Open documents by where their files really are.
pub(crate) type Buffers = Arc<BTreeMap<PathBuf, Arc<Document>>>;

/// The saved files of a directory, as far as they were looked at.
pub(crate) type Disk = Kept<DiskFiles>;

/// See the module's description. Names count from the directory.
pub(crate) struct BufferedFiles {
    disk: Arc<Disk>,
    buffers: Buffers,
    links: Arc<Links>,
    /// Counts the states of the buffers that were seen.
    state: u64,
}

/// Where the names in a directory lead, as far as anybody has asked: following links takes the disk, for every part of
/// a path. It holds until files or the set of open documents change.
#[derive(Default)]
pub(crate) struct Links(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The documents that names lead to.
    open: HashMap<String, PathBuf>,
    /// Names that lead to none.
    closed: HashSet<Box<str>>,
    directories: HashMap<String, PathBuf>,
    /// Documents that have changed since and that nobody had asked for.
    changed: HashSet<PathBuf>,
    /// Whether somebody has asked for one of them nevertheless, and got an old text.
    outdated: bool,
}

impl Links {
    /// The document whose file is really there has changed. Whether anybody was shown what it was.
    pub(crate) fn changed(&self, real: &Path) -> bool {
        let mut known = self.lock();
        let seen = known.open.values().any(|path| path == real);
        if !seen {
            known.changed.insert(real.to_owned());
        }
        seen
    }

    /// Whether somebody was shown a text that had changed before.
    pub(crate) fn are_outdated(&self) -> bool {
        self.lock().outdated
    }

    /// From here on, the newest texts are shown.
    pub(crate) fn refreshed(&self) {
        let mut known = self.lock();
        known.changed.clear();
        known.outdated = false;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BufferedFiles {
    /// `state` changes whenever one of the buffers has that somebody has seen here.
    pub(crate) fn new(disk: Arc<Disk>, buffers: Buffers, links: Arc<Links>, state: u64) -> BufferedFiles {
        BufferedFiles { disk, buffers, links, state }
    }

    /// The open document that a name leads to.
    fn buffer(&self, path: &str) -> Option<&Arc<Document>> {
        if self.buffers.is_empty() || self.links.lock().closed.contains(path) {
            return None;
        }
        let known = self.links.lock().open.get(path).cloned();
        let place = known.unwrap_or_else(|| real(&self.disk.below().locate(path)));
        let found = self.buffers.get(&place);
        let mut known = self.links.lock();
        match found {
            Some(_) => {
                known.outdated |= known.changed.contains(&place);
                known.open.insert(path.to_owned(), place);
            }
            None => {
                known.closed.insert(path.into());
            }
        }
        found
    }

    fn with_buffers(
        &self,
        dir: &str,
        entries: Result<Vec<Entry>, FileError>,
    ) -> Result<Vec<Entry>, FileError> {
        if self.buffers.is_empty() {
            return entries;
        }
        let directory = self.directory(dir);
        let names = self.buffers.keys().filter(|place| place.parent() == Some(&directory));
        let names: Vec<&str> = names.filter_map(|place| place.file_name()?.to_str()).collect();
        if names.is_empty() {
            return entries;
        }
        let mut entries = entries.unwrap_or_default();
        for name in names {
            if !entries.iter().any(|entry| entry.name == name) {
                entries.push(Entry { name: name.to_owned(), is_dir: false });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn directory(&self, dir: &str) -> PathBuf {
        let known = self.links.lock().directories.get(dir).cloned();
        known.unwrap_or_else(|| {
            let place = real(&self.disk.below().locate(dir));
            self.links.lock().directories.insert(dir.to_owned(), place.clone());
            place
        })
    }
}

impl Files for BufferedFiles {
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        match self.buffer(path) {
            Some(document) => Ok(Arc::from(document.text().as_bytes())),
            None => self.disk.read_bytes(path),
        }
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.with_buffers(dir, self.disk.list(dir))
    }

    fn list_once(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.with_buffers(dir, self.disk.list_once(dir))
    }

    fn generation(&self) -> Option<Generation> {
        let Generation { content, names } = self.disk.generation()?;
        Some(Generation { content: content + self.state, names })
    }

    fn is_text(&self, path: &str) -> bool {
        self.buffer(path).is_some() || self.disk.is_text(path)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        self.disk.kind(path).or_else(|| self.buffer(path).map(|_| FileKind::File))
    }

    fn is_link(&self, path: &str) -> bool {
        self.disk.is_link(path)
    }

    /// A buffer has none: it is read when it is wanted.
    fn stamp(&self, path: &str) -> Option<Stamp> {
        match self.buffer(path) {
            Some(_) => None,
            None => self.disk.stamp(path),
        }
    }

    fn document(&self, path: &str, cache: &FactsCache) -> Result<Arc<Document>, FileError> {
        match self.buffer(path) {
            Some(document) => Ok(cache.document(&FileName::new(path), &Arc::from(document.text()))),
            None => self.disk.document(path, cache),
        }
    }
}
