//! Everything in a file that can be mended without a doubt about what was meant, as `runblock check --fix` does it.

use config::safe_edits;
use syntax::Diagnostic;

use super::{ActionKind, Asked, Change, Offer};
use crate::rename::FileEdits;

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    if !asked.invoked {
        return;
    }
    let found: Vec<&Diagnostic> = asked.diagnostics.iter().collect();
    let (edits, count) = safe_edits(&found, &asked.document, asked.dialect);
    if count == 0 {
        return;
    }
    let make = move || Ok(vec![Change::Edit(FileEdits { file: asked.file.clone(), edits: edits.clone() })]);
    offers.push(Offer::new(ActionKind::FixAll, "Fix everything that leaves no doubt", make));
}
