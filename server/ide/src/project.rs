//! A module under test with everything that its tests read.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use config::{
    Dialects, FactsCache, FileRole, Files, Item, LeftOpen, ModuleSource, ModuleTree, Run, Schemas,
    TestContext, TestFile, TestId,
};
use lang::Expr;
use syntax::{Diagnostic, FileName, SmolStr};

use crate::checked::{Against, CheckedFiles};
use crate::modules::Modules;
use crate::snapshot::{directory, is_module_file, is_test_file};
use crate::surroundings::Surroundings;

/// Which module a file tests, and where its other tests are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProjectKey {
    /// The module under test's directory.
    pub dir: String,
    /// The directory of its tests, relative to `dir`.
    pub test_directory: String,
}

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

impl ProjectKey {
    /// The project of a file.
    ///
    /// A module's file belongs to the module in its own directory. A test file tests the module in its own directory; in
    /// a directory called `tests`, the one above; and where there is no module, the nearest one further up that has
    /// files. Files with values of variables or of mocks go with the tests.
    pub fn of_file(file: &FileName, files: &dyn Files) -> ProjectKey {
        let own = directory(file);
        let role = FileRole::of(file.as_str());
        let beside = matches!(role, Some(FileRole::Test | FileRole::Mocks | FileRole::Variables));
        let start = if beside && base_name(own) == "tests" { parent(own).unwrap_or(own) } else { own };
        let mut dir = start;
        if beside {
            while !has_module(files, dir) {
                match parent(dir) {
                    Some(above) => dir = above,
                    None => {
                        dir = start;
                        break;
                    }
                }
            }
        }
        let below =
            if dir == "." { Some(own) } else { own.strip_prefix(dir).and_then(|it| it.strip_prefix('/')) };
        let test_directory = below.filter(|it| is_test_file(file) && !it.is_empty() && *it != ".");
        ProjectKey { dir: dir.to_owned(), test_directory: test_directory.unwrap_or("tests").to_owned() }
    }
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

    /// The addresses of the providers whose mocks are in the folder of a file of mocks.
    pub(crate) fn providers_of_mocks(&self, file: &FileName) -> Vec<SmolStr> {
        let mut found = Vec::new();
        for mock in self.tests.iter().flat_map(|test| &test.mock_providers) {
            let is_there = mock
                .source
                .as_ref()
                .is_some_and(|(source, _)| config::join(self.dir(), source) == directory(file));
            let source = self.modules.tree.module.provider_source(&mock.name);
            if is_there && !found.contains(&source) {
                found.push(source);
            }
        }
        found
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

fn has_module(files: &dyn Files, dir: &str) -> bool {
    let entries = files.list(dir).unwrap_or_default();
    entries.iter().any(|entry| !entry.is_dir && is_module_file(&entry.name))
}

/// The directory above; `None` above the workspace folder.
fn parent(dir: &str) -> Option<&str> {
    match dir.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if dir != "." => Some("."),
        None => None,
    }
}

fn base_name(dir: &str) -> &str {
    dir.rsplit('/').next().unwrap_or(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_file_finds_its_module() {
        let files = config::MemoryFiles::new([
            ("main.tf", ""),
            ("modules/a/main.tf", ""),
            ("modules/a/tests/x.tftest.hcl", ""),
            ("docs/readme.md", ""),
        ]);
        for (file, dir, test_directory) in [
            ("main.tftest.hcl", ".", "tests"),
            ("tests/main.tftest.hcl", ".", "tests"),
            ("tests/unit/main.tftest.hcl", ".", "tests/unit"),
            ("modules/a/x.tftest.hcl", "modules/a", "tests"),
            ("modules/a/tests/x.tftest.hcl", "modules/a", "tests"),
            ("modules/a/checks/x.tftest.hcl", "modules/a", "checks"),
            ("docs/x.tftest.hcl", ".", "docs"),
            ("modules/a/main.tf", "modules/a", "tests"),
            ("docs/x.tf", "docs", "tests"),
            ("prod.tfvars", ".", "tests"),
            ("modules/a/tests/x.tfvars", "modules/a", "tests"),
            ("modules/a/tests/mocks/aws/x.tfmock.hcl", "modules/a", "tests"),
        ] {
            let key = ProjectKey::of_file(&FileName::new(file), &files);
            assert_eq!((key.dir.as_str(), key.test_directory.as_str()), (dir, test_directory), "{file}");
        }
        let nothing = config::MemoryFiles::default();
        let key = ProjectKey::of_file(&FileName::new("a/tests/x.tftest.hcl"), &nothing);
        assert_eq!(key, ProjectKey { dir: "a".to_owned(), test_directory: "tests".to_owned() });
    }
}
