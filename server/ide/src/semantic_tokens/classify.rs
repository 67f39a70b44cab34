//! What the words of a chunk are: those of the tree, and between them what the lexer knows.

use std::collections::HashSet;

use syntax::ast::{Expr, ExprKind, Ident, Step};
use syntax::{Chunk, SmolStr, Span, TokenKind, with_stack};

use super::{DECLARATION, DEFAULT_LIBRARY, TokenType};
use crate::parts::{Holder, Part, parts};

/// A word with what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word {
    pub(super) span: Span,
    pub(super) token_type: TokenType,
    pub(super) modifiers: u32,
}

/// The words of a chunk, in order; none overlaps another.
pub(super) fn words(chunk: &Chunk, holder: Holder) -> Vec<Word> {
    let mut words = Words::default();
    parts(&chunk.body, holder).iter().for_each(|part| words.part(part, holder));
    let mut found = words.found;
    found.retain(|word| !word.span.is_empty());
    found.sort_by_key(|word| (word.span.start, std::cmp::Reverse(word.span.end)));
    // A text that is not understood may be read twice.
    let mut end = 0;
    found.retain(|word| {
        let keep = word.span.start >= end;
        end = end.max(word.span.end);
        keep
    });
    if chunk.body.json.is_some() { found } else { with_tokens(&chunk.text, &found) }
}

/// The words of the tree, with comments, texts, numbers and the language's own words between them.
fn with_tokens(text: &str, words: &[Word]) -> Vec<Word> {
    let mut all = Vec::with_capacity(words.len() * 2);
    let mut words = words.iter().copied().peekable();
    let mut end = 0;
    for token in syntax::tokens(text) {
        while let Some(word) = words.next_if(|word| word.span.start <= token.span.start) {
            end = word.span.end;
            all.push(word);
        }
        let token_type = match token.kind {
            TokenKind::Comment => TokenType::Comment,
            TokenKind::Number => TokenType::Number,
            TokenKind::OpenQuote
            | TokenKind::CloseQuote
            | TokenKind::QuotedText
            | TokenKind::TemplateText
            | TokenKind::OpenHeredoc
            | TokenKind::CloseHeredoc => TokenType::String,
            TokenKind::Ident => TokenType::Keyword,
            _ => continue,
        };
        // What the tree has said more about.
        let next = words.peek().map_or(u32::MAX, |word| word.span.start);
        if token.span.start >= end && token.span.end <= next {
            all.push(Word { span: token.span, token_type, modifiers: 0 });
        }
    }
    all.extend(words);
    merged(all)
}

/// The pieces of one text are one word.
fn merged(words: Vec<Word>) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match all.last_mut() {
            Some(last)
                if last.token_type == TokenType::String
                    && word.token_type == TokenType::String
                    && last.span.end == word.span.start =>
            {
                last.span.end = word.span.end;
            }
            _ => all.push(word),
        }
    }
    all
}

#[derive(Default)]
struct Words {
    found: Vec<Word>,
}

impl Words {
    fn add(&mut self, span: Span, token_type: TokenType) {
        self.found.push(Word { span, token_type, modifiers: 0 });
    }

    fn declaration(&mut self, span: Span, token_type: TokenType) {
        self.found.push(Word { span, token_type, modifiers: DECLARATION });
    }

    fn part(&mut self, part: &Part<'_>, holder: Holder) {
        let mut open = vec![(holder, part.clone())];
        while let Some((holder, part)) = open.pop() {
            match part.value {
                Some(value) => self.attribute(&part, holder, value),
                None => {
                    self.header(&part, holder);
                    open.extend(part.parts().into_iter().map(|inner| (part.holder, inner)));
                }
            }
        }
    }

    fn header(&mut self, part: &Part<'_>, holder: Holder) {
        self.add(part.name_span, TokenType::Type);
        let declared = match (holder, part.name) {
            (_, "variable") => Some(TokenType::Parameter),
            (_, "output") => Some(TokenType::Property),
            (_, "resource" | "data" | "ephemeral" | "check") => Some(TokenType::Variable),
            (_, "run" | "module") => Some(TokenType::Namespace),
            _ => None,
        };
        let last = part.labels.len().saturating_sub(1);
        for (index, (_, span)) in part.labels.iter().enumerate() {
            match (declared, part.name) {
                (Some(token_type), _) if index == last => self.declaration(*span, token_type),
                (None, "provider" | "mock_provider") => self.add(*span, TokenType::Namespace),
                (Some(_), _) | (None, "mock_resource" | "mock_data") => self.add(*span, TokenType::Type),
                (None, _) => self.add(*span, TokenType::EnumMember),
            }
        }
    }

