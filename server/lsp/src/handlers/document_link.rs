//! `textDocument/documentLink`

use ide::LinkTarget;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentLink, DocumentLinkParams, Url};

use crate::session::Session;
use crate::to_proto;

pub(crate) async fn document_link(
    session: &Session,
    params: DocumentLinkParams,
) -> Result<Option<Vec<DocumentLink>>> {
    let Some((view, file)) = session.view(&params.text_document.uri) else { return Ok(None) };
    session
        .compute(move |_| {
            let document = view.snapshot.document(&file)?;
            let links = ide::links(&view.snapshot, &file).into_iter().filter_map(|link| {
                let target = match link.target {
                    LinkTarget::File(file) => view.url(&file)?,
                    LinkTarget::Page(address) => Url::parse(&address).ok()?,
                };
                Some(DocumentLink {
                    range: to_proto::range(&document, link.span, view.encoding),
                    target: Some(target),
                    tooltip: link.tooltip.filter(|_| view.client.link_tooltips),
                    data: None,
                })
            });
            Some(links.collect())
        })
        .await
}
