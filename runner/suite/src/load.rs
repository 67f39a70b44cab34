//! From a directory to everything that a suite executes: the module under test, the modules of its run blocks, and
//! the test files.

use std::sync::Arc;

use config::{
    Choice, Dialect, FactsCache, FileKind, Files, Inferred, ModuleSource, ModuleTree, Run, TestFile,
    check_test_providers, find_tests, join, load_module_with, load_run_module_with, load_tests,
};
use engine::{Host, Program};
use indexmap::IndexMap;
use provider::{Guess, Provider, Providers, SCHEMA_DIRECTORY, SCHEMA_VARIABLE};
use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::early::FromOutside;
use crate::instances::Instances;
use crate::request::Request;

/// The name of the test directory when none is given.
pub const DEFAULT_TEST_DIRECTORY: &str = "tests";

/// The loaded configuration of a suite.
///
/// A file's runs execute modules that were read in the file's own dialect.
pub(crate) struct Loaded {
    programs: IndexMap<Key, Program>,
    tests: Vec<Arc<TestFile>>,
    /// The dialects of the test files, each with the reason of the first file.
    pub(crate) choices: Vec<Choice>,
    pub(crate) providers: Providers,
    pub(crate) instances: Instances,
    /// What is to be said of providers that are mocked by guess.
    pub(crate) guessed: Diagnostics,
}

/// The dialect whose words a suite is reported in: that of its first test file, or of its module.
pub fn dialect(request: &Request, files: &dyn Files) -> Dialect {
    let (directory, dialects) = (&request.directory, request.dialects);
    let cache = FactsCache::new();
    let tests = find_tests(files, directory, &request.test_directory, dialects, &cache);
    match tests.first() {
        Some(test) => dialects.of_file(files, directory, test, &cache).dialect,
        None => dialects.of_module(files, directory, &cache).dialect,
    }
}

/// A dialect and the `module` block of a run, or nothing for the module under test.
type Key = (Dialect, Option<(SmolStr, Option<SmolStr>)>);

/// Whether loading looks at what comes after something that is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterAnError {
    Stop,
    GoOn,
}

impl Loaded {
    /// Loads the requested module with its tests, and looks as far as Terraform does once something is wrong. With an
    /// error among the diagnostics, the result must not be executed.
    pub(crate) fn new(
        request: &Request,
        files: &dyn Files,
        host: &dyn Host,
        sink: &mut Diagnostics,
    ) -> Loaded {
        Loaded::load((request, files, host), AfterAnError::Stop, sink)
    }

    /// Loads the requested module with its tests, and everything that can be loaded beside what is wrong.
    pub(crate) fn as_far_as_possible(
        request: &Request,
        files: &dyn Files,
        host: &dyn Host,
        sink: &mut Diagnostics,
    ) -> Loaded {
        Loaded::load((request, files, host), AfterAnError::GoOn, sink)
    }

