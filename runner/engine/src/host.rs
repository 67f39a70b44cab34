//! Everything that the engine needs from outside, as arguments.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use config::Dialect;
use lang::functions::FileReader;

use crate::remote::RemoteTask;

/// Clock, randomness, and files for one run. The operating system's implementation lives in `suite`.
pub trait Host: Send + Sync {
    /// Time since some fixed moment; only differences count.
    fn elapsed(&self) -> Duration;

    /// The wall clock, since 1970-01-01 UTC.
    fn now(&self) -> Duration;

    /// Whole seconds of the wall clock since 1970-01-01 UTC, as functions see the time.
    fn unix_time(&self) -> i64 {
        i64::try_from(self.now().as_secs()).unwrap_or(i64::MAX)
    }

    /// 16 random bytes, for object ids.
    fn random(&self) -> [u8; 16];

    /// As many random bytes as there is room for.
    fn fill_random(&self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(16) {
            piece.iter_mut().zip(self.random()).for_each(|(to, from)| *to = from);
        }
    }

    /// Files that functions such as `file` read. Names are relative to the directory the tool runs in.
    fn files(&self) -> &dyn FileReader;

    /// The absolute path of the directory the tool runs in, for `path.cwd`.
    fn working_directory(&self) -> &str;

    /// Writes a file into the directory the tool runs in: a state that could not be destroyed, for a person to look after.
    /// A host does not, unless it says otherwise. The error says why, for that person.
    fn keep(&self, name: &str, text: &str) -> Result<(), String> {
        let _ = text;
        Err(format!("{name} may not be written here"))
    }

    /// Runs a command of the configuration to its end. A host does not, unless it says otherwise: a configuration that
    /// nobody has vouched for must not start processes.
    fn run_command(&self, command: &LocalCommand<'_>) -> CommandEnd {
        let _ = command;
        CommandEnd::not_allowed()
    }

    /// Does something on another machine, or says why it could not. A host does not, unless it says otherwise, for the
    /// same reason: a configuration that nobody has vouched for must not open connections.
    fn reach(&self, task: &RemoteTask<'_>) -> Result<(), String> {
        let _ = task;
        RemoteTask::not_allowed()
    }
}

/// A command of a configuration.
#[derive(Clone, Copy, Debug)]
pub struct LocalCommand<'a> {
    /// The program and its arguments.
    pub words: &'a [String],
    /// Variables beside those that the tool itself has.
    pub environment: &'a [(String, String)],
    /// Where it runs, relative to the directory the tool runs in; there by default.
    pub directory: Option<&'a str>,
    /// When it is cancelled, the command is killed, with everything that it has started.
    pub cancel: &'a Cancel,
}

/// How a command ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandEnd {
    /// Why it failed, in Go's words: `exit status 3`, `signal: killed`. `None` when it did not.
    pub failure: Option<String>,
    /// The last part of what it wrote to either output.
    pub output: String,
}

impl CommandEnd {
    /// What becomes of a command where none may be run.
    pub fn not_allowed() -> CommandEnd {
        let failure = "this workspace is not trusted, and nothing in it may start processes";
        CommandEnd { failure: Some(failure.to_owned()), output: String::new() }
    }
}

/// How a run is asked to end early. Shared between the one who runs and the one who cancels.
#[derive(Debug, Default)]
pub struct Cancel(AtomicU8);

impl Cancel {
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Finish the current operation, skip the rest, tear down: Terraform's first interrupt.
    pub fn stop(&self) {
        self.0.fetch_max(1, Ordering::Relaxed);
    }

    /// End now and leave what was made: Terraform's second interrupt.
    pub fn cancel(&self) {
        self.0.store(2, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 1
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 2
    }
}

/// Called now and then while a run goes on, between two of its steps and within long ones, on the thread that executes it.
/// Who wants to tell that it goes on looks at the clock then.
pub type Pulse<'a> = &'a dyn Fn();

/// The part of a host that providers may use.
#[derive(Clone, Copy)]
pub(crate) struct ForProviders<'a>(pub &'a dyn Host, pub Dialect);

impl provider::Outside for ForProviders<'_> {
    fn random(&self) -> [u8; 16] {
        self.0.random()
    }

    fn files(&self) -> &dyn FileReader {
        self.0.files()
    }

    fn dialect(&self) -> Dialect {
        self.1
    }
}
