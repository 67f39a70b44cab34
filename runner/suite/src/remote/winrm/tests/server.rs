//! A machine that speaks WS-Management, in this process: it keeps files in memory and understands the few commands that
//! are sent.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Something that the machine is asked for: the last word of the action, for which time, and of which command.
pub(super) struct Asked<'a> {
    pub(super) action: &'a str,
    /// 1 for the first time.
    pub(super) time: usize,
    pub(super) command: &'a str,
}

/// What the machine answers where it does not do as it is asked.
pub(super) enum Reply {
    Fault(&'static str),
    /// Nothing has happened in the time.
    NothingYet,
    /// A status, a kind and a text.
    Http(u16, &'static str, &'static str),
    /// The connection is closed without an answer.
    Silence,
    /// The same, but after a minute.
    Late,
}

pub(super) struct Habits {
    pub(super) refuses: fn(&Asked<'_>) -> Option<Reply>,
    /// The certificate and the key that the machine shows.
    pub(super) certificate: Option<(&'static str, &'static str)>,
    /// Whether users have to log in by NTLM.
    pub(super) ntlm: bool,
}

/// What the machine has and has seen.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) files: BTreeMap<String, String>,
    /// What was asked for, with the commands.
    pub(super) asked: Vec<String>,
    pub(super) connections: usize,
    /// The last message as it came.
    pub(super) message: String,
    running: BTreeMap<String, (String, i64)>,
    times: BTreeMap<String, usize>,
}

pub(super) struct Server {
    pub(super) port: u16,
    pub(super) seen: Arc<Mutex<Seen>>,
}

trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

impl Server {
    pub(super) fn start(habits: Habits) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let tls = habits.certificate.map(|(certificate, key)| Arc::new(tls(certificate, key)));
        let (habits, shared) = (Arc::new(habits), Arc::clone(&seen));
        thread::spawn(move || {
            for caller in listener.incoming() {
                let (habits, shared, tls) = (Arc::clone(&habits), Arc::clone(&shared), tls.clone());
                shared.lock().unwrap().connections += 1;
                thread::spawn(move || {
                    let caller: TcpStream = caller.unwrap();
                    let stream: Box<dyn Stream> = match tls {
                        None => Box::new(caller),
                        Some(tls) => Box::new(StreamOwned::new(ServerConnection::new(tls).unwrap(), caller)),
                    };
                    // A caller that goes ends the conversation.
                    let _ = converse(stream, &habits, &shared);
                });
            }
        });
        Server { port, seen }
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.seen.lock().unwrap().asked.clone()
    }

    pub(super) fn file(&self, path: &str) -> Option<String> {
        self.seen.lock().unwrap().files.get(path).cloned()
    }
}

