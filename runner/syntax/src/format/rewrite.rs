//! What is written anew before the layout: interpolations around a whole argument, legacy types, block labels.

use std::ops::Range;

use super::label;
use super::piece::is_line_comment;
use super::spacing::bracket_change;
use crate::ast::{Attribute, Block, Body, Expr, ExprKind, Item, TemplateKind, TemplatePart};
use crate::depth::with_stack;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

/// Tokens to leave out, and what to write in their place.
pub(super) struct Change {
    /// Reaches from the beginning of a token to the beginning or end of one.
    pub(super) span: Span,
    pub(super) insert: Vec<(TokenKind, String)>,
}

/// What to write anew in a text without errors, in order.
pub(super) fn changes(text: &str, tokens: &[Token], body: &Body) -> Vec<Change> {
    let mut rewriter = Rewriter { text, tokens, changes: Vec::new() };
    rewriter.body(body, Place::Top);
    rewriter.changes
}

/// What a body belongs to, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    /// A `variable` block of the top level.
    Variable,
    Elsewhere,
}

struct Rewriter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    changes: Vec<Change>,
}

impl Rewriter<'_> {
    fn body(&mut self, body: &Body, place: Place) {
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => self.attribute(attribute, place),
                Item::Block(block) => self.block(block, place),
            }
        }
    }

    fn block(&mut self, block: &Block, place: Place) {
        for label in &block.labels {
            if let Some(quoted) = label::canonical(label, label.span.text(self.text)) {
                let inside = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
                let quote = |kind| (kind, "\"".to_owned());
                let text = (TokenKind::QuotedText, inside);
                self.change(
                    label.span,
                    vec![quote(TokenKind::OpenQuote), text, quote(TokenKind::CloseQuote)],
                );
            }
        }
        let inside = match place {
            Place::Top if block.kind.text == "variable" => Place::Variable,
            _ => Place::Elsewhere,
        };
        with_stack(|| self.body(&block.body, inside));
    }

    fn attribute(&mut self, attribute: &Attribute, place: Place) {
        if place == Place::Variable && attribute.name.text == "type" {
            self.legacy_type(&attribute.value);
        } else if is_interpolation(&attribute.value) {
            self.interpolation(attribute.value.span);
        }
    }

    /// `"string"`, `"list"` and `"map"` are from before there were type expressions; `list`, `map` and `set` without
    /// an element type take elements of any one type.
    fn legacy_type(&mut self, value: &Expr) {
        let (name, element) = match &value.kind {
            ExprKind::Variable(name) => match name.as_str() {
                "list" | "map" | "set" => (name.as_str(), Some("any")),
                _ => return,
            },
            ExprKind::String(_) => match value.span.text(self.text) {
                "\"string\"" => ("string", None),
                "\"list\"" => ("list", Some("string")),
                "\"map\"" => ("map", Some("string")),
                _ => return,
            },
            _ => return,
        };
        let mut insert = vec![(TokenKind::Ident, name.to_owned())];
        if let Some(element) = element {
            insert.push((TokenKind::OpenParen, "(".to_owned()));
            insert.push((TokenKind::Ident, element.to_owned()));
            insert.push((TokenKind::CloseParen, ")".to_owned()));
        }
        self.change(value.span, insert);
    }

    /// `"${x}"` to `x`, in parentheses when that is on several lines.
    fn interpolation(&mut self, value: Span) {
        let first = self.tokens.partition_point(|token| token.span.start < value.start);
        let end = self.tokens.partition_point(|token| token.span.start < value.end);
        // Between `"${` and `}"`.
        let Some(inside) = shortened(first..end, 2) else { return };
        let kept = self.without_outer_newlines(inside);
        let (Some(&start), Some(&last)) =
            (self.tokens.get(kept.start), self.tokens.get(kept.end.wrapping_sub(1)))
        else {
            return;
        };
        let parenthesized = start.kind == TokenKind::OpenParen && last.kind == TokenKind::CloseParen;
        let wrap = kept.clone().any(|index| self.is_newline(index)) && !parenthesized;
        if self.has_inner_template(kept.clone()) || self.needs_quotes(kept, end, wrap) {
            return;
        }
        let paren = |kind, text: &str| if wrap { vec![(kind, text.to_owned())] } else { Vec::new() };
        self.change(Span::new(value.start, start.span.start), paren(TokenKind::OpenParen, "("));
        self.change(Span::new(last.span.end, value.end), paren(TokenKind::CloseParen, ")"));
    }

    /// A line's end that belongs to no comment.
    fn is_newline(&self, index: usize) -> bool {
        let kind = |index: usize| self.tokens.get(index).map(|token| token.kind);
        kind(index) == Some(TokenKind::Newline)
            && !index.checked_sub(1).is_some_and(|before| self.is_line_comment(before))
    }

    fn is_line_comment(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|&token| is_line_comment(token, self.text))
    }

    fn without_outer_newlines(&self, range: Range<usize>) -> Range<usize> {
        let Range { mut start, mut end } = range;
        while start < end && self.is_newline(start) {
            start += 1;
        }
        while start < end && self.is_newline(end - 1) {
            end -= 1;
        }
        start..end
    }

    /// Whether a template sequence stands in the tokens, other than in quotes. Only a heredoc can have one, and then
    /// the interpolation is kept.
    fn has_inner_template(&self, range: Range<usize>) -> bool {
        let mut quotes = 0_u32;
        for token in self.tokens.get(range).unwrap_or_default() {
            match token.kind {
                TokenKind::OpenQuote => quotes += 1,
                TokenKind::CloseQuote => quotes = quotes.saturating_sub(1),
                TokenKind::OpenInterpolation | TokenKind::CloseSequence if quotes == 0 => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether the expression would not read the same without its interpolation: a comment outside of brackets would
    /// end it, or what follows would stand on the line of a heredoc's marker. `next` is the first token behind it.
    fn needs_quotes(&self, kept: Range<usize>, next: usize, wrap: bool) -> bool {
        let last = kept.end.saturating_sub(1);
        let kind = |index: usize| self.tokens.get(index).map(|token| token.kind);
        if kind(last) == Some(TokenKind::CloseHeredoc) && (wrap || kind(next) != Some(TokenKind::Newline)) {
            return true;
        }
        let mut open = i64::from(wrap);
        for index in kept {
            open += kind(index).map_or(0, bracket_change);
            // A comment in front of the final line's end ends what ends there anyway.
            if open == 0 && self.is_line_comment(index) && index + 1 < last {
                return true;
            }
        }
        false
    }

    fn change(&mut self, span: Span, insert: Vec<(TokenKind, String)>) {
        self.changes.push(Change { span, insert });
    }
}

fn shortened(range: Range<usize>, by: usize) -> Option<Range<usize>> {
    let inside = range.start + by..range.end.checked_sub(by)?;
    (inside.start < inside.end).then_some(inside)
}

/// A quoted template that is one interpolation and nothing else.
fn is_interpolation(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Template(template)
        if template.kind == TemplateKind::Quoted
            && matches!(&*template.parts, [TemplatePart::Interpolation { .. }]))
}
