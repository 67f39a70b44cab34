//! Destroying what a file's runs made.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use config::{Feature, Item, Run, Tool};
use engine::{DestroyOutcome, DestroyRequest, Pulse, State, Status, TestProviders};
use syntax::{Diagnostic, Severity, SmolStr};

use crate::agenda::Agenda;
use crate::event::{Abandoned, Event, LeftObject, Owner};
use crate::file::{FileRun, Kept, Suite};
use crate::known::Known;
use crate::order::{self, Graph};
use crate::pool::{Beat, Pool};
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
        let mut agenda =
            Agenda::new((0..plan.len()).collect(), |at| plan.get(at).map_or(&[], |it| &it.after));
        let mut open: BTreeMap<usize, (usize, Kept)> = BTreeMap::new();
        for (at, state) in plan.iter().enumerate() {
            open.extend(self.left_under(&state.key).map(|left| (at, left)));
        }
        thread::scope(|scope| {
            let mut pool = Pool::new(scope, request.runs_at_once);
            loop {
                sink.watch(cancel);
                let may_begin = pool.has_room() && !cancel.is_cancelled();
                if let Some(at) = may_begin.then(|| agenda.next()).flatten() {
                    let left = open.remove(&at);
                    if let Some(job) = left.and_then(|(writer, kept)| self.destruction(writer, kept)) {
                        self.goes_down(job.writer, Duration::ZERO, sink);
                        if job.waits() {
                            pool.begin(at, host.elapsed(), move || job.execute(&|| ()));
                            continue;
                        }
                        let destroyed = self.destroy_at_once(job, sink);
                        self.is_destroyed(destroyed, sink);
                    }
                    agenda.is_over(at);
                } else if pool.is_idle() {
                    break;
                } else if let Some((at, destroyed)) = pool.next() {
                    sink.watch(cancel);
                    self.is_destroyed(destroyed, sink);
                    agenda.is_over(at);
                } else {
                    for (at, elapsed) in pool.beats(host.elapsed()) {
                        let writer = plan.get(at).and_then(|it| self.states.get(&it.key)?.writer);
                        writer.into_iter().for_each(|writer| self.goes_down(writer, elapsed, sink));
                    }
                }
            }
        });
        if !open.is_empty() {
            self.give_up(open.into_values().collect(), sink);
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

    /// After a hard cancel nothing is destroyed; what is left is listed.
    pub(crate) fn abandon(&mut self, sink: &mut Watched<'_>) {
        let keys: Vec<SmolStr> = self.states.keys().cloned().collect();
        let left: Vec<(usize, Kept)> = keys.iter().filter_map(|key| self.left_under(key)).collect();
        self.give_up(left, sink);
        if !self.known.file.dialect.has(Feature::RunGraph) {
            // Terraform got that far before it saw that there is nothing to do.
            self.tear_down_nothing(sink);
        }
    }

    fn give_up(&mut self, mut left: Vec<(usize, Kept)>, sink: &mut Watched<'_>) {
        self.status = Status::Error;
        left.sort_by_key(|(writer, _)| *writer);
        let abandoned = |(writer, kept): &(usize, Kept)| {
            Some(Abandoned { of: self.owner(*writer)?, objects: objects(&kept.state) })
        };
        let mut left: Vec<Abandoned> = left.iter().filter_map(abandoned).collect();
        // The main state comes first, then the others in the order of the runs.
        left.sort_by_key(|abandoned| abandoned.of != Owner::Tested);
        if !left.is_empty() {
            sink.event(Event::Abandoned { file: self.known.file.name.clone(), left });
        }
    }

    fn owner(&self, writer: usize) -> Option<Owner> {
        let run = self.known.file.runs.decl(writer)?;
        let key = state_key(run);
        Some(if key.is_empty() {
            Owner::Tested
        } else if self.known.file.dialect.has(Feature::AbandonedByKey) {
            Owner::Key(key)
        } else {
            let source = run.module.as_ref().map_or_else(SmolStr::default, |module| module.source.clone());
            Owner::Run { name: run.name.clone(), source }
        })
    }

    /// The state of a key and the run that wrote it last, where it has managed objects.
    fn left_under(&self, key: &SmolStr) -> Option<(usize, Kept)> {
        let kept = self.states.get(key).filter(|kept| kept.state.has_managed())?;
        Some((kept.writer?, kept.clone()))
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

    fn destruction(&self, writer: usize, kept: Kept) -> Option<Job<'a>> {
        let run = self.known.file.runs.get(writer)?;
        Some(Job { known: self.known.clone(), run, writer, state: kept.state })
    }

    /// Destroys what waits for nothing, on this thread, and tells that it goes on where it takes long.
    fn destroy_at_once(&self, job: Job<'_>, sink: &mut Watched<'_>) -> Destroyed {
        let (host, writer) = (self.known.suite.host, job.writer);
        let beat = RefCell::new((Beat::new(host.elapsed()), sink));
        job.execute(&|| {
            let (beat, sink) = &mut *beat.borrow_mut();
            if let Some(elapsed) = beat.due(host.elapsed()) {
                self.goes_down(writer, elapsed, sink);
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
        let Destroyed { writer, outcome: DestroyOutcome { mut diagnostics, state, lingering } } = destroyed;
        let Some(run) = self.known.file.runs.get(writer) else { return };
        self.known.left_by(&run, lingering);
        diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
        let left = objects(&state);
        if !diagnostics.is_empty() || !left.is_empty() {
            let dialect = self.known.file.dialect;
            if !dialect.has(Feature::TeardownKeepsStatus) {
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
        };
        Destroyed { writer, outcome: engine::destroy(&request, host, cancel) }
    }
}

/// The managed objects of a state.
fn objects(state: &State) -> Vec<LeftObject> {
    let managed = |addr: &config::AbsResource| addr.resource.mode == config::ResourceMode::Managed;
    let mut left = Vec::new();
    for (resource, instances) in state.resources().filter(|(addr, _)| managed(addr)) {
        for (key, objects) in instances {
            let addr = resource.instance(key.clone());
            let object = |deposed| LeftObject { address: addr.to_string(), deposed };
            left.extend(objects.current.iter().map(|_| object(None)));
            left.extend(objects.deposed.keys().map(|key| object(Some(key.to_string()))));
        }
    }
    left
}
