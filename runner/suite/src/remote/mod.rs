//! What provisioners do on other machines, by SSH or WinRM.
//!
//! The only part of the runner that awaits anything: a runtime lives as long as one connection, on the thread that asked
//! for it. What fails is told in Terraform's words, as they were found by running it against the same machines.

mod content;
mod dial;
mod retry;
mod scripts;
mod ssh;
mod winrm;
mod words;

use std::fs;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use engine::{Cancel, Connection, Material, RemoteAction, RemoteTask};
use tokio::runtime::Builder;

use content::{Content, open_file};
use scripts::Script;

/// How often somebody looks whether the task was cancelled.
const GLANCE: Duration = Duration::from_millis(20);

/// What a task needs of this machine.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    /// Paths count from here.
    pub(crate) root: &'a Path,
    /// What a leading `~` in a path stands for.
    pub(crate) home: Option<&'a str>,
    /// The socket of the SSH agent: `SSH_AUTH_SOCK`.
    pub(crate) agent: Option<&'a str>,
    /// Stands for `%RAND%` in the paths of scripts, with another number for each.
    pub(crate) random: &'a dyn Fn() -> u32,
}

/// A machine that somebody is logged in to, however it is reached. What fails is told whole.
trait Communicator {
    /// Where scripts are put; `%RAND%` stands for a random number.
    fn script_path(&self) -> &str;

    /// Puts one file at a path of the machine.
    async fn upload(&mut self, path: &str, content: Content<'_>) -> Result<(), String>;

    /// Puts a directory of this machine, whose path counts from `root`, at a path of the other.
    async fn upload_directory(&mut self, path: &str, source: &str, root: &Path) -> Result<(), String>;

    /// Puts a script on the machine, so that it can be run.
    async fn upload_script(&mut self, path: &str, script: Script) -> Result<(), String>;

    /// Runs what was put there, to its end.
    async fn run(&mut self, path: &str) -> Result<(), String>;
}

/// What is to be done, with all that can be known of it before anybody connects.
enum Work<'a> {
    Copy { source: Source<'a>, destination: &'a str },
    Run { scripts: Vec<Script> },
}

enum Source<'a> {
    Text(&'a str),
    /// A path whose `~` has been replaced.
    Path(String),
}

/// Does what is asked for and closes the connection. The error is the detail of a diagnostic.
pub(crate) fn perform(task: &RemoteTask<'_>, here: Here<'_>) -> Result<(), String> {
    match task.connection {
        Connection::Ssh(connection) => {
            let way = ssh::Way::prepare(connection, here)?;
            let work = Work::prepare(task.action, here)?;
            block_on(async { work.perform(&mut ssh::Machine::connect(&way).await?, here).await }, task.cancel)
        }
        Connection::WinRm(connection) => {
            let work = Work::prepare(task.action, here)?;
            let connected = winrm::Machine::connect(connection, here.random);
            block_on(async { work.perform(&mut connected.await?, here).await }, task.cancel)
        }
    }
}

impl<'a> Work<'a> {
    fn prepare(action: RemoteAction<'a>, here: Here<'_>) -> Result<Work<'a>, String> {
        match action {
            RemoteAction::Copy { source: Material::Text(text), destination } => {
                Ok(Work::Copy { source: Source::Text(text), destination })
            }
            RemoteAction::Copy { source: Material::File(path), destination } => {
                Ok(Work::Copy { source: Source::Path(expanded(path, here.home)?), destination })
            }
            RemoteAction::Run { scripts } => {
                let scripts =
                    scripts.iter().map(|script| scripts::read(script, here.root)).collect::<Result<_, _>>();
                Ok(Work::Run { scripts: scripts? })
            }
        }
    }

    async fn perform(self, machine: &mut impl Communicator, here: Here<'_>) -> Result<(), String> {
        match self {
            Work::Copy { source, destination } => copy(machine, source, destination, here.root).await,
            Work::Run { scripts } => scripts::run(machine, scripts, here.random).await,
        }
    }
}

/// Runs to the end, or until somebody cancels it. The runtime does not wait for a name that is still looked up.
fn block_on(work: impl Future<Output = Result<(), String>>, cancel: &Cancel) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| words::of(&error))?;
    let done = runtime.block_on(async {
        let cancelled = async {
            while !cancel.is_cancelled() {
                tokio::time::sleep(GLANCE).await;
            }
        };
        tokio::select! {
            done = work => done,
            () = cancelled => Err("interrupted".to_owned()),
        }
    });
    runtime.shutdown_background();
    done
}

async fn copy(
    machine: &mut impl Communicator,
    source: Source<'_>,
    destination: &str,
    root: &Path,
) -> Result<(), String> {
    let copied = match source {
        Source::Text(text) => machine.upload(destination, Content::Bytes(text.as_bytes())).await,
        Source::Path(path) if is_directory(&path, root)? => {
            machine.upload_directory(destination, &path, root).await
        }
        Source::Path(path) => machine.upload(destination, open_file(&path, root)?).await,
    };
    copied.map_err(|why| format!("Upload failed: {why}"))
}

fn is_directory(path: &str, root: &Path) -> Result<bool, String> {
    if path.is_empty() {
        // Joined to the root, it would be the root.
        return Err("stat : no such file or directory".to_owned());
    }
    let found = fs::metadata(root.join(path)).map_err(|error| words::on_path("stat", path, &error))?;
    Ok(found.is_dir())
}

/// A path whose `~` is the home directory.
fn expanded(path: &str, home: Option<&str>) -> Result<String, String> {
    match (path.strip_prefix('~'), home) {
        (None, _) => Ok(path.to_owned()),
        (Some(rest), _) if !rest.is_empty() && !rest.starts_with('/') => {
            Err("cannot expand user-specific home dir".to_owned())
        }
        (Some(rest), Some(home)) => Ok(format!("{home}{rest}")),
        (Some(_), None) => Err("the home directory is not known".to_owned()),
    }
}
