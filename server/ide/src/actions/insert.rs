//! Where new text goes in a document of the native syntax, and how it is indented there.

use config::compose::{Body, with_line_ends};
use syntax::ast::{Block, Item};
use syntax::{Document, Edit, Span};

use crate::rename::Refusal;

/// Why nothing can be added to what is half-typed.
const BROKEN: &str = "The block cannot be read as it is now.";

/// New items at the end of a block's body. The block's spans count from `base`.
pub(super) fn into_block(
    document: &Document,
    base: u32,
    block: &Block,
    items: &Body,
) -> Result<Edit, Refusal> {
    let (Some(open), Some(close)) = (block.open_brace, block.close_brace) else {
        return Err(Refusal(BROKEN.to_owned()));
    };
    let braces = Braces {
        open: open.end + base,
        close: close.start + base,
        first: block.body.items.first().map(|item| item.span().start + base),
        last_is_block: matches!(block.body.items.last(), Some(Item::Block(_))),
    };
    Ok(between(document, &braces, items))
}

/// New items at the end of an object that `object` covers; `None` when it is not written as one.
pub(super) fn into_object(document: &Document, object: Span, items: &Body) -> Option<Edit> {
    let text = document.text();
    let inside = object.text(&text).strip_prefix('{')?.strip_suffix('}')?;
    let lead = inside.len() - inside.trim_start().len();
    let first = (!inside.trim().is_empty()).then(|| object.start + 1 + u32::try_from(lead).unwrap_or(0));
    let braces = Braces { open: object.start + 1, close: object.end - 1, first, last_is_block: false };
    Some(between(document, &braces, items))
}

/// One more element of a list that `list` covers.
pub(super) fn into_list(document: &Document, list: Span, element: &str) -> Option<Edit> {
    let text = document.slice(list);
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    let old = inside.trim_end();
    let at = list.start + 1 + u32::try_from(old.len()).ok()?;
    let new_text = match (old.trim().is_empty(), old.contains('\n')) {
        (true, _) => element.to_owned(),
        (false, false) if old.ends_with(',') => format!(" {element}"),
        (false, false) => format!(", {element}"),
        (false, true) => {
            let last = old.rsplit('\n').next().unwrap_or_default();
            let indent = last.len() - last.trim_start().len();
            let comma = if old.ends_with(',') { "" } else { "," };
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            format!("{comma}{newline}{}{element},", last.get(..indent)?)
        }
    };
    // Behind a comment on the last line a comma would be part of it.
    let last = old.rsplit('\n').next().unwrap_or_default();
    (!last.contains('#') && !last.contains("//")).then_some(Edit { span: Span::at(at), new_text })
}

/// Where new items are to go.
struct Braces {
    /// Behind the opening brace.
    open: u32,
    /// In front of the closing one.
    close: u32,
    /// Where the first item begins.
    first: Option<u32>,
    last_is_block: bool,
}

fn between(document: &Document, braces: &Braces, items: &Body) -> Edit {
    let text = document.text();
    let outer = indentation(&text, braces.open);
    let on_open_line = |at: u32| !Span::new(braces.open, at).text(&text).contains('\n');
    let inner = match braces.first.filter(|&first| !on_open_line(first)) {
        Some(first) => indentation(&text, first).to_owned(),
        None => format!("{outer}{}", if outer.contains('\t') { "\t" } else { "  " }),
    };
    let new = indented(&items.to_text(), &inner);
    let inside = Span::new(braces.open, braces.close).text(&text);
    if !inside.contains('\n') {
        // `{}` or `{ name = value }`
        let old = inside.trim().trim_end_matches(',');
        let old = if old.is_empty() { String::new() } else { format!("{inner}{old}\n") };
        let parted = if !old.is_empty() && items.begins_with_block() { "\n" } else { "" };
        let new_text = format!("\n{old}{parted}{new}{outer}");
        let span = Span::new(braces.open, braces.close);
        return Edit { span, new_text: with_line_ends(&new_text, &text).into_owned() };
    }
    // In front of the line of the brace; or of the brace, when something stands before it on its line.
    let line = braces.close - length(inside.rsplit('\n').next().unwrap_or_default());
    let alone = Span::new(line, braces.close).text(&text).trim().is_empty();
    let (at, before, behind) = if alone { (line, "", "") } else { (braces.close, "\n", outer) };
    let last = above(&text, at).trim_end();
    let parted =
        (braces.last_is_block || items.begins_with_block()) && !last.is_empty() && !last.ends_with('{');
    let blank = if parted { "\n" } else { "" };
    let new_text = format!("{before}{blank}{new}{behind}");
    Edit { span: Span::at(at), new_text: with_line_ends(&new_text, &text).into_owned() }
}

/// New items of the file behind the last one that begins in front of `at`, or behind all where none does.
pub(super) fn at_root(document: &Document, at: u32, items: &Body) -> Edit {
    let text = document.text();
    let before = document.chunks().take_while(|(origin, _)| origin.base <= at);
    let spans = before
        .flat_map(|(origin, chunk)| chunk.body.items.iter().map(move |it| it.span().shifted(origin.base)));
    let end = match spans.filter(|span| span.start <= at).last() {
        Some(item) => {
            let rest = text.get(item.end as usize..).unwrap_or_default();
            item.end + length(rest.split('\n').next().unwrap_or_default().trim_end_matches('\r'))
        }
        None => length(text.trim_end()),
    };
    let rest = text.get(end as usize..).unwrap_or_default();
    let blank_below = rest.split('\n').nth(1).is_none_or(|line| line.trim().is_empty());
    let before = if end == 0 { "" } else { "\n\n" };
    let behind = if rest.contains('\n') && blank_below { "" } else { "\n" };
    let new_text = format!("{before}{}{behind}", items.to_text().trim_end());
    Edit { span: Span::at(end), new_text: with_line_ends(&new_text, &text).into_owned() }
}

/// New items in front of the one that begins at `at`, and of the comments right above it; with a blank line between.
pub(super) fn before_item(document: &Document, at: u32, items: &Body) -> Edit {
    before(document, at, items, true)
}

/// New arguments in front of the one that begins at `at`, and of the comments right above it.
pub(super) fn before_attribute(document: &Document, at: u32, items: &Body) -> Edit {
    before(document, at, items, false)
}

fn before(document: &Document, at: u32, items: &Body, parted: bool) -> Edit {
    let text = document.text();
    let indent = indentation(&text, at).to_owned();
    let mut at =
        at - length(text.get(..at as usize).and_then(|it| it.rsplit('\n').next()).unwrap_or_default());
    while at > 0 && above(&text, at).trim_start().starts_with(['#', '/']) {
        at -= length(above(&text, at)) + 1;
    }
    let line = above(&text, at).trim_end();
    let follows = at > 0 && !line.is_empty() && !line.ends_with('{');
    let above = if parted && follows { "\n" } else { "" };
    let below = if parted { "\n" } else { "" };
    let new_text = format!("{above}{}{below}", indented(&items.to_text(), &indent));
    Edit { span: Span::at(at), new_text: with_line_ends(&new_text, &text).into_owned() }
}

/// The line that ends before `at`, which begins one.
fn above(text: &str, at: u32) -> &str {
    let before = text.get(..at as usize).unwrap_or_default();
    before.strip_suffix('\n').unwrap_or(before).rsplit('\n').next().unwrap_or_default()
}

/// The blank space in front of the line that `at` is on.
pub(super) fn indentation(text: &str, at: u32) -> &str {
    let before = text.get(..at as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let end = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

/// Every line of a text but the empty ones behind some blank space.
fn indented(text: &str, by: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str(by);
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
