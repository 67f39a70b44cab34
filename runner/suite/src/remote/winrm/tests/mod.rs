//! WinRM against a machine in this process.

mod logins;
mod server;
mod work;

use std::time::Duration;

use engine::{Cancel, Connection, Material, RemoteAction, RemoteTask, WinRm};
use fixture::Folder;

use crate::remote::{Here, perform};
use server::{Asked, Habits, Reply, Server};

fn habits() -> Habits {
    Habits { refuses: |_| None, certificate: None, ntlm: false }
}

/// A machine that refuses something.
fn refusing(refuses: fn(&Asked<'_>) -> Option<Reply>) -> Server {
    Server::start(Habits { refuses, ..habits() })
}

/// The way to a server, with the password.
fn connection(server: &Server) -> WinRm {
    WinRm {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        user: "user".to_owned(),
        password: "open sesame".to_owned(),
        https: false,
        insecure: false,
        ntlm: false,
        authorities: String::new(),
        timeout: Duration::from_secs(60),
        script_path: "C:/Temp/script_%RAND%.cmd".to_owned(),
    }
}

fn at(folder: &Folder) -> Here<'_> {
    Here { root: folder.path(), home: None, agent: None, random: &|| 7 }
}

fn empty() -> Folder {
    Folder::of([] as [(&str, &str); 0])
}

fn act(connection: &WinRm, action: RemoteAction<'_>, folder: &Folder) -> Result<(), String> {
    let connection = &Connection::WinRm(connection.clone());
    perform(&RemoteTask { connection, action, cancel: &Cancel::new() }, at(folder))
}

fn run(connection: &WinRm, scripts: &[Material<'_>], folder: &Folder) -> Result<(), String> {
    act(connection, RemoteAction::Run { scripts }, folder)
}

fn copy(connection: &WinRm, source: Material<'_>, destination: &str, folder: &Folder) -> Result<(), String> {
    act(connection, RemoteAction::Copy { source, destination }, folder)
}

/// What becomes of the simplest script.
fn try_out(connection: &WinRm) -> Result<(), String> {
    run(connection, &[Material::Text("echo 1\n")], &empty())
}

/// Why nobody is let in, told after a while that is long enough for one attempt.
fn refusal(connection: &WinRm) -> String {
    let connection = WinRm { timeout: Duration::from_millis(900), ..connection.clone() };
    let why = try_out(&connection).unwrap_err();
    why.strip_prefix("timeout - last error: ").unwrap_or(&why).to_owned()
}
