//! `workspace/executeCommand`

use std::sync::Arc;

use ide::RunStatus;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{ExecuteCommandParams, MessageType};

use crate::lsp_ext::RunArguments;
use crate::run_service::Target;
use crate::server::Server;
use crate::to_proto;

/// Runs a file or one run block: `{uri, run?}`. Returns [`crate::lsp_ext::RunSummary`].
pub(crate) const RUN: &str = "runblock.run";
/// Says in a message how a file or a run block went: `{uri, run?}`.
pub(crate) const SHOW_RESULT: &str = "runblock.showResult";

pub(crate) const COMMANDS: &[&str] = &[RUN, SHOW_RESULT];

pub(crate) async fn execute_command(server: &Server, params: ExecuteCommandParams) -> Result<Option<Value>> {
    let token = params.work_done_progress_params.work_done_token;
    match params.command.as_str() {
        RUN => {
            let target = target(server, params.arguments)?;
            let summary = Arc::clone(&server.runs).run(target, token, None, None).await?;
            serde_json::to_value(summary).map(Some).map_err(|_| Error::internal_error())
        }
        SHOW_RESULT => {
            show_result(server, target(server, params.arguments)?).await?;
            Ok(None)
        }
        other => Err(Error::invalid_params(format!("There is no command {other}."))),
    }
}

/// The arguments' file as it is now.
fn target(server: &Server, arguments: Vec<Value>) -> Result<Target> {
    let argument = arguments.into_iter().next().unwrap_or_default();
    let arguments: RunArguments =
        serde_json::from_value(argument).map_err(|error| Error::invalid_params(error.to_string()))?;
    let Some((view, file)) = server.session.view(&arguments.uri) else {
        return Err(Error::invalid_params(format!("There is no file {}.", arguments.uri)));
    };
    Ok(Target { view, file, run: arguments.run })
}

async fn show_result(server: &Server, target: Target) -> Result<()> {
    let (kind, message) = server.session.compute(move |_| result_message(&target)).await?;
    server.client.show_message(kind, message).await;
    Ok(())
}

/// Each verdict with what went wrong.
fn result_message(target: &Target) -> (MessageType, String) {
    let mut kind = MessageType::INFO;
    let mut lines = Vec::new();
    for (id, _) in target.view.snapshot.runs(&target.file) {
        if target.run.as_ref().is_some_and(|run| *run != id.run) {
            continue;
        }
        let Some(result) = target.view.results.get(&id) else { continue };
        if matches!(result.status, RunStatus::Fail | RunStatus::Error) {
            kind = MessageType::ERROR;
        }
        lines.push(format!("run \"{}\": {}", id.run, ide::verdict(result)));
        lines.extend(result.diagnostics.iter().map(|it| to_proto::message(&it.diagnostic)));
    }
    if lines.is_empty() {
        lines.push("This has not been run yet.".to_owned());
    }
    (kind, lines.join("\n"))
}
