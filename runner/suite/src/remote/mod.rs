//! What provisioners do on other machines, by SSH.
//!
//! The only part of the runner that awaits anything: a runtime lives as long as one connection, on the thread that asked
//! for it. What fails is told in Terraform's words, as they were found by running it against the same machines.

mod agent;
mod command;
mod dial;
mod host_key;
mod http_proxy;
mod keys;
mod login;
mod machine;
mod scp;
mod scripts;
mod session;
mod socks;
#[cfg(test)]
mod tests;
mod words;

use std::fs;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use engine::{Cancel, Material, RemoteAction, RemoteTask};
use lang::functions::{basename, dirname};
use tokio::runtime::Builder;

use machine::{Machine, Way};
use scp::{Content, Receiver, command, open_file};

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

/// Does what is asked for and closes the connection. The error is the detail of a diagnostic.
pub(crate) fn perform(task: &RemoteTask<'_>, here: Here<'_>) -> Result<(), String> {
    let way = Way::prepare(task.connection, here)?;
    match task.action {
        RemoteAction::Copy { source, destination } => {
            let expanded = match source {
                Material::Text(_) => String::new(),
                Material::File(path) => expanded(path, here.home)?,
            };
            let source = match source {
                Material::Text(text) => Material::Text(text),
                Material::File(_) => Material::File(&expanded),
            };
            block_on(copy(&way, source, destination, here.root), task.cancel)
        }
        RemoteAction::Run { scripts } => {
            let scripts: Result<Vec<_>, String> =
                scripts.iter().map(|script| scripts::read(script, here.root)).collect();
            block_on(scripts::run(&way, scripts?, here.random), task.cancel)
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

async fn copy(way: &Way<'_>, source: Material<'_>, destination: &str, root: &Path) -> Result<(), String> {
    let mut machine = Machine::connect(way).await?;
    let failed = |why| format!("Upload failed: {why}");
    let content = match source {
        Material::Text(text) => Content::Bytes(text.as_bytes()),
        Material::File(path) => {
            if is_directory(path, root)? {
                let receiver = command(destination, true, machine.platform());
                let receiver = machine.start(&receiver).await.map_err(failed)?;
                return Receiver::new(receiver).directory(path, root).await.map_err(failed);
            }
            open_file(path, root)?
        }
    };
    upload(&mut machine, destination, content).await.map_err(failed)
}

fn is_directory(path: &str, root: &Path) -> Result<bool, String> {
    if path.is_empty() {
        // Joined to the root, it would be the root.
        return Err("stat : no such file or directory".to_owned());
    }
    let found = fs::metadata(root.join(path)).map_err(|error| words::on_path("stat", path, &error))?;
    Ok(found.is_dir())
}

/// Puts one file at a path of the other machine.
async fn upload(machine: &mut Machine<'_>, path: &str, content: Content<'_>) -> Result<(), String> {
    let receiver = command(&dirname(path), false, machine.platform());
    let receiver = machine.start(&receiver).await?;
    Receiver::new(receiver).file(basename(path), content).await
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
