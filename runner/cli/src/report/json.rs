//! The machine-readable stream: one object per line, keys in the tools' order.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use suite::{
    DiscoveredFile, DiscoveredRun, Event, LeftObject, RunFinished, RunResult, Sink, Status, Summary,
};
use syntax::{Diagnostic, FileName, Severity};

use super::left::{Instance, Interrupt, interrupted, state_kept};
use super::time::rfc3339;
use super::{Reporter, Streams, Times, Voice, shown, summary_text};
use crate::diagnostics::{Explain, JsonDiagnostic, Sources};
use crate::show;

pub(crate) struct Json<'w, 'a> {
    streams: Streams<'w>,
    sources: &'a dyn Sources,
    now: &'a dyn Fn() -> Duration,
    explain: Explain,
    voice: Voice,
}

/// One message. Its keys are written sorted, which puts those with `@` first.
struct Line {
    fields: BTreeMap<&'static str, String>,
}

impl Line {
    fn new(level: &str, message: &str, kind: &str) -> Line {
        Line { fields: BTreeMap::new() }.with("@level", &level).with("@message", &message).with("type", &kind)
    }

    fn with(mut self, key: &'static str, value: &impl Serialize) -> Line {
        // Everything written here is text, numbers, lists and maps with text keys, which always serialize.
        if let Ok(json) = serde_json::to_string(value) {
            self.fields.insert(key, json);
        }
        self
    }

    /// A field whose JSON is written already.
    fn with_text(mut self, key: &'static str, json: String) -> Line {
        self.fields.insert(key, json);
        self
    }

    fn text(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(|(key, json)| format!("\"{key}\":{json}")).collect();
        format!("{{{}}}\n", fields.join(","))
    }
}

#[derive(Serialize)]
struct TestFile<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

#[derive(Serialize)]
struct TestRun<'a> {
    path: &'a str,
    run: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// An addition to Terraform's form: executed only because a selected run needs it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prerequisite: bool,
}

impl<'a> TestRun<'a> {
    /// Something that is not over yet.
    fn moment(file: &'a FileName, run: &'a str, progress: &'static str, elapsed: u128) -> TestRun<'a> {
        let path = file.as_str();
        let progress = Some(progress);
        TestRun { path, run, progress, elapsed: Some(elapsed), status: None, prerequisite: false }
    }
}

/// A run that would be executed.
#[derive(Serialize)]
struct ListedRun<'a> {
    id: String,
    module: &'a str,
    path: &'a str,
    run: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    occurrence: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prerequisite: bool,
}

#[derive(Serialize)]
struct Cleanup {
    failed_resources: Vec<Instance>,
}

#[derive(Serialize)]
struct TestSummary {
    status: &'static str,
    passed: usize,
    failed: usize,
    errored: usize,
    skipped: usize,
}

impl<'w, 'a> Json<'w, 'a> {
    pub(crate) fn new(
        streams: Streams<'w>,
        sources: &'a dyn Sources,
        now: &'a dyn Fn() -> Duration,
        explain: Explain,
        voice: Voice,
    ) -> Json<'w, 'a> {
        Json { streams, sources, now, explain, voice }
    }

    fn write(&mut self, line: Line) {
        let line = line.with("@module", &self.voice.module());
        let line = line.with("@timestamp", &rfc3339((self.now)()));
        self.streams.out(&line.text());
    }

    /// The first line of a stream.
    pub(crate) fn version(&mut self, runblock: &str) {
        let version = self.voice.dialect.version.to_string();
        let line = Line::new("info", &format!("runblock {runblock}"), "version")
            .with("runblock", &runblock)
            .with(self.voice.key(), &version)
            .with("ui", &self.voice.ui_version());
        self.write(line);
    }

    /// Writes diagnostics in the order they were found; hints are for editors.
    fn found(&mut self, diagnostics: &[Diagnostic], file: Option<&FileName>, run: Option<&str>) {
        for diagnostic in diagnostics {
            let (level, word) = match diagnostic.severity {
                Severity::Error => ("error", "Error"),
                Severity::Warning => ("warn", "Warning"),
                Severity::Hint => continue,
            };
            let line = Line::new(level, &format!("{word}: {}", diagnostic.summary), "diagnostic")
                .with("diagnostic", &JsonDiagnostic::new(diagnostic, self.sources, self.explain));
            self.write(about(line, file, run));
        }
    }

    fn discovered(&mut self, files: &[DiscoveredFile]) {
        let names: BTreeMap<&str, Option<Vec<&str>>> = files
            .iter()
            .map(|found| {
                let names = found.runs.iter().map(|run| run.id.run.as_str()).collect();
                // Terraform writes null for no names.
                (found.file.as_str(), Some(names).filter(|names: &Vec<&str>| !names.is_empty()))
            })
            .collect();
        let runs: usize = files.iter().map(|found| found.runs.len()).sum();
        let message = format!("Found {} and {}", count(files.len(), "file"), count(runs, "run block"));
        self.write(Line::new("info", &message, "test_abstract").with("test_abstract", &names));
    }

    fn file(&mut self, file: &FileName, phase: &str, progress: &'static str, status: Option<Status>) {
        let progress = Some(progress).filter(|_| !self.voice.is_tofu());
        let payload = TestFile { path: file.as_str(), progress, status: status.map(word) };
        let line = Line::new("info", &format!("{file}... {phase}"), "test_file").with("test_file", &payload);
        self.write(about(line, Some(file), None));
    }

    fn run(&mut self, file: &FileName, phase: &str, payload: &TestRun<'_>) {
        let message = format!("  \"{}\"... {phase}", payload.run);
        let line = Line::new("info", &message, "test_run").with("test_run", payload);
        self.write(about(line, Some(file), Some(payload.run)));
    }

