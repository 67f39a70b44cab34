//! `textDocument/foldingRange`

use ide::{Fold, FoldKind};
use syntax::{Document, Encoding};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::session::Session;
use crate::task::compute;
use crate::to_proto;

pub(crate) async fn folding_range(
    session: &Session,
    params: FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let lines_only = view.client.line_folding_only;
        let found = ide::folds(&view.snapshot, &file).into_iter();
        let ranges = found.filter_map(|it| range(&document, it, view.encoding, lines_only));
        Some(ranges.collect())
    })
    .await
}

/// What is folded ends before the closing mark: where only whole lines are, with the line above it.
fn range(document: &Document, fold: Fold, encoding: Encoding, lines_only: bool) -> Option<FoldingRange> {
    let start = to_proto::position(document, fold.span.start, encoding);
    let end = to_proto::position(document, fold.span.end, encoding);
    let brackets = fold.kind == FoldKind::Brackets;
    let end_line = if brackets && lines_only { end.line.checked_sub(1)? } else { end.line };
    let characters = !lines_only;
    (end_line > start.line).then(|| FoldingRange {
        start_line: start.line,
        start_character: characters.then_some(start.character + u32::from(brackets)),
        end_line,
        end_character: characters.then_some(end.character.saturating_sub(u32::from(brackets))),
        kind: (!brackets).then_some(FoldingRangeKind::Comment),
        collapsed_text: None,
    })
}
