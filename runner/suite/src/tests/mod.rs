//! Suites in memory: what a suite does is written down as the list of its events.

mod cancel;
mod checks;
mod dialects;
mod guesses;
mod moments;
mod operations;
mod order;
mod pulse;
mod schemas;
mod selection;
mod teardown;
mod variables;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use config::{Dialect, Dialects, Files, MemoryFiles};
use engine::{CommandEnd, LocalCommand};
use expect_test::Expect;
use lang::functions::{FileError, FileReader};
use provider::Providers;
use syntax::Diagnostic;

use crate::{Cancel, Event, Filter, Host, LeftObject, Request, Sink, Summary, VariableArgument, run};

/// A clock that stands still unless it is told to tick, random bytes that count, files in memory.
struct TestHost {
    files: MemoryFiles,
    random: AtomicU8,
    /// How often the clock was looked at, and how far it goes on each time.
    looks: AtomicU32,
    tick: Duration,
    /// What becomes of commands.
    commands: Box<Commands>,
}

type Commands = dyn Fn(&LocalCommand<'_>) -> CommandEnd + Send + Sync;

impl TestHost {
    fn new(files: &MemoryFiles) -> TestHost {
        TestHost {
            files: files.clone(),
            random: AtomicU8::new(0),
            looks: AtomicU32::new(0),
            tick: Duration::ZERO,
            commands: Box::new(|_| CommandEnd::not_allowed()),
        }
    }
}

impl Host for TestHost {
    fn elapsed(&self) -> Duration {
        self.tick * self.looks.fetch_add(1, Ordering::Relaxed)
    }

    fn run_command(&self, command: &LocalCommand<'_>) -> CommandEnd {
        (self.commands)(command)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(1_700_000_000)
    }

    fn random(&self) -> [u8; 16] {
        [self.random.fetch_add(1, Ordering::Relaxed); 16]
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn working_directory(&self) -> &str {
        "/module"
    }
}

impl FileReader for TestHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.files.read_bytes(path).map(|bytes| bytes.to_vec()).map_err(|_| FileError::NotFound)
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        Ok(self.read(path).is_ok())
    }

    fn read_dir(&self, _: &str) -> Result<Vec<(String, bool)>, FileError> {
        Ok(Vec::new())
    }

    fn absolute(&self, path: &str) -> String {
        format!("/module/{path}")
    }

    fn home(&self) -> Option<String> {
        None
    }
}

/// A suite to run: its files and how it is asked for.
struct Fixture {
    files: MemoryFiles,
    request: Request,
}

impl Fixture {
    fn new<const N: usize>(files: [(&str, &str); N]) -> Fixture {
        let request = Request {
            directory: ".".into(),
            test_directory: crate::DEFAULT_TEST_DIRECTORY.into(),
            dialects: Dialects::only(Dialect::terraform(11, 4)),
            filters: Vec::new(),
            shard: None,
            runs_at_once: 10,
            operations_at_once: 10,
            fail_fast: false,
            explains: false,
            variables: Vec::new(),
            environment: Vec::new(),
            providers: Providers::builtin(),
            workspace: "default".into(),
            verbose: false,
            timed: false,
        };
        Fixture { files: MemoryFiles::new(files), request }
    }

    /// By the rules that the files themselves ask for.
    fn unasked(mut self) -> Fixture {
        self.request.dialects = Dialects::default();
        self
    }

    fn dialect(mut self, name: &str) -> Fixture {
        self.request.dialects = Dialects::only(Dialect::parse(name).unwrap());
        self
    }

    fn filter(mut self, filter: &str) -> Fixture {
        self.request.filters.push(Filter::parse(filter));
        self
    }

    fn var(mut self, name: &str, text: &str) -> Fixture {
        let (name, text) = (name.to_owned(), text.to_owned());
        self.request.variables.push(VariableArgument::Value { name, text });
        self
    }

    fn var_file(mut self, path: &str) -> Fixture {
        self.request.variables.push(VariableArgument::File { path: path.to_owned() });
        self
    }

    fn env(mut self, name: &str, text: &str) -> Fixture {
        self.request.environment.push((name.to_owned(), text.to_owned()));
        self
    }

    fn run(&self, cancel: &Cancel, sink: &mut dyn Sink) -> Summary {
        run(&self.request, &self.files, &self.host(), cancel, sink)
    }

    fn host(&self) -> TestHost {
        TestHost::new(&self.files)
    }

    /// What is said without running anything, one per line.
    fn found(&self) -> Vec<String> {
        crate::check(&self.request, &self.files, &self.host()).iter().map(line).collect()
    }

    /// The events, one per line.
    fn events(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.run(&Cancel::new(), &mut |event: Event| describe(&event, &mut lines));
        lines
    }

