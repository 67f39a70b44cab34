//! `-timings`: where the time of a suite went. Listens beside a reporter and is printed after it.

use std::time::Duration;

use serde::Serialize;
use suite::{Event, Sink, Timings};
use syntax::{FileName, SmolStr};

/// How many runs are listed at most, the slowest first.
const LISTED: usize = 10;

/// A reporter that also remembers how long everything took.
pub(crate) struct Timed<S> {
    pub(crate) reporter: S,
    pub(crate) times: Times,
}

/// How long the parts of a suite took.
#[derive(Default)]
pub(crate) struct Times {
    load: Duration,
    teardown: Duration,
    runs: Vec<TimedRun>,
}

struct TimedRun {
    file: FileName,
    run: SmolStr,
    elapsed: Duration,
    timings: Timings,
}

impl<S> Timed<S> {
    pub(crate) fn new(reporter: S) -> Timed<S> {
        Timed { reporter, times: Times::default() }
    }
}

impl Times {
    /// A table: all runs together, then the slowest of them with what took longest in each.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "\nWhere the time went, in milliseconds:\n\n{:>10} {:>10} {:>10} {:>10} {:>10}\n",
            "total", "validate", "plan", "apply", "asserts"
        );
        text.push_str(&format!("{:>10}{:46}reading the configuration\n", millis(self.load), ""));
        let runs = match self.runs.len() {
            1 => "1 run".to_owned(),
            count => format!("{count} runs"),
        };
        text.push_str(&row(self.elapsed(), &self.sum(), &runs));
        text.push_str(&format!("{:>10}{:46}tearing down\n", millis(self.teardown), ""));
        let slowest = self.slowest();
        if !slowest.is_empty() {
            text.push_str("\nThe slowest runs, and what took longest in them:\n\n");
        }
        for run in slowest {
            text.push_str(&row(run.elapsed, &run.timings, &format!("{} \"{}\"", run.file, run.run)));
            for (address, time) in &run.timings.slowest {
                text.push_str(&format!("{:>10}{:46}  {address}\n", millis(*time), ""));
            }
        }
        text
    }

    /// The same as data, all times in milliseconds.
    pub(crate) fn payload(&self) -> impl Serialize {
        Payload {
            load: number(self.load),
            teardown: number(self.teardown),
            runs: self.runs.iter().map(TimedRun::payload).collect(),
        }
    }

    fn slowest(&self) -> Vec<&TimedRun> {
        let mut runs: Vec<&TimedRun> = self.runs.iter().collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.elapsed));
        runs.truncate(LISTED);
        runs
    }

    fn elapsed(&self) -> Duration {
        self.runs.iter().map(|run| run.elapsed).sum()
    }

    fn sum(&self) -> Timings {
        let mut sum = Timings::default();
        for TimedRun { timings, .. } in &self.runs {
            sum.validate += timings.validate;
            sum.plan += timings.plan;
            sum.apply += timings.apply;
            sum.asserts += timings.asserts;
        }
        sum
    }
}

impl<S: Sink> Sink for Timed<S> {
    fn event(&mut self, event: Event) {
        match &event {
            Event::Loaded { elapsed, .. } => self.times.load = *elapsed,
            Event::TeardownFinished { elapsed, .. } => self.times.teardown += *elapsed,
            Event::RunFinished(finished) => self.times.runs.push(TimedRun {
                file: finished.file.clone(),
                run: finished.run.clone(),
                elapsed: finished.elapsed,
                timings: finished.timings.clone(),
            }),
            _ => {}
        }
        self.reporter.event(event);
    }
}

impl TimedRun {
    fn payload(&self) -> RunPayload<'_> {
        RunPayload {
            path: self.file.as_str(),
            run: &self.run,
            total: number(self.elapsed),
            validate: number(self.timings.validate),
            plan: number(self.timings.plan),
            apply: number(self.timings.apply),
            asserts: number(self.timings.asserts),
            slowest: self
                .timings
                .slowest
                .iter()
                .map(|(address, time)| (address.as_str(), number(*time)))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Payload<'a> {
    load: f64,
    teardown: f64,
    runs: Vec<RunPayload<'a>>,
}

#[derive(Serialize)]
struct RunPayload<'a> {
    path: &'a str,
    run: &'a str,
    total: f64,
    validate: f64,
    plan: f64,
    apply: f64,
    asserts: f64,
    slowest: Vec<(&'a str, f64)>,
}

fn row(total: Duration, timings: &Timings, name: &str) -> String {
    format!(
        "{:>10} {:>10} {:>10} {:>10} {:>10}  {name}\n",
        millis(total),
        millis(timings.validate),
        millis(timings.plan),
        millis(timings.apply),
        millis(timings.asserts)
    )
}

fn millis(time: Duration) -> String {
    format!("{:.3}", number(time))
}

/// Milliseconds, to the microsecond.
fn number(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
