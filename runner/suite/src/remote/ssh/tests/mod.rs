//! Provisioners against a machine in this process.

mod logins;
mod proxies;
mod server;
mod work;

use std::time::Duration;

use engine::{Cancel, Connection, Login, Material, Platform, RemoteAction, RemoteTask, Ssh};
use fixture::Folder;
use russh::MethodKind;
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, PrivateKey};

use crate::remote::{Here, perform};
use server::{Doors, Server};

const PASSWORD: &str = "open sesame";

/// A machine that lets `user` in with the password.
fn doors() -> Doors {
    Doors {
        password: PASSWORD,
        keys: Vec::new(),
        methods: &[MethodKind::Password, MethodKind::PublicKey],
        host_keys: vec![key()],
        certificates: Vec::new(),
        busy: 0,
    }
}

fn key() -> PrivateKey {
    PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap()
}

fn text_of(key: &PrivateKey) -> String {
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

/// The way to a server, with the password.
fn connection(server: &Server) -> Ssh {
    Ssh {
        target: login(server),
        bastion: None,
        proxy: None,
        agent: None,
        agent_identity: String::new(),
        timeout: Duration::from_secs(60),
        platform: Platform::Unix,
        script_path: "/tmp/script_%RAND%.sh".to_owned(),
    }
}

fn login(server: &Server) -> Login {
    Login {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        user: "user".to_owned(),
        password: PASSWORD.to_owned(),
        private_key: String::new(),
        certificate: String::new(),
        host_key: String::new(),
    }
}

fn at(folder: &Folder) -> Here<'_> {
    Here { root: folder.path(), home: None, agent: None, random: &|| 7 }
}

fn empty() -> Folder {
    Folder::of([] as [(&str, &str); 0])
}

fn run(connection: &Ssh, scripts: &[Material<'_>], here: Here<'_>) -> Result<(), String> {
    let cancel = &Cancel::new();
    let connection = &Connection::Ssh(Box::new(connection.clone()));
    perform(&RemoteTask { connection, action: RemoteAction::Run { scripts }, cancel }, here)
}

/// Why nobody is let in, told after a while that is long enough for one attempt.
fn refusal(connection: &Ssh) -> String {
    let connection = Ssh { timeout: Duration::from_secs(2), ..connection.clone() };
    let why = try_out(&connection).unwrap_err();
    why.strip_prefix("timeout - last error: ").unwrap_or(&why).to_owned()
}

/// What becomes of the simplest script.
fn try_out(connection: &Ssh) -> Result<(), String> {
    run(connection, &[Material::Text("true\n")], at(&empty()))
}

fn copy(connection: &Ssh, source: Material<'_>, destination: &str, here: Here<'_>) -> Result<(), String> {
    let cancel = &Cancel::new();
    let connection = &Connection::Ssh(Box::new(connection.clone()));
    perform(&RemoteTask { connection, action: RemoteAction::Copy { source, destination }, cancel }, here)
}
