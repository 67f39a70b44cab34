//! A workspace folder: where it is, what it looks like now, and how its runs went.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{DiskFiles, FileRole, Files, MemoryFiles};
use ide::{Cache, RunResults, SchemasOf, Snapshot, Surroundings};
use syntax::Document;

use crate::buffers::{BufferedFiles, Buffers, Disk, Links};
use crate::document_key::real;
use crate::schemas::ModuleSchemas;
use crate::validation::Validation;
use crate::view::locate;

/// One root under which files have names.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    /// Where the root leads when every link is followed.
    pub(crate) real_root: PathBuf,
    /// Made for a file outside of every workspace folder; goes when its last document is closed.
    pub(crate) implied: bool,
    pub(crate) results: RunResults,
    snapshot: Option<Snapshot>,
    /// The saved files, as far as they were looked at.
    disk: Arc<Disk>,
    /// The schemas of its modules: the same for every snapshot, so that what follows from them stays.
    schemas: Option<SchemasOf>,
    /// Counts how often documents of other names or folders have changed.
    others: u64,
    /// Where names lead to that are not the folder's own.
    links: Arc<Links>,
    /// Of the modules in the snapshot.
    validation: Validation,
    /// What is known about chunks, kept from one snapshot to the next.
    cache: Arc<Cache>,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Folder {
        Folder {
            real_root: if root.is_absolute() { real(&root) } else { root.clone() },
            disk: Arc::new(Disk::new(DiskFiles::new(&root))),
            root,
            schemas: None,
            others: 0,
            implied: false,
            results: RunResults::default(),
            snapshot: None,
            links: Arc::default(),
            validation: Validation::default(),
            cache: Arc::default(),
        }
    }

    pub(crate) fn implied(root: PathBuf) -> Folder {
        Folder { implied: true, ..Folder::new(root) }
    }

    /// Whether the folder is on a disk; a document that is not has a folder of its own.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.root.is_absolute()
    }

    /// The folder with the unsaved texts of `open`, its own documents, and of `buffers` over its files.
    pub(crate) fn snapshot<'d>(
        &mut self,
        open: impl Iterator<Item = &'d Arc<Document>>,
        buffers: &Buffers,
        surroundings: &Surroundings,
        schemas: &Arc<ModuleSchemas>,
    ) -> Snapshot {
        let on_disk = self.is_on_disk();
        if self.links.are_outdated() {
            self.others += 1;
            self.forget_snapshot();
        }
        let own = self.schemas.get_or_insert_with(|| {
            let (root, real_root) = (self.root.clone(), self.real_root.clone());
            let schemas = Arc::clone(schemas);
            Arc::new(move |dir| schemas.of_module(&locate(&root, &real_root, dir)))
        });
        let new = || {
            self.links.refreshed();
            let (root, real_root) = (self.root.clone(), self.real_root.clone());
            let validate = self.validation.of_modules(root.clone(), real_root.clone(), Arc::clone(schemas));
            let (schemas, validate) = (Arc::clone(own), Some(validate));
            let surroundings = Surroundings { schemas, validate, alone: !on_disk, ..surroundings.clone() };
            let files: Arc<dyn Files> = if on_disk {
                let (disk, links) = (Arc::clone(&self.disk), Arc::clone(&self.links));
                Arc::new(BufferedFiles::new(disk, Arc::clone(buffers), links, self.others))
            } else {
                Arc::new(MemoryFiles::default())
            };
            Snapshot::new(files, open, Arc::clone(&self.cache), surroundings)
        };
        self.snapshot.get_or_insert_with(new).clone()
    }

    /// The derived state is dropped, not patched.
    pub(crate) fn forget_snapshot(&mut self) {
        self.snapshot = None;
        self.validation.give_up();
        self.validation = Validation::default();
    }

    /// Whether there is a newer snapshot than the one that this belongs to is told by it.
    pub(crate) fn validation(&self) -> &Validation {
        &self.validation
    }

    /// A document of another name or folder has changed.
    pub(crate) fn forget_snapshot_with(&mut self, real: &Path) {
        if self.links.changed(real) {
            self.others += 1;
            self.forget_snapshot();
        }
    }

    /// Whether somebody was shown a text that had changed before.
    pub(crate) fn is_outdated(&self) -> bool {
        self.links.are_outdated()
    }

    pub(crate) fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// Something outside of the editor changed what is at `path`, or the editor saved it.
    pub(crate) fn changed_on_disk(&mut self, path: &Path, what: DiskChange) {
        // By each of the names that lead there, as far as links at the root make a difference.
        let names = [&self.root, &self.real_root].map(|root| name_from(root, path));
        let mut names: Vec<String> = names.into_iter().flatten().collect();
        names.dedup();
        for name in names {
            match what {
                DiskChange::Written => self.disk.written(&name),
                DiskChange::CameOrWent => self.disk.changed(&name),
            }
        }
    }

    /// Files, or the set of open documents, have changed: names may lead elsewhere.
    pub(crate) fn forget_links(&mut self) {
        self.others += 1;
        self.forget_snapshot();
        self.links = Arc::default();
    }
}

/// What happened to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DiskChange {
    Written,
    CameOrWent,
}

/// The name of a path below a root or beside it; `None` for a root that is no path.
fn name_from(root: &Path, path: &Path) -> Option<String> {
    if !root.is_absolute() || !path.is_absolute() {
        return None;
    }
    let same = root.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = root.components().skip(same).map(|_| "..".to_owned());
    let down = path.components().skip(same).map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(up.chain(down).collect::<Vec<String>>().join("/"))
}

/// The folder to take for a file that is in none: the directory of the module that it belongs to.
pub(crate) fn implied_root(path: &Path) -> PathBuf {
    let parent = path.parent().unwrap_or(path);
    let is_module = |dir: &Path| {
        std::fs::read_dir(dir).is_ok_and(|mut entries| {
            entries.any(|entry| {
                let name = entry.map(|entry| entry.file_name().to_string_lossy().into_owned());
                name.is_ok_and(|name| FileRole::of(&name) == Some(FileRole::Module))
            })
        })
    };
    match parent.parent() {
        Some(above) if !is_module(parent) && is_module(above) => above.to_owned(),
        _ => parent.to_owned(),
    }
}
