//! The pieces of a text that verdicts are tied to: blocks and attributes, so that an edit elsewhere leaves them alone.

use std::sync::Arc;

use syntax::ast::{Body, Item};
use syntax::{Document, Span};

/// The piece around `offset`, or the nearest one in its chunk: where it begins, and its text.
pub(crate) fn piece_at(document: &Document, offset: u32) -> Option<(u32, Arc<str>)> {
    let (origin, chunk) = document.chunk_at(offset)?;
    let whole = Span::new(0, u32::try_from(chunk.text.len()).unwrap_or(u32::MAX));
    let at = offset.saturating_sub(origin.base);
    let piece = of_body(&chunk.body).into_iter().find(|piece| piece.touches(at)).unwrap_or(whole);
    // A native chunk holds one piece.
    let piece = if chunk.body.json.is_none() { content(&chunk.body).unwrap_or(whole) } else { piece };
    Some((piece.shifted(origin.base).start, Arc::from(piece.text(&chunk.text))))
}

/// Where the piece of this text begins now; of several, the one nearest to `near`.
pub(crate) fn find(document: &Document, text: &str, near: u32) -> Option<u32> {
    let mut starts = Vec::new();
    for (origin, chunk) in document.chunks() {
        let whole = Span::new(0, u32::try_from(chunk.text.len()).unwrap_or(u32::MAX));
        let mut pieces = of_body(&chunk.body);
        pieces.push(if chunk.body.json.is_none() { content(&chunk.body).unwrap_or(whole) } else { whole });
        let same = pieces.into_iter().filter(|piece| piece.text(&chunk.text) == text);
        starts.extend(same.map(|piece| piece.shifted(origin.base).start));
    }
    starts.into_iter().min_by_key(|start| start.abs_diff(near))
}

/// A native chunk without the blank lines and comments around what it holds.
fn content(body: &Body) -> Option<Span> {
    body.items.iter().map(Item::span).reduce(Span::to)
}

/// In JSON: the properties one level below the root's, which are run blocks, variables, resource types and the like.
fn of_body(body: &Body) -> Vec<Span> {
    let Some(json) = &body.json else { return Vec::new() };
    let mut pieces = Vec::new();
    for kind in json.value.properties() {
        pieces.extend(kind.value.properties().map(|item| item.key.span.to(item.value.span)));
    }
    pieces
}
