//! The one shipped program: `runblock lsp` serves an editor, every other command is the command line's.

use std::process::ExitCode;
use std::sync::Arc;

use cli::Environment;
use suite::Cancel;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    let serves = arguments.first().is_some_and(|command| command == "lsp");
    // Other words behind it are for servers of several protocols, such as `--stdio`.
    let asks = arguments.iter().any(|word| matches!(word.as_str(), "-h" | "-help" | "--help"));
    if serves && !asks { serve() } else { command_line(arguments) }
}

fn serve() -> ExitCode {
    log_to_stderr();
    match lsp::serve_stdio() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            tracing::error!("the server cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command_line(arguments: Vec<String>) -> ExitCode {
    let cancel = Arc::new(Cancel::new());
    // The console waits for input and makes nothing that would have to be destroyed: an interrupt simply ends it.
    let command = arguments.iter().find(|word| !word.starts_with('-'));
    if command.is_none_or(|command| command != "console") {
        listen_for_interrupts(Arc::clone(&cancel));
    }
    let environment = match Environment::of_process(cancel) {
        Ok(environment) => environment,
        Err(error) => {
            use std::io::Write as _;
            // Where standard error is gone too, the exit code has to say it.
            let _ = writeln!(std::io::stderr(), "Error: There is no working directory: {error}.");
            return ExitCode::from(2);
        }
    };
    let code = cli::run_with_input(
        arguments,
        &environment,
        &mut std::io::stdin().lock(),
        &mut std::io::stdout(),
        &mut std::io::stderr(),
    );
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The first interrupt asks to stop, which still tears down; the second ends everything.
fn listen_for_interrupts(cancel: Arc<Cancel>) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        // Without it, an interrupt ends the process as it always does.
        let Ok(runtime) = runtime else { return };
        runtime.block_on(each_interrupt(|| {
            if cancel.is_stopped() {
                cancel.cancel();
            } else {
                cancel.stop();
            }
        }));
    });
}

/// Calls `then` for every interrupt, and for every request to end, as a machine sends it that cancels a job: Terraform takes
/// both alike.
#[cfg(unix)]
async fn each_interrupt(mut then: impl FnMut()) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupts), Ok(mut requests)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    loop {
        tokio::select! {
            _ = interrupts.recv() => then(),
            _ = requests.recv() => then(),
        }
    }
}

#[cfg(not(unix))]
async fn each_interrupt(mut then: impl FnMut()) {
    while tokio::signal::ctrl_c().await.is_ok() {
        then();
    }
}

/// `RUNBLOCK_LOG` says what to log, in the form of `RUST_LOG`: `debug`, `lsp=trace`. Warnings without it.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("RUNBLOCK_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
