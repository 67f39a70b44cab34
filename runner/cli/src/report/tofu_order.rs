//! OpenTofu's order of events: nothing of a file until it is over, then the file, its runs, and what is left of them.

use suite::{Event, Sink};

use super::Reporter;

/// Hands events on in OpenTofu's order, or as they come.
pub(crate) struct TofuOrder<'r> {
    pub(crate) reporter: Box<dyn Reporter + 'r>,
    reorders: bool,
    /// What is told after the file that it belongs to.
    held: Vec<Event>,
}

impl<'r> TofuOrder<'r> {
    pub(crate) fn new(reporter: Box<dyn Reporter + 'r>, reorders: bool) -> TofuOrder<'r> {
        TofuOrder { reporter, reorders, held: Vec::new() }
    }
}

impl Sink for TofuOrder<'_> {
    fn event(&mut self, event: Event) {
        if !self.reorders {
            return self.reporter.event(event);
        }
        match event {
            Event::FileStarted { .. }
            | Event::RunStarted { .. }
            | Event::RunGoesOn { .. }
            | Event::TeardownStarted { .. }
            | Event::RunTeardown { .. }
            | Event::TeardownFinished { .. } => {}
            Event::RunFinished(_) | Event::TeardownFailed { .. } | Event::StateKept { .. } => {
                self.held.push(event);
            }
            Event::FileFinished { .. } => {
                self.reporter.event(event);
                for held in self.held.drain(..) {
                    self.reporter.event(held);
                }
            }
            other => self.reporter.event(other),
        }
    }
}
