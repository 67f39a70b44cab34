//! `terraform { … }`: required versions and providers, and where state is kept.

use std::sync::Arc;

use lang::static_traversal;
use syntax::SmolStr;
use syntax::ast::{Attribute, Block, Expr, ExprKind};

use super::ModuleDeclaration;
use super::call::version_constraint;
use super::content::{BodySchema, block, content, just_attributes, optional};
use super::expression::{reference, static_list};
use super::names::check_provider_name;
use super::sink::Sink;
use crate::module::{ProviderRef, RequiredProvider};

const TERRAFORM: BodySchema = BodySchema {
    attributes: &[optional("required_version"), optional("experiments"), optional("language")],
    blocks: &[
        block("backend", &["type"]),
        block("cloud", &[]),
        block("required_providers", &[]),
        block("provider_meta", &["provider"]),
    ],
};

pub(super) fn terraform(block: &Block, out: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    let content = content(block, &TERRAFORM, sink);
    if let Some(attribute) = content.attribute("required_version")
        && let Some(text) = version_constraint("required_version", &attribute.value, sink)
    {
        out.push(ModuleDeclaration::RequiredVersion(Arc::new((text, attribute.span))));
    }
    for nested in content.blocks_of("required_providers") {
        out.push(ModuleDeclaration::RequiredProviders(nested.header_span()));
        for attribute in just_attributes(&nested.body, sink) {
            if let Some(provider) = required_provider(&attribute, sink) {
                out.push(ModuleDeclaration::RequiredProvider(Arc::new(provider)));
            }
        }
    }
}

fn required_provider(attribute: &Attribute, sink: &mut Sink) -> Option<RequiredProvider> {
    let mut provider = RequiredProvider {
        name: attribute.name.text.clone(),
        source: None,
        version: None,
        name_span: attribute.name.span,
        value_span: attribute.value.span,
        configuration_aliases: Vec::new(),
        span: attribute.span,
    };
    let items = match &attribute.value.kind {
        ExprKind::Object(items) => items,
        ExprKind::Missing => return Some(provider),
        // The old form: a version alone.
        ExprKind::String(_)
        | ExprKind::Template(_)
        | ExprKind::JsonString(_)
        | ExprKind::Number(_)
        | ExprKind::Bool(_) => {
            provider.version = version(&attribute.value, sink);
            return Some(provider);
        }
        _ => {
            sink.error(
                "invalid-required-provider",
                "Invalid required_providers object",
                "required_providers entries must be strings or objects.",
                attribute.value.span,
            );
            return Some(provider);
        }
    };
    check_provider_name(&attribute.name.text, attribute.value.span, sink);
    for item in items {
        let key = item.key.as_plain_string().or_else(|| item.key.as_keyword());
        match key {
            Some("version") => provider.version = version(&item.value, sink),
            Some("source") => provider.source = source(&item.value, sink),
            Some("configuration_aliases") => {
                provider.configuration_aliases = aliases(&provider.name, &item.value, sink);
            }
            _ if item.key.is_missing() => {}
            _ => {
                sink.error(
                    "invalid-required-provider",
                    "Invalid required_providers object",
                    "required_providers objects can only contain \"version\", \"source\" and \
                     \"configuration_aliases\" attributes. To configure a provider, use a \"provider\" block.",
                    item.key.span,
                );
                break;
            }
        }
    }
    Some(provider)
}

/// The configurations of the provider `name` that a module expects.
fn aliases(name: &SmolStr, expr: &Expr, sink: &mut Sink) -> Vec<ProviderRef> {
    let mut aliases = Vec::new();
    for item in static_list(expr, sink) {
        let Some(lowered) = reference(item, sink) else { continue };
        let Some(traversal) = static_traversal(&lowered) else { continue };
        if traversal.root != *name {
            sink.error(
                "invalid-configuration-alias",
                "Invalid configuration_aliases value",
                format!(
                    "Configuration aliases must be prefixed with the provider name. Expected \"{name}\", but found \
                     \"{}\".",
                    traversal.root
                ),
                expr.span,
            );
            continue;
        }
        aliases.push(ProviderRef { name: name.clone(), alias: traversal.attr(0).cloned() });
    }
    aliases
}

fn version(expr: &Expr, sink: &mut Sink) -> Option<SmolStr> {
    version_constraint("version", expr, sink)
}

fn source(expr: &Expr, sink: &mut Sink) -> Option<SmolStr> {
    if expr.is_missing() {
        return None;
    }
    let Some(text) = expr.as_plain_string() else {
        sink.error(
            "invalid-provider-source",
            "Invalid source",
            "Source must be specified as a string.",
            expr.span,
        );
        return None;
    };
    let parts: Vec<&str> = text.split('/').collect();
    if !(1..=3).contains(&parts.len()) || parts.iter().any(|part| part.is_empty()) {
        sink.error(
            "invalid-provider-source",
            "Invalid provider source string",
            "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"",
            expr.span,
        );
        return None;
    }
    Some(text.into())
}
