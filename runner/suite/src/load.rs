//! From a directory to everything that a suite executes: the module under test, the modules of its run blocks, and
//! the test files.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{
    FactsCache, FileKind, Files, Item, ModuleSource, ModuleTree, Run, TestFile, join, load_module,
    load_run_module, load_tests,
};
use engine::Program;
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, SmolStr};

/// The name of the test directory when none is given.
pub const DEFAULT_TEST_DIRECTORY: &str = "tests";

/// The loaded configuration of a suite.
pub(crate) struct Loaded {
    root: Program,
    /// By the source text of a run's `module` block.
    of_runs: BTreeMap<SmolStr, Program>,
    tests: Vec<TestFile>,
    pub(crate) providers: Providers,
}

impl Loaded {
    /// Loads the module in `directory` with its tests. With an error among the diagnostics, the result must not be
    /// executed.
    pub(crate) fn new(
        directory: &str,
        test_directory: &str,
        files: &dyn Files,
        sink: &mut Diagnostics,
    ) -> Loaded {
        let cache = FactsCache::new();
        let tree = load_module(files, directory, &cache);
        sink.extend(tree.all_diagnostics());
        let tests = if may_hold_tests(directory, test_directory, files, sink) {
            load_tests(files, directory, test_directory, &cache)
        } else {
            Vec::new()
        };
        let mut of_runs = BTreeMap::new();
        for file in &tests {
            sink.extend(file.diagnostics.iter().cloned());
            if file.diagnostics.iter().any(Diagnostic::is_error) {
                // As in Terraform, what the file is about comes after what is wrong with the file.
                continue;
            }
            for run in &file.runs {
                let Some(tree) = module_of_run(directory, files, &cache, run, &of_runs, sink) else {
                    continue;
                };
                if let Some(module) = &run.module {
                    of_runs.insert(module.source.clone(), Program::new(&tree));
                }
            }
        }
        Loaded { root: Program::new(&tree), of_runs, tests, providers: Providers::builtin() }
    }

    pub(crate) fn test_files(&self) -> impl Iterator<Item = &TestFile> {
        self.tests.iter()
    }

    /// The module under test, and what runs execute in its place.
    pub(crate) fn trees(&self) -> impl Iterator<Item = &Arc<ModuleTree>> {
        std::iter::once(&self.root).chain(self.of_runs.values()).map(Program::tree)
    }

    /// The module that a run names, or the one under test; `None` when it could not be loaded.
    pub(crate) fn tree(&self, source: Option<&ModuleSource>) -> Option<&Arc<ModuleTree>> {
        let program = match source {
            Some(module) => self.of_runs.get(&module.source)?,
            None => &self.root,
        };
        Some(program.tree())
    }

    /// What `run` executes. `None` when its module could not be loaded, which stops the suite.
    pub(crate) fn program(&self, run: &Run) -> Option<&Program> {
        match &run.module {
            Some(module) => self.of_runs.get(&module.source),
            None => Some(&self.root),
        }
    }
}

/// The tree of a run's own module, unless it is known already or cannot be loaded.
fn module_of_run(
    directory: &str,
    files: &dyn Files,
    cache: &FactsCache,
    run: &Item<Run>,
    known: &BTreeMap<SmolStr, Program>,
    sink: &mut Diagnostics,
) -> Option<Arc<ModuleTree>> {
    if run.module.as_ref().is_some_and(|module| known.contains_key(&module.source)) {
        return None;
    }
    match load_run_module(files, directory, run, cache)? {
        Ok(tree) => {
            sink.extend(tree.all_diagnostics());
            Some(tree)
        }
        Err(diagnostic) => {
            sink.push(diagnostic);
            None
        }
    }
}

/// Whether the test directory may be looked into. One that leads out of the module is an error; one that is not
/// there is worth a warning unless it is only the default.
fn may_hold_tests(directory: &str, given: &str, files: &dyn Files, sink: &mut Diagnostics) -> bool {
    let inside = config::normalize(given);
    if given.starts_with('/') || inside == ".." || inside.starts_with("../") {
        sink.push(Diagnostic::error(
            "Invalid testing directory",
            "The testing directory must be a relative path pointing to a directory local to the configuration directory.",
        ));
        return false;
    }
    let path = join(directory, given);
    if given != DEFAULT_TEST_DIRECTORY && files.kind(&path) != Some(FileKind::Directory) {
        let detail = format!("Requested test directory {given} does not exist.");
        sink.push(Diagnostic::warning("Test directory does not exist", detail));
    }
    true
}
