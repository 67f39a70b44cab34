//! Selection ranges: from what stands at the cursor outwards, by the tree.

use syntax::ast::{Body, Expr, ExprKind, Item};
use syntax::{FileName, Span, TokenKind};

use crate::snapshot::Snapshot;

/// The places around `offset`, each inside the next one: word, expression, attribute, body, block, file.
pub fn selection(snapshot: &Snapshot, file: &FileName, offset: u32) -> Vec<Span> {
    let Some(document) = snapshot.document(file) else { return Vec::new() };
    let offset = offset.min(document.len());
    let mut found = vec![Span::new(0, document.len())];
    if let Some((origin, chunk)) = document.chunk_at(offset) {
        let at = offset - origin.base;
        let mut around = Around { at, text: &chunk.text, found: Vec::new() };
        match &chunk.body.json {
            Some(json) => around.expr(&json.value),
            None => around.body(&chunk.body),
        }
        if let Some(word) = word_at(&chunk.text, at) {
            around.add(word);
        }
        found.extend(around.found.into_iter().map(|span| span.shifted(origin.base)));
    }
    // From the widest to the narrowest, each inside the one before, whatever the tree of half-typed text is like.
    let mut chain: Vec<Span> = Vec::new();
    found.sort_by_key(|span| (std::cmp::Reverse(span.len()), span.start));
    for span in found {
        let inside = |outer: &Span| outer.start <= span.start && span.end <= outer.end && *outer != span;
        if span.touches(offset) && chain.last().is_none_or(inside) {
            chain.push(span);
        }
    }
    chain.reverse();
    chain
}

struct Around<'a> {
    /// The cursor, relative to the chunk.
    at: u32,
    text: &'a str,
    found: Vec<Span>,
}

impl<'a> Around<'a> {
    fn add(&mut self, span: Span) {
        if span.touches(self.at) {
            self.found.push(span);
        }
    }

    fn body(&mut self, body: &'a Body) {
        let mut next = Some(body);
        while let Some(body) = next.take() {
            for item in &body.items {
                if !item.span().touches(self.at) {
                    continue;
                }
                self.add(item.span());
                match item {
                    Item::Attribute(attribute) => {
                        self.add(attribute.name.span);
                        self.expr(&attribute.value);
                    }
                    Item::Block(block) => {
                        self.add(block.kind.span);
                        for label in &block.labels {
                            self.quoted(label.span);
                        }
                        let inside = Span::new(
                            block.open_brace.map_or(block.body.span.start, |brace| brace.end),
                            block.close_brace.map_or(block.body.span.end, |brace| brace.start),
                        );
                        if block.open_brace.is_some() && inside.touches(self.at) {
                            self.add(inside);
                            self.add(trimmed(inside, self.text));
                            next = Some(&block.body);
                        }
                    }
                }
            }
        }
    }

    /// Every expression around the cursor, outermost first. A loop, because trees may be deep.
    fn expr(&mut self, expr: &'a Expr) {
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            if !expr.span.touches(self.at) {
                continue;
            }
            self.add(expr.span);
            match &expr.kind {
                ExprKind::String(_) | ExprKind::JsonString(_) | ExprKind::Template(_) => {
                    self.quoted(expr.span)
                }
                ExprKind::Object(items) => {
                    self.add(inside(expr.span));
                    for item in items {
                        self.add(item.key.span.to(item.value.span));
                    }
                }
                ExprKind::Tuple(_) => self.add(inside(expr.span)),
                ExprKind::Access(access) => {
                    for step in &access.steps {
                        self.add(access.object.span.to(step.span()));
                    }
                }
                ExprKind::Call(call) => {
                    self.add(call.name_span());
                    let end = call.close.map_or(expr.span.end, |close| close.start);
                    self.add(Span::new(call.open.end, end));
                }
                _ => {}
            }
            expr.each_child(&mut |child| open.push(child));
        }
    }

    /// A text with its quotes, and without them.
    fn quoted(&mut self, span: Span) {
        self.add(span);
        let text = span.text(self.text);
        if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') {
            self.add(inside(span));
        }
    }
}

/// Without the bracket or quote at either end.
fn inside(span: Span) -> Span {
    let start = (span.start + 1).min(span.end);
    Span::new(start, span.end.saturating_sub(1).max(start))
}

fn trimmed(span: Span, text: &str) -> Span {
    let inner = span.text(text);
    let before = inner.len() - inner.trim_start().len();
    let length = inner.trim().len();
    let start = span.start + u32::try_from(before).unwrap_or(0);
    Span::new(start, start + u32::try_from(length).unwrap_or(0))
}

