//! Template directives: reading one, and matching `if`, `else`, `for` and their ends into a tree.

use std::borrow::Cow;

use super::Parser;
use super::template::Piece;
use crate::ast::{Expr, ForDirective, Ident, IfDirective, TemplatePart};
use crate::lexer::TokenKind;
use crate::span::Span;

const BAD_FOR: &str = "Invalid 'for' directive";
const UNBALANCED: &str = "The control directives within this template are unbalanced.";

impl<'a> Parser<'a, '_> {
    /// From the word after `%{` on.
    pub(super) fn directive(&mut self, open: Span) -> Option<Piece<'a>> {
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
    fn for_directive(&mut self, open: Span) -> Piece<'a> {
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

    /// The tree of the pieces from `first` on, which are taken off the list. `end` is where the template ends.
    pub(super) fn parts_of_pieces(&mut self, first: usize, end: Span) -> Box<[TemplatePart]> {
        let pieces = self.lists.pieces.get(first..).unwrap_or_default();
        let sequences = pieces.iter().filter(|piece| !matches!(piece, Piece::Literal { .. })).count();
        let mut tree = Directives::default();
        // Between two sequences stands one literal at most.
        tree.parts.reserve_exact(pieces.len().min(2 * sequences + 1));
        // Matching reports, which needs the whole parser, so the list is lent out meanwhile.
        let mut pieces = std::mem::take(&mut self.lists.pieces);
        for piece in pieces.drain(first..) {
            match piece {
                Piece::Literal { text, span } => tree.literal(text, span),
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
        self.lists.pieces = pieces;
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
        tree.take_parts().into()
    }

    fn else_directive(&mut self, tree: &mut Directives<'_>, span: Span) {
        tree.end_literal();
        let Some(open) = tree.stack.last_mut() else {
            return self.report("Unexpected else directive", UNBALANCED.to_owned(), span, span);
        };
        match &mut open.opening {
            Opening::If { then: then @ None, .. } => *then = Some(std::mem::take(&mut tree.parts).into()),
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

    fn end_directive(&mut self, tree: &mut Directives<'_>, span: Span, word: &str) {
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
    If { condition: Expr, then: Option<Box<[TemplatePart]>> },
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
struct Directives<'a> {
    parts: Vec<TemplatePart>,
    /// Literal text that is not yet a part.
    pending: Cow<'a, str>,
    pending_span: Option<Span>,
    stack: Vec<OpenDirective>,
}

impl<'a> Directives<'a> {
    /// Neighbouring pieces of literal text become one part.
    fn literal(&mut self, text: Cow<'a, str>, span: Span) {
        match self.pending_span {
            Some(before) => {
                self.pending.to_mut().push_str(&text);
                self.pending_span = Some(before.to(span));
            }
            None => {
                self.pending = text;
                self.pending_span = Some(span);
            }
        }
    }

    fn end_literal(&mut self) {
        if let Some(span) = self.pending_span.take() {
            self.parts.push(TemplatePart::Literal { text: (&*self.pending).into(), span });
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
        let inner = self.take_parts().into();
        self.parts = outer;
        let span = span.to(end);
        self.parts.push(match opening {
            Opening::If { condition, then: None } => {
                let directive = IfDirective { condition, then: inner, otherwise: None, span };
                TemplatePart::If(Box::new(directive))
            }
            Opening::If { condition, then: Some(then) } => {
                let directive = IfDirective { condition, then, otherwise: Some(inner), span };
                TemplatePart::If(Box::new(directive))
            }
            Opening::For { key_var, value_var, collection } => {
                let directive = ForDirective { key_var, value_var, collection, body: inner, span };
                TemplatePart::For(Box::new(directive))
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
