//! Tearing down a state.

use std::collections::BTreeMap;

use config::{Files, ResourceMode, TestFile};
use lang::{Scope, Value};
use provider::Providers;
use syntax::{Diagnostics, SmolStr};

use crate::change::{Action, Change};
use crate::host::{Cancel, Host};
use crate::input::VariableInput;
use crate::program::Program;
use crate::schedule::Schedule;
use crate::state::State;
use crate::walk::{Inputs, Options, Phase, Sources, TestProviders, Walk, prevented};

/// A state to destroy, with the configuration that made it.
pub struct DestroyRequest<'a> {
    pub program: &'a Program,
    /// What the run had that wrote the state last.
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    pub state: &'a State,
    pub workspace: &'a str,
    pub providers: &'a Providers,
    /// The test file and the run in it: their provider blocks may configure what destroys.
    pub file: &'a TestFile,
    pub run: usize,
    /// What those blocks may refer to.
    pub test_names: &'a dyn Scope,
    pub files: &'a dyn Files,
}

/// What is left and why.
#[derive(Clone, Debug, Default)]
pub struct DestroyOutcome {
    pub diagnostics: Diagnostics,
    /// Empty when everything is gone.
    pub state: State,
}

/// Destroys every object after what was made from it. An object that may not be destroyed keeps everything in place, as
/// the plan to destroy it does in Terraform; one that could not be destroyed keeps only what it was made from.
pub fn destroy(request: &DestroyRequest<'_>, host: &dyn Host, cancel: &Cancel) -> DestroyOutcome {
    let options = Options::default();
    let run = request.file.runs.get(request.run).map(|run| &run.decl);
    let inputs = Inputs {
        program: request.program,
        variables: request.variables,
        prior: request.state,
        options: &options,
        run_name: "",
        workspace: request.workspace,
        providers: request.providers,
        test_providers: run.map(|run| TestProviders { file: request.file, run, names: request.test_names }),
        sources: Sources(request.files),
        host,
        cancel,
        dialect: request.file.dialect,
        plan_time: i64::try_from(host.now().as_secs()).unwrap_or(i64::MAX),
        timed: false,
    };
    let mut walk = Walk::new(inputs, Phase::Destroy);
    let diagnostics = plan(&mut walk);
    if !diagnostics.is_empty() {
        return DestroyOutcome { diagnostics, state: request.state.clone() };
    }
    let wanted = request.program.for_providers();
    let wanted = |node: usize| wanted.get(node).copied().unwrap_or_default();
    let schedule = Schedule::new(request.program, &walk.changes, request.state, wanted);
    walk.apply(&schedule);
    let diagnostics = walk.findings.into_iter().map(|found| found.diagnostic).collect();
    DestroyOutcome { diagnostics, state: walk.state }
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
        if let Some(resource) = resource.filter(|it| it.lifecycle.prevent_destroy == Some(true)) {
            found.push(prevented(resource, &addr));
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
