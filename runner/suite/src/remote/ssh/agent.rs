//! The agent that keeps keys on this machine: asked to sign, and lent to the other machine.

#[cfg(unix)]
pub(super) use unix::Agent;

#[cfg(not(unix))]
pub(super) use nowhere::Agent;

use std::fs;
use std::path::Path;

use russh::keys::PublicKey;
use russh::keys::agent::AgentIdentity;

use super::keys::public_key;

/// Puts the key that `wanted` names first, since a machine hears only so many. It is named by its comment, by the end
/// of that, or by a file that has it.
fn sort(identities: &mut [AgentIdentity], wanted: &str, root: &Path) {
    if wanted.is_empty() || identities.len() < 2 {
        return;
    }
    let key = of_file(wanted, root);
    let is_wanted = |identity: &AgentIdentity| match identity {
        _ if identity.comment() == wanted => true,
        AgentIdentity::PublicKey { key: known, .. } => {
            key.as_ref().is_some_and(|key| key.key_data() == known.key_data())
        }
        AgentIdentity::Certificate { .. } => false,
    };
    let mut close = 0;
    for index in 0..identities.len() {
        let Some(identity) = identities.get(index) else { return };
        if is_wanted(identity) {
            identities.swap(0, index);
            return;
        }
        if identity.comment().ends_with(wanted) {
            identities.swap(close, index);
            close += 1;
        }
    }
}

/// The key of a file, or of the one beside it that has the public part: the file itself may be encrypted.
fn of_file(name: &str, root: &Path) -> Option<PublicKey> {
    let public = if name.ends_with(".pub") { None } else { Some(format!("{name}.pub")) };
    let texts = [Some(name.to_owned()), public].into_iter().flatten();
    texts.filter_map(|name| fs::read_to_string(root.join(name)).ok()).find_map(|text| public_key(&text))
}

#[cfg(unix)]
mod unix {
    use std::path::PathBuf;
    use std::sync::Arc;

    use russh::keys::agent::AgentIdentity;
    use russh::keys::agent::client::AgentClient;
    use tokio::io::copy_bidirectional;
    use tokio::net::UnixStream;

    use super::sort;
    use crate::remote::dial::Stream;
    use crate::remote::words;

    type Client = AgentClient<UnixStream>;

    #[derive(Clone)]
    pub(in super::super) struct Agent {
        socket: Arc<str>,
        root: Arc<PathBuf>,
        /// The key that is tried first.
        wanted: Arc<str>,
    }

    impl Agent {
        /// The agent at `socket`, which must answer; `SSH_AUTH_SOCK` names it.
        pub(in super::super) fn new(
            socket: Option<&str>,
            wanted: &str,
            root: PathBuf,
        ) -> Result<Agent, String> {
            let Some(socket) = socket.filter(|socket| !socket.is_empty()) else {
                return Err("SSH agent requested but SSH_AUTH_SOCK not-specified".to_owned());
            };
            std::os::unix::net::UnixStream::connect(socket).map_err(|error| not_reached(socket, &error))?;
            Ok(Agent { socket: socket.into(), root: Arc::new(root), wanted: wanted.into() })
        }

        /// Its keys, in the order in which they are tried, and who signs with them.
        pub(in super::super) async fn identities(&self) -> Result<(Vec<AgentIdentity>, Client), String> {
            let stream = UnixStream::connect(&*self.socket).await;
            let mut client = AgentClient::connect(stream.map_err(|error| not_reached(&self.socket, &error))?);
            let mut identities =
                client.request_identities().await.map_err(|error| format!("agent: {error}"))?;
            sort(&mut identities, &self.wanted, &self.root);
            Ok((identities, client))
        }

        /// Lets the other machine speak with it until one of both has had enough.
        pub(in super::super) async fn lend(self, mut to: impl Stream) {
            if let Ok(mut stream) = UnixStream::connect(&*self.socket).await {
                // However that ends, nobody is left to be told.
                let _ = copy_bidirectional(&mut to, &mut stream).await;
            }
        }
    }

    fn not_reached(socket: &str, error: &std::io::Error) -> String {
        format!("Error connecting to SSH_AUTH_SOCK: dial unix {socket}: connect: {}", words::of(error))
    }
}

#[cfg(not(unix))]
mod nowhere {
    use std::path::PathBuf;

    use russh::keys::agent::AgentIdentity;
    use russh::keys::agent::client::{AgentClient, AgentStream};

    use crate::remote::dial::Stream;

    type Client = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

    /// There is none: agents are reached by a socket of Unix.
    #[derive(Clone)]
    pub(in super::super) enum Agent {}

    impl Agent {
        pub(in super::super) fn new(_: Option<&str>, _: &str, _: PathBuf) -> Result<Agent, String> {
            Err("SSH agents are not supported on this system; set agent = false and give a private_key"
                .to_owned())
        }

        pub(in super::super) async fn identities(&self) -> Result<(Vec<AgentIdentity>, Client), String> {
            match *self {}
        }

        pub(in super::super) async fn lend(self, _: impl Stream) {
            match self {}
        }
    }
}
