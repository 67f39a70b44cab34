//! A machine that speaks SSH, in this process: it keeps files in memory and understands the few commands that are sent.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::{Certificate, PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Response, Session, run_stream};
use russh::{Channel, ChannelId, MethodKind, MethodSet, Pty, Sig};
use tokio::net::{TcpListener, TcpStream};

/// What the machine has and has seen.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) files: BTreeMap<String, String>,
    /// Commands in their order; those on a terminal begin with `$ `.
    pub(super) commands: Vec<String>,
    /// What was passed on to other machines.
    pub(super) tunnels: Vec<String>,
}

/// Who is let in: `user` with this password, or with one of these keys.
#[derive(Clone)]
pub(super) struct Doors {
    pub(super) password: &'static str,
    pub(super) keys: Vec<PublicKey>,
    pub(super) methods: &'static [MethodKind],
    pub(super) host_keys: Vec<PrivateKey>,
    pub(super) certificates: Vec<Certificate>,
    /// How many callers are sent away before one is heard.
    pub(super) busy: usize,
}

pub(super) struct Server {
    pub(super) port: u16,
    pub(super) seen: Arc<Mutex<Seen>>,
    /// When it goes, so does the server.
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(super) fn start(doors: Doors) -> Server {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let port = listener.local_addr().map(|address: SocketAddr| address.port()).unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let config = Arc::new(Config {
            keys: doors.host_keys.clone(),
            certificates: doors.certificates.clone(),
            methods: MethodSet::from(doors.methods),
            auth_rejection_time: Duration::ZERO,
            nodelay: true,
            ..Config::default()
        });
        let shared = Arc::clone(&seen);
        runtime.spawn(async move {
            let mut busy = doors.busy;
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                if busy > 0 {
                    busy -= 1;
                    continue;
                }
                let guest =
                    Guest { doors: doors.clone(), seen: Arc::clone(&shared), channels: BTreeMap::new() };
                if let Ok(session) = run_stream(Arc::clone(&config), stream, guest).await {
                    tokio::spawn(session);
                }
            }
        });
        Server { port, seen, _runtime: runtime }
    }

    pub(super) fn file(&self, path: &str) -> Option<String> {
        self.seen.lock().unwrap().files.get(path).cloned()
    }

    pub(super) fn commands(&self) -> Vec<String> {
        self.seen.lock().unwrap().commands.clone()
    }
}

struct Guest {
    doors: Doors,
    seen: Arc<Mutex<Seen>>,
    channels: BTreeMap<ChannelId, Running>,
}

/// What a channel is used for.
#[derive(Default)]
struct Running {
    terminal: bool,
    /// Where a copy goes, and what of it has not been understood yet.
    copy: Option<(String, Vec<u8>)>,
    failed: bool,
}

impl Guest {
    /// Takes what can be taken of a copy, and answers each part.
    fn receive(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        let Some(running) = self.channels.get_mut(&channel) else { return Ok(()) };
        let Some((directory, pending)) = &mut running.copy else { return Ok(()) };
        loop {
            let Some(end) = pending.iter().position(|byte| *byte == b'\n') else { return Ok(()) };
            let line = String::from_utf8_lossy(&pending[..end]).into_owned();
            let mut words = line.splitn(3, ' ');
            let (mode, size, name) = (words.next(), words.next(), words.next());
            match mode.and_then(|mode| mode.chars().next()) {
                Some('E') => {
                    *directory = directory.rsplit_once('/').unwrap_or_default().0.to_owned();
                    pending.drain(..=end);
                }
                Some('D') => {
                    *directory = format!("{directory}/{}", name.unwrap_or_default());
                    pending.drain(..=end);
                }
                _ => {
                    let size: usize = size.and_then(|size| size.parse().ok()).unwrap();
                    // The line, the bytes, and a zero.
                    if pending.len() < end + 1 + size + 1 {
                        return Ok(());
                    }
                    let bytes: Vec<u8> = pending.drain(..end + size + 2).skip(end + 1).take(size).collect();
                    if directory.starts_with("/closed") {
                        running.failed = true;
                        session.data(channel, format!("\x01scp: {directory}: Permission denied\n"))?;
                        continue;
                    }
                    let path = format!("{directory}/{}", name.unwrap_or_default());
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.seen.lock().unwrap().files.insert(path, text);
                    session.data(channel, vec![0])?;
                }
            }
            session.data(channel, vec![0])?;
        }
    }