fn tls(certificate: &str, key: &str) -> ServerConfig {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

fn converse(stream: Box<dyn Stream>, habits: &Habits, seen: &Mutex<Seen>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut known = false;
    loop {
        let (mut length, mut secret) = (0, String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value)) {
                Some((name, value)) if name == "content-length" => length = value.parse().unwrap(),
                Some((name, value)) if name == "authorization" => secret = value.to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let text = String::from_utf8(body).unwrap();
        if !known {
            let demand = match habits.ntlm {
                true => super::logins::demand(&secret),
                false if secret == format!("Basic {}", STANDARD.encode("user:open sesame")) => None,
                false => Some("Basic realm=\"WSMAN\"".to_owned()),
            };
            if let Some(demand) = demand {
                write!(
                    stream.get_mut(),
                    "HTTP/1.1 401 Who are you\r\nWWW-Authenticate: {demand}\r\nContent-Length: 0\r\n\r\n"
                )?;
                continue;
            }
            known = habits.ntlm;
        }
        let reply = answer(&text, habits, &mut seen.lock().unwrap());
        let (status, kind, text) = match reply {
            Ok(text) => (200, "application/soap+xml;charset=UTF-8", envelope(&text)),
            Err(Reply::Silence) => return Ok(()),
            Err(Reply::Late) => {
                thread::sleep(Duration::from_secs(60));
                return Ok(());
            }
            Err(Reply::Http(status, kind, text)) => (status, kind, text.to_owned()),
            Err(Reply::Fault(why)) => (500, "application/soap+xml;charset=UTF-8", fault(why, "")),
            Err(Reply::NothingYet) => {
                let detail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/OperationTimeout";
                (500, "application/soap+xml;charset=UTF-8", fault("Nothing yet.", detail))
            }
        };
        write!(
            stream.get_mut(),
            "HTTP/1.1 {status} Here\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        )?;
        stream.get_mut().flush()?;
    }
}

fn envelope(body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:m=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:s=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\"><e:Header/><e:Body>{body}</e:Body></e:Envelope>"
    )
}

fn fault(why: &str, detail: &str) -> String {
    envelope(&format!(
        "<e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text xml:lang=\"en-US\">{why}</e:Text>\
         </e:Reason><e:Detail><m:FaultDetail>{detail}</m:FaultDetail></e:Detail></e:Fault>"
    ))
}

/// What stands between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

fn answer(message: &str, habits: &Habits, seen: &mut Seen) -> Result<String, Reply> {
    message.clone_into(&mut seen.message);
    let action = between(message, "<a:Action", "</a:Action>").unwrap().rsplit('/').next().unwrap();
    let line = between(message, "<rsp:Command>", "</rsp:Command>").unwrap_or_default();
    let line = quick_xml::escape::unescape(line).unwrap().into_owned();
    let id = between(message, "CommandId=\"", "\"").unwrap_or_default();
    let known = seen.running.get(id).cloned().unwrap_or_default();
    let command = if line.is_empty() { known.0 } else { shown(&line) };
    let time = seen.times.entry(format!("{action} {command}")).or_default();
    *time += 1;
    let asked = Asked { action, time: *time, command: &command };
    seen.asked.push(format!("{action} {}", asked.command).trim_end().to_owned());
    if let Some(reply) = (habits.refuses)(&asked) {
        return Err(reply);
    }
    match action {
        "Create" => {
            Ok("<m:SelectorSet><m:Selector Name=\"ShellId\">SHELL</m:Selector></m:SelectorSet>".to_owned())
        }
        "Command" => {
            let code = execute(&line, &mut seen.files);
            let id = format!("COMMAND-{}", seen.running.len());
            seen.running.insert(id.clone(), (command, code));
            Ok(format!("<s:CommandResponse><s:CommandId>{id}</s:CommandId></s:CommandResponse>"))
        }
        "Receive" => Ok(format!(
            "<s:ReceiveResponse><s:Stream Name=\"stdout\" CommandId=\"{id}\">{}</s:Stream><s:CommandState \
             CommandId=\"{id}\" State=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done\">\
             <s:ExitCode>{}</s:ExitCode></s:CommandState></s:ReceiveResponse>",
            STANDARD.encode("some output"),
            known.1
        )),
        _ => Ok(String::new()),
    }
}

/// A command in few words: what it does and with which file, without what is random.
fn shown(line: &str) -> String {
    match (script(line), line.split_once(" >> ")) {
        (Some(script), _) if script.contains("FromBase64String") => format!("restore {}", target(&script)),
        (Some(_), _) => "remove".to_owned(),
        (None, Some((echo, _))) => format!("append {}", echo.len()),
        (None, None) => line.to_owned(),
    }
}

/// What PowerShell is asked to run.
fn script(line: &str) -> Option<String> {
    let wide = STANDARD.decode(line.strip_prefix("powershell.exe -EncodedCommand ")?).unwrap();
    let letters: Vec<u16> = wide.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Some(String::from_utf16(&letters).unwrap())
}

fn target(script: &str) -> String {
    between(script, "$to = [IO.Path]::GetFullPath(\"", "\".Trim").unwrap().trim_matches('\'').to_owned()
}

fn execute(line: &str, files: &mut BTreeMap<String, String>) -> i64 {
    if let Some((echo, path)) = line.split_once(" >> ") {
        let path = path.trim_matches('"').replace("%TEMP%", "$env:TEMP");
        let echo = echo.strip_prefix("echo ").unwrap();
        files.entry(path).or_default().push_str(&format!("{echo} \r\n"));
        return 0;
    }
    let Some(script) = script(line) else {
        let text = files.get(&line.replace('/', "\\")).cloned().unwrap_or_default();
        let code = text.lines().find_map(|line| line.strip_prefix("exit "));
        return code.and_then(|code| code.parse().ok()).unwrap_or_default();
    };
    let temporary = between(&script, "GetFullPath(\"", "\"").unwrap().to_owned();
    if !script.contains("FromBase64String") {
        files.remove(&temporary);
        return 0;
    }
    if target(&script).starts_with("C:\\closed") {
        return 1;
    }
    let lines = files.get(&temporary).cloned().unwrap_or_default();
    let bytes: Vec<u8> = lines.lines().flat_map(|line| STANDARD.decode(line.trim()).unwrap()).collect();
    files.insert(target(&script), String::from_utf8(bytes).unwrap());
    0
}
