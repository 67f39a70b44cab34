//! What a text is cut into.

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
    /// The line's end inside a quoted template, which ends the template for our reading.
    QuotedNewline,
    /// A line's end inside `"${ … ` where the next line shows that the sequence and its template were left unclosed;
    /// empty when a `QuotedNewline` stands before it.
    UnclosedSequence,
    Ident,
    /// A number as HCL delimits it; `1.2.3` is one (invalid) number.
    Number,
    /// The `"` that begins a quoted template.
    OpenQuote,
    CloseQuote,
    /// Literal text of a quoted template, escapes not resolved.
    QuotedText,
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

impl TokenKind {
    /// Whether an operand may end with it, so that no other can follow.
    pub fn ends_operand(self) -> bool {
        matches!(
            self,
            TokenKind::Ident
                | TokenKind::Number
                | TokenKind::CloseQuote
                | TokenKind::CloseHeredoc
                | TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::CloseBrace
        )
    }

    /// Whether it may mean nothing where it stands. These kinds come first, so that one comparison tells.
    #[inline(always)]
    pub(crate) fn may_be_blank(self) -> bool {
        matches!(
            self,
            TokenKind::Newline | TokenKind::Comment | TokenKind::QuotedNewline | TokenKind::UnclosedSequence
        )
    }
}