/// The word, number, operator or comment at the cursor; of literal text, the word in it.
fn word_at(text: &str, at: u32) -> Option<Span> {
    let touching = syntax::tokens(text).into_iter().filter(|token| token.span.touches(at));
    let meaning = |kind: TokenKind| !matches!(kind, TokenKind::Newline | TokenKind::End | TokenKind::Cut);
    let token = touching.filter(|token| meaning(token.kind)).min_by_key(|token| {
        // A name beside a bracket comes before the bracket.
        (token.kind != TokenKind::Ident, token.span.len())
    })?;
    if !matches!(token.kind, TokenKind::QuotedText | TokenKind::TemplateText | TokenKind::Comment) {
        return Some(token.span);
    }
    let inner = token.span.text(text);
    let cursor = (at - token.span.start) as usize;
    let is_word = |char: char| char.is_alphanumeric() || char == '_' || char == '-';
    let before = inner.get(..cursor)?;
    let start = before.trim_end_matches(is_word).len();
    let rest = inner.get(cursor..)?;
    let end = cursor + (rest.len() - rest.trim_start_matches(is_word).len());
    let offset = |index: usize| token.span.start + u32::try_from(index).unwrap_or(0);
    (start < end).then(|| Span::new(offset(start), offset(end)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::testing::at_cursor;

    #[track_caller]
    fn check(text: &str, expected: Expect) {
        let (snapshot, file, offset) = at_cursor(text);
        let whole = snapshot.document(&file).unwrap().text();
        let spans = selection(&snapshot, &file, offset);
        assert!(spans.windows(2).all(|pair| pair[1].start <= pair[0].start && pair[0].end <= pair[1].end));
        let shown: Vec<String> = spans.iter().map(|span| format!("{:?}\n", span.text(&whole))).collect();
        expected.assert_eq(&shown.concat());
    }

    #[test]
    fn from_the_word_to_the_file() {
        check(
            "//- /a.tftest.hcl\nrun \"a\" {\n  assert {\n    condition = upper(var.na$0me) == \"x\"\n  }\n}\n",
            expect![[r#"
                "name"
                "var.name"
                "upper(var.name)"
                "upper(var.name) == \"x\""
                "condition = upper(var.name) == \"x\""
                "\n    condition = upper(var.name) == \"x\"\n  "
                "assert {\n    condition = upper(var.name) == \"x\"\n  }"
                "\n  assert {\n    condition = upper(var.name) == \"x\"\n  }\n"
                "run \"a\" {\n  assert {\n    condition = upper(var.name) == \"x\"\n  }\n}"
                "run \"a\" {\n  assert {\n    condition = upper(var.name) == \"x\"\n  }\n}\n"
            "#]],
        );
    }

    #[test]
    fn names_behind_names() {
        check(
            "//- /a.tfvars\na = module.m[\"k\"].o$0ut.x\n",
            expect![[r#"
            "out"
            "module.m[\"k\"].out"
            "module.m[\"k\"].out.x"
            "a = module.m[\"k\"].out.x"
            "a = module.m[\"k\"].out.x\n"
        "#]],
        );
    }

    #[test]
    fn labels_strings_and_objects() {
        check(
            "run \"so$0me\" {}\n",
            expect![[r#"
                "some"
                "\"some\""
                "run \"some\" {}"
                "run \"some\" {}\n"
            "#]],
        );
        check(
            "//- /a.tfvars\na = { b = \"one ${t$0wo} three\", c = 1 }\n",
            expect![[r#"
                "two"
                "one ${two} three"
                "\"one ${two} three\""
                "b = \"one ${two} three\""
                " b = \"one ${two} three\", c = 1 "
                "{ b = \"one ${two} three\", c = 1 }"
                "a = { b = \"one ${two} three\", c = 1 }"
                "a = { b = \"one ${two} three\", c = 1 }\n"
            "#]],
        );
        check(
            "run \"a\" {\n  x = (1 +$0\n",
            expect![[r#"
            "+"
            "1 +"
            "(1 +"
            "x = (1 +"
            "\n  x = (1 +"
            "run \"a\" {\n  x = (1 +"
            "run \"a\" {\n  x = (1 +\n"
        "#]],
        );
    }

    #[test]
    fn json_goes_by_values_and_properties() {
        check(
            "//- /a.tftest.json\n{\"run\": {\"a\": {\"command\": \"pl$0an\"}}}\n",
            expect![[r#"
                "plan"
                "\"plan\""
                "\"command\": \"plan\""
                "{\"command\": \"plan\"}"
                "\"a\": {\"command\": \"plan\"}"
                "{\"a\": {\"command\": \"plan\"}}"
                "\"run\": {\"a\": {\"command\": \"plan\"}}"
                "{\"run\": {\"a\": {\"command\": \"plan\"}}}"
                "{\"run\": {\"a\": {\"command\": \"plan\"}}}\n"
            "#]],
        );
    }
}
