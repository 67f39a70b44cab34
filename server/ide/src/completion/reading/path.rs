//! Names in front of each other, read backwards from their tokens.

use syntax::{SmolStr, Token, TokenKind};

/// One name or key of `run.a.out["k"][0]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::completion) enum Segment {
    Name(SmolStr),
    /// `["key"]`
    Key(SmolStr),
    /// `[0]`, or the legacy `.0`.
    Number(usize),
    /// `[*]` or `.*`
    Splat,
    /// `[…]` with a key that has to be computed.
    Index,
}

/// The names that end right before token `end`, and the index of the first of their tokens. `None` when what stands
/// there begins with no name: `f(x)`, `"text"`.
pub(super) fn path_before(text: &str, tokens: &[Token], end: usize) -> Option<(usize, Vec<Segment>)> {
    let token = |index: usize| tokens.get(index);
    let kind = |index: usize| token(index).map(|token| token.kind);
    let mut segments = Vec::new();
    let mut at = end.checked_sub(1)?;
    loop {
        let behind_dot =
            |at: usize| at.checked_sub(1).is_some_and(|before| kind(before) == Some(TokenKind::Dot));
        match kind(at)? {
            TokenKind::CloseBracket => {
                let open = matching_open(tokens, at)?;
                segments.push(key(text, tokens.get(open + 1..at)?));
                at = open.checked_sub(1)?;
                continue;
            }
            TokenKind::Star if behind_dot(at) => segments.push(Segment::Splat),
            TokenKind::Number if behind_dot(at) => {
                segments.push(Segment::Number(token(at)?.span.text(text).parse().ok()?));
            }
            TokenKind::Ident => {
                segments.push(Segment::Name(token(at)?.span.text(text).into()));
                if !behind_dot(at) {
                    segments.reverse();
                    return Some((at, segments));
                }
            }
            _ => return None,
        }
        at = at.checked_sub(2)?;
    }
}

/// What stands between two brackets.
fn key(text: &str, tokens: &[Token]) -> Segment {
    let kinds: Vec<TokenKind> = tokens.iter().map(|token| token.kind).collect();
    let words = |index: usize| tokens.get(index).map_or("", |token| token.span.text(text));
    match kinds.as_slice() {
        [TokenKind::Star] => Segment::Splat,
        [TokenKind::Number] => words(0).parse().map_or(Segment::Index, Segment::Number),
        [TokenKind::OpenQuote, TokenKind::QuotedText, TokenKind::CloseQuote] => {
            let key = words(1);
            if key.contains(['\\', '$', '%']) { Segment::Index } else { Segment::Key(key.into()) }
        }
        _ => Segment::Index,
    }
}

fn matching_open(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (index, token) in tokens.get(..close)?.iter().enumerate().rev() {
        match token.kind {
            TokenKind::CloseBracket => depth += 1,
            TokenKind::OpenBracket if depth == 0 => return Some(index),
            TokenKind::OpenBracket => depth -= 1,
            _ => {}
        }
    }
    None
}
