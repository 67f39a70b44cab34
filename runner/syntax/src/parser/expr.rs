//! Expressions: operators and primary terms.

use smol_str::SmolStr;

use super::Parser;
use super::leaf::name_node;
use super::literal::is_number;
use crate::ast::{Binary, BinaryOp, Conditional, Expr, ExprKind, Ident, UnaryOp};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

impl Parser<'_, '_> {
    /// The node goes straight to where the caller wants it, here and further down: one that was just written piece by
    /// piece can be copied only after a wait for the last of them.
    pub(super) fn expression(&mut self) -> Expr {
        let token = self.peek();
        if let Some(leaf) = self.leaf(token) {
            return leaf;
        }
        if self.at_limit() {
            return self.nothing();
        }
        self.one_deeper(Self::conditional)
    }

    /// The node for an expression that is not there: it covers the blank between its neighbours.
    pub(super) fn nothing(&mut self) -> Expr {
        self.height = 0;
        let next = self.raw().span.start;
        Expr::missing(Span::new(self.previous_end, next.max(self.previous_end)))
    }

    /// The node for an expression whose first token makes no sense, with the diagnostic.
    fn invalid(&mut self, token: Token) -> Expr {
        let (summary, found) = match token.kind {
            TokenKind::End => ("Missing expression", "found the end of the file."),
            _ => ("Invalid expression", "found an invalid expression token."),
        };
        let first = !self.recovering;
        let detail = format!("Expected the start of an expression, but {found}");
        self.error(summary, detail, self.with_comment_before(token));
        let name = self.raw_at(self.position + 1);
        if first
            && token.kind == TokenKind::Dot
            && !matches!(name.kind, TokenKind::Ident | TokenKind::Number | TokenKind::Star)
        {
            // HCL takes the dot for an access to what it could not read.
            let detail = "An attribute name is required after a dot.".to_owned();
            self.report("Invalid attribute name", detail, name.span, name.span);
        }
        self.nothing()
    }

    /// A comment that ends a line is one token with the line's end in HCL.
    fn with_comment_before(&self, token: Token) -> Span {
        let before = self.raw_at(self.position.wrapping_sub(1));
        let joined = token.kind == TokenKind::Newline
            && before.kind == TokenKind::Comment
            && before.span.end == token.span.start;
        if joined { before.span.to(token.span) } else { token.span }
    }

    fn conditional(&mut self) -> Expr {
        let mut expr = self.binary(1);
        if !self.recovering && self.peek_kind() == TokenKind::Question {
            expr = self.branches(expr);
        }
        expr
    }

    /// From the question mark on.
    fn branches(&mut self, condition: Expr) -> Expr {
        let mut height = self.height;
        let question = self.read().span;
        let then = self.expression();
        height = height.max(self.height);
        let mut colon = None;
        let otherwise = if self.recovering {
            self.nothing()
        } else if let Some(token) = self.read_if(TokenKind::Colon) {
            colon = Some(token.span);
            self.expression()
        } else {
            let next = self.fault_span();
            let was_recovering = self.recovering;
            self.error_within(
                "Missing false expression in conditional",
                "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
                next,
                condition.span.to(next),
            );
            // HCL goes on behind a condition without a second branch: what follows is judged for itself.
            self.recovering = was_recovering;
            self.nothing()
        };
        self.height = height.max(self.height) + 1;
        let span = self.span_from(condition.span.start);
        let conditional = Conditional { condition, question, then, colon, otherwise };
        Expr { kind: ExprKind::Conditional(Box::new(conditional)), span }
    }

    /// Left-associative operators that bind at least as tightly as `level`.
    fn binary(&mut self, level: u8) -> Expr {
        let mut lhs = self.unary();
        loop {
            if self.recovering {
                return lhs;
            }
            let token = self.peek();
            let Some((op, own_level)) = binary_operator(token.kind).filter(|&(_, own)| own >= level) else {
                return lhs;
            };
            let left = self.height;
            if left >= MAX_NESTING {
                self.too_deep(token.span);
                return lhs;
            }
            self.advance(token);
            let rhs = self.binary(own_level + 1);
            self.height = left.max(self.height) + 1;
            let span = lhs.span.to(if rhs.is_missing() { token.span } else { rhs.span });
            let binary = Binary { op, op_span: token.span, lhs, rhs };
            lhs = Expr { kind: ExprKind::Binary(Box::new(binary)), span };
        }
    }

