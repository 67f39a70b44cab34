//! The one shipped program.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(command) if command == "lsp" => {
            log_to_stderr();
            match lsp::serve_stdio() {
                Ok(code) => ExitCode::from(code),
                Err(error) => {
                    tracing::error!("the server cannot start: {error}");
                    ExitCode::FAILURE
                }
            }
        }
        _ => ExitCode::from(2),
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
