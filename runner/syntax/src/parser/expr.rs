//! Expressions: operators, primary terms, and the accesses chained to them.

use super::Parser;
use super::literal::is_number;
use crate::ast::{
    BinaryOp, Conditional, Expr, ExprKind, GetAttr, Ident, Index, LegacyIndex, SplatKind, UnaryOp,
};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Expr {
        if let Some(leaf) = self.leaf() {
            return leaf;
        }
        self.deeper(Self::conditional).unwrap_or_else(|| self.nothing())
    }

    /// An expression that is a single name, number or plain string. Most are, and what follows them shows it, which
    /// spares the way down through all the operators.
    fn leaf(&mut self) -> Option<Expr> {
        if self.depth >= MAX_NESTING {
            return None;
        }
        let token = self.peek();
        let kind_at = |ahead: usize| self.raw_at(self.position + ahead).kind;
        let tokens = match token.kind {
            TokenKind::Ident | TokenKind::Number => 1,
            TokenKind::OpenQuote => match kind_at(1) {
                TokenKind::CloseQuote => 2,
                TokenKind::QuotedText if kind_at(2) == TokenKind::CloseQuote => 3,
                _ => return None,
            },
            _ => return None,
        };
        let ends = match kind_at(tokens) {
            TokenKind::Comma
            | TokenKind::CloseBrace
            | TokenKind::CloseBracket
            | TokenKind::CloseParen
            | TokenKind::CloseSequence => true,
            // Where newlines mean nothing, the expression may go on after one, and `=` may show that it is no expression.
            TokenKind::Newline | TokenKind::Equal => self.newlines,
            _ => false,
        };
        ends.then(|| self.primary(token))
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
        let condition = self.binary(1);
        if self.recovering || self.peek_kind() != TokenKind::Question {
            return condition;
        }
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
            let kind = ExprKind::Binary { op, op_span: token.span, lhs: Box::new(lhs), rhs: Box::new(rhs) };
            lhs = Expr { kind, span };
        }
    }

    /// A sign applies to a term with its accesses: `-a.b` negates `a.b`.
    fn unary(&mut self) -> Expr {
        let token = self.peek();
        let op = match token.kind {
            TokenKind::Minus => UnaryOp::Negate,
            TokenKind::Bang => UnaryOp::Not,
            _ => {
                let term = self.primary(token);
                return self.accesses(term);
            }
        };
        self.advance(token);
        let operand = self.deeper(Self::unary).unwrap_or_else(|| self.nothing());
        self.height += 1;
        let span = if operand.is_missing() { token.span } else { token.span.to(operand.span) };
        Expr { kind: ExprKind::Unary { op, op_span: token.span, operand: Box::new(operand) }, span }
    }

    /// From the token that is next.
    fn primary(&mut self, token: Token) -> Expr {
        self.height = 1;
        match token.kind {
            TokenKind::Ident if self.at_next_item() => self.nothing(),
            TokenKind::Cut if !self.newlines => self.nothing(),
            TokenKind::Ident => self.name_or_call(token),
            TokenKind::Number => {
                self.advance(token);
                let text = self.text(token.span);
                if !is_number(text) {
                    let detail = "Failed to recognize the value of this number literal.";
                    self.report("Invalid number literal", detail.to_owned(), token.span, token.span);
                }
                Expr { kind: ExprKind::Number(text.into()), span: token.span }
            }
            TokenKind::OpenQuote => self.quoted_template(token),
            TokenKind::OpenHeredoc => self.heredoc(token),
            TokenKind::OpenParen => self.with_newlines(false, Self::paren),
            TokenKind::OpenBracket => self.with_newlines(false, Self::tuple_or_for),
            TokenKind::OpenBrace => self.object_or_for(),
            _ => self.invalid(token),
        }
    }

    fn name_or_call(&mut self, token: Token) -> Expr {
        self.advance(token);
        let text = self.text(token.span);
        if matches!(self.peek_kind(), TokenKind::OpenParen | TokenKind::DoubleColon) {
            return self.call(Ident { text: text.into(), span: token.span });
        }
        let kind = match text {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(text.into()),
        };
        Expr { kind, span: token.span }
    }

    fn paren(&mut self) -> Expr {
        let open = self.read().span;
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

    /// Everything that `.` and `[` chain to an expression.
    fn accesses(&mut self, mut object: Expr) -> Expr {
        while !self.recovering {
            let token = self.peek();
            if !matches!(token.kind, TokenKind::Dot | TokenKind::OpenBracket) {
                break;
            }
            let height = self.height;
            if height >= MAX_NESTING {
                self.too_deep(token.span);
                break;
            }
            object = if token.kind == TokenKind::Dot {
                self.dot_access(object, token)
            } else {
                self.bracket_access(object)
            };
            self.height = self.height.max(height) + 1;
        }
        object
    }

    fn dot_access(&mut self, object: Expr, dot: Token) -> Expr {
        self.advance(dot);
        let dot = dot.span;
        let next = self.peek();
        match next.kind {
            TokenKind::Star => self.attribute_splat(object, dot),
            TokenKind::Ident | TokenKind::Number => self.named_access(object, dot, next, None),
            _ => {
                self.error("Invalid attribute name", "An attribute name is required after a dot.", next.span);
                let span = object.span.to(dot);
                get_attr(object, dot, None, span)
            }
        }
    }

    /// `.name` or `.0`, where `token` is the name or number, which is next. `splat` is the star of the splat that this
    /// is part of.
    fn named_access(&mut self, object: Expr, dot: Span, token: Token, splat: Option<Span>) -> Expr {
        self.advance(token);
        let text = self.text(token.span);
        let name = Ident { text: text.into(), span: token.span };
        let span = object.span.to(token.span);
        if token.kind == TokenKind::Ident {
            return get_attr(object, dot, Some(name), span);
        }
        if let Some((first, second)) = text.split_once('.') {
            let instead =
                if splat.is_some() { "with a full splat expression [*] instead" } else { "instead" };
            let detail = format!(
                "When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index syntax {instead}, like [{first}][{second}]."
            );
            self.error("Invalid legacy index syntax", detail, splat.unwrap_or(token.span));
        }
        let access = LegacyIndex { object, index: name };
        Expr { kind: ExprKind::LegacyIndex(Box::new(access)), span }
    }

    /// `.*` and the names and numbers after it.
    fn attribute_splat(&mut self, source: Expr, dot: Span) -> Expr {
        let star = self.read().span;
        let marker = dot.to(star);
        let mut each = Expr { kind: ExprKind::SplatItem, span: marker };
        let mut height = 1;
        while !self.recovering && self.peek_kind() == TokenKind::Dot {
            let dot = self.peek().span;
            if height >= MAX_NESTING {
                self.too_deep(dot);
                break;
            }
            height += 1;
            self.read();
            let next = self.peek();
            each = match next.kind {
                TokenKind::Ident | TokenKind::Number => self.named_access(each, dot, next, Some(star)),
                _ => {
                    if next.kind == TokenKind::Star {
                        let detail = "A splat expression (*) cannot be used inside another attribute-only splat expression.";
                        self.error("Nested splat expression not allowed", detail, next.span);
                    } else {
                        self.error(
                            "Invalid attribute name",
                            "An attribute name is required after a dot.",
                            star,
                        );
                    }
                    let span = each.span.to(dot);
                    get_attr(each, dot, None, span)
                }
            };
        }
        self.height = height;
        splat(source, SplatKind::Attribute, marker, each)
    }

    fn bracket_access(&mut self, object: Expr) -> Expr {
        let (open, star, key, close) = self.with_newlines(false, |parser| {
            let open = parser.read().span;
            if let Some(star) = parser.read_if(TokenKind::Star) {
                let detail =
                    "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").";
                let close = parser.close_bracket(open, "Missing close bracket on splat index", detail);
                return (open, Some(star.span), None, close);
            }
            let key = parser.expression();
            let detail = "The index operator must end with a closing bracket (\"]\").";
            let summary = "Missing close bracket on index";
            if !parser.recovering && parser.peek_kind() != TokenKind::CloseBracket {
                // Terraform points at the bracket that it finds in the end.
                let subject = parser.bracket_ahead();
                parser.error_within(summary, detail, subject, open.to(subject));
            }
            let close = parser.close_bracket(open, summary, detail);
            (open, None, Some(key), close)
        });
        match (star, key) {
            (None, Some(key)) => {
                let span = object.span.to(self.span_from(open.start));
                Expr { kind: ExprKind::Index(Box::new(Index { object, open, key, close })), span }
            }
            (star, _) => {
                let marker = open.to(close.or(star).unwrap_or(open));
                let item = Expr { kind: ExprKind::SplatItem, span: marker };
                self.height = 1;
                let each = if self.recovering {
                    item
                } else {
                    self.deeper(|parser| parser.accesses(item))
                        .unwrap_or(Expr { kind: ExprKind::SplatItem, span: marker })
                };
                splat(object, SplatKind::Full, marker, each)
            }
        }
    }

    /// The `]` that ends an access, or the diagnostic that it is missing.
    fn close_bracket(&mut self, open: Span, summary: &str, detail: &str) -> Option<Span> {
        let next = self.peek();
        if !self.recovering {
            if next.kind == TokenKind::CloseBracket {
                return Some(self.read().span);
            }
            self.error_within(summary, detail, next.span, open.to(next.span));
        }
        self.recover_to_closer(TokenKind::CloseBracket)
    }
}

fn get_attr(object: Expr, dot: Span, name: Option<Ident>, span: Span) -> Expr {
    Expr { kind: ExprKind::GetAttr(Box::new(GetAttr { object, dot, name })), span }
}

fn splat(source: Expr, kind: SplatKind, marker: Span, each: Expr) -> Expr {
    let span = source.span.to(marker).to(each.span);
    Expr { kind: ExprKind::Splat { source: Box::new(source), kind, marker, each: Box::new(each) }, span }
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
