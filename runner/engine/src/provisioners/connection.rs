//! `connection` blocks: their arguments, and how a machine is reached by what they say.

use std::net::Ipv6Addr;
use std::sync::OnceLock;
use std::time::Duration;

use config::Schema;
use lang::functions::parse_duration;
use lang::{Type, Value};

use super::text;
use crate::remote::{Connection, Login, Platform, Proxy};

const DEFAULT_PORT: u16 = 22;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// The arguments of `connection` blocks: those of all kinds of connections together.
pub(crate) fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        const TEXTS: &[&str] = &[
            "type",
            "user",
            "password",
            "timeout",
            "script_path",
            "target_platform",
            "private_key",
            "certificate",
            "host_key",
            "agent_identity",
            "proxy_scheme",
            "proxy_host",
            "proxy_user_name",
            "proxy_user_password",
            "bastion_host",
            "bastion_host_key",
            "bastion_user",
            "bastion_password",
            "bastion_private_key",
            "bastion_certificate",
            "cacert",
        ];
        let mut all = vec![("host", Type::String, true)];
        all.extend(TEXTS.iter().map(|name| (*name, Type::String, false)));
        all.extend(["port", "proxy_port", "bastion_port"].map(|name| (name, Type::Number, false)));
        all.extend(["agent", "https", "insecure", "use_ntlm"].map(|name| (name, Type::Bool, false)));
        super::arguments(&all)
    })
}

/// What a `connection` block says, with the defaults of what it does not, or what is wrong with it. The values carry no
/// marks.
pub(super) fn read(block: &Value) -> Result<Connection, String> {
    let given = |name: &str| text(block, name).unwrap_or_default().to_owned();
    match given("type").as_str() {
        "" | "ssh" => {}
        "winrm" => {
            return Err(
                "connection type 'winrm' is not supported by this version of runblock, which reaches other \
                        machines by SSH alone. Windows has a server for that, too: set type = \"ssh\" and \
                        target_platform = \"windows\", or override the resource in the test."
                    .to_owned(),
            );
        }
        kind => return Err(format!("connection type '{kind}' not supported")),
    }
    let port = |name: &str| port(block, name);
    let (own_port, proxy_port, bastion_port) = (port("port")?, port("proxy_port")?, port("bastion_port")?);
    let or = |name: &str, default: &str| match given(name) {
        empty if empty.is_empty() => default.to_owned(),
        given => given,
    };
    let target = Login {
        host: bracketed(given("host")),
        port: own_port.unwrap_or(DEFAULT_PORT),
        user: or("user", "root"),
        password: given("password"),
        private_key: given("private_key"),
        certificate: given("certificate"),
        host_key: given("host_key"),
    };
    if target.host.is_empty() {
        return Err("host for provisioner cannot be empty".to_owned());
    }
    let (platform, script_path) = match given("target_platform").as_str() {
        "" | "unix" => (Platform::Unix, "/tmp/terraform_%RAND%.sh"),
        "windows" => (Platform::Windows, "C:/windows/temp/terraform_%RAND%.cmd"),
        _ => return Err("target_platform for provisioner has to be either unix or windows".to_owned()),
    };
    // What is not said of the bastion is as for the machine behind it, but for its key.
    let bastion = Login {
        host: bracketed(given("bastion_host")),
        port: bastion_port.unwrap_or(target.port),
        user: or("bastion_user", &target.user),
        password: or("bastion_password", &target.password),
        private_key: or("bastion_private_key", &target.private_key),
        certificate: or("bastion_certificate", &target.certificate),
        host_key: given("bastion_host_key"),
    };
    let proxy = Proxy {
        scheme: or("proxy_scheme", "http"),
        host: given("proxy_host"),
        port: proxy_port.unwrap_or(0),
        user: given("proxy_user_name"),
        password: given("proxy_user_password"),
    };
    Ok(Connection {
        target,
        bastion: (!bastion.host.is_empty()).then_some(bastion),
        proxy: (!proxy.host.is_empty()).then_some(proxy),
        agent: block.as_map().and_then(|all| all.get("agent")?.as_bool()),
        agent_identity: given("agent_identity"),
        timeout: timeout(&given("timeout")),
        platform,
        script_path: or("script_path", script_path),
    })
}

/// A port; `None` where there is none, or the default is asked for by 0. A fraction does not count.
fn port(block: &Value, name: &str) -> Result<Option<u16>, String> {
    let Some(number) = block.as_map().and_then(|all| all.get(name)?.as_number()) else { return Ok(None) };
    let port = number.trunc().to_i64().filter(|_| !number.is_sign_negative());
    match port.and_then(|port| u16::try_from(port).ok()) {
        Some(port) => Ok(Some(port).filter(|port| *port != 0)),
        None => Err("value must be a whole number, between 0 and 65535 inclusive".to_owned()),
    }
}

/// What is no duration counts as not given, and a negative one has passed.
fn timeout(text: &str) -> Duration {
    match parse_duration(text) {
        Ok(nanoseconds) => Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or_default()),
        Err(_) => DEFAULT_TIMEOUT,
    }
}

/// An address of IPv6 in brackets, anything else as it is.
fn bracketed(host: String) -> String {
    match host.parse::<Ipv6Addr>() {
        Ok(_) => format!("[{host}]"),
        Err(_) => host,
    }
}
