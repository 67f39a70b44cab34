//! `textDocument/onTypeFormatting`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentOnTypeFormattingOptions, DocumentOnTypeFormattingParams, TextEdit};

use crate::session::Session;
use crate::{from_proto, to_proto};

/// The characters that finish something.
pub(crate) fn options() -> DocumentOnTypeFormattingOptions {
    DocumentOnTypeFormattingOptions {
        first_trigger_character: "}".to_owned(),
        more_trigger_character: Some(vec!["\n".to_owned()]),
    }
}

pub(crate) async fn on_type_formatting(
    session: &Session,
    params: DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let at = params.text_document_position;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    // Some clients send the `\r\n` that they have inserted.
    let Some(typed) = params.ch.chars().last() else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let edits = ide::format_on_type(&view.snapshot, &file, offset, typed);
            Some(to_proto::text_edits(&document, view.encoding, edits))
        })
        .await
}
