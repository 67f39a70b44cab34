//! While a block is being typed, nobody is told that what it will have is missing: of the tree's workspaces, every block
//! loses its end at many places, and nothing may be said but about the block itself and about texts that cannot be read.

use std::sync::Arc;

use config::{DiskFiles, Files};
use syntax::{Diagnostic, Document, FileName, Span};

use crate::snapshot::{is_module_file, is_test_file};
use crate::{Cache, Snapshot, Surroundings, diagnostics};

/// What is said because a name leads nowhere, or because something is not there.
fn is_noise(code: &str) -> bool {
    const PREFIXES: &[&str] =
        &["unknown-", "undeclared-", "unavailable-", "unused-", "later-", "missing-expected"];
    const CODES: &[&str] = &[
        "invalid-attribute",
        "invalid-reference",
        "missing-provider",
        "missing-variable",
        "module-not-installed",
        "unsupported-attribute",
    ];
    CODES.contains(&code) || PREFIXES.iter().any(|prefix| code.starts_with(prefix))
}

struct Tree {
    disk: Arc<dyn Files>,
    cache: Arc<Cache>,
}

impl Tree {
    fn snapshot<'d>(&self, open: impl IntoIterator<Item = &'d Arc<Document>>) -> Snapshot {
        let surroundings = Surroundings::default();
        Snapshot::new(Arc::clone(&self.disk), open, Arc::clone(&self.cache), surroundings)
    }
}

fn show(file: &FileName, it: &Diagnostic) -> String {
    format!("{file}: {:?} {}", it.subject.as_ref().map(|at| at.span), it.summary)
}

/// The diagnostics of all files of the directory that `file` is in, and of those beside and below it.
fn all(snapshot: &Snapshot, file: &FileName) -> Vec<(FileName, Diagnostic)> {
    let root = file.as_str().split('/').next().unwrap_or_default();
    let files = snapshot.inventory().iter().filter(|it| it.as_str().split('/').next() == Some(root));
    files.flat_map(|it| diagnostics(snapshot, it).into_iter().map(|found| (it.clone(), found))).collect()
}

#[test]
fn a_block_without_its_end_is_all_that_is_wrong() {
    /// How far apart the places are where a block is cut.
    const STEP: usize = 23;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/workspaces");
    let tree = Tree { disk: Arc::new(DiskFiles::new(root)), cache: Arc::new(Cache::new()) };
    let whole = tree.snapshot([]);
    let (mut cuts, mut wrong) = (0, String::new());
    let files = whole.inventory().iter().filter(|it| is_test_file(it) || is_module_file(it.as_str()));
    for file in files {
        let before = all(&whole, file);
        let document = whole.document(file).unwrap();
        let text = document.text();
        let blocks: Vec<Span> = document
            .chunks()
            .flat_map(|(origin, chunk)| {
                let spans: Vec<Span> =
                    chunk.body.blocks().map(|block| block.span.shifted(origin.base)).collect();
                spans
            })
            .collect();
        for block in blocks {
            let inside = text.get(block.start as usize..block.end as usize).unwrap();
            let body = inside.find('{').unwrap() + 1;
            let at = inside.char_indices().map(|(at, _)| at).filter(|at| *at >= body).step_by(STEP);
            for cut in at {
                cuts += 1;
                let rest = &text[block.end as usize..];
                let half = format!("{}{}{rest}", &text[..block.start as usize], &inside[..cut]);
                let open = Arc::new(Document::new(file.clone(), &half));
                let snapshot = tree.snapshot([&open]);
                for (other, found) in all(&snapshot, file) {
                    let is_noise = found.code.is_some_and(is_noise);
                    let known = before.iter().any(|(file, it)| *file == other && it.summary == found.summary);
                    if is_noise && !known {
                        let typed = inside.get(cut.saturating_sub(30)..cut).unwrap_or_default();
                        wrong.push_str(&format!("{file} behind {typed:?}: {}\n", show(&other, &found)));
                    }
                }
            }
        }
    }
    assert!(cuts > 300, "the workspaces have blocks to cut: {cuts}");
    assert!(wrong.is_empty(), "{wrong}");
}
