//! A module under test with everything that its tests read.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use config::decode::variable_file;
use config::{
    Dialects, FactsCache, Files, Item, LeftOpen, ModuleSource, ModuleTree, Run, Schemas, Sources,
    TestContext, TestFile, TestId, ValuesContext, ValuesFor,
};
use lang::Expr;
use syntax::{Diagnostic, Document, FileName, Origin, SmolStr};

use crate::checked::{Against, CheckedFiles};
use crate::modules::Modules;
use crate::snapshot::{directory, is_module_file};
use crate::surroundings::Surroundings;

/// Which module a file tests, and where its other tests are.
pub type ProjectKey = config::Tested;

/// A module under test, its test files, and the other modules that their runs use.
pub struct Project {
    key: ProjectKey,
    modules: Arc<Modules>,
    tests: Vec<Arc<TestFile>>,
    /// The modules that `module` blocks of runs name, by the source as written; absent when they cannot be read.
    run_modules: BTreeMap<SmolStr, Arc<ModuleTree>>,
    /// What is wrong with `module` blocks of runs.
    pub(crate) problems: Vec<Diagnostic>,
    /// Every module that the tests run or that one of those calls, by its directory.
    trees: OnceLock<BTreeMap<SmolStr, Arc<ModuleTree>>>,
}

impl Project {
    /// `modules` are those of the same key and dialect.
    pub(crate) fn load(
        files: &dyn Files,
        key: &ProjectKey,
        modules: Arc<Modules>,
        dialects: Dialects,
        cache: &FactsCache,
    ) -> Project {
        let tests = config::load_tests(files, &key.dir, &key.test_directory, dialects, cache);
        let mut run_modules = BTreeMap::new();
        let mut problems = Vec::new();
        for (test, run) in
            tests.iter().flat_map(|test| test.runs.naming_modules().map(move |run| (test, run)))
        {
            let Some(module) = &run.module else { continue };
            if run_modules.contains_key(&module.source) {
                continue;
            }
            match modules.of_run(test, &run, files, &key.dir, cache) {
                Some(Ok(tree)) => {
                    run_modules.insert(module.source.clone(), tree);
                }
                Some(Err(problem)) => problems.push(problem),
                None => {}
            }
        }
        Project { key: key.clone(), modules, tests, run_modules, problems, trees: OnceLock::new() }
    }

    /// The module under test's directory.
    pub fn dir(&self) -> &str {
        &self.key.dir
    }

    /// Where its tests are, relative to it.
    pub fn test_directory(&self) -> &str {
        &self.key.test_directory
    }

    pub fn tree(&self) -> &Arc<ModuleTree> {
        &self.modules.tree
    }

    pub fn tests(&self) -> &[Arc<TestFile>] {
        &self.tests
    }

    pub fn test_file(&self, file: &FileName) -> Option<&Arc<TestFile>> {
        self.tests.iter().find(|test| test.name == *file)
    }

    /// The run block of that id.
    pub(crate) fn run(&self, id: &TestId) -> Option<Item<Run>> {
        let runs = &self.test_file(&id.file).filter(|_| id.module == self.key.dir)?.runs;
        match id.occurrence {
            0 => runs.get(runs.named(&id.run)?),
            again => runs.iter().filter(|run| run.name == id.run).nth(usize::try_from(again).ok()?),
        }
    }

    /// The module that a run block runs: the one under test, or the one that it names. `None` when that one cannot be
    /// read.
    pub(crate) fn module_of(&self, run: &Run) -> Option<&Arc<ModuleTree>> {
        self.module_at(run.module.as_ref().map(|module| &module.source))
    }

    fn module_at(&self, source: Option<&SmolStr>) -> Option<&Arc<ModuleTree>> {
        match source {
            Some(source) => self.run_modules.get(source),
            None => Some(&self.modules.tree),
        }
    }

    pub(crate) fn schemas(&self) -> &dyn Schemas {
        &*self.modules.schemas
    }

    /// What the runs of a test file would end with whatever the values are. What a run finds in another file stands at the
    /// run's name.
    pub(crate) fn check_test_file(&self, file: &Arc<TestFile>, known: &CheckedFiles) -> Vec<Diagnostic> {
        let tree = |source: Option<&SmolStr>| self.seen_at(source);
        let against = Against { modules: &self.modules, tree: &tree };
        let checked = known.check(&self.key, file, &against);
        config::without_guesses(file, checked.diagnostics(file))
    }

