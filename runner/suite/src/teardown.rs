//! Destroying what a file's runs made.

use std::cell::RefCell;
use std::thread;
use std::time::Duration;

use config::{Feature, Item, Run, Tool};
use engine::{Agenda, DestroyOutcome, DestroyRequest, Pool, Pulse, State, Status, TestProviders};
use syntax::{Diagnostic, SmolStr};

use crate::beat::Beat;
use crate::event::{Event, LeftObject};
use crate::file::{FileRun, Kept, Suite};
use crate::going_on::{GoingOn, Operation};
use crate::known::Known;
use crate::order::{self, Graph};
use crate::scope::{Place, VariablesScope};
use crate::select::state_key;
use crate::state_file;
use crate::watched::Watched;

/// A state to destroy, with everything that this is done with.
struct Job<'a> {
    known: Known<'a>,
    run: Item<Run>,
    writer: usize,
    state: State,
}

/// What came of it.
struct Destroyed {
    writer: usize,
    outcome: DestroyOutcome,
}

impl<'a> FileRun<'a> {
    /// Destroys every state that holds something, each with the configuration of the run that wrote it last.
    pub(crate) fn tear_down(&mut self, graph: &Graph<'_>, sink: &mut Watched<'_>) {
        let Known { suite: Suite { request, host, cancel, .. }, file, .. } = self.known;
        let start = host.elapsed();
        sink.event(Event::TeardownStarted { file: file.name.clone() });
        let plan = self.in_order(graph);
        let after = |at: usize| plan.get(at).into_iter().flat_map(|it| it.after.iter().copied());
        let mut agenda = Agenda::new((0..plan.len()).collect(), after);
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, request.runs_at_once);
            let mut going_on = GoingOn::default();
            loop {
                if self.watch(going_on.operations(), sink) {
                    going_on.put_off(host.elapsed());
                }
                let may_begin = pool.has_room() && !cancel.is_cancelled();
                if let Some(at) = may_begin.then(|| agenda.take()).flatten() {
                    if let Some(job) = plan.get(at).and_then(|state| self.destruction(&state.key)) {
                        self.goes_down(job.writer, Duration::ZERO, sink);
                        if job.waits() {
                            going_on.begin(at, Operation::of(job.writer), host.elapsed());
                            pool.begin(at, move || job.execute(&|| ()));
                            continue;
                        }
                        let destroyed = self.destroy_at_once(job, sink);
                        self.is_destroyed(destroyed, sink);
                    }
                    agenda.is_over(at);
                } else if pool.is_idle() {
                    break;
                } else if let Some((at, destroyed)) = pool.wait() {
                    self.watch(going_on.operations(), sink);
                    going_on.end(at);
                    self.is_destroyed(destroyed, sink);
                    agenda.is_over(at);
                } else {
                    for (writer, elapsed) in going_on.due(host.elapsed()) {
                        self.goes_down(writer, elapsed, sink);
                    }
                }
            }
        });
        if cancel.is_cancelled() {
            self.status = Status::Error;
            self.abandon(sink);
        }
        let elapsed = host.elapsed().saturating_sub(start);
        sink.event(Event::TeardownFinished { file: file.name.clone(), elapsed });
    }

    /// Says that there is nothing to destroy of a file whose runs could not be executed.
    pub(crate) fn tear_down_nothing(&self, sink: &mut Watched<'_>) {
        let file = self.known.file.name.clone();
        sink.event(Event::TeardownStarted { file: file.clone() });
        sink.event(Event::TeardownFinished { file, elapsed: Duration::ZERO });
    }

    /// The state of a key and the run that wrote it last, where it has managed objects.
    pub(crate) fn left_under(&self, key: &SmolStr) -> Option<(usize, &Kept)> {
        let kept = self.states.get(key).filter(|kept| kept.state.has_managed())?;
        Some((kept.writer?, kept))
    }

    /// The states in the order of their destruction.
    fn in_order(&self, graph: &Graph<'_>) -> Vec<order::Destroyed> {
        let dialect = self.known.file.dialect;
        if dialect.has(Feature::TeardownByDependency) {
            return graph.destruction();
        }
        let mut keys: Vec<(&SmolStr, Option<usize>)> =
            self.states.iter().map(|(key, kept)| (key, kept.writer)).collect();
        keys.sort_by_key(|(_, writer)| std::cmp::Reverse(*writer));
        if !dialect.has(Feature::TeardownInReverse) {
            // The main state came first, and in OpenTofu the others in the order of the runs.
            if dialect.tool == Tool::OpenTofu {
                keys.reverse();
            }
            keys.sort_by_key(|(key, _)| !key.is_empty());
        }
        let one_by_one = |(at, (key, _)): (usize, (&SmolStr, Option<usize>))| order::Destroyed {
            key: key.clone(),
            after: at.checked_sub(1).into_iter().collect(),
        };
        keys.into_iter().enumerate().map(one_by_one).collect()
    }

    fn destruction(&self, key: &SmolStr) -> Option<Job<'a>> {
        let (writer, kept) = self.left_under(key)?;
        let run = self.known.file.runs.get(writer)?;
        Some(Job { known: self.known.clone(), run, writer, state: kept.state.clone() })
    }

    /// Destroys what waits for nothing, on this thread, and tells that it goes on where it takes long.
    fn destroy_at_once(&mut self, job: Job<'_>, sink: &mut Watched<'_>) -> Destroyed {
        let (host, writer) = (self.known.suite.host, job.writer);
        let operation = Operation::of(writer);
        let telling = RefCell::new((Beat::new(host.elapsed()), sink, self));
        job.execute(&|| {
            let (beat, sink, file) = &mut *telling.borrow_mut();
            if file.watch([&operation], sink) {
                beat.put_off(host.elapsed());
            }
            if let Some(elapsed) = beat.due(host.elapsed()) {
                file.goes_down(writer, elapsed, sink);
            }
        })
    }

    fn goes_down(&self, writer: usize, elapsed: Duration, sink: &mut Watched<'_>) {
        if let Some(run) = self.known.file.runs.get(writer) {
            let (file, run) = (self.known.file.name.clone(), run.name.clone());
            sink.event(Event::RunTeardown { file, run, elapsed });
        }
    }

    fn is_destroyed(&mut self, destroyed: Destroyed, sink: &mut Watched<'_>) {
        let Destroyed { writer, outcome: DestroyOutcome { diagnostics, state, lingering } } = destroyed;
        let Some(run) = self.known.file.runs.get(writer) else { return };
        self.known.left_by(&run, lingering);
        if let Some(kept) = self.states.get_mut(&state_key(&run)) {
            kept.state = state.clone();
        }
        let left = LeftObject::all(&state);
        let failed = diagnostics.iter().any(Diagnostic::is_error) || !left.is_empty();
        if failed || !diagnostics.is_empty() {
            let dialect = self.known.file.dialect;
            if failed && !dialect.has(Feature::TeardownKeepsStatus) {
                self.status = Status::Error;
            }
            self.report_left(writer, diagnostics, left, sink);
            if state.has_managed() && dialect.has(Feature::LeftStateFile) {
                self.keep_left(writer, &state, sink);
            }
        }
    }

    /// Writes what is left where OpenTofu leaves it; of several states the last one stays.
    fn keep_left(&self, writer: usize, state: &State, sink: &mut Watched<'_>) {
        const PATH: &str = "errored_test.tfstate";
        let Some(run) = self.known.file.runs.get(writer) else { return };
        let (host, version) = (self.known.suite.host, self.known.file.dialect.version.to_string());
        let lineage = provider::uuid_text(host.random());
        let text = state_file::write(state, &self.known.suite.loaded.providers, &version, &lineage);
        let failure = host.keep(PATH, &text).err();
        let (file, run) = (self.known.file.name.clone(), run.name.clone());
        sink.event(Event::StateKept { file, run, path: PATH, failure });
    }

    fn report_left(
        &self,
        writer: usize,
        diagnostics: Vec<Diagnostic>,
        left: Vec<LeftObject>,
        sink: &mut Watched<'_>,
    ) {
        let Some(run) = self.known.file.runs.get(writer) else { return };
        let (file, run) = (self.known.file.name.clone(), run.name.clone());
        sink.event(Event::TeardownFailed { file, run, diagnostics, left });
    }
}

