//! Where OpenTofu reads mocks and overrides in its own way, and in words of its own. (From its sources, 1.8 to 1.12.)

use std::collections::HashSet;
use std::hash::Hash;

use lang::{Expr, StepKind, static_traversal};
use syntax::ast::{Attribute, ExprKind};

use super::expression::{constant, is_broken};
use super::sink::Sink;
use crate::target::Target;
use crate::test_file::{MockProvider, OverrideKind};

/// The address that an override targets: a resource or a module, never an instance of one. Which kind of resource it is
/// is found out when a run uses it.
pub(super) fn target(kind: OverrideKind, expr: &Expr, sink: &mut Sink) -> Option<Target> {
    let traversal = static_traversal(expr).filter(|_| !is_broken(expr))?;
    let (target, rest) = match Target::beginning(traversal) {
        Ok(found) => found,
        Err(error) => {
            sink.error("invalid-address", error.summary, error.detail, error.span);
            return None;
        }
    };
    let is_key = |kind: &StepKind| matches!(kind, StepKind::Key(_) | StepKind::Number(_));
    let key = traversal.steps.iter().position(|step| is_key(&step.kind));
    // Every module of the path is two names: `module`, which may be the root, and its own.
    let of_module = 2 * target.module.0.iter().count();
    let key_span = key.and_then(|key| traversal.steps.get(key)).map(|step| step.span);
    let refused = match (&target.resource, kind) {
        _ if key.is_some_and(|key| key < of_module) => (
            "Module instance address with keys is not allowed",
            "Module address cannot be a module instance (e.g. \"module.a[0]\"), it must be a module instead (e.g. \
             \"module.a\").",
            key_span,
        ),
        (Some(_), OverrideKind::Module) => (
            "Module address expected",
            "It's not allowed to reference anything other than module here.",
            match of_module.checked_sub(1) {
                None => Some(traversal.root_span),
                Some(index) => traversal.steps.get(index).map(|step| step.span),
            },
        ),
        (None, OverrideKind::Resource | OverrideKind::Data) => (
            "Module address is not allowed",
            "Expected reference to either resource or data block. Provided reference appears to be a module.",
            Some(traversal.span()),
        ),
        (Some(_), _) if key.is_some() && rest.is_empty() => (
            "Resource instance address with keys is not allowed",
            "Resource address cannot be a resource instance (e.g. \"null_resource.a[0]\"), it must be a resource instead \
             (e.g. \"null_resource.a\").",
            key_span,
        ),
        _ if !rest.is_empty() => (
            "Invalid address",
            "Unexpected extra operators after address.",
            rest.first().map(|step| step.span),
        ),
        _ => return Some(target),
    };
    let (summary, detail, span) = refused;
    sink.error("invalid-address", summary, detail, span.unwrap_or(traversal.root_span));
    None
}

/// Checks the values of a mock or an override: a constant object.
pub(super) fn object(attribute: &Attribute, sink: &mut Sink) {
    if attribute.value.is_missing() {
        return;
    }
    let before = sink.errors();
    let is_object = match constant(&attribute.value, sink) {
        Some(value) => value.ty().is_object(),
        None => sink.errors() > before || matches!(attribute.value.kind, ExprKind::Object(_)),
    };
    if !is_object {
        sink.error(
            "object-expected",
            "Object expected",
            format!("The attribute `{}` must be an object.", attribute.name.text),
            attribute.span,
        );
    }
}

/// Reports what a mocked provider has twice, each at its header.
pub(super) fn check_duplicates(provider: &MockProvider, sink: &mut Sink) {
    let mocks = provider.mocks.iter().map(|mock| (mock.block_name(), mock.kind.to_string()));
    for (name, kind) in repeated(mocks, |key| key.clone()) {
        duplicated(
            name,
            format!("`{name}.{kind}` is already defined in `mock_provider` block."),
            provider,
            sink,
        );
    }
    let overrides = provider
        .overrides
        .iter()
        .filter_map(|over| Some((over.kind.block_name(), over.address.as_ref()?.to_string())));
    for (name, target) in repeated(overrides, |key| key.1.clone()) {
        let detail = format!("`{name}` with target `{target}` is already defined in `mock_provider` block.");
        duplicated(name, detail, provider, sink);
    }
}

fn duplicated(name: &str, detail: String, provider: &MockProvider, sink: &mut Sink) {
    sink.error("duplicate-mock", format!("Duplicated `{name}` block"), detail, provider.header);
}

/// The items whose keys were there before.
fn repeated<T, K: Hash + Eq>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| !seen.insert(key(item))).collect()
}
