//! Type constraints: `list(string)`, `object({ a = optional(number, 1) })`.
//!
//! The errors are those of HCL's type expressions, as `variable { type }` shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::{Defaults, Type, Value};
use syntax::ast::{Call, Expr, ExprKind};
use syntax::{Span, with_stack};

use super::expression::{as_written, constant};
use super::sink::Sink;

const NO_TYPE: &str = "A type specification is either a primitive type keyword (bool, number, string) or a complex \
                       type constructor call, like list(string).";

/// Reads the `type` argument of a variable. `None` means that an error was reported.
pub(super) fn variable_type(expr: &Expr, sink: &mut Sink) -> Option<(Type, Option<Defaults>)> {
    if expr.is_missing() {
        return None;
    }
    let written = as_written(expr, sink);
    if expr.as_json_text().is_some() {
        let Some(mut written) = written else {
            invalid(NO_TYPE, expr.span, sink);
            return None;
        };
        // An error about the type as a whole is one about the string.
        written.to_mut().span = expr.span;
        return unquoted_type(&written, sink);
    }
    if let Some(text) = expr.as_plain_string() {
        quoted_type(text, expr.span, sink);
        return None;
    }
    unquoted_type(expr, sink)
}

fn unquoted_type(expr: &Expr, sink: &mut Sink) -> Option<(Type, Option<Defaults>)> {
    match expr.as_keyword() {
        // The forms that Terraform 0.11 knew; what they hold may be anything of one type.
        Some("list") => return Some((Type::list(Type::Dynamic), None)),
        Some("map") => return Some((Type::map(Type::Dynamic), None)),
        _ => {}
    }
    let before = sink.errors();
    let (ty, defaults) = type_constraint(expr, sink);
    (sink.errors() == before).then_some((ty, defaults))
}

fn quoted_type(text: &str, span: Span, sink: &mut Sink) {
    let instead = match text {
        "string" => "Remove the quotes around \"string\".",
        "list" => {
            "Remove the quotes around \"list\" and write list(string) instead to explicitly indicate that the list \
             elements are strings."
        }
        "map" => {
            "Remove the quotes around \"map\" and write map(string) instead to explicitly indicate that the map \
             elements are strings."
        }
        _ => {
            return sink.error(
                "invalid-type",
                "Invalid legacy variable type hint",
                "To provide a full type expression, remove the surrounding quotes and give the type expression \
                 directly.",
                span,
            );
        }
    };
    sink.error(
        "invalid-type",
        "Invalid quoted type constraints",
        format!(
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now \
             deprecated and will be removed in a future version of Terraform. {instead}"
        ),
        span,
    );
}

/// The type and the defaults of its optional attributes; `Dynamic` for whatever is wrong.
fn type_constraint(expr: &Expr, sink: &mut Sink) -> (Type, Option<Defaults>) {
    if expr.is_missing() {
        return (Type::Dynamic, None);
    }
    if let Some(keyword) = expr.as_keyword() {
        let ty = match keyword {
            "bool" => Type::Bool,
            "string" => Type::String,
            "number" => Type::Number,
            "any" => Type::Dynamic,
            _ => {
                let detail = match constructor_needs(keyword) {
                    Some(needs) => needs,
                    None => format!("The keyword {keyword:?} is not a valid type specification."),
                };
                invalid(detail, expr.span, sink);
                Type::Dynamic
            }
        };
        return (ty, None);
    }
    let Some((name, name_span, call)) = plain_call(expr) else {
        invalid(NO_TYPE, expr.span, sink);
        return (Type::Dynamic, None);
    };
    with_stack(|| constructor(expr, name, name_span, call, sink))
}

fn constructor(
    expr: &Expr,
    name: &str,
    name_span: Span,
    call: &Call,
    sink: &mut Sink,
) -> (Type, Option<Defaults>) {
    let arguments = arguments_span(expr, call);
    match name {
        "bool" | "string" | "number" => {
            invalid(format!("Primitive type keyword {name:?} does not expect arguments."), arguments, sink);
            return (Type::Dynamic, None);
        }
        "any" => {
            invalid("Type constraint keyword \"any\" does not expect arguments.", arguments, sink);
            return (Type::Dynamic, None);
        }
        "optional" => {
            invalid(
                "Keyword \"optional\" is valid only as a modifier for object type attributes.",
                name_span,
                sink,
            );
            return (Type::Dynamic, None);
        }
        _ => {}
    }
    let Some(needs) = constructor_needs(name) else {
        invalid(format!("Keyword {name:?} is not a valid type constructor."), expr.span, sink);
        return (Type::Dynamic, None);
    };
    let [argument] = call.args.as_slice() else {
        let subject = match call.args.get(1..) {
            Some([first, .., last]) => first.span.to(last.span),
            Some([only]) => only.span,
            _ => arguments,
        };
        invalid(needs, subject, sink);
        return (Type::Dynamic, None);
    };
    match name {
        "object" => object(expr, argument, sink),
        "tuple" => tuple(argument, sink),
        _ => {
            let (element, defaults) = type_constraint(argument, sink);
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let defaults = defaults.map(|inner| nested(&ty, BTreeMap::from([(Arc::from(""), inner)])));
            (ty, defaults)
        }
    }
}

