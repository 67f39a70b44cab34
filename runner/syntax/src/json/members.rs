//! A JSON text cut into the members of one of its properties, so that an edit of one leaves the others alone.
//!
//! A text in JSON is one value, and is read as one. But what stands in a member of an object means the same wherever the
//! object is, so that a member which has the same text as before need not be looked at again.

use std::sync::Arc;

use super::parse::Parser;
use crate::ast::{Body, Expr, ExprKind, JsonBody, ObjectItem};
use crate::chunk::Chunk;
use crate::sequence::Sequence;
use crate::span::{FileName, Span};

/// The chunks of a text: what is before the members of the root's property of that name, each member with what follows
/// up to the next, and what is behind them. Those that `known` has at the same distance from either end are taken from
/// there. `None` for a text of another shape, and for one that is not well-formed.
pub(crate) fn members(
    file: &FileName,
    text: &str,
    body: &Body,
    name: &str,
    known: &Sequence<Chunk>,
) -> Option<Sequence<Chunk>> {
    let json = body.json.as_ref().filter(|json| json.dropped.is_empty())?;
    let ExprKind::Object(root) = &json.value.kind else { return None };
    let mut named = root.iter().enumerate().filter(|(_, item)| item.key.as_plain_string() == Some(name));
    let (Some((index, property)), None) = (named.next(), named.next()) else { return None };
    let ExprKind::Object(members) = &property.value.kind else { return None };
    let end = members.last()?.value.span.end;
    let mut cuts = vec![0];
    cuts.extend(members.iter().map(|member| member.key.span.start));
    cuts.extend([end, super::scan::offset(text.len())]);
    let pieces: Vec<&str> =
        cuts.iter().zip(cuts.iter().skip(1)).map(|(start, end)| Span::new(*start, *end).text(text)).collect();

    // The first and the last one are of another kind than the members, and are never taken for one.
    let most = known.len().min(pieces.len()).saturating_sub(1);
    let front =
        known.iter().zip(&pieces).take(most).take_while(|(chunk, piece)| *chunk.text == ***piece).count();
    let mut back = 0;
    while front + back < most
        && let Some(chunk) = known.get(known.len() - 1 - back)
        && pieces.get(pieces.len() - 1 - back).is_some_and(|piece| *chunk.text == **piece)
    {
        back += 1;
    }
    let mut fresh = Vec::new();
    for (at, piece) in pieces.iter().enumerate().take(pieces.len() - back).skip(front) {
        let items = match at {
            0 => root.iter().take(index).cloned().collect(),
            _ if at + 1 == pieces.len() => rest(file, piece)?,
            _ => vec![member(file, piece, property)?],
        };
        fresh.push(Arc::new(chunk(file, piece, items, at == 0)));
    }
    Some(known.spliced(front..known.len() - back, fresh))
}

/// The chunk of a member after an edit of its text. `None` where more than the member may have changed: whether the whole
/// text is still well-formed, or where its members begin and end.
pub(crate) fn edited_member(file: &FileName, known: &Chunk, range: Span, new_text: &str) -> Option<Chunk> {
    let property = only_item(&known.body.json.as_ref()?.value).filter(|_| !known.file_start)?;
    let member = only_item(&property.value)?;
    let end = member.value.span.end;
    // The first quote of its name and the last byte of its value stay.
    if member.key.span.start != 0 || range.start == 0 || range.end >= end {
        return None;
    }
    let (before, behind) = (known.text.get(..range.start as usize)?, known.text.get(range.end as usize..)?);
    let text = [before, new_text, behind].concat();
    let edited = self::member(file, &text, property)?;
    let grown = super::scan::offset(new_text.len());
    if only_item(&edited.value)?.value.span.end != end - range.len() + grown {
        return None;
    }
    Some(chunk(file, &text, vec![edited], false))
}

/// The only property of an object.
fn only_item(object: &Expr) -> Option<&ObjectItem> {
    match &object.kind {
        ExprKind::Object(items) => items.first().filter(|_| items.len() == 1),
        _ => None,
    }
}

fn chunk(file: &FileName, piece: &str, items: Vec<ObjectItem>, file_start: bool) -> Chunk {
    let value = Expr { kind: ExprKind::Object(items), span: Span::new(0, super::scan::offset(piece.len())) };
    let json = JsonBody { value, header: Span::new(0, 1), dropped: Vec::new() };
    let span = json.value.span;
    let body = Body { span, json: Some(Box::new(json)), ..Body::default() };
    Chunk::of_json(file, piece, body, file_start)
}

/// The property with nothing but the member that a piece begins with.
fn member(file: &FileName, piece: &str, property: &ObjectItem) -> Option<ObjectItem> {
    let mut parser = Parser::new(file, piece);
    let member = parser.member()?;
    let span = member.key.span.to(member.value.span);
    let key = Expr { span: member.key.span, ..property.key.clone() };
    let value = Expr { kind: ExprKind::Object(vec![member]), span };
    Some(ObjectItem { key, separator: property.separator.map(|_| Span::at(span.start)), value })
}

/// The properties behind the bracket that a piece begins with.
fn rest(file: &FileName, piece: &str) -> Option<Vec<ObjectItem>> {
    Parser::new(file, piece).rest()
}
