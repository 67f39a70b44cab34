//! Text to tokens, tolerant: every byte belongs to a token or to blank space, and nothing is ever refused.
//!
//! The lexer keeps a stack of modes, because the same byte means different things in an expression, in a quoted
//! template and in a heredoc. It knows brackets only as far as it must to tell where a template sequence and a
//! top-level item end; grammar is the parser's business.

mod bytes;
mod lines;
mod template;
mod token;

use bytes::{blank_end, ident_end, plain_end};
use lines::{ends_with_name_and_equals, line_begins_item, without_blank_end};

use crate::span::Span;

pub(crate) use bytes::{is_ident_continue, is_ident_start, is_plain};
pub use token::{Token, TokenKind};

/// All tokens of a configuration text, comments included, ending with one `End`.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer::new(text, 0, true);
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    lexer.read_all(&mut tokens);
    tokens
}

/// All tokens of a text that is a template as a whole, ending with one `End`.
pub fn template_tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    Lexer::template(text).read_all(&mut tokens);
    tokens
}

/// What the bytes at the current position belong to.
#[derive(Clone, Copy)]
enum Mode {
    /// Plain configuration text; the outermost mode of every text but a bare template.
    Code,
    /// Inside `${ … }` or `%{ … }`; counts the braces opened in it.
    Sequence {
        braces: u32,
    },
    Quoted,
    /// `marker` is the word that ends it; `line_start` says that a new line begins here.
    Heredoc {
        marker: Span,
        line_start: bool,
    },
    /// A whole text that is a template.
    Bare,
}

pub(crate) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    mode: Mode,
    /// The modes around it, outermost first.
    outer: Vec<Mode>,
    /// Brackets of any kind open in plain configuration text.
    open: u32,
    /// How many of them, counted from the outermost, are braces of blocks.
    blocks: u32,
    /// No `*/` stands at or after this position; spares searching again.
    no_comment_end_from: usize,
    /// An `UnclosedSequence` comes next.
    unclosed_next: bool,
    /// Set when a decision was made because the text ended: with more text it could have been another.
    pub(crate) starved: bool,
    /// Set when a token was read that is wrong wherever it stands; only then need anyone look for such tokens.
    pub(crate) faulty: bool,
}

