//! The accesses that are chained to a term: names, indexes and splats.

use super::Parser;
use crate::ast::{Expr, ExprKind, GetAttr, Ident, Index, LegacyIndex, SplatKind};
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

fn get_attr(object: Expr, dot: Span, name: Option<Ident>, span: Span) -> Expr {
    Expr { kind: ExprKind::GetAttr(Box::new(GetAttr { object, dot, name })), span }
}

fn splat(source: Expr, kind: SplatKind, marker: Span, each: Expr) -> Expr {
    let span = source.span.to(marker).to(each.span);
    Expr { kind: ExprKind::Splat { source: Box::new(source), kind, marker, each: Box::new(each) }, span }
}
