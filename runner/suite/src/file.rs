//! One test file: everything in it in an order that its dependencies allow, each run on the state of its key, then the
//! destruction of what the runs made.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use config::{Feature, Files, Run, TestFile, TestId};
use engine::{Agenda, Cancel, Host, Lingering, Pool, State, Status, TestProviderRequest};
use lang::Value;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::beat::Beat;
use crate::check::missing_targets;
use crate::event::{Event, RunFinished, Summary};
use crate::going_on::GoingOn;
use crate::known::Known;
use crate::load::Loaded;
use crate::order::{Graph, Node};
use crate::outside::Outside;
use crate::request::Request;
use crate::run::{Executed, Job, refused, skipped};
use crate::scope::{Place, VariablesScope};
use crate::select::{Step, state_key};
use crate::watched::Watched;

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
    pub(crate) known: Known<'a>,
    /// By state key.
    pub(crate) states: BTreeMap<SmolStr, Kept>,
    pub(crate) status: Status,
    /// What is said of the file and of none of its runs.
    pub(crate) diagnostics: Diagnostics,
    /// Whether a second interrupt has come and it was told what there is.
    pub(crate) abandoned: bool,
    /// Of all runs of the file, in their order.
    ids: Vec<TestId>,
    /// For each node of the graph, whether it came to its end: a run has outputs, a variable a value.
    completed: BTreeMap<usize, bool>,
}

/// A state and the run that wrote it last, whose configuration will destroy it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) state: State,
    pub(crate) writer: Option<usize>,
}

/// What a run's end is told with.
struct Telling<'s, 'e, 'w> {
    summary: &'s mut Summary,
    sink: &'e mut Watched<'w>,
}

impl Telling<'_, '_, '_> {
    fn started(&mut self, id: &TestId, run: &Run) {
        let (file, run) = (id.file.clone(), run.name.clone());
        self.sink.event(Event::RunStarted { id: id.clone(), file, run });
    }

    fn finished(&mut self, finished: RunFinished) {
        self.summary.count(finished.status);
        self.sink.event(Event::RunFinished(Arc::new(finished)));
    }
}