    fn load(
        outside: (&Request, &dyn Files, &dyn Host),
        after_an_error: AfterAnError,
        sink: &mut Diagnostics,
    ) -> Loaded {
        let (request, files, _) = outside;
        let (directory, dialects) = (&request.directory, request.dialects);
        let cache = FactsCache::new();
        let mut of_directory = Diagnostics::new();
        let tests = if may_hold_tests(directory, &request.test_directory, files, &mut of_directory) {
            load_tests(files, directory, &request.test_directory, dialects, &cache)
        } else {
            Vec::new()
        };
        let mut choices: Vec<Choice> = Vec::new();
        let of_tests = tests.iter().map(|file| Choice { dialect: file.dialect, reason: file.reason.clone() });
        for choice in of_tests {
            if !choices.iter().any(|known| known.dialect == choice.dialect) {
                choices.push(choice);
            }
        }
        if choices.is_empty() {
            choices.push(dialects.of_module(files, directory, &cache));
        }
        // As in Terraform, what the files are about comes after what is wrong with the files.
        let faulty = |file: &Arc<TestFile>| file.diagnostics.iter().any(Diagnostic::is_error);
        let goes_on = after_an_error == AfterAnError::GoOn;
        let mut stops = !goes_on && tests.iter().any(faulty);
        let mut programs: IndexMap<Key, Program> = IndexMap::new();
        let mut parsed = Vec::new();
        for choice in &choices {
            programs.entry((choice.dialect, None)).or_insert_with(|| {
                let early = FromOutside::new(outside, choice.dialect.tool, goes_on);
                let tree = load_module_with(files, directory, choice.clone(), &cache, &early);
                // What two dialects find is one mistake.
                let mut own = tree.own_diagnostics();
                let unset = early.unset(&tree.module);
                stops |= !unset.is_empty();
                own.extend(unset);
                let mut found = if stops { own.clone() } else { tree.diagnostics_of_calls(&mut parsed) };
                stops |= !goes_on && own.iter().any(Diagnostic::is_error);
                found.retain(|diagnostic| !sink.contains(diagnostic));
                sink.extend(found);
                Program::new(&tree)
            });
        }
        sink.extend(of_directory);
        if !goes_on && is_read_twice(directory, &request.test_directory) {
            sink.extend(tests.iter().flat_map(|file| file.diagnostics.iter().cloned()));
        }
        for file in &tests {
            sink.extend(file.diagnostics.iter().cloned());
            if stops {
                continue;
            }
            for run in &file.runs {
                let key = key(file, run.module.as_ref());
                // Terraform loads a module again for each run that names it.
                if let Some(known) = programs.get(&key) {
                    if run.module.is_some() {
                        sink.extend(known.tree().diagnostics_of_calls(&mut parsed));
                    }
                    continue;
                }
                let early = FromOutside::new(outside, file.dialect.tool, goes_on);
                match load_run_module_with(files, directory, (file, &run), &cache, &early) {
                    Some(Ok(tree)) => {
                        sink.extend(tree.diagnostics_of_calls(&mut parsed));
                        programs.insert(key, Program::new(&tree));
                    }
                    Some(Err(diagnostic)) => sink.push(diagnostic),
                    None => {}
                }
            }
        }
        // Terraform asks how files and modules fit together when each of them can be read.
        if !sink.iter().any(Diagnostic::is_error) {
            for file in &tests {
                let name = display_name(directory, file);
                let program = |run: &Run| programs.get(&key(file, run.module.as_ref()));
                let tree = |run: &Run| program(run).map(|program: &Program| Arc::clone(program.tree()));
                sink.extend(check_test_providers(file, &name, &tree));
            }
        }
        let mut loaded = Loaded {
            programs,
            tests,
            choices,
            providers: request.providers.clone(),
            guessed: Vec::new(),
            instances: Instances::default(),
        };
        loaded.guess();
        loaded
    }

    /// Guesses what providers have that are mocked and that nothing describes.
    fn guess(&mut self) {
        let mut guessed: IndexMap<SmolStr, Location> = IndexMap::new();
        for file in self.tests.iter().filter(|file| !file.mock_providers.is_empty()) {
            let runs = file.runs.decls().map(|run| run.module.as_ref());
            for tree in runs.filter_map(|module| self.tree(file, module)) {
                for mock in &file.mock_providers {
                    let source = tree.module.provider_source(&mock.name);
                    if !self.providers.knows(&source) {
                        guessed.entry(source).or_insert_with(|| mock.locate(mock.header));
                    }
                }
            }
        }
        if guessed.is_empty() {
            return;
        }
        let trees: Vec<Arc<ModuleTree>> = self.programs().map(|it| Arc::clone(it.tree())).collect();
        let guesses = guessed.keys().map(|source| Inferred::new(source, &trees, &self.tests));
        let guesses: Vec<Inferred> = guesses.collect();
        // What nothing uses is mocked in vain, and nobody has to know.
        self.guessed = guesses
            .iter()
            .zip(guessed.values())
            .filter(|(it, _)| !it.is_empty())
            .map(guessed_types)
            .collect();
        let guesses = guesses.into_iter().map(|it| Arc::new(Guess::new(it)) as Arc<dyn Provider>);
        self.providers = self.providers.clone().guessed_by(guesses);
    }

    /// The dialect whose rules count where no file in particular is meant: that of the first test file.
    pub(crate) fn dialect(&self) -> Dialect {
        self.choices.first().map_or_else(Dialect::default, |choice| choice.dialect)
    }

