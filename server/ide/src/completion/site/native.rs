//! The cursor's place in the native syntax: the tree says which body it is in, and the text left of it what is being
//! typed there.

use syntax::ast::{Attribute, Block, Body, Item};
use syntax::{SmolStr, Span, TokenKind, tokens};

use super::{Around, Inside, Quotes, Site, Slot, Spot};
use crate::completion::reading::{Reading, Start, read};
use crate::grammar::Place;

pub(super) fn site<'t>(text: &'t str, body: &'t Body, root: Place, at: u32) -> Site<'t> {
    let mut blocks: Vec<Around<'t>> = Vec::new();
    let mut place = Some(root);
    let mut inner = body;
    let mut start = 0;
    while let Some((block, brace)) = block_around(inner, at) {
        let labels: Vec<SmolStr> = block.labels.iter().map(|label| label.text.clone()).collect();
        place = place.and_then(|place| Some(place.inside(&block.kind.text)?.labelled(&labels)));
        inner = &block.body;
        start = brace.end;
        blocks.push(Around { kind: block.kind.text.clone(), labels, place, body: Inside::Native(inner) });
    }
    let slot = value(text, inner, at).unwrap_or_else(|| header(text, inner, start, at));
    Site { blocks, body: Inside::Native(inner), place, slot, json: false }
}

/// The block whose body the cursor is in. One that nobody has closed yet goes on to the next item.
fn block_around(body: &Body, at: u32) -> Option<(&Block, Span)> {
    match body.items.iter().rfind(|item| item.span().start <= at)? {
        Item::Block(block) => {
            let brace = block.open_brace.filter(|brace| brace.end <= at)?;
            block.close_brace.is_none_or(|close| at <= close.start).then_some((&**block, brace))
        }
        Item::Attribute(_) => None,
    }
}

/// The value that the cursor is in.
fn value<'t>(text: &'t str, body: &'t Body, at: u32) -> Option<Slot<'t>> {
    let Item::Attribute(attribute) = body.items.iter().rfind(|item| item.span().start <= at)? else {
        return None;
    };
    let equals = attribute.equals.filter(|equals| equals.end <= at)?;
    let before = Span::new(equals.end, at).text(text);
    let after = text.get(at as usize..)?;
    let reading = read(before, after, Start::Value);
    let behind = Span::new(attribute.value.span.end.max(equals.end), at).text(text);
    let goes_on = reading.open || !behind.contains(['\n', ';']);
    if reading.ended || !goes_on {
        return None;
    }
    Some(value_slot(text, attribute, reading, at))
}

fn value_slot<'t>(text: &str, attribute: &'t Attribute, reading: Reading, at: u32) -> Slot<'t> {
    let replace = Span::new(at.saturating_sub(reading.left), at.saturating_add(reading.right));
    let quotes = if reading.in_quotes() { Quotes::Around } else { Quotes::Missing };
    let followed = reading.is_followed(text.get(replace.end as usize..).unwrap_or_default());
    let spot = Spot { replace, quotes, followed };
    Slot::Value { name: attribute.name.text.clone(), value: Some(&attribute.value), reading, spot }
}

/// A name at the beginning of an item, or a label behind it. `start` is where the body begins.
fn header<'t>(text: &str, body: &Body, start: u32, at: u32) -> Slot<'t> {
    let (Some(before), Some(after)) = (text.get(..at as usize), text.get(at as usize..)) else {
        return Slot::Nothing;
    };
    let line = u32::try_from(before.rfind('\n').map_or(0, |end| end + 1)).unwrap_or(at);
    let ended = body.items.iter().map(|item| item.span().end).filter(|&end| end <= line);
    let from = ended.max().unwrap_or(0).max(start).min(at);
    let reading = read(Span::new(from, at).text(text), after, Start::Value);
    let word = Span::new(at.saturating_sub(reading.left), at.saturating_add(reading.right));
    if reading.in_comment {
        return Slot::Nothing;
    }

    // What stands on this line before the word.
    let head = Span::new(from, word.start).text(text);
    let tokens = tokens(head);
    let of_line =
        tokens.iter().rposition(|token| token.kind == TokenKind::Newline).map_or(0, |last| last + 1);
    let of_line = tokens.get(of_line..).unwrap_or_default();
    let mut words = of_line.iter().filter(|token| !matches!(token.kind, TokenKind::Comment | TokenKind::End));
    let Some(first) = words.next() else {
        let rest = text.get(word.end as usize..).unwrap_or_default();
        // An empty name before another word is the beginning of a line of its own.
        let followed = is_followed(rest) && (!word.is_empty() || rest.trim_start().starts_with('='));
        return Slot::Name(Spot { replace: word, quotes: Quotes::Missing, followed });
    };
    if first.kind != TokenKind::Ident {
        return Slot::Nothing;
    }
    let kind = SmolStr::from(first.span.text(head));
    let mut labels = Vec::new();
    let mut open = None;
    for token in words {
        match (token.kind, open) {
            (TokenKind::Ident, None) => labels.push(token.span.text(head).into()),
            (TokenKind::OpenQuote, None) => open = Some(token.span.end),
            (TokenKind::QuotedText, Some(_)) => {}
            (TokenKind::CloseQuote, Some(start)) => {
                labels.push(Span::new(start, token.span.start).text(head).into());
                open = None;
            }
            _ => return Slot::Nothing,
        }
    }
    let spot = match open {
        Some(start) => {
            let end = after.find(['"', '\n', '\r']).unwrap_or(after.len());
            let replace = Span::new(from + start, at + u32::try_from(end).unwrap_or(0));
            Spot { replace, quotes: Quotes::Around, followed: true }
        }
        None => Spot { replace: word, quotes: Quotes::Missing, followed: true },
    };
    Slot::Label { kind, before: labels, spot }
}

/// Whether a name is followed by what makes it an attribute or a block.
fn is_followed(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    (rest.starts_with('=') && !rest.starts_with("==")) || rest.starts_with(['{', '"'])
}
