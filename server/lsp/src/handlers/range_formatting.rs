//! `textDocument/rangeFormatting`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentRangeFormattingParams, TextEdit};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn range_formatting(
    session: &Session,
    params: DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let range = from_proto::span(&document, params.range, view.encoding);
            let edits = ide::format_range(&view.snapshot, &file, range);
            Some(to_proto::text_edits(&document, view.encoding, edits))
        })
        .await
}
