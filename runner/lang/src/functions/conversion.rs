//! Conversions of type, marks, and the functions that look at whether an expression has a value.

use super::args::{ANY, BOOL, arg};
use super::{Call, Function, FunctionError, Param, ParamType, Place, Returns, Since};
use crate::Tool;
use crate::quote;
use crate::{Marks, Type, TypeConstraint, Value, can_convert, convert};

const V: Param = Param::new("v", ANY, "The value to convert.").nullable().dynamic().marked().sticky();
const VALUE: Param = Param::new("value", ANY, "Any value.").nullable().unknown().dynamic().marked();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "can",
        "Tells whether an expression can be evaluated without an error.",
        r#"can(tonumber("x")) # false"#,
        // The evaluator catches the error; whatever arrives here had none.
        &[Param::new("expression", ANY, "The expression to try.").nullable().unknown().dynamic().marked()],
        Returns::Type(BOOL),
        |args, _, _| {
            Ok(if arg(args, 0).is_wholly_known() { true.into() } else { Value::unknown(Type::Bool) })
        },
    ),
    Function::new(
        "convert",
        "Converts a value to a type, which is written as the `type` of a variable is. Optional attributes take their \
         defaults.",
        r#"convert({}, object({ name = optional(string, "x") })) # { name = "x" }"#,
        &[
            Param::new("value", ANY, "The value to convert.").nullable().dynamic(),
            Param::new("type", ParamType::Constraint, "The type, such as `list(string)`."),
        ],
        Returns::Type(ANY),
        // The evaluator calls `convert_to_constraint`, because a type is no value that could arrive here.
        |args, _, _| Ok(arg(args, 0).clone()),
    )
    .since(Since::terraform_only((1, 15)))
    .nullable_result(),
    Function::new(
        "ephemeralasnull",
        "Replaces ephemeral values by null, at any depth.",
        r#"ephemeralasnull("x") # "x""#,
        &[VALUE],
        Returns::Rule(|args| Ok(arg(args, 0).ty())),
        |args, _, _| Ok(ephemeral_as_null(arg(args, 0))),
    )
    .since(Since::new((1, 10), (1, 11)))
    .nullable_result(),
    Function::new(
        "issensitive",
        "Tells whether a value is sensitive.",
        r#"issensitive(sensitive("x")) # true"#,
        &[VALUE],
        Returns::Type(BOOL),
        |args, _, _| {
            let value = arg(args, 0);
            if value.is_sensitive() {
                return Ok(true.into());
            }
            Ok(if value.is_known() { false.into() } else { Value::unknown(Type::Bool) })
        },
    )
    .since(Since::new((1, 8), (1, 7)))
    // Terraform promises nothing of the unknown answer, not even that it is no null.
    .nullable_result(),
    Function::new(
        "list",
        "Was removed from the language: write `tolist([…])`.",
        "",
        &[],
        Returns::Result,
        |_, _, call| Err(removed("list", call.dialect.tool)),
    )
    .variadic(VALUES),
    Function::new(
        "map",
        "Was removed from the language: write `tomap({…})`.",
        "",
        &[],
        Returns::Result,
        |_, _, call| Err(removed("map", call.dialect.tool)),
    )
    .variadic(VALUES),
    Function::new(
        "nonsensitive",
        "Takes the sensitive mark off a value, so that it is shown.",
        r#"nonsensitive(sensitive("x")) # "x""#,
        &[VALUE],
        Returns::Rule(|args| Ok(arg(args, 0).ty())),
        |args, _, _| {
            let (value, marks) = arg(args, 0).unmark();
            Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
        },
    )
    .nullable_result(),
    Function::new(
        "sensitive",
        "Marks a value as sensitive, so that it is not shown.",
        r#"sensitive("x") # "x""#,
        &[VALUE],
        Returns::Rule(|args| Ok(arg(args, 0).ty())),
        |args, _, _| Ok(arg(args, 0).clone().with_marks(Marks::SENSITIVE)),
    )
    .nullable_result(),
    to("tobool", "Converts a value to a bool.", r#"tobool("true") # true"#, |args| {
        to_type(args, ParamType::Bool)
    }),
    to("tolist", "Converts a set or tuple to a list.", r#"tolist(["a", 1]) # ["a", "1"]"#, |args| {
        to_type(args, LIST)
    }),
    to(
        "tomap",
        "Converts an object to a map.",
        r#"tomap({ a = 1, b = "x" }) # { a = "1", b = "x" }"#,
        |args| to_type(args, MAP),
    ),
    to("tonumber", "Converts a value to a number.", r#"tonumber("12") # 12"#, |args| {
        to_type(args, ParamType::Number)
    }),
    to("toset", "Converts a list or tuple to a set.", r#"toset(["b", "a", "b"]) # ["a", "b"]"#, |args| {
        to_type(args, SET)
    }),
    to("tostring", "Converts a value to a string.", r#"tostring(12) # "12""#, |args| {
        to_type(args, ParamType::String)
    }),
    Function::new(
        "try",
        "Returns the value of the first expression that can be evaluated without an error.",
        r#"try({ a = 1 }.b, "none") # "none""#,
        &[],
        Returns::Rule(|args| match args.first() {
            Some(first) => Ok(first.ty()),
            None => Err(FunctionError::call("at least one argument is required")),
        }),
        // The evaluator skips the expressions with errors; the first value that arrives here is the answer.
        |args, _, _| Ok(arg(args, 0).clone()),
    )
    .variadic(
        Param::new("expressions", ANY, "The expressions to try, in order.")
            .nullable()
            .unknown()
            .dynamic()
            .marked(),
    )
    .nullable_result(),
    Function::new(
        "type",
        "Tells the type of a value. It can be called in the console only, and expressions only hand its answer on.",
        r#"type(["a", 1]) # tuple([string, number])"#,
        &[VALUE],
        Returns::Rule(|_| Ok(Type::Type)),
        |args, _, _| Ok(Value::type_itself(arg(args, 0).ty()).with_marks(Marks::TYPE)),
    )
    .since(Since::new((1, 1), (1, 6)))
    .only_in(Place::Console),
];

