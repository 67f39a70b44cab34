//! The one task that publishes diagnostics.
//!
//! It is woken by changes, computes off the message loop and checks each document's version again before it
//! publishes, so a slow computation never overwrites a newer one's answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::FileName;
use tower_lsp::lsp_types::{self as proto, Url};

use crate::session::{Session, View};
use crate::task::compute;
use crate::to_proto;

/// Runs until the session's client goes away.
pub(crate) async fn publish(session: Arc<Session>, client: tower_lsp::Client) {
    // What each document was last told, so that nothing is said twice.
    let mut told: BTreeMap<Url, Vec<proto::Diagnostic>> = BTreeMap::new();
    loop {
        session.dirty.notified().await;
        let views = session.views();
        let Ok(found) = compute(move |_| views.iter().flat_map(diagnostics).collect::<Vec<_>>()).await else {
            continue;
        };
        let mut silent: Vec<Url> = told.keys().cloned().collect();
        for Published { uri, version, diagnostics } in found {
            silent.retain(|other| *other != uri);
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
    }
}

struct Published {
    uri: Url,
    version: Option<i32>,
    diagnostics: Vec<proto::Diagnostic>,
}

/// The diagnostics of every open document of a folder.
fn diagnostics(view: &View) -> Vec<Published> {
    let by_file: BTreeMap<FileName, Vec<syntax::Diagnostic>> =
        view.open.keys().map(|file| (file.clone(), ide::diagnostics(&view.snapshot, file))).collect();
    let published = by_file.into_iter().filter_map(|(file, found)| {
        let document = view.snapshot.document(&file)?;
        let diagnostics = found.iter().map(|it| to_proto::diagnostic(view, &document, it)).collect();
        Some(Published { uri: view.url(&file)?, version: view.version(&file), diagnostics })
    });
    published.collect()
}