    /// A sign applies to a term with its accesses: `-a.b` negates `a.b`.
    fn unary(&mut self) -> Expr {
        let token = self.peek();
        let op = match token.kind {
            TokenKind::Minus => UnaryOp::Negate,
            TokenKind::Bang => UnaryOp::Not,
            _ => return self.term(token),
        };
        self.advance(token);
        let operand = self.deeper(Self::unary).unwrap_or_else(|| self.nothing());
        self.height += 1;
        let span = if operand.is_missing() { token.span } else { token.span.to(operand.span) };
        Expr { kind: ExprKind::Unary { op, op_span: token.span, operand: Box::new(operand) }, span }
    }

    /// A primary term with its accesses, from the token that is next.
    fn term(&mut self, token: Token) -> Expr {
        let mut term = self.primary(token);
        self.accesses(&mut term);
        term
    }

    /// From the token that is next.
    fn primary(&mut self, token: Token) -> Expr {
        self.height = 1;
        match token.kind {
            TokenKind::Ident if self.at_next_item() => self.nothing(),
            TokenKind::Cut if !self.newlines => self.nothing(),
            TokenKind::Ident => self.name_or_call(token),
            TokenKind::Number => self.number(token),
            TokenKind::OpenQuote => self.quoted_template(token),
            TokenKind::OpenHeredoc => self.heredoc(token),
            TokenKind::OpenParen => self.with_newlines(false, |parser| parser.paren(token)),
            TokenKind::OpenBracket => self.with_newlines(false, |parser| parser.tuple_or_for(token)),
            TokenKind::OpenBrace => self.object_or_for(token),
            _ => self.invalid(token),
        }
    }

    fn name_or_call(&mut self, token: Token) -> Expr {
        self.advance(token);
        let text = self.text(token.span);
        if matches!(self.peek_kind(), TokenKind::OpenParen | TokenKind::DoubleColon) {
            return self.call(Ident { text: text.into(), span: token.span });
        }
        name_node(text, token.span)
    }

    /// From the number, which is next.
    pub(super) fn number(&mut self, token: Token) -> Expr {
        self.height = 1;
        self.advance(token);
        let text = self.text(token.span);
        if !is_number(text) {
            let detail = "Failed to recognize the value of this number literal.";
            self.report("Invalid number literal", detail.to_owned(), token.span, token.span);
        }
        text_node(ExprKind::Number, text, token.span)
    }

    /// From the opening parenthesis, which is next, as the brackets of the others are.
    fn paren(&mut self, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        let inner = self.expression();
        self.height += 1;
        let next = self.peek();
        if !self.recovering && next.kind != TokenKind::CloseParen {
            let subject = self.fault_span();
            self.error_within(
                "Unbalanced parentheses",
                "Expected a closing parenthesis to terminate the expression.",
                subject,
                open.to(subject),
            );
        }
        if self.recovering {
            self.recover_to_closer(TokenKind::CloseParen);
        } else {
            self.read();
        }
        Expr { kind: ExprKind::Paren(Box::new(inner)), span: self.span_from(open.start) }
    }
}

/// A node that holds a text. In a function of its own the text is made where the node goes: as a short string is
/// written piece by piece, moving it right after that would wait for the pieces.
#[inline(never)]
pub(super) fn text_node(kind: impl FnOnce(SmolStr) -> ExprKind, text: &str, span: Span) -> Expr {
    Expr { kind: kind(SmolStr::new(text)), span }
}

/// The operator and how tightly it binds.
fn binary_operator(kind: TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        TokenKind::OrOr => (BinaryOp::Or, 1),
        TokenKind::AndAnd => (BinaryOp::And, 2),
        TokenKind::EqualEqual => (BinaryOp::Equal, 3),
        TokenKind::NotEqual => (BinaryOp::NotEqual, 3),
        TokenKind::Greater => (BinaryOp::Greater, 4),
        TokenKind::GreaterEqual => (BinaryOp::GreaterOrEqual, 4),
        TokenKind::Less => (BinaryOp::Less, 4),
        TokenKind::LessEqual => (BinaryOp::LessOrEqual, 4),
        TokenKind::Plus => (BinaryOp::Add, 5),
        TokenKind::Minus => (BinaryOp::Subtract, 5),
        TokenKind::Star => (BinaryOp::Multiply, 6),
        TokenKind::Slash => (BinaryOp::Divide, 6),
        TokenKind::Percent => (BinaryOp::Modulo, 6),
        _ => return None,
    })
}
