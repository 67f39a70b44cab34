//! What is wrong with a module whatever the values of its variables are: the step of a run before anything is planned, and
//! the same by itself.

use std::collections::BTreeMap;

use config::Files;
use provider::Providers;
use syntax::{Diagnostic, Diagnostics};

use crate::host::{Cancel, Host};
use crate::lookup::NAMELESS;
use crate::overrides::Overrides;
use crate::program::Program;
use crate::provider_instances::{InstancesRequest, ProviderInstances, Unset};
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
    let program = request.program;
    let options = Options { open_providers: true, ..Options::default() };
    let unknown = InstancesRequest {
        program,
        variables: &BTreeMap::new(),
        unset: Unset::Open,
        path: &[],
        workspace: request.workspace,
        files: request.files,
    };
    let (instances, of_instances) = ProviderInstances::new(&unknown, host, cancel);
    let inputs = Inputs {
        overrides: &Overrides::default(),
        instances: &instances,
        program,
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
        pulse: &|| (),
        operations_at_once: 1,
        dialect: program.root().dialect,
        plan_time: host.unix_time(),
        timed: false,
    };
    let mut found = Diagnostics::new();
    let stopped = stopped(program);
    let evaluated = match &stopped {
        Some(_) => Diagnostics::new(),
        None => {
            // What a mistake hides from a run is worth knowing all the same.
            found = config::check_module(program.tree(), inputs.providers);
            of_instances.into_iter().chain(validate(inputs)).collect()
        }
    };
    for mut diagnostic in stopped.into_iter().flatten().chain(evaluated) {
        let known = found
            .iter()
            .filter(|seen| seen.summary == diagnostic.summary && seen.subject == diagnostic.subject)
            .any(|seen| seen.subject.is_some() || seen.detail == diagnostic.detail);
        // That another name leads nowhere is enough to know.
        if !known && diagnostic.code != Some(NAMELESS) {
            diagnostic.code.get_or_insert("evaluation");
            found.push(diagnostic);
        }
    }
    if !found.iter().any(Diagnostic::is_error) {
        found.extend(config::check_self_references(program.tree()));
        found.extend(config::check_plan(program.tree()));
    }
    found
}

/// What keeps the module from being planned whatever the values of its variables are: an evaluation in which nothing is
/// known, with the static checks of what it comes to.
pub(crate) fn validate(inputs: Inputs<'_>) -> Diagnostics {
    let program = inputs.program;
    if let Some(stopped) = stopped(program) {
        return stopped;
    }
    let mut walk = Walk::new(inputs, Phase::Validate);
    walk.run();
    let mut diagnostics: Diagnostics = walk.findings.into_iter().map(|found| found.diagnostic).collect();
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(config::check_refactoring(program.tree()));
    }
    diagnostics
}

/// Why nothing of a module can be evaluated.
fn stopped(program: &Program) -> Option<Diagnostics> {
    if !program.refused.is_empty() {
        return Some(program.refused.clone());
    }
    let unsupported = config::check_versions(program.tree());
    // A warning about the version is about the suite, not about each of its runs.
    if unsupported.iter().any(Diagnostic::is_error) {
        return Some(unsupported);
    }
    provisioners::missing(program).map(|missing| vec![missing])
}
