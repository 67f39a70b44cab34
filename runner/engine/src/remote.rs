//! What provisioners do on other machines, as data: how a machine is reached, and what is to be done there. The host
//! does it.

use std::fmt;
use std::time::Duration;

use crate::host::Cancel;

/// Something to do on another machine.
#[derive(Clone, Copy, Debug)]
pub struct RemoteTask<'a> {
    pub connection: &'a Connection,
    pub action: RemoteAction<'a>,
    /// When it is cancelled, the connection is closed, and with it ends what runs on the machine's terminal.
    pub cancel: &'a Cancel,
}

#[derive(Clone, Copy, Debug)]
pub enum RemoteAction<'a> {
    /// Copies a file, or a directory with everything in it, to a path on the machine.
    Copy { source: Material<'a>, destination: &'a str },
    /// Copies scripts to the machine and runs them, one after the other, until one fails.
    Run { scripts: &'a [Material<'a>] },
}

/// What is copied.
#[derive(Clone, Copy, Debug)]
pub enum Material<'a> {
    /// A file with this text.
    Text(&'a str),
    /// What lies at a path, relative to the directory the tool runs in.
    File(&'a str),
}

/// How a machine is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Connection {
    Ssh(Box<Ssh>),
    WinRm(WinRm),
}

/// How a machine is reached by SSH.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ssh {
    pub target: Login,
    /// The machine through which the target is reached.
    pub bastion: Option<Login>,
    /// The proxy through which the first machine is reached.
    pub proxy: Option<Proxy>,
    /// Whether keys of the agent are used; `None` where there is one.
    pub agent: Option<bool>,
    /// The key of the agent that is tried first: its comment, or a file that has it.
    pub agent_identity: String,
    /// For how long it is tried to connect.
    pub timeout: Duration,
    pub platform: Platform,
    /// Where scripts are put on the machine; `%RAND%` stands for a random number.
    pub script_path: String,
}

/// How a machine with Windows is reached by its Remote Management.
#[derive(Clone, PartialEq, Eq)]
pub struct WinRm {
    /// A name or an address; that of IPv6 in brackets.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub https: bool,
    /// Whether the certificate of the machine is taken as it is.
    pub insecure: bool,
    /// Whether the user logs in by NTLM, and not by telling the password.
    pub ntlm: bool,
    /// The certificates, as PEM, of authorities that vouch for the machine; those of this system where it is empty.
    pub authorities: String,
    /// For how long it is tried to connect, and how long the machine may take for an answer.
    pub timeout: Duration,
    /// Where scripts are put on the machine; `%RAND%` stands for a random number.
    pub script_path: String,
}

/// Who logs in where. Texts that are not given are empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// A name or an address; that of IPv6 in brackets.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub private_key: String,
    pub certificate: String,
    /// The key of the machine, or of an authority that vouches for it. Any is accepted where it is empty.
    pub host_key: String,
}

/// A server that passes connections on.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http`, `https` or `socks5`; anything else is an error when it is used.
    pub scheme: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
}

/// What a machine runs, which decides how paths are quoted and scripts started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Platform {
    Unix,
    Windows,
}

impl RemoteTask<'_> {
    /// What becomes of a task where none may be done.
    pub fn not_allowed() -> Result<(), String> {
        Err("this workspace is not trusted, and nothing in it may connect to other machines".to_owned())
    }
}

impl Login {
    /// Host and port, as one writes them together.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

// Without what is secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}", self.user, self.host, self.port)
    }
}

impl fmt::Debug for WinRm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}", self.user, self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}
