//! `textDocument/signatureHelp`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{SignatureHelp, SignatureHelpParams};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn signature_help(
    session: &Session,
    params: SignatureHelpParams,
) -> Result<Option<SignatureHelp>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::signature_help(&view.snapshot, &file, offset)?;
            Some(to_proto::signature_help(&view, found))
        })
        .await
}
