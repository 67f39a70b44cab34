//! `textDocument/references`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Location, ReferenceParams};

use crate::session::Session;
use crate::task::compute;
use crate::{from_proto, to_proto};

pub(crate) async fn references(session: &Session, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
    let at = params.text_document_position;
    let declaration = params.context.include_declaration;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let offset = from_proto::offset(&document, at.position, view.encoding);
        let found = ide::references(&view.snapshot, &file, offset, declaration);
        Some(found.iter().filter_map(|place| to_proto::location(&view, place)).collect())
    })
    .await
}
