//! What is wrong with a module and its test files, without running anything.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use config::decode::variable_file;
use config::{
    FactsCache, Feature, FileRole, Files, ModuleSource, ModuleTree, Sources, TestContext, TestFile,
    ValuesContext, ValuesFor, automatic_variable_files, check_mock_file, check_test_file,
    check_variable_file, check_versions, join, load_module,
};
use engine::{Cancel, Host, Program, ValidationRequest, validate_module};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, FileName};

use crate::load::Loaded;
use crate::order::Graph;
use crate::outside::Outside;
use crate::request::{Request, VariableArgument};

/// Everything that can be said about the files that `request` would run: what stops a suite before it starts, and what
/// its runs would end with whatever the values are. Each problem is named once.
///
/// Terraform stops at the first file that it cannot read; who mends files wants to see the rest too. Nothing is said of
/// what is missing in a file of which a part cannot be read.
pub fn check(request: &Request, files: &dyn Files, host: &dyn Host) -> Diagnostics {
    check_files(request, files, host, None)
}

/// The same about some of the files: what is wrong with them, what the runs in them would end with, and why their module
/// cannot be read.
pub fn check_files(
    request: &Request,
    files: &dyn Files,
    host: &dyn Host,
    only: Option<&BTreeSet<FileName>>,
) -> Diagnostics {
    let is_meant = |file: &FileName| only.is_none_or(|only| only.contains(file));
    let is_told = |it: &Diagnostic| it.subject.as_ref().is_none_or(|subject| is_meant(&subject.file));
    let mut found = Diagnostics::new();
    let mut loaded = Loaded::as_far_as_possible(request, files, host, &mut found);
    found.retain(|it| is_told(it) || it.is_error() && !loaded.is_about_test(it));
    let mut of_values = Diagnostics::new();
    let outside = Outside::collect(request, loaded.dialect(), files, &mut of_values);
    of_values.extend(outside.test_problems.iter().cloned());
    // Which values there are decides most of what follows.
    let knows_values = !of_values.iter().any(Diagnostic::is_error);
    found.extend(of_values);
    if !knows_values {
        return without_repetition(found);
    }
    found.extend(loaded.repeat_providers(request, &outside, files, host, &Cancel::new()));
    for program in loaded.programs().filter(|program| is_faultless(program.tree())) {
        let workspace = &request.workspace;
        let said = of_program(program, &loaded.providers, workspace, files, host, &Cancel::new());
        found.extend(said.into_iter().filter(is_told));
    }
    found.extend(of_variable_files(request, &loaded, &outside, files, only).into_iter().filter(is_told));
    found.extend(of_mock_files(request, &loaded, files, only));
    for file in loaded.test_files() {
        let said = with_context(&loaded, &outside, file, |context| check_test_file(file, context));
        found.extend(said.into_iter().filter(|it| is_meant(&file.name) || is_told(it)));
        if !is_meant(&file.name) {
            continue;
        }
        if !file.diagnostics.iter().any(Diagnostic::is_error) {
            let runs: Vec<usize> = (0..file.runs.len()).collect();
            found.extend(Graph::of(file, &runs, &loaded).order().err().unwrap_or_default());
        }
    }
    without_repetition(found)
}

/// Whether a module and those that it calls could be read without an error.
fn is_faultless(tree: &ModuleTree) -> bool {
    !tree.diagnostics_of_calls(&mut Vec::new()).iter().any(Diagnostic::is_error)
}

/// What every run of a module would end with, whatever it gives to the module and as long as no override keeps it from
/// looking. Nothing is said of what providers that are not at hand would do. Once it is cancelled, what it says is of no
/// use.
pub fn check_module(
    tree: &Arc<ModuleTree>,
    providers: &Providers,
    files: &dyn Files,
    host: &dyn Host,
    cancel: &Cancel,
) -> Diagnostics {
    of_program(&Program::new(tree), providers, "default", files, host, cancel)
}

fn of_program(
    program: &Program,
    providers: &Providers,
    workspace: &str,
    files: &dyn Files,
    host: &dyn Host,
    cancel: &Cancel,
) -> Diagnostics {
    let mut found = check_versions(program.tree());
    let wanted = ValidationRequest { program, providers, workspace, files };
    found.extend(validate_module(&wanted, host, cancel));
    found
}

