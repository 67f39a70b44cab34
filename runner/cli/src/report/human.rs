//! The text for people: progress, statuses, warnings and the summary on standard output, errors and what
//! could not be destroyed on standard error.

use config::Choice;
use suite::{DiscoveredFile, Event, LeftObject, RunFinished, RunResult, Sink, Status, Summary, Verbose};
use syntax::{Diagnostic, Severity};

use super::left::{abandoned, state_kept};
use super::{Reporter, Streams, Times, Voice, shown, summary_text, verdict};
use crate::diagnostics::{Sources, Style, consolidated_of, folded, paragraphs, place, render, sorted};
use crate::show::{self, Page};
use crate::style::Paint;

pub(crate) struct Human<'w, 'a> {
    streams: Streams<'w>,
    sources: &'a dyn Sources,
    style: Style,
    paint: Paint,
    voice: Voice,
    folding: Folding,
    /// Whether it says whose rules the files follow.
    introduces: bool,
    /// Whether standard output is for a list alone, so that warnings go to standard error.
    lists: bool,
}

/// What is told once instead of every time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Folding {
    /// Warnings of one summary.
    pub(crate) warnings: bool,
    /// Errors of one summary.
    pub(crate) errors: bool,
    /// Warnings that come without errors are named and not explained.
    pub(crate) compact: bool,
}

impl Default for Folding {
    fn default() -> Folding {
        Folding { warnings: true, errors: false, compact: false }
    }
}

impl<'w, 'a> Human<'w, 'a> {
    pub(crate) fn new(
        streams: Streams<'w>,
        sources: &'a dyn Sources,
        style: Style,
        voice: Voice,
    ) -> Human<'w, 'a> {
        Human {
            streams,
            sources,
            style,
            paint: Paint::new(style.colour),
            voice,
            folding: Folding::default(),
            introduces: false,
            lists: false,
        }
    }

    /// The same, which also says whose rules the files follow, and why.
    #[must_use]
    pub(crate) fn introducing(self, introduces: bool) -> Human<'w, 'a> {
        Human { introduces, ..self }
    }

    /// The same, whose standard output is a list that a program may read.
    #[must_use]
    pub(crate) fn listing(self, lists: bool) -> Human<'w, 'a> {
        Human { lists, ..self }
    }

    #[must_use]
    pub(crate) fn folding(self, folding: Folding) -> Human<'w, 'a> {
        Human { folding, ..self }
    }

    /// Prints a group of diagnostics that belong together.
    fn group(&mut self, diagnostics: &[Diagnostic]) {
        let mut diagnostics = sorted(diagnostics);
        let Folding { warnings, errors, compact } = self.folding;
        if compact && !diagnostics.is_empty() && !diagnostics.iter().any(Diagnostic::is_error) {
            return self.compactly(diagnostics);
        }
        if warnings {
            diagnostics = consolidated_of(diagnostics, Severity::Warning);
        }
        if errors {
            diagnostics = consolidated_of(diagnostics, Severity::Error);
        }
        for diagnostic in diagnostics {
            let text = render(&diagnostic, self.sources, self.style);
            self.say(&text, diagnostic.is_error());
        }
    }

    /// Prints errors and warnings where they belong.
    fn say(&mut self, text: &str, is_error: bool) {
        if is_error || self.lists {
            self.streams.err(text);
        } else {
            self.streams.out(text);
        }
    }

    fn introduce(&mut self, dialects: &[Choice]) {
        let mut followed: Vec<String> = dialects.iter().map(ToString::to_string).collect();
        followed.dedup();
        if !followed.is_empty() {
            let text = format!("By the rules of {}", followed.join(" and "));
            let line = self.paint.format(&[("dark_gray", &text)]);
            self.line(&line);
        }
    }

