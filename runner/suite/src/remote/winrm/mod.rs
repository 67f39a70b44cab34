//! Machines with Windows that are reached by its Remote Management: each command is asked for by an HTTP request, and so
//! is what it has written.
//!
//! Where the machine answers with a fault, that is told. Terraform takes most faults for answers: a copy that the machine
//! refused would have been made, and a command whose output it refuses to tell would be waited for without end.

mod copy;
mod http;
mod ntlm;
mod soap;
#[cfg(test)]
mod tests;
mod tls;

use std::path::Path;
use std::time::Duration;

use engine::WinRm;

use super::content::Content;
use super::scripts::Script;
use super::{Communicator, retry};
use http::Client;
use soap::{Answer, Envelope, Request};

/// A machine that has answered.
pub(super) struct Machine<'a> {
    connection: &'a WinRm,
    client: Client<'a>,
    /// How long the machine may take for an answer.
    patience: String,
    random: &'a dyn Fn() -> u32,
}

impl<'a> Machine<'a> {
    /// Asks for a shell, until it is given or the time is over.
    pub(super) async fn connect(
        connection: &'a WinRm,
        random: &'a dyn Fn() -> u32,
    ) -> Result<Machine<'a>, String> {
        retry::until(connection.timeout, async || {
            let client = Client::new(connection, random)?;
            let patience = duration(connection.timeout);
            let mut machine = Machine { connection, client, patience, random };
            let shell = machine.create().await?;
            machine.ask(Request::Delete { shell: &shell }).await?;
            Ok(machine)
        })
        .await
    }

    async fn create(&mut self) -> Result<String, String> {
        let answer = self.ask(Request::Create).await?;
        answer.shell.ok_or_else(|| "the machine does not name the shell that it has created".to_owned())
    }

    /// A shell that stays is only in the way for a while.
    async fn delete(&mut self, shell: &str) {
        let _ = self.ask(Request::Delete { shell }).await;
    }

    /// Runs a command to its end, and gives its exit code.
    async fn execute(&mut self, shell: &str, line: &str) -> Result<i64, String> {
        let started = self.ask(Request::Command { shell, line }).await?;
        let Some(command) = started.command.filter(|command| !command.is_empty()) else {
            return Err("Command has already been closed".to_owned());
        };
        let end = loop {
            match self.ask(Request::Receive { shell, command: &command }).await {
                Ok(answer) if !answer.done => {}
                Ok(answer) => break Ok(answer.exit_code()),
                Err(why) => break Err(why),
            }
        };
        // It has ended, but the machine wants to be told that nobody needs it any more.
        let _ = self.ask(Request::Terminate { shell, command: &command }).await;
        end
    }

    async fn run_in_shell(&mut self, line: &str) -> Result<i64, String> {
        let shell = self.create().await?;
        let end = self.execute(&shell, line).await;
        self.delete(&shell).await;
        end
    }

    /// That nothing happened in the time is an answer; every other fault is an error.
    async fn ask(&mut self, request: Request<'_>) -> Result<Answer, String> {
        let id = self.uuid();
        let envelope = Envelope { url: self.client.url(), timeout: &self.patience, id: &id };
        let message = request.message(envelope);
        let (status, text) = self.client.post(message).await?;
        let answer = Answer::parse(&text)?;
        match &answer.fault {
            Some(why) if !answer.timed_out && !request.tidies_up() => {
                Err(format!("http error {}: {}", status.as_u16(), why.trim()))
            }
            _ => Ok(answer),
        }
    }

    fn temporary_name(&self) -> String {
        format!("winrmcp-{}.tmp", self.uuid())
    }

    fn uuid(&self) -> String {
        let [a, b, c, d] = [(); 4].map(|()| (self.random)());
        format!("{a:08x}-{:04x}-4{:03x}-8{:03x}-{:04x}{d:08x}", b >> 16, b & 0xfff, c >> 20, c & 0xffff)
    }
}

impl Communicator for Machine<'_> {
    fn script_path(&self) -> &str {
        &self.connection.script_path
    }

    async fn upload(&mut self, path: &str, content: Content<'_>) -> Result<(), String> {
        copy::file(self, path, content).await
    }

    async fn upload_directory(&mut self, path: &str, source: &str, root: &Path) -> Result<(), String> {
        copy::directory(self, path, source, root).await
    }

    async fn upload_script(&mut self, path: &str, script: Script) -> Result<(), String> {
        copy::file(self, path, Content::Bytes(&script?)).await
    }

    async fn run(&mut self, path: &str) -> Result<(), String> {
        match self.run_in_shell(path).await {
            Ok(0) => Ok(()),
            Ok(code) => Err(format!("{} exit status: {code}", lang::quote(path))),
            Err(why) => Err(format!("error executing {}: {why}", lang::quote(path))),
        }
    }
}

/// In the form of ISO 8601, without fractions of a second.
fn duration(duration: Duration) -> String {
    let all = duration.as_secs();
    let parts = [(all / 3600, 'H'), (all / 60 % 60, 'M'), (all % 60, 'S')];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.fold("PT".to_owned(), |text, (count, unit)| format!("{text}{count}{unit}"))
}
