//! Proxies that speak SOCKS 5 (RFC 1928), with a name and a password (RFC 1929) or without.

use std::io;
use std::net::IpAddr;

use engine::{Login, Proxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::proxy::ipv6;
use crate::remote::dial::{PATIENCE, tcp};
use crate::remote::words;

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const NAME_AND_PASSWORD: u8 = 2;

pub(super) async fn connect(proxy: &Proxy, target: &Login) -> Result<TcpStream, String> {
    let done = async {
        let mut stream = tcp(&proxy.host, proxy.port).await?;
        match timeout(PATIENCE, ask(&mut stream, proxy, target)).await {
            Ok(answer) => answer.map(|()| stream),
            Err(_) => Err("i/o timeout".to_owned()),
        }
    };
    let failed =
        |why| format!("socks connect tcp {}:{}->{}: {why}", proxy.host, proxy.port, target.address());
    done.await.map_err(failed)
}

async fn ask(stream: &mut TcpStream, proxy: &Proxy, target: &Login) -> Result<(), String> {
    let said = |error: io::Error| words::of(&error);
    stream.write_all(&[VERSION, 2, NO_AUTHENTICATION, NAME_AND_PASSWORD]).await.map_err(said)?;
    expect_version(stream.read_u8().await.map_err(said)?)?;
    match stream.read_u8().await.map_err(said)? {
        NO_AUTHENTICATION => {}
        NAME_AND_PASSWORD => authenticate(stream, proxy).await?,
        0xff => return Err("no acceptable authentication methods".to_owned()),
        method => return Err(format!("unsupported authentication method {method}")),
    }
    let mut request = vec![VERSION, 1, 0];
    let address = target.host.parse().ok().or_else(|| ipv6(&target.host).map(IpAddr::V6));
    match address {
        Some(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Some(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        None => {
            let length = u8::try_from(target.host.len()).map_err(|_| "FQDN too long".to_owned())?;
            request.extend([3, length]);
            request.extend(target.host.as_bytes());
        }
    }
    request.extend(target.port.to_be_bytes());
    stream.write_all(&request).await.map_err(said)?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.map_err(said)?;
    let [version, code, _, kind] = answer;
    expect_version(version)?;
    if code != 0 {
        return Err(format!("unknown error {}", failure(code)));
    }
    // Where the proxy itself is connected from, which nobody needs.
    let length = match kind {
        1 => 4,
        3 => usize::from(stream.read_u8().await.map_err(said)?),
        4 => 16,
        _ => return Err(format!("unknown address type {kind}")),
    };
    let mut bound = vec![0; length + 2];
    stream.read_exact(&mut bound).await.map_err(said)?;
    Ok(())
}

async fn authenticate(stream: &mut TcpStream, proxy: &Proxy) -> Result<(), String> {
    let said = |error: io::Error| words::of(&error);
    let lengths = (u8::try_from(proxy.user.len()), u8::try_from(proxy.password.len()));
    let (Ok(user @ 1..), Ok(password)) = lengths else {
        return Err("invalid username/password".to_owned());
    };
    let mut request = vec![1, user];
    request.extend(proxy.user.as_bytes());
    request.push(password);
    request.extend(proxy.password.as_bytes());
    stream.write_all(&request).await.map_err(said)?;
    match [stream.read_u8().await.map_err(said)?, stream.read_u8().await.map_err(said)?] {
        [1, 0] => Ok(()),
        [1, _] => Err("username/password authentication failed".to_owned()),
        _ => Err("invalid username/password version".to_owned()),
    }
}

fn expect_version(version: u8) -> Result<(), String> {
    match version {
        VERSION => Ok(()),
        _ => Err(format!("unexpected protocol version {version}")),
    }
}

fn failure(code: u8) -> String {
    let known = match code {
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => return format!("unknown code: {code}"),
    };
    known.to_owned()
}
