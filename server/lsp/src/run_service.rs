//! Runs tests for the editor: unsaved buffers are what runs, one run at a time in each module, cancelled from anywhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::{Dialects, DiskFiles, Files, Overlay};
use ide::Project;
use provider::Providers;
use suite::{Cancel, Event, Filter, OsHost, Request, Summary};
use syntax::{Document, FileName, SmolStr};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{MessageType, NumberOrString};

use crate::buffers::BufferedFiles;
use crate::lsp_ext::{RunSummary, Status};
use crate::progress::Progress;
use crate::session::Session;
use crate::task::wait_for;
use crate::verdicts::Verdicts;
use crate::view::View;

/// How long a run may take to wind down after it was asked to stop, before it is ended the hard way.
const WIND_DOWN: Duration = Duration::from_secs(3);

/// The runs of one session.
pub(crate) struct RunService {
    session: Arc<Session>,
    client: tower_lsp::Client,
    /// The environment of the process, as runs see it.
    environment: BTreeMap<String, String>,
    /// One run at a time in each module's directory.
    modules: Mutex<BTreeMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>,
    active: Mutex<BTreeMap<u64, Active>>,
    next: AtomicU64,
}

/// A run that has not ended.
struct Active {
    cancel: Arc<Cancel>,
    token: NumberOrString,
    /// The id of the `runblock/testRun` that it belongs to.
    test_run: Option<u32>,
}

/// What to run: a file, or one run block of it, as they were at this moment.
pub(crate) struct Target {
    pub(crate) view: View,
    pub(crate) file: FileName,
    pub(crate) run: Option<String>,
}

/// Who hears of the events, beside the session's verdicts.
/// The names in an event count from the directory that is given with it.
pub(crate) type Listener = Box<dyn FnMut(&View, &str, &Event) + Send>;

impl RunService {
    pub(crate) fn new(
        session: Arc<Session>,
        client: tower_lsp::Client,
        environment: BTreeMap<String, String>,
    ) -> RunService {
        RunService {
            session,
            client,
            environment,
            modules: Mutex::default(),
            active: Mutex::default(),
            next: AtomicU64::new(1),
        }
    }

    /// Runs `target` and returns the counts. Dropping the future stops the run, which still winds down on its own.
    pub(crate) async fn run(
        self: &Arc<Self>,
        target: Target,
        token: Option<NumberOrString>,
        test_run: Option<u32>,
        listener: Option<Listener>,
    ) -> Result<RunSummary> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let cancel = Arc::new(Cancel::new());
        let own_token = token.is_none();
        let token = token.unwrap_or_else(|| NumberOrString::String(format!("runblock/run/{id}")));
        let active = Active { cancel: Arc::clone(&cancel), token: token.clone(), test_run };
        lock(&self.active).insert(id, active);
        let _stop_when_dropped = StopWhenDropped { service: Arc::clone(self), id };
        let service = Arc::clone(self);
        // A task of its own, so that the editor hears the end of a run that nobody waits for any more.
        let work = tokio::spawn(async move {
            let progress =
                Progress::begin(&service.client, service.session.client(), token, own_token, &target).await;
            let summary = service.execute(target, &cancel, &progress, listener).await;
            progress.end(&summary).await;
            lock(&service.active).remove(&id);
            summary
        });
        let summary = work.await.map_err(|error| {
            tracing::error!("a run ended early: {error}");
            Error::internal_error()
        })?;
        if !self.session.client().code_lens_refresh {
            // There is no other sign of a run in which everything passed.
            self.client.show_message(MessageType::INFO, describe(&summary)).await;
        }
        Ok(summary)
    }

    /// The client pressed "cancel" on the progress of a run.
    pub(crate) fn cancel_progress(&self, token: &NumberOrString) {
        self.stop(|_, active| active.token == *token);
    }

    pub(crate) fn cancel_test_run(&self, id: u32) {
        self.stop(|_, active| active.test_run == Some(id));
    }

    pub(crate) fn cancel_all(&self) {
        lock(&self.active).values().for_each(|active| active.cancel.cancel());
    }

    /// Asks runs to stop, and ends those that do not.
    fn stop(&self, wanted: impl Fn(u64, &Active) -> bool) {
        for (_, active) in lock(&self.active).iter().filter(|(id, active)| wanted(**id, active)) {
            active.cancel.stop();
            let cancel = Arc::clone(&active.cancel);
            // Without a runtime the process is ending anyway.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    tokio::time::sleep(WIND_DOWN).await;
                    cancel.cancel();
                });
            }
        }
    }

    async fn execute(
        &self,
        target: Target,
        cancel: &Arc<Cancel>,
        progress: &Progress,
        mut listener: Option<Listener>,
    ) -> RunSummary {
        let Target { view, file, run } = target;
        let loaded = {
            let (view, file) = (view.clone(), file.clone());
            let schemas = self.session.schemas();
            self.session
                .compute(move |_| {
                    let project = view.snapshot.project(&file);
                    let directory = view.directory(project.dir());
                    let providers = Providers::clone(&schemas.of_module(&directory));
                    (project, directory, providers)
                })
                .await
        };
        let Ok((project, directory, providers)) = loaded else { return RunSummary::default() };
        let turn = self.turn(&directory);
        let _turn = turn.lock().await;
        let mut verdicts =
            Verdicts::new(Arc::clone(&self.session), view.clone(), file.clone(), project.dir());
        verdicts.forget(run.as_deref());
        let dialects = view.snapshot.dialects();
        let request = self.request(&directory, &project, dialects, providers, &file, run.as_deref());
        let (sender, mut events) = mpsc::unbounded_channel();
        let work = {
            let (view, cancel) = (view.clone(), Arc::clone(cancel));
            let (dir, home) = (project.dir().to_owned(), self.environment.get("HOME").cloned());
            wait_for(move |_| {
                let files = files_from(&view, &dir, &directory);
                let host = OsHost::new(directory, home);
                let mut sink = |event: Event| drop(sender.send(event));
                suite::run(&request, &files, &host, &cancel, &mut sink)
            })
        };
        let listen = async {
            while let Some(event) = events.recv().await {
                verdicts.event(&event);
                if let Some(listener) = &mut listener {
                    listener(&view, project.dir(), &event);
                }
                progress.report(&event).await;
            }
        };
        let (summary, ()) = tokio::join!(work, listen);
        if let Some(problem) = verdicts.finish() {
            self.client.show_message(MessageType::ERROR, problem).await;
        }
        match summary {
            Ok(summary) => counts(&summary),
            Err(_) => RunSummary { status: Status::Error, ..RunSummary::default() },
        }
    }

    fn turn(&self, directory: &Path) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.modules).entry(directory.to_owned()).or_default())
    }

    fn request(
        &self,
        directory: &Path,
        project: &Project,
        dialects: Dialects,
        providers: Providers,
        file: &FileName,
        run: Option<&str>,
    ) -> Request {
        let variables = self.environment.iter();
        let variables = variables.filter_map(|(name, text)| Some((name.strip_prefix("TF_VAR_")?, text)));
        Request {
            directory: SmolStr::new_static("."),
            test_directory: project.test_directory().into(),
            dialects,
            filters: vec![Filter::exactly(&FileName::new(&relative(project.dir(), file.as_str())), run)],
            shard: None,
            runs_at_once: suite::DEFAULT_RUNS_AT_ONCE,
            operations_at_once: suite::DEFAULT_OPERATIONS_AT_ONCE,
            fail_fast: false,
            explains: false,
            variables: Vec::new(),
            environment: variables.map(|(name, text)| (name.to_owned(), text.clone())).collect(),
            providers,
            workspace: self.workspace(directory),
            verbose: false,
            timed: false,
        }
    }

    /// The selected workspace: `TF_WORKSPACE`, or what `terraform workspace select` wrote down.
    fn workspace(&self, directory: &Path) -> SmolStr {
        let given = self.environment.get("TF_WORKSPACE").cloned();
        let data = self.environment.get("TF_DATA_DIR").map_or(".terraform", String::as_str);
        let selected = || DiskFiles::new(directory).read(&format!("{data}/environment")).ok();
        let name = given.or_else(|| selected().map(|text| text.trim().to_owned()));
        name.filter(|name| !name.is_empty()).map_or(SmolStr::new_static("default"), SmolStr::new)
    }
}

