//! The value of a root variable, from what was given for it and what its declaration says.

use config::{Item, Variable};
use lang::{Scope, Type, Value};
use syntax::{Diagnostic, Diagnostics};

use crate::input::{GivenValue, VariableInput, VariableSource, parse_variable_text};
use crate::walk::Sources;

/// The value that a variable gets: read, completed and converted as its declaration says, but neither marked nor checked
/// by its rules. `scope` is that of texts from outside.
///
/// # Errors
/// What is wrong with the value.
pub fn given_value(
    variable: &Item<Variable>,
    given: &VariableInput,
    scope: &dyn Scope,
    sources: Sources<'_>,
) -> Result<Value, Diagnostics> {
    let name = &variable.name;
    let header = variable.locate(variable.header);
    let value = match &given.value {
        GivenValue::Value(value) => value.clone(),
        GivenValue::Text(text) => parse_variable_text(name, text, Some(variable), scope)?,
    };
    let at = given.source.location().cloned().unwrap_or_else(|| header.clone());
    let declared_at = || sources.place(&header);
    let (summary, detail, at) = match prepare(&value, variable) {
        Ok(value) => return Ok(value),
        Err(Unsuitable::Null) => {
            ("Required variable not set", unsuitable(name, given, &declared_at(), "defined", NOT_NULL), at)
        }
        Err(Unsuitable::Type(reason)) if variable.sensitive && given.source.location().is_some() => {
            let detail = unsuitable_secret(&format!("var.{name}"), &reason, &sources.place(&at));
            ("Invalid value for input variable", detail, header)
        }
        Err(Unsuitable::Type(reason)) => {
            let detail = unsuitable(name, given, &declared_at(), "declared", &reason);
            ("Invalid value for input variable", detail, at)
        }
    };
    Err(vec![Diagnostic::error(summary, detail).at(at).with_code("variable-value")])
}

/// A snippet would show the value, so the error stands on the declaration and names the place of the value.
pub(crate) fn unsuitable_secret(variable: &str, reason: &str, place: &str) -> String {
    format!(
        "The given value is not suitable for {variable}, which is sensitive: {reason}. Invalid value defined at {place}."
    )
}

pub(crate) const NOT_NULL: &str = "required variable may not be set to null";

/// Says which value is wrong by where it came from.
fn unsuitable(name: &str, given: &VariableInput, declared_at: &str, verb: &str, reason: &str) -> String {
    match given.source {
        VariableSource::CommandLine => {
            format!("Unsuitable value for var.{name} set using -var=\"{name}=...\": {reason}.")
        }
        VariableSource::Environment => {
            format!(
                "Unsuitable value for var.{name} set using the TF_VAR_{name} environment variable: {reason}."
            )
        }
        VariableSource::File(_) | VariableSource::Test(_) => {
            format!("The given value is not suitable for var.{name} {verb} at {declared_at}: {reason}.")
        }
    }
}

pub(crate) enum Unsuitable {
    Null,
    Type(String),
}

/// Applies the declaration: defaults of optional attributes, the type, nullability.
pub(crate) fn prepare(value: &Value, variable: &Variable) -> Result<Value, Unsuitable> {
    let value = match &variable.type_defaults {
        Some(defaults) if !value.is_null() => defaults.apply(value),
        _ => value.clone(),
    };
    let value = match variable.ty {
        Type::Dynamic => value,
        ref ty => lang::convert(&value, ty).map_err(|error| Unsuitable::Type(error.to_string()))?,
    };
    if value.is_null() && !variable.nullable {
        return variable.default.clone().ok_or(Unsuitable::Null);
    }
    Ok(value)
}
