//! The difference between a text and its pieces as they should stand, as small edits.

use super::piece::Piece;
use crate::span::Span;

/// A replacement of a part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    pub new_text: String,
}

impl Edit {
    /// The same edit of a text that begins `base` bytes earlier.
    pub(super) fn shifted(self, base: u32) -> Edit {
        Edit { span: self.span.shifted(base), ..self }
    }

    /// The same edit of a text that begins `base` bytes later.
    pub(super) fn unshifted(self, base: u32) -> Edit {
        let Span { start, end } = self.span;
        Edit { span: Span::new(start.saturating_sub(base), end.saturating_sub(base)), ..self }
    }
}

/// The text after `edits`, which are in order and do not overlap.
pub fn apply_edits(text: &str, edits: &[Edit]) -> String {
    let grown: usize = edits.iter().map(|edit| edit.new_text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut position = 0;
    for edit in edits {
        out.push_str(Span::new(position, edit.span.start).text(text));
        out.push_str(&edit.new_text);
        position = edit.span.end;
    }
    out.push_str(text.get(position as usize..).unwrap_or_default());
    out
}

/// What turns `text` into the pieces with their spaces. Pieces of the text itself are never replaced, only what is
/// between them.
pub(super) fn edits(text: &str, pieces: &[Piece]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut position = 0;
    let mut wanted = String::new();
    for piece in pieces {
        wanted.extend(std::iter::repeat_n(' ', piece.spaces as usize));
        match &piece.written {
            Some(written) => wanted.push_str(written),
            None => {
                push_difference(text, Span::new(position, piece.span.start), &wanted, &mut edits);
                wanted.clear();
                position = piece.span.end;
            }
        }
    }
    edits
}

/// The edit of `span` to `wanted`, without what both begin or end with.
fn push_difference(text: &str, span: Span, wanted: &str, edits: &mut Vec<Edit>) {
    let old = span.text(text);
    if old == wanted {
        return;
    }
    let ends = old.chars().rev().zip(wanted.chars().rev());
    let after: usize = ends.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old, wanted) = (shorter(old, after), shorter(wanted, after));
    let starts = old.chars().zip(wanted.chars());
    let before: usize = starts.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let start = span.start + u32::try_from(before).unwrap_or(0);
    let end = span.start + u32::try_from(old.len()).unwrap_or(0);
    let new_text = wanted.get(before..).unwrap_or_default().to_owned();
    edits.push(Edit { span: Span::new(start, end), new_text });
}

fn shorter(text: &str, by: usize) -> &str {
    text.get(..text.len() - by.min(text.len())).unwrap_or_default()
}
