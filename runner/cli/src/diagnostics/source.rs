//! A text that diagnostics point into, read once: its lines and its blocks.

use std::ops::Range;
use std::sync::Arc;

use syntax::ast::Body;
use syntax::{FileName, Span};
use unicode_segmentation::UnicodeSegmentation;

/// A text with what snippets need to know about it.
#[derive(Debug)]
pub struct Source {
    text: Arc<str>,
    /// Where each line begins.
    lines: Vec<usize>,
    body: Body,
}

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
        let byte = offset as usize;
        let index = self.line_of(byte);
        let start = self.start_of(index);
        let in_line = self.text.get(start..byte.min(self.text.len())).unwrap_or_default();
        // An offset past the end (a widened empty span) keeps counting columns from the last character.
        let beyond = byte.saturating_sub(self.text.len());
        Position { line: index + 1, column: in_line.graphemes(true).count() + beyond + 1, byte }
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
