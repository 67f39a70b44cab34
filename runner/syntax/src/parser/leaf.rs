//! The shortest expressions: a number, a plain string, or a name with the names that dots chain to it. Most expressions
//! are one of these, and what follows their last token shows it, which spares the way down through all the operators.

use smallvec::SmallVec;

use super::Parser;
use super::expr::text_node;
use crate::ast::{Access, Expr, ExprKind, Ident, Step};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

impl Parser<'_, '_> {
    /// The expression that begins with `token`, which is next, when it is one of them.
    #[inline]
    pub(super) fn leaf(&mut self, token: Token) -> Option<Expr> {
        let tokens = match token.kind {
            TokenKind::Ident => 1 + 2 * self.names_chained(),
            TokenKind::Number => 1,
            TokenKind::OpenQuote => match self.kind_ahead(1) {
                TokenKind::CloseQuote => 2,
                TokenKind::QuotedText if self.kind_ahead(2) == TokenKind::CloseQuote => 3,
                _ => return None,
            },
            _ => return None,
        };
        let ends = match self.kind_ahead(tokens) {
            TokenKind::Comma
            | TokenKind::CloseBrace
            | TokenKind::CloseBracket
            | TokenKind::CloseParen
            | TokenKind::CloseSequence => true,
            // Where newlines mean nothing, the expression may go on after one, and `=` may show that it is no expression.
            TokenKind::Newline | TokenKind::Equal => self.newlines,
            _ => false,
        };
        if !ends || self.depth >= MAX_NESTING {
            return None;
        }
        Some(match token.kind {
            TokenKind::Ident if tokens > 1 => self.chained_names(token, tokens / 2)?,
            TokenKind::Ident => {
                self.advance(token);
                self.height = 1;
                name_node(self.text(token.span), token.span)
            }
            TokenKind::Number => self.number(token),
            _ => self.quoted_template(token),
        })
    }

    fn kind_ahead(&self, ahead: usize) -> TokenKind {
        self.raw_at(self.position + ahead).kind
    }

    /// How many names dots chain to the name that is next.
    fn names_chained(&self) -> usize {
        let mut names = 0;
        while self.kind_ahead(2 * names + 1) == TokenKind::Dot
            && self.kind_ahead(2 * names + 2) == TokenKind::Ident
        {
            names += 1;
        }
        names
    }

    /// From the first name of a chain of so many more.
    fn chained_names(&mut self, first: Token, names: usize) -> Option<Expr> {
        let height = u32::try_from(names + 1).ok().filter(|&height| height <= MAX_NESTING)?;
        self.advance(first);
        let object = name_node(self.text(first.span), first.span);
        let mut steps = SmallVec::with_capacity(names);
        for _ in 0..names {
            let (dot, name) = (self.raw(), self.raw_at(self.position + 1));
            self.position += 1;
            self.advance(name);
            let ident = Ident { text: self.text(name.span).into(), span: name.span };
            steps.push(Step::Dot { dot: dot.span, name: Some(ident) });
        }
        self.height = height;
        let kind = ExprKind::Access(Box::new(Access { object, steps }));
        Some(Expr { kind, span: self.span_from(first.span.start) })
    }
}

/// A single word.
pub(super) fn name_node(text: &str, span: Span) -> Expr {
    let kind = match text {
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "null" => ExprKind::Null,
        _ => return text_node(ExprKind::Variable, text, span),
    };
    Expr { kind, span }
}
