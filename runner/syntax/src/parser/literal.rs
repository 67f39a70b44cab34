//! What single literals mean: numbers, escapes, and block labels.

use std::borrow::Cow;

use super::Parser;
use super::recovery::Until;
use crate::ast::Label;
use crate::lexer::{TokenKind, is_plain};
use crate::span::Span;

/// Whether a number token is a number: digits, an optional fraction, an optional exponent.
pub(super) fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    [whole, fraction, exponent]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl<'a> Parser<'a, '_> {
    /// What stands between an opening quote that was read and its closing quote, read with that quote: at most one
    /// piece of literal text. Nothing is read of a string that is more than that.
    pub(super) fn plain_string(&mut self) -> Option<Cow<'a, str>> {
        let token = self.raw();
        let literal = match token.kind {
            TokenKind::CloseQuote => None,
            TokenKind::QuotedText if self.raw_at(self.position + 1).kind == TokenKind::CloseQuote => {
                self.read_raw();
                Some(token.span)
            }
            _ => return None,
        };
        self.read_raw();
        Some(literal.map(|span| self.quoted_text(span)).unwrap_or_default())
    }

    /// A quoted block label, from its opening quote.
    pub(super) fn quoted_label(&mut self) -> Label {
        let open = self.read().span;
        if let Some(text) = self.plain_string() {
            return Label { text: text.into(), span: self.span_from(open.start), quoted: true };
        }
        let mut text = String::new();
        loop {
            let token = self.raw();
            match token.kind {
                TokenKind::CloseQuote => {
                    self.read_raw();
                    break;
                }
                TokenKind::QuotedText => {
                    self.read_raw();
                    text.push_str(&self.quoted_text(token.span));
                }
                TokenKind::QuotedBackslash => {
                    self.read_raw();
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    let sigil = if token.kind == TokenKind::OpenInterpolation { '$' } else { '%' };
                    let detail = format!(
                        "Template sequences are not allowed in this string. To include a literal \"{sigil}\", double it (as \"{sigil}{sigil}\") to escape it."
                    );
                    if !self.recovering {
                        self.report("Invalid string literal", detail, token.span, open.to(token.span));
                    }
                    self.read_raw();
                    self.skip_to(Until::SequenceEnd);
                    if self.raw().kind != TokenKind::CloseSequence {
                        break;
                    }
                    self.read_raw();
                    // As Terraform names such a block.
                    text.push(sigil);
                    text.push_str("{ ... }");
                }
                TokenKind::QuotedNewline => {
                    let detail = "This item is not valid in a string literal.";
                    self.error_within("Invalid string literal", detail, token.span, open.to(token.span));
                    break;
                }
                _ => {
                    let detail = "Unable to find the closing quote mark before the end of the file.";
                    if !self.recovering {
                        self.report(
                            "Unterminated string literal",
                            detail.to_owned(),
                            token.span,
                            open.to(token.span),
                        );
                    }
                    break;
                }
            }
        }
        let span = self.span_from(open.start);
        Label { text: text.into(), span, quoted: true }
    }

    /// Literal text between quotes with its escapes resolved; faulty escapes are reported and kept as written.
    pub(super) fn quoted_text(&mut self, span: Span) -> Cow<'a, str> {
        let raw = self.text(span);
        if is_plain(raw) {
            return Cow::Borrowed(raw);
        }
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find(['\\', '$', '%']) {
            let (plain, marked) = rest.split_at(at);
            text.push_str(plain);
            let offset = span.start + length(raw) - length(marked);
            let used = match marked.strip_prefix('\\') {
                Some(escape) => 1 + self.escape(escape, offset, &mut text),
                None => sigil(marked, &mut text),
            };
            rest = marked.get(used..).unwrap_or_default();
        }
        text.push_str(rest);
        Cow::Owned(text)
    }

    /// Appends what the escape after a `\` at `offset` stands for; returns the bytes used after the `\`.
    fn escape(&mut self, escape: &str, offset: u32, text: &mut String) -> usize {
        let Some(selector) = escape.chars().next() else {
            text.push('\\');
            return 0;
        };
        let simple = match selector {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            '"' => Some('"'),
            '\\' => Some('\\'),
            _ => None,
        };
        if let Some(ch) = simple {
            text.push(ch);
            return 1;
        }
        let (wanted, words) = match selector {
            'u' => (4, "four"),
            'U' => (8, "eight"),
            _ => {
                let used = selector.len_utf8();
                let detail = format!("The symbol \"{selector}\" is not a valid escape sequence selector.");
                self.bad_escape(detail, offset, used);
                text.push('\\');
                text.push(selector);
                return used;
            }
        };
        let hex: String = escape.chars().skip(1).take(wanted).take_while(char::is_ascii_hexdigit).collect();
        let used = 1 + hex.len();
        if hex.len() < wanted {
            let detail =
                format!("The \\{selector} escape sequence must be followed by {words} hexadecimal digits.");
            self.bad_escape(detail, offset, used);
        } else if let Some(ch) = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) {
            text.push(ch);
            return used;
        } else {
            let code = u32::from_str_radix(&hex, 16).unwrap_or(u32::MAX);
            self.bad_escape(format!("Cannot encode character U+{code:04x} in UTF-8."), offset, used);
        }
        text.push('\\');
        text.push(selector);
        text.push_str(&hex);
        used
    }

    fn bad_escape(&mut self, detail: String, offset: u32, used: usize) {
        let subject = Span::new(offset, offset + 1 + u32::try_from(used).unwrap_or(0));
        self.report("Invalid escape sequence", detail, subject, subject);
    }
}

/// Literal text outside quotes: only `$${` and `%%{` are escapes there.
pub(super) fn unquoted_text(raw: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'$', b'%', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['$', '%']) {
        let (plain, marked) = rest.split_at(at);
        text.push_str(plain);
        let used = sigil(marked, &mut text);
        rest = marked.get(used..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Appends what a leading `$` or `%` stands for; returns the bytes used.
fn sigil(marked: &str, text: &mut String) -> usize {
    for (escaped, meaning) in [("$${", "${"), ("%%{", "%{")] {
        if marked.starts_with(escaped) {
            text.push_str(meaning);
            return escaped.len();
        }
    }
    let first = marked.chars().next();
    text.extend(first);
    first.map_or(0, char::len_utf8)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
