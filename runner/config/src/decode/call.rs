//! `module "name" { … }`.

use indexmap::IndexMap;
use lang::expr::Node;
use syntax::SmolStr;
use syntax::ast::{Block, Expr, Item};

use super::body::lower_attribute;
use super::content::{BodySchema, block, items, missing_item_span, optional, partial_content, required};
use super::expression::{constant, constant_string, lower, reference_list};
use super::names::check_identifier;
use super::provider::passed_providers;
use super::resource::{count_and_for_each, reserved_block};
use super::sink::Sink;
use crate::dialect::Feature;
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

    let early = |name| Some(lower(&content.attribute(name)?.value, sink)).filter(|expr| is_early(expr, sink));
    let is_early = early("source").is_some() || early("version").is_some();
    let expr = |name| Some(lower(&content.attribute(name).filter(|_| is_early)?.value, sink));
    let (source_expr, version_expr) = (expr("source"), expr("version"));
    let version = content.attribute("version").filter(|_| !is_early).and_then(|attribute| {
        Some((version_constraint("version", &attribute.value, sink)?, attribute.value.span))
    });
    let mut source = None;
    if let Some(attribute) = content.attribute("source").filter(|_| !is_early)
        && let Some(text) = constant_string(&attribute.value, sink)
    {
        let versioned = content.attribute("version").is_some();
        let address = ModuleAddress::parse(&text, versioned, sink.dialect().tool);
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
    let json = block.body.json.is_some();
    let mut escaped = Vec::new();
    for nested in content.blocks_of("_") {
        escaped.extend(items(&nested.body, sink));
    }
    for item in content.rest.iter().chain(&escaped) {
        match item.as_ref() {
            Item::Attribute(attribute) if attribute.equals.is_none() => {}
            Item::Attribute(attribute) => {
                arguments
                    .entry(attribute.name.text.clone())
                    .or_insert_with(|| lower_attribute(attribute, json, sink));
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
        source_expr,
        version_expr,
        source_taken_from: None,
        count: count.map(|attribute| lower(&attribute.value, sink)),
        for_each: for_each.map(|attribute| lower(&attribute.value, sink)),
        depends_on,
        providers: content.attribute("providers").map(|attribute| lower(&attribute.value, sink)),
        passed_providers: passed,
        arguments,
        blocks,
        missing_item_span: missing_item_span(block),
        overridden: false,
    })
}

/// Whether an argument is more than a text, where it may be.
fn is_early(expr: &lang::Expr, sink: &Sink) -> bool {
    let calls = || expr.nodes().any(|(_, node)| matches!(node, Node::Call(_)));
    sink.dialect().has(Feature::EarlySources) && (!expr.traversals().is_empty() || calls())
}

/// The text of a version constraint; `argument` is what it is given for. `None` when there is none, or it is wrong and an
/// error says so.
pub(super) fn version_constraint(argument: &str, expr: &Expr, sink: &mut Sink) -> Option<SmolStr> {
    if expr.is_missing() {
        return None;
    }
    let value = constant(expr, sink)?;
    let Ok(text) = lang::convert(&value, &lang::Type::String) else {
        invalid_version(format!("A string value is required for {argument}."), expr, sink);
        return None;
    };
    let text = SmolStr::new(text.as_str()?);
    if Constraint::parse(&text).is_none() {
        let detail = "This string does not use correct version constraint syntax.";
        invalid_version(detail.to_owned(), expr, sink);
        return None;
    }
    Some(text)
}

fn invalid_version(detail: String, expr: &Expr, sink: &mut Sink) {
    sink.error("invalid-version", "Invalid version constraint", detail, expr.span);
}
