//! `textDocument/completion`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CompletionParams, CompletionResponse};

use crate::session::Session;
use crate::task::compute;
use crate::{from_proto, to_proto};

pub(crate) async fn completion(
    session: &Session,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>> {
    let at = params.text_document_position;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let offset = from_proto::offset(&document, at.position, view.encoding);
        let items = ide::completion(&view.snapshot, &file, offset);
        let items = items.into_iter().enumerate();
        let items = items.map(|(index, item)| to_proto::completion_item(&view, &document, index, item));
        Some(CompletionResponse::Array(items.collect()))
    })
    .await
}
