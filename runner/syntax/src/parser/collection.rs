//! Bracketed expressions: calls, tuples, objects and `for`.

use smallvec::SmallVec;

use super::recovery::Until;
use super::{Parser, taken};
use crate::ast::{Call, Expr, ExprKind, For, Ident, ObjectItem};
use crate::lexer::{Token, TokenKind};
use crate::span::Span;

const BAD_FOR: &str = "Invalid 'for' expression";

impl Parser<'_, '_> {
    /// From `::` or `(` after a function's name.
    pub(super) fn call(&mut self, first: Ident) -> Expr {
        let start = first.span.start;
        let mut namespaces = Vec::new();
        let mut name = first;
        while self.read_if(TokenKind::DoubleColon).is_some() {
            let next = self.peek();
            if next.kind != TokenKind::Ident {
                let detail =
                    "Function scope resolution symbol :: must be followed by a function name in this scope.";
                self.error("Missing function name", detail, next.span);
                return self.unfinished_call(namespaces.into(), name);
            }
            self.read();
            let next = Ident { text: self.text(next.span).into(), span: next.span };
            namespaces.push(std::mem::replace(&mut name, next));
        }
        let open = self.peek();
        if open.kind != TokenKind::OpenParen {
            let detail =
                "Function selector must be followed by an open parenthesis to begin the function call.";
            self.error("Missing open parenthesis", detail, open.span);
            return self.unfinished_call(namespaces.into(), name);
        }
        let call = self.with_newlines(false, |parser| parser.arguments(namespaces.into(), name, open));
        Expr { kind: ExprKind::Call(Box::new(call)), span: self.span_from(start) }
    }

    /// A namespaced name without parentheses is kept as a call without arguments.
    fn unfinished_call(&mut self, namespaces: Box<[Ident]>, name: Ident) -> Expr {
        let mut call = Call {
            namespaces,
            name,
            open: Span::default(),
            args: SmallVec::new(),
            expand_final: None,
            close: None,
        };
        let span = self.span_from(call.name_span().start);
        call.open = Span::at(span.end);
        Expr { kind: ExprKind::Call(Box::new(call)), span }
    }

    fn arguments(&mut self, namespaces: Box<[Ident]>, name: Ident, open: Token) -> Call {
        self.advance(open);
        let open = open.span;
        let mut call =
            Call { namespaces, name, open, args: SmallVec::new(), expand_final: None, close: None };
        let header = call.name_span().to(open);
        let first = self.lists.exprs.len();
        let mut height = 0;
        loop {
            if let Some(close) = self.read_if(TokenKind::CloseParen) {
                call.close = Some(close.span);
                break;
            }
            let arg = self.expression();
            height = height.max(self.height);
            self.lists.exprs.push(arg);
            let next = self.peek();
            match next.kind {
                _ if self.recovering => {}
                TokenKind::CloseParen => continue,
                TokenKind::Comma => {
                    self.advance(next);
                    continue;
                }
                TokenKind::Ellipsis => {
                    self.read();
                    call.expand_final = Some(next.span);
                    if self.peek_kind() == TokenKind::CloseParen {
                        continue;
                    }
                    let detail = "An expanded function argument (with ...) must be immediately followed by closing parentheses.";
                    self.error_within("Missing closing parenthesis", detail, next.span, header.to(next.span));
                }
                TokenKind::End => {
                    let detail = "There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.";
                    self.error("Unterminated function call", detail, header);
                }
                _ => {
                    let detail = "A comma is required to separate each function argument from the next.";
                    let subject = self.fault_span();
                    self.error_within("Missing argument separator", detail, subject, header.to(subject));
                }
            }
            if !self.recover_in_list(TokenKind::CloseParen) {
                break;
            }
            self.read_if(TokenKind::Comma);
        }
        self.height = height + 1;
        call.args = self.lists.exprs.drain(first..).collect();
        call
    }

