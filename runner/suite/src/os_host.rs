//! The operating system as a host: its clock, its randomness, its files.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use engine::{CommandEnd, Host, LocalCommand, RemoteTask};
use lang::functions::{FileError, FileReader};

use crate::{process, remote};

/// The one host that is not pure. Functions read files below `root`, the directory of the module under test.
#[derive(Debug)]
pub struct OsHost {
    start: Instant,
    reader: DiskReader,
    working_directory: String,
    runs_commands: bool,
    agent: Option<String>,
}

/// Reads files for functions such as `file` and `fileset`.
#[derive(Debug)]
struct DiskReader {
    root: PathBuf,
    home: Option<String>,
}

impl OsHost {
    /// `root` is an absolute directory; `home` is what a leading `~` in a path stands for.
    pub fn new(root: PathBuf, home: Option<String>) -> OsHost {
        let working_directory = slashed(&root);
        let reader = DiskReader { root, home };
        OsHost { start: Instant::now(), reader, working_directory, runs_commands: false, agent: None }
    }

    /// The same host, which runs the commands of a configuration here and on other machines, and keeps states that could
    /// not be destroyed: for a workspace that somebody vouches for, as whoever starts the tool in it does.
    #[must_use]
    pub fn running_commands(self) -> OsHost {
        OsHost { runs_commands: true, ..self }
    }

    /// The same host of a process that was started in another directory, which is what `path.cwd` tells.
    #[must_use]
    pub fn started_in(self, directory: &Path) -> OsHost {
        OsHost { working_directory: slashed(directory), ..self }
    }

    /// The same host, with the SSH agent that listens at that socket.
    #[must_use]
    pub fn with_agent(self, socket: Option<String>) -> OsHost {
        OsHost { agent: socket, ..self }
    }
}

impl Host for OsHost {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn now(&self) -> Duration {
        // A clock before 1970 reads as 1970.
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }

    fn random(&self) -> [u8; 16] {
        // The standard library seeds every `RandomState` differently, from the system's randomness.
        let half = || RandomState::new().hash_one(self.start.elapsed()).to_le_bytes();
        let mut bytes = [0; 16];
        let (low, high) = bytes.split_at_mut(8);
        low.copy_from_slice(&half());
        high.copy_from_slice(&half());
        bytes
    }

    fn files(&self) -> &dyn FileReader {
        &self.reader
    }

    fn working_directory(&self) -> &str {
        &self.working_directory
    }

    fn keep(&self, name: &str, text: &str) -> Result<(), String> {
        match self.runs_commands {
            true => fs::write(self.reader.root.join(name), text).map_err(|error| error.to_string()),
            false => Err("this workspace is not trusted".to_owned()),
        }
    }

    fn run_command(&self, command: &LocalCommand<'_>) -> CommandEnd {
        match self.runs_commands {
            true => process::run(command, &self.reader.root),
            false => CommandEnd::not_allowed(),
        }
    }

    fn reach(&self, task: &RemoteTask<'_>) -> Result<(), String> {
        let random = || {
            let [a, b, c, d, ..] = self.random();
            // As many as a signed number has, as Terraform's are.
            u32::from_le_bytes([a, b, c, d]) >> 1
        };
        let here = remote::Here {
            root: &self.reader.root,
            home: self.reader.home.as_deref(),
            agent: self.agent.as_deref(),
            random: &random,
        };
        match self.runs_commands {
            true => remote::perform(task, here),
            false => RemoteTask::not_allowed(),
        }
    }
}

impl FileReader for DiskReader {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let path = self.root.join(path);
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => Err(FileError::Directory),
            Ok(found) if !found.is_file() => Err(FileError::NotRegular),
            Ok(_) => fs::read(&path).map_err(why),
            Err(error) => Err(why(error)),
        }
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        match fs::metadata(self.root.join(path)) {
            Ok(found) if found.is_file() => Ok(true),
            Ok(found) if found.is_dir() => Err(FileError::Directory),
            Ok(_) => Err(FileError::NotRegular),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(why(error)),
        }
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(path)).map_err(why)? {
            let entry = entry.map_err(why)?;
            // Names that are no text cannot be values, so they are left out.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_directory = fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            entries.push((name, is_directory));
        }
        entries.sort();
        Ok(entries)
    }

    fn absolute(&self, path: &str) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let joined = slashed(&self.root.join(path));
        for part in joined.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    fn home(&self) -> Option<String> {
        self.home.clone()
    }
}

fn why(error: std::io::Error) -> FileError {
    match error.kind() {
        ErrorKind::NotFound => FileError::NotFound,
        ErrorKind::IsADirectory => FileError::Directory,
        _ => FileError::Other(config::reason(&error)),
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_other_random_bytes_every_time() {
        let host = OsHost::new(PathBuf::from("/"), None);
        let seen: std::collections::BTreeSet<[u8; 16]> = (0..100).map(|_| host.random()).collect();
        assert_eq!(seen.len(), 100);
    }

    #[test]
    fn makes_paths_absolute_without_touching_the_disk() {
        let host = OsHost::new(PathBuf::from("/home/module"), None);
        let absolute = |path| host.files().absolute(path);
        assert_eq!(absolute("a/./b/../c"), "/home/module/a/c");
        assert_eq!(absolute("/etc//x"), "/etc/x");
        assert_eq!(absolute("../../../.."), "/");
    }

    #[test]
    fn tells_files_from_directories() {
        let host = OsHost::new(std::env::temp_dir(), None);
        assert_eq!(host.files().read("."), Err(FileError::Directory));
        assert_eq!(host.files().is_file("."), Err(FileError::Directory));
        assert_eq!(host.files().is_file("runblock-no-such-file"), Ok(false));
        assert_eq!(host.files().read("runblock-no-such-file"), Err(FileError::NotFound));
    }
}
