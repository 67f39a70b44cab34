//! `connection` blocks: their arguments, and how a machine is reached by what they say.

use std::net::Ipv6Addr;
use std::sync::OnceLock;
use std::time::Duration;

use config::Schema;
use lang::functions::parse_duration;
use lang::{Type, Value};

use super::text;
use crate::remote::{Connection, Login, Platform, Proxy, Ssh, WinRm};

const SSH_PORT: u16 = 22;
const WINRM_PORT: u16 = 5985;
const WINRM_HTTPS_PORT: u16 = 5986;
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
    match text(block, "type").unwrap_or_default() {
        "" | "ssh" => Ok(Connection::Ssh(Box::new(ssh(block)?))),
        "winrm" => Ok(Connection::WinRm(winrm(block)?)),
        kind => Err(format!("connection type '{kind}' not supported")),
    }
}

fn ssh(block: &Value) -> Result<Ssh, String> {
    let given = |name: &str| given(block, name).to_owned();
    let or = |name: &str, default: &str| given_or(block, name, default);
    let port = |name: &str| port(block, name);
    let (own_port, proxy_port, bastion_port) = (port("port")?, port("proxy_port")?, port("bastion_port")?);
    let target = Login {
        host: bracketed(given("host")),
        port: own_port.unwrap_or(SSH_PORT),
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
    Ok(Ssh {
        target,
        bastion: (!bastion.host.is_empty()).then_some(bastion),
        proxy: (!proxy.host.is_empty()).then_some(proxy),
        agent: switch(block, "agent"),
        agent_identity: given("agent_identity"),
        timeout: timeout(&given("timeout")),
        platform,
        script_path: or("script_path", script_path),
    })
}

/// Unlike for SSH, the host may be empty, which stands for this machine.
fn winrm(block: &Value) -> Result<WinRm, String> {
    let on = |name: &str| switch(block, name).unwrap_or_default();
    let https = on("https");
    let port = port(block, "port")?.unwrap_or(if https { WINRM_HTTPS_PORT } else { WINRM_PORT });
    let script_path = given_or(block, "script_path", "C:/Temp/terraform_%RAND%.cmd");
    if script_path.starts_with("C:/Windows/Temp") {
        return Err(
            "Using the C:\\Windows\\Temp folder is not supported. Please use a different 'script_path'."
                .to_owned(),
        );
    }
    Ok(WinRm {
        host: bracketed(given(block, "host").to_owned()),
        port,
        user: given_or(block, "user", "Administrator"),
        password: given(block, "password").to_owned(),
        https,
        insecure: on("insecure"),
        ntlm: on("use_ntlm"),
        authorities: given(block, "cacert").to_owned(),
        timeout: timeout(given(block, "timeout")),
        script_path,
    })
}

/// A text, empty where it is not given.
fn given<'v>(block: &'v Value, name: &str) -> &'v str {
    text(block, name).unwrap_or_default()
}

fn given_or(block: &Value, name: &str, default: &str) -> String {
    Some(given(block, name)).filter(|given| !given.is_empty()).unwrap_or(default).to_owned()
}

fn switch(block: &Value, name: &str) -> Option<bool> {
    block.as_map()?.get(name)?.as_bool()
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
