//! Destroying what a file's runs made.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use config::{Feature, Tool};
use engine::{DestroyOutcome, DestroyRequest, Status, TestProviders};
use syntax::{Diagnostic, Severity, SmolStr};

use crate::event::Event;
use crate::file::{FileRun, Kept};
use crate::order::Graph;
use crate::scope::{Place, VariablesScope};
use crate::select::state_key;
use crate::variables::Values;
use crate::watched::Watched;

impl FileRun<'_> {
    /// Destroys every state that holds something, each with the configuration of the run that wrote it last.
    pub(crate) fn tear_down(&mut self, graph: &Graph<'_>, sink: &mut Watched<'_>) {
        let (host, file) = (self.suite.host, self.file.name.clone());
        let start = host.elapsed();
        sink.event(Event::TeardownStarted { file: file.clone() });
        for (writer, kept) in self.in_order(graph) {
            sink.watch(self.suite.cancel);
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
        self.status = Status::Error;
        for (writer, kept) in self.left() {
            self.report_left(writer, Vec::new(), objects(&kept), sink);
        }
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
        if dialect.has(Feature::TeardownByDependency) {
            return self.by_dependency(left, graph);
        }
        left
    }

    /// States that the last writers of others depend on come after these. Where two depend on each other, the one that
    /// was written last comes first.
    fn by_dependency(&self, left: Vec<(usize, Kept)>, graph: &Graph<'_>) -> Vec<(usize, Kept)> {
        // As in Terraform, all runs of the file count, also those that made nothing, and of a state the last of them.
        let runs = self.file.runs.iter().enumerate();
        let last: BTreeMap<SmolStr, usize> = runs.map(|(at, run)| (state_key(run), at)).collect();
        let mut states: Vec<(usize, SmolStr)> = last.into_iter().map(|(key, at)| (at, key)).collect();
        states.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let depends_on = |at: usize, key: &SmolStr| -> Vec<SmolStr> {
            let others = graph.before(at).into_iter().rev().map(|run| self.key(run));
            others.filter(|other| other != key).collect()
        };
        let depends: BTreeMap<SmolStr, Vec<SmolStr>> =
            states.iter().map(|(at, key)| (key.clone(), depends_on(*at, key))).collect();
        // For each state those that are destroyed before it. Whatever would close a circle is left out.
        let mut after: BTreeMap<SmolStr, BTreeSet<SmolStr>> = BTreeMap::new();
        let mut visited = BTreeSet::new();
        for (_, key) in &states {
            let mut open = vec![key.clone()];
            while let Some(key) = open.pop() {
                let wants = depends.get(&key).map_or(&[][..], Vec::as_slice);
                if wants.is_empty() || !visited.insert(key.clone()) {
                    continue;
                }
                for other in wants.iter().filter(|other| !visited.contains(*other)) {
                    after.entry(other.clone()).or_default().insert(key.clone());
                    open.push(other.clone());
                }
            }
        }
        let mut open: Vec<SmolStr> = states.into_iter().map(|(_, key)| key).collect();
        let mut order = Vec::new();
        while !open.is_empty() {
            let free =
                |key: &SmolStr| after.get(key).is_none_or(|first| !open.iter().any(|it| first.contains(it)));
            let at = open.iter().position(free).unwrap_or(0);
            order.push(open.remove(at));
        }
        let mut left = left;
        left.sort_by_key(|(writer, _)| order.iter().position(|key| *key == self.key(*writer)));
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
            self.report_left(writer, diagnostics, left, sink);
        }
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
