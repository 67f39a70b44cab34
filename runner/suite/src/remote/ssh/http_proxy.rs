//! Proxies that speak HTTP: `CONNECT`, and then they only pass bytes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{Login, Proxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::remote::dial::{PATIENCE, tcp};
use crate::remote::words;

/// More than any proxy says before the blank line.
const LONGEST_ANSWER: usize = 64 * 1024;

pub(super) async fn connect(proxy: &Proxy, target: &Login) -> Result<TcpStream, String> {
    let mut stream = tcp(&proxy.host, proxy.port).await?;
    match timeout(PATIENCE, ask(&mut stream, proxy, &target.address())).await {
        Ok(answer) => answer.map(|()| stream),
        Err(_) => Err(format!("read tcp {}:{}: i/o timeout", proxy.host, proxy.port)),
    }
}

async fn ask(stream: &mut TcpStream, proxy: &Proxy, target: &str) -> Result<(), String> {
    // Sent even without a name, as Terraform does.
    let credentials = STANDARD.encode(format!("{}:{}", proxy.user, proxy.password));
    let request = format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: runblock\r\nAuthorization: Basic \
         {credentials}\r\nProxy-Authorization: Basic {credentials}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| words::of(&error))?;
    // Byte by byte, since what follows the blank line is the machine's already.
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if answer.len() < LONGEST_ANSWER => answer.push(byte),
            Ok(_) => return Err("malformed HTTP response".to_owned()),
            Err(_) => return Err("unexpected EOF".to_owned()),
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    let line = answer.lines().next().unwrap_or_default();
    let mut parts = line.split(' ');
    let version = parts.next().filter(|version| version.starts_with("HTTP/"));
    match version.and(parts.next()).and_then(|code| code.parse::<u16>().ok()) {
        Some(200) => Ok(()),
        Some(code) => Err(format!("Connection Error: StatusCode: {code}")),
        None => Err(format!("malformed HTTP response \"{line}\"")),
    }
}
