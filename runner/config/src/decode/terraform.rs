//! `terraform { … }`: required versions and providers, and where state is kept.

use std::sync::Arc;

use lang::{StepKind, Type, static_traversal};
use syntax::ast::{Attribute, Block, Expr, ExprKind};
use syntax::{SmolStr, Span};

use super::ModuleDeclaration;
use super::call::version_constraint;
use super::content::{BodySchema, Content, block, content, just_attributes, optional};
use super::expression::{keyword, reference, static_list};
use super::names::{check_provider_name, misnamed_part};
use super::provider_source::provider_source;
use super::sink::{PLACE, Sink};
use crate::dialect::{Dialect, Feature};
use crate::module::{ProviderRef, RequiredProvider, RequiredVersion};

const TERRAFORM: BodySchema = BodySchema {
    attributes: &[optional(REQUIRED_VERSION), optional("experiments"), optional("language")],
    blocks: &[
        block("backend", &["type"]),
        block("cloud", &[]),
        block("required_providers", &[]),
        block("provider_meta", &["provider"]),
    ],
};

pub(crate) const REQUIRED_VERSION: &str = "required_version";
pub(super) const COMPATIBLE: &str = "opentofu";

pub(super) fn terraform(block: &Block, out: &mut Vec<ModuleDeclaration>, sink: &mut Sink) {
    let content = content(block, &TERRAFORM, sink);
    if let Some(attribute) = content.attribute(REQUIRED_VERSION)
        && let Some(text) = version_constraint(REQUIRED_VERSION, &attribute.value, sink)
    {
        out.push(required_version(REQUIRED_VERSION, text, attribute));
    }
    let tool = sink.dialect().tool;
    // Where there is a block for them, they are what another tool is told.
    let for_others = sink.dialect().has(Feature::LanguageBlock);
    if let Some(attribute) = content.attribute("experiments").filter(|_| !for_others) {
        sink.error(
            "experiments",
            "Module uses experimental features",
            format!(
                "Experimental features are intended only for gathering early feedback on new language designs, and so \
                 are available only in alpha releases of {tool}."
            ),
            attribute.name.span,
        );
    }
    if let Some(attribute) = content.attribute("language").filter(|_| !for_others) {
        language(&attribute.value, sink);
    }
    out.extend(content.blocks_of("backend").map(|nested| ModuleDeclaration::Backend(nested.header_span())));
    out.extend(content.blocks_of("cloud").map(|nested| ModuleDeclaration::Cloud(nested.header_span())));
    provider_metas(&content, sink, out);
    for nested in content.blocks_of("required_providers") {
        out.push(ModuleDeclaration::RequiredProviders(nested.header_span()));
        for attribute in just_attributes(&nested.body, sink) {
            if let Some(provider) = required_provider(&attribute, sink) {
                out.push(ModuleDeclaration::RequiredProvider(Arc::new(provider)));
            }
        }
    }
}

fn required_version(argument: &'static str, constraint: SmolStr, attribute: &Attribute) -> ModuleDeclaration {
    let required = RequiredVersion { argument, constraint, span: attribute.span };
    ModuleDeclaration::RequiredVersion(Arc::new(required))
}

