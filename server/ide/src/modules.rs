//! A module under test with everything that its tests are checked against and that does not depend on their texts.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use config::{Choice, FactsCache, Files, Item, ModuleTree, Run, Schemas, TestFile};
use syntax::{Diagnostic, FileName, SmolStr};

use crate::project::ProjectKey;
use crate::surroundings::{Given, Surroundings, Validate};

/// A module, the modules that its tests' runs execute in its place, and what its variables have from outside.
pub(crate) struct Modules {
    pub(crate) tree: Arc<ModuleTree>,
    pub(crate) given: Given,
    pub(crate) schemas: Arc<dyn Schemas + Send + Sync>,
    variables: Arc<BTreeSet<SmolStr>>,
    /// As in [`Surroundings`].
    pub(crate) alone: bool,
    of_runs: Mutex<HashMap<Named, Arc<ModuleTree>>>,
    /// What can be told without evaluating anything, and what evaluating says.
    checks: OnceLock<Vec<Diagnostic>>,
    validated: Mutex<Option<Arc<[Diagnostic]>>>,
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
            variables: Arc::clone(&surroundings.variables),
            alone: surroundings.alone,
            of_runs: Mutex::default(),
            checks: OnceLock::new(),
            validated: Mutex::default(),
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

    /// Whether the values and the schemas of other ones are the same.
    pub(crate) fn gives_the_same(&self, other: &Modules) -> bool {
        Arc::ptr_eq(&self.schemas, &other.schemas)
            && Arc::ptr_eq(&self.variables, &other.variables)
            && (&self.given, self.alone) == (&other.given, other.alone)
    }

    /// Whether something outside of the tests gives a variable a value.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.variables.contains(name) || self.given.has(name)
    }

    /// The variable file whose value a test sees; `beside` says whether the test lies in the tests' directory.
    pub(crate) fn file_giving(&self, name: &str, beside: bool) -> Option<&FileName> {
        self.given.file_of(name, beside)
    }

    /// What is wrong in the module and in those that it calls. `uncalled` says that it has no tests: it may be there to be
    /// called alone.
    pub(crate) fn checks(
        &self,
        files: &dyn Files,
        validate: Option<&Validate>,
        uncalled: bool,
    ) -> Vec<Diagnostic> {
        // What is missing may stand in another file.
        if self.alone {
            return Vec::new();
        }
        // While a module cannot be read whole, evaluating it says what is not so.
        let is_whole = || !self.tree.all_diagnostics().iter().any(Diagnostic::is_error);
        let Some(validate) = validate.filter(|_| is_whole()) else { return self.static_checks().to_vec() };
        let validated = || self.validated.lock().unwrap_or_else(PoisonError::into_inner);
        let known = validated().clone();
        let found = known.or_else(|| {
            let found: Arc<[Diagnostic]> = validate(&self.tree, files)?.into();
            *validated() = Some(Arc::clone(&found));
            Some(found)
        });
        let Some(found) = found else { return self.static_checks().to_vec() };
        let of_root = |it: &&Diagnostic| it.code.is_some_and(|code| OF_ROOTS.contains(&code));
        let mut found: Vec<Diagnostic> =
            found.iter().filter(|it| !(uncalled && of_root(it))).cloned().collect();
        for diagnostic in found.iter_mut().filter(|it| it.subject.is_none()) {
            diagnostic.subject = diagnostic.context.take();
        }
        found
    }

    fn static_checks(&self) -> &[Diagnostic] {
        self.checks.get_or_init(|| {
            let mut found = config::check_versions(&self.tree);
            found.extend(config::check_module(&self.tree, &*self.schemas));
            if !found.iter().any(Diagnostic::is_error) {
                found.extend(config::check_refactoring(&self.tree));
                found.extend(config::check_self_references(&self.tree));
                found.extend(config::check_plan(&self.tree));
            }
            found
        })
    }
}

/// What only the root of a configuration may not do.
const OF_ROOTS: &[&str] = &["ephemeral-output", "sensitive-output"];
