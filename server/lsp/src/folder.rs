//! A workspace folder: where it is, what it looks like now, and how its runs went.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{DiskFiles, FileRole, Files, MemoryFiles};
use ide::{Cache, RunResults, SchemasOf, Snapshot, Surroundings, Validate};
use syntax::Document;

use crate::module_host::ModuleHost;
use crate::schemas::ModuleSchemas;
use crate::session::normalized;

/// One root under which files have names.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    /// Made for a file outside of every workspace folder; goes when its last document is closed.
    pub(crate) implied: bool,
    pub(crate) results: RunResults,
    snapshot: Option<Snapshot>,
    /// What is on disk; nothing, for documents that are on none.
    disk: Arc<dyn Files>,
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
            disk,
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
        let new = || {
            let (root, known) = (self.root.clone(), Arc::clone(schemas));
            let schemas = Arc::clone(schemas);
            let schemas: SchemasOf =
                Arc::new(move |dir| Arc::new(schemas.of_module(&normalized(&root.join(dir)))));
            let validate = Some(validate(self.root.clone(), known));
            let surroundings = Surroundings { schemas, validate, ..surroundings.clone() };
            Snapshot::new(Arc::clone(&self.disk), open, Arc::clone(&self.cache), surroundings)
        };
        self.snapshot.get_or_insert_with(new).clone()
    }

    /// The derived state is dropped, not patched.
    pub(crate) fn forget_snapshot(&mut self) {
        self.snapshot = None;
    }
}

/// Evaluates modules with nothing known, as runs do first.
fn validate(root: PathBuf, schemas: Arc<ModuleSchemas>) -> Validate {
    Arc::new(move |tree, files| {
        let dir = normalized(&root.join(tree.module.dir.as_str()));
        let providers = schemas.of_module(&dir);
        suite::check_module(tree, &providers, files, &ModuleHost::new(&root, dir))
    })
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
