//! Tearing down a state.

use std::collections::BTreeMap;

use config::{Feature, Files, ResourceMode};
use lang::Value;
use provider::Providers;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::change::{Action, Change};
use crate::checks::Recorder;
use crate::host::{Cancel, Host, Pulse};
use crate::input::VariableInput;
use crate::overrides::{FileMocks, Lingering, Overrides, Shared};
use crate::program::Program;
use crate::provider_instances::ProviderInstances;
use crate::schedule::Schedule;
use crate::state::State;
use crate::walk::{Inputs, Options, Phase, Sources, TestProviders, Walk, prevented};

/// A state to destroy, with the configuration that made it.
pub struct DestroyRequest<'a> {
    pub program: &'a Program,
    /// Of the program's provider configurations.
    pub instances: &'a ProviderInstances,
    /// What the run had that wrote the state last.
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    pub state: &'a State,
    pub workspace: &'a str,
    pub providers: &'a Providers,
    /// The test file and the run that wrote the state last, whose provider blocks count.
    pub test_providers: TestProviders<'a>,
    /// As the run had them that wrote the state last.
    pub mocks: &'a FileMocks,
    pub lingering: &'a Lingering,
    pub files: &'a dyn Files,
    pub pulse: Pulse<'a>,
    /// How many objects wait for something outside at once.
    pub operations_at_once: usize,
}

/// What is left and why.
#[derive(Clone, Debug, Default)]
pub struct DestroyOutcome {
    pub diagnostics: Diagnostics,
    /// Empty when everything is gone.
    pub state: State,
    /// What stays overridden in the module.
    pub lingering: Lingering,
}

/// Destroys every object after what was made from it. An object that may not be destroyed keeps everything in place, as
/// the plan to destroy it does in Terraform; one that could not be destroyed keeps only what it was made from.
pub fn destroy(request: &DestroyRequest<'_>, host: &dyn Host, cancel: &Cancel) -> DestroyOutcome {
    let options = Options { before_destroy: true, ..Options::default() };
    let mut found = Diagnostics::new();
    let TestProviders { run, .. } = request.test_providers;
    let shared = Shared { mocks: request.mocks, lingering: request.lingering };
    let overrides = Overrides::new(request.test_providers, request.program, shared, host, cancel, &mut found);
    let lingering = overrides.lingering(run);
    let untouched = |diagnostics| DestroyOutcome {
        diagnostics,
        state: request.state.clone(),
        lingering: lingering.clone(),
    };
    if found.iter().any(Diagnostic::is_error) {
        return untouched(found);
    }
    let inputs = Inputs {
        overrides: &overrides,
        instances: request.instances,
        program: request.program,
        variables: request.variables,
        prior: request.state,
        options: &options,
        run_name: "",
        workspace: request.workspace,
        providers: request.providers,
        test_providers: Some(request.test_providers),
        sources: Sources(request.files),
        host,
        cancel,
        pulse: request.pulse,
        operations_at_once: request.operations_at_once,
        dialect: request.test_providers.file.dialect,
        plan_time: host.unix_time(),
        timed: false,
    };
    let look = !inputs.dialect.has(Feature::TeardownWithoutRefresh);
    let found = if look { look_first(inputs) } else { Diagnostics::new() };
    if !found.is_empty() {
        return untouched(found);
    }
    let mut walk = Walk::new(inputs, Phase::Destroy);
    let diagnostics = plan(&mut walk);
    if !diagnostics.is_empty() {
        return untouched(diagnostics);
    }
    // Of the configuration only what the arguments of the providers are made of.
    let wanted = walk.needed_by_providers();
    let schedule = Schedule::new(request.program, &walk.changes, request.state, |at| wanted[at]);
    walk.apply(&schedule);
    let findings = std::mem::take(&mut walk.findings);
    let diagnostics = findings.into_iter().map(|found| found.diagnostic).collect();
    // Nothing of the configuration was checked.
    let unchecked = Recorder::new(&request.program.checkables).results(&request.program.checkables);
    walk.state.set_check_results(unchecked);
    DestroyOutcome { diagnostics, state: walk.state, lingering }
}

/// What planning the configuration once more finds, where errors are among it. Terraform refreshes so before it destroys,
/// and what it cannot plan it does not destroy; conditions that do not hold are no such errors.
fn look_first(inputs: Inputs<'_>) -> Diagnostics {
    let mut walk = Walk::new(inputs, Phase::Plan);
    walk.run();
    let found: Diagnostics = walk.findings.into_iter().map(|found| found.diagnostic).collect();
    if found.iter().any(Diagnostic::is_error) { found } else { Diagnostics::new() }
}

/// Plans the destruction of everything; what must not be destroyed is reported. Data is only forgotten.
fn plan(walk: &mut Walk<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    let (program, state) = (walk.inputs.program, walk.inputs.prior);
    for (addr, object) in state.objects() {
        if addr.resource.mode != ResourceMode::Managed {
            walk.state.remove(&addr);
            continue;
        }
        let resource = program.resource_at(&addr.module, &addr.resource);
        let prevails = walk.inputs.dialect.has(Feature::TeardownPrevails);
        if let Some(resource) = resource.filter(|it| it.lifecycle.prevent_destroy == Some(true) && !prevails)
        {
            found.push(prevented(resource, &resource.origin, &addr));
        }
        let node = program.resource_node(&addr.module, &addr.resource);
        let create_before_destroy =
            node.map_or(object.create_before_destroy, |node| program.creates_first(node));
        let gone = Value::null(object.value.ty());
        let change = Change::new(Action::Delete, object.value.clone(), gone);
        walk.changes.insert(&addr, Change { create_before_destroy, ..change });
    }
    for (addr, key, _) in state.deposed() {
        walk.changes.insert_deposed(&addr, key.clone(), Action::Delete);
    }
    found
}
