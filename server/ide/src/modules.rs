//! A module under test with everything that its tests are checked against and that does not depend on their texts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use config::{Choice, FactsCache, Files, Item, ModuleTree, Run, Schemas, TestFile};
use syntax::{Diagnostic, SmolStr};

use crate::project::ProjectKey;
use crate::surroundings::{Given, Surroundings};

/// A module, the modules that its tests' runs execute in its place, and what its variables have from outside.
pub(crate) struct Modules {
    pub(crate) tree: Arc<ModuleTree>,
    pub(crate) given: Given,
    pub(crate) schemas: Arc<dyn Schemas + Send + Sync>,
    pub(crate) surroundings: Surroundings,
    of_runs: Mutex<HashMap<Named, Arc<ModuleTree>>>,
    checks: OnceLock<Vec<Diagnostic>>,
}

/// The source and the version that a run names.
type Named = (SmolStr, Option<SmolStr>);

impl Modules {
    pub(crate) fn load(
        files: &dyn Files,
        key: &ProjectKey,
        choice: Choice,
        cache: &FactsCache,
        surroundings: &Surroundings,
    ) -> Modules {
        Modules {
            tree: config::load_module(files, &key.dir, choice, cache),
            given: Given::read(files, &key.dir, &key.test_directory, cache),
            schemas: (surroundings.schemas)(&key.dir),
            surroundings: surroundings.clone(),
            of_runs: Mutex::default(),
            checks: OnceLock::new(),
        }
    }

    /// The module that a run names in place of the one under test.
    pub(crate) fn of_run(
        &self,
        file: &TestFile,
        run: &Item<Run>,
        files: &dyn Files,
        dir: &str,
        cache: &FactsCache,
    ) -> Option<Result<Arc<ModuleTree>, Diagnostic>> {
        let module = run.module.as_ref()?;
        let key = (module.source.clone(), module.version.as_ref().map(|(version, _)| version.clone()));
        let known = || self.of_runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = known().get(&key) {
            return Some(Ok(Arc::clone(tree)));
        }
        let found = config::load_run_module(files, dir, file, run, cache);
        // What is wrong has a place in the test file.
        if let Some(Ok(tree)) = &found {
            known().insert(key, Arc::clone(tree));
        }
        found
    }

    /// Whether something outside of the tests gives a variable a value.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.surroundings.variables.contains(name) || self.given.has(name)
    }

    /// What is wrong in the module and in those that it calls.
    pub(crate) fn checks(&self) -> &[Diagnostic] {
        self.checks.get_or_init(|| {
            let mut found = config::check_versions(&self.tree);
            found.extend(config::check_module(&self.tree, &*self.schemas));
            if !found.iter().any(Diagnostic::is_error) {
                found.extend(config::check_refactoring(&self.tree));
                found.extend(config::check_self_references(&self.tree));
            }
            found
        })
    }
}
