//! The loop between standard input, the language server and standard output.
//!
//! It stands in for `tower_lsp::Server`, which stops reading after the first malformed message, dies with the
//! first panicking handler and does not return on `exit` while the client keeps its end of the pipe open.
//! Nothing here knows a language server method other than `shutdown` and `exit`.

mod framing;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{SinkExt, poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use framing::Incoming;

use crate::written;

/// How long answers that are still being computed may take after the client has closed its end.
const DRAIN: Duration = Duration::from_secs(2);

/// Why the loop ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// `exit` after `shutdown`.
    Exit,
    /// `exit` without `shutdown`: the protocol wants exit code 1.
    ExitWithoutShutdown,
    /// The client closed standard input.
    Closed,
}

impl End {
    /// The process's exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            End::Exit | End::Closed => 0,
            End::ExitWithoutShutdown => 1,
        }
    }
}

/// Serves until the client says `exit` or closes `stdin`.
///
/// Every handler is polled once before the next message is looked at, so whatever a handler does before its
/// first pending await happens in the order of the messages.
pub(crate) async fn serve<S: LanguageServer>(
    mut service: LspService<S>,
    socket: ClientSocket,
    stdin: impl AsyncRead + Send + Unpin + 'static,
    stdout: impl AsyncWrite + Send + Unpin + 'static,
) -> End {
    let (mut requests, mut replies) = socket.split();
    let (sender, mut incoming) = mpsc::channel(256);
    let reader = tokio::spawn(framing::read(stdin, sender));
    let (output, outgoing) = mpsc::unbounded_channel();
    let writer = tokio::spawn(framing::write(stdout, outgoing));
    let mut running: FuturesUnordered<Answering> = FuturesUnordered::new();
    let mut shut_down = false;

    let end = loop {
        tokio::select! {
            biased;
            message = incoming.recv() => match message {
                None => break End::Closed,
                Some(Incoming::Malformed(error)) => {
                    tracing::warn!("malformed message: {error}");
                    send(&output, &Response::from_error(Id::Null, error));
                }
                Some(Incoming::Response(response)) => {
                    let _ = replies.send(response).await;
                }
                Some(Incoming::Request(request)) => {
                    match request.method() {
                        "shutdown" => shut_down = true,
                        "exit" if shut_down => break End::Exit,
                        "exit" => break End::ExitWithoutShutdown,
                        _ => {}
                    }
                    let mut handler = guarded(&mut service, request).await;
                    match poll!(&mut handler) {
                        std::task::Poll::Ready(answer) => deliver(&output, answer),
                        std::task::Poll::Pending => running.push(handler),
                    }
                }
            },
            Some(request) = requests.next() => send(&output, &request),
            Some(answer) = running.next(), if !running.is_empty() => deliver(&output, answer),
        }
    };
    if end == End::Closed {
        let _ = tokio::time::timeout(DRAIN, async {
            while let Some(answer) = running.next().await {
                deliver(&output, answer);
            }
        })
        .await;
    }
    reader.abort();
    drop(output);
    let _ = tokio::time::timeout(DRAIN, writer).await;
    end
}

/// The handler of one message, which ends with the text of its answer, if it has one.
type Answering = BoxFuture<'static, Option<serde_json::Result<Vec<u8>>>>;

/// The handler of one message; a panic inside becomes an error response, and the server goes on.
async fn guarded<S: LanguageServer>(service: &mut LspService<S>, request: Request) -> Answering {
    use tower_service::Service as _;

    let (request, is_written) = written::handled(request);
    let id = request.id().cloned();
    let method = request.method().to_owned();
    if std::future::poll_fn(|context| service.poll_ready(context)).await.is_err() {
        return futures::future::ready(None).boxed();
    }
    let handler = AssertUnwindSafe(service.call(request)).catch_unwind();
    async move {
        let response = match handler.await {
            Ok(response) => response
                .ok()
                .flatten()
                // What begins with `$/` may be ignored, but a request must have an answer.
                .or_else(|| id.map(|id| Response::from_error(id, Error::method_not_found()))),
            Err(_) => {
                tracing::error!("the handler of {method} panicked");
                id.map(|id| Response::from_error(id, Error::internal_error()))
            }
        };
        response.map(|response| match is_written {
            true => written::message(response),
            false => serde_json::to_vec(&response),
        })
    }
    .boxed()
}

fn send(output: &mpsc::UnboundedSender<Vec<u8>>, message: &impl serde::Serialize) {
    deliver(output, Some(serde_json::to_vec(message)));
}

fn deliver(output: &mpsc::UnboundedSender<Vec<u8>>, message: Option<serde_json::Result<Vec<u8>>>) {
    match message {
        None => {}
        // The writer is gone only when the client has closed its end; there is nobody to tell then.
        Some(Ok(body)) => drop(output.send(body)),
        Some(Err(error)) => tracing::error!("a message could not be written: {error}"),
    }
}
