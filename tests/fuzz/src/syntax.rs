//! Reading a text: as a file, as an expression, as a template, as JSON; and laying it out.

use syntax::ast::{Body, Expr, Item};
use syntax::{
    Diagnostics, Document, FileName, Span, TokenKind, apply_edits, format, parse_body, parse_expression,
    parse_template,
};

/// Every text has a tree. Items lie in what is around them, everything lies in the text, tokens stand in its order, and
/// the chunks of a document without faults are the tree of the whole.
pub fn syntax(bytes: &[u8]) {
    let text = &*crate::text_of(bytes);
    let file = FileName::new("main.tftest.hcl");
    tokens_are_in_order(text);

    let parsed = parse_body(&file, text);
    diagnostics_lie_in(text, &parsed.diagnostics);
    body_lies_in(text, &parsed.tree, Span::new(0, length(text)));
    let document = Document::new(file.clone(), text);
    assert_eq!(document.text(), text);
    diagnostics_lie_in(text, &document.diagnostics());
    // What is wrong may be told apart in other places when chunks are read alone.
    assert_eq!(document.diagnostics().is_empty(), parsed.diagnostics.is_empty());
    if parsed.diagnostics.is_empty() {
        let spans: Vec<Span> = document
            .chunks()
            .flat_map(|(origin, chunk)| {
                chunk.body.items.iter().map(move |item| item.span().shifted(origin.base)).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(spans, parsed.tree.items.iter().map(Item::span).collect::<Vec<_>>());
    }

    let parsed = parse_expression(&file, text);
    diagnostics_lie_in(text, &parsed.diagnostics);
    expression_lies_in(text, &parsed.tree);
    diagnostics_lie_in(text, &parse_template(&file, text).diagnostics);
    json(text);
    layout(&file, text);
}

/// The same text as JSON: a tree with spans in the text.
fn json(text: &str) {
    let file = FileName::new("main.tftest.json");
    let parsed = parse_body(&file, text);
    diagnostics_lie_in(text, &parsed.diagnostics);
    if let Some(json) = &parsed.tree.json {
        expression_lies_in(text, &json.value);
    }
    let document = Document::new(file, text);
    assert_eq!(document.diagnostics().is_empty(), parsed.diagnostics.is_empty());
}

/// Layout gives a text without errors again, with every comment, and leaves a broken one alone.
fn layout(file: &FileName, text: &str) {
    let formatted = format(file, text);
    if !formatted.diagnostics.is_empty() {
        assert!(formatted.edits.is_empty());
        return;
    }
    let laid_out = apply_edits(text, &formatted.edits);
    let again = format(file, &laid_out);
    assert!(again.diagnostics.is_empty(), "{laid_out:?} does not parse: {:?}", again.diagnostics);
    assert_eq!(comments(text), comments(&laid_out), "{text:?}");
}

fn comments(text: &str) -> Vec<&str> {
    let tokens = syntax::tokens(text).into_iter();
    tokens.filter(|token| token.kind == TokenKind::Comment).map(|token| token.span.text(text)).collect()
}

fn tokens_are_in_order(text: &str) {
    let mut end = 0;
    for token in syntax::tokens(text) {
        assert!(token.span.start >= end && token.span.end >= token.span.start, "{token:?} after {end}");
        span_lies_in(text, token.span);
        end = token.span.end;
    }
    assert!(end <= length(text));
}

fn body_lies_in(text: &str, body: &Body, around: Span) {
    for item in &body.items {
        let span = item.span();
        span_lies_in(text, span);
        assert!(around.start <= span.start && span.end <= around.end, "{span:?} outside of {around:?}");
        match item {
            Item::Attribute(attribute) => expression_lies_in(text, &attribute.value),
            Item::Block(block) => syntax::with_stack(|| body_lies_in(text, &block.body, span)),
        }
    }
}

fn expression_lies_in(text: &str, expr: &Expr) {
    span_lies_in(text, expr.span);
}

fn diagnostics_lie_in(text: &str, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics {
        for place in [&diagnostic.subject, &diagnostic.context].into_iter().flatten() {
            span_lies_in(text, place.span);
        }
    }
}

fn span_lies_in(text: &str, span: Span) {
    assert!(text.get(std::ops::Range::from(span)).is_some(), "{span:?} does not fit the text");
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).expect("inputs are short")
}
