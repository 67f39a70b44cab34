//! One SSH session: the machine is known, the user is let in, and channels can be opened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::Login;
use russh::client::{self, ChannelOpenHandle, DisconnectReason, Handle, Handler, Msg};
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Channel, ChannelId, ChannelMsg, ChannelOpenFailure, Preferred};

use super::agent::Agent;
use super::keys::Credentials;
use super::{host_key, login};
use crate::remote::dial::Stream;
use crate::remote::words;

/// How often a silent machine is asked whether it is still there, and how often it may leave that unanswered: two
/// minutes in all, as with Terraform.
const ASKED_EVERY: Duration = Duration::from_secs(2);
const UNANSWERED: usize = 60;

pub(super) struct Session {
    handle: Handle<Watch>,
    heard: Heard,
    /// The session that this one runs through, which ends with it.
    _bastion: Option<Box<Session>>,
}

/// What the machine says of itself, for whoever is told why something failed.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Sayings>>);

#[derive(Default)]
struct Sayings {
    farewell: Option<String>,
    refusal: Option<String>,
}

/// Answers what the machine asks on its own.
pub(super) struct Watch {
    host: String,
    port: u16,
    expected: Option<PublicKey>,
    agent: Option<Agent>,
    heard: Heard,
}

/// Why a session ended.
#[derive(Debug)]
pub(super) enum Failure {
    Ssh(russh::Error),
    /// The machine is not the one that was meant.
    Stranger(String),
}

impl Session {
    /// Shakes hands and logs in.
    pub(super) async fn begin(
        stream: Box<dyn Stream>,
        credentials: &Credentials<'_>,
        agent: Option<&Agent>,
        bastion: Option<Session>,
    ) -> Result<Session, String> {
        let heard = Heard::default();
        let Login { host, port, .. } = credentials.login;
        let watch = Watch {
            host: host.clone(),
            port: *port,
            expected: credentials.host_key.clone(),
            agent: agent.cloned(),
            heard: heard.clone(),
        };
        let preferred = Preferred {
            key: host_key::KINDS.into(),
            // Only somebody who knows the authority can judge a certificate.
            host_key_certificates: if watch.expected.is_some() { host_key::KINDS } else { &[] }.into(),
            ..Preferred::DEFAULT
        };
        let config = client::Config {
            preferred,
            keepalive_interval: Some(ASKED_EVERY),
            keepalive_max: UNANSWERED,
            nodelay: true,
            ..client::Config::default()
        };
        let done = client::connect_stream(Arc::new(config), stream, watch).await;
        let mut handle = done.map_err(|failure| heard.explain(failure))?;
        login::authenticate(&mut handle, credentials, agent, &heard).await?;
        Ok(Session { handle, heard, _bastion: bastion.map(Box::new) })
    }

    /// A channel for a command.
    pub(super) async fn channel(&self) -> Result<Channel<Msg>, String> {
        self.handle.channel_open_session().await.map_err(|error| self.heard.explain(error.into()))
    }

    /// A stream to another machine, which this one passes on.
    pub(super) async fn tunnel(&self, to: &Login) -> Result<Box<dyn Stream>, String> {
        let host = to.host.trim_start_matches('[').trim_end_matches(']');
        let opened = self.handle.channel_open_direct_tcpip(host, to.port.into(), "0.0.0.0", 0).await;
        match opened {
            Ok(channel) => Ok(Box::new(channel.into_stream())),
            Err(error) => Err(self.heard.explain(error.into())),
        }
    }

    /// Offers the agent to the machine. One that does not want it works without.
    pub(super) async fn offer_agent(&self) -> Result<(), String> {
        let mut channel = self.channel().await?;
        if channel.agent_forward(true).await.is_ok() {
            while let Some(message) = channel.wait().await {
                if matches!(message, ChannelMsg::Success | ChannelMsg::Failure | ChannelMsg::Close) {
                    break;
                }
            }
        }
        // The offer counts for the whole session.
        let _ = channel.close().await;
        Ok(())
    }
}

impl Heard {
    /// In Go's words, as far as the machine has said why.
    pub(super) fn explain(&self, failure: Failure) -> String {
        let error = match failure {
            Failure::Stranger(why) => return why,
            Failure::Ssh(error) => error,
        };
        match &error {
            russh::Error::IO(error) => words::of(error),
            russh::Error::ChannelOpenFailure(reason) => {
                let reason = match reason {
                    ChannelOpenFailure::AdministrativelyProhibited => "administratively prohibited",
                    ChannelOpenFailure::ConnectFailed => "connect failed",
                    ChannelOpenFailure::UnknownChannelType => "unknown channel type",
                    ChannelOpenFailure::ResourceShortage => "resource shortage",
                    ChannelOpenFailure::Other { reason, .. } => reason,
                };
                format!("ssh: rejected: {reason} ({})", self.sayings().refusal.take().unwrap_or_default())
            }
            russh::Error::Disconnect
            | russh::Error::HUP
            | russh::Error::SendError
            | russh::Error::RecvError => self.farewell(),
            error => format!("ssh: {error}"),
        }
    }

    /// Why the machine has ended the session.
    pub(super) fn farewell(&self) -> String {
        self.sayings().farewell.clone().unwrap_or_else(|| "EOF".to_owned())
    }

    fn sayings(&self) -> MutexGuard<'_, Sayings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<russh::Error> for Failure {
    fn from(error: russh::Error) -> Failure {
        Failure::Ssh(error)
    }
}

impl From<russh::SendError> for Failure {
    fn from(_: russh::SendError) -> Failure {
        Failure::Ssh(russh::Error::SendError)
    }
}

impl Handler for Watch {
    type Error = Failure;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Failure> {
        if let Some(expected) = &self.expected {
            host_key::check(expected, shown, &self.host, self.port).map_err(Failure::Stranger)?;
        }
        Ok(true)
    }

    async fn channel_open_failure(
        &mut self,
        _: ChannelId,
        _: ChannelOpenFailure,
        description: &str,
        _: &str,
        _: &mut client::Session,
    ) -> Result<(), Failure> {
        self.heard.sayings().refusal = Some(description.to_owned());
        Ok(())
    }

    async fn server_channel_open_agent_forward(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut client::Session,
    ) -> Result<(), Failure> {
        // Who does not accept has refused.
        if let Some(agent) = self.agent.clone() {
            reply.accept().await;
            tokio::spawn(agent.lend(channel.into_stream()));
        }
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Failure>) -> Result<(), Failure> {
        let said = match reason {
            DisconnectReason::ReceivedDisconnect(said) => {
                let code = said.reason_code as u32;
                format!("ssh: disconnect, reason {code}: {}", said.message)
            }
            DisconnectReason::Error(failure) => self.heard.explain(failure),
        };
        self.heard.sayings().farewell.get_or_insert(said);
        Ok(())
    }
}
