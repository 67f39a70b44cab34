//! `provider "name" { … }`, references to provider configurations, and maps of them.

use lang::{Expr, StepKind, static_traversal};
use syntax::ast::{self, Block};
use syntax::{SmolStr, Span};

use super::body::lower_items;
use super::content::{BodySchema, block, items, missing_item_span, optional, partial_content};
use super::expression::{as_written, constant_string, is_broken, lower, static_map, unquoted};
use super::names::{IDENTIFIER_RULE, check_provider_name, is_identifier};
use super::resource::reserved_block;
use super::sink::{PLACE, Sink};
use crate::module::{PassedProvider, ProviderConfig, ProviderRef};

const PROVIDER: BodySchema = BodySchema {
    attributes: &[
        optional("alias"),
        optional("version"),
        optional("count"),
        optional("depends_on"),
        optional("for_each"),
        optional("source"),
    ],
    blocks: &[block("_", &[]), block("lifecycle", &[]), block("locals", &[])],
};

const RESERVED: &[&str] = &["count", "depends_on", "for_each", "source"];

/// Reads a provider block; the caller says what it thinks of `version`.
pub(super) fn provider(block: &Block, sink: &mut Sink) -> Option<ProviderConfig> {
    provider_with(block, sink, deprecated_version)
}

pub(super) fn deprecated_version(version: Span, sink: &mut Sink) {
    let tool = sink.dialect().tool;
    sink.warning(
        "deprecated-provider-version",
        "Version constraints inside provider configuration blocks are deprecated",
        format!(
            "{tool} 0.13 and earlier allowed provider version constraints inside the provider configuration block, but \
             that is now deprecated and will be removed in a future version of {tool}. To silence this warning, move \
             the provider version constraint into the required_providers block."
        ),
        version,
    );
}

pub(super) fn provider_with(
    block: &Block,
    sink: &mut Sink,
    version: impl FnOnce(Span, &mut Sink),
) -> Option<ProviderConfig> {
    let label = block.labels.first()?;
    let content = partial_content(block, &PROVIDER, sink);
    check_provider_name(&label.text, block.header_span(), sink);
    let alias = content.attribute("alias").and_then(|attribute| alias(attribute, sink));
    if let Some(attribute) = content.attribute("version") {
        version(attribute.value.span, sink);
    }
    for attribute in RESERVED.iter().filter_map(|name| content.attribute(name)) {
        sink.error(
            "reserved-argument",
            "Reserved argument name in provider block",
            format!(
                "The provider argument name {:?} is reserved for use by Terraform in a future version.",
                attribute.name.text.as_str()
            ),
            attribute.name.span,
        );
    }
    for nested in content.blocks.iter().filter(|nested| nested.kind.text != "_") {
        reserved_block(&nested.kind.text, "provider", nested.kind.span, sink);
    }
    let mut escaped = Vec::new();
    for nested in content.blocks_of("_") {
        escaped.extend(items(&nested.body, sink));
    }
    let rest = content.rest.iter().chain(&escaped).map(AsRef::as_ref);
    Some(ProviderConfig {
        name: label.text.clone(),
        name_span: label.span,
        alias_span: content.attribute("alias").map(|it| it.value.span).filter(|_| alias.is_some()),
        alias,
        versioned: content.attribute("version").is_some(),
        header: block.header_span(),
        span: block.span,
        body: lower_items(rest, missing_item_span(block), sink),
    })
}

/// An alias must be a constant identifier. Terraform's error about a bad one names no place.
pub(super) fn alias(attribute: &ast::Attribute, sink: &mut Sink) -> Option<SmolStr> {
    if attribute.value.is_missing() {
        return None;
    }
    let alias = constant_string(&attribute.value, sink).unwrap_or_default();
    if !is_identifier(&alias) {
        sink.push(
            syntax::Diagnostic::error(
                "Invalid provider configuration alias",
                format!("An alias must be a valid name. {IDENTIFIER_RULE}"),
            )
            .with_code("invalid-name"),
        );
    }
    // Without one that could be read, the block counts as one that has none.
    Some(alias).filter(|alias| !alias.is_empty())
}

/// `name` or `name.alias`; `argument` is what the message calls the place.
pub(super) fn provider_reference(
    expr: &ast::Expr,
    argument: &str,
    sink: &mut Sink,
) -> Option<(ProviderRef, Expr)> {
    let inner = unquoted(expr, sink);
    let expr = inner.as_ref().unwrap_or(expr);
    let whole = expr.span;
    let written = as_written(expr, sink);
    let expr = written.as_deref().unwrap_or(expr);
    let lowered = lower(expr, sink);
    // `null` is a constant everywhere else; here it is the name of a provider.
    if matches!(expr.kind, ast::ExprKind::Null) {
        return Some((ProviderRef { name: "null".into(), alias: None }, lowered));
    }
    if is_broken(&lowered) {
        return None;
    }
    let traversal = static_traversal(&lowered).filter(|traversal| traversal.steps.len() <= 1);
    let Some(traversal) = traversal else {
        let detail = match expr.kind {
            ast::ExprKind::Template(_) => {
                "A provider configuration reference must not be given in quotes.".to_owned()
            }
            _ => format!(
                "The {argument} argument requires a provider type name, optionally followed by a period and then a \
                 configuration alias."
            ),
        };
        invalid_reference(&detail, whole, sink);
        return None;
    };
    check_provider_name(&traversal.root, traversal.root_span, sink);
    let mut reference = ProviderRef { name: traversal.root.clone(), alias: None };
    if let Some(step) = traversal.steps.first() {
        let StepKind::Attr(alias) = &step.kind else {
            invalid_reference(
                "Provider name must either stand alone or be followed by a period and then a configuration alias.",
                step.span,
                sink,
            );
            return None;
        };
        reference.alias = Some(alias.clone());
    }
    Some((reference, lowered))
}

fn invalid_reference(detail: &str, subject: Span, sink: &mut Sink) {
    sink.error("invalid-provider-reference", "Invalid provider configuration reference", detail, subject);
}

/// `providers = { child = parent.alias }` of a module call or a run.
pub(super) fn passed_providers(expr: &ast::Expr, sink: &mut Sink) -> Vec<PassedProvider> {
    let mut passed: Vec<PassedProvider> = Vec::new();
    for item in static_map(expr, sink) {
        let key = provider_reference(&item.key, "providers", sink);
        let value = provider_reference(&item.value, "providers", sink);
        let (Some((child, _)), Some((parent, _))) = (key, value) else { continue };
        let span = item.key.span.to(item.value.span);
        if let Some(first) = passed.iter().find(|first| first.child == child) {
            sink.error_with_previous(
                "duplicate-provider-address",
                "Duplicate provider address",
                format!(
                    "A provider configuration was already passed to {child} at {PLACE}. Each child provider \
                     configuration can be assigned only once."
                ),
                item.value.span,
                first.span,
            );
            continue;
        }
        passed.push(PassedProvider {
            child,
            child_span: item.key.span,
            parent,
            parent_span: item.value.span,
            span,
        });
    }
    passed
}
