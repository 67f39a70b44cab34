//! Quoted templates, heredocs and bare templates: first a flat list of pieces, then the tree of directives.

use super::Parser;
use super::heredoc::{dedent, trim_after, trim_before};
use super::literal::unquoted_text;
use super::recovery::Until;
use crate::ast::{Expr, ExprKind, Ident, Template, TemplateKind, TemplatePart};
use crate::depth::MAX_NESTING;
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

const BAD_FOR: &str = "Invalid 'for' directive";
const UNBALANCED: &str = "The control directives within this template are unbalanced.";

/// A template before its directives are matched.
pub(super) enum Piece {
    Literal {
        text: String,
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

impl Parser<'_> {
    pub(super) fn quoted_template(&mut self) -> Expr {
        let open = self.read().span;
        if let Some((text, literal)) = self.plain_string() {
            let parts = literal.map(|span| TemplatePart::Literal { text, span }).into_iter().collect();
            self.height = 1;
            let template = Template { kind: TemplateKind::Quoted, parts, closed: true };
            return Expr { kind: ExprKind::Template(template), span: self.span_from(open.start) };
        }
        self.template_expression(open, TemplateKind::Quoted)
    }

    pub(super) fn heredoc(&mut self) -> Expr {
        let open = self.read().span;
        let opening = self.text(open).trim_end();
        let marker = opening.trim_start_matches('<');
        let flush = marker.starts_with('-');
        let marker = marker.trim_start_matches('-').into();
        self.template_expression(open, TemplateKind::Heredoc { marker, flush })
    }

    fn template_expression(&mut self, open: Span, kind: TemplateKind) -> Expr {
        let template = self.template(kind);
        Expr { kind: ExprKind::Template(template), span: self.span_from(open.start) }
    }

    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) -> Template {
        self.template(TemplateKind::Bare)
    }

    fn template(&mut self, kind: TemplateKind) -> Template {
        let depth = self.depth;
        let (mut pieces, height, end) = self.pieces(&kind);
        self.depth = depth;
        if matches!(kind, TemplateKind::Heredoc { flush: true, .. }) {
            dedent(&mut pieces);
        }
        let closed = match kind {
            TemplateKind::Quoted => end.kind == TokenKind::CloseQuote,
            TemplateKind::Heredoc { .. } => end.kind == TokenKind::CloseHeredoc,
            TemplateKind::Bare | TemplateKind::Json(_) => true,
        };
        let parts = self.directives(pieces, end.span);
        self.height = height + 1;
        Template { kind, parts, closed }
    }

