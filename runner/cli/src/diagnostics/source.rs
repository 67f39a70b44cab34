//! A text that diagnostics point into, read once: its lines and its blocks.

use std::ops::Range;
use std::sync::Arc;

use syntax::ast::{Body, Expr, ExprKind};
use syntax::{FileName, JsonText, Span, characters};

/// A text with what snippets need to know about it.
#[derive(Debug)]
pub struct Source {
    text: Arc<str>,
    /// Where each line begins.
    lines: Vec<usize>,
    body: Body,
}

/// A string of a JSON text, with its quotes.
struct JsonString<'s> {
    span: Span,
    text: &'s JsonText,
    /// Whether it has interpolations or directives. What points into another string can only be about a reference or a
    /// type.
    is_template: bool,
}

/// A place as Terraform counts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    /// From 0.
    pub(crate) byte: usize,
}

impl Source {
    pub fn new(file: &FileName, text: Arc<str>) -> Source {
        let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(newlines).collect();
        let body = syntax::parse_body(file, &text).tree;
        Source { text, lines, body }
    }

    /// The header of the top-level block around the byte before `offset`. Terraform looks one byte ahead of the
    /// subject, so a diagnostic about a block's own header names no block.
    pub(super) fn context(&self, offset: u32) -> Option<String> {
        syntax::context_at(&self.body, offset.checked_sub(1)?)
    }

    pub(super) fn position(&self, offset: u32) -> Position {
        match self.json_string(offset) {
            Some(string) => self.position_in_json(string, offset),
            None => self.position_in_text(offset),
        }
    }

    /// The bytes that Terraform takes a span for: see [`Source::position_in_json`].
    pub(super) fn shown(&self, span: Span) -> Span {
        let byte = |offset: u32| match self.json_string(offset) {
            Some(_) => u32::try_from(self.position(offset).byte).unwrap_or(u32::MAX),
            None => offset,
        };
        Span::new(byte(span.start), byte(span.end))
    }

    fn position_in_text(&self, offset: u32) -> Position {
        let byte = offset as usize;
        let index = self.line_of(byte);
        let start = self.start_of(index);
        let in_line = self.text.get(start..byte.min(self.text.len())).unwrap_or_default();
        // An offset past the end (a widened empty span) keeps counting columns from the last character.
        let beyond = byte.saturating_sub(self.text.len());
        Position { line: index + 1, column: characters(in_line).count() + beyond + 1, byte }
    }

    /// Terraform counts places in a JSON string as if the string had no escapes, from behind its opening quote in a
    /// template, and from the quote itself in a reference or a type.
    fn position_in_json(&self, string: JsonString<'_>, offset: u32) -> Position {
        let start = self.position_in_text(string.span.start);
        let quote = usize::from(string.is_template);
        let length = string.text.text_offset(offset) as usize;
        let before = string.text.text.get(..length).unwrap_or_default();
        let newlines = before.matches('\n').count();
        let last = characters(before.rsplit('\n').next().unwrap_or_default()).count();
        Position {
            line: start.line + newlines,
            column: if newlines == 0 { start.column + quote + last } else { last + 1 },
            byte: start.byte + quote + length,
        }
    }

    /// The JSON string whose text the offset is in.
    fn json_string(&self, offset: u32) -> Option<JsonString<'_>> {
        let inside = |expr: &&Expr| expr.span.start < offset && offset < expr.span.end;
        let mut current = &self.body.json.as_ref()?.value;
        loop {
            current = match &current.kind {
                ExprKind::Object(items) => {
                    items.iter().flat_map(|item| [&item.key, &item.value]).find(inside)?
                }
                ExprKind::Tuple(items) => items.iter().find(inside)?,
                ExprKind::JsonString(string) => {
                    let text = &string.text;
                    let is_template = text.text.contains("${") || text.text.contains("%{");
                    return Some(JsonString { span: current.span, text, is_template });
                }
                _ => return None,
            };
        }
    }

    /// The lines that `span` touches, counted from 0. A span behind the last newline touches none. As in Terraform, a
    /// span with a line's end touches the next line, and an empty line is not touched.
    pub(super) fn lines_of(&self, span: Span) -> Range<usize> {
        let (start, end) = (span.start as usize, span.end as usize);
        let first = self.line_of(start);
        let mut last = self.line_of(end.max(start));
        if start >= self.text.len() {
            return last..last;
        }
        while last > first && self.line(last).is_empty() {
            last -= 1;
        }
        first..last + 1
    }

    /// Line and column of an offset in the text itself, both from 1 and the column in code points, whatever Terraform
    /// makes of it.
    pub(super) fn code_point(&self, offset: u32) -> (usize, usize) {
        let byte = offset as usize;
        let index = self.line_of(byte);
        let start = self.start_of(index);
        let in_line = self.text.get(start..byte.min(self.text.len())).unwrap_or_default();
        (index + 1, in_line.chars().count() + 1)
    }

    /// The text at a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where a line begins, in bytes.
    pub(super) fn start_of(&self, line: usize) -> usize {
        self.lines.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line without its end.
    pub(super) fn line(&self, line: usize) -> &str {
        let text = self.text.get(self.start_of(line)..self.start_of(line + 1)).unwrap_or_default();
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }

    fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }
}
