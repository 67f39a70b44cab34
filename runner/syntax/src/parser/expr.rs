//! Expressions: operators, primary terms, and the accesses chained to them.

use smol_str::SmolStr;

use super::Parser;
use super::literal::is_number;
use crate::ast::{
    Binary, BinaryOp, Conditional, Expr, ExprKind, GetAttr, Ident, Index, LegacyIndex, SplatKind, UnaryOp,
};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    /// The node goes straight to where the caller wants it, here and further down: one that was just written piece by
    /// piece can be copied only after a wait for the last of them.
    pub(super) fn expression(&mut self) -> Expr {
        let token = self.peek();
        if self.is_leaf(token) {
            return self.term(token);
        }
        if self.at_limit() {
            return self.nothing();
        }
        self.one_deeper(Self::conditional)
    }

    /// Whether the expression that begins with `token`, which is next, is a single number or plain string, or a name
    /// with the names that dots chain to it. Most are, and what follows them shows it, which spares the way down
    /// through all the operators.
    fn is_leaf(&self, token: Token) -> bool {
        let kind_at = |ahead: usize| self.raw_at(self.position + ahead).kind;
        let tokens = match token.kind {
            TokenKind::Ident => {
                let mut tokens = 1;
                while kind_at(tokens) == TokenKind::Dot && kind_at(tokens + 1) == TokenKind::Ident {
                    tokens += 2;
                }
                tokens
            }
            TokenKind::Number => 1,
            TokenKind::OpenQuote => match kind_at(1) {
                TokenKind::CloseQuote => 2,
                TokenKind::QuotedText if kind_at(2) == TokenKind::CloseQuote => 3,
                _ => return false,
            },
            _ => return false,
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
        ends && self.depth < MAX_NESTING
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
            TokenKind::Ident => self.name_or_call(token),
            TokenKind::Number => {
                self.advance(token);
                let text = self.text(token.span);
                if !is_number(text) {
                    let detail = "Failed to recognize the value of this number literal.";
                    self.report("Invalid number literal", detail.to_owned(), token.span, token.span);
                }
                text_node(ExprKind::Number, text, token.span)
            }
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
        let kind = match text {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => return text_node(ExprKind::Variable, text, token.span),
        };
        Expr { kind, span: token.span }
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

    /// Everything that `.` and `[` chain to an expression.
    fn accesses(&mut self, expr: &mut Expr) {
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
            let object = std::mem::replace(expr, Expr::missing(token.span));
            *expr = if token.kind == TokenKind::Dot {
                self.dot_access(object, token)
            } else {
                self.bracket_access(object, token)
            };
            self.height = self.height.max(height) + 1;
        }
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

    fn bracket_access(&mut self, object: Expr, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        let (star, key, close) = self.with_newlines(false, |parser| {
            if let Some(star) = parser.read_if(TokenKind::Star) {
                let detail =
                    "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").";
                let close = parser.close_bracket(open, "Missing close bracket on splat index", detail);
                return (Some(star.span), None, close);
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
            (None, Some(key), close)
        });
        match (star, key) {
            (None, Some(key)) => {
                let span = object.span.to(self.span_from(open.start));
                Expr { kind: ExprKind::Index(Box::new(Index { object, open, key, close })), span }
            }
            (star, _) => {
                let marker = open.to(close.or(star).unwrap_or(open));
                self.height = 1;
                let mut each = Expr { kind: ExprKind::SplatItem, span: marker };
                if !self.recovering {
                    self.deeper(|parser| parser.accesses(&mut each));
                }
                splat(object, SplatKind::Full, marker, each)
            }
        }
    }

    /// The `]` that ends an access, or the diagnostic that it is missing.
    fn close_bracket(&mut self, open: Span, summary: &str, detail: &str) -> Option<Span> {
        let next = self.peek();
        if !self.recovering {
            if next.kind == TokenKind::CloseBracket {
                self.advance(next);
                return Some(next.span);
            }
            self.error_within(summary, detail, next.span, open.to(next.span));
        }
        self.recover_to_closer(TokenKind::CloseBracket)
    }
}

/// A node that holds a text. In a function of its own the text is made where the node goes: as a short string is
/// written piece by piece, moving it right after that would wait for the pieces.
#[inline(never)]
pub(super) fn text_node(kind: impl FnOnce(SmolStr) -> ExprKind, text: &str, span: Span) -> Expr {
    Expr { kind: kind(SmolStr::new(text)), span }
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
