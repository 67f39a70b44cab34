//! `textDocument/documentSymbol`

use std::cell::RefCell;
use std::sync::Arc;

use ide::{Outline, OutlineKind};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use syntax::{Positions, Span};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{DocumentSymbolParams, Location, Range, SymbolInformation, SymbolKind, Url};

use crate::session::Session;
use crate::to_proto;
use crate::written::Written;

pub(crate) async fn document_symbol(session: &Session, params: DocumentSymbolParams) -> Result<Written> {
    let uri = params.text_document.uri;
    let Some((view, file)) = session.view(&uri) else { return Ok(Written::nothing()) };
    session
        .compute(move |_| {
            let Some(document) = view.snapshot.document(&file) else { return Written::nothing() };
            let mut positions = Positions::new(&document, view.encoding);
            if view.client.hierarchical_symbols {
                let pieces = ide::outline_in_pieces(&view.snapshot, &file);
                return Written::of(&Symbols { pieces: &pieces, positions: &RefCell::new(positions) });
            }
            let mut flat = Vec::new();
            flatten(&mut positions, &uri, ide::outline(&view.snapshot, &file), None, &mut flat);
            Written::of(&flat)
        })
        .await
}

/// The symbols of a whole file, written from what is kept of each of its pieces.
struct Symbols<'s> {
    /// Each with the place that its spans count from.
    pieces: &'s [(u32, Arc<Vec<Outline>>)],
    positions: &'s RefCell<Positions<'s>>,
}

/// Those beside each other in one piece.
struct Siblings<'s> {
    of: &'s [Outline],
    base: u32,
    positions: &'s RefCell<Positions<'s>>,
}

/// As the protocol has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentSymbol<'s> {
    name: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'s str>,
    kind: SymbolKind,
    range: Range,
    selection_range: Range,
    #[serde(skip_serializing_if = "Siblings::is_empty")]
    children: Siblings<'s>,
}

impl Serialize for Symbols<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        for (base, of) in self.pieces {
            for symbol in (Siblings { of, base: *base, positions: self.positions }).symbols() {
                all.serialize_element(&symbol)?;
            }
        }
        all.end()
    }
}

impl Serialize for Siblings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.symbols())
    }
}

impl<'s> Siblings<'s> {
    fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    fn symbols(&self) -> impl Iterator<Item = DocumentSymbol<'s>> + use<'s> {
        let Siblings { of, base, positions } = *self;
        let range = move |span: Span| to_proto::range_by(&mut positions.borrow_mut(), span.shifted(base));
        of.iter().map(move |it| DocumentSymbol {
            name: &it.name,
            detail: it.detail.as_deref(),
            kind: kind(it.kind),
            range: range(it.span),
            selection_range: range(it.selection),
            children: Siblings { of: &it.children, base, positions },
        })
    }
}

/// The same in one list, for clients that know no tree.
#[expect(deprecated, reason = "a field that must be there, and that nothing is written to")]
fn flatten(
    positions: &mut Positions<'_>,
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
            location: Location::new(uri.clone(), to_proto::range_by(positions, it.span)),
            container_name: container.map(str::to_owned),
        });
        flatten(positions, uri, it.children, Some(&it.name), flat);
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

#[cfg(test)]
mod tests {
    use syntax::{Document, Encoding, FileName};
    use tower_lsp::lsp_types as proto;

    use super::*;

    #[test]
    #[expect(deprecated, reason = "a field that must be there")]
    fn symbols_are_what_the_protocol_reads() {
        let document = Document::new(FileName::new("a.tf"), "\n# é\na {\n  b {\n  }\n}\n");
        let of = |name: &str, detail: Option<&str>, span, children| Outline {
            name: name.to_owned(),
            detail: detail.map(str::to_owned),
            kind: OutlineKind::Block,
            span,
            selection: Span::new(span.start, span.start + 1),
            children,
        };
        let inner = of("b", None, Span::new(11, 18), Vec::new());
        let piece = (1, Arc::new(vec![of("a", Some("x"), Span::new(5, 20), vec![inner])]));
        let positions = RefCell::new(Positions::new(&document, Encoding::Utf16));
        let written = serde_json::to_value(Symbols { pieces: &[piece], positions: &positions }).unwrap();
        let read: Vec<proto::DocumentSymbol> = serde_json::from_value(written).unwrap();
        let symbol =
            |name: &str, detail: Option<&str>, range, selection_range, children| proto::DocumentSymbol {
                name: name.to_owned(),
                detail: detail.map(str::to_owned),
                kind: SymbolKind::OBJECT,
                tags: None,
                deprecated: None,
                range,
                selection_range,
                children,
            };
        let at = |line, character, end_line, end| {
            Range::new(proto::Position::new(line, character), proto::Position::new(end_line, end))
        };
        let inner = symbol("b", None, at(3, 2, 4, 3), at(3, 2, 3, 3), None);
        let expected = symbol("a", Some("x"), at(2, 0, 5, 1), at(2, 0, 2, 1), Some(vec![inner]));
        assert_eq!(read, [expected]);
    }
}
