//! `runblock lsp`: one client on standard input and output.

use std::time::Duration;

use crate::server;
use crate::transport;

/// How long computations that nobody waits for any more may keep the process alive.
const GRACE: Duration = Duration::from_millis(500);
/// The stack of the threads that parse and evaluate; recursion grows its own where it must.
pub(crate) const STACK: usize = 8 << 20;

/// Serves until the client leaves and returns the process's exit code. Nothing but protocol messages is written to
/// standard output.
///
/// # Errors
///
/// When the threads cannot be started.
pub fn serve_stdio() -> std::io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    let end = runtime.block_on(async {
        let (service, socket) = server::service();
        let runs = service.inner().runs();
        let end = transport::serve(service, socket, tokio::io::stdin(), tokio::io::stdout()).await;
        runs.cancel_all();
        end
    });
    // Reading standard input blocks a thread for as long as the client keeps its end open.
    runtime.shutdown_timeout(GRACE);
    Ok(end.code())
}
