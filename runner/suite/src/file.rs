//! One test file: its runs in source order, each on the state of its key, then the destruction of what they made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::{Files, Item, ModuleTree, Run, TestFile, TestId};
use engine::{Cancel, Host, RunRequest, State, Status, Timings};
use lang::Value;
use syntax::{Diagnostic, SmolStr};

use crate::check::missing_targets;
use crate::event::{Event, RunFinished, RunResult, Sink, Summary, Verbose};
use crate::load::Loaded;
use crate::outside::Outside;
use crate::request::Request;
use crate::scope::{Place, VariablesScope};
use crate::select::Step;
use crate::variables::{Values, Variables};

/// What all files of a suite share.
#[derive(Clone, Copy)]
pub(crate) struct Suite<'a> {
    pub(crate) request: &'a Request,
    pub(crate) loaded: &'a Loaded,
    pub(crate) outside: &'a Outside,
    pub(crate) files: &'a dyn Files,
    pub(crate) host: &'a dyn Host,
    pub(crate) cancel: &'a Cancel,
}

/// A file that is being executed.
pub(crate) struct FileRun<'a> {
    pub(crate) suite: Suite<'a>,
    pub(crate) file: &'a TestFile,
    /// By state key.
    pub(crate) states: BTreeMap<SmolStr, Kept>,
    /// Outputs of the runs that are over, for `run.x`.
    pub(crate) finished: BTreeMap<SmolStr, Value>,
    pub(crate) status: Status,
}

/// A state and the run that wrote it last, whose configuration will destroy it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) state: State,
    pub(crate) writer: Option<usize>,
}

impl<'a> FileRun<'a> {
    pub(crate) fn new(suite: Suite<'a>, file: &'a TestFile) -> FileRun<'a> {
        // Terraform calls a file without runs passed, and one whose runs are all skipped skipped.
        let status = if file.runs.is_empty() { Status::Pass } else { Status::Skip };
        FileRun { suite, file, states: BTreeMap::new(), finished: BTreeMap::new(), status }
    }

    /// Executes the steps and cleans up. Adds to the counts of `summary` and reports everything to `sink`.
    pub(crate) fn execute(mut self, steps: &[Step], summary: &mut Summary, sink: &mut Watched<'_>) -> Status {
        let name = &self.file.name;
        sink.event(Event::FileStarted { file: name.clone() });
        let ids = TestId::of_runs(&self.suite.request.directory, self.file);
        for step in steps {
            let (Some(run), Some(id)) = (self.file.runs.get(step.index), ids.get(step.index)) else {
                continue;
            };
            sink.watch(self.suite.cancel);
            if self.suite.cancel.is_cancelled() {
                // What was never started stays pending, as after Terraform's second interrupt.
                break;
            }
            let finished = if self.status == Status::Error || self.suite.cancel.is_stopped() {
                skipped(id, run, step)
            } else {
                let (file, run_name) = (name.clone(), run.name.clone());
                sink.event(Event::RunStarted { id: id.clone(), file, run: run_name });
                self.run(run, id, step)
            };
            self.status = self.status.merge(finished.status);
            summary.count(finished.status);
            sink.event(Event::RunFinished(Arc::new(finished)));
        }
        sink.watch(self.suite.cancel);
        if self.suite.cancel.is_cancelled() {
            self.abandon(sink);
        } else {
            self.tear_down(sink);
        }
        let (file, status) = (name.clone(), self.status);
        let diagnostics = missing_targets(self.suite.loaded, self.suite.outside, self.file, None);
        sink.event(Event::FileFinished { file, status, diagnostics });
        status
    }

    fn run(&mut self, run: &Item<Run>, id: &TestId, step: &Step) -> RunFinished {
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
        let Some(program) = self.suite.loaded.program(self.file, run) else {
            // The loader has said why, and then nothing runs.
            return finished;
        };
        let variables = self.variables(program.root());
        let Values { given, diagnostics } = variables.of_run(run);
        finished.diagnostics =
            missing_targets(self.suite.loaded, self.suite.outside, self.file, Some(step.index));
        finished.diagnostics.extend(diagnostics);
        if finished.diagnostics.iter().any(Diagnostic::is_error) {
            finished.elapsed = host.elapsed().saturating_sub(start);
            return finished;
        }
        let key = SmolStr::from(config::state_key(run));
        let prior = self.states.get(&key).map(|kept| kept.state.clone()).unwrap_or_default();
        let request = RunRequest {
            program,
            file: self.file,
            run: step.index,
            variables: &given,
            state: &prior,
            finished_runs: &self.finished,
            workspace: &self.suite.request.workspace,
            providers: &self.suite.loaded.providers,
            test_names: &VariablesScope { place: Place::Run, variables: &variables },
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
        self.finished.insert(run.name.clone(), outcome.outputs);
        finished.status = outcome.status;
        finished.diagnostics.extend(outcome.diagnostics);
        finished.asserts = outcome.asserts;
        finished.timings = outcome.timings;
        finished.elapsed = host.elapsed().saturating_sub(start);
        finished
    }

    pub(crate) fn variables<'s>(&'s self, module: &'s config::Module) -> Variables<'s> {
        Variables::new(
            self.file,
            module,
            self.suite.outside,
            &self.finished,
            self.suite.host,
            self.suite.cancel,
        )
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

fn skipped(id: &TestId, run: &Run, step: &Step) -> RunFinished {
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

/// A sink that also hears of interrupts, each once.
pub(crate) struct Watched<'a> {
    sink: &'a mut dyn Sink,
    stopped: bool,
    cancelled: bool,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Watched<'a> {
        Watched { sink, stopped: false, cancelled: false }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.sink.event(event);
    }

    /// Reports an interrupt that has come since the last look.
    pub(crate) fn watch(&mut self, cancel: &Cancel) {
        if cancel.is_stopped() && !self.stopped {
            self.stopped = true;
            self.event(Event::Interrupted { hard: false });
        }
        if cancel.is_cancelled() && !self.cancelled {
            self.cancelled = true;
            self.event(Event::Interrupted { hard: true });
        }
    }
}