fn required_provider(attribute: &Attribute, sink: &mut Sink) -> Option<RequiredProvider> {
    let mut provider = RequiredProvider {
        name: attribute.name.text.clone(),
        source: None,
        version: None,
        name_span: attribute.name.span,
        value_span: attribute.value.span,
        span: attribute.span,
        aliases: Vec::new(),
        alias_spans: Vec::new(),
    };
    let items = match &attribute.value.kind {
        ExprKind::Object(items) => items,
        ExprKind::Missing => return Some(provider),
        // The old form: a version alone.
        _ if is_text(&attribute.value, Type::is_primitive, sink) => {
            provider.version = version(&attribute.value, sink);
            if let Some(fault) = misnamed_part(&provider.name) {
                let place = attribute.value.span;
                sink.error("invalid-provider-name", "Invalid provider name", fault, place);
            }
            return Some(provider);
        }
        _ if !check_provider_name(&attribute.name.text, attribute.value.span, sink) => return Some(provider),
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
    if !check_provider_name(&attribute.name.text, attribute.value.span, sink) {
        return Some(provider);
    }
    for item in items {
        let key = item.key.as_plain_string().or_else(|| item.key.as_keyword());
        match key {
            Some("version")
                if item.value.is_missing() || is_text(&item.value, |ty| *ty == Type::String, sink) =>
            {
                provider.version = version(&item.value, sink)
            }
            Some("version") => sink.error(
                "invalid-version",
                "Invalid version constraint",
                "Version must be specified as a string.",
                item.value.span,
            ),
            Some("source") => provider.source = provider_source(&item.value, sink),
            Some("configuration_aliases") => {
                (provider.aliases, provider.alias_spans) = aliases(&provider.name, &item.value, sink);
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

fn version(expr: &Expr, sink: &mut Sink) -> Option<SmolStr> {
    version_constraint("version", expr, sink)
}

/// Whether a constant of such a type stands there. What is wrong with a template is said where it is read.
fn is_text(expr: &Expr, is_suitable: fn(&Type) -> bool, sink: &Sink) -> bool {
    if matches!(expr.kind, ExprKind::String(_) | ExprKind::Template(_) | ExprKind::JsonString(_)) {
        return true;
    }
    let value = lang::constant(expr, &sink.origin(), &mut Vec::new());
    value.is_some_and(|value| !value.is_null() && is_suitable(&value.ty()))
}

/// The names under which a module wants to be given more configurations of a provider.
fn aliases(name: &str, value: &Expr, sink: &mut Sink) -> (Vec<ProviderRef>, Vec<Span>) {
    let (mut aliases, mut places) = (Vec::new(), Vec::new());
    let mut told = false;
    for item in static_list(value, sink) {
        let Some(expr) = reference(item, sink) else { continue };
        let Some(traversal) = static_traversal(&expr) else { continue };
        let alias = match traversal.steps.as_slice() {
            [] => None,
            // What stands behind the alias is passed over.
            [step, ..] if matches!(step.kind, StepKind::Attr(_)) => traversal.attr(0).cloned(),
            _ => {
                if !std::mem::replace(&mut told, true) {
                    let detail = "Configuration aliases can only contain references to local provider configuration \
                                  names in the format of provider.alias";
                    wrong_alias(detail.to_owned(), value, sink);
                }
                continue;
            }
        };
        if traversal.root != name {
            let detail = format!(
                "Configuration aliases must be prefixed with the provider name. Expected {}, but found {}.",
                lang::quote(name),
                lang::quote(&traversal.root)
            );
            wrong_alias(detail, value, sink);
            continue;
        }
        aliases.push(ProviderRef { name: traversal.root.clone(), alias });
        places.push(item.span);
    }
    (aliases, places)
}

fn wrong_alias(detail: String, value: &Expr, sink: &mut Sink) {
    sink.error("invalid-provider-alias", "Invalid configuration_aliases value", detail, value.span);
}

/// There is one edition so far, which need not be named.
fn language(value: &Expr, sink: &mut Sink) {
    const EDITION: &str = "TF2021";
    let dialect = sink.dialect();
    let Dialect { tool, version } = dialect;
    let (summary, detail) = match keyword(value) {
        Some(EDITION) => return,
        _ if value.is_missing() => return,
        Some(other) => (
            "Unsupported language edition",
            format!(
                "{tool} v{version} only supports language edition {EDITION}. This module requires a {} version of \
                 {tool} CLI.",
                if other < EDITION { "different" } else { "newer" }
            ),
        ),
        None => (
            "Invalid language edition",
            format!(
                "The language argument expects a bare language edition keyword. {dialect} supports only \
                 language edition {EDITION}, which is the default."
            ),
        ),
    };
    sink.error("language-edition", summary, detail, value.span);
}

/// What modules tell providers about themselves.
fn provider_metas(content: &Content<'_>, sink: &mut Sink, out: &mut Vec<ModuleDeclaration>) {
    let metas: Vec<_> = content.blocks_of("provider_meta").collect();
    for (index, again) in metas.iter().enumerate() {
        let Some(label) = again.labels.first() else { continue };
        let name = &label.text;
        out.push(ModuleDeclaration::ProviderMeta(name.clone(), label.span));
        if let Some(first) =
            metas.iter().take(index).find(|first| first.labels.first().is_some_and(|it| it.text == *name))
        {
            sink.error_with_previous(
                "duplicate-block",
                "Duplicate provider_meta block",
                format!(
                    "A provider_meta block for provider {} was already declared at {PLACE}. Providers may only have one \
                     provider_meta block per module.",
                    lang::quote(name)
                ),
                again.header_span(),
                first.header_span(),
            );
        }
    }
}