    /// Whether a diagnostic stands in a test file.
    pub(crate) fn is_about_test(&self, found: &Diagnostic) -> bool {
        let subject = found.subject.as_ref();
        subject.is_some_and(|subject| self.tests.iter().any(|test| test.name == subject.file))
    }

    pub(crate) fn tests(&self) -> &[Arc<TestFile>] {
        &self.tests
    }

    pub(crate) fn test_files(&self) -> impl Iterator<Item = &TestFile> {
        self.tests.iter().map(|file| &**file)
    }

    /// The module under test, and what runs execute in its place.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.programs.values()
    }

    /// The module that a run of `file` names, or the one under test; `None` when it could not be loaded.
    pub(crate) fn tree(&self, file: &TestFile, module: Option<&ModuleSource>) -> Option<&Arc<ModuleTree>> {
        self.programs.get(&key(file, module)).map(Program::tree)
    }

    /// The module under test, as `file` reads it.
    pub(crate) fn tested(&self, file: &TestFile) -> Option<&Program> {
        self.programs.get(&key(file, None))
    }

    /// What `run` of `file` executes. `None` when its module could not be loaded, which stops the suite.
    pub(crate) fn program(&self, file: &TestFile, run: &Run) -> Option<&Program> {
        self.programs.get(&key(file, run.module.as_ref()))
    }
}

/// Says that the types of a provider are guessed, and how to do better.
fn guessed_types((guess, place): (&Inferred, &Location)) -> Diagnostic {
    let detail = format!(
        "Nothing describes what the provider {} has, so its mock goes by how the configuration and the tests use it: what \
         is set is kept, and what is only read is made up. To give its schemas, write what \"terraform providers schema \
         -json\" prints into a file, and name the file with --schemas or in {SCHEMA_VARIABLE}, or put it into \
         {SCHEMA_DIRECTORY} in the module's directory.",
        guess.source
    );
    Diagnostic::warning("Mock goes by guessed types", detail).at(place.clone()).with_code("guessed-types")
}

/// Whether test files stand in the directory of tests as well as in the module's, because both are one. Each run of such a
/// file is executed once, but Terraform tells of what is wrong in it each time that it finds it.
fn is_read_twice(directory: &str, test_directory: &str) -> bool {
    let module = config::normalize(directory);
    join(&module, test_directory) == module
}

/// A file's name from the module's directory on.
fn display_name(directory: &str, file: &TestFile) -> String {
    let name = file.name.as_str();
    let below = name.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/'));
    below.unwrap_or(name).to_owned()
}

fn key(file: &TestFile, module: Option<&ModuleSource>) -> Key {
    let version = |module: &ModuleSource| module.version.as_ref().map(|(version, _)| version.clone());
    (file.dialect, module.map(|module| (module.source.clone(), version(module))))
}

/// Whether the test directory may be looked into. One that leads out of the module or cannot be read is an error; one
/// that is not there is worth a warning unless it is only the default.
fn may_hold_tests(directory: &str, given: &str, files: &dyn Files, sink: &mut Diagnostics) -> bool {
    let inside = config::normalize(given);
    if given.is_empty() || given.starts_with('/') || inside == ".." || inside.starts_with("../") {
        sink.push(Diagnostic::error(
            "Invalid testing directory",
            "The testing directory must be a relative path pointing to a directory local to the configuration directory.",
        ));
        return false;
    }
    let path = join(directory, given);
    let why = match files.kind(&path) {
        None if given == DEFAULT_TEST_DIRECTORY => return true,
        None => {
            let detail = format!("Requested test directory {given} does not exist.");
            sink.push(Diagnostic::warning("Test directory does not exist", detail));
            return true;
        }
        Some(FileKind::File) => format!("readdirent {given}: not a directory"),
        Some(FileKind::Directory) => match files.list(&path) {
            Ok(_) => return true,
            Err(error) => format!("open {given}: {error}"),
        },
    };
    let detail = format!("Test directory {given} could not be read: {why}.");
    sink.push(Diagnostic::error("Failed to read test directory", detail));
    false
}
