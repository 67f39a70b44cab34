//! Where a diagnostic points, in lines and columns, with the source lines around it.

use syntax::{Diagnostic, FileName, Span};

use super::Sources;
use super::source::{Position, Source};

/// The subject of a diagnostic, resolved against its source.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: FileName,
    pub(crate) start: Position,
    pub(crate) end: Position,
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
pub(crate) fn place(diagnostic: &Diagnostic, sources: &dyn Sources) -> Option<Place> {
    let subject = diagnostic.subject.as_ref()?;
    let file = subject.file.clone();
    if file.as_str().is_empty() {
        // Terraform's empty place counts nothing.
        let nowhere = Position { line: 0, column: 0, byte: 0 };
        let end = Position { column: 1, byte: 1, ..nowhere };
        return Some(Place { file, start: nowhere, end, snippet: None });
    }
    let highlight = widened(subject.span);
    let Some(source) = sources.source(&file) else {
        // Lines cannot be counted in a text that is not there; such values are one line anyway.
        let at = |byte: u32| Position { line: 1, column: byte as usize + 1, byte: byte as usize };
        return Some(Place { file, start: at(highlight.start), end: at(highlight.end), snippet: None });
    };
    let start = source.position(highlight.start);
    let end = if subject.span.is_empty() && file.is_json() {
        Position { column: start.column + 1, byte: start.byte + 1, ..start }
    } else {
        source.position(highlight.end)
    };
    let highlight = widened(source.shown(subject.span));
    let shown = match &diagnostic.context {
        Some(context) if context.file == file => widened(source.shown(context.span)).to(highlight),
        _ => highlight,
    };
    let mut snippet = snippet(&source, shown, highlight);
    if file.is_json() {
        let context = diagnostic.context.as_ref().filter(|context| context.file == file);
        let first = context.map_or(subject.span.start, |context| context.span.start.min(subject.span.start));
        snippet.start_line = source.position(first).line;
    }
    Some(Place { file, start, end, snippet: Some(snippet) })
}

/// An empty span cannot be seen; it is shown as the byte after it.
fn widened(span: Span) -> Span {
    if span.is_empty() { Span::new(span.start, span.start.saturating_add(1)) } else { span }
}

/// The whole lines that `shown` touches.
fn snippet(source: &Source, shown: Span, highlight: Span) -> Snippet {
    let lines = source.lines_of(shown);
    let code_start = source.start_of(lines.start);
    let start_line = lines.start + 1;
    let code = lines.map(|line| source.line(line)).collect::<Vec<_>>().join("\n");
    let clamp = |offset: u32| {
        let mut at = (offset as usize).saturating_sub(code_start).min(code.len());
        while !code.is_char_boundary(at) {
            at -= 1;
        }
        at as u32
    };
    let context = source.context(highlight.start);
    let highlight = Span::new(clamp(highlight.start), clamp(highlight.end));
    let (code, highlight) = shortened(code, highlight);
    Snippet { context, code, start_line, highlight }
}

/// Nobody can read a snippet beyond this many bytes.
const LONGEST: usize = 16 * 1024;

/// Of a snippet that is too long, the part around the beginning of what it shows.
fn shortened(code: String, highlight: Span) -> (String, Span) {
    const AROUND: usize = 200;
    if code.len() <= LONGEST {
        return (code, highlight);
    }
    let boundary = |mut at: usize| {
        at = at.min(code.len());
        while !code.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let begin = highlight.start as usize;
    let (from, to) = (boundary(begin.saturating_sub(AROUND)), boundary(begin + AROUND));
    let before = if from > 0 { "…" } else { "" };
    let after = if to < code.len() { "…" } else { "" };
    let shown = format!("{before}{}{after}", code.get(from..to).unwrap_or_default());
    let place = |at: u32| (at as usize).clamp(from, to) - from + before.len();
    let highlight = Span::new(place(highlight.start) as u32, place(highlight.end) as u32);
    (shown, highlight)
}
