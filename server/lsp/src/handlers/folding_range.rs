//! `textDocument/foldingRange`

use ide::{Fold, FoldKind};
use syntax::Positions;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::session::Session;
use crate::written::Written;

pub(crate) async fn folding_range(session: &Session, params: FoldingRangeParams) -> Result<Written> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(Written::nothing()) };
    session
        .compute(move |_| {
            let Some(document) = view.snapshot.document(&file) else { return Written::nothing() };
            let lines_only = view.client.line_folding_only;
            let mut positions = Positions::new(&document, view.encoding);
            let found = ide::folds(&view.snapshot, &file).into_iter();
            let ranges = found.filter_map(|it| range(&mut positions, it, lines_only));
            Written::of(&ranges.collect::<Vec<_>>())
        })
        .await
}

/// What is folded ends before the closing mark: where only whole lines are, with the line above it.
fn range(positions: &mut Positions<'_>, fold: Fold, lines_only: bool) -> Option<FoldingRange> {
    let (start, end) = (positions.of(fold.span.start), positions.of(fold.span.end));
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
