//! Tokens with the blank space before them, the ones that rewriting adds among them.

use super::rewrite::Change;
use crate::characters::characters;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

/// A token as it shall be written.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) kind: TokenKind,
    /// Where it stands in the text.
    pub(super) span: Span,
    /// Its text, when the one in `span` is not meant.
    pub(super) written: Option<Box<str>>,
    /// How many spaces stand before it.
    pub(super) spaces: u32,
    /// How many columns it takes up: one for each character as a reader sees it.
    pub(super) width: u32,
    /// A comment that ends with its line.
    pub(super) line_comment: bool,
}

impl Piece {
    pub(super) fn text<'a>(&'a self, source: &'a str) -> &'a str {
        self.written.as_deref().unwrap_or_else(|| self.span.text(source))
    }
}

/// The pieces of a text after `changes`, which are in order. The spaces are those of the text, a tab counting as one.
pub(super) fn pieces(text: &str, tokens: &[Token], changes: Vec<Change>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len() + changes.len());
    let mut changes = changes.into_iter().peekable();
    let mut previous_end = 0;
    let mut skipped_to = 0;
    for (index, token) in tokens.iter().enumerate() {
        while let Some(change) = changes.next_if(|change| change.span.start <= token.span.start) {
            skipped_to = change.span.end;
            pieces.extend(change.insert.into_iter().map(|(kind, text)| Piece {
                kind,
                span: Span::at(token.span.start),
                spaces: 0,
                width: width(&text),
                line_comment: false,
                written: Some(text.into()),
            }));
        }
        let mut span = token.span;
        if token.kind == TokenKind::CloseHeredoc {
            // The blank space around the marker is the heredoc's own.
            let line_end = tokens.get(index + 1).map_or(span.end, |next| next.span.start);
            span = Span::new(previous_end, line_end);
        }
        let spaces = span.start.saturating_sub(previous_end);
        previous_end = span.end;
        if token.span.start < skipped_to {
            continue;
        }
        let source = span.text(text);
        pieces.push(Piece {
            kind: token.kind,
            span,
            written: None,
            spaces,
            width: width(source),
            line_comment: is_line_comment(*token, text),
        });
    }
    pieces
}

pub(super) fn is_line_comment(token: Token, text: &str) -> bool {
    token.kind == TokenKind::Comment && !token.span.text(text).starts_with("/*")
}

fn width(text: &str) -> u32 {
    let count = match text.is_ascii() && !text.contains('\r') {
        true => text.len(),
        false => characters(text).count(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}
