//! `lifecycle { … }` of a resource.

use lang::Traversal;
use syntax::ast::{Block, Expr};

use super::condition::condition;
use super::content::{BodySchema, block, content, optional};
use super::expression::{constant_bool, keyword, reference_or_quoted, static_list};
use super::replace_trigger::triggers;
use super::sink::Sink;
use crate::address::{ResourceAddr, ResourceMode};
use crate::module::{Condition, Lifecycle};

const LIFECYCLE: BodySchema = BodySchema {
    attributes: &[
        optional("create_before_destroy"),
        optional("prevent_destroy"),
        optional("ignore_changes"),
        optional("replace_triggered_by"),
    ],
    blocks: &[block("precondition", &[]), block("postcondition", &[])],
};

/// Reads the block of a resource with that address.
pub(super) fn lifecycle_block(nested: &Block, addr: &ResourceAddr, sink: &mut Sink) -> Lifecycle {
    let content = content(nested, &LIFECYCLE, sink);
    let mut lifecycle = Lifecycle::default();
    if addr.mode != ResourceMode::Managed {
        let (what, whats) = match addr.mode {
            ResourceMode::Data => ("data", "data"),
            _ => ("ephemeral", "ephemeral"),
        };
        for attribute in LIFECYCLE.attributes.iter().filter_map(|known| content.attribute(known.name)) {
            sink.error(
                "invalid-lifecycle",
                format!("Invalid {what} resource lifecycle argument"),
                format!(
                    "The lifecycle argument {:?} is defined only for managed resources (\"resource\" blocks), and is \
                     not valid for {whats} resources.",
                    attribute.name.text.as_str()
                ),
                attribute.name.span,
            );
        }
    } else {
        let mut flag =
            |name| content.attribute(name).and_then(|attribute| constant_bool(&attribute.value, sink));
        lifecycle.create_before_destroy = flag("create_before_destroy");
        lifecycle.prevent_destroy = flag("prevent_destroy");
        if let Some(attribute) = content.attribute("ignore_changes") {
            lifecycle.ignore_all = keyword(&attribute.value) == Some("all");
            if !lifecycle.ignore_all {
                lifecycle.ignore_changes = ignore_changes(&attribute.value, sink);
            }
        }
        if let Some(attribute) = content.attribute("replace_triggered_by") {
            lifecycle.replace_triggered_by = triggers(&attribute.value, sink);
        }
    }
    let mut conditions = |kind: &'static str| -> Vec<Condition> {
        let blocks = content.blocks_of(kind);
        blocks
            .filter_map(|block| {
                let condition = condition(block, sink)?;
                check_self_reference(&condition, kind, addr, sink);
                Some(condition)
            })
            .collect()
    };
    lifecycle.preconditions = conditions("precondition");
    lifecycle.postconditions = conditions("postcondition");
    lifecycle
}

/// A list of paths to attributes of the resource. In it, `all` is an attribute like others.
fn ignore_changes(value: &Expr, sink: &mut Sink) -> Vec<lang::Expr> {
    let is_wildcard = |item: &&Expr| item.as_plain_string() == Some("*");
    let items = static_list(value, sink);
    let paths: Vec<lang::Expr> = items
        .iter()
        .filter(|item| !is_wildcard(item))
        .filter_map(|item| reference_or_quoted(item, sink))
        .collect();
    if let Some(wildcard) = items.iter().find(is_wildcard) {
        sink.error(
            "invalid-ignore-changes",
            "Invalid ignore_changes wildcard",
            "The [\"*\"] form of ignore_changes wildcard is was deprecated and is now invalid. Use \"ignore_changes = \
             all\" to ignore changes to all attributes.",
            value.span,
        );
        if items.len() > 1 {
            sink.error(
                "invalid-ignore-changes",
                "Invalid ignore_changes ruleset",
                "Cannot mix wildcard string \"*\" with non-wildcard references.",
                wildcard.span,
            );
        }
    }
    paths
}

/// `self.x` is how a postcondition reads its own resource; a precondition cannot read it at all.
fn check_self_reference(condition: &Condition, kind: &str, addr: &ResourceAddr, sink: &mut Sink) {
    for expr in [&condition.condition, &condition.error_message] {
        if expr.traversals().iter().any(|traversal| names(traversal, addr)) {
            sink.error(
                "self-reference",
                format!("Invalid reference in {kind}"),
                format!("Configuration for {addr} may not refer to itself."),
                expr.whole_span(),
            );
        }
    }
}

fn names(traversal: &Traversal, addr: &ResourceAddr) -> bool {
    let step = |index: usize, name: &str| traversal.attr(index).is_some_and(|step| step == name);
    match addr.mode {
        ResourceMode::Managed => {
            (traversal.root == addr.kind && step(0, &addr.name))
                || (traversal.root == "resource" && step(0, &addr.kind) && step(1, &addr.name))
        }
        ResourceMode::Data => traversal.root == "data" && step(0, &addr.kind) && step(1, &addr.name),
        ResourceMode::Ephemeral => {
            traversal.root == "ephemeral" && step(0, &addr.kind) && step(1, &addr.name)
        }
    }
}
