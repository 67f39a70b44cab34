//! Walking over tokens, and the faults that single tokens are.

use super::Parser;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

/// More faulty tokens than this in one text are not listed one by one.
const MAX_TOKEN_FAULTS: usize = 100;

impl Parser<'_, '_> {
    /// The next token that counts. The last one is the end of the text, which is never passed.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Token {
        let token = self.raw();
        if !token.kind.may_be_blank() || (token.kind == TokenKind::Newline && self.newlines) {
            return token;
        }
        self.peek_past_blank()
    }

    #[inline(never)]
    fn peek_past_blank(&mut self) -> Token {
        loop {
            let token = self.raw();
            match token.kind {
                TokenKind::Comment => self.position += 1,
                TokenKind::Newline | TokenKind::QuotedNewline if !self.newlines => self.position += 1,
                // An unclosed string ends with its line, and the line ends there as well.
                TokenKind::UnclosedSequence if !self.newlines => return token,
                TokenKind::QuotedNewline | TokenKind::UnclosedSequence => {
                    return Token { kind: TokenKind::Newline, span: token.span };
                }
                _ => return token,
            }
        }
    }

    #[inline]
    pub(super) fn peek_kind(&mut self) -> TokenKind {
        self.peek().kind
    }

    pub(super) fn read(&mut self) -> Token {
        let token = self.peek();
        if !matches!(token.kind, TokenKind::End | TokenKind::UnclosedSequence) {
            self.position += 1;
        }
        if token.kind != TokenKind::Newline {
            self.previous_end = token.span.end;
        }
        token
    }

    /// Reads the token that `peek` gave, which is neither a newline nor the end.
    #[inline]
    pub(super) fn advance(&mut self, token: Token) {
        self.position += 1;
        self.previous_end = token.span.end;
    }

    /// Reads the token that `peek` gave, which may be a newline and is not the end.
    #[inline]
    pub(super) fn pass(&mut self, token: Token) {
        self.position += 1;
        if token.kind != TokenKind::Newline {
            self.previous_end = token.span.end;
        }
    }

    /// Reads the token at the position, blank or not.
    pub(super) fn read_raw(&mut self) -> Token {
        let token = self.raw();
        self.position += 1;
        self.previous_end = token.span.end;
        token
    }

    /// Reads the next token when it is of that kind.
    #[inline]
    pub(super) fn read_if(&mut self, kind: TokenKind) -> Option<Token> {
        let token = self.peek();
        (token.kind == kind).then(|| {
            self.advance(token);
            token
        })
    }

    /// Whether the next token is that word.
    pub(super) fn at_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Ident && self.text(token.span) == word
    }

    /// The token at the position, blank or not.
    #[inline(always)]
    pub(super) fn raw(&self) -> Token {
        self.raw_at(self.position)
    }

    #[inline(always)]
    pub(super) fn raw_at(&self, position: usize) -> Token {
        self.tokens.get(position).copied().unwrap_or_else(|| self.end())
    }

    #[cold]
    fn end(&self) -> Token {
        let end = self.tokens.last().map_or(0, |last| last.span.end);
        Token { kind: TokenKind::End, span: Span::at(end) }
    }

    /// From `start` to the end of the last token that was read.
    pub(super) fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.previous_end.max(start))
    }

    /// Reports the tokens that are wrong wherever they stand. Each kind of misused operator is explained once.
    pub(super) fn report_tokens(&mut self) {
        let mut told = Told::default();
        let mut faults = 0;
        for token in self.tokens {
            let message = match token.kind {
                TokenKind::Invalid | TokenKind::Bitwise | TokenKind::QuotedBackslash => {
                    misused_character(self.text(token.span), &mut told)
                }
                TokenKind::QuotedNewline => Some(("Invalid multi-line string", MULTI_LINE.to_owned())),
                _ => None,
            };
            let Some((summary, detail)) = message else { continue };
            faults += 1;
            if faults > MAX_TOKEN_FAULTS {
                return;
            }
            let first = self.text(token.span).chars().next().map_or(0, char::len_utf8);
            let subject = match token.kind {
                TokenKind::QuotedNewline => token.span,
                _ => Span::new(token.span.start, token.span.start + u32::try_from(first).unwrap_or(1)),
            };
            self.report(summary, detail, subject, subject);
        }
    }
}

const MULTI_LINE: &str = "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.";

#[derive(Default)]
struct Told {
    bitwise: bool,
    apostrophe: bool,
    backtick: bool,
    semicolon: bool,
    carriage_return: bool,
}

fn misused_character(text: &str, told: &mut Told) -> Option<(&'static str, String)> {
    let operator =
        |hint: &str| Some(("Unsupported operator", format!("Bitwise operators are not supported.{hint}")));
    let character = |detail: &str| Some(("Invalid character", detail.to_owned()));
    let first_time = |flag: &mut bool| !std::mem::replace(flag, true);
    match text.chars().next()? {
        '&' | '|' | '^' | '~' if !first_time(&mut told.bitwise) => None,
        '&' => operator(" Did you mean boolean AND (\"&&\")?"),
        '|' => operator(" Did you mean boolean OR (\"||\")?"),
        '~' => operator(" Did you mean boolean NOT (\"!\")?"),
        '^' => operator(""),
        '\'' if first_time(&mut told.apostrophe) => {
            character("Single quotes are not valid. Use double quotes (\") to enclose strings.")
        }
        '`' if first_time(&mut told.backtick) => character(
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".",
        ),
        ';' if first_time(&mut told.semicolon) => character(
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.",
        ),
        '\'' | '`' | ';' => None,
        // A file of another system's lines has one after each.
        '\r' if !first_time(&mut told.carriage_return) => None,
        // It stands for bytes that are no text, which `decode` tells of.
        char::REPLACEMENT_CHARACTER => None,
        '\u{2018}'..='\u{201f}' => character(
            "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a \"straight quote\".",
        ),
        _ => character("This character is not used within the language."),
    }
}
