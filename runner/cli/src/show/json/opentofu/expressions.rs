//! Expressions without their values: what they refer to, or the constants that they are.

use std::collections::BTreeMap;

use config::{Body, Grammar, Nesting, Reference, Schema, Subject};
use lang::functions::{FileReader, NoFiles};
use lang::{Expr, Resolved, Scope, Traversal};
use syntax::{Diagnostic, Diagnostics, Origin};

use super::super::{Fields, list};
use super::{constant, names};
use crate::show::node::{Kind, Node};

/// An expression. Empty where it neither refers to anything nor is a constant.
pub(super) fn expression(expr: &Expr, origin: &Origin) -> Node {
    let mut fields = Fields::default();
    let references: Vec<String> = expr.traversals().iter().flat_map(|it| referred(it, origin)).collect();
    if references.is_empty() {
        let mut found = Diagnostics::new();
        let value = lang::evaluate(expr, origin, &Nothing, &mut found);
        if !found.iter().any(Diagnostic::is_error) {
            fields.set("constant_value", constant(&value));
        }
    } else {
        fields.set("references", names(references));
    }
    fields.node()
}

/// The same, where there is anything to tell.
pub(super) fn told(expr: Option<&Expr>, origin: &Origin) -> Option<Node> {
    let node = expression(expr?, origin);
    (!node.is_empty()).then_some(node)
}

/// The expressions in a body as its schema reads it; blocks that are made by others are not told.
pub(super) fn of_body(body: &Body, schema: &Schema, origin: &Origin) -> Fields {
    let body = body.shaped(schema, origin, &mut Diagnostics::new());
    let mut fields = Fields::default();
    for attribute in &body.attributes {
        if schema.attributes.contains_key(&*attribute.name) {
            fields.set(&attribute.name, expression(&attribute.value, origin));
        }
    }
    for (kind, declared) in &schema.blocks {
        let blocks = body.blocks.iter().filter(|block| block.kind == *kind);
        let mut inner = blocks.map(|block| (block, of_body(&block.body, &declared.body, origin).node()));
        match declared.nesting {
            Nesting::Single | Nesting::Group => {
                fields.set_some(kind, inner.next().map(|(_, node)| node));
            }
            Nesting::List | Nesting::Set => {
                let inner: Vec<Node> = inner.map(|(_, node)| node).collect();
                if !inner.is_empty() {
                    fields.set(kind, list(inner));
                }
            }
            Nesting::Map => {
                let keyed =
                    inner.filter_map(|(block, node)| Some((block.labels.first()?.0.as_str().into(), node)));
                let keyed: BTreeMap<_, _> = keyed.collect();
                if !keyed.is_empty() {
                    fields.set(kind, Node::new(Kind::Object(keyed)));
                }
            }
        }
    }
    fields
}

/// What a traversal refers to, from the part of a value that it reads up to the whole object.
fn referred(traversal: &Traversal, origin: &Origin) -> Vec<String> {
    let Ok(Reference { subject, consumed, .. }) = config::parse_reference(traversal, origin, Grammar::Module)
    else {
        return Vec::new();
    };
    let rest = traversal.steps.get(consumed..).unwrap_or_default();
    let part = |length: usize| {
        let steps = rest.iter().take(length).map(|step| step.kind.to_string());
        format!("{subject}{}", steps.collect::<String>())
    };
    let mut names: Vec<String> = (0..=rest.len()).rev().map(part).collect();
    names.extend(match &subject {
        Subject::Resource(addr, Some(_)) => Some(addr.to_string()),
        Subject::Module { name, key, output: Some(_) } => {
            let call = Subject::Module { name: name.clone(), key: key.clone(), output: None };
            Some(call.to_string())
        }
        Subject::Module { name, key: Some(_), output: None } => Some(format!("module.{name}")),
        _ => None,
    });
    names
}

/// What a constant may use: nothing.
struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(lang::variables_not_allowed(traversal, origin));
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn allows_calls(&self) -> bool {
        false
    }
}