    #[track_caller]
    fn check(&self, expected: Expect) {
        expected.assert_eq(&(self.events().join("\n") + "\n"));
    }

    /// The names of the runs that were executed, those that are only prerequisites in parentheses.
    fn executed(&self) -> String {
        let mut executed = Vec::new();
        let mut started = Vec::new();
        let mut sink = |event: Event| match event {
            Event::RunStarted { run, .. } => started.push(run.to_string()),
            Event::RunFinished(finished) => executed.push(match finished.prerequisite {
                true => format!("({})", finished.run),
                false => finished.run.to_string(),
            }),
            _ => {}
        };
        self.run(&Cancel::new(), &mut sink);
        assert_eq!(started.len(), executed.len());
        executed.join(" ")
    }

    /// The diagnostics of everything.
    fn diagnostics(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut sink = |event: Event| match event {
            Event::Diagnostics { diagnostics } => lines.extend(diagnostics.iter().map(line)),
            Event::RunFinished(finished) => lines.extend(finished.diagnostics.iter().map(line)),
            _ => {}
        };
        self.run(&Cancel::new(), &mut sink);
        lines
    }
}

fn line(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.subject.as_ref().map(|place| format!(" {}", place.file)).unwrap_or_default();
    let detail = diagnostic.detail.lines().next().unwrap_or_default();
    format!("{:?}{place}: {}: {detail}", diagnostic.severity, diagnostic.summary)
}

fn texts(left: &[LeftObject]) -> Vec<String> {
    left.iter().map(ToString::to_string).collect()
}

fn describe(event: &Event, lines: &mut Vec<String>) {
    lines.push(match event {
        Event::Discovered { files } => {
            let files: BTreeMap<_, Vec<_>> = files
                .iter()
                .map(|found| {
                    (found.file.as_str(), found.runs.iter().map(|run| run.id.run.as_str()).collect())
                })
                .collect();
            format!("discovered {files:?}")
        }
        Event::Diagnostics { diagnostics } => diagnostics.iter().map(line).collect::<Vec<_>>().join("\n"),
        Event::FileStarted { file } => format!("{file}"),
        Event::RunStarted { run, .. } => format!("  {run} starts"),
        Event::RunGoesOn { run, elapsed, .. } => format!("  {run} goes on for {elapsed:?}"),
        Event::RunFinished(finished) => {
            let mut text = format!("  {} {}", finished.run, finished.status.word());
            for diagnostic in &finished.diagnostics {
                text += &format!("\n    {}", line(diagnostic));
            }
            text
        }
        Event::Loaded { .. } => "loaded".to_owned(),
        Event::TeardownFinished { .. } => "  teardown ends".to_owned(),
        Event::TeardownStarted { .. } => "  teardown".to_owned(),
        Event::RunTeardown { run, .. } => format!("    of {run}"),
        Event::StateKept { path, failure, .. } => format!("    kept in {path} {failure:?}"),
        Event::Abandoned { run, left, creating, .. } => {
            let during = run.as_ref().map_or_else(String::new, |run| format!(" during {run}"));
            let mut text = format!("    abandoned{during}");
            for it in left {
                text += &format!("\n    left of {:?}: {:?}", it.of, texts(&it.objects));
            }
            if !creating.addresses.is_empty() {
                text += &format!("\n    creating {creating:?}");
            }
            text
        }
        Event::TeardownFailed { run, diagnostics, left, .. } => {
            let diagnostics: Vec<String> = diagnostics.iter().map(line).collect();
            format!("    of {run} failed: {diagnostics:?}, left {:?}", texts(left))
        }
        Event::FileFinished { file, status, .. } => format!("{file} {}", status.word()),
        Event::Interrupted { hard } => format!("interrupted {}", if *hard { "hard" } else { "softly" }),
        Event::Finished(summary) => format!(
            "{}: {} passed, {} failed, {} errored, {} skipped",
            summary.status.word(),
            summary.passed,
            summary.failed,
            summary.errored,
            summary.skipped
        ),
    });
}

/// Shared by the tests of several modules: an object, and an output that echoes the variable.
const MODULE: &str = r#"
variable "v" {
  default = "default"
}
resource "terraform_data" "a" {
  input = var.v
}
output "v" {
  value = var.v
}
"#;

/// A module without objects.
const ECHO: &str = r#"
variable "v" {
  type    = string
  default = "default"
}
output "v" {
  value = var.v
}
"#;

#[test]
fn a_suite_can_run_on_another_thread() {
    fn check<T: Send + Sync>() {}
    check::<Request>();
    check::<Arc<Cancel>>();
    check::<Event>();
}
