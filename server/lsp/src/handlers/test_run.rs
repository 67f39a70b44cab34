//! `runblock/testRun`, and the progress that it sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use suite::{Event, RunFinished, Status};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;

use crate::lsp_ext::{
    EnqueuedTests, TestIdentifier, TestMessage, TestRunMessage, TestRunParams, TestRunProgress,
    TestRunProgressParams, TestRunResponse,
};
use crate::run_service::{Listener, Target};
use crate::server::Server;
use crate::to_proto;
use crate::verdicts::{in_folder, placed};
use crate::view::View;

/// Begins a run and says what is in it; the rest comes as `runblock/testRunProgress`.
pub(crate) async fn test_run(server: &Server, params: TestRunParams) -> Result<TestRunResponse> {
    let targets = match params.include {
        Some(include) => included(server, include),
        None => server.session.views().into_iter().flat_map(|view| open_test_files(&view)).collect(),
    };
    let (targets, enqueued) = server.session.compute(move |_| enqueue(targets)).await?;
    let id = params.id;
    let (sender, mut messages) = mpsc::unbounded_channel();
    let work: Vec<_> = targets
        .into_iter()
        .map(|target| {
            let runs = Arc::clone(&server.runs);
            let listener = listener(sender.clone());
            async move { runs.run(target, None, Some(id), Some(listener)).await }
        })
        .collect();
    let client = server.client.clone();
    tokio::spawn(async move {
        let send =
            |message| client.send_notification::<TestRunProgress>(TestRunProgressParams { id, message });
        let forward = async {
            while let Some(message) = messages.recv().await {
                send(message).await;
            }
        };
        let run = async {
            join_all(work).await;
            drop(sender);
        };
        futures::join!(run, forward);
        send(TestRunMessage::End).await;
    });
    Ok(TestRunResponse { enqueued })
}

/// What the client asks for. A file that is asked for as a whole covers its run blocks.
fn included(server: &Server, include: Vec<TestIdentifier>) -> Vec<(Target, Option<String>)> {
    let mut by_file: BTreeMap<Url, Vec<Option<String>>> = BTreeMap::new();
    for test in include {
        by_file.entry(test.uri).or_default().push(test.id);
    }
    let mut targets = Vec::new();
    for (uri, mut ids) in by_file {
        if ids.contains(&None) {
            ids = vec![None];
        }
        ids.dedup();
        if let Some((view, file)) = server.session.view(&uri) {
            targets.extend(
                ids.into_iter().map(|id| (Target { view: view.clone(), file: file.clone(), run: None }, id)),
            );
        }
    }
    targets
}

fn open_test_files(view: &View) -> Vec<(Target, Option<String>)> {
    let files = view.open.keys().cloned();
    files.map(|file| (Target { view: view.clone(), file, run: None }, None)).collect()
}

/// Finds the run blocks of ids. Ids of run blocks that are gone are left out, as are files that are no tests.
fn enqueue(targets: Vec<(Target, Option<String>)>) -> (Vec<Target>, Vec<EnqueuedTests>) {
    let mut kept = Vec::new();
    let mut enqueued: Vec<EnqueuedTests> = Vec::new();
    for (mut target, id) in targets {
        let runs = target.view.snapshot.runs(&target.file);
        let wanted =
            runs.iter().map(|(it, _)| it).filter(|it| id.as_ref().is_none_or(|id| it.to_string() == *id));
        let wanted: Vec<_> = wanted.collect();
        let (Some(first), Some(uri)) = (wanted.first(), target.view.url(&target.file)) else { continue };
        target.run = id.as_ref().map(|_| first.run.to_string());
        let ids = wanted.iter().map(|it| it.to_string());
        match enqueued.iter_mut().find(|it| it.uri == uri) {
            Some(file) => file.ids.extend(ids),
            None => enqueued.push(EnqueuedTests { uri, ids: ids.collect() }),
        }
        kept.push(target);
    }
    (kept, enqueued)
}

fn listener(sender: mpsc::UnboundedSender<TestRunMessage>) -> Listener {
    Box::new(move |view, dir, event| {
        let identifier = |id: &config::TestId| {
            let id = in_folder(id, dir);
            Some(TestIdentifier { uri: view.url(&id.file)?, id: Some(id.to_string()) })
        };
        let message = match event {
            Event::RunStarted { id, .. } => identifier(id).map(|test| TestRunMessage::Started { test }),
            Event::RunFinished(run) => identifier(&run.id).map(|test| finished(view, dir, run, test)),
            Event::Diagnostics { diagnostics } | Event::TeardownFailed { diagnostics, .. } => {
                let lines: Vec<String> = diagnostics.iter().map(to_proto::message).collect();
                (!lines.is_empty()).then(|| TestRunMessage::Output { value: lines.join("\n") })
            }
            _ => None,
        };
        // The receiver is gone only when the server is.
        message.into_iter().for_each(|message| drop(sender.send(message)));
    })
}

fn finished(view: &View, dir: &str, run: &RunFinished, test: TestIdentifier) -> TestRunMessage {
    let duration = u64::try_from(run.elapsed.as_millis()).unwrap_or(u64::MAX);
    let version = view.version(&in_folder(&run.id, dir).file);
    let messages = || {
        let errors = run.diagnostics.iter().filter(|it| it.is_error()).map(|it| placed(it.clone(), dir));
        let message = |it: syntax::Diagnostic| TestMessage {
            location: it.subject.as_ref().and_then(|place| to_proto::location(view, place)),
            message: to_proto::message(&it),
        };
        errors.map(message).collect()
    };
    match run.status {
        Status::Pass => TestRunMessage::Passed { test, duration, version },
        Status::Fail => TestRunMessage::Failed { test, messages: messages(), duration, version },
        Status::Error => TestRunMessage::Errored { test, messages: messages(), duration, version },
        Status::Skip | Status::Pending => TestRunMessage::Skipped { test },
    }
}
