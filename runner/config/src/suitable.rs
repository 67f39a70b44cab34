//! Whether a value suits the variable that it is given for, and what is said when it does not.

use lang::{Type, Value};
use syntax::{Diagnostic, Location};

use crate::item::Item;
use crate::module::Variable;

/// Why a value cannot be a variable's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unsuitable {
    /// Null, and the variable is neither nullable nor has a default.
    Null,
    /// The reason, without a full stop.
    Type(String),
}

/// The reason for [`Unsuitable::Null`].
pub const NOT_NULL: &str = "required variable may not be set to null";

impl Variable {
    /// The value that the variable gets: with the defaults of optional attributes, in the declared type, and with the
    /// default in the place of a null that is not allowed.
    pub fn accept(&self, value: &Value) -> Result<Value, Unsuitable> {
        let value = match &self.type_defaults {
            Some(defaults) if !value.is_null() => defaults.apply(value),
            _ => value.clone(),
        };
        let value = match self.ty {
            Type::Dynamic => value,
            ref ty => lang::convert(&value, ty).map_err(|error| Unsuitable::Type(error.to_string()))?,
        };
        if value.is_null() && !self.nullable {
            return self.default.clone().ok_or(Unsuitable::Null);
        }
        Ok(value)
    }
}

/// The error about a value that stands in a file. `range` names a place in a text.
pub fn unsuitable_value(
    why: &Unsuitable,
    variable: &Item<Variable>,
    at: Location,
    range: impl Fn(&Location) -> String,
) -> Diagnostic {
    let name = &variable.name;
    let declaration = variable.locate(variable.header);
    let declared_at = range(&declaration);
    let (summary, detail, place) = match why {
        Unsuitable::Null => (
            "Required variable not set",
            format!("The given value is not suitable for var.{name} defined at {declared_at}: {NOT_NULL}."),
            at,
        ),
        // A snippet would show the value, so the error stands on the declaration and names the place of the value.
        Unsuitable::Type(reason) if variable.sensitive => (
            SUMMARY,
            format!(
                "The given value is not suitable for var.{name}, which is sensitive: {reason}. Invalid value defined \
                 at {}.",
                range(&at)
            ),
            declaration,
        ),
        Unsuitable::Type(reason) => (
            SUMMARY,
            format!("The given value is not suitable for var.{name} declared at {declared_at}: {reason}."),
            at,
        ),
    };
    Diagnostic::error(summary, detail).at(place).with_code("variable-value")
}

const SUMMARY: &str = "Invalid value for input variable";
