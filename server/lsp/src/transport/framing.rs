//! `Content-Length` framing that survives garbage: whatever is not a message is reported and skipped.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, Request, Response};

/// A body longer than this is not a message but a broken header.
const LONGEST_BODY: usize = 512 << 20;
/// A header line longer than this is garbage; it is skipped in pieces.
const LONGEST_LINE: u64 = 8 << 10;

/// What was read.
pub(super) enum Incoming {
    Request(Request),
    Response(Response),
    Malformed(Error),
}

/// Reads messages until `stdin` ends.
pub(super) async fn read(stdin: impl AsyncRead + Unpin, messages: mpsc::Sender<Incoming>) {
    let mut stdin = BufReader::with_capacity(64 << 10, stdin);
    while let Ok(Some(length)) = content_length(&mut stdin, &messages).await {
        let mut body = vec![0; length];
        if stdin.read_exact(&mut body).await.is_err() {
            return;
        }
        if messages.send(parse(&body)).await.is_err() {
            return;
        }
    }
}

/// Writes messages until no sender is left.
pub(super) async fn write(
    mut stdout: impl AsyncWrite + Unpin,
    mut messages: mpsc::UnboundedReceiver<Vec<u8>>,
) -> std::io::Result<()> {
    while let Some(body) = messages.recv().await {
        stdout.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
        stdout.write_all(&body).await?;
        if messages.is_empty() {
            stdout.flush().await?;
        }
    }
    stdout.flush().await
}

/// Reads header lines up to the empty one. `None` at the end of the input.
async fn content_length(
    stdin: &mut (impl AsyncBufReadExt + Unpin),
    messages: &mpsc::Sender<Incoming>,
) -> std::io::Result<Option<usize>> {
    let mut length = None;
    let mut garbage = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut *stdin).take(LONGEST_LINE).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        let text = text.trim();
        match text.rsplit_once("content-length:") {
            Some((before, value)) => {
                garbage |= !before.trim().is_empty();
                length = value.trim().parse().ok().filter(|length| *length <= LONGEST_BODY);
                garbage |= length.is_none();
            }
            None if text.is_empty() => {
                if let Some(length) = length {
                    return Ok(Some(length));
                }
            }
            None if text.starts_with("content-type:") => {}
            None => garbage = true,
        }
        // One report for a stretch of garbage, at the header that ends it.
        if garbage && length.is_some() {
            garbage = false;
            let _ = messages.send(Incoming::Malformed(Error::parse_error())).await;
        }
    }
}

fn parse(body: &[u8]) -> Incoming {
    let mut message: Value = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(_) => return Incoming::Malformed(Error::parse_error()),
    };
    let Some(fields) = message.as_object_mut() else {
        return Incoming::Malformed(Error::invalid_request());
    };
    if let Some(method) = fields.get("method").and_then(Value::as_str) {
        // `params: null` is what several clients send for "none"; tower-lsp takes it for a wrong argument.
        if matches!(method, "shutdown" | "exit") || fields.get("params").is_some_and(Value::is_null) {
            fields.remove("params");
        }
        return serde_json::from_value(message)
            .map_or_else(|_| Incoming::Malformed(Error::invalid_request()), Incoming::Request);
    }
    serde_json::from_value(message)
        .map_or_else(|_| Incoming::Malformed(Error::invalid_request()), Incoming::Response)
}
