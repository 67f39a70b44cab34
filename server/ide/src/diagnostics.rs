//! What is wrong with a file, without running anything.

use syntax::{Diagnostic, FileName};

use crate::snapshot::Snapshot;

/// The diagnostics of `file`, from top to bottom.
pub fn diagnostics(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    snapshot.document(file).map(|document| document.diagnostics()).unwrap_or_default()
}
