//! States and plans in the form of `terraform show -json`, with the schemas that tell how to read them.

mod opentofu;
mod plan;
mod schemas;
mod shape;
mod state;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Dialect, InstanceKey, ResourceInstance, ResourceMode, Tool};
use lang::Type;
use suite::{RunResult, Verbose};
use syntax::Shown;

use super::node::{Kind, Node};

/// The versions of the forms that are written here.
const STATE_FORMAT: &str = "1.0";
const PLAN_FORMAT: &str = "1.2";
const SCHEMA_FORMAT: &str = "1.0";

/// The text of one JSON object, in the form of a dialect's tool. Numbers keep every digit.
pub(crate) fn json(verbose: &Verbose, dialect: Dialect) -> String {
    match dialect.tool {
        Tool::Terraform => text::json(&for_renderers(verbose)),
        Tool::OpenTofu => text::json(&opentofu::node(verbose, dialect)),
    }
}

/// As Terraform's own renderers take it.
fn for_renderers(verbose: &Verbose) -> Node {
    let mut fields = match &verbose.result {
        RunResult::State(state) => state::fields(state),
        RunResult::Plan(plan) => plan::fields(plan),
    };
    fields.set("provider_format_version", text(SCHEMA_FORMAT));
    let schemas = schemas::schemas(&verbose.providers);
    if !schemas.is_empty() {
        fields.set("provider_schemas", schemas.node());
    }
    fields.node()
}

/// What becomes of `before` on the way to `after`, as plans tell it of values. What is secret is not told.
pub(crate) fn change_in_json(before: &Shown, after: &Shown) -> String {
    let (before, after) = (Node::shown(before), Node::shown(after));
    let mut change = Fields::default();
    let unknown = if after.is_wholly_known() { truth(false) } else { shape::unknown(&after) };
    change.set("after_unknown", unknown);
    change.set("before_sensitive", shape::hidden(&before));
    change.set("after_sensitive", shape::hidden(&after));
    change.set("before", before);
    if let Some(after) = shape::known(&after) {
        change.set("after", after);
    }
    text::json(&change.node())
}

/// A JSON object in the making.
#[derive(Clone, Default)]
struct Fields(BTreeMap<Arc<str>, Node>);

impl Fields {
    fn set(&mut self, name: &str, node: Node) {
        self.0.insert(name.into(), node);
    }

    /// Sets what is not the default of its kind.
    fn set_if(&mut self, condition: bool, name: &str) {
        if condition {
            self.set(name, truth(true));
        }
    }

    /// Sets what there is.
    fn set_some(&mut self, name: &str, node: Option<Node>) {
        if let Some(node) = node {
            self.set(name, node);
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn node(self) -> Node {
        Node::new(Kind::Object(self.0))
    }
}

fn text(text: &str) -> Node {
    Node::new(Kind::String(text.into()))
}

fn truth(value: bool) -> Node {
    Node::new(Kind::Bool(value))
}

fn number(number: u64) -> Node {
    Node::new(Kind::Number(number.to_string()))
}

fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::new(Kind::Array(items.into_iter().collect()))
}

fn mode(mode: ResourceMode) -> Node {
    text(match mode {
        ResourceMode::Managed => "managed",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    })
}

/// The fields that tell which object is spoken of.
fn identity(addr: &ResourceInstance, provider: &str) -> Fields {
    let mut fields = Fields::default();
    fields.set("address", text(&addr.to_string()));
    fields.set("mode", mode(addr.resource.mode));
    fields.set("type", text(&addr.resource.kind));
    fields.set("name", text(&addr.resource.name));
    match &addr.key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => fields.set("index", Node::new(Kind::Number(index.to_string()))),
        InstanceKey::String(key) => fields.set("index", text(key)),
    }
    fields.set("provider_name", text(provider));
    fields
}

/// A type as cty writes it: `"string"`, `["list","string"]`.
fn type_node(ty: &Type) -> Node {
    let of = |kind: &str, inner: Node| list([text(kind), inner]);
    match ty {
        Type::Dynamic => text("dynamic"),
        Type::Bool => text("bool"),
        Type::Number => text("number"),
        Type::String => text("string"),
        Type::Type => text("type"),
        Type::List(element) => of("list", type_node(element)),
        Type::Set(element) => of("set", type_node(element)),
        Type::Map(element) => of("map", type_node(element)),
        Type::Tuple(items) => of("tuple", list(items.iter().map(type_node))),
        Type::Object(object) => {
            let attributes = object.attributes.iter().map(|(name, ty)| (name.clone(), type_node(ty)));
            let attributes = Node::new(Kind::Object(attributes.collect()));
            match object.optional.is_empty() {
                true => of("object", attributes),
                false => {
                    let optional = list(object.optional.iter().map(|name| text(name)));
                    list([text("object"), attributes, optional])
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_with_what_is_unknown_and_secret() {
        let object = |items: Vec<(&str, Shown)>| {
            Shown::Object(items.into_iter().map(|(key, item)| (key.into(), item)).collect())
        };
        let before = object(vec![("a", Shown::Number("1".into())), ("s", Shown::Sensitive)]);
        let after = object(vec![("a", Shown::Unknown), ("b", Shown::Array(vec![Shown::String("x".into())]))]);
        assert_eq!(
            change_in_json(&before, &after),
            r#"{"after":{"b":["x"]},"after_sensitive":{"b":[false]},"after_unknown":{"a":true,"b":[false]},"before":{"a":1,"s":null},"before_sensitive":{"s":true}}"#
        );
        assert_eq!(
            change_in_json(&Shown::Number("1".into()), &Shown::Null),
            r#"{"after":null,"after_sensitive":false,"after_unknown":false,"before":1,"before_sensitive":false}"#
        );
    }
}
