//! Who is let in, and where.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Certificates that machines have signed themselves, as `openssl` writes them; the keys open nothing else.
const CERTIFICATE: (&str, &str) = (include_str!("keys/server.pem"), include_str!("keys/server_key.pem"));
const ELSEWHERE: (&str, &str) = (include_str!("keys/elsewhere.pem"), include_str!("keys/elsewhere_key.pem"));

/// What a machine that speaks NTLM says to a message that logs in, until it is content. The proof itself is held by the
/// example of the specification.
pub(super) fn demand(secret: &str) -> Option<String> {
    let Some(message) = secret.strip_prefix("Negotiate ") else { return Some("Negotiate".to_owned()) };
    let message = STANDARD.decode(message).unwrap();
    let number = |at: usize| usize::from(u16::from_le_bytes([message[at], message[at + 1]]));
    let part =
        |at: usize| String::from_utf8_lossy(&message[number(at + 4)..][..number(at)]).replace('\0', "");
    match message[8] {
        1 => {
            let mut challenge = [b"NTLMSSP\0".as_slice(), &[2, 0, 0, 0], &[0; 12], &[1; 8], &[0; 8]].concat();
            challenge.extend([4, 0, 4, 0, 48, 0, 0, 0]);
            challenge.extend([0; 4]);
            Some(format!("Negotiate {}", STANDARD.encode(challenge)))
        }
        _ if (part(28).as_str(), part(36).as_str()) == ("HOME", "user") && number(20) > 44 => None,
        _ => Some("Negotiate".to_owned()),
    }
}

fn posting(server: &Server, scheme: &str, why: &str) -> String {
    format!("unknown error Post \"{scheme}://127.0.0.1:{}/wsman\": {why}", server.port)
}

#[test]
fn passwords_open_the_door() {
    let server = Server::start(habits());
    assert_eq!(try_out(&connection(&server)), Ok(()));
    let wrong = WinRm { password: "wrong".to_owned(), ..connection(&server) };
    assert_eq!(refusal(&wrong), "http response error: 401 - invalid content type");
    assert_eq!(server.seen.lock().unwrap().connections, 2);
}

#[test]
fn users_of_a_domain_log_in_by_ntlm_once_for_each_connection() {
    let server = Server::start(Habits { ntlm: true, ..habits() });
    let domain = WinRm { ntlm: true, user: "HOME\\user".to_owned(), ..connection(&server) };
    assert_eq!(try_out(&domain), Ok(()));
    assert_eq!(server.seen.lock().unwrap().connections, 1);
    let nobody = WinRm { user: "user".to_owned(), ..domain };
    assert_eq!(refusal(&nobody), "http response error: 401 - invalid content type");
}

#[test]
fn a_machine_is_known_by_its_certificate() {
    let server = Server::start(Habits { certificate: Some(CERTIFICATE), ..habits() });
    let safe = WinRm { https: true, ..connection(&server) };
    let trusting = |authority: &str| WinRm { authorities: authority.to_owned(), ..safe.clone() };
    assert_eq!(try_out(&trusting(CERTIFICATE.0)), Ok(()));
    assert_eq!(try_out(&WinRm { insecure: true, ..safe.clone() }), Ok(()));
    let unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    assert_eq!(refusal(&trusting(ELSEWHERE.0)), posting(&server, "https", unknown));
    assert_eq!(refusal(&safe), posting(&server, "https", unknown));
    let elsewhere = Server::start(Habits { certificate: Some(ELSEWHERE), ..habits() });
    let named = WinRm { port: elsewhere.port, ..trusting(ELSEWHERE.0) };
    let no_address = "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it \
                      doesn't contain any IP SANs";
    assert_eq!(refusal(&named), posting(&elsewhere, "https", no_address));
    let named = WinRm { host: "localhost".to_owned(), ..named };
    assert!(refusal(&named).ends_with("x509: certificate is valid for example.org, not localhost"));
    // Also where nobody is asked for one.
    let no_certificate = WinRm { https: false, ..trusting("nothing") };
    assert_eq!(refusal(&no_certificate), "Can't parse this key and certs: Unable to read certificates");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let plain = WinRm { port: listener.local_addr().unwrap().port(), ..safe };
    thread::spawn(move || {
        for caller in listener.incoming() {
            let _ = caller.unwrap().write_all(b"HTTP/1.1 400 What do you say\r\n\r\n");
        }
    });
    let why = refusal(&plain);
    assert!(why.ends_with("/wsman\": tls: first record does not look like a TLS handshake"), "{why}");
}

#[test]
fn a_machine_that_is_busy_is_asked_again() {
    let busy = |asked: &Asked<'_>| {
        (asked.action == "Create" && asked.time == 1).then_some(Reply::Http(503, "", "busy"))
    };
    let server = refusing(busy);
    assert_eq!(try_out(&connection(&server)), Ok(()));
    assert_eq!(refusal(&connection(&refusing(busy))), "http response error: 503 - invalid content type");
    let nowhere = WinRm { port: 1, ..connection(&server) };
    let why = "dial tcp 127.0.0.1:1: connect: connection refused";
    assert_eq!(refusal(&nowhere), format!("unknown error Post \"http://127.0.0.1:1/wsman\": {why}"));
    let no_time = WinRm { timeout: Duration::ZERO, ..nowhere.clone() };
    assert_eq!(try_out(&no_time).unwrap_err(), "timeout - last error: <nil>");
    let no_host = WinRm { host: "a b".to_owned(), ..nowhere };
    assert_eq!(
        refusal(&no_host),
        "impossible to create http request parse \"http://a b:1/wsman\": invalid character \" \" in host name"
    );
}

#[test]
fn what_is_no_answer_is_told() {
    const SOAP: &str = "application/soap+xml";
    let refusal = |refuses| refusal(&connection(&refusing(refuses)));
    assert_eq!(refusal(|_| Some(Reply::Fault("No."))), "http error 500: No.");
    assert_eq!(refusal(|_| Some(Reply::Http(200, SOAP, ""))), "EOF");
    assert_eq!(
        refusal(|_| Some(Reply::Http(200, SOAP, "<a>\n<b>"))),
        "XML syntax error on line 2: unexpected EOF"
    );
    assert!(
        refusal(|_| Some(Reply::Http(200, SOAP, "<a><b></a>"))).starts_with("XML syntax error on line 1: ")
    );
    assert_eq!(
        refusal(|_| Some(Reply::Http(200, SOAP, "<a/>"))),
        "the machine does not name the shell that it has created"
    );
}
