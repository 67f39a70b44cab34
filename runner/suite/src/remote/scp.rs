//! Copies files to the other machine by the protocol of `scp`, whose receiving side the machine has.
//!
//! Each line and each file is answered by a byte, 0 when all is well. As in Terraform, nobody waits for the one with
//! which the receiver says that it is there, so that every answer that is read is to what came before; what is wrong
//! with the last file, its status tells.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use engine::Platform;

use super::command::{Command, Output};
use super::words;

/// How much of a file is read at once.
const CHUNK: usize = 32 * 1024;

/// Why a copy was broken off.
enum Broken {
    /// The receiver has ended, and its status says why.
    Ended,
    Because(String),
}

/// What is copied: bytes at hand, or a file of which `size` bytes are sent.
pub(super) enum Content<'a> {
    Bytes(&'a [u8]),
    File { file: File, size: u64 },
}

/// The receiving side, and what it has said that nobody has read yet.
pub(super) struct Receiver {
    command: Command,
    said: Vec<u8>,
}

/// The command that receives at `target`: one file, or whole directories.
pub(super) fn command(target: &str, directories: bool, platform: Platform) -> String {
    let flags = if directories { "-rvt" } else { "-vt" };
    format!("scp {flags} {}", quoted(target, platform))
}

/// One word for the shell that the machine has.
fn quoted(word: &str, platform: Platform) -> String {
    match platform {
        Platform::Unix => format!("'{}'", word.replace('\'', r"'\''")),
        Platform::Windows => format!("\"{}\"", word.replace('"', "\\\"")),
    }
}

impl Receiver {
    pub(super) fn new(command: Command) -> Receiver {
        Receiver { command, said: Vec::new() }
    }

    /// Sends one file and waits for the end.
    pub(super) async fn file(mut self, name: &str, content: Content<'_>) -> Result<(), String> {
        let sent = self.send_file(name, content).await;
        self.finish(sent).await
    }

    /// Sends a directory: itself, or only what is in it where the path ends with a slash.
    pub(super) async fn directory(mut self, path: &str, root: &Path) -> Result<(), String> {
        let sent = self.send_directory(path, root).await;
        self.finish(sent).await
    }

    async fn finish(self, sent: Result<(), Broken>) -> Result<(), String> {
        if let Err(Broken::Because(why)) = sent {
            return Err(why);
        }
        self.command.close_input().await;
        match self.command.finish(&mut Output::default()).await {
            Err(status) if status == "Process exited with status 127" => {
                Err("SCP failed to start. This usually means that SCP is not\nproperly installed on the remote system."
                    .to_owned())
            }
            end => end,
        }
    }

    async fn send_file(&mut self, name: &str, content: Content<'_>) -> Result<(), Broken> {
        let size = match &content {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Content::File { size, .. } => *size,
        };
        self.line(&format!("C0644 {size} {name}\n")).await?;
        self.answer().await?;
        match content {
            Content::Bytes(bytes) => self.write(bytes.to_vec()).await?,
            Content::File { file, size } => {
                let mut rest = file.take(size);
                loop {
                    let mut chunk = vec![0; CHUNK];
                    let count = rest.read(&mut chunk).map_err(|error| because("read", name, &error))?;
                    if count == 0 {
                        break;
                    }
                    chunk.truncate(count);
                    self.write(chunk).await?;
                }
            }
        }
        self.write(vec![0]).await?;
        self.answer().await
    }

    /// Directories are walked with a stack of our own: how deep they are, others decide.
    async fn send_directory(&mut self, path: &str, root: &Path) -> Result<(), Broken> {
        let only_contents = path.ends_with('/');
        if !only_contents {
            self.enter(lang::functions::basename(path)).await?;
        }
        let mut open = vec![(PathBuf::from(path), entries(path, root)?.into_iter())];
        while let Some((directory, rest)) = open.last_mut() {
            let Some(name) = rest.next() else {
                open.pop();
                if !open.is_empty() || !only_contents {
                    self.line("E\n").await?;
                }
                continue;
            };
            let path = directory.join(&name);
            let shown = path.to_string_lossy().into_owned();
            let found = fs::metadata(root.join(&path)).map_err(|error| {
                let target = fs::read_link(root.join(&path)).map(|target| directory.join(target));
                let shown = target.unwrap_or_else(|_| path.clone());
                because("lstat", &shown.to_string_lossy(), &error)
            })?;
            if found.is_dir() {
                let inside = entries(&shown, root)?;
                self.enter(&name).await?;
                open.push((path, inside.into_iter()));
            } else {
                let content = open_file(&shown, root).map_err(Broken::Because)?;
                self.send_file(&name, content).await?;
            }
        }
        Ok(())
    }

    async fn enter(&mut self, name: &str) -> Result<(), Broken> {
        self.line(&format!("D0755 0 {name}\n")).await?;
        self.answer().await
    }

    async fn line(&mut self, line: &str) -> Result<(), Broken> {
        self.write(line.as_bytes().to_vec()).await
    }

    async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Broken> {
        match self.command.write(bytes).await {
            true => Ok(()),
            false => Err(Broken::Ended),
        }
    }

    async fn answer(&mut self) -> Result<(), Broken> {
        while self.said.is_empty() {
            self.said = self.command.read().await.ok_or(Broken::Ended)?;
        }
        if self.said.remove(0) == 0 {
            return Ok(());
        }
        while !self.said.contains(&b'\n') {
            match self.command.read().await {
                Some(more) => self.said.extend(more),
                None if self.said.is_empty() => {
                    return Err(Broken::Because("Error reading error message: EOF".to_owned()));
                }
                None => break,
            }
        }
        let message = String::from_utf8_lossy(&self.said);
        let line = message.lines().next().unwrap_or_default();
        Err(Broken::Because(line.to_owned()))
    }
}

/// A file of this machine. Pipes and devices have no size that could be announced.
pub(super) fn open_file(path: &str, root: &Path) -> Result<Content<'static>, String> {
    let told = |error: &io::Error| words::on_path("open", path, error);
    let found = fs::metadata(root.join(path)).map_err(|error| told(&error))?;
    if !found.is_file() {
        return Err(format!("open {path}: this is no regular file"));
    }
    let file = File::open(root.join(path)).map_err(|error| told(&error))?;
    Ok(Content::File { file, size: found.len() })
}

/// The names in a directory, in their order.
fn entries(path: &str, root: &Path) -> Result<Vec<String>, Broken> {
    let told = |error: io::Error| because("open", path, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(path)).map_err(told)? {
        names.push(entry.map_err(told)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn because(operation: &str, path: &str, error: &io::Error) -> Broken {
    Broken::Because(words::on_path(operation, path, error))
}
