//! `textDocument/documentHighlight`

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};

use crate::session::Session;
use crate::{from_proto, to_proto};

pub(crate) async fn document_highlight(
    session: &Session,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let at = params.text_document_position_params;
    let Some((view, file)) = session.view(&at.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let offset = from_proto::offset(&document, at.position, view.encoding);
            let found = ide::highlights(&view.snapshot, &file, offset).into_iter();
            let highlight = |it: ide::Highlight| DocumentHighlight {
                range: to_proto::range(&document, it.span, view.encoding),
                kind: Some(match it.role {
                    ide::Role::Declare | ide::Role::Write => DocumentHighlightKind::WRITE,
                    ide::Role::Read => DocumentHighlightKind::READ,
                }),
            };
            let found: Vec<_> = found.map(highlight).collect();
            (!found.is_empty()).then_some(found)
        })
        .await
}
