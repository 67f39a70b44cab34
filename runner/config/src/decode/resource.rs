//! `resource`, `data` and `ephemeral` blocks: meta-arguments split off, the rest kept for the schema.

use std::borrow::Cow;

use lang::{Traversal, static_traversal};
use syntax::Span;
use syntax::ast::{Block, Expr, Item};

use super::body::lower_items;
use super::condition::condition;
use super::content::{BodySchema, block, content, items, missing_item_span, optional, partial_content};
use super::expression::{as_written, constant_bool, is_broken, keyword, lower, reference_list, static_list};
use super::names::{IDENTIFIER_RULE, is_identifier};
use super::provider::provider_reference;
use super::sink::{PLACE, Sink};
use crate::address::{ResourceAddr, ResourceMode};
use crate::module::{Condition, Lifecycle, Resource};
use crate::reference::{Grammar, parse_reference};

const RESOURCE: BodySchema = BodySchema {
    attributes: &[optional("count"), optional("for_each"), optional("provider"), optional("depends_on")],
    blocks: &[
        block("locals", &[]),
        block("lifecycle", &[]),
        block("connection", &[]),
        block("provisioner", &["type"]),
        block("_", &[]),
    ],
};

/// Data sources and ephemeral resources have no provisioners.
const READ_ONLY: BodySchema = BodySchema {
    attributes: RESOURCE.attributes,
    blocks: &[block("locals", &[]), block("lifecycle", &[]), block("_", &[])],
};

const LIFECYCLE: BodySchema = BodySchema {
    attributes: &[
        optional("create_before_destroy"),
        optional("prevent_destroy"),
        optional("ignore_changes"),
        optional("replace_triggered_by"),
    ],
    blocks: &[block("precondition", &[]), block("postcondition", &[])],
};

const PROVISIONER: BodySchema = BodySchema {
    attributes: &[optional("when"), optional("on_failure")],
    blocks: &[block("connection", &[]), block("lifecycle", &[])],
};

pub(super) fn resource(block: &Block, mode: ResourceMode, sink: &mut Sink) -> Option<Resource> {
    let [kind, name] = block.labels.as_slice() else { return None };
    let schema = if mode == ResourceMode::Managed { &RESOURCE } else { &READ_ONLY };
    let content = partial_content(block, schema, sink);
    let what = match mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data source",
        ResourceMode::Ephemeral => "ephemeral resource",
    };
    if !is_identifier(&kind.text) {
        let summary = match mode {
            ResourceMode::Managed => "Invalid resource type name".to_owned(),
            _ => format!("Invalid {what} name"),
        };
        sink.error("invalid-name", summary, IDENTIFIER_RULE, kind.span);
    }
    if !is_identifier(&name.text) {
        let summary = match mode {
            ResourceMode::Managed => "Invalid resource name".to_owned(),
            _ => format!("Invalid {what} resource name"),
        };
        sink.error("invalid-name", summary, IDENTIFIER_RULE, name.span);
    }
    let addr = ResourceAddr { mode, kind: kind.text.clone(), name: name.text.clone() };

    let count = content.attribute("count");
    let for_each = content.attribute("for_each");
    if let (Some(_), Some(for_each)) = (count, for_each) {
        count_and_for_each(for_each.name.span, sink);
    }
    let provider = content.attribute("provider").and_then(|attribute| {
        let (reference, _) = provider_reference(&attribute.value, "provider", sink)?;
        Some((reference, attribute.value.span))
    });
    let depends_on = content
        .attribute("depends_on")
        .map(|attribute| reference_list(&attribute.value, sink))
        .unwrap_or_default();

    let mut lifecycle = Lifecycle::default();
    let mut first_lifecycle: Option<Span> = None;
    let mut extra: Vec<Cow<'_, Item>> = Vec::new();
    for nested in &content.blocks {
        match nested.kind.text.as_str() {
            "lifecycle" => {
                if let Some(previous) = first_lifecycle {
                    sink.error_with_previous(
                        "duplicate-block",
                        "Duplicate lifecycle block",
                        format!("This resource already has a lifecycle block at {PLACE}."),
                        nested.header_span(),
                        previous,
                    );
                    continue;
                }
                first_lifecycle = Some(nested.header_span());
                lifecycle = lifecycle_block(nested, &addr, sink);
            }
            "provisioner" => provisioner(nested, sink),
            "locals" => {
                let place = match mode {
                    ResourceMode::Managed => "resource",
                    ResourceMode::Data => "data",
                    ResourceMode::Ephemeral => "ephemeral",
                };
                reserved_block("locals", place, nested.kind.span, sink);
            }
            // The escape for arguments whose names are taken by meta-arguments.
            "_" => extra.extend(items(&nested.body, sink)),
            _ => {}
        }
    }
    let rest = content.rest.iter().chain(&extra).map(AsRef::as_ref);
    Some(Resource {
        addr,
        mode,
        kind_span: kind.span,
        name_span: name.span,
        header: block.header_span(),
        span: block.span,
        count: count.map(|attribute| lower(&attribute.value, sink)),
        for_each: for_each.map(|attribute| lower(&attribute.value, sink)),
        provider,
        depends_on,
        lifecycle,
        body: lower_items(rest, missing_item_span(block), sink),
    })
}

