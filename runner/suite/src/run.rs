//! One run of a file: the values of its variables, the run itself, and what is kept of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Feature, Item, ModuleTree, Run, TestId};
use engine::{GivenValue, Lingering, Pulse, RunRequest, State, Status, Timings, VariableInput};
use lang::Value;
use syntax::{Diagnostics, SmolStr};

use crate::check::missing_targets;
use crate::event::{RunFinished, RunResult, Verbose};
use crate::file::{FileRun, Kept, Suite};
use crate::going_on::Operation;
use crate::known::Known;
use crate::scope::{Place, VariablesScope};
use crate::select::{Step, state_key};

/// A run with everything that it is executed with, so that it can be executed anywhere.
pub(crate) struct Job<'a> {
    known: Known<'a>,
    run: Item<Run>,
    id: TestId,
    step: Step,
    /// The state that it starts from.
    prior: State,
    operation: Operation,
}

/// What came of a run.
pub(crate) struct Executed {
    run: Item<Run>,
    index: usize,
    finished: RunFinished,
    /// What is left of it for others; `None` when it did not come so far that there could be anything.
    outcome: Option<Outcome>,
}

struct Outcome {
    /// Where something was applied.
    state: Option<State>,
    /// Where they are there.
    outputs: Option<Value>,
    lingering: Lingering,
}

impl<'a> Job<'a> {
    pub(crate) fn new(known: Known<'a>, run: Item<Run>, id: TestId, step: Step, prior: State) -> Job<'a> {
        Job { known, run, id, step, prior, operation: Operation::of(step.index) }
    }

    /// What others can know of it while it goes on.
    pub(crate) fn operation(&self) -> Operation {
        self.operation.clone()
    }

    /// Whether it may have to wait for something outside.
    pub(crate) fn waits(&self) -> bool {
        let Suite { loaded, .. } = self.known.suite;
        loaded.program(self.known.file, &self.run).is_some_and(|it| it.waits(&loaded.providers))
    }

    /// Executes the run on this thread. What it waits for meanwhile is for somebody else to tell, what it computes for
    /// `pulse`.
    pub(crate) fn execute(self, pulse: Pulse<'_>) -> Executed {
        let Job { known, run, id, step, prior, operation } = self;
        let Known { suite: Suite { request, loaded, outside, files, host, cancel }, file, .. } = known;
        let start = host.elapsed();
        let mut finished = RunFinished { elapsed: start, ..refused(&id, &run, &step, Vec::new()) };
        let nothing = |finished| Executed { run: run.clone(), index: step.index, finished, outcome: None };
        let program = loaded.program(file, &run);
        let (Some(program), Some(variables)) = (program, known.variables(Some(step.index))) else {
            // The loader has said why, and then nothing runs.
            return nothing(finished);
        };
        finished.diagnostics = missing_targets(loaded, outside, file, Some(step.index));
        let request = RunRequest {
            program,
            instances: loaded.instances(file, step.index),
            file,
            run: step.index,
            values: &|| variables.of_run(&run),
            state: &prior,
            finished_runs: &known.finished,
            workspace: &request.workspace,
            providers: &loaded.providers,
            test_names: &VariablesScope { place: Place::Provider, variables: &variables },
            mocks: &known.mocks,
            lingering: &known.lingering_in(&run),
            files,
            pulse,
            operations_at_once: request.operations_at_once,
            creates: &|planned| operation.creates(planned),
            verbose: request.verbose,
            timed: request.timed,
        };
        let outcome = engine::run_block(&request, host, cancel);
        finished.state = Some(outcome.state.clone());
        if request.verbose && outcome.reached_asserts {
            let providers = loaded.providers.among(&providers(program.tree(), &outcome.state));
            // Only a plan run has a plan.
            let state = || RunResult::State(outcome.state.clone());
            let result = outcome.plan.map_or_else(state, RunResult::Plan);
            let value = |input: &VariableInput| match &input.value {
                GivenValue::Value(value) => Some(value.clone()),
                GivenValue::Text(_) => None,
            };
            let given = variables.of_run(&run).given;
            let variables = given.iter().filter_map(|(name, input)| Some((name.clone(), value(input)?)));
            let (module, variables) = (Arc::clone(program.tree()), variables.collect());
            finished.verbose = Some(Verbose { result, providers, module, variables });
        }
        finished.status = outcome.status;
        finished.diagnostics.extend(outcome.diagnostics);
        finished.asserts = outcome.asserts;
        finished.timings = outcome.timings;
        finished.elapsed = host.elapsed().saturating_sub(start);
        let left = Outcome {
            state: outcome.applied.then_some(outcome.state),
            outputs: outcome.reached_asserts.then_some(outcome.outputs),
            lingering: outcome.lingering,
        };
        Executed { run, index: step.index, finished, outcome: Some(left) }
    }
}

impl<'a> FileRun<'a> {
    /// Keeps what a run made, and what later ones may know of it.
    pub(crate) fn keep(&mut self, executed: Executed) -> RunFinished {
        let Executed { run, index, finished, outcome } = executed;
        let Some(Outcome { state, outputs, lingering }) = outcome else { return finished };
        self.known.left_by(&run, lingering);
        if let Some(state) = state {
            self.states.insert(state_key(&run), Kept { state, writer: Some(index) });
        }
        if self.known.file.dialect.has(Feature::RunsByState) {
            self.known.finished = Arc::new(self.outputs_by_state());
        } else if let Some(outputs) = outputs {
            Arc::make_mut(&mut self.known.finished).insert(run.name.clone(), outputs);
        }
        finished
    }

    /// What OpenTofu knows of runs: the outputs in the states that they wrote last, without their secrecy.
    fn outputs_by_state(&self) -> BTreeMap<SmolStr, Value> {
        let of_state = |kept: &Kept| {
            let run = self.known.file.runs.get(kept.writer?)?;
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
