//! From a suite's events to the verdicts that lenses and diagnostics show.

use std::sync::Arc;
use std::time::Duration;

use config::{TestId, join};
use ide::{Anchored, RunResult, RunStatus};
use suite::{Event, RunFinished, Status};
use syntax::{Diagnostic, FileName, Location};

use crate::session::Session;
use crate::view::View;

/// Writes what happens in one invocation into the session.
pub(crate) struct Verdicts {
    session: Arc<Session>,
    view: View,
    file: FileName,
    /// The module under test's directory, which the events' names count from.
    dir: String,
    /// Problems of no particular run.
    general: Vec<Diagnostic>,
    finished: bool,
}

impl Verdicts {
    pub(crate) fn new(session: Arc<Session>, view: View, file: FileName, dir: &str) -> Verdicts {
        Verdicts { session, view, file, dir: dir.to_owned(), general: Vec::new(), finished: false }
    }

    /// Forgets the verdicts that are about to be replaced.
    pub(crate) fn forget(&self, run: Option<&str>) {
        let file = self.file.clone();
        self.session.update_results(&self.view.root, |results| {
            results.forget(|id| id.file == file && run.is_none_or(|run| id.run == run));
            results.set_problems(&file, Vec::new());
        });
    }

    pub(crate) fn event(&mut self, event: &Event) {
        match event {
            Event::RunStarted { id, .. } => self.set(id, RunStatus::Running, |_| {}),
            Event::RunFinished(run) => self.finished(run),
            Event::Diagnostics { diagnostics }
            | Event::TeardownFailed { diagnostics, .. }
            | Event::FileFinished { diagnostics, .. } => {
                let placed: Vec<_> = diagnostics.iter().map(|it| placed(it.clone(), &self.dir)).collect();
                self.general.extend(placed);
            }
            Event::Finished(_) => self.finished = true,
            Event::Loaded { .. }
            | Event::Discovered { .. }
            | Event::FileStarted { .. }
            | Event::RunGoesOn { .. }
            | Event::TeardownStarted { .. }
            | Event::RunTeardown { .. }
            | Event::TeardownFinished { .. }
            | Event::StateKept { .. }
            | Event::Abandoned { .. }
            | Event::Interrupted { .. } => {}
        }
    }

    /// Shows the problems of no particular run. Returns what must be said in a message, because nothing ran or because
    /// it has no place to stand.
    pub(crate) fn finish(self) -> Option<String> {
        let anchored =
            self.general.iter().map(|it| Anchored::new(it.clone(), &self.view.snapshot)).collect::<Vec<_>>();
        let file = self.file.clone();
        self.session.update_results(&self.view.root, |results| {
            results.set_problems(&file, anchored);
            // A run that was ended the hard way has no verdict.
            results.forget_running(|id| id.file == file);
        });
        let errors: Vec<&Diagnostic> = self.general.iter().filter(|it| it.is_error()).collect();
        let first = errors.first()?;
        let placeless = errors.iter().any(|it| it.subject.is_none());
        if self.finished && !placeless {
            return None;
        }
        let place = first.subject.as_ref().map(|it| format!(" ({})", it.file)).unwrap_or_default();
        let more = if errors.len() > 1 { format!(", and {} more", errors.len() - 1) } else { String::new() };
        Some(format!("{}{place}{more}", first.summary))
    }

    fn finished(&self, run: &RunFinished) {
        let status = match run.status {
            Status::Pass => RunStatus::Pass,
            Status::Fail => RunStatus::Fail,
            Status::Error => RunStatus::Error,
            Status::Skip | Status::Pending => RunStatus::Skip,
        };
        let diagnostics = run
            .diagnostics
            .iter()
            .map(|it| Anchored::new(placed(it.clone(), &self.dir), &self.view.snapshot))
            .collect();
        self.set(&run.id, status, |result| {
            result.elapsed = run.elapsed;
            result.asserts = run.asserts.len();
            let failed = run.asserts.iter().filter(|it| it.verdict != suite::Verdict::Passed);
            result.failed_asserts = failed.count();
            result.diagnostics = diagnostics;
            result.operands = run.asserts.iter().map(|it| it.operands.clone()).collect();
            result.read = run.asserts.iter().map(|it| it.read.clone()).collect();
        });
    }

    fn set(&self, id: &TestId, status: RunStatus, fill: impl FnOnce(&mut RunResult)) {
        let id = in_folder(id, &self.dir);
        let Some(text) = self.view.snapshot.run_text(&id) else { return };
        let mut result = RunResult {
            status,
            elapsed: Duration::ZERO,
            asserts: 0,
            failed_asserts: 0,
            text,
            diagnostics: Vec::new(),
            operands: Vec::new(),
            read: Vec::new(),
            version: self.view.version(&id.file),
        };
        fill(&mut result);
        self.session.update_results(&self.view.root, |results| results.insert(id, result));
    }
}

/// The diagnostic with names that count from the workspace folder and not from the module's directory.
pub(crate) fn placed(mut diagnostic: Diagnostic, dir: &str) -> Diagnostic {
    let place = |place: &mut Location| place.file = FileName::new(&join(dir, place.file.as_str()));
    diagnostic.subject.iter_mut().for_each(place);
    diagnostic.context.iter_mut().for_each(place);
    diagnostic
}

/// The same run block, named from the workspace folder and not from the module's directory.
pub(crate) fn in_folder(id: &TestId, dir: &str) -> TestId {
    TestId { module: dir.into(), file: FileName::new(&join(dir, id.file.as_str())), ..id.clone() }
}
