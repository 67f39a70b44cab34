//! `override_resource`, `override_data` and `override_module`.

use lang::expr::lower_constant;
use lang::{lower_in, static_traversal};
use syntax::ast::{Attribute, Block, Expr, ExprKind};

use super::content::{BodySchema, content, missing_argument, missing_item_span, optional};
use super::expression::{constant, is_broken, is_unread, keyword, reference};
use super::opentofu;
use super::sink::{PLACE, Sink};
use crate::address::ResourceMode;
use crate::dialect::{Dialect, Feature, Tool};
use crate::target::Target;
use crate::test_file::{Command, Override, OverrideKind};

const WITH_VALUES: BodySchema = BodySchema {
    attributes: &[
        optional("target"),
        optional("values"),
        optional("override_during").needs(Feature::OverrideDuring),
    ],
    blocks: &[],
};

const WITH_OUTPUTS: BodySchema = BodySchema {
    attributes: &[
        optional("target"),
        optional("outputs"),
        optional("override_during").needs(Feature::OverrideDuring),
    ],
    blocks: &[],
};

impl OverrideKind {
    /// The kind of override that a block of this type is.
    pub fn from_block(kind: &str) -> Option<OverrideKind> {
        match kind {
            "override_resource" => Some(OverrideKind::Resource),
            "override_data" => Some(OverrideKind::Data),
            "override_module" => Some(OverrideKind::Module),
            _ => None,
        }
    }

    pub fn block_name(self) -> &'static str {
        match self {
            OverrideKind::Resource => "override_resource",
            OverrideKind::Data => "override_data",
            OverrideKind::Module => "override_module",
        }
    }

    fn accepts(self, target: &Target) -> bool {
        match (self, &target.resource) {
            (OverrideKind::Module, None) => true,
            (OverrideKind::Resource, Some((addr, _))) => addr.mode == ResourceMode::Managed,
            (OverrideKind::Data, Some((addr, _))) => addr.mode == ResourceMode::Data,
            _ => false,
        }
    }
}

/// Reads an override block; `None` when it has no usable target, which an error says.
pub(super) fn override_block(block: &Block, dialect: Dialect, sink: &mut Sink) -> Option<Override> {
    let kind = OverrideKind::from_block(&block.kind.text)?;
    let (schema, values_name, article) = match kind {
        OverrideKind::Module => (&WITH_OUTPUTS, "outputs", "an outputs"),
        _ => (&WITH_VALUES, "values", "a values"),
    };
    let name = kind.block_name();
    let content = content(block, schema, sink);
    let during = content.attribute("override_during").and_then(|attribute| during(attribute, sink));
    let values = content.attribute(values_name);
    let is_tofu = dialect.tool == Tool::OpenTofu;
    if let Some(attribute) = values.filter(|_| is_tofu) {
        opentofu::object(attribute, sink);
    } else if let Some(attribute) = values {
        constant_object(attribute, dialect, sink, |sink| {
            sink.error(
                "invalid-override-values",
                format!("Invalid {values_name} attribute"),
                format!("{name} blocks must specify {article} attribute that is an object."),
                attribute.span,
            );
        });
    }
    let Some(attribute) = content.attribute("target") else {
        if block.close_brace.is_some() && is_tofu {
            missing_argument("target", missing_item_span(block), sink);
        } else if block.close_brace.is_some() {
            sink.error(
                "missing-override-target",
                "Missing target attribute",
                format!("{name} blocks must specify a target address."),
                block.header_span(),
            );
        }
        return None;
    };
    let target = reference(&attribute.value, sink)?;
    let address = match Target::parse(static_traversal(&target)?) {
        _ if is_tofu => opentofu::target(kind, &target, sink),
        Err(_) if is_broken(&target) => None,
        Err(error) => {
            sink.error("invalid-address", error.summary, error.detail, error.span);
            None
        }
        Ok(address) if !kind.accepts(&address) => {
            let what = match kind {
                OverrideKind::Resource => "resources",
                OverrideKind::Data => "data sources",
                OverrideKind::Module => "modules",
            };
            sink.error(
                "invalid-override-target",
                "Invalid override target",
                format!("You can only target {what} from {name} blocks, not {address}."),
                attribute.span,
            );
            None
        }
        Ok(address) => Some(address),
    };
    Some(Override {
        kind,
        target,
        target_argument: attribute.span,
        address,
        values: values.map(|attribute| lower_mocked(&attribute.value, dialect)),
        values_argument: values.map(|attribute| attribute.span),
        during,
        header: block.header_span(),
        span: block.span,
    })
}

/// `override_during = plan`.
pub(super) fn during(attribute: &Attribute, sink: &mut Sink) -> Option<Command> {
    match keyword(&attribute.value) {
        Some("plan") => Some(Command::Plan),
        Some("apply") => Some(Command::Apply),
        _ => {
            if !is_unread(&attribute.value, sink) {
                sink.error(
                    "invalid-keyword",
                    "Invalid override_during value",
                    "The override_during attribute must be a value of plan or apply.",
                    attribute.span,
                );
            }
            None
        }
    }
}

/// Lowers the values of a mock. A JSON string among them is a template only where functions may be called too.
pub(super) fn lower_mocked(expr: &Expr, dialect: Dialect) -> lang::Expr {
    if dialect.has(Feature::FunctionsInMocks) { lower_in(expr, dialect) } else { lower_constant(expr) }
}

/// Checks that a value may stand in a mock: nothing to refer to, and an object, else `not_an_object` reports. Where
/// functions may be called, a run finds out.
pub(super) fn constant_object(
    attribute: &Attribute,
    dialect: Dialect,
    sink: &mut Sink,
    not_an_object: impl FnOnce(&mut Sink),
) {
    if dialect.has(Feature::FunctionsInMocks) || is_broken(&lower_mocked(&attribute.value, dialect)) {
        return;
    }
    let is_object = match constant(&attribute.value, sink) {
        Some(value) => value.ty().is_object(),
        None => matches!(attribute.value.kind, ExprKind::Object(_) | ExprKind::Variable(_)),
    };
    if !is_object {
        not_an_object(sink);
    }
}

/// Reports a second override of the same target among the overrides of one block.
pub(super) fn check_duplicates(overrides: &[Override], sink: &mut Sink) {
    for (index, later) in overrides.iter().enumerate() {
        let Some(address) = &later.address else { continue };
        let earlier = overrides.iter().take(index);
        let mut earlier =
            earlier.filter(|first| first.kind == later.kind && first.address.as_ref() == Some(address));
        if let Some(first) = earlier.next() {
            let name = later.kind.block_name();
            sink.error_with_previous(
                "duplicate-override",
                format!("Duplicate {name} block"),
                format!("An {name} block targeting {address} has already been defined at {PLACE}."),
                later.header,
                first.header,
            );
        }
    }
}
