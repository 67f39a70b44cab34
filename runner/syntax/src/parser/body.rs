//! Bodies, attributes and blocks.

use std::collections::HashMap;

use smallvec::SmallVec;

use super::recovery::Until;
use super::{Parser, taken};
use crate::ast::{Attribute, Block, Body, Expr, Ident, Item, Label};
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

const ITEM_REQUIRED: &str = "Argument or block definition required";
const UNCLOSED: &str = "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.";

impl<'a> Parser<'a, '_> {
    /// Items up to the end of the text, where it was cut or not. They are added to `lists.items`.
    pub(super) fn read_top_level(&mut self, names: &mut Names<'a>) {
        loop {
            self.read_items(names, false);
            if self.read_if(TokenKind::Cut).is_none() {
                break;
            }
            self.recovering = false;
        }
    }

    /// Items up to the end of the text, a cut, or the brace that ends the block; that token is not read. They are
    /// added to `lists.items`.
    pub(super) fn read_items(&mut self, names: &mut Names<'a>, in_block: bool) {
        // The item before could not be read to its end: what follows may belong to it, as long as no name begins the
        // next one. Chunks are read apart, so that this is asked inside of blocks only.
        let mut after_fault = false;
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Newline => {
                    self.pass(token);
                    after_fault |= self.recovering && in_block;
                    self.recovering = false;
                }
                TokenKind::End | TokenKind::Cut => return,
                TokenKind::CloseBrace if in_block => return,
                TokenKind::Ident => {
                    after_fault = false;
                    let item = self.item(token);
                    self.push_item(item, names);
                }
                _ => {
                    self.recovering |= after_fault;
                    if token.kind == TokenKind::OpenQuote {
                        self.error("Invalid argument name", "Argument names must not be quoted.", token.span);
                    } else {
                        self.error(
                            ITEM_REQUIRED,
                            "An argument or block definition is required here.",
                            token.span,
                        );
                    }
                    self.read();
                    if !opens_line(token.kind) {
                        self.skip_to(Until::ItemEnd);
                    } else {
                        // Skip what the bracket or quote encloses together with it.
                        self.position -= 1;
                        self.skip_to(Until::ItemEnd);
                    }
                }
            }
        }
    }

    /// Keeps the first of several attributes of one name.
    fn push_item(&mut self, item: Item, names: &mut Names<'a>) {
        if let Item::Attribute(attribute) = &item {
            let name = attribute.name.span;
            let text = self.text(name);
            if let Some(first) = names.get(text) {
                if attribute.equals.is_some() {
                    let before = format!("The argument \"{text}\" was already set at ");
                    let words = (before.as_str(), ". Each argument may be set only once.");
                    self.report_mentioning("Attribute redefined", words, first, name);
                    return;
                }
            } else if attribute.equals.is_some() {
                names.insert(text, name);
            }
        }
        self.lists.items.push(item);
    }

    /// From the name, which is next.
    fn item(&mut self, name: Token) -> Item {
        let name = self.ident(name);
        let next = self.peek();
        match next.kind {
            TokenKind::Equal => {
                let attribute = self.attribute(name, next);
                if self.at_brace_for_value() {
                    self.position += 1;
                }
                self.end_attribute(attribute.name.span);
                Item::Attribute(attribute)
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                Item::Block(Box::new(self.block(name)))
            }
            _ => Item::Attribute(self.lone_name(name)),
        }
    }

    fn ident(&mut self, token: Token) -> Ident {
        self.advance(token);
        Ident { text: self.text(token.span).into(), span: token.span }
    }

    /// A name that neither `=` nor a block's header follows.
    fn lone_name(&mut self, name: Ident) -> Attribute {
        self.error(
            ITEM_REQUIRED,
            "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.",
            name.span,
        );
        let span = name.span;
        self.skip_to(Until::ItemEnd);
        Attribute { name, equals: None, value: Expr::missing(Span::at(span.end)), span }
    }

    /// From the `=`, which is next, to the value's end.
    fn attribute(&mut self, name: Ident, equals: Token) -> Attribute {
        self.advance(equals);
        let equals = equals.span;
        let value = self.expression();
        let mut span = name.span.to(equals);
        if !value.is_missing() {
            span = span.to(value.span);
        }
        Attribute { name, equals: Some(equals), value, span }
    }

    /// Whether the line is `name = }`: as in HCL, that brace is a wrong value and does not end the block. The lexer
    /// sees it the same way.
    fn at_brace_for_value(&self) -> bool {
        let before = |count: usize| self.raw_at(self.position.wrapping_sub(count)).kind;
        self.raw().kind == TokenKind::CloseBrace
            && before(1) == TokenKind::Equal
            && before(2) == TokenKind::Ident
            && matches!(
                before(3),
                TokenKind::Newline | TokenKind::QuotedNewline | TokenKind::UnclosedSequence
            )
    }

    /// What must follow an attribute: the line's end.
    fn end_attribute(&mut self, name: Span) {
        let end = self.peek();
        match end.kind {
            _ if self.recovering => self.skip_to(Until::ItemEnd),
            TokenKind::Newline | TokenKind::End | TokenKind::Cut => {}
            _ => {
                let (summary, detail) = if end.kind == TokenKind::Comma {
                    (
                        "Unexpected comma after argument",
                        "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
                    )
                } else {
                    ("Missing newline after argument", "An argument definition must end with a newline.")
                };
                self.error_within(summary, detail, end.span, name.to(end.span));
                self.skip_to(Until::ItemEnd);
            }
        }
    }

    /// From the first label, or the opening brace, on.
    fn block(&mut self, kind: Ident) -> Block {
        let labels = self.labels();
        let open = self.peek();
        if open.kind != TokenKind::OpenBrace {
            self.header_without_brace(&kind, open);
            let span = self.span_from(kind.span.start);
            self.skip_to(Until::ItemEnd);
            return Block {
                kind,
                labels,
                open_brace: None,
                body: Body { span: Span::at(span.end), ..Body::default() },
                close_brace: None,
                span,
            };
        }
        self.advance(open);
        let open = open.span;
        let on_one_line = self.peek_kind() == TokenKind::Ident;
        let (items, close) = self.braced_body(&kind, open);
        let body_end = close.map_or(self.previous_end.max(open.end), |close| close.start);
        let span = self.span_from(kind.span.start);
        let block = Block {
            kind,
            labels,
            open_brace: Some(open),
            body: Body { items, span: Span::new(open.end, body_end), on_one_line, json: None },
            close_brace: close,
            span,
        };
        if close.is_some() {
            self.end_block(block.kind.span);
        }
        block
    }

    fn labels(&mut self) -> SmallVec<[Label; 2]> {
        let mut labels = SmallVec::new();
        loop {
            let token = self.peek();
            let label = match token.kind {
                TokenKind::Ident => {
                    let Ident { text, span } = self.ident(token);
                    Label { text, span, quoted: false }
                }
                TokenKind::OpenQuote => self.quoted_label(),
                _ => return labels,
            };
            labels.push(label);
        }
    }

    /// Reports a header that no brace follows.
    fn header_without_brace(&mut self, kind: &Ident, next: Token) {
        let detail = match next.kind {
            TokenKind::Equal => {
                "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block."
            }
            TokenKind::Newline => {
                "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as the block header."
            }
            _ => "Either a quoted string block label or an opening brace (\"{\") is expected here.",
        };
        self.error_within("Invalid block definition", detail, next.span, kind.span.to(next.span));
    }

    fn braced_body(&mut self, kind: &Ident, open: Span) -> (Vec<Item>, Option<Span>) {
        let mut fault_on_line = false;
        let first = self.lists.items.len();
        let read = self.deeper(|parser| {
            parser.with_newlines(true, |parser| match parser.peek_kind() {
                TokenKind::Newline | TokenKind::End | TokenKind::Cut | TokenKind::CloseBrace => {
                    parser.read_items(&mut Names::default(), true);
                }
                _ => {
                    let before = parser.found.diagnostics.len();
                    parser.single_line_body();
                    fault_on_line = parser.found.diagnostics.len() > before;
                }
            });
        });
        if read.is_none() {
            // Deeper than the limit: the contents are not read.
            self.position -= 1;
            self.skip_braces();
        }
        let items = taken(&mut self.lists.items, first);
        let close = self.read_if(TokenKind::CloseBrace).map(|token| token.span);
        // A fault in the only argument is the reason that the line has no brace.
        if close.is_none() && !fault_on_line && matches!(self.raw().kind, TokenKind::End | TokenKind::Cut) {
            self.error_within("Unclosed configuration block", UNCLOSED, open, kind.span.to(open));
        }
        (items, close)
    }

    /// From an opening brace to just before the brace that closes it.
    fn skip_braces(&mut self) {
        let mut open = 0_u32;
        loop {
            match self.raw().kind {
                TokenKind::End | TokenKind::Cut => return,
                TokenKind::OpenBrace => open += 1,
                TokenKind::CloseBrace if open <= 1 => return,
                TokenKind::CloseBrace => open -= 1,
                _ => {}
            }
            self.position += 1;
        }
    }

    /// `{ name = value }` on one line. What follows on further lines after a fault is read as an ordinary body, so
    /// that a brace typed before its newline does not lose the contents.
    fn single_line_body(&mut self) {
        let mut names = Names::default();
        let first = self.peek();
        if first.kind != TokenKind::Ident {
            self.error(ITEM_REQUIRED, "An argument or block definition is required here.", first.span);
        } else {
            let name = self.ident(first);
            let name_span = name.span;
            let next = self.peek();
            let item = match next.kind {
                TokenKind::Equal => {
                    let attribute = self.attribute(name, next);
                    self.end_single_attribute(name_span);
                    Item::Attribute(attribute)
                }
                TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                    let detail = format!(
                        "A single-line block definition can contain only a single argument. If you meant to define argument \"{}\", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block.",
                        name.text
                    );
                    self.error("Argument definition required", detail, name_span.to(next.span));
                    Item::Block(Box::new(self.block(name)))
                }
                _ => Item::Attribute(self.lone_name(name)),
            };
            self.push_item(item, &mut names);
        }
        if self.recovering {
            self.skip_to(Until::ItemEnd);
            self.read_items(&mut names, true);
        }
    }

    fn end_single_attribute(&mut self, name: Span) {
        let end = self.peek();
        if self.recovering || matches!(end.kind, TokenKind::CloseBrace | TokenKind::End | TokenKind::Cut) {
            return;
        }
        let detail = match end.kind {
            TokenKind::Comma => {
                "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line."
            }
            TokenKind::Newline => {
                "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition."
            }
            _ => {
                "A single-line block definition must end with a closing brace immediately after its single argument definition."
            }
        };
        self.error_within("Invalid single-argument block definition", detail, end.span, name.to(end.span));
    }

    /// What must follow a block: the line's end.
    fn end_block(&mut self, kind: Span) {
        let end = self.peek();
        if matches!(end.kind, TokenKind::Newline | TokenKind::End | TokenKind::Cut) {
            return;
        }
        self.error_within(
            "Missing newline after block definition",
            "A block definition must end with a newline.",
            end.span,
            kind.to(end.span),
        );
        self.skip_to(Until::ItemEnd);
    }
}

