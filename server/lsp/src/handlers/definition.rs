//! `textDocument/definition`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse};

use crate::session::Session;
use crate::task::compute;
use crate::{from_proto, to_proto};

pub(crate) async fn definition(
    session: &Session,
    params: GotoDefinitionParams,
) -> Result<Option<GotoDefinitionResponse>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let offset = from_proto::offset(&document, at.position, view.encoding);
        let found = ide::definition(&view.snapshot, &file, offset);
        let places = found.iter().filter_map(|it| to_proto::location(&view, &it.target)).collect::<Vec<_>>();
        (!places.is_empty()).then_some(GotoDefinitionResponse::Array(places))
    })
    .await
}
