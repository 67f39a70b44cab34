//! What of a value is known, and where in it something is unknown or sensitive.

use std::sync::Arc;

use lang::{Type, Value, View};

use super::super::node::{Kind, Node};
use super::{list, truth};

/// The value without what is unknown: absent from objects, null in arrays. `None` for an unknown value.
pub(super) fn known(node: &Node) -> Option<Node> {
    let kind = match &node.kind {
        Kind::Unknown => return None,
        Kind::Array(items) => {
            Kind::Array(items.iter().map(|item| known(item).unwrap_or(Node::new(Kind::Null))).collect())
        }
        Kind::Object(items) => {
            Kind::Object(items.iter().filter_map(|(key, item)| Some((key.clone(), known(item)?))).collect())
        }
        other => other.clone(),
    };
    Some(Node::new(kind))
}

/// The value's shape with true for what is unknown and false for everything else.
pub(super) fn unknown(node: &Node) -> Node {
    match &node.kind {
        Kind::Unknown => truth(true),
        Kind::Array(items) => list(items.iter().map(unknown)),
        Kind::Object(items) => object(items.iter().map(|(key, item)| (key, unknown(item)))),
        _ => truth(false),
    }
}

/// The value's shape with true for what is sensitive and false for everything else. What is in an unknown value is not
/// known to be sensitive, so it is empty.
pub(super) fn sensitive(value: &Value) -> Node {
    if value.marks().is_sensitive() {
        return truth(true);
    }
    match value.view() {
        View::List(items) | View::Set(items) | View::Tuple(items) => list(items.iter().map(sensitive)),
        View::Map(items) | View::Object(items) => {
            object(items.iter().map(|(key, item)| (key, sensitive(item))))
        }
        View::Unknown(_) => match value.ty() {
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => list([]),
            Type::Map(_) | Type::Object(_) => object([]),
            _ => truth(false),
        },
        _ => truth(false),
    }
}

/// The same of a value that is to be shown.
pub(super) fn hidden(node: &Node) -> Node {
    match &node.kind {
        _ if node.sensitive => truth(true),
        Kind::Array(items) => list(items.iter().map(hidden)),
        Kind::Object(items) => object(items.iter().map(|(key, item)| (key, hidden(item)))),
        _ => truth(false),
    }
}

/// Objects lose what is false; arrays keep their length.
fn object<'k>(shapes: impl IntoIterator<Item = (&'k Arc<str>, Node)>) -> Node {
    let told = shapes.into_iter().filter(|(_, shape)| !matches!(shape.kind, Kind::Bool(false)));
    Node::new(Kind::Object(told.map(|(key, shape)| (Arc::clone(key), shape)).collect()))
}
