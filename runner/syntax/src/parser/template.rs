//! Quoted templates, heredocs and bare templates: first a flat list of pieces, then the tree of directives.

use std::borrow::Cow;

use super::Parser;
use super::expr::text_node;
use super::heredoc::{dedent, trim_after, trim_before};
use super::literal::unquoted_text;
use super::recovery::Until;
use crate::ast::{Expr, ExprKind, Ident, Template, TemplateKind};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

/// A template before its directives are matched.
pub(super) enum Piece<'a> {
    Literal {
        text: Cow<'a, str>,
        span: Span,
    },
    Interpolation {
        expr: Expr,
        span: Span,
    },
    If {
        condition: Expr,
        span: Span,
    },
    /// `whole` is false when the directive could not be read to its end.
    For {
        key_var: Option<Ident>,
        value_var: Option<Ident>,
        collection: Expr,
        whole: bool,
        span: Span,
    },
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

impl<'a> Parser<'a, '_> {
    /// From the opening quote, which is next.
    pub(super) fn quoted_template(&mut self, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        if let Some(text) = self.plain_string() {
            self.height = 1;
            return text_node(ExprKind::String, &text, self.span_from(open.start));
        }
        self.template_expression(open, TemplateKind::Quoted)
    }

    /// From the opening marker, which is next.
    pub(super) fn heredoc(&mut self, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        let flush = self.text(open).starts_with("<<-");
        self.template_expression(open, TemplateKind::Heredoc { flush })
    }

    fn template_expression(&mut self, open: Span, kind: TemplateKind) -> Expr {
        let template = self.template(kind);
        Expr { kind: ExprKind::Template(template), span: self.span_from(open.start) }
    }

    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) -> Template {
        self.whole_template = Some(self.raw().span);
        self.template(TemplateKind::Bare)
    }

    fn template(&mut self, kind: TemplateKind) -> Template {
        let depth = self.depth;
        let first = self.lists.pieces.len();
        let (height, end) = self.read_pieces(kind);
        self.depth = depth;
        if matches!(kind, TemplateKind::Heredoc { flush: true }) {
            dedent(self.lists.pieces.get_mut(first..).unwrap_or_default());
        }
        let closed = match kind {
            TemplateKind::Quoted => end.kind == TokenKind::CloseQuote,
            TemplateKind::Heredoc { .. } => end.kind == TokenKind::CloseHeredoc,
            TemplateKind::Bare => true,
        };
        let parts = self.parts_of_pieces(first, end.span);
        self.height = height + 1;
        Template { kind, parts, closed }
    }

    /// Reads everything up to the template's end, adding it to `lists.pieces`. The height of the highest expression in
    /// it, and the token that ended it. Open directives count as depth for what stands in them.
    fn read_pieces(&mut self, kind: TemplateKind) -> (u32, Token) {
        let base = self.depth;
        let first = self.lists.pieces.len();
        let start = self.raw().span;
        let mut height = 0;
        let mut trim_next = false;
        loop {
            let token = self.raw();
            let trim = std::mem::take(&mut trim_next);
            match token.kind {
                TokenKind::QuotedText | TokenKind::TemplateText => {
                    self.read_raw();
                    let mut text = match token.kind {
                        TokenKind::QuotedText => self.quoted_text(token.span),
                        _ => unquoted_text(self.text(token.span)),
                    };
                    if trim {
                        trim_after(&mut text);
                    }
                    self.lists.pieces.push(Piece::Literal { text, span: token.span });
                }
                TokenKind::QuotedBackslash | TokenKind::Invalid => {
                    self.read_raw();
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    if token.span.len() == 3 {
                        trim_before(self.lists.pieces.get_mut(first..).unwrap_or_default());
                    }
                    self.read_raw();
                    let interpolation = token.kind == TokenKind::OpenInterpolation;
                    let piece = self.with_newlines(false, |parser| {
                        if interpolation {
                            Some(parser.interpolation(token.span, start))
                        } else {
                            parser.directive(token.span)
                        }
                    });
                    height = height.max(self.height + self.depth.saturating_sub(base));
                    trim_next = self.ended_with_tilde();
                    match piece {
                        Some(Piece::If { .. } | Piece::For { .. }) if self.depth >= MAX_NESTING => {
                            self.too_deep(token.span);
                        }
                        Some(Piece::If { .. } | Piece::For { .. }) => self.depth += 1,
                        Some(Piece::EndIf(_) | Piece::EndFor(_)) if self.depth > base => self.depth -= 1,
                        _ => {}
                    }
                    self.lists.pieces.extend(piece);
                    if self.recovering && !self.recover_in_template() {
                        return (height, self.raw());
                    }
                }
                TokenKind::CloseQuote | TokenKind::CloseHeredoc => {
                    self.read_raw();
                    return (height, token);
                }
                TokenKind::End if kind == TemplateKind::Bare => return (height, token),
                _ => {
                    self.error_within(
                        "Unterminated template string",
                        "No closing marker was found for the string.",
                        token.span,
                        start.to(token.span),
                    );
                    return (height, token);
                }
            }
        }
    }

    /// After a fault in a sequence: whether the template goes on.
    fn recover_in_template(&mut self) -> bool {
        self.skip_to(Until::SequenceEnd);
        match self.raw().kind {
            TokenKind::CloseSequence => {
                self.read_raw();
                self.recovering = false;
                true
            }
            TokenKind::CloseQuote | TokenKind::CloseHeredoc => {
                self.recovering = false;
                true
            }
            _ => false,
        }
    }

    /// Whether the token that was read last is `~}`.
    fn ended_with_tilde(&self) -> bool {
        let last = self.raw_at(self.position.wrapping_sub(1));
        last.kind == TokenKind::CloseSequence && last.span.len() == 2
    }

    /// `start` is the first token of the template around.
    fn interpolation(&mut self, open: Span, start: Span) -> Piece<'a> {
        let expr = self.expression();
        let next = self.peek();
        if next.kind == TokenKind::CloseSequence && !self.recovering {
            self.advance(next);
        } else {
            self.unclosed_interpolation(open, start, next);
        }
        Piece::Interpolation { expr, span: self.span_from(open.start) }
    }

    fn unclosed_interpolation(&mut self, open: Span, start: Span, next: Token) {
        let end = match next.kind {
            TokenKind::End | TokenKind::Cut => "file",
            TokenKind::CloseHeredoc => "heredoc template",
            TokenKind::OpenQuote | TokenKind::CloseQuote | TokenKind::UnclosedSequence => "quoted template",
            _ => {
                let detail = "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with \"$${\" instead of just \"${\".";
                let summary = "Extra characters after interpolation expression";
                return self.error_within(summary, detail, next.span, open.to(next.span));
            }
        };
        let detail = format!(
            "There is no closing brace for this interpolation sequence before the end of the {end}. This might be caused by incorrect nesting inside the given expression."
        );
        // As in HCL, the template's beginning is blamed, and not the sequence; the outermost one's where that is all of
        // the text.
        let subject = self.whole_template.unwrap_or(start);
        self.error("Unclosed template interpolation sequence", detail, subject);
    }
}
