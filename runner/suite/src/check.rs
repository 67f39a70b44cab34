//! What is wrong with a module and its test files, without running anything.

use std::collections::HashSet;
use std::sync::Arc;

use config::{Files, ModuleSource, ModuleTree, TestContext, TestFile, check_test_file, check_versions};
use engine::{Cancel, Host, Program, ValidationRequest, validate_module};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics};

use crate::load::Loaded;
use crate::order::Graph;
use crate::outside::Outside;
use crate::request::Request;

/// Everything that can be said about the files that `request` would run: what stops a suite before it starts, and what
/// its runs would end with whatever the values are. Each problem is named once.
///
/// Terraform stops at the first file that it cannot read; who mends files wants to see the rest too. Nothing is said of
/// what is missing in a file of which a part cannot be read.
pub fn check(request: &Request, files: &dyn Files, host: &dyn Host) -> Diagnostics {
    let mut found = Diagnostics::new();
    let loaded = Loaded::as_far_as_possible(request, files, &mut found);
    let mut of_values = Diagnostics::new();
    let outside = Outside::collect(request, loaded.dialect(), files, &mut of_values);
    of_values.extend(outside.test_problems.iter().cloned());
    // Which values there are decides most of what follows.
    let knows_values = !of_values.iter().any(Diagnostic::is_error);
    found.extend(of_values);
    if !knows_values {
        return without_repetition(found);
    }
    for program in loaded.programs().filter(|program| is_faultless(program.tree())) {
        let workspace = &request.workspace;
        found.extend(of_program(program, &loaded.providers, workspace, files, host, &Cancel::new()));
    }
    for file in loaded.test_files() {
        found.extend(with_context(&loaded, &outside, file, |context| check_test_file(file, context)));
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