/// The attributes of one body, each with its first place. Most bodies have few: those need no table and no allocation.
#[derive(Default)]
pub(super) struct Names<'a> {
    few: [(&'a str, Span); 8],
    count: usize,
    more: Option<HashMap<&'a str, Span>>,
}

impl<'a> Names<'a> {
    fn get(&self, name: &str) -> Option<Span> {
        let few = self.few.iter().take(self.count).find(|(known, _)| *known == name).map(|&(_, first)| first);
        few.or_else(|| self.more.as_ref()?.get(name).copied())
    }

    /// Forgets the names that stand at `place` or further down.
    pub(super) fn forget_from(&mut self, place: u32) {
        let known = self.few.iter().take(self.count);
        self.count = known.take_while(|(_, first)| first.start < place).count();
        if let Some(more) = &mut self.more {
            more.retain(|_, first| first.start < place);
        }
    }

    /// Adds a name that is not there yet.
    fn insert(&mut self, name: &'a str, first: Span) {
        match self.few.get_mut(self.count) {
            Some(free) => {
                *free = (name, first);
                self.count += 1;
            }
            None => {
                self.more.get_or_insert_default().insert(name, first);
            }
        }
    }
}

/// Whether skipping must begin at the token itself, because it encloses what follows.
fn opens_line(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::OpenBrace
            | TokenKind::OpenBracket
            | TokenKind::OpenParen
            | TokenKind::OpenQuote
            | TokenKind::OpenHeredoc
    )
}
