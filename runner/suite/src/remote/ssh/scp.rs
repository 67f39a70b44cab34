//! Copies files to the other machine by the protocol of `scp`, whose receiving side the machine has.
//!
//! Each line and each file is answered by a byte, 0 when all is well. As in Terraform, nobody waits for the one with
//! which the receiver says that it is there, so that every answer that is read is to what came before; what is wrong
//! with the last file, its status tells.

use std::fs;
use std::path::{Path, PathBuf};

use engine::Platform;

use super::command::{Command, Output};
use crate::remote::content::{Content, entries, open_file};
use crate::remote::words;

/// How much of a file is read at once.
const CHUNK: usize = 32 * 1024;

/// Why a copy was broken off.
enum Broken {
    /// The receiver has ended, and its status says why.
    Ended,
    Because(String),
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

    async fn send_file(&mut self, name: &str, mut content: Content<'_>) -> Result<(), Broken> {
        self.line(&format!("C0644 {} {name}\n", content.size())).await?;
        self.answer().await?;
        loop {
            let chunk = content.next(CHUNK).map_err(Broken::Because)?;
            if chunk.is_empty() {
                break;
            }
            self.write(chunk).await?;
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
        let mut open = vec![(PathBuf::from(path), entries(path, root).map_err(Broken::Because)?.into_iter())];
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
                Broken::Because(words::on_path("lstat", &shown.to_string_lossy(), &error))
            })?;
            if found.is_dir() {
                let inside = entries(&shown, root).map_err(Broken::Because)?;
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
