//! `textDocument/formatting`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentFormattingParams, TextEdit};

use crate::session::Session;
use crate::to_proto;

/// The layout has no options: how wide an indent is and what stands at a line's end is not the client's to choose.
pub(crate) async fn formatting(
    session: &Session,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let edits = ide::format(&view.snapshot, &file);
            Some(to_proto::text_edits(&document, view.encoding, edits))
        })
        .await
}
