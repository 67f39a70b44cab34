//! The accesses that are chained to a term: names, indexes and splats.

use smallvec::smallvec;

use super::Parser;
use crate::ast::{Access, Expr, ExprKind, Ident, Index, SplatKind, Step};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

impl Parser<'_, '_> {
    /// Everything that `.` and `[` chain to an expression.
    pub(super) fn accesses(&mut self, expr: &mut Expr) {
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
            if token.kind == TokenKind::Dot {
                self.dot_access(expr, token);
            } else {
                self.bracket_access(expr, token);
            }
            self.height = self.height.max(height) + 1;
        }
    }

    fn dot_access(&mut self, expr: &mut Expr, dot: Token) {
        self.advance(dot);
        let dot = dot.span;
        let next = self.peek();
        match next.kind {
            TokenKind::Star => self.attribute_splat(expr, dot),
            TokenKind::Ident | TokenKind::Number => self.named_access(expr, dot, next, None),
            _ => {
                self.error("Invalid attribute name", "An attribute name is required after a dot.", next.span);
                chain(expr, Step::Dot { dot, name: None });
            }
        }
    }

    /// `.name` or `.0`, where `token` is the name or number, which is next. `splat` is the star of the splat that this
    /// is part of.
    fn named_access(&mut self, expr: &mut Expr, dot: Span, token: Token, splat: Option<Span>) {
        self.advance(token);
        let text = self.text(token.span);
        if token.kind == TokenKind::Number
            && let Some((first, second)) = text.split_once('.')
        {
            let instead =
                if splat.is_some() { "with a full splat expression [*] instead" } else { "instead" };
            let detail = format!(
                "When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index syntax {instead}, like [{first}][{second}]."
            );
            self.error("Invalid legacy index syntax", detail, splat.unwrap_or(token.span));
        }
        chain(expr, Step::Dot { dot, name: Some(Ident { text: text.into(), span: token.span }) });
    }

    /// `.*` and the names and numbers after it.
    fn attribute_splat(&mut self, expr: &mut Expr, dot: Span) {
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
            match next.kind {
                TokenKind::Ident | TokenKind::Number => self.named_access(&mut each, dot, next, Some(star)),
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
                    chain(&mut each, Step::Dot { dot, name: None });
                }
            }
        }
        self.height = height;
        splat(expr, SplatKind::Attribute, marker, each);
    }

    fn bracket_access(&mut self, expr: &mut Expr, open: Token) {
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
                let span = self.span_from(open.start);
                chain(expr, Step::Index(Box::new(Index { open, key, close, span })));
            }
            (star, _) => {
                let marker = open.to(close.or(star).unwrap_or(open));
                self.height = 1;
                let mut each = Expr { kind: ExprKind::SplatItem, span: marker };
                if !self.recovering {
                    self.deeper(|parser| parser.accesses(&mut each));
                }
                splat(expr, SplatKind::Full, marker, each);
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

/// Chains an access to an expression.
fn chain(expr: &mut Expr, step: Step) {
    let span = expr.span.to(step.span());
    match &mut expr.kind {
        ExprKind::Access(access) => access.steps.push(step),
        _ => {
            let object = std::mem::replace(expr, Expr::missing(span));
            expr.kind = ExprKind::Access(Box::new(Access { object, steps: smallvec![step] }));
        }
    }
    expr.span = span;
}

/// Makes the expression a splat's source.
fn splat(expr: &mut Expr, kind: SplatKind, marker: Span, each: Expr) {
    let source = Box::new(std::mem::replace(expr, Expr::missing(marker)));
    expr.span = source.span.to(marker).to(each.span);
    expr.kind = ExprKind::Splat { source, kind, marker, each: Box::new(each) };
}
