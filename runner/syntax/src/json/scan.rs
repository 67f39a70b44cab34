//! The tokens of a JSON text, cut where Terraform's JSON reader cuts them.
//!
//! Numbers, words and strings are found here and judged by the parser.

use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    /// No JSON, but what people write who think of the native syntax.
    Equals,
    /// Letters and underscores.
    Word,
    /// Whatever looks like the letters of a number.
    Number,
    /// From one quote to the next, or to the control character or the text's end before which it was not closed.
    String,
    /// One byte that begins nothing.
    Invalid,
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// Reads tokens one by one.
#[derive(Clone)]
pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Whether the text counts as ended behind a byte that begins no token, as it does for Terraform.
    strict: bool,
    stopped: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn strict(text: &'t str) -> Scanner<'t> {
        Scanner { bytes: text.as_bytes(), at: 0, strict: true, stopped: false }
    }

    pub(super) fn tolerant(text: &'t str) -> Scanner<'t> {
        Scanner { strict: false, ..Scanner::strict(text) }
    }

    /// The next token; `End` again and again once there is nothing more.
    pub(super) fn next(&mut self) -> Token {
        if !self.stopped {
            self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        }
        let start = self.at;
        let Some(&first) = self.bytes.get(self.at).filter(|_| !self.stopped) else {
            return Token { kind: Kind::End, span: Span::at(offset(start)) };
        };
        self.at += 1;
        let kind = match first {
            b'{' => Kind::OpenBrace,
            b'}' => Kind::CloseBrace,
            b'[' => Kind::OpenBracket,
            b']' => Kind::CloseBracket,
            b',' => Kind::Comma,
            b':' => Kind::Colon,
            b'=' => Kind::Equals,
            b'"' => {
                self.string();
                Kind::String
            }
            b'0'..=b'9' | b'.' | b'-' | b'+' => {
                self.skip(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
                Kind::Number
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.skip(|byte| byte.is_ascii_alphabetic() || byte == b'_');
                Kind::Word
            }
            _ => {
                self.stopped = self.strict;
                Kind::Invalid
            }
        };
        Token { kind, span: Span::new(offset(start), offset(self.at)) }
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|&byte| wanted(byte)) {
            self.at += 1;
        }
    }

    /// Goes behind the closing quote.
    fn string(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if self.bytes.get(self.at + 1).is_some_and(|&next| next >= b' ') => self.at += 2,
                0..b' ' => return,
                _ => self.at += 1,
            }
        }
    }
}

pub(super) fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