impl<'a> FileRun<'a> {
    /// `lingering` is what earlier files have left.
    pub(crate) fn new(suite: Suite<'a>, file: &'a TestFile, lingering: Lingering) -> FileRun<'a> {
        // Terraform calls a file without runs passed, and one whose runs are all skipped skipped.
        let passed = file.runs.is_empty() || file.dialect.has(Feature::FileStartsPassed);
        FileRun {
            known: Known::new(suite, file, lingering),
            states: BTreeMap::new(),
            status: if passed { Status::Pass } else { Status::Skip },
            diagnostics: Diagnostics::new(),
            abandoned: false,
            ids: TestId::of_runs(&suite.request.directory, file),
            completed: BTreeMap::new(),
        }
    }

    /// Executes the steps and cleans up. Adds to the counts of `summary` and reports everything to `sink`. Gives the status
    /// and what is left for later files.
    pub(crate) fn execute(
        mut self,
        steps: &[Step],
        summary: &mut Summary,
        sink: &mut Watched<'_>,
    ) -> (Status, Lingering) {
        let name = self.known.file.name.clone();
        sink.event(Event::FileStarted { file: name.clone() });
        let mut telling = Telling { summary, sink };
        if let Some((graph, order)) = self.prepared(steps, &mut telling) {
            self.walk(&graph, order, steps, &mut telling);
            telling.sink.watch(self.known.suite.cancel);
            if self.known.suite.cancel.is_cancelled() {
                self.status = Status::Error;
                self.abandon(telling.sink);
                if !self.known.file.dialect.has(Feature::RunGraph) {
                    // Terraform got that far before it saw that there is nothing to do.
                    self.tear_down_nothing(telling.sink);
                }
            } else if !self.known.file.runs.is_empty() || !self.known.file.dialect.has(Feature::RunGraph) {
                self.tear_down(&graph, telling.sink);
            }
        } else {
            self.tear_down_nothing(telling.sink);
        }
        let (file, status) = (name, self.status);
        let mut diagnostics =
            missing_targets(self.known.suite.loaded, self.known.suite.outside, self.known.file, None);
        diagnostics.append(&mut self.diagnostics);
        telling.sink.event(Event::FileFinished { file, status, diagnostics });
        (status, self.known.left())
    }

    /// The graph of the steps and the order to walk it in. `None` when something is wrong with the file or with one of its
    /// runs that is found before the first begins; it has been reported.
    fn prepared(
        &mut self,
        steps: &[Step],
        telling: &mut Telling<'_, '_, '_>,
    ) -> Option<(Graph<'a>, Vec<usize>)> {
        let runs: Vec<usize> = steps.iter().map(|step| step.index).collect();
        let file = self.known.file;
        let graph = Graph::of(file, &runs, self.known.suite.loaded);
        let order = match graph.order() {
            Ok(order) => order,
            Err(circles) => {
                self.diagnostics.extend(circles);
                Vec::new()
            }
        };
        if !file.dialect.has(Feature::RunGraph) {
            return Some((graph, order));
        }
        if !file.dialect.has(Feature::FileGraph) {
            let found: Diagnostics = steps.iter().flat_map(|step| self.misplaced(step.index)).collect();
            if !found.is_empty() {
                self.tell(found);
                return None;
            }
        }
        for step in steps {
            let (Some(run), Some(id)) = (&file.runs.get(step.index), self.ids.get(step.index).cloned())
            else {
                continue;
            };
            let found = engine::check_block(file, run);
            if found.iter().any(Diagnostic::is_error) {
                self.status = Status::Error;
                telling.finished(refused(&id, run, step, found));
            }
        }
        if !self.diagnostics.is_empty() {
            self.status = Status::Error;
        }
        (self.status != Status::Error).then_some((graph, order))
    }

    /// References of a run to runs and variables that it cannot have. They keep the whole file from being executed in the
    /// version that looks at them first.
    fn misplaced(&self, index: usize) -> Diagnostics {
        let (Some(run), Some(variables)) =
            (&self.known.file.runs.get(index), self.known.variables(Some(index)))
        else {
            return Diagnostics::new();
        };
        variables.misplaced(run)
    }

    fn walk(
        &mut self,
        graph: &Graph<'_>,
        order: Vec<usize>,
        steps: &[Step],
        telling: &mut Telling<'_, '_, '_>,
    ) {
        let Suite { request, host, cancel, .. } = self.known.suite;
        let mut agenda = Agenda::new(order, |at| graph.waits_for(at).iter().copied());
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, request.runs_at_once);
            let mut going_on = GoingOn::default();
            loop {
                if self.watch(going_on.operations(), telling.sink) {
                    going_on.put_off(host.elapsed());
                }
                // What was never started stays pending, as after Terraform's second interrupt.
                let may_begin = pool.has_room() && !cancel.is_cancelled();
                if let Some(at) = may_begin.then(|| agenda.take()).flatten() {
                    match self.begin(graph, at, steps, telling) {
                        Some(job) if job.waits() => {
                            going_on.begin(at, job.operation(), host.elapsed());
                            pool.begin(at, move || job.execute(&|| ()));
                            continue;
                        }
                        Some(job) => {
                            let executed = self.at_once(job, telling);
                            self.end(at, executed, telling);
                        }
                        None => {}
                    }
                    agenda.is_over(at);
                } else if pool.is_idle() {
                    break;
                } else if let Some((at, executed)) = pool.wait() {
                    // What an interrupt has ended is told after the interrupt.
                    self.watch(going_on.operations(), telling.sink);
                    going_on.end(at);
                    self.end(at, executed, telling);
                    agenda.is_over(at);
                } else {
                    for (run, elapsed) in going_on.due(host.elapsed()) {
                        self.goes_on(run, elapsed, telling);
                    }
                }
            }
        });
    }

    /// Evaluates a node, or gives the run that is to be executed.
    fn begin(
        &mut self,
        graph: &Graph<'_>,
        at: usize,
        steps: &[Step],
        telling: &mut Telling<'_, '_, '_>,
    ) -> Option<Job<'a>> {
        match graph.node(at)? {
            Node::Run(index) => {
                let step = steps.binary_search_by_key(index, |step| step.index).ok();
                let step = step.and_then(|at| steps.get(at))?;
                let (run, id) = (self.known.file.runs.get(*index)?, self.ids.get(*index).cloned()?);
                if let Some(skipped) = self.skipped(graph, at, &id, step, telling) {
                    self.is_over(at, skipped, telling);
                    return None;
                }
                telling.started(&id, &run);
                let prior = self.states.get(&state_key(&run)).map(|kept| kept.state.clone());
                Some(Job::new(self.known.clone(), run, id, *step, prior.unwrap_or_default()))
            }
            // What nobody will use after a stop is not evaluated.
            _ if self.stops(telling) => None,
            _ if !self.all_completed(graph, at, |_| true) => {
                self.completed.insert(at, false);
                None
            }
            Node::Variable(name) => {
                let value = self.file_variable(name);
                self.completed.insert(at, value.is_some());
                if let Some(value) = value {
                    Arc::make_mut(&mut self.known.values).insert(name.clone(), value);
                }
                None
            }
            Node::Provider(index) => {
                let configured = self.provider(*index);
                self.completed.insert(at, configured);
                None
            }
            Node::Mock(index) => {
                let Known { suite: Suite { host, cancel, .. }, file, .. } = self.known;
                let found = Arc::make_mut(&mut self.known.mocks).evaluate(file, *index, host, cancel);
                self.completed.insert(at, !found.iter().any(Diagnostic::is_error));
                self.tell(found);
                None
            }
        }
    }

    /// Keeps what a run has made.
    fn end(&mut self, at: usize, executed: Executed, telling: &mut Telling<'_, '_, '_>) {
        let finished = self.keep(executed);
        self.is_over(at, finished, telling);
    }

    fn is_over(&mut self, at: usize, finished: RunFinished, telling: &mut Telling<'_, '_, '_>) {
        self.status = self.status.merge(finished.status);
        self.completed.insert(at, matches!(finished.status, Status::Pass | Status::Fail));
        telling.finished(finished);
    }

    /// Executes what waits for nothing, on this thread, and tells that it goes on where it takes long.
    fn at_once(&mut self, job: Job<'a>, telling: &mut Telling<'_, '_, '_>) -> Executed {
        let (host, operation) = (self.known.suite.host, job.operation());
        let beat = RefCell::new((Beat::new(host.elapsed()), telling, self));
        job.execute(&|| {
            let (beat, telling, file) = &mut *beat.borrow_mut();
            if file.watch([&operation], telling.sink) {
                beat.put_off(host.elapsed());
            }
            if let Some(elapsed) = beat.due(host.elapsed()) {
                file.goes_on(operation.run, elapsed, telling);
            }
        })
    }

    fn goes_on(&self, run: usize, elapsed: Duration, telling: &mut Telling<'_, '_, '_>) {
        if let (Some(id), Some(run)) = (self.ids.get(run), self.known.file.runs.get(run)) {
            let (id, file, run) = (id.clone(), id.file.clone(), run.name.clone());
            telling.sink.event(Event::RunGoesOn { id, file, run, elapsed });
        }
    }

    /// The end of a run that is not executed.
    fn skipped(
        &self,
        graph: &Graph<'_>,
        at: usize,
        id: &TestId,
        step: &Step,
        telling: &mut Telling<'_, '_, '_>,
    ) -> Option<RunFinished> {
        let run = &self.known.file.runs.get(step.index)?;
        let by_dependency = self.known.file.dialect.has(Feature::SkipByDependency);
        let skips = match by_dependency {
            true => !self.all_completed(graph, at, |node| !matches!(node, Node::Provider(_) | Node::Mock(_))),
            false => self.status == Status::Error,
        };
        if skips || self.stops(telling) {
            return Some(skipped(id, run, step));
        }
        if by_dependency && !self.all_completed(graph, at, |_| true) {
            // Terraform has announced the run before it looks at the providers.
            telling.started(id, run);
            return Some(skipped(id, run, step));
        }
        None
    }

    /// Whether nothing begins any more, in this file or in those after it.
    fn stops(&self, telling: &Telling<'_, '_, '_>) -> bool {
        let failed = telling.summary.failed + telling.summary.errored > 0;
        self.known.suite.cancel.is_stopped() || (self.known.suite.request.fail_fast && failed)
    }

    /// Whether nothing of what a node depends on has failed; `counts` says what is looked at.
    fn all_completed(&self, graph: &Graph<'_>, at: usize, counts: impl Fn(&Node) -> bool) -> bool {
        let depends = graph.depends_on(at).into_iter();
        let mut depends = depends.filter(|at| graph.node(*at).is_some_and(&counts));
        depends.all(|at| self.completed.get(&at).copied().unwrap_or(true))
    }

    fn file_variable(&mut self, name: &SmolStr) -> Option<Value> {
        let mut found = Diagnostics::new();
        let value = self.known.variables(None)?.evaluate(name, self.known.suite.files, &mut found);
        self.tell(found);
        value
    }

    /// Configures a provider of the file; whether it is ready.
    fn provider(&mut self, index: usize) -> bool {
        let Known { suite: Suite { loaded, files, .. }, file, .. } = self.known;
        let mut found = Diagnostics::new();
        let fine = match (loaded.tested(file), self.known.variables(None)) {
            (Some(tested), Some(variables)) => {
                let request = TestProviderRequest {
                    file,
                    index,
                    tested: tested.root(),
                    names: &VariablesScope { place: Place::Provider, variables: &variables },
                    providers: &loaded.providers,
                    files,
                };
                engine::configure_test_provider(&request, &mut found)
            }
            _ => false,
        };
        self.tell(found);
        fine
    }

    fn tell(&mut self, found: Diagnostics) {
        if found.iter().any(Diagnostic::is_error) {
            self.status = Status::Error;
        }
        self.diagnostics.extend(found);
    }
}
