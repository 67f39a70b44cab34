//! Streams to other machines, by TCP.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::words;

/// For how long a machine may leave unanswered that somebody calls. Terraform's limit.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Anything that can be spoken on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

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
