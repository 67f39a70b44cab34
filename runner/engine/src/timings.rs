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

/// The times of some steps, where they are wanted. Of steps that wait for something, others may begin meanwhile.
pub(crate) struct Times<'a> {
    host: Option<&'a dyn Host>,
    /// By step: when it began, and from its end on how long it took; empty where nothing is wanted.
    steps: Vec<Duration>,
}

impl<'a> Times<'a> {
    pub fn new(wanted: bool, host: &'a dyn Host, steps: usize) -> Times<'a> {
        match wanted {
            true => Times { host: Some(host), steps: vec![Duration::ZERO; steps] },
            false => Times { host: None, steps: Vec::new() },
        }
    }

    /// A step begins.
    pub fn begin(&mut self, step: usize) {
        if let (Some(host), Some(time)) = (self.host, self.steps.get_mut(step)) {
            *time = host.elapsed();
        }
    }

    /// A step that has begun is over.
    pub fn end(&mut self, step: usize) {
        if let (Some(host), Some(time)) = (self.host, self.steps.get_mut(step)) {
            *time = host.elapsed().saturating_sub(*time);
        }
    }

    /// The longest steps, those that have a name.
    pub fn slowest(&self, name: impl Fn(usize) -> Option<String>) -> Vec<(String, Duration)> {
        let mut steps: Vec<usize> =
            (0..self.steps.len()).filter(|step| !self.steps[*step].is_zero()).collect();
        steps.sort_by_key(|step| std::cmp::Reverse(self.steps[*step]));
        let named = steps.into_iter().filter_map(|step| Some((name(step)?, self.steps[step])));
        named.take(SLOWEST).collect()
    }
}
