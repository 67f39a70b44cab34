//! Open buffers over other files: what the user sees counts, saved or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Document, FileName};

use super::{Entry, FileError, FileKind, Files, Generation, Stamp, normalize};
use crate::facts::FactsCache;

/// Documents that hide, or add to, the files below.
#[derive(Clone, Debug, Default)]
pub struct Overlay<F> {
    below: F,
    /// By normalised name. The name a document was made with must be the same.
    buffers: BTreeMap<String, Arc<Document>>,
}

impl<F: Files> Overlay<F> {
    pub fn new(below: F) -> Overlay<F> {
        Overlay { below, buffers: BTreeMap::new() }
    }

    /// Shows `document` in place of the file of its name.
    pub fn insert(&mut self, document: Arc<Document>) {
        self.buffers.insert(normalize(document.file().as_str()), document);
    }

    /// Shows the file below again.
    pub fn remove(&mut self, file: &FileName) {
        self.buffers.remove(&normalize(file.as_str()));
    }

    pub fn below(&self) -> &F {
        &self.below
    }

    fn with_buffers(
        &self,
        dir: &str,
        list: impl FnOnce(&str) -> Result<Vec<Entry>, FileError>,
    ) -> Result<Vec<Entry>, FileError> {
        let dir = normalize(dir);
        let mut entries = list(&dir);
        for path in self.buffers.keys() {
            let parent = path.rsplit_once('/').map_or(".", |(parent, _)| parent);
            if parent != dir {
                continue;
            }
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            let mut known = entries.unwrap_or_default();
            if !known.iter().any(|entry| entry.name == name) {
                known.push(Entry { name, is_dir: false });
                known.sort();
            }
            entries = Ok(known);
        }
        entries
    }
}

impl<F: Files> Files for Overlay<F> {
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        match self.buffers.get(&normalize(path)) {
            Some(document) => Ok(Arc::from(document.text().as_bytes())),
            None => self.below.read_bytes(path),
        }
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.with_buffers(dir, |dir| self.below.list(dir))
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        match self.buffers.contains_key(&normalize(path)) {
            true => Some(FileKind::File),
            false => self.below.kind(path),
        }
    }

    fn is_link(&self, path: &str) -> bool {
        self.below.is_link(path)
    }

    /// A buffer has none: it is read when it is wanted.
    fn above(&self) -> usize {
        self.below.above()
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        match self.buffers.contains_key(&normalize(path)) {
            true => None,
            false => self.below.stamp(path),
        }
    }

    fn is_text(&self, path: &str) -> bool {
        self.buffers.contains_key(&normalize(path)) || self.below.is_text(path)
    }

    /// That of the files below.
    fn generation(&self) -> Option<Generation> {
        self.below.generation()
    }

    fn list_once(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.with_buffers(dir, |dir| self.below.list_once(dir))
    }

    fn document(&self, path: &str, cache: &FactsCache) -> Result<Arc<Document>, FileError> {
        match self.buffers.get(&normalize(path)) {
            Some(document) => Ok(Arc::clone(document)),
            None => self.below.document(path, cache),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::MemoryFiles;

    #[test]
    fn buffers_hide_and_add_files() {
        let mut files = Overlay::new(MemoryFiles::new([("main.tf", "old")]));
        files.insert(Arc::new(Document::new(FileName::new("main.tf"), "# new")));
        files.insert(Arc::new(Document::new(FileName::new("m/a.tf"), "# a")));
        assert_eq!(files.read("./main.tf").as_deref(), Ok("# new"));
        assert_eq!(files.list("m").map(|entries| entries.len()), Ok(1));
        files.remove(&FileName::new("main.tf"));
        assert_eq!(files.read("main.tf").as_deref(), Ok("old"));
    }
}
