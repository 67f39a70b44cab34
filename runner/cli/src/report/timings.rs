//! `-timings`: where the time of a suite went. Listens beside a reporter and is printed after it.

use std::time::Duration;

use serde::Serialize;
use suite::{Event, Sink, Timings};
use syntax::{FileName, SmolStr};

/// How many runs are listed at most, the slowest first.
const LISTED: usize = 10;

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
        let slowest = self.slowest(LISTED);
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
    pub(crate) fn payload(&self) -> impl Serialize + '_ {
        Payload {
            load: number(self.load),
            teardown: number(self.teardown),
            runs: self.runs.iter().map(TimedRun::payload).collect(),
        }
    }

    /// The slowest runs in a few lines, of those that took any time; nothing when there are none.
    pub(crate) fn slowest_text(&self, most: usize) -> String {
        let slowest: Vec<&TimedRun> =
            self.slowest(most).into_iter().filter(|run| !run.elapsed.is_zero()).collect();
        if slowest.is_empty() {
            return String::new();
        }
        let lines = slowest
            .iter()
            .map(|run| format!("{:>9.3}s  {}::{}\n", run.elapsed.as_secs_f64(), run.file, run.run));
        format!("\nThe slowest runs:\n{}", lines.collect::<String>())
    }

    fn slowest(&self, most: usize) -> Vec<&TimedRun> {
        let mut runs: Vec<&TimedRun> = self.runs.iter().collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.elapsed));
        runs.truncate(most);
        runs
    }

    /// Everything from the first file to the last.
    pub(crate) fn total(&self) -> Duration {
        self.load + self.elapsed() + self.teardown
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

impl Sink for Times {
    fn event(&mut self, event: Event) {
        match event {
            Event::Loaded { elapsed, .. } => self.load = elapsed,
            Event::TeardownFinished { elapsed, .. } => self.teardown += elapsed,
            Event::RunFinished(finished) => self.runs.push(TimedRun {
                file: finished.file.clone(),
                run: finished.run.clone(),
                elapsed: finished.elapsed,
                timings: finished.timings.clone(),
            }),
            _ => {}
        }
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
