//! White space that templates lose: around `~` markers and, in `<<-` heredocs, at the beginning of lines.
//!
//! Both act on the pieces of literal text between sequences after their escapes are resolved, a heredoc's pieces
//! being its lines. Measured on Terraform 1.11.4.

use std::borrow::Cow;

use super::template::Piece;
use crate::characters::characters;

/// Removes the white space before a sequence that begins with `~`: from the piece before it only.
pub(super) fn trim_before(pieces: &mut [Piece<'_>]) {
    if let Some(Piece::Literal { text, .. }) = pieces.last_mut() {
        let length = text.trim_end().len();
        match text {
            Cow::Borrowed(text) => *text = text.get(..length).unwrap_or_default(),
            Cow::Owned(text) => text.truncate(length),
        }
    }
}

/// Removes the white space after a sequence that ends with `~`.
pub(super) fn trim_after(text: &mut Cow<'_, str>) {
    drop_start(text, text.len() - text.trim_start().len());
}

fn drop_start(text: &mut Cow<'_, str>, bytes: usize) {
    match text {
        Cow::Borrowed(text) => *text = text.get(bytes..).unwrap_or_default(),
        Cow::Owned(text) => drop(text.drain(..bytes)),
    }
}

/// Removes from every line the indentation that all lines have in common. Lines of white space only do not count;
/// a line that begins with a sequence has no indentation.
pub(super) fn dedent(pieces: &mut [Piece<'_>]) {
    let mut common = usize::MAX;
    let mut indented = Vec::new();
    let mut line_start = true;
    for (index, piece) in pieces.iter().enumerate() {
        let literal = match piece {
            Piece::Literal { text, .. } => Some(&**text),
            _ => None,
        };
        if line_start {
            line_start = false;
            match literal {
                Some(text) if text.trim_start().is_empty() && text.ends_with('\n') => {}
                Some(text) => {
                    common = common.min(indentation(text));
                    indented.push(index);
                }
                None => common = 0,
            }
        }
        line_start |= literal.is_some_and(|text| text.ends_with('\n'));
    }
    for index in indented {
        if let Some(Piece::Literal { text, .. }) = pieces.get_mut(index) {
            drop_start(text, bytes_of(text, common));
        }
    }
}

/// White space at the beginning, counted in characters as a reader sees them.
fn indentation(text: &str) -> usize {
    let blank = text.len() - text.trim_start().len();
    let blank = text.get(..blank).unwrap_or_default();
    if is_plain(blank.as_bytes()) { blank.len() } else { characters(blank).count() }
}

/// How many bytes the first `count` characters take.
fn bytes_of(text: &str, count: usize) -> usize {
    // What follows may join the last character, so it is looked at too.
    if let Some(start) = text.as_bytes().get(..count)
        && is_plain(start)
        && text.as_bytes().get(count).is_none_or(u8::is_ascii)
    {
        return count;
    }
    characters(text).take(count).map(str::len).sum()
}

/// Whether there are only blanks that are a character each, which spares the search for characters' bounds.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}
