//! Text to tokens, tolerant: every byte belongs to a token or to blank space, and nothing is ever refused.
//!
//! The lexer keeps a stack of modes, because the same byte means different things in an expression, in a quoted
//! template and in a heredoc. It knows brackets only as far as it must to tell where a template sequence and a
//! top-level item end; grammar is the parser's business.

use std::ops::ControlFlow;

use crate::span::Span;

/// A piece of text with its class. Blank space between tokens has no token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// `\n` or `\r\n`.
    Newline,
    /// `# …`, `// …` (both without the line's end) or `/* … */`.
    Comment,
    Ident,
    /// A number as HCL delimits it; `1.2.3` is one (invalid) number.
    Number,
    /// The `"` that begins a quoted template.
    OpenQuote,
    CloseQuote,
    /// Literal text of a quoted template, escapes not resolved.
    QuotedText,
    /// The line's end inside a quoted template, which ends the template for our reading.
    QuotedNewline,
    /// A lone `\` before a line's end in a quoted template.
    QuotedBackslash,
    /// `<<MARKER` or `<<-MARKER` with its line's end.
    OpenHeredoc,
    /// The marker that ends a heredoc, without the blank space around it.
    CloseHeredoc,
    /// One line (or what is left of it) of a heredoc's or bare template's literal text.
    TemplateText,
    /// `${` or `${~`.
    OpenInterpolation,
    /// `%{` or `%{~`.
    OpenDirective,
    /// A line's end inside `"${ … ` where the next line shows that the sequence and its template were left unclosed;
    /// empty when a `QuotedNewline` stands before it.
    UnclosedSequence,
    /// The `}` or `~}` of a template sequence.
    CloseSequence,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    Comma,
    Dot,
    Ellipsis,
    Colon,
    DoubleColon,
    Question,
    Equal,
    FatArrow,
    EqualEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    AndAnd,
    OrOr,
    Bang,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    /// `&`, `|`, `^` or `~` where it means nothing.
    Bitwise,
    /// Characters without a meaning; one token for a run of them.
    Invalid,
    /// The end of the text; empty.
    End,
    /// Not in the text: where recovery decided that an unclosed item ends. Empty.
    Cut,
}

/// All tokens of a configuration text, comments included, ending with one `End`.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer::new(text, true);
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    lexer.read_all(&mut tokens);
    tokens
}

