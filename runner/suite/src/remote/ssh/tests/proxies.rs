//! Proxies and the agent, each played by a few lines.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;

use engine::Proxy;

use super::*;

/// Passes bytes on in both directions.
fn join(one: TcpStream, other: TcpStream) {
    let pump = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    };
    pump(one.try_clone().unwrap(), other.try_clone().unwrap());
    pump(other, one);
}

/// Listens, and has each caller answered.
fn listen(answer: fn(TcpStream) -> io::Result<()>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for caller in listener.incoming() {
            let _ = answer(caller.unwrap());
        }
    });
    port
}

fn http(mut caller: TcpStream) -> io::Result<()> {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        caller.read_exact(&mut byte)?;
        asked.extend(byte);
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    // `me:pass`
    if !asked.contains("\r\nProxy-Authorization: Basic bWU6cGFzcw==\r\n") {
        return caller.write_all(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n");
    }
    let target = asked.split(' ').nth(1).unwrap();
    let machine = TcpStream::connect(target)?;
    caller.write_all(b"HTTP/1.1 200 Go on\r\nVia: here\r\n\r\n")?;
    join(caller, machine);
    Ok(())
}

fn socks(mut caller: TcpStream) -> io::Result<()> {
    let read = |count: usize, caller: &mut TcpStream| {
        let mut bytes = vec![0; count];
        caller.read_exact(&mut bytes).map(|()| bytes)
    };
    let methods = read(2, &mut caller)?[1];
    read(methods.into(), &mut caller)?;
    caller.write_all(&[5, 2])?;
    let length = read(2, &mut caller)?[1];
    let user = read(length.into(), &mut caller)?;
    let length = read(1, &mut caller)?[0];
    let password = read(length.into(), &mut caller)?;
    let known = (user.as_slice(), password.as_slice()) == (b"me", b"pass");
    caller.write_all(&[1, u8::from(!known)])?;
    let request = read(10, &mut caller)?;
    let [5, 1, 0, 1, a, b, c, d, high, low] = request[..] else { return Ok(()) };
    match TcpStream::connect((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low]))) {
        Ok(machine) => {
            caller.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
            join(caller, machine);
        }
        Err(_) => caller.write_all(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0])?,
    }
    Ok(())
}

fn proxy(scheme: &str, port: u16, password: &str) -> Option<Proxy> {
    let [scheme, host, user, password] = [scheme, "127.0.0.1", "me", password].map(str::to_owned);
    Some(Proxy { scheme, host, port, user, password })
}

#[test]
fn proxies_pass_connections_on() {
    let server = Server::start(doors());
    let (http, socks) = (listen(http), listen(socks));
    let through = |proxy| try_out(&Ssh { proxy, ..connection(&server) });
    let failure = |proxy| refusal(&Ssh { proxy, ..connection(&server) });
    assert_eq!(through(proxy("http", http, "pass")), Ok(()));
    assert_eq!(through(proxy("https", http, "pass")), Ok(()));
    assert_eq!(through(proxy("socks5", socks, "pass")), Ok(()));
    assert_eq!(failure(proxy("http", http, "no")), "Connection Error: StatusCode: 407");
    assert_eq!(
        failure(proxy("socks5", socks, "no")),
        format!(
            "socks connect tcp 127.0.0.1:{socks}->127.0.0.1:{}: username/password authentication failed",
            server.port
        )
    );
    assert_eq!(failure(proxy("ftp", http, "pass")), "proxy: unknown scheme: ftp");
    let closed = failure(proxy("http", 1, "pass"));
    assert_eq!(closed, "dial tcp 127.0.0.1:1: connect: connection refused");
    let mut away = Ssh { proxy: proxy("socks5", socks, "pass"), ..connection(&server) };
    away.target.port = 1;
    let away = refusal(&away);
    assert!(away.ends_with("->127.0.0.1:1: unknown error connection refused"), "{away}");
}

#[cfg(unix)]
mod agents {
    use futures::stream::poll_fn;
    use russh::keys::agent::client::AgentClient;
    use russh::keys::agent::server::serve;
    use tokio::net::{UnixListener, UnixStream};

    use super::*;

    #[test]
    fn keys_of_the_agent_are_tried() {
        let (own, other) = (key(), key());
        let server = Server::start(Doors { keys: vec![own.public_key().clone()], ..doors() });
        let folder = empty();
        let socket = folder.join("agent");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = UnixListener::bind(&socket).unwrap();
            let callers = poll_fn(move |context| {
                listener.poll_accept(context).map(|caller| Some(caller.map(|it| it.0)))
            });
            tokio::spawn(serve(callers, ()));
            let mut client = AgentClient::connect(UnixStream::connect(&socket).await.unwrap());
            client.add_identity(&other, &[]).await.unwrap();
            client.add_identity(&own, &[]).await.unwrap();
        });
        let mut connection = connection(&server);
        connection.target.password = String::new();
        let here = Here { agent: socket.to_str(), ..at(&folder) };
        let script = [Material::Text("true\n")];
        assert_eq!(run(&connection, &script, here), Ok(()));
        connection.agent = Some(true);
        assert_eq!(
            run(&connection, &script, at(&folder)).unwrap_err(),
            "SSH agent requested but SSH_AUTH_SOCK not-specified"
        );
        let gone = folder.join("gone");
        assert_eq!(
            run(&connection, &script, Here { agent: gone.to_str(), ..at(&folder) }).unwrap_err(),
            format!(
                "Error connecting to SSH_AUTH_SOCK: dial unix {}: connect: no such file or directory",
                gone.display()
            )
        );
        connection.agent = Some(false);
        connection.timeout = Duration::from_secs(2);
        assert!(run(&connection, &script, here).unwrap_err().contains("attempted methods [none]"));
    }
}