impl Job<'_> {
    /// Whether it may have to wait for something outside.
    fn waits(&self) -> bool {
        let Suite { loaded, .. } = self.known.suite;
        loaded.program(self.known.file, &self.run).is_some_and(|it| it.waits(&loaded.providers))
    }

    fn execute(self, pulse: Pulse<'_>) -> Destroyed {
        let Job { known, run, writer, state } = self;
        let Known { suite: Suite { request, loaded, files, host, cancel, .. }, file, .. } = known;
        let (Some(program), Some(variables)) = (loaded.program(file, &run), known.variables(Some(writer)))
        else {
            // The loader has said why, and then nothing runs.
            return Destroyed { writer, outcome: DestroyOutcome::default() };
        };
        let given = variables.of_run(&run).given;
        let names = VariablesScope { place: Place::Provider, variables: &variables };
        let request = DestroyRequest {
            program,
            instances: loaded.instances(file, writer),
            variables: &given,
            state: &state,
            workspace: &request.workspace,
            providers: &loaded.providers,
            test_providers: TestProviders { file, run: &run, names: &names },
            mocks: &known.mocks,
            lingering: &known.lingering_in(&run),
            files,
            pulse,
            operations_at_once: request.operations_at_once,
        };
        Destroyed { writer, outcome: engine::destroy(&request, host, cancel) }
    }
}
