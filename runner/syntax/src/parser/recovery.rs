//! Getting back on track after a fault: where an item ends that could not be read to its end.

use super::Parser;
use crate::lexer::TokenKind;
use crate::span::Span;

/// What may be skipped over, and where to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// A newline, or the `}` of the enclosing body.
    ItemEnd,
    /// A comma or closing bracket, or a line that can only begin another item of a body.
    ListItemEnd,
    /// A newline, comma or closing brace.
    ObjectItemEnd,
    /// A closing bracket, or a line that can only begin another item of a body.
    Closer,
    /// Whatever ends the template sequence.
    SequenceEnd,
}

impl Parser<'_, '_> {
    /// Skips to the next stop that is not inside brackets or templates opened on the way; the stop is not read.
    pub(super) fn skip_to(&mut self, until: Until) {
        let mut nest: Vec<TokenKind> = Vec::new();
        if matches!(until, Until::Closer | Until::ListItemEnd)
            && self.raw_at(self.position.wrapping_sub(1)).kind == TokenKind::Newline
            && self.item_begins_at(self.position)
        {
            self.position -= 1;
            return;
        }
        loop {
            let token = self.raw();
            match token.kind {
                TokenKind::End | TokenKind::Cut => return,
                TokenKind::UnclosedSequence if until == Until::SequenceEnd => return,
                TokenKind::Newline | TokenKind::QuotedNewline | TokenKind::UnclosedSequence => {
                    // The line's end that ends a quoted template ends everything that was opened inside it.
                    if token.kind != TokenKind::Newline
                        && let Some(quote) = nest.iter().rposition(|&open| open == TokenKind::OpenQuote)
                    {
                        nest.truncate(quote);
                    }
                    if nest.is_empty() && matches!(until, Until::ItemEnd | Until::ObjectItemEnd) {
                        return;
                    }
                    if until == Until::SequenceEnd {
                        self.position += 1;
                        continue;
                    }
                    let next = self.after_blank_lines(self.position);
                    let in_list = !nest.iter().any(|&open| open == TokenKind::OpenBrace || is_template(open));
                    if in_list && self.item_begins_at(next) {
                        return;
                    }
                    self.position = next;
                    continue;
                }
                TokenKind::Comma
                    if nest.is_empty() && matches!(until, Until::ListItemEnd | Until::ObjectItemEnd) =>
                {
                    return;
                }
                kind if opens(kind) => nest.push(kind),
                kind if closes(kind) => match nest.iter().rposition(|&open| matches_closer(open, kind)) {
                    Some(open) => nest.truncate(open),
                    None if is_stop(until, kind) => return,
                    None => {}
                },
                _ => {}
            }
            if token.kind != TokenKind::Comment {
                self.previous_end = token.span.end;
            }
            self.position += 1;
        }
    }

    /// Skips to a closing bracket and reads it when it is the one; the parser is back on track then.
    pub(super) fn recover_to_closer(&mut self, closer: TokenKind) -> Option<Span> {
        self.skip_to(Until::Closer);
        self.close_after_recovery(closer)
    }

    /// After a fault in an item of a list: whether there is a separator or the list's end to go on from.
    pub(super) fn recover_in_list(&mut self, closer: TokenKind) -> bool {
        self.skip_to(Until::ListItemEnd);
        let on_track = matches!(self.raw().kind, kind if kind == TokenKind::Comma || kind == closer);
        if on_track {
            self.recovering = false;
        }
        on_track
    }

    /// Whether the next token is the name of `name = value` on a line of its own, where brackets are open. Nothing
    /// valid looks like that: the brackets were left unclosed, and the line is the body's next item.
    pub(super) fn at_next_item(&self) -> bool {
        !self.newlines
            && self.raw_at(self.position + 1).kind == TokenKind::Equal
            && self.raw_at(self.position.wrapping_sub(1)).kind == TokenKind::Newline
    }

