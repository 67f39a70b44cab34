//! One run of a file: the values of its variables, the run itself, and what is kept of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Feature, Item, ModuleTree, Run, TestId};
use engine::{RunRequest, State, Status, Timings};
use lang::Value;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::check::missing_targets;
use crate::event::{RunFinished, RunResult, Verbose};
use crate::file::{FileRun, Kept};
use crate::scope::{Place, VariablesScope};
use crate::select::{Step, state_key};
use crate::variables::Values;

impl FileRun<'_> {
    /// Executes a run and keeps what it made.
    pub(crate) fn run(&mut self, run: &Item<Run>, id: &TestId, step: &Step) -> RunFinished {
        let host = self.suite.host;
        let start = host.elapsed();
        let mut finished = RunFinished {
            id: id.clone(),
            file: self.file.name.clone(),
            run: run.name.clone(),
            status: Status::Error,
            elapsed: start,
            diagnostics: Vec::new(),
            asserts: Vec::new(),
            prerequisite: step.prerequisite,
            command: run.command,
            state: None,
            verbose: None,
            timings: Timings::default(),
        };
        let program = self.suite.loaded.program(self.file, run);
        let (Some(program), Some(variables)) = (program, self.variables(Some(step.index))) else {
            // The loader has said why, and then nothing runs.
            return finished;
        };
        let Values { given, seen, diagnostics } = variables.of_run(run);
        finished.diagnostics =
            missing_targets(self.suite.loaded, self.suite.outside, self.file, Some(step.index));
        finished.diagnostics.extend(diagnostics);
        if finished.diagnostics.iter().any(Diagnostic::is_error) {
            finished.elapsed = host.elapsed().saturating_sub(start);
            return finished;
        }
        let key = state_key(run);
        let prior = self.states.get(&key).map(|kept| kept.state.clone()).unwrap_or_default();
        let request = RunRequest {
            program,
            file: self.file,
            run: step.index,
            variables: &given,
            seen: seen.as_ref(),
            state: &prior,
            finished_runs: &self.finished,
            workspace: &self.suite.request.workspace,
            providers: &self.suite.loaded.providers,
            test_names: &VariablesScope { place: Place::Provider, variables: &variables },
            files: self.suite.files,
            verbose: self.suite.request.verbose,
            timed: self.suite.request.timed,
        };
        let outcome = engine::run_block(&request, host, self.suite.cancel);
        finished.state = Some(outcome.state.clone());
        if request.verbose && outcome.reached_asserts {
            let providers = self.suite.loaded.providers.among(&providers(program.tree(), &outcome.state));
            // Only a plan run has a plan.
            let state = || RunResult::State(outcome.state.clone());
            let result = outcome.plan.map_or_else(state, RunResult::Plan);
            finished.verbose = Some(Verbose { result, providers });
        }
        if outcome.applied {
            self.states.insert(key, Kept { state: outcome.state, writer: Some(step.index) });
        }
        if self.file.dialect.has(Feature::RunsByState) {
            self.finished = self.outputs_by_state();
        } else if outcome.reached_asserts {
            self.finished.insert(run.name.clone(), outcome.outputs);
        }
        finished.status = outcome.status;
        finished.diagnostics.extend(outcome.diagnostics);
        finished.asserts = outcome.asserts;
        finished.timings = outcome.timings;
        finished.elapsed = host.elapsed().saturating_sub(start);
        finished
    }

    /// What OpenTofu knows of runs: the outputs in the states that they wrote last, without their secrecy.
    fn outputs_by_state(&self) -> BTreeMap<SmolStr, Value> {
        let of_state = |kept: &Kept| {
            let run = self.file.runs.get(kept.writer?)?;
            let outputs = kept.state.outputs().iter();
            let outputs = outputs.map(|(name, value)| (Arc::from(name.as_str()), value.unmark_deep().0));
            Some((run.name.clone(), Value::object(outputs.collect())))
        };
        self.states.values().filter_map(of_state).collect()
    }
}

/// The source addresses of the providers that the configuration or an object has.
fn providers(tree: &ModuleTree, state: &State) -> BTreeSet<SmolStr> {
    let mut addresses: BTreeSet<SmolStr> =
        state.objects().map(|(_, object)| object.provider_source().into()).collect();
    let mut trees = vec![tree];
    while let Some(tree) = trees.pop() {
        let module = &tree.module;
        addresses.extend(module.required_providers.keys().map(|local| module.provider_source(local)));
        addresses.extend(module.resources.values().map(|resource| module.provider_of(resource)));
        trees.extend(tree.children.values().map(AsRef::as_ref));
    }
    addresses
}

/// The end of a run that was not executed.
pub(crate) fn skipped(id: &TestId, run: &Run, step: &Step) -> RunFinished {
    RunFinished {
        id: id.clone(),
        file: id.file.clone(),
        run: run.name.clone(),
        status: Status::Skip,
        elapsed: std::time::Duration::ZERO,
        diagnostics: Vec::new(),
        asserts: Vec::new(),
        prerequisite: step.prerequisite,
        command: run.command,
        state: None,
        verbose: None,
        timings: Timings::default(),
    }
}

/// The end of a run that cannot be executed, and keeps the file from being.
pub(crate) fn refused(id: &TestId, run: &Run, step: &Step, diagnostics: Diagnostics) -> RunFinished {
    RunFinished { status: Status::Error, diagnostics, ..skipped(id, run, step) }
}
