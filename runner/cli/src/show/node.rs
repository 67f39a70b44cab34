//! Values as Terraform's plans and states store them: JSON, with a note of what is unknown or must not be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Value, View};
use syntax::Shown;

/// One value. Lists, sets and tuples are all arrays, maps and objects all objects.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub kind: Kind,
    pub sensitive: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Unknown,
    Bool(bool),
    /// The digits as they are written: `1.50` in a JSON text is not `1.5`.
    Number(String),
    String(Arc<str>),
    Array(Vec<Node>),
    Object(BTreeMap<Arc<str>, Node>),
}

impl Node {
    pub fn new(kind: Kind) -> Node {
        Node { kind, sensitive: false }
    }

    pub fn of(value: &Value) -> Node {
        let kind = match value.view() {
            View::Null => Kind::Null,
            View::Unknown(_) => Kind::Unknown,
            View::Bool(value) => Kind::Bool(value),
            View::Number(number) => Kind::Number(number.to_string()),
            View::String(text) => Kind::String(value.as_arc_str().unwrap_or_else(|| text.into())),
            View::Type(ty) => Kind::String(ty.constraint_name().into()),
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                Kind::Array(items.iter().map(Node::of).collect())
            }
            View::Map(items) | View::Object(items) => {
                Kind::Object(items.iter().map(|(key, item)| (Arc::clone(key), Node::of(item))).collect())
            }
        };
        Node { kind, sensitive: value.marks().is_sensitive() }
    }

    pub fn shown(value: &Shown) -> Node {
        let kind = match value {
            Shown::Null | Shown::Sensitive | Shown::Ephemeral => Kind::Null,
            Shown::Unknown => Kind::Unknown,
            Shown::Bool(value) => Kind::Bool(*value),
            Shown::Number(digits) => Kind::Number(digits.clone()),
            Shown::String(text) => Kind::String(Arc::clone(text)),
            Shown::Array(items) => Kind::Array(items.iter().map(Node::shown).collect()),
            Shown::Object(items) => {
                Kind::Object(items.iter().map(|(key, item)| (Arc::clone(key), Node::shown(item))).collect())
            }
        };
        Node { kind, sensitive: matches!(value, Shown::Sensitive | Shown::Ephemeral) }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    pub fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Object(_))
    }

    /// A list or a map without elements.
    pub fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Array(items) => items.is_empty(),
            Kind::Object(items) => items.is_empty(),
            _ => false,
        }
    }

    /// Its elements; nothing of what is no list.
    pub fn items(node: Option<&Node>) -> &[Node] {
        match node.map(|node| &node.kind) {
            Some(Kind::Array(items)) => items,
            _ => &[],
        }
    }

    /// Its keys; none of what is no map or object.
    pub fn keys(node: Option<&Node>) -> impl Iterator<Item = &Arc<str>> {
        let items = match node.map(|node| &node.kind) {
            Some(Kind::Object(items)) => Some(items.keys()),
            _ => None,
        };
        items.into_iter().flatten()
    }

    /// What stands under a key.
    pub fn member<'n>(node: Option<&'n Node>, name: &str) -> Option<&'n Node> {
        match &node?.kind {
            Kind::Object(items) => items.get(name),
            _ => None,
        }
    }

    /// The same JSON. What is unknown has none: it is like null in an array, and like an absent key in an object.
    pub fn same_json(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null | Kind::Unknown, Kind::Null | Kind::Unknown) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::Array(a), Kind::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_json(b))
            }
            (Kind::Object(a), Kind::Object(b)) => {
                let known = |(_, node): &(&Arc<str>, &Node)| !matches!(node.kind, Kind::Unknown);
                let (mut a, mut b) = (a.iter().filter(known), b.iter().filter(known));
                loop {
                    match (a.next(), b.next()) {
                        (None, None) => return true,
                        (Some((key, a)), Some((other, b))) if key == other && a.same_json(b) => {}
                        _ => return false,
                    }
                }
            }
            _ => false,
        }
    }

    /// Nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown => false,
            Kind::Array(items) => items.iter().all(Node::is_wholly_known),
            Kind::Object(items) => items.values().all(Node::is_wholly_known),
            _ => true,
        }
    }
}
