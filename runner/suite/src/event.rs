//! What happens while a suite runs. Terminal, JSON stream, JUnit, code lenses and test explorers all listen to
//! this one stream.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use config::{AbsResource, Choice, Command, ModuleTree, ResourceMode, TestId};
use engine::{AssertOutcome, Plan, State, Status, Timings};
use lang::Value;
use provider::Providers;
use syntax::{Diagnostics, FileName, SmolStr};

/// One thing that happened. Events of a file never interleave with those of another; of runs of one file that go on at
/// once they do.
#[derive(Clone, Debug)]
pub enum Event {
    /// The configuration has been read, for better or worse.
    Loaded {
        elapsed: Duration,
        /// Whose rules the selected module's tests follow, and why; more than one where files of both tools stand side by
        /// side.
        dialects: Vec<Choice>,
    },
    /// The files and runs that were found and selected, in execution order, before anything runs; absent where the
    /// configuration does not load.
    Discovered {
        files: Vec<DiscoveredFile>,
    },
    /// Problems of no particular run: loader errors (then nothing runs), filters that match nothing.
    Diagnostics {
        diagnostics: Diagnostics,
    },
    FileStarted {
        file: FileName,
    },
    RunStarted {
        id: TestId,
        file: FileName,
        run: SmolStr,
    },
    /// A run that waits for something outside goes on: told every two seconds, as in Terraform.
    RunGoesOn {
        id: TestId,
        file: FileName,
        run: SmolStr,
        elapsed: Duration,
    },
    RunFinished(Arc<RunFinished>),
    /// The states that the file's runs made are being destroyed.
    TeardownStarted {
        file: FileName,
    },
    /// Destroying one state, under the name of the run that wrote it last. Told again every two seconds while it goes on.
    RunTeardown {
        file: FileName,
        run: SmolStr,
        elapsed: Duration,
    },
    /// A state could not be destroyed wholly, or there are warnings about its destruction.
    TeardownFailed {
        file: FileName,
        run: SmolStr,
        diagnostics: Diagnostics,
        left: Vec<LeftObject>,
    },
    /// What could not be destroyed was written to a file, or why it could not be.
    StateKept {
        file: FileName,
        run: SmolStr,
        path: &'static str,
        failure: Option<String>,
    },
    /// At the second interrupt, what the file's runs have made and nobody will destroy. It is told for each operation that
    /// goes on then, before that comes to its end, and where none does, once.
    Abandoned {
        file: FileName,
        /// The run that goes on, or whose state is being destroyed.
        run: Option<SmolStr>,
        left: Vec<Abandoned>,
        creating: Creating,
    },
    /// Nothing more is destroyed for this file.
    TeardownFinished {
        file: FileName,
        elapsed: Duration,
    },
    /// The file's status, with diagnostics that belong to the file and not to a run.
    FileFinished {
        file: FileName,
        status: Status,
        diagnostics: Diagnostics,
    },
    /// The suite was asked to stop; see `engine::Cancel`.
    Interrupted {
        hard: bool,
    },
    Finished(Summary),
}

/// The objects of a state that nobody will destroy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abandoned {
    pub of: Owner,
    pub objects: Vec<LeftObject>,
}

/// What a run was about to create when it was interrupted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Creating {
    /// The module that the run executes, where it is not the one under test.
    pub source: Option<SmolStr>,
    pub addresses: Vec<String>,
}

/// A managed object that nobody will destroy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftObject {
    pub address: String,
    /// The key of one that is deposed.
    pub deposed: Option<String>,
}

impl LeftObject {
    /// The managed objects of a state, those of the outer modules first.
    pub(crate) fn all(state: &State) -> Vec<LeftObject> {
        let managed = |addr: &AbsResource| addr.resource.mode == ResourceMode::Managed;
        let mut resources: Vec<_> = state.resources().filter(|(addr, _)| managed(addr)).collect();
        resources.sort_by_key(|(addr, _)| addr.module.0.len());
        let mut left = Vec::new();
        for (resource, instances) in resources {
            for (key, objects) in instances {
                let addr = resource.instance(key.clone());
                let object = |deposed| LeftObject { address: addr.to_string(), deposed };
                left.extend(objects.current.iter().map(|_| object(None)));
                left.extend(objects.deposed.keys().map(|key| object(Some(key.to_string()))));
            }
        }
        left
    }
}

impl fmt::Display for LeftObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deposed {
            None => f.write_str(&self.address),
            Some(key) => write!(f, "{} ({key})", self.address),
        }
    }
}

/// How a state is told from the others of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owner {
    /// It is of the module under test.
    Tested,
    Key(SmolStr),
    /// The run that wrote it last, and the module that this executes.
    Run {
        name: SmolStr,
        source: SmolStr,
    },
}

#[derive(Clone, Debug)]
pub struct DiscoveredFile {
    pub file: FileName,
    pub runs: Vec<DiscoveredRun>,
}

#[derive(Clone, Debug)]
pub struct DiscoveredRun {
    pub id: TestId,
    /// Executed only because a selected run needs it.
    pub prerequisite: bool,
}

/// The verdict of one run block.
#[derive(Clone, Debug)]
pub struct RunFinished {
    pub id: TestId,
    pub file: FileName,
    pub run: SmolStr,
    pub status: Status,
    pub elapsed: Duration,
    pub diagnostics: Diagnostics,
    /// One per `assert` block, in order.
    pub asserts: Vec<AssertOutcome>,
    /// Executed only because a selected run needs it.
    pub prerequisite: bool,
    pub command: Command,
    /// What exists after the run, cheap to keep; `None` when the run was not executed.
    pub state: Option<State>,
    /// What `-verbose` shows of the run; see [`crate::Request::verbose`]. `None` also when an error kept the run from
    /// reaching its assertions.
    pub verbose: Option<Verbose>,
    /// Where `elapsed` went. What is missing in the sum was spent on variables.
    pub timings: Timings,
}

/// What a run came to, to be shown in full.
#[derive(Clone, Debug)]
pub struct Verbose {
    pub result: RunResult,
    /// The providers of everything that is configured or exists; they tell how to read the values.
    pub providers: Providers,
    /// The module that was executed, and what its variables were given.
    pub module: Arc<ModuleTree>,
    pub variables: BTreeMap<SmolStr, Value>,
}

#[derive(Clone, Debug)]
pub enum RunResult {
    /// After an apply run, what exists.
    State(State),
    /// After a plan run, what would be done.
    Plan(Plan),
}

/// The counts of a finished suite.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    pub status: Status,
    pub passed: usize,
    pub failed: usize,
    pub errored: usize,
    pub skipped: usize,
    /// Whether a second interrupt has ended it so that the tool says no last word: before the last file, or in OpenTofu
    /// anywhere. What did not begin is not counted.
    pub cut_short: bool,
}

impl Summary {
    pub(crate) fn count(&mut self, status: Status) {
        match status {
            Status::Pass => self.passed += 1,
            Status::Fail => self.failed += 1,
            Status::Error => self.errored += 1,
            Status::Skip => self.skipped += 1,
            Status::Pending => {}
        }
    }
}

/// Receives events in order, on the thread that runs the suite.
pub trait Sink {
    fn event(&mut self, event: Event);
}

impl<F: FnMut(Event)> Sink for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}
