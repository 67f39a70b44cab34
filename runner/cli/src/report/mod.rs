//! Reporters: each turns the suite's events into one form of output. None of them decides anything.

mod human;
mod json;
mod left;
mod time;
mod timings;

use std::io::Write;

use suite::{Status, Summary};

pub(crate) use human::Human;
pub(crate) use json::Json;
pub(crate) use timings::Timed;

/// Where output goes. A stream that breaks (a closed pipe) is not written to again; the run goes on, because what
/// it made must still be destroyed.
pub(crate) struct Streams<'a> {
    out: Option<&'a mut dyn Write>,
    err: Option<&'a mut dyn Write>,
}

impl<'a> Streams<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Streams<'a> {
        Streams { out: Some(out), err: Some(err) }
    }

    pub(crate) fn out(&mut self, text: &str) {
        put(&mut self.out, text.as_bytes());
    }

    /// Prints what need not be text: the content of a file.
    pub(crate) fn out_bytes(&mut self, bytes: &[u8]) {
        put(&mut self.out, bytes);
    }

    pub(crate) fn err(&mut self, text: &str) {
        put(&mut self.err, text.as_bytes());
    }
}

fn put(stream: &mut Option<&mut dyn Write>, bytes: &[u8]) {
    let broken = match stream {
        Some(writer) => writer.write_all(bytes).and_then(|()| writer.flush()).is_err(),
        None => false,
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

/// Terraform's words for the two interrupts.
fn interrupt_text(hard: bool) -> &'static str {
    if hard {
        "\nTwo interrupts received. Exiting immediately. Note that data loss may have occurred.\n"
    } else {
        "\nInterrupt received.\nPlease wait for Terraform to exit or data loss may occur.\n\
         Gracefully shutting down...\n"
    }
}

#[cfg(test)]
mod tests;
