//! The JUnit file of a suite, in the form of Terraform's `-junit-xml`.
//!
//! It listens beside a reporter and is asked for its text when the suite is over.

mod xml;

use std::sync::Arc;
use std::time::Duration;

use config::Feature;
use suite::{Event, RunFinished, Sink, Status};
use syntax::{Diagnostic, Diagnostics, FileName, Severity, SmolStr};

use super::Voice;
use super::time::rfc3339_seconds;
use crate::diagnostics::{Explain, Sources, Style, render};
use xml::{Element, go_float};

/// Terraform wraps diagnostics in the file as for a terminal of this width.
const WIDTH: usize = 80;

pub(crate) struct Junit<'a> {
    sources: &'a dyn Sources,
    now: &'a dyn Fn() -> Duration,
    voice: Voice,
    explain: Explain,
    files: Vec<File>,
    stopped: bool,
    finished: bool,
}

/// A test file, which is a test suite in the words of JUnit.
struct File {
    name: FileName,
    runs: Vec<Run>,
    status: Status,
    diagnostics: Diagnostics,
}

/// A run block, which is a test case.
struct Run {
    name: SmolStr,
    /// Since 1970, when it started.
    started: Option<Duration>,
    result: Option<Arc<RunFinished>>,
}

impl<'a> Junit<'a> {
    pub(crate) fn new(
        sources: &'a dyn Sources,
        now: &'a dyn Fn() -> Duration,
        explain: Explain,
        voice: Voice,
    ) -> Junit<'a> {
        let files = Vec::new();
        Junit { sources, now, voice, explain, files, stopped: false, finished: false }
    }

    /// The file's text. `None` when the suite came to no conclusion: readers take a missing file for a suite that broke.
    pub(crate) fn text(&self) -> Option<String> {
        if !self.finished {
            return None;
        }
        let suites = Element::new("testsuites").children(self.files.iter().map(|file| self.suite(file)));
        Some(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", suites.text()))
    }

    fn suite(&self, file: &File) -> Element {
        let count = |status| file.runs.iter().filter(|run| run.status() == status).count().to_string();
        let suite = Element::new("testsuite")
            .attribute("name", file.name.as_str())
            .attribute("tests", &file.runs.len().to_string())
            .attribute("skipped", &count(Status::Skip))
            .attribute("failures", &count(Status::Fail))
            .attribute("errors", &count(Status::Error));
        let cases = (0..file.runs.len()).map(|at| self.case(file, at));
        let file_errors = self.has_errors(file).then(|| self.output("system-err", &file.diagnostics));
        suite.children(cases.chain(file_errors))
    }

    fn case(&self, file: &File, at: usize) -> Element {
        let Some(run) = file.runs.get(at) else { return Element::new("testcase") };
        let mut case =
            Element::new("testcase").attribute("name", &run.name).attribute("classname", file.name.as_str());
        let Some(result) = &run.result else { return case };
        if let Some(started) = run.started {
            let seconds = result.elapsed.as_secs_f64();
            if seconds > 0.0 {
                case = case.attribute("time", &go_float(seconds));
            }
            case = case.attribute("timestamp", &rfc3339_seconds(started));
        }
        if result.prerequisite {
            let property =
                Element::new("property").attribute("name", "prerequisite").attribute("value", "true");
            case = case.children([Element::new("properties").children([property])]);
        }
        let outcome = match result.status {
            Status::Skip => Some(self.skipped(file, at)),
            Status::Fail => Some(self.failure(result)),
            Status::Error => {
                let errors = of_severity(&result.diagnostics, Severity::Error);
                Some(self.output("error", &errors).attribute("message", "Encountered an error"))
            }
            Status::Pass | Status::Pending => None,
        };
        let rest: Diagnostics = match result.status {
            Status::Error => of_severity(&result.diagnostics, Severity::Warning),
            _ => result.diagnostics.iter().filter(|found| !is_failed_assertion(found)).cloned().collect(),
        };
        let rest = rest
            .iter()
            .any(|found| found.severity != Severity::Hint)
            .then(|| self.output("system-err", &rest));
        case.children(outcome.into_iter().chain(rest))
    }

    fn failure(&self, result: &RunFinished) -> Element {
        let failed: Diagnostics =
            result.diagnostics.iter().filter(|found| is_failed_assertion(found)).cloned().collect();
        let failure = self.output("failure", &failed);
        let Some(first) = failed.first() else { return failure };
        let (count, of) = (failed.len(), result.asserts.len());
        let including = if count == 1 { "" } else { ", including" };
        failure
            .attribute("message", &format!("{count} of {of} assertions failed{including}: {}", first.detail))
    }

    /// Why a run was skipped.
    fn skipped(&self, file: &File, at: usize) -> Element {
        let skipped = Element::new("skipped");
        if self.stopped {
            let tool = self.voice.tool();
            return skipped.attribute("message", "Testcase skipped due to an interrupt").data(&format!(
                "{tool} received an interrupt and stopped gracefully. This caused all remaining testcases to be skipped"
            ));
        }
        if file.status != Status::Error {
            return skipped;
        }
        let errored = file.runs.iter().take(at).rev().find(|run| run.status() == Status::Error);
        match errored {
            Some(run) => {
                skipped.attribute("message", "Testcase skipped due to a previous testcase error").data(&format!(
                    "Previous testcase {} ended in error, which caused the remaining tests in the file to be skipped",
                    lang::quote(&run.name)
                ))
            }
            None if self.has_errors(file) => {
                skipped.attribute("message", "Testcase skipped due to file-level errors")
            }
            None => skipped,
        }
    }

    fn has_errors(&self, file: &File) -> bool {
        self.voice.dialect.has(Feature::FileErrorsInReports)
            && file.status == Status::Error
            && file.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// An element with diagnostics in it, in plain text.
    fn output(&self, name: &'static str, diagnostics: &[Diagnostic]) -> Element {
        let style = Style { explain: self.explain, ..Style::new(false, WIDTH) };
        let shown = diagnostics.iter().filter(|found| found.severity != Severity::Hint);
        let text: String = shown.map(|found| render(found, self.sources, style)).collect();
        Element::new(name).data(&text)
    }

    fn run(&mut self, file: &FileName, name: &str, occurrence: u32) -> Option<&mut Run> {
        let file = self.files.iter_mut().find(|known| known.name == *file)?;
        file.runs.iter_mut().filter(|run| run.name == name).nth(occurrence as usize)
    }
}

impl Run {
    fn status(&self) -> Status {
        self.result.as_ref().map_or(Status::Pending, |result| result.status)
    }
}

impl Sink for Junit<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Discovered { files } => {
                let run = |name: SmolStr| Run { name, started: None, result: None };
                self.files = files
                    .into_iter()
                    .map(|found| File {
                        name: found.file,
                        runs: found.runs.into_iter().map(|found| run(found.id.run)).collect(),
                        status: Status::Pending,
                        diagnostics: Diagnostics::new(),
                    })
                    .collect();
            }
            Event::RunStarted { id, file, run } => {
                let now = (self.now)();
                if let Some(run) = self.run(&file, &run, id.occurrence) {
                    run.started = Some(now);
                }
            }
            Event::RunFinished(result) => {
                if let Some(run) = self.run(&result.file, &result.run, result.id.occurrence) {
                    run.result = Some(result);
                }
            }
            Event::FileFinished { file, status, diagnostics } => {
                if let Some(known) = self.files.iter_mut().find(|known| known.name == file) {
                    known.status = status;
                    known.diagnostics = diagnostics;
                }
            }
            Event::Interrupted { .. } => self.stopped = true,
            Event::Finished(summary) => self.finished = !summary.cut_short,
            _ => {}
        }
    }
}

fn of_severity(diagnostics: &[Diagnostic], severity: Severity) -> Diagnostics {
    diagnostics.iter().filter(|found| found.severity == severity).cloned().collect()
}

fn is_failed_assertion(found: &Diagnostic) -> bool {
    found.is_error() && found.code == Some("assertion-failed")
}
