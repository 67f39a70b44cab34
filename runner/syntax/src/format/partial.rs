//! Layout of a part of a text, also of one that is broken elsewhere: what a range touches, and what was just typed.

use super::edit::Edit;
use super::{canonical, lay_out, layout, piece};
use crate::chunk::Chunk;
use crate::document::Document;
use crate::lexer::{Token, TokenKind, tokens};
use crate::parser::parse_body;
use crate::span::Span;

/// How the top-level blocks and arguments that `range` touches have to change. Those with syntax errors are left alone.
pub fn format_range(document: &Document, range: Span) -> Vec<Edit> {
    let mut edits = Vec::new();
    for region in regions(document) {
        if region.text.is_empty() || !overlap(region.span(), range) {
            continue;
        }
        let touched = region.chunks.iter().filter(|chunk| overlap(**chunk, range));
        let Some(touched) = touched.copied().reduce(Span::to) else { continue };
        let found = canonical(&region.text, &parse_body(document.file(), &region.text).tree)
            .into_iter()
            .map(|edit| edit.shifted(region.base));
        edits.extend(found.filter(|edit| within(edit.span, touched)));
    }
    edits
}

/// How to lay out what `typed`, the character before `offset`, has finished: a newline the line above it, which is
/// aligned with its neighbours; a `}` the block or object that it closes. The line of the cursor is indented. What is
/// not yet whole is only indented, and nothing is rewritten.
pub fn format_on_type(document: &Document, offset: u32, typed: char) -> Vec<Edit> {
    match typed {
        '\n' => after_newline(document, offset),
        '}' => after_brace(document, offset),
        _ => Vec::new(),
    }
}

/// Consecutive chunks without errors, which can be laid out together.
#[derive(Default)]
pub(super) struct Region {
    pub(super) base: u32,
    pub(super) text: String,
    chunks: Vec<Span>,
}

impl Region {
    fn of<'c>(chunks: impl Iterator<Item = Placed<'c>>) -> Region {
        let mut region = Region::default();
        for (base, chunk) in chunks {
            if region.chunks.is_empty() {
                region.base = base;
            }
            region.text.push_str(&chunk.text);
            region.chunks.push(place(base, chunk));
        }
        region
    }

    pub(super) fn span(&self) -> Span {
        Span::new(0, length(&self.text)).shifted(self.base)
    }
}

/// A chunk and where it begins.
type Placed<'c> = (u32, &'c Chunk);

/// All that is whole, in as few regions as possible.
fn regions(document: &Document) -> Vec<Region> {
    let chunks: Vec<Placed> = placed(document).collect();
    let runs = chunks.chunk_by(|a, b| is_whole(a.1) == is_whole(b.1));
    let whole = runs.filter(|run| run.first().is_some_and(|(_, chunk)| is_whole(chunk)));
    whole.map(|run| Region::of(run.iter().copied())).collect()
}

/// The chunks that `span` touches and those before and behind, as far as no blank line parts them: the layout of `span`
/// depends on nothing else. `None` when one of them is not whole.
pub(super) fn region_around(document: &Document, span: Span) -> Option<Region> {
    let chunks: Vec<Placed> = placed(document).collect();
    let mut start = chunks.partition_point(|(base, chunk)| place(*base, chunk).end <= span.start);
    let mut end = chunks.partition_point(|(base, _)| *base < span.end.max(span.start + 1));
    if start >= end || !chunks.get(start..end)?.iter().all(|(_, chunk)| is_whole(chunk)) {
        return None;
    }
    let follows = |index: usize| chunks.get(index).is_some_and(|(_, chunk)| !begins_blank(chunk));
    let whole = |index: usize| chunks.get(index).is_some_and(|(_, chunk)| is_whole(chunk));
    while start > 0 && follows(start) && whole(start - 1) {
        start -= 1;
    }
    while follows(end) && whole(end) {
        end += 1;
    }
    Some(Region::of(chunks.get(start..end)?.iter().copied()))
}

fn placed(document: &Document) -> impl Iterator<Item = Placed<'_>> {
    document.chunks().map(|(origin, chunk)| (origin.base, &**chunk))
}

fn begins_blank(chunk: &Chunk) -> bool {
    chunk.text.lines().next().is_none_or(|line| line.trim().is_empty())
}

fn is_whole(chunk: &Chunk) -> bool {
    !chunk.cut && !chunk.diagnostics.iter().any(crate::Diagnostic::is_error)
}

fn place(base: u32, chunk: &Chunk) -> Span {
    Span::new(0, length(&chunk.text)).shifted(base)
}

