//! `textDocument/hover`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Hover, HoverParams};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn hover(session: &Session, params: HoverParams) -> Result<Option<Hover>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::hover(&view.snapshot, &view.results, &file, offset)?;
            Some(to_proto::hover(&view, &document, found))
        })
        .await
}
