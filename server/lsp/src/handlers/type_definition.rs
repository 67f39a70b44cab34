//! `textDocument/typeDefinition`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{GotoTypeDefinitionParams, GotoTypeDefinitionResponse};

use super::definition;
use crate::from_proto;
use crate::session::Session;

pub(crate) async fn type_definition(
    session: &Session,
    params: GotoTypeDefinitionParams,
) -> Result<Option<GotoTypeDefinitionResponse>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::type_definition(&view.snapshot, &file, offset);
            definition::response(&view, &document, &found, view.client.type_definition_links)
        })
        .await
}
