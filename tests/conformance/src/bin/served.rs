//! `runblock` with the providers that this crate serves, for public modules that need them: `real-modules.sh` runs it.

use std::process::ExitCode;
use std::sync::Arc;

use cli::Environment;
use runblock_conformance::coder_provider::CoderProvider;
use suite::Cancel;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    let Ok(mut environment) = Environment::of_process(Arc::new(Cancel::new())) else {
        return ExitCode::FAILURE;
    };
    environment.providers = environment.providers.with(Arc::new(CoderProvider::new()));
    let code = cli::run(arguments, &environment, &mut std::io::stdout(), &mut std::io::stderr());
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
