//! `module "name" { … }`.

use indexmap::IndexMap;
use lang::lower;
use syntax::SmolStr;
use syntax::ast::{Block, Item};

use super::body::lower_attribute;
use super::content::{BodySchema, block, missing_item_span, optional, partial_content, required};
use super::expression::{constant_string, reference_list};
use super::names::check_identifier;
use super::provider::passed_providers;
use super::resource::{count_and_for_each, reserved_block};
use super::sink::Sink;
use crate::module::ModuleCall;
use crate::source::ModuleAddress;
use crate::version::Constraint;

const CALL: BodySchema = BodySchema {
    attributes: &[
        required("source"),
        optional("version"),
        optional("count"),
        optional("for_each"),
        optional("depends_on"),
        optional("providers"),
    ],
    blocks: &[block("_", &[]), block("locals", &[]), block("lifecycle", &[]), block("provider", &["type"])],
};

pub(super) fn module_call(block: &Block, sink: &mut Sink) -> Option<ModuleCall> {
    let label = block.labels.first()?;
    let content = partial_content(block, &CALL, sink);
    check_identifier(label, "module instance", sink);

    let version = content.attribute("version").and_then(|attribute| {
        let text = constant_string(&attribute.value, sink)?;
        check_version(&text, attribute.value.span, sink).then_some((text, attribute.value.span))
    });
    let mut source = None;
    if let Some(attribute) = content.attribute("source")
        && let Some(text) = constant_string(&attribute.value, sink)
    {
        let versioned = content.attribute("version").is_some();
        let address = ModuleAddress::parse(&text, versioned);
        match address.problem() {
            Some((summary, detail)) => {
                sink.error("invalid-module-source", summary, detail, attribute.value.span);
            }
            None => source = Some((text, attribute.value.span)),
        }
    }
    let count = content.attribute("count");
    let for_each = content.attribute("for_each");
    if let (Some(_), Some(for_each)) = (count, for_each) {
        count_and_for_each(for_each.name.span, sink);
    }
    let depends_on = content
        .attribute("depends_on")
        .map(|attribute| reference_list(&attribute.value, sink))
        .unwrap_or_default();
    let passed = content
        .attribute("providers")
        .map(|attribute| passed_providers(&attribute.value, sink))
        .unwrap_or_default();
    for nested in &content.blocks {
        if matches!(nested.kind.text.as_str(), "locals" | "lifecycle" | "provider") {
            reserved_block(&nested.kind.text, "module", nested.kind.span, sink);
        }
    }

    let mut arguments: IndexMap<SmolStr, _> = IndexMap::new();
    let mut blocks = Vec::new();
    let escaped = content.blocks_of("_").flat_map(|nested| nested.body.items.iter());
    for item in content.rest.iter().copied().chain(escaped) {
        match item {
            Item::Attribute(attribute) if attribute.equals.is_none() => {}
            Item::Attribute(attribute) => {
                arguments.entry(attribute.name.text.clone()).or_insert_with(|| lower_attribute(attribute));
            }
            Item::Block(nested) if nested.open_brace.is_none() => {}
            Item::Block(nested) => blocks.push((nested.kind.text.clone(), nested.kind.span)),
        }
    }
    Some(ModuleCall {
        name: label.text.clone(),
        name_span: label.span,
        header: block.header_span(),
        span: block.span,
        source,
        version,
        count: count.map(|attribute| lower(&attribute.value)),
        for_each: for_each.map(|attribute| lower(&attribute.value)),
        depends_on,
        providers: content.attribute("providers").map(|attribute| lower(&attribute.value)),
        passed_providers: passed,
        arguments,
        blocks,
        missing_item_span: missing_item_span(block),
    })
}

/// Reports a version constraint that is not one.
pub(super) fn check_version(text: &str, span: syntax::Span, sink: &mut Sink) -> bool {
    let valid = Constraint::parse(text).is_some();
    if !valid {
        sink.error(
            "invalid-version",
            "Invalid version constraint",
            "This string does not use correct version constraint syntax.",
            span,
        );
    }
    valid
}
