//! The HTTP client: one connection, opened when something is asked and kept for what is asked next.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::WinRm;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{ntlm, tls};
use crate::remote::dial::{PATIENCE, Stream, tcp};
use crate::remote::words;

const KIND: &str = "application/soap+xml";

/// Far more than a machine may answer: it is told how much.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How much later than the time in which it is to answer a machine is given up.
const GRACE: Duration = Duration::from_secs(15);

pub(super) struct Client<'a> {
    connection: &'a WinRm,
    url: String,
    host: HeaderValue,
    tls: Option<TlsConnector>,
    open: Option<SendRequest<Full<Bytes>>>,
    random: &'a dyn Fn() -> u32,
}

impl<'a> Client<'a> {
    /// Connects nobody yet.
    pub(super) fn new(connection: &'a WinRm, random: &'a dyn Fn() -> u32) -> Result<Client<'a>, String> {
        let authorities = tls::Authorities::read(connection)?;
        let (scheme, tls) = match connection.https {
            true => ("https", Some(authorities.connector(connection.insecure)?)),
            false => ("http", None),
        };
        let address = format!("{}:{}", connection.host, connection.port);
        let url = format!("{scheme}://{address}/wsman");
        if url.parse::<Uri>().is_err() {
            return Err(no_url(&url, &connection.host));
        }
        let host = HeaderValue::from_str(&address).map_err(|_| no_url(&url, &connection.host))?;
        Ok(Client { connection, url, host, tls, open: None, random })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a message, and gives the status and the text of the answer.
    pub(super) async fn post(&mut self, message: String) -> Result<(StatusCode, String), String> {
        let unknown = |url: &str, why: String| format!("unknown error Post \"{url}\": {why}");
        let response = self.answer(message).await.map_err(|why| unknown(&self.url, why))?;
        let status = response.status();
        let failed = |why: String| format!("http response error: {} - {why}", status.as_u16());
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.contains(KIND)) {
            // What else it says is not read, so that nothing more can be asked on this connection.
            self.open = None;
            return Err(failed("invalid content type".to_owned()));
        }
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| {
            self.open = None;
            failed(match error.downcast_ref::<LengthLimitError>() {
                Some(_) => format!("the answer is longer than {LONGEST_ANSWER} bytes"),
                None => "error while reading request body unexpected EOF".to_owned(),
            })
        })?;
        Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
    }

    async fn answer(&mut self, message: String) -> Result<Response<Incoming>, String> {
        let WinRm { user, password, ntlm, .. } = self.connection;
        let message = Bytes::from(message);
        if !ntlm {
            let secret = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
            return self.send(message, Some(&secret)).await;
        }
        // Whom the machine has come to know, it knows for as long as the connection lasts.
        let response = self.send(message.clone(), None).await?;
        let Some(scheme) = ntlm::scheme(response.headers()) else { return Ok(response) };
        drain(response).await?;
        let greeting = format!("{scheme} {}", STANDARD.encode(ntlm::negotiate()));
        let response = self.send(message.clone(), Some(&greeting)).await?;
        let Some(challenge) = ntlm::challenge(response.headers(), scheme) else { return Ok(response) };
        drain(response).await?;
        let answer = ntlm::authenticate(&challenge, user, password, self.nonce())?;
        self.send(message, Some(&format!("{scheme} {}", STANDARD.encode(answer)))).await
    }

    /// Sends one request on the connection that is open, or on a new one where the machine has closed it meanwhile.
    async fn send(&mut self, message: Bytes, secret: Option<&str>) -> Result<Response<Incoming>, String> {
        let limit = self.connection.timeout.saturating_add(GRACE);
        let kept = match self.open.take() {
            Some(mut open) => open.ready().await.is_ok().then_some(open),
            None => None,
        };
        let was_kept = kept.is_some();
        let mut open = match kept {
            Some(open) => open,
            None => self.dial().await?,
        };
        let mut answer = timeout(limit, open.send_request(self.request(message.clone(), secret)?)).await;
        if was_kept && matches!(&answer, Ok(Err(error)) if error.is_canceled() || error.is_closed()) {
            open = self.dial().await?;
            answer = timeout(limit, open.send_request(self.request(message, secret)?)).await;
        }
        match answer {
            Ok(Ok(response)) => {
                self.open = Some(open);
                Ok(response)
            }
            Ok(Err(error)) => Err(explain(&error)),
            Err(_) => Err("net/http: timeout awaiting response headers".to_owned()),
        }
    }

    fn request(&self, message: Bytes, secret: Option<&str>) -> Result<Request<Full<Bytes>>, String> {
        let builder = Request::post("/wsman")
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, format!("{KIND};charset=UTF-8"));
        let builder = match secret {
            Some(secret) => builder.header(AUTHORIZATION, secret),
            None => builder,
        };
        builder.body(Full::new(message)).map_err(|error| error.to_string())
    }

    async fn dial(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let WinRm { host, port, .. } = self.connection;
        // As in Go, no host is this machine.
        let stream = tcp(if host.is_empty() { "127.0.0.1" } else { host }, *port).await?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let done = timeout(PATIENCE, tls.connect(tls::name(host)?, stream)).await;
                let done = done.map_err(|_| "net/http: TLS handshake timeout".to_owned())?;
                Box::new(done.map_err(|error| tls::explain(&error))?)
            }
        };
        let (open, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| explain(&error))?;
        // Its failures are told to whoever waits for an answer.
        tokio::spawn(connection);
        Ok(open)
    }

    fn nonce(&self) -> [u8; 8] {
        let [a, b] = [(); 2].map(|()| (self.random)());
        // Of each number 31 bits are random.
        (u64::from(a) << 33 ^ u64::from(b)).to_le_bytes()
    }
}

/// Reads an answer that only asks for more, so that the connection can be used again.
async fn drain(response: Response<Incoming>) -> Result<(), String> {
    let read = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
    read.map(|_| ()).map_err(|_| "unexpected EOF".to_owned())
}

fn explain(error: &hyper::Error) -> String {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return "EOF".to_owned();
    }
    if error.is_parse() {
        return format!("net/http: HTTP/1.x transport connection broken: malformed HTTP response ({error})");
    }
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(error) => words::of(error),
        None => error.to_string(),
    }
}

fn no_url(url: &str, host: &str) -> String {
    let why = match host.chars().find(|letter| !letter.is_ascii_graphic() || "\"<>^`{|}\\".contains(*letter))
    {
        Some(letter) => {
            format!("invalid character {} in host name", lang::quote(letter.encode_utf8(&mut [0; 4])))
        }
        None => "invalid host name".to_owned(),
    };
    format!("impossible to create http request parse \"{url}\": {why}")
}
