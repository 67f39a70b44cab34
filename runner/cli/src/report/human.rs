//! Terraform's text for people: progress, statuses, warnings and the summary on standard output, errors and what
//! could not be destroyed on standard error.

use suite::{Event, RunFinished, RunResult, Sink, Status, Summary};
use syntax::{Diagnostic, Severity};

use super::left::{abandoned, state_kept};
use super::{Streams, interrupt_text, shown, summary_text, verdict};
use crate::diagnostics::{Sources, Style, consolidated, paragraphs, render, sorted};
use crate::show;
use crate::style::Paint;

const TOOL: &str = "Terraform";

pub(crate) struct Human<'w, 'a> {
    streams: Streams<'w>,
    sources: &'a dyn Sources,
    style: Style,
    paint: Paint,
}

impl<'w, 'a> Human<'w, 'a> {
    pub(crate) fn new(streams: Streams<'w>, sources: &'a dyn Sources, style: Style) -> Human<'w, 'a> {
        Human { streams, sources, style, paint: Paint::new(style.colour) }
    }

    /// Prints a group of diagnostics that belong together.
    pub(crate) fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in consolidated(sorted(diagnostics)) {
            let text = render(&diagnostic, self.sources, self.style);
            if diagnostic.is_error() {
                self.streams.err(&text);
            } else {
                self.streams.out(&text);
            }
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.streams.out(text);
    }

    pub(crate) fn line(&mut self, text: &str) {
        self.streams.out(text);
        self.streams.out("\n");
    }

    fn progress(&mut self, name: &str, phase: &str) {
        let text = self.paint.format(&[("", name), ("", "... "), ("light_gray", phase), ("reset", "\n")]);
        self.streams.out(&text);
    }

    fn status(&self, status: Status) -> String {
        let hue = match status {
            Status::Pass => "green",
            Status::Fail | Status::Error => "red",
            Status::Skip | Status::Pending => "light_gray",
        };
        self.paint.format(&[(hue, shown(status)), ("reset", "")])
    }

    fn run_finished(&mut self, finished: &RunFinished) {
        let note = if finished.prerequisite { " (prerequisite)" } else { "" };
        let line = format!("  run \"{}\"... {}{note}\n", finished.run, self.status(finished.status));
        self.streams.out(&line);
        let result = finished.verbose.as_ref().map(|verbose| &verbose.result);
        let mut diagnostics = finished.diagnostics.clone();
        match (result, result.and_then(show::unshowable)) {
            (_, Some(why)) => diagnostics.push(why),
            (Some(RunResult::State(state)), None) => self.streams.out(&show::state(state)),
            (Some(RunResult::Plan(plan)), None) => self.streams.out(&show::plan(plan)),
            (None, None) => {}
        }
        self.diagnostics(&diagnostics);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Warning) {
            // Warnings get room after them, so that they do not run into the next status.
            self.streams.out("\n");
        }
    }

    fn teardown_failed(&mut self, who: &str, diagnostics: &[Diagnostic], left: &[String]) {
        let width = self.style.width;
        if diagnostics.iter().any(Diagnostic::is_error) {
            let text =
                format!("Terraform encountered an error destroying resources created while executing {who}.");
            self.streams.err(&paragraphs(&text, width));
        }
        self.diagnostics(diagnostics);
        if !left.is_empty() {
            let text = format!(
                "\nTerraform left the following resources in state after executing {who}, and they need to be \
                 cleaned up manually:"
            );
            self.streams.err(&paragraphs(&text, width));
            for object in left {
                self.streams.err(&format!("  - {object}\n"));
            }
        }
    }

    fn summary(&mut self, summary: &Summary) {
        let text = summary_text(summary);
        let word = verdict(summary.status);
        let hue = if summary.status == Status::Pass { "green" } else { "red" };
        let text = match text.strip_prefix(word) {
            Some(counts) => self.paint.format(&[(hue, word), ("reset", "")]) + counts,
            None => text,
        };
        self.streams.out(&format!("\n{text}\n"));
    }
}

impl Sink for Human<'_, '_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Loaded { .. }
            | Event::Discovered { .. }
            | Event::RunStarted { .. }
            | Event::RunTeardown { .. }
            | Event::TeardownFinished { .. } => {}
            Event::Diagnostics { diagnostics } => self.diagnostics(&diagnostics),
            Event::FileStarted { file } => self.progress(file.as_str(), "in progress"),
            Event::RunFinished(finished) => self.run_finished(&finished),
            Event::TeardownStarted { file } => self.progress(file.as_str(), "tearing down"),
            Event::TeardownFailed { file, run, diagnostics, left } => {
                self.teardown_failed(&format!("{file}/{run}"), &diagnostics, &left);
            }
            Event::StateKept { path, failure, .. } => {
                let text =
                    paragraphs(&format!("\n{}", state_kept(path, failure.as_deref())), self.style.width);
                self.streams.err(&text);
            }
            Event::Abandoned { file, left } => {
                let text = abandoned(TOOL, file.as_str(), &left, self.style.width);
                self.streams.err(&text);
            }
            Event::FileFinished { file, status, diagnostics } => {
                let line = format!("{file}... {}\n", self.status(status));
                self.streams.out(&line);
                self.diagnostics(&diagnostics);
            }
            Event::Interrupted { hard } => {
                let text = paragraphs(interrupt_text(hard), self.style.width);
                self.streams.err(&text);
            }
            Event::Finished(summary) => self.summary(&summary),
        }
    }
}
