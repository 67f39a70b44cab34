//! `resource`, `data` and `ephemeral` blocks: meta-arguments split off, the rest kept for the schema.

use std::borrow::Cow;

use syntax::Span;
use syntax::ast::{Block, Item};

use super::body::lower_items;
use super::content::{BodySchema, block, items, missing_item_span, optional, partial_content};
use super::expression::{lower, reference_list};
use super::lifecycle::lifecycle_block;
use super::names::{IDENTIFIER_RULE, is_identifier};
use super::provider::provider_use;
use super::provisioner;
use super::sink::{PLACE, Sink};
use crate::address::{ResourceAddr, ResourceMode};
use crate::module::{Lifecycle, Resource};

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

pub(super) fn resource(block: &Block, mode: ResourceMode, sink: &mut Sink) -> Option<Resource> {
    decode(block, mode, false, sink)
}

/// The data source of a check block, which manages its lifecycle. There is one of it.
pub(super) fn nested_data(block: &Block, sink: &mut Sink) -> Option<Resource> {
    decode(block, ResourceMode::Data, true, sink)
}

fn decode(block: &Block, mode: ResourceMode, in_check: bool, sink: &mut Sink) -> Option<Resource> {
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
            ResourceMode::Managed => "Invalid resource name",
            ResourceMode::Data => "Invalid data source resource name",
            ResourceMode::Ephemeral => "Invalid ephemeral resource name",
        };
        sink.error("invalid-name", summary, IDENTIFIER_RULE, name.span);
    }
    let addr = ResourceAddr { mode, kind: kind.text.clone(), name: name.text.clone() };

    let count = content.attribute("count");
    let for_each = content.attribute("for_each");
    if in_check {
        for attribute in [count, for_each].into_iter().flatten() {
            let name = &attribute.name.text;
            sink.error(
                "nested-data",
                format!("Invalid \"{name}\" attribute"),
                "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.",
                attribute.name.span,
            );
        }
    } else if let (Some(_), Some(for_each)) = (count, for_each) {
        count_and_for_each(for_each.name.span, sink);
    }
    let provider =
        content.attribute("provider").and_then(|attribute| provider_use(&attribute.value, "provider", sink));
    let depends_on = content
        .attribute("depends_on")
        .map(|attribute| reference_list(&attribute.value, sink))
        .unwrap_or_default();

    let mut lifecycle = Lifecycle::default();
    let mut first_lifecycle: Option<Span> = None;
    let (mut connection, mut provisioners) = (None, Vec::new());
    let mut extra: Vec<Cow<'_, Item>> = Vec::new();
    for nested in &content.blocks {
        match nested.kind.text.as_str() {
            "lifecycle" => {
                if in_check {
                    sink.error(
                        "nested-data",
                        "Invalid lifecycle block",
                        "Nested data blocks do not support \"lifecycle\" blocks as the lifecycle is managed by the \
                         containing block.",
                        nested.header_span(),
                    );
                }
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
            "provisioner" => {
                let provisioner = provisioner::provisioner(nested, sink);
                provisioner.iter().for_each(|it| provisioner::check_references(it, sink));
                provisioners.extend(provisioner);
            }
            "connection" => provisioner::only_connection(nested, "resource", &mut connection, sink),
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
    provisioner::resource_connection(connection.as_ref(), &provisioners, sink);
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
        connection,
        provisioners,
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
    let tool = sink.dialect().tool;
    sink.error(
        "reserved-block",
        format!("Reserved block type name in {place} block"),
        format!("The block type name {name:?} is reserved for use by {tool} in a future version."),
        subject,
    );
}
