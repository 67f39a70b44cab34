//! Where a run's time went, by the host's clock.

use std::time::Duration;

use crate::host::Host;

/// How many objects [`Timings::slowest`] names at most.
const SLOWEST: usize = 3;

/// The parts of a run, each with the time it took, and what took longest in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timings {
    /// Static checks, and one evaluation in which nothing is known.
    pub validate: Duration,
    pub plan: Duration,
    /// Zero for a run that only plans.
    pub apply: Duration,
    pub asserts: Duration,
    /// What took longest, by its address as in a cycle's message, the slowest first. All instances of one object count
    /// together. Empty unless asked for.
    pub slowest: Vec<(String, Duration)>,
}

impl Timings {
    /// All parts together.
    pub fn total(&self) -> Duration {
        self.validate + self.plan + self.apply + self.asserts
    }
}

/// Measures one thing after another.
pub(crate) struct Stopwatch<'a> {
    host: &'a dyn Host,
    since: Duration,
}

impl<'a> Stopwatch<'a> {
    pub fn start(host: &'a dyn Host) -> Stopwatch<'a> {
        Stopwatch { host, since: host.elapsed() }
    }

    /// The time since the start or the last lap.
    pub fn lap(&mut self) -> Duration {
        let now = self.host.elapsed();
        let lap = now.saturating_sub(self.since);
        self.since = now;
        lap
    }
}

/// The longest of `times`, which are by node, named by `name`.
pub(crate) fn slowest(times: &[Duration], name: impl Fn(usize) -> String) -> Vec<(String, Duration)> {
    let mut nodes: Vec<usize> = (0..times.len()).filter(|node| !times[*node].is_zero()).collect();
    nodes.sort_by_key(|node| std::cmp::Reverse(times[*node]));
    nodes.truncate(SLOWEST);
    nodes.into_iter().map(|node| (name(node), times[node])).collect()
}