fn after_newline(document: &Document, offset: u32) -> Vec<Edit> {
    let text = document.text();
    let line = line_at(&text, offset);
    let Some(above) = line.start.checked_sub(1).map(|before| line_at(&text, before)) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    let after = Span::new(line.start, (line.end + 1).min(length(&text)));
    let region = region_around(document, above.to(after)).or_else(|| region_around(document, above));
    if let Some(region) = region {
        // The new line would part its neighbours, whose alignment is not over yet: they are laid out without it.
        let blank = line.text(&text).trim().is_empty();
        let gap = if blank && within(after, region.span()) { after } else { Span::at(line.start) };
        let neighbours = neighbours(&text, above, gap);
        let start = (gap.start - region.base) as usize;
        let end = (gap.end - region.base) as usize;
        let joined =
            [region.text.get(..start), region.text.get(end..)].into_iter().flatten().collect::<String>();
        let replaced = |edit: Edit| {
            let behind = edit.span.start + region.base >= gap.start;
            edit.shifted(region.base + if behind { gap.len() } else { 0 })
        };
        let found = region_layout(&joined).into_iter().map(replaced);
        edits.extend(found.filter(|edit| within(edit.span, neighbours) && !overlap(edit.span, line)));
    }
    edits.extend(indentation(document, &text, line));
    edits.sort_by_key(|edit| edit.span);
    edits
}

fn after_brace(document: &Document, offset: u32) -> Vec<Edit> {
    let text = document.text();
    let line = line_at(&text, offset);
    let Some((origin, chunk)) = offset.checked_sub(1).and_then(|brace| document.chunk_at(brace)) else {
        return Vec::new();
    };
    let tokens = tokens(&chunk.text);
    let closing = tokens.iter().position(|token| token.span.end + origin.base == offset);
    let Some(opening) = closing.and_then(|closing| opening_brace(&tokens, closing)) else {
        return Vec::new();
    };
    let Some(region) = region_around(document, place(origin.base, chunk)) else {
        let alone = Span::new(line.start, offset - 1).text(&text).trim().is_empty();
        return indentation(document, &text, line).filter(|_| alone).into_iter().collect();
    };
    let closed = line_at(&text, opening.span.start + origin.base).to(line);
    let found = region_layout(&region.text).into_iter().map(|edit| edit.shifted(region.base));
    found.filter(|edit| within(edit.span, closed)).collect()
}

/// The brace that the one at `closing` closes.
fn opening_brace(tokens: &[Token], closing: usize) -> Option<Token> {
    let mut open = 0;
    for token in tokens.get(..=closing)?.iter().rev() {
        match token.kind {
            TokenKind::CloseBrace => open += 1,
            TokenKind::OpenBrace => open -= 1,
            _ if open == 0 => return None,
            _ => {}
        }
        if open == 0 {
            return Some(*token);
        }
    }
    None
}

/// The edit that indents a line, whether or not the text around it is whole; none inside of a template or comment.
fn indentation(document: &Document, text: &str, line: Span) -> Option<Edit> {
    let blank = line.text(text).bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let blank = Span::new(line.start, line.start + u32::try_from(blank).ok()?);
    let (origin, chunk) = document.chunk_at(line.start.checked_sub(1)?)?;
    let start = line.start - origin.base;
    // At the end of a chunk the next one begins, which is not indented.
    let spaces = if start >= length(&chunk.text) && is_whole(chunk) {
        0
    } else {
        let tokens = tokens(&chunk.text);
        let before = tokens.iter().rfind(|token| token.span.end <= start && !token.span.is_empty())?;
        if before.kind != TokenKind::Newline || before.span.end != start {
            return None;
        }
        layout::indentation(&piece::pieces(&chunk.text, &tokens, Vec::new()), start)?
    };
    let new_text = " ".repeat(spaces as usize);
    (blank.text(text) != new_text).then_some(Edit { span: blank, new_text })
}

/// The line that `offset` is on, without its end.
fn line_at(text: &str, offset: u32) -> Span {
    let before = text.get(..offset as usize).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text.get(start..).unwrap_or_default();
    let end = start + rest.find('\n').unwrap_or(rest.len());
    Span::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

/// The lines around `line` that can be aligned with it: up to the next blank line, `gap` not counting as one, and the
/// next line where something opens or closes.
fn neighbours(text: &str, line: Span, gap: Span) -> Span {
    let ends = |line: Span| {
        let content = line.text(text).trim();
        let parts = content.ends_with(['{', '[', '(']) || content.starts_with(['}', ']', ')']);
        parts || content.is_empty() && (gap.is_empty() || line.start != gap.start)
    };
    let mut around = line;
    while let Some(above) = around.start.checked_sub(1).map(|before| line_at(text, before)) {
        if ends(above) {
            break;
        }
        around = around.to(above);
    }
    while around.end < length(text) {
        let below = line_at(text, around.end + 1);
        if ends(below) {
            break;
        }
        around = around.to(below);
    }
    around
}

fn region_layout(text: &str) -> Vec<Edit> {
    lay_out(text, &tokens(text), Vec::new())
}

fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether two spans share a byte; an empty one counts where it touches.
fn overlap(a: Span, b: Span) -> bool {
    if a.is_empty() || b.is_empty() {
        return a.start <= b.end && b.start <= a.end;
    }
    a.start < b.end && b.start < a.end
}

pub(super) fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
