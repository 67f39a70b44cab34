//! Nodes as JSON text.

use lang::render::json_string;

use super::super::node::{Kind, Node};

/// The text of a node, its keys sorted and without blanks. What is unknown has no JSON and reads null.
pub(super) fn json(node: &Node) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

fn write(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Null | Kind::Unknown => out.push_str("null"),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(digits) => out.push_str(digits),
        Kind::String(text) => out.push_str(&json_string(text)),
        Kind::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Kind::Object(items) => {
            out.push('{');
            for (at, (key, item)) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&json_string(key));
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
    }
}
