//! Destroying what a file's runs made.

use std::collections::VecDeque;
use std::time::Duration;

use config::{Feature, Tool};
use engine::{DestroyOutcome, DestroyRequest, Status, TestProviders};
use syntax::{Diagnostic, Severity, SmolStr};

use crate::event::{Abandoned, Event, Owner};
use crate::file::{FileRun, Kept};
use crate::order::Graph;
use crate::scope::{Place, VariablesScope};
use crate::select::state_key;
use crate::state_file;
use crate::variables::Values;
use crate::watched::Watched;

impl FileRun<'_> {
    /// Destroys every state that holds something, each with the configuration of the run that wrote it last.
    pub(crate) fn tear_down(&mut self, graph: &Graph<'_>, sink: &mut Watched<'_>) {
        let (host, file) = (self.suite.host, self.file.name.clone());
        let start = host.elapsed();
        sink.event(Event::TeardownStarted { file: file.clone() });
        let mut open = VecDeque::from(self.in_order(graph));
        while let Some((writer, kept)) = open.pop_front() {
            sink.watch(self.suite.cancel);
            if self.suite.cancel.is_cancelled() {
                open.push_front((writer, kept));
                self.give_up(open.into(), sink);
                break;
            }
            self.destroy(writer, &kept, sink);
        }
        let elapsed = host.elapsed().saturating_sub(start);
        sink.event(Event::TeardownFinished { file, elapsed });
    }

    /// Says that there is nothing to destroy of a file whose runs could not be executed.
    pub(crate) fn tear_down_nothing(&self, sink: &mut Watched<'_>) {
        let file = self.file.name.clone();
        sink.event(Event::TeardownStarted { file: file.clone() });
        sink.event(Event::TeardownFinished { file, elapsed: Duration::ZERO });
    }

    /// After a hard cancel nothing is destroyed; what is left is listed.
    pub(crate) fn abandon(&mut self, sink: &mut Watched<'_>) {
        let left = self.left();
        self.give_up(left, sink);
    }

    fn give_up(&mut self, left: Vec<(usize, Kept)>, sink: &mut Watched<'_>) {
        self.status = Status::Error;
        let mut left: Vec<Abandoned> = left
            .iter()
            .filter_map(|(writer, kept)| Some(Abandoned { of: self.owner(*writer)?, objects: objects(kept) }))
            .collect();
        // The main state comes first, then the others in the order of the runs.
        left.reverse();
        left.sort_by_key(|abandoned| abandoned.of != Owner::Tested);
        if !left.is_empty() {
            sink.event(Event::Abandoned { file: self.file.name.clone(), left });
        }
    }

    fn owner(&self, writer: usize) -> Option<Owner> {
        let run = self.file.runs.get(writer)?;
        let key = state_key(run);
        Some(if key.is_empty() {
            Owner::Tested
        } else if self.file.dialect.has(Feature::AbandonedByKey) {
            Owner::Key(key)
        } else {
            let source = run.module.as_ref().map_or_else(SmolStr::default, |module| module.source.clone());
            Owner::Run { name: run.name.clone(), source }
        })
    }

    /// The states with managed objects and the runs that wrote them, the last writer first.
    fn left(&self) -> Vec<(usize, Kept)> {
        let mut left: Vec<(usize, Kept)> = self
            .states
            .values()
            .filter(|kept| kept.state.has_managed())
            .filter_map(|kept| Some((kept.writer?, kept.clone())))
            .collect();
        left.sort_by_key(|(writer, _)| std::cmp::Reverse(*writer));
        left
    }

    /// The same in the order of destruction.
    fn in_order(&self, graph: &Graph<'_>) -> Vec<(usize, Kept)> {
        let mut left = self.left();
        let dialect = self.file.dialect;
        if !dialect.has(Feature::TeardownInReverse) {
            // The main state came first, and in OpenTofu the others in the order of the runs.
            if dialect.tool == Tool::OpenTofu {
                left.reverse();
            }
            left.sort_by_key(|(writer, _)| !self.key(*writer).is_empty());
        }
        if dialect.has(Feature::TeardownByDependency) && left.len() > 1 {
            let order = graph.destruction();
            left.sort_by_key(|(writer, _)| order.iter().position(|key| *key == self.key(*writer)));
        }
        left
    }

    fn key(&self, run: usize) -> SmolStr {
        self.file.runs.get(run).map(|run| state_key(run)).unwrap_or_default()
    }

    fn destroy(&mut self, writer: usize, kept: &Kept, sink: &mut Watched<'_>) {
        let (Some(run), host) = (self.file.runs.get(writer), self.suite.host) else { return };
        let Some(program) = self.suite.loaded.program(self.file, run) else { return };
        let start = host.elapsed();
        let (file, name) = (self.file.name.clone(), run.name.clone());
        sink.event(Event::RunTeardown { file, run: name, elapsed: host.elapsed().saturating_sub(start) });
        let Some(variables) = self.variables(Some(writer)) else { return };
        let Values { given, .. } = variables.of_run(run);
        let names = VariablesScope { place: Place::Provider, variables: &variables };
        let request = DestroyRequest {
            program,
            variables: &given,
            state: &kept.state,
            workspace: &self.suite.request.workspace,
            providers: &self.suite.loaded.providers,
            test_providers: TestProviders { file: self.file, run, names: &names },
            files: self.suite.files,
        };
        let DestroyOutcome { mut diagnostics, state } =
            engine::destroy(&request, self.suite.host, self.suite.cancel);
        diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
        let kept = Kept { state, writer: Some(writer) };
        let left = objects(&kept);
        if !diagnostics.is_empty() || !left.is_empty() {
            if !self.file.dialect.has(Feature::TeardownKeepsStatus) {
                self.status = Status::Error;
            }
            let keeps = kept.state.has_managed() && self.file.dialect.has(Feature::LeftStateFile);
            self.report_left(writer, diagnostics, left, sink);
            if keeps {
                self.keep(writer, &kept, sink);
            }
        }
    }

    /// Writes what is left where OpenTofu leaves it; of several states the last one stays.
    fn keep(&self, writer: usize, kept: &Kept, sink: &mut Watched<'_>) {
        const PATH: &str = "errored_test.tfstate";
        let Some(run) = self.file.runs.get(writer) else { return };
        let (host, version) = (self.suite.host, self.file.dialect.version.to_string());
        let lineage = provider::uuid_text(host.random());
        let text = state_file::write(&kept.state, &self.suite.loaded.providers, &version, &lineage);
        let failure = host.keep(PATH, &text).err();
        let (file, run) = (self.file.name.clone(), run.name.clone());
        sink.event(Event::StateKept { file, run, path: PATH, failure });
    }

    fn report_left(
        &self,
        writer: usize,
        diagnostics: Vec<Diagnostic>,
        left: Vec<String>,
        sink: &mut Watched<'_>,
    ) {
        let Some(run) = self.file.runs.get(writer) else { return };
        let (file, run) = (self.file.name.clone(), run.name.clone());
        sink.event(Event::TeardownFailed { file, run, diagnostics, left });
    }
}

/// The addresses of the managed objects of a state, and the keys of those that are deposed.
fn objects(kept: &Kept) -> Vec<String> {
    let managed = |addr: &config::AbsResource| addr.resource.mode == config::ResourceMode::Managed;
    let mut left = Vec::new();
    for (resource, instances) in kept.state.resources().filter(|(addr, _)| managed(addr)) {
        for (key, objects) in instances {
            let addr = resource.instance(key.clone());
            left.extend(objects.current.iter().map(|_| addr.to_string()));
            left.extend(objects.deposed.keys().map(|key| format!("{addr} ({key})")));
        }
    }
    left
}
