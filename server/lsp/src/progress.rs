//! A run's work-done progress: what the editor shows in its status bar, with a button to cancel.

use std::time::Duration;

use suite::Event;
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::Progress as ProgressNotification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::capabilities;
use crate::lsp_ext::RunSummary;
use crate::run_service::{Target, describe};

/// How long the client may take to agree to show progress; the run does not wait longer for it.
const AGREE: Duration = Duration::from_secs(1);

pub(crate) struct Progress {
    /// `None` when the client shows no progress.
    shown: Option<(Client, NumberOrString)>,
}

impl Progress {
    /// Begins to show progress under `token`, which is the server's own or came with the request.
    pub(crate) async fn begin(
        client: &Client,
        capabilities: capabilities::Client,
        token: NumberOrString,
        own: bool,
        target: &Target,
    ) -> Progress {
        let agreed = if own {
            let ask = WorkDoneProgressCreateParams { token: token.clone() };
            capabilities.work_done_progress
                && tokio::time::timeout(AGREE, client.send_request::<WorkDoneProgressCreate>(ask))
                    .await
                    .is_ok_and(|answer| answer.is_ok())
        } else {
            true
        };
        let progress = Progress { shown: agreed.then(|| (client.clone(), token)) };
        let what = match &target.run {
            Some(run) => format!("run \"{run}\""),
            None => target.file.base_name().to_owned(),
        };
        let begin = WorkDoneProgressBegin {
            title: format!("Testing {what}"),
            cancellable: Some(true),
            ..WorkDoneProgressBegin::default()
        };
        progress.send(WorkDoneProgress::Begin(begin)).await;
        progress
    }

    pub(crate) async fn report(&self, event: &Event) {
        let message = match event {
            Event::RunStarted { run, .. } => format!("run \"{run}\""),
            Event::TeardownStarted { .. } => "tearing down".to_owned(),
            Event::Interrupted { .. } => "stopping".to_owned(),
            _ => return,
        };
        let report =
            WorkDoneProgressReport { cancellable: Some(true), message: Some(message), percentage: None };
        self.send(WorkDoneProgress::Report(report)).await;
    }

    pub(crate) async fn end(self, summary: &RunSummary) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(describe(summary)) })).await;
    }

    async fn send(&self, value: WorkDoneProgress) {
        if let Some((client, token)) = &self.shown {
            let params = ProgressParams { token: token.clone(), value: ProgressParamsValue::WorkDone(value) };
            client.send_notification::<ProgressNotification>(params).await;
        }
    }
}