    /// What Terraform points at when something else should have followed: the next token, or the `=` of an item
    /// whose name it took for a value.
    pub(super) fn fault_span(&mut self) -> Span {
        let next = self.peek();
        if next.kind == TokenKind::Ident && self.at_next_item() && self.previous_is_separator() {
            return self.raw_at(self.position + 1).span;
        }
        next.span
    }

    /// Whether a value was expected where the line ended, rather than the end of one.
    fn previous_is_separator(&self) -> bool {
        let before = (0..self.position)
            .rev()
            .map(|at| self.raw_at(at).kind)
            .find(|kind| !matches!(kind, TokenKind::Newline | TokenKind::Comment));
        !before.is_some_and(TokenKind::ends_operand)
    }

    /// The next unmatched `]`, or the end of the text. Does not look further than a reasonable item is long.
    pub(super) fn bracket_ahead(&self) -> Span {
        let mut open = 0_u32;
        for at in self.position..self.position + 1000 {
            let token = self.raw_at(at);
            match token.kind {
                TokenKind::OpenBracket => open += 1,
                TokenKind::CloseBracket if open > 0 => open -= 1,
                TokenKind::CloseBracket | TokenKind::End => return token.span,
                _ => {}
            }
        }
        self.raw().span
    }

    fn close_after_recovery(&mut self, closer: TokenKind) -> Option<Span> {
        if self.raw().kind != closer {
            return None;
        }
        self.recovering = false;
        Some(self.read_raw().span)
    }

    /// The first token at or after `position` that is not blank.
    fn after_blank_lines(&self, position: usize) -> usize {
        let mut at = position;
        while matches!(
            self.raw_at(at).kind,
            TokenKind::Newline | TokenKind::QuotedNewline | TokenKind::UnclosedSequence | TokenKind::Comment
        ) {
            at += 1;
        }
        at
    }

    /// Whether a line begins with `name =`, `name {`, `name "…"` or `}`: forms that no list item and no argument
    /// begins with.
    fn item_begins_at(&self, at: usize) -> bool {
        let first = self.raw_at(at);
        match first.kind {
            TokenKind::CloseBrace | TokenKind::End | TokenKind::Cut => true,
            TokenKind::Ident => match self.raw_at(at + 1).kind {
                TokenKind::Equal | TokenKind::OpenBrace => true,
                // `for x in …` may stand in brackets, a block header may not.
                TokenKind::OpenQuote | TokenKind::Ident => self.text(first.span) != "for",
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether an unmatched closing token is where skipping ends.
fn is_stop(until: Until, closer: TokenKind) -> bool {
    match until {
        Until::ItemEnd => closer == TokenKind::CloseBrace || ends_template(closer),
        Until::SequenceEnd => ends_template(closer),
        Until::Closer | Until::ListItemEnd | Until::ObjectItemEnd => true,
    }
}

fn opens(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParen) || is_template(kind)
}

fn is_template(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::OpenQuote
            | TokenKind::OpenHeredoc
            | TokenKind::OpenInterpolation
            | TokenKind::OpenDirective
    )
}

fn closes(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParen)
        || ends_template(kind)
}

fn ends_template(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::CloseQuote | TokenKind::CloseHeredoc | TokenKind::CloseSequence)
}

fn matches_closer(open: TokenKind, close: TokenKind) -> bool {
    matches!(
        (open, close),
        (TokenKind::OpenBrace, TokenKind::CloseBrace)
            | (TokenKind::OpenBracket, TokenKind::CloseBracket)
            | (TokenKind::OpenParen, TokenKind::CloseParen)
            | (TokenKind::OpenQuote, TokenKind::CloseQuote)
            | (TokenKind::OpenHeredoc, TokenKind::CloseHeredoc)
            | (TokenKind::OpenInterpolation | TokenKind::OpenDirective, TokenKind::CloseSequence)
    )
}
