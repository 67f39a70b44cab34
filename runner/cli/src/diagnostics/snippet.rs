//! Where a diagnostic points, in lines and columns, with the source lines around it.

use syntax::{Diagnostic, FileName, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::{Sources, context};

/// A place as Terraform counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Position {
    /// From 1.
    pub(super) line: usize,
    /// From 1, in grapheme clusters.
    pub(super) column: usize,
    /// From 0.
    pub(super) byte: usize,
}

/// The subject of a diagnostic, resolved against its source.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: FileName,
    pub(super) start: Position,
    pub(super) end: Position,
    /// `None` when the file's text is not available.
    pub(super) snippet: Option<Snippet>,
}

#[derive(Clone, Debug)]
pub(super) struct Snippet {
    /// The header of the top-level block around the subject.
    pub(super) context: Option<String>,
    /// Whole lines, without the last line's end.
    pub(super) code: String,
    /// The number of the first of them.
    pub(super) start_line: usize,
    /// The subject within `code`, in bytes.
    pub(super) highlight: Span,
}

/// Resolves the diagnostic's subject; `None` when it has none.
pub(super) fn place(diagnostic: &Diagnostic, sources: &dyn Sources) -> Option<Place> {
    let subject = diagnostic.subject.as_ref()?;
    let highlight = widened(subject.span);
    let Some(text) = sources.text(&subject.file) else {
        // Lines cannot be counted in a text that is not there; such values are one line anyway.
        let at = |byte: u32| Position { line: 1, column: byte as usize + 1, byte: byte as usize };
        let (start, end) = (at(highlight.start), at(highlight.end));
        return Some(Place { file: subject.file.clone(), start, end, snippet: None });
    };
    let shown = match &diagnostic.context {
        Some(context) if context.file == subject.file => widened(context.span).to(highlight),
        _ => highlight,
    };
    let context = context::header(&subject.file, &text, highlight.start);
    Some(Place {
        file: subject.file.clone(),
        start: position(&text, highlight.start),
        end: position(&text, highlight.end),
        snippet: Some(lines(&text, shown, highlight, context)),
    })
}

/// An empty span cannot be seen; it is shown as the byte after it.
fn widened(span: Span) -> Span {
    if span.is_empty() { Span::new(span.start, span.start.saturating_add(1)) } else { span }
}

fn position(text: &str, offset: u32) -> Position {
    let byte = offset as usize;
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    // An offset past the end (a widened empty span) keeps counting columns from the last character.
    let beyond = byte.saturating_sub(text.len());
    let in_line = before.get(line_start..).unwrap_or_default();
    Position { line, column: in_line.graphemes(true).count() + beyond + 1, byte }
}

/// The whole lines that `shown` touches.
fn lines(text: &str, shown: Span, highlight: Span, context: Option<String>) -> Snippet {
    let mut code = String::new();
    let mut first: Option<(usize, usize)> = None;
    let mut start = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let line = raw.strip_suffix('\n').unwrap_or(raw);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let end = start + raw.len();
        if start < shown.end as usize && end > shown.start as usize {
            if first.is_none() {
                first = Some((index + 1, start));
            } else {
                code.push('\n');
            }
            code.push_str(line);
        }
        start = end;
    }
    // A subject at the very end of the text stands on a line that does not exist yet.
    let (start_line, code_start) = first.unwrap_or((position(text, shown.start).line, shown.start as usize));
    let clamp = |offset: u32| {
        let mut at = (offset as usize).saturating_sub(code_start).min(code.len());
        while !code.is_char_boundary(at) {
            at -= 1;
        }
        at as u32
    };
    let highlight = Span::new(clamp(highlight.start), clamp(highlight.end));
    Snippet { context, code, start_line, highlight }
}
