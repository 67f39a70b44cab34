//! The stream on which SSH is spoken to the first machine: by TCP, straight or through a proxy.

use std::net::Ipv6Addr;
use std::time::Duration;

use engine::{Login, Proxy};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::{http_proxy, socks, words};

/// For how long a machine may leave unanswered that somebody calls. Terraform's limit.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Anything that SSH can be spoken on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Opens a stream to the machine of `login`, or says in Go's words why it could not.
pub(super) async fn dial(login: &Login, proxy: Option<&Proxy>) -> Result<Box<dyn Stream>, String> {
    let stream = match proxy {
        None => tcp(&login.host, login.port).await?,
        Some(proxy) => match proxy.scheme.as_str() {
            // As in Terraform, what `https` names is spoken to like any other.
            "http" | "https" => http_proxy::connect(proxy, login).await?,
            "socks5" | "socks5h" => socks::connect(proxy, login).await?,
            scheme => return Err(format!("proxy: unknown scheme: {scheme}")),
        },
    };
    Ok(Box::new(stream))
}

/// Tries the addresses of a host, one after the other; the first one's failure is told.
pub(super) async fn tcp(host: &str, port: u16) -> Result<TcpStream, String> {
    let name = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let deadline = Instant::now() + PATIENCE;
    let found = match timeout_at(deadline, lookup_host((name, port))).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => return Err(format!("dial tcp: lookup {name}: no such host")),
        Err(_) => return Err(format!("dial tcp: lookup {name}: i/o timeout")),
    };
    let mut failure = None;
    for address in found {
        let said = match timeout_at(deadline, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => format!("connect: {}", words::of(&error)),
            Err(_) => "i/o timeout".to_owned(),
        };
        failure.get_or_insert_with(|| format!("dial tcp {address}: {said}"));
    }
    Err(failure.unwrap_or_else(|| format!("dial tcp: lookup {name}: no such host")))
}

/// The address in a host that is written as one of IPv6.
pub(super) fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
