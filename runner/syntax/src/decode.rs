//! Bytes to text: HCL is UTF-8 and nothing else.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lexer::{TokenKind, tokens};
use crate::parser::Parse;
use crate::span::{FileName, Origin, Span};

/// The text of a file's bytes. What is no UTF-8 becomes U+FFFD, and the first such place outside comments is
/// reported. The diagnostic's span counts in the text, which may be longer than the bytes.
pub fn decode(file: &FileName, bytes: &[u8]) -> Parse<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = Vec::new();
    for piece in bytes.utf8_chunks() {
        text.push_str(piece.valid());
        if !piece.invalid().is_empty() {
            replaced.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    let diagnostics = first_outside_comments(&text, &replaced).map(|at| {
        let width = u32::try_from(char::REPLACEMENT_CHARACTER.len_utf8()).unwrap_or(1);
        Diagnostic::error(
            "Invalid character encoding",
            "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.",
        )
        .at(Origin::new(file.clone(), 0).locate(Span::new(at, at + width)))
    });
    let diagnostics: Diagnostics = diagnostics.into_iter().collect();
    Parse { tree: text, diagnostics }
}

fn first_outside_comments(text: &str, replaced: &[u32]) -> Option<u32> {
    if replaced.is_empty() {
        return None;
    }
    let comments: Vec<Span> = tokens(text)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Comment)
        .map(|token| token.span)
        .collect();
    let in_comment = |at: u32| {
        let index = comments.partition_point(|comment| comment.start <= at);
        index.checked_sub(1).and_then(|index| comments.get(index)).is_some_and(|comment| comment.contains(at))
    };
    replaced.iter().copied().find(|&at| !in_comment(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_fault_outside_comments_is_told() {
        let decoded = decode(&FileName::new("a.hcl"), b"# \xe9\na = \"\xff\" # \xe9\nb = \"\xfe\xfe\"\n");
        assert_eq!(decoded.tree, "# \u{fffd}\na = \"\u{fffd}\" # \u{fffd}\nb = \"\u{fffd}\u{fffd}\"\n");
        let spans: Vec<Span> =
            decoded.diagnostics.iter().filter_map(|one| one.subject.as_ref()).map(|one| one.span).collect();
        assert_eq!(spans, [Span::new(11, 14)]);
        assert_eq!(decode(&FileName::new("a.hcl"), "é # é".as_bytes()).diagnostics, []);
        assert_eq!(decode(&FileName::new("a.hcl"), b"a = 1 # \xff").diagnostics, []);
    }
}
