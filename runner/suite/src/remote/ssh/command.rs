//! A command on the other machine: started, fed, read, and waited for.

use engine::Platform;
use russh::client::Msg;
use russh::{Channel, ChannelMsg, Pty, Sig};

/// How much of the output is kept for an error: the first bytes.
const KEPT: usize = 8 * 1024;

/// The terminal that commands of Unix get, as Terraform has it: what runs there ends when the connection does.
const TERMINAL: &str = "xterm";
const COLUMNS: u32 = 40;
const ROWS: u32 = 80;
const MODES: &[(Pty, u32)] = &[(Pty::ECHO, 0), (Pty::TTY_OP_ISPEED, 14400), (Pty::TTY_OP_OSPEED, 14400)];

pub(super) struct Command {
    channel: Channel<Msg>,
    end: Option<End>,
}

/// How a command ended, where the machine has told.
enum End {
    Status(u32),
    Signal { name: String, message: String },
}

/// What a command wrote, as far as it is kept.
#[derive(Default)]
pub(super) struct Output {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

impl Command {
    /// Starts it as it is, with plain pipes.
    pub(super) async fn start(channel: Channel<Msg>, command: &str) -> Result<Command, String> {
        let mut started = Command { channel, end: None };
        started.channel.exec(true, command).await.map_err(|error| error.to_string())?;
        match started.accepted().await {
            true => Ok(started),
            false => Err(format!("ssh: command {command} failed")),
        }
    }

    /// Starts it as a person would, on a terminal where the machine has them, with nothing to read.
    pub(super) async fn start_on_terminal(
        channel: Channel<Msg>,
        command: &str,
        platform: Platform,
    ) -> Result<Command, String> {
        if platform == Platform::Unix {
            let asked = channel.request_pty(true, TERMINAL, COLUMNS, ROWS, 0, 0, MODES).await;
            asked.map_err(|error| error.to_string())?;
            let mut waiting = Command { channel, end: None };
            if !waiting.accepted().await {
                return Err("ssh: pty-req failed".to_owned());
            }
            let started = Command::start(waiting.channel, &format!("{}\n", command.trim())).await?;
            return started.without_input().await;
        }
        Command::start(channel, &format!("{}\n", command.trim())).await?.without_input().await
    }

    async fn without_input(self) -> Result<Command, String> {
        self.close_input().await;
        Ok(self)
    }

    /// Whether the machine does what it was asked for last.
    async fn accepted(&mut self) -> bool {
        loop {
            match self.channel.wait().await {
                Some(ChannelMsg::Success) => return true,
                Some(ChannelMsg::Failure | ChannelMsg::Close) | None => return false,
                Some(_) => {}
            }
        }
    }

    /// Writes to its input. Whether it still reads it.
    pub(super) async fn write(&mut self, bytes: Vec<u8>) -> bool {
        self.channel.data_bytes(bytes).await.is_ok()
    }

    pub(super) async fn close_input(&self) {
        // One that reads no more needs no end.
        let _ = self.channel.eof().await;
    }

    /// The next part of what it writes to its output; `None` when it has ended.
    pub(super) async fn read(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.channel.wait().await? {
                ChannelMsg::Data { data } => return Some(data.to_vec()),
                message => self.note(message)?,
            }
        }
    }

    /// Waits for its end; `Err` says how it failed.
    pub(super) async fn finish(mut self, output: &mut Output) -> Result<(), String> {
        let keep = |kept: &mut Vec<u8>, data: &[u8]| {
            kept.extend(data.iter().take(KEPT.saturating_sub(kept.len())));
        };
        while let Some(message) = self.channel.wait().await {
            match message {
                ChannelMsg::Data { data } => keep(&mut output.stdout, &data),
                ChannelMsg::ExtendedData { data, .. } => keep(&mut output.stderr, &data),
                message => {
                    if self.note(message).is_none() {
                        break;
                    }
                }
            }
        }
        match self.end {
            Some(End::Status(0)) => Ok(()),
            Some(end) => Err(end.describe()),
            None => Err("wait: remote command exited without exit status or exit signal".to_owned()),
        }
    }

    /// `None` when nothing follows.
    fn note(&mut self, message: ChannelMsg) -> Option<()> {
        match message {
            ChannelMsg::ExitStatus { exit_status } => self.end = Some(End::Status(exit_status)),
            ChannelMsg::ExitSignal { signal_name, error_message, .. } => {
                self.end = Some(End::Signal { name: name(signal_name), message: error_message });
            }
            ChannelMsg::Close => return None,
            _ => {}
        }
        Some(())
    }
}

impl End {
    /// In Go's words. A signal counts as the status that a shell would make of it.
    fn describe(&self) -> String {
        let (name, message) = match self {
            End::Status(status) => return format!("Process exited with status {status}"),
            End::Signal { name, message } => (name, message),
        };
        let number = match name.as_str() {
            "HUP" => 1,
            "INT" => 2,
            "QUIT" => 3,
            "ILL" => 4,
            "ABRT" => 6,
            "FPE" => 8,
            "KILL" => 9,
            "SEGV" => 11,
            "PIPE" => 13,
            "ALRM" => 14,
            "TERM" => 15,
            _ => 0,
        };
        let reason = match message.as_str() {
            "" => String::new(),
            message => format!(". Reason was: {message}"),
        };
        format!("Process exited with status {} from signal {name}{reason}", 128 + number)
    }
}

fn name(signal: Sig) -> String {
    match signal {
        Sig::Custom(name) => name,
        known => format!("{known:?}"),
    }
}
