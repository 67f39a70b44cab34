//! The other machine: the way there, tried until it is open, and the session in which commands run.

use std::time::Duration;

use engine::{Connection, Platform};
use tokio::time::{sleep, timeout};

use super::Here;
use super::agent::Agent;
use super::command::Command;
use super::dial::dial;
use super::keys::Credentials;
use super::session::Session;

/// How long it is waited after the first attempt that fails, and at most; each time twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Everything that is needed to connect, read and checked.
pub(super) struct Way<'a> {
    connection: &'a Connection,
    target: Credentials<'a>,
    bastion: Option<Credentials<'a>>,
    agent: Option<Agent>,
}

/// A machine that somebody is logged in to.
pub(super) struct Machine<'w> {
    way: &'w Way<'w>,
    session: Session,
}

impl<'a> Way<'a> {
    /// Reads keys and finds the agent, which is used where there is one and nobody has said otherwise.
    pub(super) fn prepare(connection: &'a Connection, here: Here<'_>) -> Result<Way<'a>, String> {
        let agent = match connection.agent.unwrap_or(here.agent.is_some_and(|socket| !socket.is_empty())) {
            true => Some(Agent::new(here.agent, &connection.agent_identity, here.root.to_owned())?),
            false => None,
        };
        let target = Credentials::read(&connection.target)?;
        let bastion = connection.bastion.as_ref().map(Credentials::read).transpose()?;
        Ok(Way { connection, target, bastion, agent })
    }

    async fn follow(&self) -> Result<Session, String> {
        let Connection { target, proxy, .. } = self.connection;
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
    pub(super) async fn connect(way: &'w Way<'w>) -> Result<Machine<'w>, String> {
        let mut last = None;
        let trying = async {
            let mut pause = Duration::ZERO;
            loop {
                sleep(pause).await;
                match way.follow().await {
                    Ok(session) => return session,
                    Err(why) => last = Some(why),
                }
                pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            }
        };
        match timeout(way.connection.timeout, trying).await {
            Ok(session) => Ok(Machine { way, session }),
            Err(_) => Err(format!("timeout - last error: {}", last.as_deref().unwrap_or("<nil>"))),
        }
    }

    pub(super) fn platform(&self) -> Platform {
        self.way.connection.platform
    }

    /// Starts a command with plain pipes.
    pub(super) async fn start(&mut self, command: &str) -> Result<Command, String> {
        Command::start(self.channel().await?, command).await
    }

    /// Starts a command as a person would.
    pub(super) async fn start_on_terminal(&mut self, command: &str) -> Result<Command, String> {
        Command::start_on_terminal(self.channel().await?, command, self.platform()).await
    }

    pub(super) fn script_path(&self) -> &'w str {
        &self.way.connection.script_path
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
