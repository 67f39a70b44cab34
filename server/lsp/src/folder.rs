//! A workspace folder: where it is, what it looks like now, and how its runs went.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::files::Kept;
use config::{DiskFiles, FileRole, Files, MemoryFiles};
use ide::{Cache, RunResults, SchemasOf, Snapshot, Surroundings};
use syntax::Document;

use crate::schemas::ModuleSchemas;
use crate::session::normalized;

/// The saved files below a root, as far as they were looked at.
pub(crate) type Disk = Kept<Arc<dyn Files>>;

/// One root under which files have names.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    /// Made for a file outside of every workspace folder; goes when its last document is closed.
    pub(crate) implied: bool,
    pub(crate) results: RunResults,
    snapshot: Option<Snapshot>,
    /// What is on disk; nothing, for documents that are on none.
    disk: Arc<Disk>,
    /// The same for every snapshot, so that what follows from it stays.
    surroundings: Option<Surroundings>,
    /// What is known about chunks, kept from one snapshot to the next.
    cache: Arc<Cache>,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Folder {
        let disk: Arc<dyn Files> = if root.is_absolute() {
            Arc::new(DiskFiles::new(&root))
        } else {
            Arc::new(MemoryFiles::default())
        };
        Folder {
            root,
            implied: false,
            results: RunResults::default(),
            snapshot: None,
            disk: Arc::new(Kept::new(disk)),
            surroundings: None,
            cache: Arc::default(),
        }
    }

    pub(crate) fn implied(root: PathBuf) -> Folder {
        Folder { implied: true, ..Folder::new(root) }
    }

    /// The folder with the unsaved texts of `open` over its files.
    pub(crate) fn snapshot<'d>(
        &mut self,
        open: impl Iterator<Item = &'d Arc<Document>>,
        surroundings: &Surroundings,
        schemas: &Arc<ModuleSchemas>,
    ) -> Snapshot {
        let own = self.surroundings.get_or_insert_with(|| {
            let (root, schemas) = (self.root.clone(), Arc::clone(schemas));
            let schemas: SchemasOf = Arc::new(move |dir| schemas.of_module(&normalized(&root.join(dir))));
            Surroundings { schemas, ..surroundings.clone() }
        });
        let disk: Arc<dyn Files> = Arc::<Disk>::clone(&self.disk);
        let new = || Snapshot::new(disk, open, Arc::clone(&self.cache), own.clone());
        self.snapshot.get_or_insert_with(new).clone()
    }

    /// The derived state is dropped, not patched.
    pub(crate) fn forget_snapshot(&mut self) {
        self.snapshot = None;
    }

    pub(crate) fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// Something outside of the editor changed what is at `path`, or the editor saved it.
    pub(crate) fn changed_on_disk(&mut self, path: &Path, what: DiskChange) {
        let Some(name) = name_from(&self.root, path) else { return };
        match what {
            DiskChange::Written => self.disk.written(&name),
            DiskChange::CameOrWent => self.disk.changed(&name),
        }
        self.forget_snapshot();
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