    fn run_finished(&mut self, finished: &RunFinished) {
        let (file, run) = (&finished.file, finished.run.as_str());
        let payload = TestRun {
            path: file.as_str(),
            run,
            progress: Some("complete").filter(|_| !self.voice.is_tofu()),
            elapsed: None,
            status: Some(word(finished.status)),
            prerequisite: finished.prerequisite,
        };
        self.run(file, shown(finished.status), &payload);
        let unshowable = finished
            .verbose
            .as_ref()
            .and_then(|verbose| show::unshowable(&verbose.result, self.voice.tool()));
        if let (Some(verbose), None) = (&finished.verbose, &unshowable) {
            let kind = match &verbose.result {
                RunResult::State(_) => "state",
                RunResult::Plan(_) => "plan",
            };
            let key = if kind == "state" { "test_state" } else { "test_plan" };
            let message = format!("-verbose flag enabled, printing {kind}");
            let line =
                Line::new("info", &message, key).with_text(key, show::json(verbose, self.voice.dialect));
            self.write(about(line, Some(file), Some(run)));
        }
        self.found(&finished.diagnostics, Some(file), Some(run));
        self.found(unshowable.as_slice(), Some(file), Some(run));
    }

    fn teardown_failed(
        &mut self,
        file: &FileName,
        run: &str,
        diagnostics: &[Diagnostic],
        left: &[LeftObject],
    ) {
        if !left.is_empty() {
            let message = self.voice.left_in_json(&format!("{file}/{run}"));
            let failed_resources = left.iter().map(Instance::new).collect();
            let line = Line::new("error", &message, "test_cleanup")
                .with("test_cleanup", &Cleanup { failed_resources });
            self.write(about(line, Some(file), Some(run)));
        }
        self.found(diagnostics, Some(file), Some(run));
    }

    fn summary(&mut self, summary: &Summary) {
        let payload = TestSummary {
            status: word(summary.status),
            passed: summary.passed,
            failed: summary.failed,
            errored: summary.errored,
            skipped: summary.skipped,
        };
        let line = Line::new("info", &summary_text(summary), "test_summary").with("test_summary", &payload);
        self.write(line);
    }
}

impl Reporter for Json<'_, '_> {
    /// Terraform's stream has no such line.
    fn listed(&mut self, files: &[DiscoveredFile]) {
        for run in files.iter().flat_map(|found| &found.runs) {
            let DiscoveredRun { id, prerequisite } = run;
            let payload = ListedRun {
                id: id.to_string(),
                module: &id.module,
                path: id.file.as_str(),
                run: &id.run,
                occurrence: id.occurrence,
                prerequisite: *prerequisite,
            };
            let line = Line::new("info", &payload.id, "test_listed").with("test_listed", &payload);
            self.write(about(line, Some(&id.file), Some(&id.run)));
        }
    }

    fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        self.found(diagnostics, None, None);
    }

    /// Terraform's stream has no such line.
    fn times(&mut self, times: &Times) {
        self.write(Line::new("info", "Where the time went", "timings").with("timings", &times.payload()));
    }

    fn note(&mut self, _: &str) {}
}

impl Sink for Json<'_, '_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Loaded { .. } | Event::TeardownFinished { .. } => {}
            Event::Discovered { files } => self.discovered(&files),
            Event::Diagnostics { diagnostics } => self.found(&diagnostics, None, None),
            Event::FileStarted { file } => self.file(&file, "in progress", "starting", None),
            Event::RunStarted { file, run, .. } => {
                self.run(&file, "in progress", &TestRun::moment(&file, &run, "starting", 0));
            }
            Event::RunGoesOn { file, run, elapsed, .. } => {
                let moment = TestRun::moment(&file, &run, "running", elapsed.as_millis());
                self.run(&file, "in progress", &moment);
            }
            Event::RunFinished(finished) => self.run_finished(&finished),
            Event::TeardownStarted { file } => self.file(&file, "tearing down", "teardown", None),
            Event::RunTeardown { file, run, elapsed } => {
                let moment = TestRun::moment(&file, &run, "teardown", elapsed.as_millis());
                self.run(&file, "tearing down", &moment);
            }
            Event::TeardownFailed { file, run, diagnostics, left } => {
                self.teardown_failed(&file, &run, &diagnostics, &left);
            }
            Event::StateKept { path, failure, .. } => {
                self.write(Line::new("info", &state_kept(path, failure.as_deref()), "log"));
            }
            Event::Abandoned { file, run, left, creating } => {
                if let Some(interrupt) = Interrupt::new(&left, &creating) {
                    let line = Line::new("error", &interrupted(self.voice.tool()), "test_interrupt")
                        .with("test_interrupt", &interrupt);
                    self.write(about(line, Some(&file), run.as_deref()));
                }
            }
            Event::FileFinished { file, status, diagnostics } => {
                self.file(&file, shown(status), "complete", Some(status));
                self.found(&diagnostics, Some(&file), None);
            }
            Event::Interrupted { hard } => self.write(Line::new("info", &self.voice.interrupt(hard), "log")),
            // Nothing is concluded then.
            Event::Finished(summary) if summary.cut_short => {}
            Event::Finished(summary) => self.summary(&summary),
        }
    }
}

fn about(line: Line, file: Option<&FileName>, run: Option<&str>) -> Line {
    let line = match file {
        Some(file) => line.with("@testfile", &file.as_str()),
        None => line,
    };
    match run {
        Some(run) => line.with("@testrun", &run),
        None => line,
    }
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// The word in a payload.
fn word(status: Status) -> &'static str {
    match status {
        Status::Error => "error",
        other => shown(other),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