    /// Everything up to the template's end, the height of the highest expression in it, and the token that ended
    /// it. Open directives count as depth for what stands in them.
    fn pieces(&mut self, kind: &TemplateKind) -> (Vec<Piece>, u32, Token) {
        let base = self.depth;
        let start = self.raw().span;
        let mut pieces = Vec::new();
        let mut height = 0;
        let mut trim_next = false;
        loop {
            let token = self.raw();
            let trim = std::mem::take(&mut trim_next);
            match token.kind {
                TokenKind::QuotedText | TokenKind::TemplateText => {
                    self.read_raw();
                    let mut text = match token.kind {
                        TokenKind::QuotedText => self.quoted_text(token.span).into_owned(),
                        _ => unquoted_text(self.text(token.span)),
                    };
                    if trim {
                        trim_after(&mut text);
                    }
                    pieces.push(Piece::Literal { text, span: token.span });
                }
                TokenKind::QuotedBackslash => {
                    self.read_raw();
                }
                TokenKind::OpenInterpolation | TokenKind::OpenDirective => {
                    if token.span.len() == 3 {
                        trim_before(&mut pieces);
                    }
                    self.read_raw();
                    let interpolation = token.kind == TokenKind::OpenInterpolation;
                    let piece = self.with_newlines(false, |parser| {
                        if interpolation {
                            Some(parser.interpolation(token.span))
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
                    pieces.extend(piece);
                    if self.recovering && !self.recover_in_template() {
                        return (pieces, height, self.raw());
                    }
                }
                TokenKind::CloseQuote | TokenKind::CloseHeredoc => {
                    self.read_raw();
                    return (pieces, height, token);
                }
                TokenKind::End if *kind == TemplateKind::Bare => return (pieces, height, token),
                _ => {
                    self.error_within(
                        "Unterminated template string",
                        "No closing marker was found for the string.",
                        token.span,
                        start.to(token.span),
                    );
                    return (pieces, height, token);
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

    fn interpolation(&mut self, open: Span) -> Piece {
        let expr = self.expression();
        let next = self.peek();
        if next.kind == TokenKind::CloseSequence && !self.recovering {
            self.read();
        } else {
            self.unclosed_interpolation(open, next);
        }
        Piece::Interpolation { expr, span: self.span_from(open.start) }
    }

    fn unclosed_interpolation(&mut self, open: Span, next: Token) {
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
        self.error("Unclosed template interpolation sequence", detail, open);
    }

    fn directive(&mut self, open: Span) -> Option<Piece> {
        self.height = 0;
        let keyword = self.peek();
        if keyword.kind != TokenKind::Ident {
            self.error_within(
                "Invalid template directive",
                "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.",
                keyword.span,
                open.to(keyword.span),
            );
            return None;
        }
        self.read();
        let word = self.text(keyword.span);
        let mut piece = match word {
            "if" => Piece::If { condition: self.expression(), span: open },
            "for" => self.for_directive(open),
            "else" => Piece::Else(open),
            "endif" => Piece::EndIf(open),
            "endfor" => Piece::EndFor(open),
            _ => {
                let hint = directive_like(word).map(|like| format!(" Did you mean \"{like}\"?"));
                let detail = format!(
                    "\"{word}\" is not a valid template control keyword.{}",
                    hint.unwrap_or_default()
                );
                let context = open.to(keyword.span);
                self.error_within("Invalid template control keyword", detail, keyword.span, context);
                return None;
            }
        };
        let next = self.peek();
        if next.kind == TokenKind::CloseSequence && !self.recovering {
            self.read();
        } else {
            let detail = "Expected a closing brace to end the sequence, but found extra characters.";
            self.error_within(
                &format!("Extra characters in {word} marker"),
                detail,
                next.span,
                open.to(next.span),
            );
        }
        let whole = self.span_from(open.start);
        match &mut piece {
            Piece::If { span, .. }
            | Piece::For { span, .. }
            | Piece::Else(span)
            | Piece::EndIf(span)
            | Piece::EndFor(span) => *span = whole,
            Piece::Literal { .. } | Piece::Interpolation { .. } => {}
        }
        Some(piece)
    }

    /// From the word `for` on; keeps what can be read.
    fn for_directive(&mut self, open: Span) -> Piece {
        let missing = self.nothing();
        let first = self.directive_name(open, "For directive requires variable name after 'for'.");
        let mut second = None;
        let two = first.is_some() && self.read_if(TokenKind::Comma).is_some();
        // Without a name Terraform expects `in` in its place.
        if two && !self.at_word("in") {
            second = self.directive_name(open, "For directive requires value variable name after comma.");
        } else if two {
            second = self.directive_name(open, "");
        }
        let (key_var, value_var) = if two { (first, second) } else { (None, first) };
        let mut collection = missing;
        if !self.recovering {
            if self.at_word("in") {
                self.read();
                collection = self.expression();
            } else {
                let next = self.peek().span;
                let detail = "For directive requires 'in' keyword after names.";
                self.error_within(BAD_FOR, detail, next, open.to(next));
            }
        }
        Piece::For { key_var, value_var, collection, whole: !self.recovering, span: open }
    }

    fn directive_name(&mut self, open: Span, missing: &str) -> Option<Ident> {
        let token = self.peek();
        if token.kind != TokenKind::Ident {
            self.error_within(BAD_FOR, missing, token.span, open.to(token.span));
            return None;
        }
        self.read();
        Some(Ident { text: self.text(token.span).into(), span: token.span })
    }

    /// Matches the directives. `end` is where the template ends.
    fn directives(&mut self, pieces: Vec<Piece>, end: Span) -> Vec<TemplatePart> {
        let sequences = pieces.iter().filter(|piece| !matches!(piece, Piece::Literal { .. })).count();
        let mut tree = Directives::default();
        // Between two sequences stands one literal at most.
        tree.parts.reserve_exact(pieces.len().min(2 * sequences + 1));
        for piece in pieces {
            match piece {
                Piece::Literal { text, span } => tree.literal(&text, span),
                Piece::Interpolation { expr, span } => {
                    tree.end_literal();
                    tree.parts.push(TemplatePart::Interpolation { expr, span });
                }
                Piece::If { condition, span } => tree.open(Opening::If { condition, then: None }, span, true),
                Piece::For { key_var, value_var, collection, whole, span } => {
                    tree.open(Opening::For { key_var, value_var, collection }, span, whole);
                }
                Piece::Else(span) => self.else_directive(&mut tree, span),
                Piece::EndIf(span) => self.end_directive(&mut tree, span, "endif"),
                Piece::EndFor(span) => self.end_directive(&mut tree, span, "endfor"),
            }
        }
        while let Some(open) = tree.stack.last() {
            if !open.counts {
                tree.close(end);
                continue;
            }
            let (word, closer) = open.opening.words();
            let before = format!("The {word} directive at ");
            let after = format!(" is missing its corresponding {closer} directive.");
            let place = open.span;
            self.report_mentioning("Unexpected end of template", (&before, &after), place, end);
            tree.close(end);
        }
        tree.take_parts()
    }

    fn else_directive(&mut self, tree: &mut Directives, span: Span) {
        tree.end_literal();
        let Some(open) = tree.stack.last_mut() else {
            return self.report("Unexpected else directive", UNBALANCED.to_owned(), span, span);
        };
        match &mut open.opening {
            Opening::If { then: then @ None, .. } => *then = Some(std::mem::take(&mut tree.parts)),
            Opening::If { .. } => {
                let words = ("Already in the else clause for the if started at ", ".");
                let place = open.span;
                open.counts = false;
                self.report_mentioning("Unexpected else directive", words, place, span);
            }
            Opening::For { .. } => {
                let detail = "An else clause is not expected for a for directive.";
                self.report("Unexpected else directive", detail.to_owned(), span, span);
            }
        }
    }

    fn end_directive(&mut self, tree: &mut Directives, span: Span, word: &str) {
        let summary = format!("Unexpected {word} directive");
        let Some(open) = tree.stack.last() else {
            return self.report(&summary, UNBALANCED.to_owned(), span, span);
        };
        let (opened, closer) = open.opening.words();
        if !open.counts {
            self.report(&summary, UNBALANCED.to_owned(), span, span);
        } else if closer != word {
            let place = open.span;
            let before = match opened {
                "if" => "Expecting an endif directive for the if started at ",
                _ => "Expecting an endfor directive corresponding to the for directive at ",
            };
            self.report_mentioning(&summary, (before, "."), place, span);
        }
        tree.close(span);
    }
}

enum Opening {
    If { condition: Expr, then: Option<Vec<TemplatePart>> },
    For { key_var: Option<Ident>, value_var: Option<Ident>, collection: Expr },
}

impl Opening {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Opening::If { .. } => ("if", "endif"),
            Opening::For { .. } => ("for", "endfor"),
        }
    }
}

struct OpenDirective {
    opening: Opening,
    span: Span,
    /// Whether it still waits for its end. Terraform forgets a directive that is at fault, so that the end is one too
    /// many; the tree keeps it.
    counts: bool,
    /// What stood before it.
    outer: Vec<TemplatePart>,
}

/// The tree while it is built: the parts of the innermost open directive, and the directives around it.
#[derive(Default)]
struct Directives {
    parts: Vec<TemplatePart>,
    /// Literal text that is not yet a part.
    pending: String,
    pending_span: Option<Span>,
    stack: Vec<OpenDirective>,
}

impl Directives {
    /// Neighbouring pieces of literal text become one part.
    fn literal(&mut self, text: &str, span: Span) {
        self.pending.push_str(text);
        self.pending_span = Some(self.pending_span.map_or(span, |before| before.to(span)));
    }

    fn end_literal(&mut self) {
        if let Some(span) = self.pending_span.take() {
            self.parts.push(TemplatePart::Literal { text: self.pending.as_str().into(), span });
            self.pending.clear();
        }
    }

    fn take_parts(&mut self) -> Vec<TemplatePart> {
        self.end_literal();
        std::mem::take(&mut self.parts)
    }

    fn open(&mut self, opening: Opening, span: Span, counts: bool) {
        let outer = self.take_parts();
        self.stack.push(OpenDirective { opening, span, counts, outer });
    }

    fn close(&mut self, end: Span) {
        let Some(OpenDirective { opening, span, outer, .. }) = self.stack.pop() else { return };
        let inner = self.take_parts();
        self.parts = outer;
        let span = span.to(end);
        self.parts.push(match opening {
            Opening::If { condition, then: None } => {
                TemplatePart::If { condition, then: inner, otherwise: None, span }
            }
            Opening::If { condition, then: Some(then) } => {
                TemplatePart::If { condition, then, otherwise: Some(inner), span }
            }
            Opening::For { key_var, value_var, collection } => {
                TemplatePart::For { key_var, value_var, collection, body: inner, span }
            }
        });
    }
}

/// The keyword that a misspelt one is at most two edits away from.
fn directive_like(word: &str) -> Option<&'static str> {
    ["if", "for", "else", "endif", "endfor"].into_iter().find(|keyword| edit_distance(word, keyword) < 3)
}

fn edit_distance(from: &str, to: &str) -> usize {
    if from.len() > to.len() + 8 {
        return from.len();
    }
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, ch) in from.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut next = vec![left];
        for (&other, &above) in to.iter().zip(row.iter().skip(1)) {
            let cell = (diagonal + usize::from(ch != other)).min(above + 1).min(left + 1);
            diagonal = above;
            left = cell;
            next.push(cell);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
