//! `variable "name" { … }`.

use lang::{Type, Value};
use syntax::SmolStr;
use syntax::ast::{Attribute, Block};

use super::condition::{condition, mentions};
use super::content::{BodySchema, block, content, optional};
use super::expression::{constant, constant_bool, constant_string};
use super::names::check_identifier;
use super::sink::Sink;
use super::types::variable_type;
use crate::dialect::{Feature, Tool};
use crate::module::{Deprecation, FlagsSet, Variable};

const VARIABLE: BodySchema = BodySchema {
    attributes: &[
        optional("description"),
        optional("default"),
        optional("type"),
        optional("sensitive"),
        optional("nullable"),
        optional("ephemeral").needs(Feature::Ephemeral),
        optional("deprecated").needs(Feature::Deprecation),
        optional("const").needs(Feature::ConstVariables),
    ],
    blocks: &[block("validation", &[])],
};

/// The names that a module call uses for itself.
pub const RESERVED_VARIABLES: &[&str] =
    &["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

pub(super) fn variable(block: &Block, sink: &mut Sink) -> Option<Variable> {
    let label = block.labels.first()?;
    let content = content(block, &VARIABLE, sink);
    check_identifier(label, "variable", sink);
    let name = label.text.clone();
    if RESERVED_VARIABLES.contains(&name.as_str()) {
        sink.error(
            "invalid-name",
            "Invalid variable name",
            format!(
                "The variable name {name:?} is reserved due to its special meaning inside module blocks."
            ),
            label.span,
        );
    }
    let described = description(content.attribute("description"), sink);
    let type_attribute = content.attribute("type");
    let constraint = type_attribute.and_then(|attribute| variable_type(&attribute.value, sink));
    let (ty, type_defaults) = constraint.unwrap_or((Type::Dynamic, None));
    let mut flag = |name, default| {
        let Some(attribute) = content.attribute(name) else { return default };
        // What was refused counts as false, whatever the default is.
        let unread = default && attribute.value.is_missing();
        constant_bool(&attribute.value, sink).unwrap_or(unread)
    };
    let set = FlagsSet {
        sensitive: content.attribute("sensitive").is_some(),
        ephemeral: content.attribute("ephemeral").is_some(),
        nullable: content.attribute("nullable").is_some(),
    };
    let sensitive = flag("sensitive", false);
    let ephemeral = flag("ephemeral", false);
    let nullable = flag("nullable", true);
    // What is known when modules are loaded may be part of their sources, which changes nothing else about it.
    let is_constant = flag("const", false);
    let deprecated = deprecation(content.attribute("deprecated"), sink);
    if deprecated.as_ref().is_some_and(|it| is_refused(it, sink)) {
        let detail = format!("{NOT_EMPTY} variable.");
        sink.error("empty-deprecation", "Invalid `deprecated` value", detail, label.span);
    }

    let default_attribute = content.attribute("default");
    let mut default = None;
    if let Some(attribute) = default_attribute.filter(|attribute| !attribute.value.is_missing()) {
        // A default that is wrong still means that callers need not set the variable.
        default = Some(Value::unknown(ty.without_optional()));
        if let Some(value) = constant(&attribute.value, sink) {
            let value = match &type_defaults {
                Some(defaults) if !value.is_null() => defaults.apply(&value),
                _ => value,
            };
            match lang::convert(&value, &ty) {
                Ok(value) => {
                    if value.is_null() && !nullable {
                        invalid_default(
                            "A null default value is not valid when nullable=false.",
                            attribute,
                            sink,
                        );
                    }
                    default = Some(value);
                }
                Err(error) => invalid_default(
                    &format!(
                        "This default value is not compatible with the variable's type constraint: {}.",
                        error.with_path()
                    ),
                    attribute,
                    sink,
                ),
            }
        }
    }

    let mut validations = Vec::new();
    for validation in content.blocks_of("validation") {
        let Some(validation) = condition(validation, sink) else { continue };
        if !mentions(&validation.condition, "var", &name) {
            sink.error(
                "unrelated-validation",
                "Invalid variable validation condition",
                format!(
                    "The condition for variable {name:?} must refer to var.{name} in order to test incoming values."
                ),
                validation.condition.whole_span(),
            );
        }
        validations.push(validation);
    }

    Some(Variable {
        name,
        name_span: label.span,
        header: block.header_span(),
        span: block.span,
        ty,
        type_span: type_attribute.map(|attribute| attribute.value.span),
        type_defaults,
        default,
        default_span: default_attribute.map(|attribute| attribute.value.span),
        description: described,
        sensitive,
        ephemeral,
        nullable,
        constant: content.attribute("const").map(|_| is_constant),
        deprecated,
        set,
        validations,
    })
}

fn invalid_default(detail: &str, attribute: &Attribute, sink: &mut Sink) {
    sink.error("invalid-default", "Invalid default value for variable", detail, attribute.value.span);
}

pub(super) fn deprecation(attribute: Option<&Attribute>, sink: &mut Sink) -> Option<Deprecation> {
    let attribute = attribute?;
    let message = description(Some(attribute), sink)?;
    Some(Deprecation { message, span: attribute.span })
}

/// Whether the message is one that OpenTofu does not take: it must say something.
pub(super) fn is_refused(deprecation: &Deprecation, sink: &Sink) -> bool {
    sink.dialect().tool == Tool::OpenTofu && deprecation.message.trim().is_empty()
}

/// What OpenTofu says of such a message, up to the word for what is deprecated.
pub(super) const NOT_EMPTY: &str = "The \"deprecated\" argument must not be empty, and should provide instructions on how to \
    migrate away from usage of this deprecated";

/// A description must be a constant string, and so must a message about a deprecation.
pub(super) fn description(attribute: Option<&Attribute>, sink: &mut Sink) -> Option<SmolStr> {
    constant_string(&attribute?.value, sink)
}
