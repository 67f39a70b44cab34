//! Reporters: each turns the suite's events into one form of output. None of them decides anything.

mod github;
mod human;
mod json;
mod junit;
mod left;
mod many;
mod progress;
mod time;
mod timings;
mod tofu_order;
mod voice;

use std::io::Write;

use suite::{DiscoveredFile, Sink, Status, Summary};
use syntax::Diagnostic;

pub(crate) use github::{GitHub, below};
pub(crate) use human::{Folding, Human};
pub(crate) use json::Json;
pub(crate) use junit::Junit;
pub(crate) use many::Many;
pub(crate) use progress::{Line, Progress};
pub(crate) use time::rfc3339_seconds;
pub(crate) use timings::Times;
pub(crate) use tofu_order::TofuOrder;
pub(crate) use voice::Voice;

/// What prints a suite, and what there is to say before and after it.
pub(crate) trait Reporter: Sink {
    /// Prints diagnostics of no file.
    fn diagnostics(&mut self, diagnostics: &[Diagnostic]);

    /// Prints the runs that would be executed.
    fn listed(&mut self, files: &[DiscoveredFile]);

    /// Prints where the time went.
    fn times(&mut self, times: &Times);

    /// Prints what is for people alone.
    fn note(&mut self, text: &str);
}

/// Where output goes. A stream that breaks (a closed pipe) is not written to again; the run goes on, because what
/// it made must still be destroyed.
pub(crate) struct Streams<'a> {
    out: Option<&'a mut dyn Write>,
    err: Option<&'a mut dyn Write>,
    /// What stands on the terminal meanwhile.
    line: Option<Line>,
}

impl<'a> Streams<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Streams<'a> {
        Streams { out: Some(out), err: Some(err), line: None }
    }

    /// The same, on a terminal with a line that is taken away before anything is printed.
    #[must_use]
    pub(crate) fn above(self, line: Line) -> Streams<'a> {
        Streams { line: Some(line), ..self }
    }

    pub(crate) fn out(&mut self, text: &str) {
        put(&mut self.out, text.as_bytes(), self.line.as_ref());
    }

    /// Prints what need not be text: the content of a file.
    pub(crate) fn out_bytes(&mut self, bytes: &[u8]) {
        put(&mut self.out, bytes, self.line.as_ref());
    }

    pub(crate) fn err(&mut self, text: &str) {
        put(&mut self.err, text.as_bytes(), self.line.as_ref());
    }
}

fn put(stream: &mut Option<&mut dyn Write>, bytes: &[u8], line: Option<&Line>) {
    let Some(writer) = stream else { return };
    let mut print = || writer.write_all(bytes).and_then(|()| writer.flush()).is_err();
    let broken = match line {
        Some(line) => line.without(print),
        None => print(),
    };
    if broken {
        *stream = None;
    }
}

/// The last line: how many runs ended how.
pub(crate) fn summary_text(summary: &Summary) -> String {
    let skipped = match summary.skipped {
        0 => ".".to_owned(),
        n => format!(", {n} skipped."),
    };
    if summary.status <= Status::Skip {
        return format!("Executed 0 tests{skipped}");
    }
    let failed = summary.failed + summary.errored;
    format!("{} {} passed, {failed} failed{skipped}", verdict(summary.status), summary.passed)
}

fn verdict(status: Status) -> &'static str {
    if status == Status::Pass { "Success!" } else { "Failure!" }
}

/// The word shown for a status; an error is shown as a failure, and only the JSON payload tells them apart.
fn shown(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Skip => "skip",
        Status::Pass => "pass",
        Status::Fail | Status::Error => "fail",
    }
}

#[cfg(test)]
mod tests;
