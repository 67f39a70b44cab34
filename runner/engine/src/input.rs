//! Values that come from outside the module: command line, environment, variable files, test files.

use std::collections::BTreeMap;

use config::Variable;
use lang::{Scope, Type, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, SmolStr};

/// A value for one of the module's variables, or for a name that only the test file uses.
#[derive(Clone, Debug)]
pub struct VariableInput {
    pub value: GivenValue,
    pub source: VariableSource,
}

/// What a run's variables come to.
#[derive(Debug, Default)]
pub struct RunValues {
    /// By name: for the variables of the module, and for names that only the test file uses.
    pub given: BTreeMap<SmolStr, VariableInput>,
    /// What assertions see, where that is not what the module makes of `given`.
    pub seen: Option<BTreeMap<SmolStr, Value>>,
    pub diagnostics: Diagnostics,
}

/// A value, or text that the variable's declaration gives meaning to.
#[derive(Clone, Debug)]
pub enum GivenValue {
    Value(Value),
    Text(String),
}

/// Where a value was given: it decides what messages say and point at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VariableSource {
    /// `TF_VAR_name`.
    Environment,
    /// `-var`.
    CommandLine,
    /// A `.tfvars` file, with the value's place.
    File(Location),
    /// A `variables` block of the test file or of the run, with the value's place.
    Test(Location),
}

impl VariableSource {
    pub fn location(&self) -> Option<&Location> {
        match self {
            VariableSource::Environment | VariableSource::CommandLine => None,
            VariableSource::File(location) | VariableSource::Test(location) => Some(location),
        }
    }
}

/// Gives an outside text its value: literal for a variable of type string (or any other primitive), an HCL
/// expression without references for everything else.
///
/// `declared` is `None` for a name that only the test file uses; then the text is an expression
/// (Terraform up to 1.12).
pub fn parse_variable_text(
    name: &str,
    text: &str,
    declared: Option<&Variable>,
    scope: &dyn Scope,
) -> Result<Value, Diagnostics> {
    let primitive = |ty: &Type| matches!(ty, Type::String | Type::Bool | Type::Number);
    if let Some(variable) = declared {
        // Without a type constraint the text is taken as it is, too.
        if primitive(&variable.ty) || variable.type_span.is_none() {
            return Ok(Value::string(text));
        }
    }
    let file = FileName::new(&format!("<value for var.{name}>"));
    let parse = syntax::parse_expression(&file, text);
    if parse.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parse.diagnostics);
    }
    let expr = lang::lower_in(&parse.tree, scope.dialect());
    let mut sink = Diagnostics::new();
    let value = lang::evaluate(&expr, &Origin::new(file, 0), scope, &mut sink);
    match sink.iter().any(Diagnostic::is_error) {
        true => Err(sink),
        false => Ok(value),
    }
}
