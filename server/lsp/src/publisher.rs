//! The one task that publishes diagnostics, lists tests and asks the client to draw its lenses and hints again.
//!
//! It is woken by changes, computes off the message loop and checks each document's version again before it
//! publishes, so a slow computation never overwrites a newer one's answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ide::RunResults;
use syntax::FileName;
use tokio::time::Instant;
use tower_lsp::lsp_types::{self as proto, Url};

use crate::capabilities::Client;
use crate::lsp_ext::{TestData, TestDocument, TestModule, TestModuleParams};
use crate::session::Session;
use crate::task::wait_for;
use crate::to_proto;
use crate::validation::Validation;
use crate::view::View;

/// More diagnostics than this in one file are of no use to anybody, and a burden to the editor.
const MOST: usize = 500;
/// How long after a change the disk is looked at, for clients that do not watch every file that counts.
const LOOK: Duration = Duration::from_secs(1);
/// How long the client may take to answer that it will draw something again.
const REFRESH: Duration = Duration::from_secs(2);

/// Runs until the session's client goes away.
pub(crate) async fn publish(session: Arc<Session>, client: tower_lsp::Client) {
    // What each document was last told, so that nothing is said twice.
    let mut told: BTreeMap<Url, Vec<proto::Diagnostic>> = BTreeMap::new();
    let mut listed: BTreeMap<Url, TestModuleParams> = BTreeMap::new();
    let mut lenses = Vec::new();
    let mut looked = Instant::now();
    let mut look = false;
    loop {
        tokio::select! {
            () = session.dirty.notified() => {}
            () = tokio::time::sleep_until(looked + LOOK), if look => {
                let session = Arc::clone(&session);
                let _ = wait_for(move |_| session.look_at_disk()).await;
                (looked, look) = (Instant::now(), false);
                continue;
            }
        }
        look = true;
        let views = session.views();
        let results: Vec<_> = views.iter().map(|view| view.results.clone()).collect();
        let testing = session.client().testing;
        let views = Arc::new(views);
        let computed = session.compute({
            let views = Arc::clone(&views);
            move |_| {
                let found = views.iter().map(|view| (view.validation.clone(), diagnostics(view)));
                found.collect::<Vec<(Validation, Vec<Published>)>>()
            }
        });
        let Ok(found) = computed.await else { continue };
        session.catch_up();
        for problem in session.schemas().take_problems() {
            client.show_message(proto::MessageType::WARNING, problem).await;
        }
        let mut silent: Vec<Url> = told.keys().cloned().collect();
        let found =
            found.into_iter().flat_map(|(of, all)| all.into_iter().map(move |it| (of.is_given_up(), it)));
        for (given_up, Published { uri, version, diagnostics }) in found {
            silent.retain(|other| *other != uri);
            if given_up {
                continue;
            }
            // A newer text has already woken this task again.
            if session.version(&uri) != version || told.get(&uri) == Some(&diagnostics) {
                continue;
            }
            client.publish_diagnostics(uri.clone(), diagnostics.clone(), version).await;
            told.insert(uri, diagnostics);
        }
        for uri in silent {
            if told.remove(&uri).is_some_and(|told| !told.is_empty()) {
                client.publish_diagnostics(uri.clone(), Vec::new(), session.version(&uri)).await;
            }
        }
        // All of a file's tests are listed, however many: nobody waits for that to see what is wrong.
        if testing
            && let Ok(tests) =
                session.compute(move |_| views.iter().flat_map(test_modules).collect::<Vec<_>>()).await
        {
            for module in tests {
                let uri = module.text_document.uri.clone();
                if session.version(&uri) == module.text_document.version && listed.get(&uri) != Some(&module)
                {
                    client.send_notification::<TestModule>(module.clone()).await;
                    listed.insert(uri, module);
                }
            }
        }
        let same = results.len() == lenses.len()
            && results.iter().zip(&lenses).all(|(now, before)| RunResults::same(now, before));
        lenses = results;
        let Client { code_lens_refresh, inlay_hint_refresh, .. } = session.client();
        if !same && code_lens_refresh {
            let client = client.clone();
            tokio::spawn(async move {
                let _ = tokio::time::timeout(REFRESH, client.code_lens_refresh()).await;
            });
        }
        if !same && inlay_hint_refresh {
            let client = client.clone();
            tokio::spawn(async move {
                let _ = tokio::time::timeout(REFRESH, client.inlay_hint_refresh()).await;
            });
        }
    }
}

struct Published {
    uri: Url,
    version: Option<i32>,
    diagnostics: Vec<proto::Diagnostic>,
}

/// The diagnostics of every open document of a folder, and of closed files that runs complained about.
fn diagnostics(view: &View) -> Vec<Published> {
    let served = view.open.keys().filter(|file| view.files.has(file));
    let mut by_file: BTreeMap<FileName, Vec<syntax::Diagnostic>> =
        served.map(|file| (file.clone(), ide::diagnostics(&view.snapshot, file))).collect();
    for diagnostic in view.results.diagnostics(&view.snapshot) {
        // What Terraform says of an empty place is no help in an editor.
        if let Some(subject) = diagnostic.subject.as_ref().filter(|it| !it.file.as_str().is_empty()) {
            add(by_file.entry(subject.file.clone()).or_default(), diagnostic);
        }
    }
    let published = by_file.into_iter().filter_map(|(file, found)| {
        let document = view.snapshot.document(&file)?;
        let diagnostics =
            found.iter().take(MOST).map(|it| to_proto::diagnostic(view, &document, it)).collect();
        Some(Published { uri: view.url(&file)?, version: view.version(&file), diagnostics })
    });
    published.collect()
}

/// Everything that is said of one file.
pub(crate) fn said_of(view: &View, file: &FileName) -> Vec<syntax::Diagnostic> {
    let mut found = ide::diagnostics(&view.snapshot, file);
    for diagnostic in view.results.diagnostics(&view.snapshot) {
        if diagnostic.subject.as_ref().is_some_and(|subject| subject.file == *file) {
            add(&mut found, diagnostic);
        }
    }
    found
}

/// What the checks say already is not said twice.
fn add(found: &mut Vec<syntax::Diagnostic>, diagnostic: syntax::Diagnostic) {
    if !found.iter().any(|it| it.subject == diagnostic.subject && it.summary == diagnostic.summary) {
        found.push(diagnostic);
    }
}

/// The run blocks of every open test file of a folder.
fn test_modules(view: &View) -> Vec<TestModuleParams> {
    let modules = view.open.iter().filter_map(|(file, (uri, version))| {
        let document = view.snapshot.document(file)?;
        let tests = view.snapshot.runs(file).into_iter().map(|(id, run)| TestData {
            id: id.to_string(),
            label: run.name.to_string(),
            range: to_proto::range(&document, run.locate(run.span).span, view.encoding),
        });
        let tests: Vec<TestData> = tests.collect();
        let text_document = TestDocument { uri: uri.clone(), version: Some(*version) };
        let is_test = file.as_str().ends_with("test.hcl");
        is_test.then(|| TestModuleParams { text_document, label: file.to_string(), tests })
    });
    modules.collect()
}