const LIST: ParamType = ParamType::List(&ANY);
const SET: ParamType = ParamType::Set(&ANY);
const MAP: ParamType = ParamType::Map(&ANY);
const VALUES: Param = Param::new("vals", ANY, "Not used.").nullable().unknown().dynamic().marked();

type Rule = fn(&[Value]) -> Result<Type, FunctionError>;

/// One of the `to…` functions. The rule refuses what the types alone rule out and names the wanted type.
const fn to(name: &'static str, doc: &'static str, example: &'static str, rule: Rule) -> Function {
    Function::new(name, doc, example, &[V], Returns::Rule(rule), convert_to).nullable_result()
}

fn to_type(args: &[Value], want: ParamType) -> Result<Type, FunctionError> {
    let (have, want) = (arg(args, 0).ty(), want.to_type());
    if have == want || can_convert(&have, &want) {
        return Ok(want);
    }
    Err(FunctionError::argument(0, cannot_convert(&have, &want)))
}

fn cannot_convert(have: &Type, want: &Type) -> String {
    format!("cannot convert {} to {}", have.friendly_name(), want.friendly_name_for_constraint())
}

fn convert_to(args: &[Value], want: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let value = arg(args, 0);
    convert(value, want).map_err(|_| {
        let have = value.ty();
        let message = match (&have, want) {
            _ if value.has_mark_deep() && value.is_sensitive() => format!(
                "cannot convert this sensitive {} to {}",
                have.friendly_name(),
                want.friendly_name_for_constraint()
            ),
            (Type::String, Type::Bool) => format!(
                "cannot convert {} to bool; only the strings \"true\" or \"false\" are allowed",
                value.as_str().map_or_else(|| "string".to_owned(), quote)
            ),
            (Type::String, Type::Number) => format!(
                "cannot convert {} to number; given string must be a decimal representation of a number",
                value.as_str().map_or_else(|| "string".to_owned(), quote)
            ),
            _ => cannot_convert(&have, want),
        };
        FunctionError::argument(0, message)
    })
}

/// `convert(value, type)`, as Terraform 1.15 does it: marks of all parts go to the result as a whole, what is not known
/// is not judged, and defaults are filled in after the conversion.
pub fn convert_to_constraint(value: &Value, constraint: &TypeConstraint) -> Result<Value, FunctionError> {
    let (value, marks) = value.unmark_deep();
    if !value.is_known() {
        return Ok(Value::unknown(constraint.ty.without_optional()).with_marks(marks));
    }
    let converted =
        convert(&value, &constraint.ty).map_err(|error| FunctionError::argument(0, error.to_string()))?;
    let filled = constraint.defaults.as_ref().map(|defaults| defaults.apply(&converted));
    Ok(filled.unwrap_or(converted).with_marks(marks))
}

fn ephemeral_as_null(value: &Value) -> Value {
    if !value.marks_deep().is_ephemeral() {
        return value.clone();
    }
    let (bare, marks) = value.unmark();
    if marks.is_ephemeral() {
        return Value::null(bare.ty()).with_marks(marks.without(Marks::EPHEMERAL));
    }
    value.map_elements(|_, item| ephemeral_as_null(item))
}

fn removed(name: &str, tool: Tool) -> FunctionError {
    let gone = match tool {
        Tool::Terraform => "is no longer available",
        Tool::OpenTofu => "is not available in OpenTofu",
    };
    let (kind, literal) = if name == "list" { ("tolist", "[ ... ]") } else { ("tomap", "{ ... }") };
    FunctionError::call(format!(
        "the \"{name}\" function was deprecated in Terraform v0.12 and {gone}; use {kind}({literal}) syntax \
         to write a literal {name}"
    ))
}
