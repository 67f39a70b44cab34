//! Several listeners to one suite.

use suite::{Event, Sink};

/// Hands every event to each of them, in their order.
pub(crate) struct Many<'s>(pub(crate) Vec<&'s mut dyn Sink>);

impl Sink for Many<'_> {
    fn event(&mut self, event: Event) {
        if let Some((last, others)) = self.0.split_last_mut() {
            for sink in others {
                sink.event(event.clone());
            }
            last.event(event);
        }
    }
}