    fn attribute(&mut self, part: &Part<'_>, holder: Holder, value: &Expr) {
        match holder {
            Holder::Values => self.declaration(part.name_span, TokenType::Variable),
            _ => self.add(part.name_span, TokenType::Property),
        }
        let types = holder == Holder::Conditions && part.name == "type";
        self.expr(value, types);
    }

    /// `types` says that it is a type constraint, where a call is a type too.
    fn expr(&mut self, value: &Expr, types: bool) {
        let mut bound: HashSet<&SmolStr> = HashSet::new();
        let mut open = vec![value];
        while let Some(expr) = open.pop() {
            expr.each_bound(&mut |name| {
                self.declaration(name.span, TokenType::Variable);
                bound.insert(&name.text);
            });
            expr.each_child(&mut |child| open.push(child));
        }
        open.push(value);
        while let Some(expr) = open.pop() {
            match &expr.kind {
                ExprKind::Variable(_) => {
                    self.access(expr, &[], &bound, types);
                    continue;
                }
                ExprKind::Access(access) => {
                    open.extend(access.keys());
                    if !self.access(&access.object, &access.steps, &bound, types) {
                        open.push(&access.object);
                    }
                    continue;
                }
                ExprKind::Call(call) => {
                    for name in &call.namespaces {
                        self.add(name.span, TokenType::Namespace);
                    }
                    if types {
                        self.add(call.name.span, TokenType::Type);
                    } else {
                        let modifiers = if call.namespaces.is_empty() { DEFAULT_LIBRARY } else { 0 };
                        let (span, token_type) = (call.name.span, TokenType::Function);
                        self.found.push(Word { span, token_type, modifiers });
                    }
                }
                ExprKind::Object(items) => {
                    for item in items {
                        if !matches!(item.key.kind, ExprKind::Paren(_)) {
                            self.key(&item.key);
                        } else {
                            open.push(&item.key);
                        }
                        open.push(&item.value);
                    }
                    continue;
                }
                _ => {}
            }
            expr.each_child(&mut |child| open.push(child));
        }
    }

    fn key(&mut self, key: &Expr) {
        match &key.kind {
            ExprKind::Variable(_) | ExprKind::JsonString(_) => self.add(key.span, TokenType::Property),
            // A text that is computed.
            _ => with_stack(|| self.expr(key, false)),
        }
    }

    /// A name with what is read from it, apart from keys in brackets. False when it begins with something else, which
    /// is left for later.
    fn access(&mut self, object: &Expr, steps: &[Step], bound: &HashSet<&SmolStr>, types: bool) -> bool {
        let names: Vec<&Ident> = steps.iter().filter_map(Step::name).collect();
        let ExprKind::Variable(root) = &object.kind else {
            names.iter().for_each(|name| self.add(name.span, TokenType::Property));
            return false;
        };
        let mut kinds: &[TokenType] = match root.as_str() {
            _ if bound.contains(root) => &[TokenType::Variable],
            _ if types => &[TokenType::Type],
            _ if names.is_empty() => &[TokenType::EnumMember],
            "var" => &[TokenType::Keyword, TokenType::Parameter],
            "local" | "check" => &[TokenType::Keyword, TokenType::Variable],
            "run" | "module" => &[TokenType::Keyword, TokenType::Namespace],
            "data" | "ephemeral" | "resource" => &[TokenType::Keyword, TokenType::Type, TokenType::Variable],
            "output" | "each" | "count" | "self" | "path" | "terraform" => &[TokenType::Keyword],
            _ => &[TokenType::Type, TokenType::Variable],
        };
        let spans = std::iter::once(object.span).chain(names.iter().map(|name| name.span));
        for span in spans {
            let (kind, rest) = kinds.split_first().unwrap_or((&TokenType::Property, &[]));
            self.add(span, *kind);
            kinds = rest;
        }
        true
    }
}
