//! What of a file goes on at the moment: runs, and destructions of states.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use config::ResourceInstance;

use crate::beat::Beat;

/// A run that goes on, or whose state is being destroyed.
#[derive(Clone)]
pub(crate) struct Operation {
    /// The run's place in the file.
    pub(crate) run: usize,
    /// What the run is going to create. It says so on its own thread, once it has planned.
    creates: Arc<OnceLock<Vec<ResourceInstance>>>,
}

/// Operations that go on, by the number that they are known by.
#[derive(Default)]
pub(crate) struct GoingOn(BTreeMap<usize, (Operation, Beat)>);

impl Operation {
    pub(crate) fn of(run: usize) -> Operation {
        Operation { run, creates: Arc::default() }
    }

    pub(crate) fn creates(&self, planned: Vec<ResourceInstance>) {
        // A run applies once.
        let _ = self.creates.set(planned);
    }

    /// The addresses of what it is going to create, in their order.
    pub(crate) fn creating(&self) -> Vec<String> {
        let mut planned: Vec<&ResourceInstance> = self.creates.get().into_iter().flatten().collect();
        planned.sort();
        planned.into_iter().map(ToString::to_string).collect()
    }
}

impl GoingOn {
    pub(crate) fn begin(&mut self, number: usize, operation: Operation, now: Duration) {
        self.0.insert(number, (operation, Beat::new(now)));
    }

    pub(crate) fn end(&mut self, number: usize) {
        self.0.remove(&number);
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.0.values().map(|(operation, _)| operation)
    }

    /// Something else was told than what goes on.
    pub(crate) fn put_off(&mut self, now: Duration) {
        self.0.values_mut().for_each(|(_, beat)| beat.put_off(now));
    }

    /// The runs of which it is time to tell that they go on, with how long they do.
    pub(crate) fn due(&mut self, now: Duration) -> Vec<(usize, Duration)> {
        let all = self.0.values_mut();
        all.filter_map(|(operation, beat)| Some((operation.run, beat.due(now)?))).collect()
    }
}
