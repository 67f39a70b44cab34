//! Tokens to tree, whatever the text is: what is half-typed is passed over and everything around it is kept.
//!
//! Nothing is said here about what is wrong; `faults` says it in Terraform's words.

use std::cell::OnceCell;

use super::scan::{Kind, Scanner, Token};
use super::text::JsonText;
use crate::ast::{Expr, ExprKind, JsonString, ObjectItem};
use crate::depth::{MAX_NESTING, with_stack};
use crate::position::LineIndex;
use crate::span::{FileName, Span};

pub(super) struct Parser<'t> {
    file: &'t FileName,
    text: &'t str,
    scanner: Scanner<'t>,
    next: Token,
    /// Where the last token that was read ends.
    read_to: u32,
    /// The open objects and arrays, innermost last.
    open: Vec<Kind>,
    /// Every object and array that was read.
    pub(super) containers: Vec<Span>,
    /// Whether anything but one well-formed value was met.
    pub(super) faulty: bool,
    /// The first place that is nested deeper than can be read.
    pub(super) too_deep: Option<Span>,
    lines: OnceCell<LineIndex>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: &'t FileName, text: &'t str) -> Parser<'t> {
        let mut scanner = Scanner::tolerant(text);
        let next = scanner.next();
        Parser {
            file,
            text,
            scanner,
            next,
            read_to: 0,
            open: Vec::new(),
            containers: Vec::new(),
            faulty: false,
            too_deep: None,
            lines: OnceCell::new(),
        }
    }

    /// The text's value: the first object or array of it, or its first value when there is none.
    pub(super) fn file(&mut self) -> Expr {
        let mut value = self.value();
        while self.next.kind != Kind::End {
            self.faulty = true;
            let more = self.value();
            let stands = matches!(value.kind, ExprKind::Object(_) | ExprKind::Tuple(_));
            if !stands && matches!(more.kind, ExprKind::Object(_) | ExprKind::Tuple(_)) {
                value = more;
            }
        }
        value
    }

    /// The property that the text begins with, which stands in an object in an object. `None` when it is not well-formed, or
    /// when something in it is said with places, which count from the whole text's beginning.
    pub(super) fn member(&mut self) -> Option<ObjectItem> {
        self.open = vec![Kind::OpenBrace; 2];
        let member = self.sound_property();
        self.open.clear();
        member
    }

    fn sound_property(&mut self) -> Option<ObjectItem> {
        if self.next.kind != Kind::String {
            return None;
        }
        let property = self.property();
        self.is_sound().then_some(property)
    }

    /// The properties of an object, in a text that begins with the end of one of them. `None` as above.
    pub(super) fn rest(&mut self) -> Option<Vec<ObjectItem>> {
        let mut items = Vec::new();
        if self.read().kind != Kind::CloseBrace {
            return None;
        }
        while self.next.kind == Kind::Comma {
            self.read();
            items.push(self.sound_property()?);
        }
        (self.next.kind == Kind::CloseBrace && self.is_sound()).then_some(items)
    }

    fn is_sound(&self) -> bool {
        !self.faulty && self.lines.get().is_none()
    }

    fn read(&mut self) -> Token {
        let next = self.scanner.next();
        let token = std::mem::replace(&mut self.next, next);
        self.read_to = token.span.end;
        token
    }

    /// One value. Whatever stands in its place is read over, so that no text is read twice.
    fn value(&mut self) -> Expr {
        let token = self.next;
        match token.kind {
            Kind::OpenBrace | Kind::OpenBracket => self.container(token),
            Kind::String => {
                self.read();
                self.string(token.span)
            }
            Kind::Number => {
                self.read();
                let text = token.span.text(self.text);
                let valid = super::is_number(text);
                self.faulty |= !valid;
                let kind = if valid { ExprKind::Number(text.into()) } else { ExprKind::Missing };
                Expr { kind, span: token.span }
            }
            Kind::Word => {
                self.read();
                let kind = match token.span.text(self.text) {
                    "true" => ExprKind::Bool(true),
                    "false" => ExprKind::Bool(false),
                    "null" => ExprKind::Null,
                    _ => {
                        self.faulty = true;
                        ExprKind::Missing
                    }
                };
                Expr { kind, span: token.span }
            }
            _ => {
                self.faulty = true;
                self.read();
                Expr::missing(token.span)
            }
        }
    }

    fn container(&mut self, token: Token) -> Expr {
        if self.open.len() >= MAX_NESTING as usize {
            return self.skip_container();
        }
        self.open.push(token.kind);
        let expr = with_stack(|| if token.kind == Kind::OpenBrace { self.object() } else { self.array() });
        self.open.pop();
        self.containers.push(expr.span);
        expr
    }

    fn object(&mut self) -> Expr {
        let start = self.read().span.start;
        let mut items = Vec::new();
        let mut wants_comma = false;
        while !self.ends(Kind::CloseBrace, Kind::OpenBracket) {
            if self.comma(&mut wants_comma) {
                continue;
            }
            if self.next.kind == Kind::String {
                items.push(self.property());
                wants_comma = true;
            } else {
                self.faulty = true;
                self.value();
            }
        }
        self.faulty |= !wants_comma && !items.is_empty();
        self.close(Kind::CloseBrace);
        Expr { kind: ExprKind::Object(items), span: Span::new(start, self.read_to) }
    }

    fn property(&mut self) -> ObjectItem {
        let token = self.read();
        let key = self.string(token.span);
        let separator = match self.next.kind {
            Kind::Colon | Kind::Equals => {
                self.faulty |= self.next.kind == Kind::Equals;
                Some(self.read().span)
            }
            _ => None,
        };
        let stands = !matches!(
            self.next.kind,
            Kind::Comma | Kind::CloseBrace | Kind::CloseBracket | Kind::Colon | Kind::End
        );
        // A string before a colon is the name of the next property.
        let is_name = self.next.kind == Kind::String && self.scanner.clone().next().kind == Kind::Colon;
        let colon_is_missing = separator.is_none() && self.next.kind == Kind::String;
        self.faulty |= colon_is_missing;
        let value = if (separator.is_some() && stands || colon_is_missing) && !is_name {
            self.value()
        } else {
            self.faulty = true;
            Expr::missing(Span::at(self.read_to))
        };
        ObjectItem { key, separator, value }
    }

    fn array(&mut self) -> Expr {
        let start = self.read().span.start;
        let mut items = Vec::new();
        let mut wants_comma = false;
        while !self.ends(Kind::CloseBracket, Kind::OpenBrace) {
            if self.comma(&mut wants_comma) {
                continue;
            }
            items.push(self.value());
            wants_comma = true;
        }
        self.faulty |= !wants_comma && !items.is_empty();
        self.close(Kind::CloseBracket);
        Expr { kind: ExprKind::Tuple(items), span: Span::new(start, self.read_to) }
    }

    /// Whether the innermost container ends here: at its own bracket, at the text's end, or at the bracket of a container
    /// around it of the other sort.
    fn ends(&self, own: Kind, other: Kind) -> bool {
        match self.next.kind {
            Kind::End => true,
            kind if kind == own => true,
            Kind::CloseBrace | Kind::CloseBracket => self.open.contains(&other),
            _ => false,
        }
    }

    /// Reads a comma; notes one too many or too few.
    fn comma(&mut self, wanted: &mut bool) -> bool {
        let is_comma = self.next.kind == Kind::Comma;
        self.faulty |= is_comma != *wanted;
        *wanted = false;
        if is_comma {
            self.read();
        }
        is_comma
    }

    fn close(&mut self, bracket: Kind) {
        if self.next.kind == bracket {
            self.read();
        } else {
            self.faulty = true;
        }
    }

    fn string(&mut self, span: Span) -> Expr {
        let Ok(mut text) = JsonText::read(span.text(self.text), span.start) else {
            self.faulty = true;
            return Expr::missing(span);
        };
        let parts = text.template(self.file, |place| {
            let lines = self.lines.get_or_init(|| LineIndex::new(self.text));
            lines.hcl_range(self.text, self.file, place)
        });
        Expr { kind: ExprKind::JsonString(Box::new(JsonString { text, parts })), span }
    }

    /// Goes behind a container that is too deep, without building anything.
    fn skip_container(&mut self) -> Expr {
        let start = self.next.span;
        self.too_deep.get_or_insert(start);
        self.faulty = true;
        let mut depth = 0_usize;
        loop {
            match self.read().kind {
                Kind::OpenBrace | Kind::OpenBracket => depth += 1,
                Kind::CloseBrace | Kind::CloseBracket => depth = depth.saturating_sub(1),
                Kind::End => break,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        Expr::missing(Span::new(start.start, self.read_to))
    }
}
