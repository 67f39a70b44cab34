//! The other machine: the way there, tried until it is open, and the session in which commands run.

use std::path::Path;

use engine::{Platform, Ssh};
use lang::functions::{basename, dirname};

use super::agent::Agent;
use super::command::{Command, Output};
use super::keys::Credentials;
use super::proxy::dial;
use super::scp::{Receiver, command};
use super::session::Session;
use crate::remote::content::Content;
use crate::remote::scripts::Script;
use crate::remote::{Communicator, Here, retry};

/// What a script starts with that does not say what runs it.
const SHEBANG: &[u8] = b"#!/bin/sh\n";

/// Everything that is needed to connect, read and checked.
pub(in super::super) struct Way<'a> {
    connection: &'a Ssh,
    target: Credentials<'a>,
    bastion: Option<Credentials<'a>>,
    agent: Option<Agent>,
}

/// A machine that somebody is logged in to.
pub(in super::super) struct Machine<'w> {
    way: &'w Way<'w>,
    session: Session,
}

impl<'a> Way<'a> {
    /// Reads keys and finds the agent, which is used where there is one and nobody has said otherwise.
    pub(in super::super) fn prepare(connection: &'a Ssh, here: Here<'_>) -> Result<Way<'a>, String> {
        let agent = match connection.agent.unwrap_or(here.agent.is_some_and(|socket| !socket.is_empty())) {
            true => Some(Agent::new(here.agent, &connection.agent_identity, here.root.to_owned())?),
            false => None,
        };
        let target = Credentials::read(&connection.target)?;
        let bastion = connection.bastion.as_ref().map(Credentials::read).transpose()?;
        Ok(Way { connection, target, bastion, agent })
    }

    async fn follow(&self) -> Result<Session, String> {
        let Ssh { target, proxy, .. } = self.connection;
        let proxy = proxy.as_ref();
        let (stream, bastion) = match &self.bastion {
            None => (dial(target, proxy).await?, None),
            Some(bastion) => {
                let bastion = self.enter(bastion).await?;
                (bastion.tunnel(target).await?, Some(bastion))
            }
        };
        let session = Session::begin(stream, &self.target, self.agent.as_ref(), bastion).await;
        let session = session.map_err(|why| {
            let who = format!("{}@{}", target.user, target.address());
            format!("SSH authentication failed ({who}): ssh: handshake failed: {why}")
        })?;
        if self.agent.is_some() {
            session.offer_agent().await?;
        }
        Ok(session)
    }

    async fn enter(&self, bastion: &Credentials<'_>) -> Result<Session, String> {
        let proxy = self.connection.proxy.as_ref();
        let (no_stream, no_session) = match proxy {
            None => ("Error connecting to bastion", "Error connecting to bastion"),
            Some(_) => ("Error connecting to proxy", "Error creating new client connection via proxy"),
        };
        let stream = dial(bastion.login, proxy).await.map_err(|why| format!("{no_stream}: {why}"))?;
        let session = Session::begin(stream, bastion, self.agent.as_ref(), None).await;
        session.map_err(|why| format!("{no_session}: ssh: handshake failed: {why}"))
    }
}

impl<'w> Machine<'w> {
    /// Tries to log in until it works or the time is over.
    pub(in super::super) async fn connect(way: &'w Way<'w>) -> Result<Machine<'w>, String> {
        let session = retry::until(way.connection.timeout, async || way.follow().await).await?;
        Ok(Machine { way, session })
    }

    fn platform(&self) -> Platform {
        self.way.connection.platform
    }

    /// Starts a command with plain pipes.
    async fn start(&mut self, command: &str) -> Result<Command, String> {
        Command::start(self.channel().await?, command).await
    }

    /// Starts a command as a person would.
    async fn start_on_terminal(&mut self, command: &str) -> Result<Command, String> {
        Command::start_on_terminal(self.channel().await?, command, self.platform()).await
    }

    /// A channel for a command. A machine that has ended the session, as one that starts anew does, is called once more.
    async fn channel(&mut self) -> Result<russh::Channel<russh::client::Msg>, String> {
        match self.session.channel().await {
            Ok(channel) => Ok(channel),
            Err(_) => {
                self.session = self.way.follow().await?;
                self.session.channel().await
            }
        }
    }
}

impl Communicator for Machine<'_> {
    fn script_path(&self) -> &str {
        &self.way.connection.script_path
    }

    async fn upload(&mut self, path: &str, content: Content<'_>) -> Result<(), String> {
        let receiver = command(&dirname(path), false, self.platform());
        let receiver = self.start(&receiver).await?;
        Receiver::new(receiver).file(basename(path), content).await
    }

    async fn upload_directory(&mut self, path: &str, source: &str, root: &Path) -> Result<(), String> {
        let receiver = command(path, true, self.platform());
        let receiver = self.start(&receiver).await?;
        Receiver::new(receiver).directory(source, root).await
    }

    /// Makes it executable, too.
    async fn upload_script(&mut self, path: &str, script: Script) -> Result<(), String> {
        let unreadable = |why| format!("Error reading script: {why}");
        let mut text = script.map_err(unreadable)?;
        if text.len() < 2 {
            return Err(unreadable("EOF".to_owned()));
        }
        if self.platform() == Platform::Unix && !text.starts_with(b"#!") {
            text.splice(0..0, SHEBANG.iter().copied());
        }
        self.upload(path, Content::Bytes(&text)).await?;
        if self.platform() == Platform::Windows {
            return Ok(());
        }
        const FAILED: &str = "Error chmodding script file to 0777 in remote machine";
        let command = format!("chmod 0777 {path}");
        let started = self.start_on_terminal(&command).await.map_err(|why| format!("{FAILED}: {why}"))?;
        let mut output = Output::default();
        started.finish(&mut output).await.map_err(|why| {
            let (stdout, stderr) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            format!("{FAILED} {}: {stdout} {stderr}", executing(&command, &why))
        })
    }

    async fn run(&mut self, path: &str) -> Result<(), String> {
        let started = self.start_on_terminal(path).await;
        let started = started.map_err(|why| format!("Error starting script: {why}"))?;
        started.finish(&mut Output::default()).await.map_err(|why| executing(path, &why))
    }
}

fn executing(command: &str, why: &str) -> String {
    format!("error executing {}: {why}", lang::quote(command))
}
