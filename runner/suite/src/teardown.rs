//! Destroying what a file's runs made.

use engine::{DestroyOutcome, DestroyRequest, Status, TestProviders};
use syntax::{Diagnostic, Severity};

use crate::event::Event;
use crate::file::{FileRun, Kept, Watched};
use crate::scope::{Place, VariablesScope};
use crate::variables::Values;

impl FileRun<'_> {
    /// Destroys every state that holds something, in the reverse order of the runs that wrote them last, each with
    /// the configuration of that run.
    pub(crate) fn tear_down(&mut self, sink: &mut Watched<'_>) {
        let (host, file) = (self.suite.host, self.file.name.clone());
        let start = host.elapsed();
        sink.event(Event::TeardownStarted { file: file.clone() });
        for (writer, kept) in self.left() {
            sink.watch(self.suite.cancel);
            self.destroy(writer, &kept, sink);
        }
        let elapsed = host.elapsed().saturating_sub(start);
        sink.event(Event::TeardownFinished { file, elapsed });
    }

    /// After a hard cancel nothing is destroyed; what is left is listed.
    pub(crate) fn abandon(&mut self, sink: &mut Watched<'_>) {
        for (writer, kept) in self.left() {
            self.status = Status::Error;
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

    fn destroy(&mut self, writer: usize, kept: &Kept, sink: &mut Watched<'_>) {
        let (Some(run), host) = (self.file.runs.get(writer), self.suite.host) else { return };
        let Some(program) = self.suite.loaded.program(self.file, run) else { return };
        let start = host.elapsed();
        let (file, name) = (self.file.name.clone(), run.name.clone());
        sink.event(Event::RunTeardown { file, run: name, elapsed: host.elapsed().saturating_sub(start) });
        let variables = self.variables(program.root());
        let Values { given, .. } = variables.of_run(run);
        let names = VariablesScope { place: Place::Run, variables: &variables };
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
            self.status = Status::Error;
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
