//! `textDocument/documentSymbol`

use ide::{Outline, OutlineKind};
use syntax::{Document, Encoding};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind,
    Url,
};

use crate::session::Session;
use crate::task::compute;
use crate::to_proto;

pub(crate) async fn document_symbol(
    session: &Session,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(None) };
    compute(move |_| {
        let document = view.snapshot.document(&file)?;
        let found = ide::outline(&view.snapshot, &file);
        if view.client.hierarchical_symbols {
            let nested = |it| symbol(&document, view.encoding, it);
            return Some(DocumentSymbolResponse::Nested(found.into_iter().map(nested).collect()));
        }
        let mut flat = Vec::new();
        flatten(&document, view.encoding, &uri, found, None, &mut flat);
        Some(DocumentSymbolResponse::Flat(flat))
    })
    .await
}

#[expect(deprecated, reason = "a field that must be there, and that nothing is written to")]
fn symbol(document: &Document, encoding: Encoding, it: Outline) -> DocumentSymbol {
    let children: Vec<_> = it.children.into_iter().map(|child| symbol(document, encoding, child)).collect();
    DocumentSymbol {
        name: it.name,
        detail: it.detail,
        kind: kind(it.kind),
        tags: None,
        deprecated: None,
        range: to_proto::range(document, it.span, encoding),
        selection_range: to_proto::range(document, it.selection, encoding),
        children: (!children.is_empty()).then_some(children),
    }
}

/// The same in one list, for clients that know no tree.
#[expect(deprecated, reason = "a field that must be there, and that nothing is written to")]
fn flatten(
    document: &Document,
    encoding: Encoding,
    uri: &Url,
    outline: Vec<Outline>,
    container: Option<&str>,
    flat: &mut Vec<SymbolInformation>,
) {
    for it in outline {
        flat.push(SymbolInformation {
            name: it.name.clone(),
            kind: kind(it.kind),
            tags: None,
            deprecated: None,
            location: Location::new(uri.clone(), to_proto::range(document, it.span, encoding)),
            container_name: container.map(str::to_owned),
        });
        flatten(document, encoding, uri, it.children, Some(&it.name), flat);
    }
}

/// The picture that an editor shows; the same that completion has for it.
pub(super) fn kind(kind: OutlineKind) -> SymbolKind {
    match kind {
        OutlineKind::Run => SymbolKind::EVENT,
        OutlineKind::Assert => SymbolKind::BOOLEAN,
        OutlineKind::Group => SymbolKind::NAMESPACE,
        OutlineKind::Variable | OutlineKind::Value => SymbolKind::VARIABLE,
        OutlineKind::Output => SymbolKind::PROPERTY,
        OutlineKind::Resource | OutlineKind::Data => SymbolKind::STRUCT,
        OutlineKind::Module => SymbolKind::MODULE,
        OutlineKind::Provider => SymbolKind::PACKAGE,
        OutlineKind::Check => SymbolKind::METHOD,
        OutlineKind::Mock => SymbolKind::INTERFACE,
        OutlineKind::Override | OutlineKind::Block => SymbolKind::OBJECT,
    }
}
