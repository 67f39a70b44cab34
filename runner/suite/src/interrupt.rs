//! What is told at a second interrupt, while whatever goes on has not yet come to its end.

use config::Feature;
use syntax::SmolStr;

use crate::event::{Abandoned, Creating, Event, LeftObject, Owner};
use crate::file::{FileRun, Kept};
use crate::going_on::Operation;
use crate::known::Known;
use crate::select::state_key;
use crate::watched::Watched;

impl FileRun<'_> {
    /// Tells of interrupts, and at the second what exists. Whether one has come since the last look: as in Terraform, it is
    /// only some time after that that anybody hears what goes on.
    pub(crate) fn watch<'o>(
        &mut self,
        going_on: impl IntoIterator<Item = &'o Operation>,
        sink: &mut Watched<'_>,
    ) -> bool {
        let cancel = self.known.suite.cancel;
        let interrupted = sink.watch(cancel);
        if cancel.is_cancelled() && !self.abandoned {
            for operation in going_on {
                self.abandoned = true;
                self.list(Some(operation), sink);
            }
        }
        interrupted
    }

    /// Tells what exists after a second interrupt, unless that has been told.
    pub(crate) fn abandon(&mut self, sink: &mut Watched<'_>) {
        if !self.abandoned && self.known.suite.cancel.is_cancelled() {
            self.abandoned = true;
            self.list(None, sink);
        }
    }

    fn list(&mut self, during: Option<&Operation>, sink: &mut Watched<'_>) {
        let Known { file, .. } = self.known;
        let mut left: Vec<(usize, &Kept)> =
            self.states.keys().filter_map(|key| self.left_under(key)).collect();
        left.sort_by_key(|(writer, _)| *writer);
        let abandoned = |(writer, kept): &(usize, &Kept)| {
            Some(Abandoned { of: self.owner(*writer)?, objects: LeftObject::all(&kept.state) })
        };
        let mut left: Vec<Abandoned> = left.iter().filter_map(abandoned).collect();
        // The main state comes first, then the others in the order of the runs.
        left.sort_by_key(|abandoned| abandoned.of != Owner::Tested);
        let run = during.and_then(|operation| file.runs.decl(operation.run));
        let creating = Creating {
            source: run.and_then(|run| run.module.as_ref()).map(|module| module.source.clone()),
            addresses: during.map(|operation| operation.creating()).unwrap_or_default(),
        };
        if during.is_some() || !left.is_empty() {
            let (file, run) = (file.name.clone(), run.map(|run| run.name.clone()));
            sink.event(Event::Abandoned { file, run, left, creating });
        }
    }

    fn owner(&self, writer: usize) -> Option<Owner> {
        let run = self.known.file.runs.decl(writer)?;
        let key = state_key(run);
        Some(if key.is_empty() {
            Owner::Tested
        } else if self.known.file.dialect.has(Feature::AbandonedByKey) {
            Owner::Key(key)
        } else {
            let source = run.module.as_ref().map_or_else(SmolStr::default, |module| module.source.clone());
            Owner::Run { name: run.name.clone(), source }
        })
    }
}