impl<'a> Lexer<'a> {
    /// For the text from `position` on. `file_start` says whether a file begins there, where a byte order mark is
    /// skipped.
    pub(crate) fn new(text: &'a str, position: usize, file_start: bool) -> Lexer<'a> {
        let mut lexer = Lexer {
            text,
            bytes: text.as_bytes(),
            position,
            mode: Mode::Code,
            outer: Vec::new(),
            open: 0,
            blocks: 0,
            no_comment_end_from: usize::MAX,
            unclosed_next: false,
            starved: false,
            faulty: false,
        };
        if file_start && lexer.next_char() == Some('\u{feff}') {
            lexer.position += '\u{feff}'.len_utf8();
        }
        lexer
    }

    /// A lexer for a text that is a template as a whole.
    pub(crate) fn template(text: &'a str) -> Lexer<'a> {
        Lexer { mode: Mode::Bare, ..Lexer::new(text, 0, false) }
    }

    /// Whether the lexer is outside every bracket, template and heredoc.
    pub(crate) fn at_top_level(&self) -> bool {
        matches!(self.mode, Mode::Code) && self.open == 0
    }

    /// Adds all tokens from here to the end of the text, and the `End`.
    pub(crate) fn read_all(&mut self, tokens: &mut Vec<Token>) {
        while self.read(tokens).is_some() {}
        tokens.push(self.end_token());
    }

    /// Replaces the tokens by those of the next items and an `End`: of so many items that there are `enough` tokens.
    /// Whether there was anything left.
    pub(crate) fn read_items(&mut self, tokens: &mut Vec<Token>, enough: usize) -> bool {
        tokens.clear();
        while let Some(token) = self.read(tokens) {
            if token.kind == TokenKind::Newline && tokens.len() >= enough && self.at_top_level() {
                break;
            }
        }
        let more = !tokens.is_empty();
        tokens.push(Token { kind: TokenKind::End, span: Span::at(offset(self.position)) });
        more
    }

    pub(crate) fn end_token(&self) -> Token {
        Token { kind: TokenKind::End, span: Span::at(offset(self.bytes.len())) }
    }

    /// Adds the next token, of a plain string all three; gives the last that was added.
    ///
    /// Part of the loop around it, of which there are two: tokens are so short that to call for each costs a fifth of
    /// the time.
    #[inline(always)]
    pub(crate) fn read(&mut self, tokens: &mut Vec<Token>) -> Option<Token> {
        if std::mem::take(&mut self.unclosed_next) {
            self.drop_unclosed();
            return Some(self.add(tokens, TokenKind::UnclosedSequence, self.position));
        }
        match self.mode {
            Mode::Code | Mode::Sequence { .. } => {
                let start = blank_end(self.bytes, self.position);
                let byte = *self.bytes.get(start)?;
                self.position = start + 1;
                if is_ident_start(byte) {
                    self.ident();
                    return Some(self.add(tokens, TokenKind::Ident, start));
                }
                if byte == b'"' {
                    return Some(self.open_quote(tokens, start));
                }
                // The commonest of the others.
                let kind = match byte {
                    b'\n' if matches!(self.mode, Mode::Code) => TokenKind::Newline,
                    b'=' if !matches!(self.peek(), b'=' | b'>') => TokenKind::Equal,
                    b'.' if self.peek() != b'.' => TokenKind::Dot,
                    b',' => TokenKind::Comma,
                    _ => self.code_token(byte),
                };
                Some(self.add(tokens, kind, start))
            }
            _ => {
                let (start, kind) = self.template_token()?;
                Some(self.add(tokens, kind, start))
            }
        }
    }

    /// Adds the token from `start` to here.
    #[inline(always)]
    fn add(&self, tokens: &mut Vec<Token>, kind: TokenKind, start: usize) -> Token {
        let token = Token { kind, span: Span::new(offset(start), offset(self.position)) };
        tokens.push(token);
        token
    }

    /// From after a `"` that begins a quoted template. Most are one piece of text without anything to resolve, and need
    /// no change of mode.
    #[inline(always)]
    fn open_quote(&mut self, tokens: &mut Vec<Token>, start: usize) -> Token {
        let open = self.add(tokens, TokenKind::OpenQuote, start);
        let from = self.position;
        let end = plain_end(self.bytes, from);
        if self.bytes.get(end) != Some(&b'"') {
            self.enter(Mode::Quoted);
            return open;
        }
        if end > from {
            self.position = end;
            self.add(tokens, TokenKind::QuotedText, from);
        }
        self.position = end + 1;
        self.add(tokens, TokenKind::CloseQuote, end)
    }

    fn enter(&mut self, mode: Mode) {
        self.outer.push(std::mem::replace(&mut self.mode, mode));
    }

    /// Back to the mode around this one.
    fn leave(&mut self) {
        self.mode = self.outer.pop().unwrap_or(Mode::Code);
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.position).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    fn next_char(&self) -> Option<char> {
        self.text.get(self.position..).and_then(|rest| rest.chars().next())
    }

    fn take(&mut self, bytes: usize, kind: TokenKind) -> TokenKind {
        self.position += bytes;
        kind
    }

    fn take_faulty(&mut self, bytes: usize, kind: TokenKind) -> TokenKind {
        self.faulty = true;
        self.take(bytes, kind)
    }

    /// The token that begins with `byte`, which was taken and begins neither a name nor a string.
    #[inline(never)]
    fn code_token(&mut self, byte: u8) -> TokenKind {
        use TokenKind as K;
        let next = self.peek();
        match byte {
            b'\n' => self.newline(),
            b'\r' if next == b'\n' => {
                self.position += 1;
                self.newline()
            }
            b'#' => self.line_comment(),
            b'/' if next == b'/' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(),
            b'0'..=b'9' => self.number(),
            b'{' => self.open_bracket(K::OpenBrace),
            b'}' => self.close_brace(),
            b'~' if next == b'}' && matches!(self.mode, Mode::Sequence { braces: 0 }) => {
                self.leave();
                self.take(1, K::CloseSequence)
            }
            b'[' => self.open_bracket(K::OpenBracket),
            b']' => self.close_bracket(K::CloseBracket),
            b'(' => self.open_bracket(K::OpenParen),
            b')' => self.close_bracket(K::CloseParen),
            b',' => K::Comma,
            b'.' if self.rest().starts_with(b"..") => self.take(2, K::Ellipsis),
            b'.' => K::Dot,
            b':' if next == b':' => self.take(1, K::DoubleColon),
            b':' => K::Colon,
            b'?' => K::Question,
            b'=' if next == b'=' => self.take(1, K::EqualEqual),
            b'=' if next == b'>' => self.take(1, K::FatArrow),
            b'=' => K::Equal,
            b'!' if next == b'=' => self.take(1, K::NotEqual),
            b'!' => K::Bang,
            b'<' if next == b'<' => self.heredoc_or_less(),
            b'<' if next == b'=' => self.take(1, K::LessEqual),
            b'<' => K::Less,
            b'>' if next == b'=' => self.take(1, K::GreaterEqual),
            b'>' => K::Greater,
            b'&' if next == b'&' => self.take(1, K::AndAnd),
            b'|' if next == b'|' => self.take(1, K::OrOr),
            b'&' | b'|' | b'^' | b'~' => self.take_faulty(0, K::Bitwise),
            b'+' => K::Plus,
            b'-' => K::Minus,
            b'*' => K::Star,
            b'/' => K::Slash,
            b'%' => K::Percent,
            _ => self.unicode_ident_or_invalid(),
        }
    }

    /// A line like `name = …`, `name {` or a lone `}` cannot go on with what is between `"${` and `}`: it shows
    /// that the template was left unclosed. Without that, half a string would swallow the rest of the text.
    fn newline(&mut self) -> TokenKind {
        if self.left_unclosed() && self.next_line_begins_item() {
            self.drop_unclosed();
            return TokenKind::UnclosedSequence;
        }
        TokenKind::Newline
    }

    /// Whether the innermost mode is a sequence in quotes, with no brace open in it.
    fn left_unclosed(&self) -> bool {
        matches!(self.mode, Mode::Sequence { braces: 0 }) && matches!(self.outer.last(), Some(Mode::Quoted))
    }

    fn drop_unclosed(&mut self) {
        while self.left_unclosed() {
            self.leave();
            self.leave();
        }
    }

    fn next_line_begins_item(&mut self) -> bool {
        self.starved |= !self.rest().contains(&b'\n');
        line_begins_item(self.rest())
    }

    /// What is left of an identifier.
    #[inline(always)]
    fn ident(&mut self) {
        self.position = ident_end(self.bytes, self.position);
        if !self.peek().is_ascii() {
            self.unicode_ident();
        }
    }

    /// Beyond ASCII the table does not know; the character decides.
    #[cold]
    fn unicode_ident(&mut self) {
        while let Some(ch) = self.next_char().filter(|&ch| unicode_ident::is_xid_continue(ch)) {
            self.position = ident_end(self.bytes, self.position + ch.len_utf8());
        }
    }

    /// From after the first byte of a character. A run of meaningless characters is one token, so that a file of NUL
    /// bytes costs one diagnostic.
    fn unicode_ident_or_invalid(&mut self) -> TokenKind {
        self.position -= 1;
        match self.next_char() {
            Some(ch) if unicode_ident::is_xid_start(ch) => {
                self.position += ch.len_utf8();
                self.ident();
                return TokenKind::Ident;
            }
            Some(first) => {
                self.position += first.len_utf8();
                while self.next_char() == Some(first) {
                    self.position += first.len_utf8();
                }
            }
            None => self.position += 1,
        }
        self.take_faulty(0, TokenKind::Invalid)
    }

    /// From after a digit: digits, dots and exponents in any order, as long as the last byte is no dot.
    fn number(&mut self) -> TokenKind {
        let mut at = self.position;
        loop {
            match self.bytes.get(at) {
                Some(b'0'..=b'9') => {
                    at += 1;
                    self.position = at;
                }
                Some(b'.') => at += 1,
                Some(b'e' | b'E') => {
                    let sign = usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
                    if !matches!(self.bytes.get(at + 1 + sign), Some(b'0'..=b'9')) {
                        return TokenKind::Number;
                    }
                    at += 2 + sign;
                    self.position = at;
                }
                _ => return TokenKind::Number,
            }
        }
    }

    /// From inside a comment that its line ends.
    fn line_comment(&mut self) -> TokenKind {
        let rest = self.rest();
        let mut length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if length < rest.len() && length > 0 && rest.get(length - 1) == Some(&b'\r') {
            length -= 1;
        }
        self.take(length, TokenKind::Comment)
    }

    /// From the `*` of a `/*`. Without a `*/` to end it, that is just two operators.
    fn block_comment(&mut self) -> TokenKind {
        let from = self.position + 1;
        if from < self.no_comment_end_from {
            let rest = self.bytes.get(from..).unwrap_or_default();
            if let Some(length) = memchr::memmem::find(rest, b"*/") {
                return self.take(1 + length + 2, TokenKind::Comment);
            }
            self.no_comment_end_from = from;
        }
        self.starved = true;
        TokenKind::Slash
    }

    /// From after a bracket, as the others below.
    fn open_bracket(&mut self, kind: TokenKind) -> TokenKind {
        match &mut self.mode {
            Mode::Sequence { braces } if kind == TokenKind::OpenBrace => *braces += 1,
            Mode::Code => {
                let in_body = self.blocks == self.open;
                self.open += 1;
                if in_body && kind == TokenKind::OpenBrace && self.header_before() {
                    self.blocks = self.open;
                }
            }
            _ => {}
        }
        kind
    }

    fn close_bracket(&mut self, kind: TokenKind) -> TokenKind {
        if matches!(self.mode, Mode::Code) {
            // No other bracket than a brace closes a block.
            if kind == TokenKind::CloseBrace || self.open > self.blocks {
                self.open = self.open.saturating_sub(1);
                self.blocks = self.blocks.min(self.open);
            }
        }
        kind
    }

    fn close_brace(&mut self) -> TokenKind {
        match &mut self.mode {
            Mode::Sequence { braces: 0 } => {
                self.leave();
                TokenKind::CloseSequence
            }
            Mode::Sequence { braces } => {
                *braces -= 1;
                TokenKind::CloseBrace
            }
            _ => match self.value_expected() {
                true => TokenKind::CloseBrace,
                false => self.close_bracket(TokenKind::CloseBrace),
            },
        }
    }

    /// What stands before the bracket that was taken.
    fn before_bracket(&self) -> &'a [u8] {
        self.bytes.get(..self.position - 1).unwrap_or_default()
    }

    /// Whether a word or a label stands directly before, as before the brace of a block.
    fn header_before(&self) -> bool {
        let before = without_blank_end(self.before_bracket());
        before.last().is_some_and(|&byte| byte == b'"' || is_ident_continue(byte) || !byte.is_ascii())
    }

    /// Whether the line so far is `name =` in a block: a brace here is taken for its value, and ends nothing.
    fn value_expected(&self) -> bool {
        self.open > 0 && self.blocks == self.open && ends_with_name_and_equals(self.before_bracket())
    }
}

/// Offsets are 32 bits wide; a text is cut to that length before it is read, so that nothing is lost here.
fn offset(position: usize) -> u32 {
    position as u32
}
