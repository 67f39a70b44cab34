//! Whether a space stands between two tokens of one line.

use crate::lexer::TokenKind;

/// Which way a token changes the number of open brackets; a template's sequences are brackets too.
pub(super) fn bracket_change(kind: TokenKind) -> i64 {
    use TokenKind as K;
    match kind {
        K::OpenBrace | K::OpenBracket | K::OpenParen | K::OpenInterpolation | K::OpenDirective => 1,
        K::CloseBrace | K::CloseBracket | K::CloseParen | K::CloseSequence => -1,
        _ => 0,
    }
}

/// A token as its neighbours see it.
#[derive(Clone, Copy)]
pub(super) struct Neighbour {
    pub(super) kind: TokenKind,
    /// The word `in`.
    pub(super) is_in: bool,
}

/// Whether a space stands between `left` and `right`; `before` is the token before `left` on its line.
pub(super) fn space_between(before: Option<TokenKind>, left: Neighbour, right: TokenKind) -> bool {
    use TokenKind as K;
    match (left.kind, right) {
        (_, K::Newline) => false,
        (K::Ident, K::OpenParen) => false,
        (K::Dot | K::DoubleColon, _) | (_, K::Dot | K::DoubleColon) => false,
        (_, K::Comma | K::Ellipsis) => false,
        (K::Comma, _) => true,
        // Nothing in a template is blank space.
        (K::QuotedText | K::TemplateText | K::OpenQuote | K::OpenHeredoc, _) => false,
        (_, K::QuotedText | K::TemplateText | K::CloseQuote | K::CloseHeredoc) => false,
        (K::CloseSequence, K::OpenInterpolation | K::OpenDirective) => false,
        // `${ { a = 1 } }`
        (K::OpenInterpolation | K::OpenDirective, K::OpenBrace) | (K::CloseBrace, K::CloseSequence) => true,
        // `[for x in [1] : x]`
        _ if left.is_in && before == Some(K::Ident) => true,
        (K::Ident | K::Number, K::OpenBracket) => false,
        (closing, K::OpenBracket) if bracket_change(closing) < 0 => false,
        (K::Bang, _) => false,
        (K::Minus, _) => before.is_some_and(may_end_operand),
        (K::OpenBrace, K::CloseBrace) => false,
        (K::OpenBrace, _) | (_, K::CloseBrace) => true,
        (opening, _) if bracket_change(opening) > 0 => false,
        (_, closing) if bracket_change(closing) < 0 => false,
        _ => true,
    }
}

/// Whether a `-` behind such a token is taken for a subtraction. Not all tokens that cannot end an operand are known
/// here: behind `=>` and `${` a negation gets its space.
fn may_end_operand(kind: TokenKind) -> bool {
    use TokenKind as K;
    !matches!(
        kind,
        K::OpenParen
            | K::OpenBrace
            | K::OpenBracket
            | K::Equal
            | K::Colon
            | K::Comma
            | K::Question
            | K::Plus
            | K::Star
            | K::Slash
            | K::Percent
            | K::Minus
            | K::EqualEqual
            | K::NotEqual
            | K::Greater
            | K::GreaterEqual
            | K::Less
            | K::LessEqual
            | K::AndAnd
            | K::OrOr
            | K::Bang
    )
}