    /// Prints warnings by their names and places.
    fn compactly(&mut self, warnings: Vec<Diagnostic>) {
        let groups = match self.folding.warnings {
            true => folded(warnings, Severity::Warning),
            false => warnings.into_iter().map(|warning| (warning, 0)).collect(),
        };
        let mut text = self.paint.format(&[("bold", ""), ("yellow", "Warnings:"), ("reset", "\n\n")]);
        for (warning, more) in &groups {
            text.push_str(&format!("- {}\n", warning.summary));
            if let Some(found) = place(warning, self.sources) {
                let more = if *more > 0 { format!(" (and {more} more)") } else { String::new() };
                text.push_str(&format!("  on {} line {}{more}\n", found.file, found.start.line));
            }
        }
        let tool = self.voice.tool();
        let text =
            format!("\n{text}\nTo see the full warning notes, run {tool} without -compact-warnings.\n");
        self.say(&text, false);
    }

    pub(crate) fn line(&mut self, text: &str) {
        self.streams.out(&format!("{text}\n"));
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
        let mut diagnostics = finished.diagnostics.clone();
        if let Some(verbose) = &finished.verbose {
            diagnostics.extend(self.result(verbose));
        }
        self.group(&diagnostics);
        let warned = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Warning);
        if warned && !self.voice.is_tofu() {
            // Warnings get room after them, so that they do not run into the next status.
            self.streams.out("\n");
        }
    }

    /// Prints a plan or state, or says why it is not printed.
    fn result(&mut self, verbose: &Verbose) -> Option<Diagnostic> {
        let Verbose { result, providers, .. } = verbose;
        let page = Page { tool: self.voice.tool(), width: self.style.width, paint: self.paint };
        if let Some(why) = show::unshowable(result, page.tool) {
            return Some(why);
        }
        let (before, text) = match result {
            RunResult::State(state) => ("\n", show::state(state, providers, self.paint)),
            RunResult::Plan(plan) => ("", show::plan(plan, providers, page)),
        };
        // OpenTofu leaves no room around them.
        match self.voice.is_tofu() {
            true => self.streams.out(&text),
            false => self.streams.out(&format!("{before}{text}\n")),
        }
        None
    }

    fn teardown_failed(&mut self, who: &str, diagnostics: &[Diagnostic], left: &[LeftObject]) {
        let width = self.style.width;
        if diagnostics.iter().any(Diagnostic::is_error) {
            let tool = self.voice.tool();
            let text =
                format!("{tool} encountered an error destroying resources created while executing {who}.");
            self.streams.err(&paragraphs(&text, width));
        }
        self.group(diagnostics);
        if !left.is_empty() {
            self.streams.err(&paragraphs(&format!("\n{}", self.voice.left(who)), width));
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

impl Reporter for Human<'_, '_> {
    fn listed(&mut self, files: &[DiscoveredFile]) {
        for run in files.iter().flat_map(|found| &found.runs) {
            let note = if run.prerequisite { " (prerequisite)" } else { "" };
            self.streams.out(&format!("{}{note}\n", run.id));
        }
    }

    fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        self.group(diagnostics);
    }

    fn times(&mut self, times: &Times) {
        self.streams.out(&times.table());
    }

    fn note(&mut self, text: &str) {
        self.streams.out(text);
    }
}

impl Sink for Human<'_, '_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Loaded { dialects, .. } if self.introduces => self.introduce(&dialects),
            Event::Loaded { .. }
            | Event::Discovered { .. }
            | Event::RunStarted { .. }
            | Event::RunGoesOn { .. }
            | Event::RunTeardown { .. }
            | Event::TeardownFinished { .. } => {}
            Event::Diagnostics { diagnostics } => self.group(&diagnostics),
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
            Event::Abandoned { file, run, left, creating } => {
                let during = (file.as_str(), run.as_deref());
                let text = abandoned(self.voice.tool(), during, &left, &creating, self.style.width);
                self.streams.err(&text);
            }
            Event::FileFinished { file, status, diagnostics } => {
                let line = format!("{file}... {}\n", self.status(status));
                self.streams.out(&line);
                self.group(&diagnostics);
            }
            Event::Interrupted { hard } => {
                let text = paragraphs(&self.voice.interrupt(hard), self.style.width);
                self.streams.err(&text);
            }
            // Nothing is concluded then.
            Event::Finished(summary) if summary.cut_short => {}
            Event::Finished(summary) => self.summary(&summary),
        }
    }
}