    /// The attributes because of which a condition of one of a file's runs cannot be known while planning.
    pub(crate) fn left_open(&self, file: &TestFile, run: usize, condition: &Expr) -> Vec<LeftOpen> {
        let external = |name: &str| self.gives(name);
        let resolve = |source: Option<&ModuleSource>| self.seen_at(source.map(|source| &source.source));
        let schemas = self.schemas();
        let context = TestContext { resolve: &resolve, schemas, external: &external, asked: None };
        config::left_open(file, run, &context, condition)
    }

    /// What a test file is checked against: nothing, where it is on no disk.
    fn seen_at(&self, source: Option<&SmolStr>) -> Option<Arc<ModuleTree>> {
        self.module_at(source).filter(|_| !self.modules.alone).cloned()
    }

    /// What is wrong in the module under test and in those that it calls.
    pub(crate) fn module_checks(&self, files: &dyn Files, surroundings: &Surroundings) -> Vec<Diagnostic> {
        self.modules.checks(files, surroundings.validate.as_ref(), self.tests.is_empty())
    }

    /// What is wrong with the values of a variable file. What is said of another file stands at the value.
    pub(crate) fn check_values(&self, document: &Arc<Document>) -> Vec<Diagnostic> {
        let file = document.file();
        let of_tests = config::join(self.dir(), self.test_directory());
        let own = directory(file);
        let base = base_name(file.as_str());
        let stem = base.strip_suffix(".json").unwrap_or(base);
        let is_automatic = stem == "terraform.tfvars" || stem.ends_with(".auto.tfvars");
        let values_for = match is_automatic {
            true if own == self.dir() => ValuesFor::All,
            true if own == of_tests => ValuesFor::Tests,
            _ => ValuesFor::Named,
        };
        let values = variable_file(file, &document.text());
        let mut found = values.diagnostics;
        if self.modules.alone {
            return found;
        }
        let context = ValuesContext {
            values_for,
            tree: Some(&self.modules.tree),
            tests: &self.tests,
            resolve: &|_, run| self.seen_at(run.module.as_ref().map(|module| &module.source)),
            counts: &|test, name| {
                let beside = directory(&test.name) == of_tests;
                self.modules.file_giving(name, beside) == Some(file)
            },
            sources: &Sources::new([Arc::clone(document)]),
        };
        let origin = Origin::new(file.clone(), 0);
        for value in &values.tree {
            let said = config::check_variable_file(file, std::slice::from_ref(value), &context);
            found.extend(said.into_iter().map(|it| match &it.subject {
                Some(subject) if subject.file != *file => it.at(value.value.location(&origin)),
                _ => it,
            }));
        }
        found
    }

    /// The module under test, and those that runs name in its place.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Arc<ModuleTree>> {
        std::iter::once(&self.modules.tree).chain(self.run_modules.values())
    }

    /// Whether a variable has a value from outside of the test files.
    pub(crate) fn gives(&self, name: &str) -> bool {
        self.modules.is_given(name)
    }

    /// The module that a run's `module` block names, by its source as written.
    pub(crate) fn run_module(&self, source: &str) -> Option<&ModuleTree> {
        self.run_modules.get(source).map(|tree| &**tree)
    }

    /// The module in `dir`, when it is part of what the tests run.
    pub(crate) fn tree_in(&self, dir: &str) -> Option<&Arc<ModuleTree>> {
        self.trees().get(dir)
    }

    /// The directory of the module that a file belongs to: its own, or that of the module whose values it gives.
    pub(crate) fn module_of_file<'f>(&'f self, file: &'f FileName) -> &'f str {
        if is_module_file(file.as_str()) { directory(file) } else { self.dir() }
    }

    /// Every module that the tests run or that one of those calls, each directory once.
    pub(crate) fn trees(&self) -> &BTreeMap<SmolStr, Arc<ModuleTree>> {
        self.trees.get_or_init(|| {
            let mut found: BTreeMap<SmolStr, Arc<ModuleTree>> = BTreeMap::new();
            let mut open: Vec<&Arc<ModuleTree>> = self.run_modules.values().collect();
            open.push(&self.modules.tree);
            while let Some(tree) = open.pop() {
                if !found.contains_key(&tree.module.dir) {
                    found.insert(tree.module.dir.clone(), Arc::clone(tree));
                    open.extend(tree.children.values());
                }
            }
            found
        })
    }
}

fn base_name(dir: &str) -> &str {
    dir.rsplit('/').next().unwrap_or(dir)
}
