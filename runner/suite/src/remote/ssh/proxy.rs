//! The stream on which SSH is spoken to the first machine: straight or through a proxy.

use std::net::Ipv6Addr;

use engine::{Login, Proxy};

use super::{http_proxy, socks};
use crate::remote::dial::{Stream, tcp};

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

/// The address in a host that is written as one of IPv6.
pub(super) fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