/// Stops a run whose request was cancelled or whose connection is gone. After the run's end there is nothing to stop.
struct StopWhenDropped {
    service: Arc<RunService>,
    id: u64,
}

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.service.stop(|id, _| id == self.id);
    }
}

/// The module's files with the open buffers over them. Names count from the module's directory, which is where the
/// tools are started.
fn files_from(view: &View, dir: &str, directory: &Path) -> Overlay<BufferedFiles> {
    let mut files = Overlay::new(view.files_of(directory));
    for name in view.open.keys() {
        let Some(document) = view.snapshot.document(name) else { continue };
        if dir == "." {
            files.insert(document);
        } else {
            let name = FileName::new(&relative(dir, name.as_str()));
            files.insert(Arc::new(Document::new(name, &document.text())));
        }
    }
    files
}

/// The name of `file` counted from `dir`; both count from the workspace folder.
fn relative(dir: &str, file: &str) -> String {
    if dir == "." {
        return file.to_owned();
    }
    let dir: Vec<&str> = dir.split('/').collect();
    let file: Vec<&str> = file.split('/').collect();
    let common = dir.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", dir.len() - common);
    let down = file.iter().skip(common).copied();
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn counts(summary: &Summary) -> RunSummary {
    RunSummary {
        status: summary.status.into(),
        passed: summary.passed,
        failed: summary.failed,
        errored: summary.errored,
        skipped: summary.skipped,
    }
}

impl From<suite::Status> for Status {
    fn from(status: suite::Status) -> Status {
        match status {
            suite::Status::Pending => Status::Pending,
            suite::Status::Skip => Status::Skip,
            suite::Status::Pass => Status::Pass,
            suite::Status::Fail => Status::Fail,
            suite::Status::Error => Status::Error,
        }
    }
}

/// `2 passed, 1 failed`.
pub(crate) fn describe(summary: &RunSummary) -> String {
    let counts = [
        (summary.passed, "passed"),
        (summary.failed, "failed"),
        (summary.errored, "errored"),
        (summary.skipped, "skipped"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if parts.is_empty() { "nothing was run".to_owned() } else { parts.join(", ") }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_from_the_module() {
        for (dir, file, expected) in [
            (".", "tests/a.tftest.hcl", "tests/a.tftest.hcl"),
            ("m", "m/tests/a.tftest.hcl", "tests/a.tftest.hcl"),
            ("m/n", "m/main.tf", "../main.tf"),
            ("m/n", "x.tf", "../../x.tf"),
            ("m", "mm/x.tf", "../mm/x.tf"),
        ] {
            assert_eq!(relative(dir, file), expected, "{file} from {dir}");
            assert_eq!(config::join(dir, expected), file, "{expected} in {dir}");
        }
    }
}