pub(super) fn count_and_for_each(subject: Span, sink: &mut Sink) {
    sink.error(
        "count-and-for-each",
        "Invalid combination of \"count\" and \"for_each\"",
        "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be explicit \
         about the number of resources to be created.",
        subject,
    );
}

pub(super) fn reserved_block(name: &str, place: &str, subject: Span, sink: &mut Sink) {
    sink.error(
        "reserved-block",
        format!("Reserved block type name in {place} block"),
        format!("The block type name {name:?} is reserved for use by Terraform in a future version."),
        subject,
    );
}

fn lifecycle_block(nested: &Block, addr: &ResourceAddr, sink: &mut Sink) -> Lifecycle {
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
            lifecycle.ignore_changes = match keyword(&attribute.value) {
                Some("all") => {
                    as_written(&attribute.value, sink).iter().map(|all| lower(all, sink)).collect()
                }
                _ => reference_list(&attribute.value, sink),
            };
        }
        if let Some(attribute) = content.attribute("replace_triggered_by") {
            for item in static_list(&attribute.value, sink) {
                lifecycle.replace_triggered_by.extend(replace_trigger(item, sink));
            }
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

/// An entry of `replace_triggered_by`: a resource, perhaps with an index of `count.index` or `each.key`.
fn replace_trigger(item: &Expr, sink: &mut Sink) -> Option<lang::Expr> {
    let written = trigger_as_written(item, sink)?;
    let lowered = lower(&written, sink);
    if is_broken(&lowered) {
        return None;
    }
    let mut resources = 0;
    for traversal in lowered.traversals() {
        if let Err(diagnostic) = parse_reference(traversal, &sink.origin(), Grammar::Module) {
            sink.push(diagnostic);
            return None;
        }
        match traversal.root.as_str() {
            "count" | "each" => {}
            "var" | "local" | "module" | "path" | "terraform" | "self" | "data" | "ephemeral" => sink.error(
                "invalid-replace-trigger",
                "Invalid reference in replace_triggered_by expression",
                "Only resources, count.index, and each.key may be used in replace_triggered_by.",
                lowered.whole_span(),
            ),
            _ => resources += 1,
        }
    }
    if resources == 0 && !lowered.traversals().is_empty() {
        sink.error(
            "invalid-replace-trigger",
            "Invalid replace_triggered_by expression",
            "Missing resource reference in replace_triggered_by expression.",
            lowered.whole_span(),
        );
        return None;
    }
    match static_traversal(&lowered) {
        Some(_) => Some(lowered),
        // Constants name nothing, and Terraform passes over them.
        None if lowered.traversals().is_empty() => None,
        None => Some(lowered),
    }
}

/// A trigger in a JSON string is an expression like any other, and its syntax errors are reported.
fn trigger_as_written<'e>(item: &'e Expr, sink: &mut Sink) -> Option<Cow<'e, Expr>> {
    let Some(text) = item.as_json_text() else {
        if sink.origin().file.is_json() && !item.is_missing() {
            sink.error(
                "invalid-replace-trigger",
                "Invalid reference expression",
                "A single reference string is required.",
                item.span,
            );
            return None;
        }
        return Some(Cow::Borrowed(item));
    };
    let parsed = text.expression(&sink.origin().file);
    let broken = parsed.diagnostics.iter().any(syntax::Diagnostic::is_error);
    parsed.diagnostics.into_iter().for_each(|diagnostic| sink.push(diagnostic));
    (!broken).then_some(Cow::Owned(parsed.tree))
}

fn provisioner(nested: &Block, sink: &mut Sink) {
    let content = partial_content(nested, &PROVISIONER, sink);
    let mut one_of = |name: &'static str, allowed: [&str; 2]| {
        let Some(attribute) = content.attribute(name) else { return };
        if attribute.value.is_missing() {
            return;
        }
        if !keyword(&attribute.value).is_some_and(|word| allowed.contains(&word)) {
            let [first, second] = allowed;
            sink.error(
                "invalid-keyword",
                format!("Invalid {name:?} keyword"),
                format!("The {name:?} argument requires one of the following keywords: {first} or {second}."),
                attribute.value.span,
            );
        }
    };
    one_of("when", ["create", "destroy"]);
    one_of("on_failure", ["continue", "fail"]);
}
