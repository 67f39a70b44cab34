//! The tokens of templates: quoted ones, heredocs and bare ones.

use super::bytes::{is_ident_start, plain_end};
use super::{Lexer, Mode, TokenKind, offset};
use crate::span::Span;

/// What the literal text of a template comes to at a byte that is not plain.
enum Mark {
    /// So many more bytes are literal.
    Literal(usize),
    /// So many more, and there the text ends.
    End(usize),
}

impl Lexer<'_> {
    /// The next token of the template that this is in, and where it starts.
    #[inline(never)]
    pub(super) fn template_token(&mut self) -> Option<(usize, TokenKind)> {
        match self.mode {
            Mode::Heredoc { marker, line_start } => self.heredoc_token(marker, line_start),
            Mode::Bare => Some((self.position, self.template_text_or_sequence()?)),
            _ => Some((self.position, self.quoted_token()?)),
        }
    }

    /// From after the first `<` of two.
    pub(super) fn heredoc_or_less(&mut self) -> TokenKind {
        match self.heredoc_opening() {
            Some((marker, end)) => {
                self.enter(Mode::Heredoc { marker, line_start: true });
                self.position = end;
                TokenKind::OpenHeredoc
            }
            None => TokenKind::Less,
        }
    }

    /// The marker's span and the end of `<<-MARKER\n`, when one stands here.
    fn heredoc_opening(&mut self) -> Option<(Span, usize)> {
        let dash = usize::from(self.bytes.get(self.position + 1) == Some(&b'-'));
        let from = self.position + 1 + dash;
        let mut ahead = Lexer { outer: Vec::new(), position: from, ..*self };
        let starts = match self.bytes.get(from) {
            Some(&byte) if byte.is_ascii() => is_ident_start(byte),
            _ => ahead.next_char().is_some_and(unicode_ident::is_xid_start),
        };
        if !starts {
            self.starved |= from >= self.bytes.len();
            return None;
        }
        ahead.position += ahead.next_char().map_or(0, char::len_utf8);
        ahead.ident();
        let marker = Span::new(offset(from), offset(ahead.position));
        let line_end = match ahead.rest() {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => {
                self.starved |= ahead.rest().len() < 2;
                return None;
            }
        };
        Some((marker, ahead.position + line_end))
    }

    fn heredoc_token(&mut self, marker: Span, line_start: bool) -> Option<(usize, TokenKind)> {
        if line_start && let Some((start, end)) = self.heredoc_end(marker) {
            self.leave();
            self.position = end;
            return Some((start, TokenKind::CloseHeredoc));
        }
        let start = self.position;
        // The text comes back to this mode on a new line or not.
        let ended_line = |lexer: &Self| lexer.bytes.get(lexer.position - 1) == Some(&b'\n');
        self.mode = Mode::Heredoc { marker, line_start: false };
        let kind = self.template_text_or_sequence()?;
        if kind == TokenKind::TemplateText {
            self.mode = Mode::Heredoc { marker, line_start: ended_line(self) };
        }
        Some((start, kind))
    }

    /// Whether the line that begins here is the marker with nothing but blank space around it. The marker counts
    /// only when the line is ended.
    fn heredoc_end(&self, marker: Span) -> Option<(usize, usize)> {
        let word = marker.text(self.text).as_bytes();
        let rest = self.rest();
        let indent = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let after = rest.get(indent..)?.strip_prefix(word)?;
        let trailing = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        if after.get(trailing) != Some(&b'\n') {
            return None;
        }
        let start = self.position + indent;
        Some((start, start + word.len()))
    }

    /// In a heredoc or bare template: `${`, `%{`, or text up to the next of them or the line's end. A carriage return
    /// that no newline follows has no place in a heredoc, as nowhere in a configuration.
    fn template_text_or_sequence(&mut self) -> Option<TokenKind> {
        let lone = !matches!(self.mode, Mode::Bare);
        self.text_or_sequence(TokenKind::TemplateText, |lexer, at, byte| match byte {
            b'\n' => Mark::End(1),
            b'\r' if lone && lexer.bytes.get(at + 1) != Some(&b'\n') => Mark::End(0),
            _ => Mark::Literal(1),
        })
        .or_else(|| {
            // Nothing but a carriage return, or the text's end.
            (self.position < self.bytes.len()).then(|| self.take_faulty(1, TokenKind::Invalid))
        })
    }

    fn quoted_token(&mut self) -> Option<TokenKind> {
        match self.rest() {
            [] => return None,
            [b'"', ..] => {
                self.leave();
                return Some(self.take(1, TokenKind::CloseQuote));
            }
            [b'\r', b'\n', ..] => return Some(self.quoted_newline(2)),
            [b'\n' | b'\r', ..] => return Some(self.quoted_newline(1)),
            [b'\\', b'\n' | b'\r', ..] | [b'\\'] => {
                return Some(self.take_faulty(1, TokenKind::QuotedBackslash));
            }
            _ => {}
        }
        self.text_or_sequence(TokenKind::QuotedText, |lexer, at, byte| match byte {
            b'"' | b'\n' | b'\r' => Mark::End(0),
            // With a line's end it is a token of its own; otherwise what it escapes is a character of any length.
            b'\\' => match lexer.text.get(at + 1..).and_then(|rest| rest.chars().next()) {
                None | Some('\n' | '\r') => Mark::End(0),
                Some(escaped) => Mark::Literal(1 + escaped.len_utf8()),
            },
            _ => Mark::Literal(1),
        })
    }

    /// `${`, `%{`, or literal text up to the next of them or to where `mark` ends it; it is asked about every other byte
    /// that may mean something, by its place. `None` when that is right here.
    #[inline(always)]
    fn text_or_sequence(
        &mut self,
        text: TokenKind,
        mark: impl Fn(&Self, usize, u8) -> Mark,
    ) -> Option<TokenKind> {
        let start = self.position;
        let mut at = start;
        loop {
            at = plain_end(self.bytes, at);
            let Some(&byte) = self.bytes.get(at) else { break };
            let found = match (byte, self.bytes.get(at..).unwrap_or_default()) {
                // `$${` and `%%{` are the escaped forms.
                (b'$' | b'%', [_, second, b'{', ..]) if *second == byte => Mark::Literal(3),
                (b'$' | b'%', [_, b'{', ..]) if at > start => Mark::End(0),
                (b'$', [_, b'{', rest @ ..]) => {
                    return Some(self.open_sequence(TokenKind::OpenInterpolation, rest));
                }
                (b'%', [_, b'{', rest @ ..]) => {
                    return Some(self.open_sequence(TokenKind::OpenDirective, rest));
                }
                (b'$' | b'%', _) => Mark::Literal(1),
                _ => mark(self, at, byte),
            };
            match found {
                Mark::Literal(length) => at += length,
                Mark::End(length) => {
                    at += length;
                    break;
                }
            }
        }
        (at > start).then(|| self.take(at - start, text))
    }

    /// `after` is what follows the two bytes that are here.
    fn open_sequence(&mut self, kind: TokenKind, after: &[u8]) -> TokenKind {
        self.enter(Mode::Sequence { braces: 0 });
        self.take(2 + usize::from(after.first() == Some(&b'~')), kind)
    }

    /// An unclosed quoted template ends with its line, and with it the sequences around it when the next line shows
    /// that they were left unclosed too.
    fn quoted_newline(&mut self, length: usize) -> TokenKind {
        self.leave();
        // A line feed may follow a carriage return that no text follows yet.
        self.starved |= self.rest() == b"\r";
        let kind = self.take_faulty(length, TokenKind::QuotedNewline);
        self.unclosed_next = self.left_unclosed() && self.next_line_begins_item();
        kind
    }
}