/// What the bytes at the current position belong to.
#[derive(Clone, Copy)]
enum Mode {
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
    /// Empty while in plain configuration text.
    modes: Vec<Mode>,
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
    /// `file_start` says whether the text begins a file, where a byte order mark is skipped.
    pub(crate) fn new(text: &'a str, file_start: bool) -> Lexer<'a> {
        let position = if file_start && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Lexer {
            text,
            bytes: text.as_bytes(),
            position,
            modes: Vec::new(),
            open: 0,
            blocks: 0,
            no_comment_end_from: usize::MAX,
            unclosed_next: false,
            starved: false,
            faulty: false,
        }
    }

    /// A lexer for a text that is a template as a whole.
    pub(crate) fn template(text: &'a str) -> Lexer<'a> {
        let mut lexer = Lexer::new(text, false);
        lexer.modes.push(Mode::Bare);
        lexer
    }

    /// Whether the lexer is outside every bracket, template and heredoc.
    pub(crate) fn at_top_level(&self) -> bool {
        self.modes.is_empty() && self.open == 0
    }

    /// Adds all tokens from here to the end of the text, and the `End`.
    pub(crate) fn read_all(&mut self, tokens: &mut Vec<Token>) {
        while let Some(token) = self.next_token() {
            tokens.push(token);
        }
        tokens.push(self.end_token());
    }

    pub(crate) fn end_token(&self) -> Token {
        let end = offset(self.bytes.len());
        Token { kind: TokenKind::End, span: Span::at(end) }
    }

    /// Part of the loop around it, of which there are two: tokens are so short that to call for each costs a fifth of
    /// the time.
    #[inline(always)]
    pub(crate) fn next_token(&mut self) -> Option<Token> {
        if std::mem::take(&mut self.unclosed_next) {
            self.drop_unclosed();
            return Some(Token { kind: TokenKind::UnclosedSequence, span: Span::at(offset(self.position)) });
        }
        let (start, kind) = match self.modes.last().copied() {
            None | Some(Mode::Sequence { .. }) => {
                self.skip_blank();
                let start = self.position;
                (start, self.code_token()?)
            }
            Some(Mode::Quoted) => (self.position, self.quoted_token()?),
            Some(Mode::Heredoc { marker, line_start }) => self.heredoc_token(marker, line_start)?,
            Some(Mode::Bare) => (self.position, self.template_text_or_sequence()?),
        };
        Some(Token { kind, span: Span::new(offset(start), offset(self.position)) })
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.position + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    fn skip_blank(&mut self) {
        while let Some(b' ' | b'\t') = self.bytes.get(self.position) {
            self.position += 1;
        }
    }

    fn take(&mut self, bytes: usize, kind: TokenKind) -> TokenKind {
        self.position += bytes;
        kind
    }

    fn take_faulty(&mut self, bytes: usize, kind: TokenKind) -> TokenKind {
        self.faulty = true;
        self.take(bytes, kind)
    }

    fn code_token(&mut self) -> Option<TokenKind> {
        use TokenKind as K;
        let byte = *self.bytes.get(self.position)?;
        if is_ident_start(byte) {
            self.position += 1;
            return Some(self.ident());
        }
        let next = self.peek(1);
        Some(match byte {
            b'\n' => self.newline(1),
            b'\r' if next == b'\n' => self.newline(2),
            b'#' => self.line_comment(),
            b'/' if next == b'/' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(),
            b'"' => {
                self.modes.push(Mode::Quoted);
                self.take(1, K::OpenQuote)
            }
            b'0'..=b'9' => self.number(),
            b'{' => self.open_bracket(K::OpenBrace),
            b'}' => self.close_brace(),
            b'~' if next == b'}' && self.sequence_braces() == Some(0) => {
                self.modes.pop();
                self.take(2, K::CloseSequence)
            }
            b'[' => self.open_bracket(K::OpenBracket),
            b']' => self.close_bracket(K::CloseBracket),
            b'(' => self.open_bracket(K::OpenParen),
            b')' => self.close_bracket(K::CloseParen),
            b',' => self.take(1, K::Comma),
            b'.' if next == b'.' && self.peek(2) == b'.' => self.take(3, K::Ellipsis),
            b'.' => self.take(1, K::Dot),
            b':' if next == b':' => self.take(2, K::DoubleColon),
            b':' => self.take(1, K::Colon),
            b'?' => self.take(1, K::Question),
            b'=' if next == b'=' => self.take(2, K::EqualEqual),
            b'=' if next == b'>' => self.take(2, K::FatArrow),
            b'=' => self.take(1, K::Equal),
            b'!' if next == b'=' => self.take(2, K::NotEqual),
            b'!' => self.take(1, K::Bang),
            b'<' if next == b'<' && self.heredoc_opening().is_some() => self.open_heredoc(),
            b'<' if next == b'=' => self.take(2, K::LessEqual),
            b'<' => self.take(1, K::Less),
            b'>' if next == b'=' => self.take(2, K::GreaterEqual),
            b'>' => self.take(1, K::Greater),
            b'&' if next == b'&' => self.take(2, K::AndAnd),
            b'|' if next == b'|' => self.take(2, K::OrOr),
            b'&' | b'|' | b'^' | b'~' => self.take_faulty(1, K::Bitwise),
            b'+' => self.take(1, K::Plus),
            b'-' => self.take(1, K::Minus),
            b'*' => self.take(1, K::Star),
            b'/' => self.take(1, K::Slash),
            b'%' => self.take(1, K::Percent),
            _ => self.unicode_ident_or_invalid(),
        })
    }

    /// A line like `name = …`, `name {` or a lone `}` cannot go on with what is between `"${` and `}`: it shows
    /// that the template was left unclosed. Without that, half a string would swallow the rest of the text.
    fn newline(&mut self, length: usize) -> TokenKind {
        self.position += length;
        if self.left_unclosed() && self.next_line_begins_item() {
            self.drop_unclosed();
            return TokenKind::UnclosedSequence;
        }
        TokenKind::Newline
    }

    /// Whether the innermost mode is a sequence in quotes, with no brace open in it.
    fn left_unclosed(&self) -> bool {
        matches!(self.modes.as_slice(), [.., Mode::Quoted, Mode::Sequence { braces: 0 }])
    }

    fn drop_unclosed(&mut self) {
        while self.left_unclosed() {
            self.modes.truncate(self.modes.len() - 2);
        }
    }

    /// An unclosed quoted template ends with its line, and with it the sequences around it when the next line shows
    /// that they were left unclosed too.
    fn quoted_newline(&mut self, length: usize) -> TokenKind {
        self.modes.pop();
        let kind = self.take_faulty(length, TokenKind::QuotedNewline);
        self.unclosed_next = self.left_unclosed() && self.next_line_begins_item();
        kind
    }

    fn next_line_begins_item(&mut self) -> bool {
        self.starved |= !self.rest().contains(&b'\n');
        line_begins_item(self.rest())
    }

    fn ident(&mut self) -> TokenKind {
        loop {
            self.position += run_of(self.rest(), IDENT_CONTINUE);
            // Beyond ASCII the table does not know; the character decides.
            match self.bytes.get(self.position) {
                Some(byte) if !byte.is_ascii() => match self.next_char() {
                    Some(ch) if unicode_ident::is_xid_continue(ch) => self.position += ch.len_utf8(),
                    _ => return TokenKind::Ident,
                },
                _ => return TokenKind::Ident,
            }
        }
    }

    fn next_char(&self) -> Option<char> {
        self.text.get(self.position..).and_then(|rest| rest.chars().next())
    }

    /// A run of meaningless characters is one token, so that a file of NUL bytes costs one diagnostic.
    fn unicode_ident_or_invalid(&mut self) -> TokenKind {
        match self.next_char() {
            Some(ch) if unicode_ident::is_xid_start(ch) => {
                self.position += ch.len_utf8();
                return self.ident();
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

    /// Digits, dots and exponents in any order, as long as the last byte is no dot.
    fn number(&mut self) -> TokenKind {
        let mut end = self.position;
        let mut at = self.position;
        loop {
            match self.bytes.get(at) {
                Some(b'0'..=b'9') => {
                    at += 1;
                    end = at;
                }
                Some(b'.') => at += 1,
                Some(b'e' | b'E') => {
                    let sign = usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
                    if !matches!(self.bytes.get(at + 1 + sign), Some(b'0'..=b'9')) {
                        break;
                    }
                    at += 2 + sign;
                    end = at;
                }
                _ => break,
            }
        }
        self.position = end;
        TokenKind::Number
    }

    fn line_comment(&mut self) -> TokenKind {
        let rest = self.rest();
        let mut length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if length < rest.len() && length > 0 && rest.get(length - 1) == Some(&b'\r') {
            length -= 1;
        }
        self.take(length, TokenKind::Comment)
    }

    /// Without a `*/` to end it, `/*` is just two operators.
    fn block_comment(&mut self) -> TokenKind {
        let from = self.position + 2;
        if from < self.no_comment_end_from {
            let rest = self.bytes.get(from..).unwrap_or_default();
            if let Some(length) = find_comment_end(rest) {
                return self.take(2 + length + 2, TokenKind::Comment);
            }
            self.no_comment_end_from = from;
        }
        self.starved = true;
        self.take(1, TokenKind::Slash)
    }

    fn sequence_braces(&self) -> Option<u32> {
        match self.modes.last() {
            Some(Mode::Sequence { braces }) => Some(*braces),
            _ => None,
        }
    }

    fn open_bracket(&mut self, kind: TokenKind) -> TokenKind {
        match self.modes.last_mut() {
            Some(Mode::Sequence { braces }) if kind == TokenKind::OpenBrace => *braces += 1,
            Some(_) => {}
            None => {
                let in_body = self.blocks == self.open;
                self.open += 1;
                if in_body && kind == TokenKind::OpenBrace && self.header_before() {
                    self.blocks = self.open;
                }
            }
        }
        self.take(1, kind)
    }

    fn close_bracket(&mut self, kind: TokenKind) -> TokenKind {
        if self.modes.is_empty() {
            self.open = self.open.saturating_sub(1);
            self.blocks = self.blocks.min(self.open);
        }
        self.take(1, kind)
    }

    /// Whether a word or a label stands directly before, as before the brace of a block.
    fn header_before(&self) -> bool {
        let before = without_blank_end(self.bytes.get(..self.position).unwrap_or_default());
        before.last().is_some_and(|&byte| byte == b'"' || is_ident_continue(byte) || !byte.is_ascii())
    }

    /// Whether the line so far is `name =` in a block: a brace here is taken for its value, and ends nothing.
    fn value_expected(&self) -> bool {
        self.open > 0
            && self.blocks == self.open
            && ends_with_name_and_equals(self.bytes.get(..self.position).unwrap_or_default())
    }

    fn close_brace(&mut self) -> TokenKind {
        match self.modes.last_mut() {
            Some(Mode::Sequence { braces: 0 }) => {
                self.modes.pop();
                self.take(1, TokenKind::CloseSequence)
            }
            Some(Mode::Sequence { braces }) => {
                *braces -= 1;
                self.take(1, TokenKind::CloseBrace)
            }
            _ => match self.value_expected() {
                true => self.take(1, TokenKind::CloseBrace),
                false => self.close_bracket(TokenKind::CloseBrace),
            },
        }
    }

    /// The marker's span and the length of `<<-MARKER\n`, when one stands here.
    fn heredoc_opening(&mut self) -> Option<(Span, usize)> {
        let rest = self.rest();
        let dash = usize::from(rest.get(2) == Some(&b'-'));
        let from = self.position + 2 + dash;
        let mut ahead = Lexer { position: from, modes: Vec::new(), ..*self };
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
        Some((marker, ahead.position + line_end - self.position))
    }

    fn open_heredoc(&mut self) -> TokenKind {
        match self.heredoc_opening() {
            Some((marker, length)) => {
                self.modes.push(Mode::Heredoc { marker, line_start: true });
                self.take(length, TokenKind::OpenHeredoc)
            }
            None => self.take(1, TokenKind::Less),
        }
    }

    fn heredoc_token(&mut self, marker: Span, line_start: bool) -> Option<(usize, TokenKind)> {
        if line_start && let Some((start, end)) = self.heredoc_end(marker) {
            self.modes.pop();
            self.position = end;
            return Some((start, TokenKind::CloseHeredoc));
        }
        let start = self.position;
        let depth = self.modes.len();
        let kind = self.template_text_or_sequence()?;
        let ended_line = kind == TokenKind::TemplateText && self.bytes.get(self.position - 1) == Some(&b'\n');
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.get_mut(depth - 1) {
            *line_start = ended_line;
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
        if let Some(kind) = self.open_sequence() {
            return Some(kind);
        }
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let in_file = !matches!(self.modes.last(), Some(Mode::Bare));
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\n' => {
                    at += 1;
                    break;
                }
                b'\r' if in_file && rest.get(at + 1) != Some(&b'\n') => {
                    if at == 0 {
                        return Some(self.take_faulty(1, TokenKind::Invalid));
                    }
                    break;
                }
                b'$' | b'%' => match literal_sigils(rest.get(at..).unwrap_or_default()) {
                    ControlFlow::Continue(length) => at += length,
                    ControlFlow::Break(length) => {
                        at += length;
                        break;
                    }
                },
                _ => at += run_of(rest.get(at..).unwrap_or_default(), PLAIN).max(1),
            }
        }
        Some(self.take(at, TokenKind::TemplateText))
    }

    fn open_sequence(&mut self) -> Option<TokenKind> {
        let (kind, length) = match self.rest() {
            [b'$', b'{', b'~', ..] => (TokenKind::OpenInterpolation, 3),
            [b'$', b'{', ..] => (TokenKind::OpenInterpolation, 2),
            [b'%', b'{', b'~', ..] => (TokenKind::OpenDirective, 3),
            [b'%', b'{', ..] => (TokenKind::OpenDirective, 2),
            _ => return None,
        };
        self.modes.push(Mode::Sequence { braces: 0 });
        Some(self.take(length, kind))
    }

    fn quoted_token(&mut self) -> Option<TokenKind> {
        if let Some(kind) = self.open_sequence() {
            return Some(kind);
        }
        let rest = self.rest();
        match rest {
            [] => return None,
            [b'"', ..] => {
                self.modes.pop();
                return Some(self.take(1, TokenKind::CloseQuote));
            }
            [b'\r', b'\n', ..] => return Some(self.quoted_newline(2)),
            [b'\n' | b'\r', ..] => return Some(self.quoted_newline(1)),
            [b'\\', b'\n' | b'\r', ..] | [b'\\'] => {
                return Some(self.take_faulty(1, TokenKind::QuotedBackslash));
            }
            _ => {}
        }
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'"' | b'\n' | b'\r' => break,
                b'\\' => match rest.get(at + 1) {
                    None | Some(b'\n' | b'\r') => break,
                    Some(_) => at += 2,
                },
                b'$' | b'%' => match literal_sigils(rest.get(at..).unwrap_or_default()) {
                    ControlFlow::Continue(length) => at += length,
                    ControlFlow::Break(length) => {
                        at += length;
                        break;
                    }
                },
                _ => at += run_of(rest.get(at..).unwrap_or_default(), PLAIN),
            }
        }
        // An escaped character may be longer than one byte.
        while !self.text.is_char_boundary(self.position + at) {
            at += 1;
        }
        Some(self.take(at, TokenKind::QuotedText))
    }
}

/// How many bytes of a run that starts with `$` or `%` are literal: `Break` when a sequence opens right after.
fn literal_sigils(rest: &[u8]) -> ControlFlow<usize, usize> {
    let Some(&sigil) = rest.first() else { return ControlFlow::Continue(0) };
    match rest {
        // `$${` and `%%{` are the escaped forms.
        [_, second, b'{', ..] if *second == sigil => ControlFlow::Continue(3),
        [_, b'{', ..] => ControlFlow::Break(0),
        _ => ControlFlow::Continue(1),
    }
}

/// Whether a line begins with `name =`, `name {`, `name "label"`, or is just `}`.
fn line_begins_item(line: &[u8]) -> bool {
    let blank = |text: &[u8]| text.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    let line = line.get(blank(line)..).unwrap_or_default();
    if let Some(after) = line.strip_prefix(b"}") {
        let after = after.get(blank(after)..).unwrap_or_default();
        return matches!(after, [] | [b'\n' | b'#', ..] | [b'\r', b'\n', ..]);
    }
    if !line.first().is_some_and(|&byte| is_ident_start(byte)) {
        return false;
    }
    let length = line.iter().take_while(|&&byte| is_ident_continue(byte)).count();
    let (name, after) = line.split_at(length);
    let spaces = blank(after);
    match after.get(spaces..).unwrap_or_default() {
        [b'=', b'=' | b'>', ..] => false,
        [b'=', ..] => true,
        // Words of `for`, which a bracket or quote may follow.
        [b'{' | b'"', ..] => !matches!(name, b"in" | b"if" | b"for"),
        _ => false,
    }
}

fn without_blank_end(text: &[u8]) -> &[u8] {
    let blank = text.iter().rev().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    text.get(..text.len() - blank).unwrap_or_default()
}

/// Whether the last line is `name =` and nothing else.
fn ends_with_name_and_equals(text: &[u8]) -> bool {
    let Some(text) = without_blank_end(text).strip_suffix(b"=") else { return false };
    let text = without_blank_end(text);
    let length = text.iter().rev().take_while(|&&byte| is_ident_continue(byte) || byte >= 0x80).count();
    let (before, name) = text.split_at(text.len() - length);
    name.first().is_some_and(|&byte| is_ident_start(byte) || byte >= 0x80)
        && matches!(without_blank_end(before), [] | [.., b'\n'])
}

fn find_comment_end(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, b"*/")
}

/// Offsets are 32 bits wide; a text is cut to that length before it is read.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

const IDENT_START: u8 = 1;
const IDENT_CONTINUE: u8 = 2;
/// Has no meaning of its own in a template.
const PLAIN: u8 = 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        if ascii.is_ascii_alphabetic() || ascii == b'_' {
            table[byte] = IDENT_START | IDENT_CONTINUE;
        } else if ascii.is_ascii_digit() || ascii == b'-' {
            table[byte] = IDENT_CONTINUE;
        }
        if !matches!(ascii, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r') {
            table[byte] |= PLAIN;
        }
        byte += 1;
    }
    table
}

/// How many bytes of `class` stand at the beginning.
#[inline]
fn run_of(bytes: &[u8], class: u8) -> usize {
    let end = bytes.iter().position(|&byte| CLASSES[byte as usize] & class == 0);
    end.unwrap_or(bytes.len())
}

pub(crate) fn is_ident_start(byte: u8) -> bool {
    CLASSES[byte as usize] & IDENT_START != 0
}

pub(crate) fn is_ident_continue(byte: u8) -> bool {
    CLASSES[byte as usize] & IDENT_CONTINUE != 0
}
