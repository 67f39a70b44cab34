//! Looks at the files of the workspace before anybody asks about all of them.

use std::sync::Arc;

use crate::session::Session;
use crate::task::wait_for;

/// Looks at every folder once. Requests do not wait for it: what they need and is not known yet, they look at themselves.
pub(crate) async fn look_ahead(session: Arc<Session>) {
    for view in session.all_views() {
        let looked = wait_for(move |cancelled| {
            ide::look_at_files(&view.snapshot, &|| cancelled.is_cancelled());
        });
        // That a thread could not be had, or that it panicked, has been logged.
        let _ = looked.await;
    }
}