fn object(whole: &Expr, argument: &Expr, sink: &mut Sink) -> (Type, Option<Defaults>) {
    let ExprKind::Object(items) = &argument.kind else {
        invalid(
            "Object type constructor requires a map whose keys are attribute names and whose values are the \
             corresponding attribute types.",
            argument.span,
            sink,
        );
        return (Type::Dynamic, None);
    };
    let mut attributes = BTreeMap::new();
    let mut optional = BTreeSet::new();
    let mut default_values = BTreeMap::new();
    let mut children = BTreeMap::new();
    for item in items {
        let Some(name) = item.key.as_keyword() else {
            if !item.key.is_missing() {
                sink.error_within(
                    "invalid-type",
                    "Invalid type specification",
                    "Object constructor map keys must be attribute names.",
                    item.key.span,
                    whole.span,
                );
            }
            continue;
        };
        let name: Arc<str> = Arc::from(name);
        if attributes.contains_key(&name) {
            invalid("Object constructor map keys must be unique.", item.key.span, sink);
            continue;
        }
        let modifier = plain_call(&item.value).filter(|(called, ..)| *called == "optional");
        let mut default = None;
        let value = match modifier {
            None => &item.value,
            Some((_, _, call)) => {
                optional.insert(Arc::clone(&name));
                let arguments = arguments_span(&item.value, call);
                match call.args.as_slice() {
                    [] => {
                        invalid(
                            "Optional attribute modifier requires the attribute type as its argument.",
                            arguments,
                            sink,
                        );
                        continue;
                    }
                    [ty] => ty,
                    [ty, value] => {
                        default = Some(value);
                        ty
                    }
                    [ty, ..] => {
                        invalid(
                            "Optional attribute modifier expects at most two arguments: the attribute type, and \
                             a default value.",
                            arguments,
                            sink,
                        );
                        ty
                    }
                }
            }
        };
        let (ty, defaults) = type_constraint(value, sink);
        if let Some(default) = default
            && let Some(value) = default_value(default, &ty, defaults.as_ref(), sink)
        {
            default_values.insert(Arc::clone(&name), value);
        }
        if let Some(defaults) = defaults {
            children.insert(Arc::clone(&name), defaults);
        }
        attributes.insert(name, ty);
    }
    let ty = Type::object_with_optional(attributes, optional);
    let defaults = (!default_values.is_empty() || !children.is_empty()).then(|| Defaults {
        ty: ty.clone(),
        values: default_values,
        children,
    });
    (ty, defaults)
}

fn default_value(expr: &Expr, ty: &Type, defaults: Option<&Defaults>, sink: &mut Sink) -> Option<Value> {
    if expr.is_missing() {
        return None;
    }
    let mut value = constant(expr, sink)?;
    if let Some(defaults) = defaults
        && !value.is_null()
    {
        value = defaults.apply(&value);
    }
    match lang::convert(&value, ty) {
        Ok(value) => Some(value),
        Err(error) => {
            sink.error(
                "invalid-default",
                "Invalid default value for optional attribute",
                format!(
                    "This default value is not compatible with the attribute's type constraint: {error}."
                ),
                expr.span,
            );
            None
        }
    }
}

fn tuple(argument: &Expr, sink: &mut Sink) -> (Type, Option<Defaults>) {
    let ExprKind::Tuple(items) = &argument.kind else {
        invalid("Tuple type constructor requires a list of element types.", argument.span, sink);
        return (Type::Dynamic, None);
    };
    let mut elements = Vec::new();
    let mut children = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let (ty, defaults) = type_constraint(item, sink);
        if let Some(defaults) = defaults {
            children.insert(Arc::from(index.to_string()), defaults);
        }
        elements.push(ty);
    }
    let ty = Type::tuple(elements);
    let defaults = (!children.is_empty()).then(|| nested(&ty, children));
    (ty, defaults)
}

fn nested(ty: &Type, children: BTreeMap<Arc<str>, Defaults>) -> Defaults {
    Defaults { ty: ty.clone(), values: BTreeMap::new(), children }
}

/// What a constructor says when it is not given exactly one argument; `None` for unknown names.
fn constructor_needs(name: &str) -> Option<String> {
    Some(match name {
        "list" | "set" | "map" => {
            format!("The {name} type constructor requires one argument specifying the element type.")
        }
        "object" => {
            "The object type constructor requires one argument specifying the attribute types and values \
                     as a map."
                .to_owned()
        }
        "tuple" => "The tuple type constructor requires one argument specifying the element types as a list."
            .to_owned(),
        _ => return None,
    })
}

fn plain_call(expr: &Expr) -> Option<(&str, Span, &Call)> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    call.namespaces.is_empty().then(|| (call.name.text.as_str(), call.name.span, &**call))
}

/// From `(` to `)`.
fn arguments_span(expr: &Expr, call: &Call) -> Span {
    call.open.to(call.close.unwrap_or(Span::at(expr.span.end)))
}

fn invalid(detail: impl Into<String>, subject: Span, sink: &mut Sink) {
    sink.error("invalid-type", "Invalid type specification", detail, subject);
}