/// What is wrong with the values of the files that give variables a value from outside, and of others that are meant.
fn of_variable_files(
    request: &Request,
    loaded: &Loaded,
    outside: &Outside,
    files: &dyn Files,
    only: Option<&BTreeSet<FileName>>,
) -> Diagnostics {
    let named = request.variables.iter().filter_map(|argument| match argument {
        VariableArgument::File { path } => Some(path.clone()),
        VariableArgument::Value { .. } => None,
    });
    let of_module = automatic_variable_files(files, &request.directory).into_iter().chain(named);
    let of_tests = match loaded.dialect().has(Feature::TestVariableFiles) {
        true => automatic_variable_files(files, &join(&request.directory, &request.test_directory)),
        false => Vec::new(),
    };
    let all = of_module.map(|path| (path, ValuesFor::All));
    let all = all.chain(of_tests.into_iter().map(|path| (path, ValuesFor::Tests)));
    let mut all: Vec<(String, ValuesFor)> = all.collect();
    let meant = only.into_iter().flatten().map(|file| file.as_str());
    for path in meant.filter(|path| FileRole::of(path) == Some(FileRole::Variables)) {
        if !all.iter().any(|(known, _)| known == path) {
            all.push((path.to_owned(), ValuesFor::Named));
        }
    }
    let cache = FactsCache::new();
    let mut found = Diagnostics::new();
    for (path, values_for) in all {
        let Ok(document) = files.document(&path, &cache) else { continue };
        let file = FileName::new(&path);
        let values = variable_file(&file, &document.text());
        if values_for == ValuesFor::Named {
            found.extend(values.diagnostics.iter().cloned());
        }
        if values.diagnostics.iter().any(Diagnostic::is_error) {
            continue;
        }
        let context = ValuesContext {
            values_for,
            tree: loaded.programs().next().map(Program::tree),
            tests: loaded.tests(),
            resolve: &|test, run| loaded.tree(test, run.module.as_ref()).cloned(),
            counts: &|test, name| outside.gives(&file, test, name),
            sources: &Sources::new([document]),
        };
        found.extend(check_variable_file(&file, &values.tree, &context));
    }
    found
}

/// What is wrong with files of mocks that are meant, whether a test reads them or not.
fn of_mock_files(
    request: &Request,
    loaded: &Loaded,
    files: &dyn Files,
    only: Option<&BTreeSet<FileName>>,
) -> Diagnostics {
    let is_one = |file: &&FileName| FileRole::of(file.as_str()) == Some(FileRole::Mocks);
    let meant: Vec<&FileName> = only.into_iter().flatten().filter(is_one).collect();
    let cache = FactsCache::new();
    let mut found = Diagnostics::new();
    for file in meant {
        let Ok(document) = files.document(file.as_str(), &cache) else { continue };
        let tree = match loaded.programs().next() {
            Some(program) => Arc::clone(program.tree()),
            None => load_module(files, &request.directory, loaded.dialect(), &cache),
        };
        let (dialect, tests) = (loaded.dialect(), loaded.tests());
        found.extend(check_mock_file(&document, dialect, &tree, tests, &loaded.providers));
    }
    found
}

/// What of mocks and overrides is of no use, because the schemas of providers and the modules do not know it. The tools
/// pass over it in silence.
pub(crate) fn useless_mocks(loaded: &Loaded, outside: &Outside) -> Diagnostics {
    let is_useless = |it: &Diagnostic| {
        !it.is_error() && matches!(it.code, Some("unknown-mock-type" | "unknown-mock-value"))
    };
    let mut found = Diagnostics::new();
    for file in loaded.test_files() {
        let said = with_context(loaded, outside, file, |context| check_test_file(file, context));
        found.extend(said.into_iter().filter(is_useless));
    }
    without_repetition(found)
}

/// The warnings about override targets that do not exist: those of the file, or those of one of its runs. Everything
/// else that is wrong with a test file shows when a run needs it.
pub(crate) fn missing_targets(
    loaded: &Loaded,
    outside: &Outside,
    file: &TestFile,
    run: Option<usize>,
) -> Diagnostics {
    with_context(loaded, outside, file, |context| config::missing_targets(file, run, context))
}

fn with_context(
    loaded: &Loaded,
    outside: &Outside,
    file: &TestFile,
    check: impl FnOnce(&TestContext<'_>) -> Diagnostics,
) -> Diagnostics {
    let external = |name: &str| outside.get(file, name).is_some();
    let resolve =
        |source: Option<&ModuleSource>| -> Option<Arc<ModuleTree>> { loaded.tree(file, source).cloned() };
    check(&TestContext { resolve: &resolve, schemas: &loaded.providers, external: &external, asked: None })
}

/// A module that several runs name is checked for each of them.
fn without_repetition(mut found: Diagnostics) -> Diagnostics {
    let mut seen = HashSet::new();
    found.retain(|diagnostic| {
        seen.insert((diagnostic.subject.clone(), diagnostic.summary.clone(), diagnostic.detail.clone()))
    });
    found
}
