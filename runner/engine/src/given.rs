//! The value of a root variable, from what was given for it and what its declaration says.

use config::{Item, Unsuitable, Variable};
use lang::{Scope, Value};
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
    let why = match variable.accept(&value) {
        Ok(value) => return Ok(value),
        Err(why) => why,
    };
    let set_by = match given.source {
        VariableSource::File(_) | VariableSource::Test(_) => {
            let error = config::unsuitable_value(&why, variable, at, |place| sources.place(place));
            return Err(vec![error]);
        }
        VariableSource::CommandLine => format!("-var=\"{name}=...\""),
        VariableSource::Environment => format!("the TF_VAR_{name} environment variable"),
    };
    let (summary, reason) = match &why {
        Unsuitable::Null => ("Required variable not set", config::NOT_NULL),
        Unsuitable::Type(reason) => ("Invalid value for input variable", reason.as_str()),
    };
    let detail = format!("Unsuitable value for var.{name} set using {set_by}: {reason}.");
    Err(vec![Diagnostic::error(summary, detail).at(at).with_code("variable-value")])
}

/// A snippet would show the value, so the error stands on the declaration and names the place of the value.
pub(crate) fn unsuitable_secret(variable: &str, reason: &str, place: &str) -> String {
    format!(
        "The given value is not suitable for {variable}, which is sensitive: {reason}. Invalid value defined at {place}."
    )
}
