//! `textDocument/linkedEditingRange`

use ide::WORD_PATTERN;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{LinkedEditingRangeParams, LinkedEditingRanges};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn linked_editing_range(
    session: &Session,
    params: LinkedEditingRangeParams,
) -> Result<Option<LinkedEditingRanges>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::linked_ranges(&view.snapshot, &file, offset);
            let ranges: Vec<_> =
                found.into_iter().map(|span| to_proto::range(&document, span, view.encoding)).collect();
            let word_pattern = Some(WORD_PATTERN.to_owned());
            (!ranges.is_empty()).then_some(LinkedEditingRanges { ranges, word_pattern })
        })
        .await
}