    pub(super) fn tuple_or_for(&mut self, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        if self.at_word("for") {
            return self.for_expression(open, false);
        }
        let first = self.lists.exprs.len();
        let mut height = 0;
        while self.read_if(TokenKind::CloseBracket).is_none() {
            let item = self.expression();
            height = height.max(self.height);
            self.lists.exprs.push(item);
            let next = self.peek();
            match next.kind {
                _ if self.recovering => {}
                TokenKind::CloseBracket => continue,
                TokenKind::Comma => {
                    self.advance(next);
                    continue;
                }
                TokenKind::End => {
                    let detail = "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.";
                    self.error("Unterminated tuple constructor expression", detail, open);
                }
                _ => {
                    let detail = "Expected a comma to mark the beginning of the next item.";
                    let subject = self.fault_span();
                    self.error_within("Missing item separator", detail, subject, open.to(subject));
                }
            }
            if !self.recover_in_list(TokenKind::CloseBracket) {
                break;
            }
            self.read_if(TokenKind::Comma);
        }
        self.height = height + 1;
        let items = taken(&mut self.lists.exprs, first);
        Expr { kind: ExprKind::Tuple(items), span: self.span_from(open.start) }
    }

    /// Newlines separate the items of an object, but mean nothing in a `for`; which of the two it is shows in the
    /// first word.
    pub(super) fn object_or_for(&mut self, open: Token) -> Expr {
        self.advance(open);
        let open = open.span;
        let before = self.position;
        let object = self
            .with_newlines(false, |parser| parser.at_word("for").then(|| parser.for_expression(open, true)));
        object.unwrap_or_else(|| {
            self.position = before;
            self.with_newlines(true, |parser| parser.object(open))
        })
    }

