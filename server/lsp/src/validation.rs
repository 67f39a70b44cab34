//! Evaluating modules for the editor: a newer text ends it, and so does too much to do.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ide::Validate;
use suite::Cancel;

use crate::module_host::ModuleHost;
use crate::schemas::ModuleSchemas;
use crate::view::locate;

/// What a module that is being typed may compute. A run of it computes on, and can be cancelled.
const LONGEST: Duration = Duration::from_secs(3);

/// The evaluations that a snapshot began. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Validation(Arc<Inner>);

#[derive(Default)]
struct Inner {
    given_up: AtomicBool,
    running: Mutex<Vec<Arc<Cancel>>>,
}

impl Validation {
    /// Evaluates modules of the folder at `root` with nothing known, as runs do first.
    pub(crate) fn of_modules(
        &self,
        root: PathBuf,
        real_root: PathBuf,
        schemas: Arc<ModuleSchemas>,
    ) -> Validate {
        let validation = self.clone();
        Arc::new(move |tree, files| {
            let directory = locate(&root, &real_root, &tree.module.dir);
            let providers = schemas.of_module(&directory);
            let host = ModuleHost::new(&root, directory);
            let cancel = validation.begin();
            let found = suite::check_module(tree, &providers, files, &host, &cancel);
            (!cancel.is_cancelled()).then_some(found)
        })
    }

    /// Nobody wants to know any more.
    pub(crate) fn give_up(&self) {
        self.0.given_up.store(true, Ordering::Relaxed);
        self.running().drain(..).for_each(|cancel| cancel.cancel());
    }

    pub(crate) fn is_given_up(&self) -> bool {
        self.0.given_up.load(Ordering::Relaxed)
    }

    fn begin(&self) -> Arc<Cancel> {
        let cancel = Arc::new(Cancel::new());
        self.running().push(Arc::clone(&cancel));
        // After, so that one of the two sees the other.
        if self.is_given_up() {
            cancel.cancel();
        }
        // Where there is no runtime, nobody waits either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let cancel = Arc::clone(&cancel);
            runtime.spawn(async move {
                tokio::time::sleep(LONGEST).await;
                cancel.cancel();
            });
        }
        cancel
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Cancel>>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
