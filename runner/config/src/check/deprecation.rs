//! Variables and outputs that a module's author has marked as deprecated, where others still use them.
//!
//! Terraform has this since 1.15, OpenTofu since 1.10; each has its own words.

use lang::{Dialect, Tool, Traversal};
use syntax::{Diagnostic, Origin};

use crate::module::{Attribute, Variable};
use crate::names::Names;
use crate::reference::{Reference, Subject};

/// The warning that an argument of a module call sets a deprecated variable. Null sets nothing.
pub(super) fn argument(
    argument: &Attribute,
    variable: &Variable,
    dialect: Dialect,
    origin: &Origin,
) -> Option<Diagnostic> {
    let message = variable.deprecated.as_ref()?;
    if argument.value.as_literal().is_some_and(lang::Value::is_null) {
        return None;
    }
    let (summary, detail) = match dialect.tool {
        Tool::Terraform => ("Deprecated variable got a value", message.to_string()),
        Tool::OpenTofu => (
            "Variable marked as deprecated by the module author",
            format!(
                "Variable {} is marked as deprecated with the following message:\n{message}",
                lang::quote(&variable.name)
            ),
        ),
    };
    let place = argument.value.location(origin);
    Some(Diagnostic::warning(summary, detail).at(place).with_code("deprecated"))
}

/// The warning that a reference reads a deprecated output of a called module.
pub(super) fn output(
    traversal: &Traversal,
    reference: &Reference,
    origin: &Origin,
    names: &Names<'_>,
) -> Option<Diagnostic> {
    let Subject::Module { name, output: Some(output), .. } = &reference.subject else { return None };
    let child = names.tree.children.get(name)?;
    let message = child.module.outputs.get(output)?.deprecated.as_ref()?;
    let (summary, detail) = match names.dialect().tool {
        Tool::Terraform => ("Deprecated value used", message.to_string()),
        Tool::OpenTofu => (
            "Value derived from a deprecated source",
            format!(
                "This value is derived from module.{name}.{output}, which is deprecated with the following \
                 message:\n{message}"
            ),
        ),
    };
    let place = origin.locate(traversal.span());
    Some(Diagnostic::warning(summary, detail).at(place).with_code("deprecated"))
}