    fn object(&mut self, open: Span) -> Expr {
        let first = self.lists.object_items.len();
        let mut height = 0;
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Newline => {
                    self.pass(token);
                    continue;
                }
                TokenKind::CloseBrace => {
                    self.pass(token);
                    break;
                }
                _ => {}
            }
            let item = self.object_item(open);
            height = height.max(self.height);
            self.lists.object_items.push(item);
            let next = self.peek();
            match next.kind {
                _ if self.recovering => {}
                TokenKind::CloseBrace => continue,
                TokenKind::Comma | TokenKind::Newline => {
                    self.pass(next);
                    continue;
                }
                TokenKind::End | TokenKind::Cut => self.unterminated_object(open),
                _ => {
                    let detail = "Expected a newline or comma to mark the beginning of the next attribute.";
                    self.error_within("Missing attribute separator", detail, next.span, open.to(next.span));
                }
            }
            self.skip_to(Until::ObjectItemEnd);
            match self.peek_kind() {
                TokenKind::Newline | TokenKind::Comma => {
                    self.read();
                    self.recovering = false;
                }
                TokenKind::CloseBrace => self.recovering = false,
                _ => break,
            }
        }
        self.height = height + 1;
        let items = taken(&mut self.lists.object_items, first);
        Expr { kind: ExprKind::Object(items), span: self.span_from(open.start) }
    }

    fn unterminated_object(&mut self, open: Span) {
        let detail = "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.";
        self.error("Unterminated object constructor expression", detail, open);
    }

    fn object_item(&mut self, open: Span) -> ObjectItem {
        let key = self.expression();
        let height = self.height;
        let next = self.peek();
        if !self.recovering && matches!(next.kind, TokenKind::Equal | TokenKind::Colon) {
            self.advance(next);
            let value = self.expression();
            self.height = self.height.max(height);
            return ObjectItem { key, separator: Some(next.span), value };
        }
        let expected = "Expected an equals sign (\"=\") to mark the beginning of the attribute value.";
        match next.kind {
            TokenKind::Newline | TokenKind::Comma => self.error_within(
                "Missing attribute value",
                "Expected an attribute value, introduced by an equals sign (\"=\").",
                next.span,
                open.to(next.span),
            ),
            TokenKind::Ident => {
                let detail = format!(
                    "{expected} If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal."
                );
                self.error_within("Missing key/value separator", detail, next.span, open.to(next.span));
            }
            TokenKind::End | TokenKind::Cut => self.unterminated_object(open),
            _ => self.error_within("Missing key/value separator", expected, next.span, open.to(next.span)),
        }
        ObjectItem { key, separator: None, value: Expr::missing(Span::at(self.previous_end)) }
    }

    /// From the word `for` on; newlines mean nothing here.
    fn for_expression(&mut self, open: Span, object: bool) -> Expr {
        self.read();
        let nothing = self.nothing();
        let mut parts = For {
            object,
            key_var: None,
            value_var: None,
            collection: nothing.clone(),
            key: None,
            value: nothing,
            group: None,
            condition: None,
            open,
            close: None,
        };
        let mut height = 0;
        self.for_parts(&mut parts, &mut height);
        let closer = if object { TokenKind::CloseBrace } else { TokenKind::CloseBracket };
        let next = self.peek();
        if !self.recovering && next.kind == closer {
            parts.close = Some(self.read().span);
        } else {
            let detail = "Extra characters after the end of the 'for' expression.";
            self.error_within(BAD_FOR, detail, next.span, open.to(next.span));
            parts.close = self.recover_to_closer(closer);
        }
        self.height = height + 1;
        Expr { kind: ExprKind::For(Box::new(parts)), span: self.span_from(open.start) }
    }

    /// Fills in what can be read; stops at the first fault.
    fn for_parts(&mut self, parts: &mut For, height: &mut u32) {
        let Some(first) = self.for_name("For expression requires variable name after 'for'.", parts.open)
        else {
            return;
        };
        if self.read_if(TokenKind::Comma).is_some() {
            parts.key_var = Some(first);
            let detail = "For expression requires value variable name after comma.";
            let Some(second) = self.for_name(detail, parts.open) else { return };
            parts.value_var = Some(second);
        } else {
            parts.value_var = Some(first);
        }
        if !self.at_word("in") {
            let detail = "For expression requires the 'in' keyword after its name declarations.";
            return self.for_fault(detail, parts.open);
        }
        self.read();
        parts.collection = self.for_operand(height);
        if self.recovering {
            return;
        }
        if self.read_if(TokenKind::Colon).is_none() {
            return self
                .for_fault("For expression requires a colon after the collection expression.", parts.open);
        }
        parts.value = self.for_operand(height);
        if self.recovering {
            return;
        }
        if self.read_if(TokenKind::FatArrow).is_some() {
            let value = self.for_operand(height);
            parts.key = Some(std::mem::replace(&mut parts.value, value));
            if self.recovering {
                return;
            }
        }
        if let Some(token) = self.read_if(TokenKind::Ellipsis) {
            parts.group = Some(token.span);
        }
        if self.at_word("if") {
            self.read();
            parts.condition = Some(self.for_operand(height));
            if self.recovering {
                return;
            }
        }
        self.check_for_kind(parts);
    }

    /// What only the other form of `for` may have. Reading goes on as if nothing had happened.
    fn check_for_kind(&mut self, parts: &For) {
        let closed = matches!(self.peek_kind(), TokenKind::CloseBrace | TokenKind::CloseBracket);
        let fault = match (parts.object, &parts.key, parts.group) {
            (false, Some(key), _) => Some((key.span, "Key expression is not valid when building a tuple.")),
            (false, None, Some(group)) => {
                Some((group, "Grouping ellipsis (...) cannot be used when building a tuple."))
            }
            (true, None, _) if closed => {
                Some((parts.value.span, "Key expression is required when building an object."))
            }
            _ => None,
        };
        if let Some((subject, detail)) = fault {
            self.report(BAD_FOR, detail.to_owned(), subject, parts.open.to(subject));
        }
    }

    fn for_operand(&mut self, height: &mut u32) -> Expr {
        let operand = self.expression();
        *height = (*height).max(self.height);
        operand
    }

    fn for_name(&mut self, missing: &str, open: Span) -> Option<Ident> {
        let token = self.peek();
        if token.kind != TokenKind::Ident {
            self.for_fault(missing, open);
            return None;
        }
        self.read();
        Some(Ident { text: self.text(token.span).into(), span: token.span })
    }

    fn for_fault(&mut self, detail: &str, open: Span) {
        let subject = self.peek().span;
        self.error_within(BAD_FOR, detail, subject, open.to(subject));
    }
}
