//! The functions of the built-in provider: values as the text of the language and back.

use super::args::{ANY, STRING, arg, text};
use super::{Call, Function, FunctionError, Param, Place, Returns, Since};
use crate::Tool;
use crate::render::{hcl_attributes, hcl_expression};
use crate::{Refinements, Type, Value};

const SINCE: Since = Since::new((1, 8), (1, 10));
const VALUE: Param = Param::new("value", ANY, "Any value.").unknown().dynamic();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "decode_tfvars",
        "Reads text in the syntax of variable files and returns an object with the variables' values.",
        r#"provider::terraform::decode_tfvars("a = 1") # { a = 1 }"#,
        &[Param::new("src", STRING, "The text of a variable file.")],
        Returns::Result,
        |args, _, call| call.templates.decode_tfvars(text(args, 0)),
    )
    .since(SINCE)
    .only_in(Place::Provider),
    Function::new(
        "encode_expr",
        "Writes any value as an expression of the language.",
        r#"provider::terraform::encode_expr([1, "a"]) # "[1, \"a\"]""#,
        &[VALUE],
        Returns::Type(STRING),
        encode_expr,
    )
    .since(SINCE)
    .only_in(Place::Provider),
    Function::new(
        "encode_tfvars",
        "Writes an object as the text of a variable file, one variable for each attribute.",
        r#"provider::terraform::encode_tfvars({ a = 1 }) # "a = 1\n""#,
        &[VALUE],
        Returns::Type(STRING),
        encode_tfvars,
    )
    .since(SINCE)
    .only_in(Place::Provider),
];

fn encode_expr(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let value = arg(args, 0);
    if !value.is_wholly_known() {
        // How the text begins follows from the type alone.
        let prefix = match value.ty() {
            Type::Object(_) | Type::Map(_) => "{",
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
            Type::String => "\"",
            _ => return Ok(Value::unknown(Type::String)),
        };
        // A null in its place would be written `null`.
        let known = value.is_known() || value.refinements().is_some_and(|known| known.not_null);
        return Ok(if known {
            Value::unknown_refined(Type::String, Refinements::prefix(prefix))
        } else {
            Value::unknown(Type::String)
        });
    }
    finished(hcl_expression(value, call.limits.max_string_bytes), call)
}

/// OpenTofu's words for the same mistakes, and for maps, which it does not take.
fn check_tfvars_of_opentofu(value: &Value) -> Result<(), FunctionError> {
    let wrong = |what: String| Err(FunctionError::call(format!("invalid input: {what}")));
    if !value.ty().is_object() {
        return wrong("must be an object".to_owned());
    }
    let mut names = value.as_map().into_iter().flat_map(|attributes| attributes.keys());
    match names.find(|name| !crate::ty::is_identifier(name)) {
        Some(name) => wrong(format!("object key: {name} - must be a valid identifier")),
        None => Ok(()),
    }
}

fn encode_tfvars(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let value = arg(args, 0);
    if value.ty().is_dynamic() && !value.is_known() {
        return Ok(Value::unknown(Type::String));
    }
    if call.dialect.tool == Tool::OpenTofu {
        check_tfvars_of_opentofu(value)?;
    }
    if !matches!(value.ty(), Type::Object(_) | Type::Map(_)) {
        return Err(FunctionError::call(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
        ));
    }
    let Some(attributes) = value.as_map() else { return Ok(Value::unknown(Type::String)) };
    for name in attributes.keys() {
        if !crate::ty::is_identifier(name) {
            return Err(FunctionError::call(format!(
                "invalid variable name {}: must be a valid identifier, per Terraform's rules for input variable \
                 declarations",
                crate::quote(name)
            )));
        }
    }
    if !value.is_wholly_known() {
        return Ok(Value::unknown(Type::String));
    }
    let attributes = attributes.iter().map(|(name, value)| (&**name, value));
    finished(hcl_attributes(attributes, call.limits.max_string_bytes), call)
}

fn finished(text: Option<String>, call: &Call<'_>) -> Result<Value, FunctionError> {
    match text {
        Some(text) => Ok(text.into()),
        None => Err(FunctionError::Call(format!(
            "the result would be longer than the limit of {} bytes",
            call.limits.max_string_bytes
        ))),
    }
}
