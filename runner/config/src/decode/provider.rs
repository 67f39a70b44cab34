//! `provider "name" { … }`, references to provider configurations, and maps of them.

use std::borrow::Cow;

use lang::{Step, StepKind, static_traversal};
use syntax::ast::{self, Block};
use syntax::{SmolStr, Span};

use super::body::lower_items;
use super::content::{BodySchema, block, items, missing_item_span, optional, partial_content};
use super::expression::{as_written, constant_string, is_broken, lower, static_map, unquoted};
use super::names::{IDENTIFIER_RULE, check_provider_name, is_identifier};
use super::resource::reserved_block;
use super::sink::{PLACE, Sink};
use crate::dialect::Feature;
use crate::module::{PassedProvider, ProviderConfig, ProviderKey, ProviderRef, ProviderUse};

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
    let for_each = content.attribute("for_each").filter(|_| sink.dialect().has(Feature::ProviderForEach));
    if let Some(attribute) = for_each.filter(|_| alias.is_none()) {
        needs_alias(attribute, sink);
    }
    let reserved = RESERVED.iter().filter(|name| for_each.is_none() || **name != "for_each");
    let tool = sink.dialect().tool;
    for attribute in reserved.filter_map(|name| content.attribute(name)) {
        sink.error(
            "reserved-argument",
            "Reserved argument name in provider block",
            format!(
                "The provider argument name {:?} is reserved for use by {tool} in a future version.",
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
        for_each: for_each.map(|attribute| lower(&attribute.value, sink)),
        versioned: content.attribute("version").is_some(),
        header: block.header_span(),
        span: block.span,
        body: lower_items(rest, missing_item_span(block), sink),
    })
}

/// Says that a configuration of which there are several has to have a name of its own.
pub(super) fn needs_alias(for_each: &ast::Attribute, sink: &mut Sink) {
    sink.error(
        "missing-alias",
        "Alias required when using \"for_each\"",
        "The for_each argument is allowed only for provider configurations with an alias.",
        for_each.value.span,
    );
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

/// `name`, `name.alias` or, where configurations may have instances, `name.alias[key]`; `argument` is what the message
/// calls the place.
pub(super) fn provider_use(expr: &ast::Expr, argument: &str, sink: &mut Sink) -> Option<ProviderUse> {
    let inner = unquoted(expr, sink);
    let expr = inner.as_ref().unwrap_or(expr);
    let whole = expr.span;
    let is_text = expr.as_json_text().is_some();
    let written = as_written(expr, sink);
    let expr = written.as_deref().unwrap_or(expr);
    let (named, key) = match sink.dialect().has(Feature::ProviderForEach) {
        true => without_key(expr, sink),
        false => (Cow::Borrowed(expr), None),
    };
    // A key that is none of these is a step too many.
    let most = if key.is_none() && sink.dialect().has(Feature::ProviderForEach) { 2 } else { 1 };
    let reference = configuration(&named, argument, (whole, most), sink)?;
    if key.is_some() && reference.alias.is_none() {
        invalid_reference(
            "Provider assignment requires an alias when specifying an instance key, in the form of \
             provider.name[instance_key]",
            named.span,
            sink,
        );
        return None;
    }
    // What stands in a JSON string is named by the place of that.
    let span = if is_text { whole } else { named.span };
    key.as_ref().is_none_or(|key| !is_broken(&key.value)).then_some(ProviderUse { reference, span, key })
}

/// A reference without the key at its end, and that.
fn without_key<'e>(expr: &'e ast::Expr, sink: &Sink) -> (Cow<'e, ast::Expr>, Option<ProviderKey>) {
    let ast::ExprKind::Access(access) = &expr.kind else { return (Cow::Borrowed(expr), None) };
    let Some((ast::Step::Index(index), before)) = access.steps.split_last() else {
        return (Cow::Borrowed(expr), None);
    };
    let value = lower(&index.key, sink);
    let is_literal = value.as_literal().is_some();
    let named = match before.last() {
        // Then the name itself is wrong.
        None if is_literal => return (Cow::Borrowed(expr), None),
        None => Cow::Borrowed(&access.object),
        Some(last) => Cow::Owned(ast::Expr {
            span: access.object.span.to(last.span()),
            kind: ast::ExprKind::Access(Box::new(ast::Access {
                object: access.object.clone(),
                steps: before.iter().cloned().collect(),
            })),
        }),
    };
    let span = if is_literal { expr.span } else { index.key.span };
    (named, Some(ProviderKey { value, span }))
}

/// `name` or `name.alias`. Of more than `most` steps it is no reference at all.
fn configuration(
    expr: &ast::Expr,
    argument: &str,
    (whole, most): (Span, usize),
    sink: &mut Sink,
) -> Option<ProviderRef> {
    // `null` is a constant everywhere else; here it is the name of a provider.
    if matches!(expr.kind, ast::ExprKind::Null) {
        return Some(ProviderRef { name: "null".into(), alias: None });
    }
    let lowered = lower(expr, sink);
    if is_broken(&lowered) {
        return None;
    }
    let traversal = static_traversal(&lowered).filter(|traversal| traversal.steps.len() <= most);
    let Some(traversal) = traversal else {
        let key = match sink.dialect().has(Feature::ProviderForEach) {
            true => " and optional instance key",
            false => "",
        };
        let detail = match expr.kind {
            ast::ExprKind::Template(_) => {
                "A provider configuration reference must not be given in quotes.".to_owned()
            }
            _ => format!(
                "The {argument} argument requires a provider type name, optionally followed by a period and then a \
                 configuration alias{key}."
            ),
        };
        invalid_reference(&detail, whole, sink);
        return None;
    };
    check_provider_name(&traversal.root, traversal.root_span, sink);
    let mut reference = ProviderRef { name: traversal.root.clone(), alias: None };
    let misplaced = |step: &Step, sink: &mut Sink| {
        invalid_reference(
            "Provider name must either stand alone or be followed by a period and then a configuration alias.",
            step.span,
            sink,
        );
    };
    if let Some(step) = traversal.steps.first() {
        let StepKind::Attr(alias) = &step.kind else {
            misplaced(step, sink);
            return None;
        };
        reference.alias = Some(alias.clone());
    }
    if let Some(step) = traversal.steps.get(1) {
        misplaced(step, sink);
        return None;
    }
    Some(reference)
}

fn invalid_reference(detail: &str, subject: Span, sink: &mut Sink) {
    sink.error("invalid-provider-reference", "Invalid provider configuration reference", detail, subject);
}

/// `providers = { child = parent.alias }` of a module call or a run.
pub(super) fn passed_providers(expr: &ast::Expr, sink: &mut Sink) -> Vec<PassedProvider> {
    let mut passed: Vec<PassedProvider> = Vec::new();
    for item in static_map(expr, sink) {
        let child = provider_use(&item.key, "providers", sink);
        let parent = provider_use(&item.value, "providers", sink);
        let (Some(child), Some(parent)) = (child, parent) else { continue };
        let span = item.key.span.to(item.value.span);
        if let Some(first) = passed.iter().find(|first| first.child.reference == child.reference) {
            sink.error_with_previous(
                "duplicate-provider-address",
                "Duplicate provider address",
                format!(
                    "A provider configuration was already passed to {} at {PLACE}. Each child provider \
                     configuration can be assigned only once.",
                    child.reference
                ),
                item.value.span,
                first.span,
            );
            continue;
        }
        passed.push(PassedProvider { child, parent, span });
    }
    passed
}
