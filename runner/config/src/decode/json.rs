//! The shapes that blocks have in the JSON profile, in HCL's words: labels are nested property names, and an object may
//! be cut into an array of objects anywhere on the way.

use syntax::ast::{Attribute, Block, Body, Expr, ExprKind, Ident, JsonBody, Label, ObjectItem};
use syntax::{SmolStr, Span, with_stack};

use super::sink::Sink;

/// Marks an error about a value that Terraform dropped because of a syntax error inside it.
pub(super) const WRONG_TYPE: &str = "json-value-type";

/// The properties of a body, or with `label` those whose names are a block's labels.
///
/// Properties whose names could not be read are left out.
pub(super) fn properties<'e>(value: &'e Expr, label: Option<&str>, sink: &mut Sink) -> Vec<&'e ObjectItem> {
    let purpose = match label {
        Some(label) => format!("to specify {label} labels for this block."),
        None => "to define arguments and child blocks.".to_owned(),
    };
    let mut found = Vec::new();
    let mut add = |items: &'e [ObjectItem]| found.extend(items.iter().filter(|item| !item.key.is_missing()));
    match &value.kind {
        ExprKind::Null => {}
        ExprKind::Object(items) => {
            if sink.lacks(value.span) {
                let detail =
                    format!("Either a JSON object or JSON array of objects is required here, {purpose}");
                wrong_type(detail, value, sink);
            }
            add(items);
        }
        ExprKind::Tuple(elements) => {
            for element in elements {
                match &element.kind {
                    ExprKind::Object(items) if !sink.lacks(element.span) => add(items),
                    _ => wrong_type(format!("A JSON object is required here, {purpose}"), element, sink),
                }
            }
        }
        _ => {
            let detail = format!("Either a JSON object or JSON array of objects is required here, {purpose}");
            wrong_type(detail, value, sink);
        }
    }
    found
}

/// A property as an argument.
pub(super) fn attribute(item: &ObjectItem) -> Attribute {
    let name = name(item);
    let span = name.span.to(item.value.span);
    Attribute { name, equals: Some(item.separator.unwrap_or(span)), value: item.value.clone(), span }
}

/// The name of a property, with the place of its quotes.
pub(super) fn name(item: &ObjectItem) -> Ident {
    let text = item.key.as_json_text().map(|key| key.text.clone()).unwrap_or_default();
    Ident { text, span: item.key.span }
}

/// The blocks that a property stands for, when blocks of its name have the given labels.
pub(super) fn blocks_of(kind: Ident, value: &Expr, labels: &[&str], sink: &mut Sink) -> Vec<Block> {
    let start = kind.span;
    let mut unpacking = Unpacking { kind, labels: Vec::new(), blocks: Vec::new() };
    unpacking.value(value, start, labels, sink);
    unpacking.blocks
}

struct Unpacking {
    kind: Ident,
    /// The labels that lead to the value being looked at.
    labels: Vec<Label>,
    blocks: Vec<Block>,
}

impl Unpacking {
    /// `start` is the name in front of the value.
    fn value(&mut self, value: &Expr, start: Span, labels: &[&str], sink: &mut Sink) {
        let kind = &self.kind.text;
        if let Some((label, inner)) = labels.split_first() {
            let properties = properties(value, Some(label), sink);
            if properties.is_empty() || sink.lacks(value.span) {
                let detail = format!(
                    "At least one object property is required, whose name represents the {kind} block's {label}."
                );
                sink.error(WRONG_TYPE, "Missing block label", detail, start_of(value));
            }
            for property in properties {
                let Ident { text, span } = name(property);
                self.labels.push(Label { text, span, quoted: true });
                with_stack(|| self.value(&property.value, span, inner, sink));
                self.labels.pop();
            }
            return;
        }
        let lacks = sink.lacks(value.span);
        match &value.kind {
            ExprKind::Null => {}
            ExprKind::Object(_) | ExprKind::Tuple(_) if lacks => {
                self.not_a_block(value, sink);
                sink.lack_is_told(value.span);
                self.containers(value, start);
            }
            ExprKind::Object(_) | ExprKind::Tuple(_) => self.containers(value, start),
            _ => self.not_a_block(value, sink),
        }
    }

    fn containers(&mut self, value: &Expr, start: Span) {
        match &value.kind {
            // Whatever the elements are: a wrong one is found when the block's content is asked for.
            ExprKind::Tuple(elements) => {
                for element in elements {
                    self.block(element, element.span, start_of(value));
                }
            }
            _ => self.block(value, start.to(value.span), start_of(value)),
        }
    }

    fn not_a_block(&mut self, value: &Expr, sink: &mut Sink) {
        let kind = &self.kind.text;
        let detail = format!(
            "Either a JSON object or a JSON array is required, representing the contents of one or more {} blocks.",
            lang::quote(kind)
        );
        wrong_type(detail, value, sink);
    }

    fn block(&mut self, value: &Expr, span: Span, header: Span) {
        let end = value.span.end;
        let json = JsonBody { value: value.clone(), header, dropped: Vec::new() };
        self.blocks.push(Block {
            kind: self.kind.clone(),
            labels: self.labels.iter().cloned().collect(),
            open_brace: Some(start_of(value)),
            body: Body { span: value.span, json: Some(Box::new(json)), ..Body::default() },
            close_brace: Some(Span::new(end.saturating_sub(1), end)),
            span,
        });
    }
}

/// The place for what is missing in a body: its closing brace, or where it begins when it is no object.
pub(super) fn missing_item_span(value: &Expr) -> Span {
    match &value.kind {
        ExprKind::Object(_) => Span::new(value.span.end.saturating_sub(1), value.span.end),
        _ => start_of(value),
    }
}

/// Where HCL says that a value begins: at its opening bracket, or all of it.
pub(super) fn start_of(value: &Expr) -> Span {
    match &value.kind {
        ExprKind::Object(_) | ExprKind::Tuple(_) => Span::new(value.span.start, value.span.start + 1),
        _ => value.span,
    }
}

pub(super) fn wrong_type(detail: impl Into<String>, value: &Expr, sink: &mut Sink) {
    sink.error(WRONG_TYPE, "Incorrect JSON value type", detail, start_of(value));
}

/// Whether a property is a comment.
pub(super) fn is_comment(name: &SmolStr) -> bool {
    name == "//"
}