    /// Runs a command: what a file says is all that there is.
    fn execute(&self, command: &str, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        let path = command.strip_prefix("chmod 0777 ").unwrap_or(command);
        let text = self.seen.lock().unwrap().files.get(path).cloned();
        let word = |wanted: &str| {
            let line = text.as_deref()?.lines().find_map(|line| line.strip_prefix(wanted))?;
            Some(line.trim().to_owned())
        };
        let status = match text {
            None => {
                session.data(channel, format!("{path}: not found"))?;
                127
            }
            Some(_) if path != command => 0,
            Some(_) => word("exit").and_then(|status| status.parse().ok()).unwrap_or(0),
        };
        if path == command && word("sleep").is_some() {
            return Ok(());
        }
        session.data(channel, "some output\n")?;
        match word("signal").filter(|_| path == command) {
            Some(_) => session.exit_signal_request(channel, Sig::KILL, false, "", "")?,
            None => session.exit_status_request(channel, status)?,
        }
        session.close(channel)
    }
}

impl Handler for Guest {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(if user == "user" && password == self.doors.password { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, user: &str, key: &PublicKey) -> Result<Auth, russh::Error> {
        let known = self.doors.keys.iter().any(|known| known.key_data() == key.key_data());
        Ok(if user == "user" && known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_openssh_certificate(
        &mut self,
        user: &str,
        certificate: &Certificate,
    ) -> Result<Auth, russh::Error> {
        let known = self.doors.keys.iter().any(|known| known.key_data() == certificate.signature_key());
        Ok(if user == "user" && known { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let Some(mut response) = response else {
            return Ok(Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            });
        };
        let right = response.next().is_some_and(|answer| answer == self.doors.password.as_bytes());
        Ok(if right { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), Running::default());
        reply.accept().await;
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.seen.lock().unwrap().tunnels.push(host.to_owned());
        let Ok(mut stream) = TcpStream::connect((host, u16::try_from(port).unwrap())).await else {
            reply.reject(russh::ChannelOpenFailure::ConnectFailed).await;
            return Ok(());
        };
        reply.accept().await;
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut channel.into_stream(), &mut stream).await;
        });
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.entry(channel).or_default().terminal = true;
        session.channel_success(channel)
    }

    async fn agent_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<bool, russh::Error> {
        session.channel_success(channel)?;
        Ok(true)
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let command = String::from_utf8_lossy(command).trim().to_owned();
        let running = self.channels.entry(channel).or_default();
        let shown = if running.terminal { format!("$ {command}") } else { command.clone() };
        self.seen.lock().unwrap().commands.push(shown);
        session.channel_success(channel)?;
        match command.strip_prefix("scp ").and_then(|rest| rest.split_once(' ')) {
            Some((_, target)) => {
                let directory = target.trim_matches(['\'', '"']).trim_end_matches('/');
                running.copy = Some((directory.to_owned(), Vec::new()));
                session.data(channel, vec![0])
            }
            None => self.execute(&command, channel, session),
        }
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if let Some(Running { copy: Some((_, pending)), .. }) = self.channels.get_mut(&channel) {
            pending.extend(data);
        }
        self.receive(channel, session)
    }

    async fn channel_eof(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        if let Some(Running { copy: Some(_), failed, .. }) = self.channels.get(&channel) {
            session.exit_status_request(channel, u32::from(*failed))?;
            session.close(channel)?;
        }
        Ok(())
    }
}
