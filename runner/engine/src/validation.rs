//! What is wrong with a module whatever the values of its variables are: the step of a run before anything is planned, and
//! the same by itself.

use std::collections::BTreeMap;

use config::{Files, Item};
use provider::Providers;
use syntax::{Diagnostic, Diagnostics};

use crate::finding::Finding;
use crate::host::{Cancel, Host};
use crate::overrides::Overrides;
use crate::program::Program;
use crate::provisioners;
use crate::state::State;
use crate::walk::{Inputs, Options, Phase, Sources, Walk};

/// A module that is validated outside of any run.
pub struct ValidationRequest<'a> {
    pub program: &'a Program,
    /// Of those that are not among them, nothing is said, and everything they make is unknown.
    pub providers: &'a Providers,
    pub workspace: &'a str,
    /// Read again for messages that quote a place.
    pub files: &'a dyn Files,
}

/// What every run of a module would end with, as long as it puts nothing in the place of the module's own providers.
/// Asks no provider that is not part of the tool to do anything but look at arguments.
pub fn validate_module(request: &ValidationRequest<'_>, host: &dyn Host, cancel: &Cancel) -> Diagnostics {
    let options = Options { open_providers: true, ..Options::default() };
    let mut found = validate(Inputs {
        overrides: &Overrides::default(),
        program: request.program,
        variables: &BTreeMap::new(),
        prior: &State::default(),
        options: &options,
        run_name: "",
        workspace: request.workspace,
        providers: request.providers,
        test_providers: None,
        sources: Sources(request.files),
        host,
        cancel,
        dialect: request.program.root().dialect,
        plan_time: i64::try_from(host.now().as_secs()).unwrap_or(i64::MAX),
        timed: false,
    });
    for diagnostic in &mut found {
        diagnostic.code.get_or_insert("evaluation");
    }
    found
}

/// What keeps the module from being planned whatever the values of its variables are: the static checks, and an
/// evaluation in which nothing is known. Both resolve names in the same way, so what both say is said once.
pub(crate) fn validate(inputs: Inputs<'_>) -> Diagnostics {
    let program = inputs.program;
    if !program.refused.is_empty() {
        return program.refused.clone();
    }
    let unsupported = config::check_versions(program.tree());
    // A warning about the version is about the suite, not about each of its runs.
    if unsupported.iter().any(Diagnostic::is_error) {
        return unsupported;
    }
    if let Some(missing) = provisioners::missing(program) {
        return vec![missing];
    }
    let mut diagnostics = config::check_module(program.tree(), inputs.providers);
    diagnostics.retain(|found| !is_replaced(found, inputs));
    let mut walk = Walk::new(inputs, Phase::Validate);
    walk.run();
    for Finding { diagnostic, .. } in walk.findings {
        let known = diagnostics
            .iter()
            .filter(|seen| seen.summary == diagnostic.summary && seen.subject == diagnostic.subject)
            .any(|seen| seen.subject.is_some() || seen.detail == diagnostic.detail);
        if !known {
            diagnostics.push(diagnostic);
        }
    }
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(config::check_refactoring(program.tree()));
    }
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(config::check_self_references(program.tree()));
    }
    diagnostics
}

/// Whether a diagnostic is about a provider block of the module under test that the test file puts something in place of.
fn is_replaced(found: &Diagnostic, inputs: Inputs<'_>) -> bool {
    let (Some(place), Some(test)) = (&found.subject, inputs.test_providers) else { return false };
    let root = inputs.program.root();
    let around = |block: &Item<config::ProviderConfig>| {
        let block = block.locate(block.span);
        block.file == place.file && block.span.start <= place.span.start && place.span.end <= block.span.end
    };
    root.providers.iter().any(|block| around(block) && test.replaces(root, block))
}
