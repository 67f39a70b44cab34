//! The sink of a suite, which tells of interrupts between two events.

use engine::Cancel;

use crate::event::{Event, Sink};

/// A sink that also hears of interrupts, each once.
pub(crate) struct Watched<'a> {
    sink: &'a mut dyn Sink,
    stopped: bool,
    cancelled: bool,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Watched<'a> {
        Watched { sink, stopped: false, cancelled: false }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.sink.event(event);
    }

    /// Reports an interrupt that has come since the last look. Whether one has.
    pub(crate) fn watch(&mut self, cancel: &Cancel) -> bool {
        let before = (self.stopped, self.cancelled);
        if cancel.is_stopped() && !self.stopped {
            self.stopped = true;
            self.event(Event::Interrupted { hard: false });
        }
        if cancel.is_cancelled() && !self.cancelled {
            self.cancelled = true;
            self.event(Event::Interrupted { hard: true });
        }
        before != (self.stopped, self.cancelled)
    }
}
