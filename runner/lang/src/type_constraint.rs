//! Type constraints: `list(string)`, `object({ a = optional(number, 1) })`, as the `type` of a variable and the second
//! argument of `convert` are written.
//!
//! The errors are those of HCL's type expressions, as `variable { type }` shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syntax::ast::{Call, Expr, ExprKind};
use syntax::{Diagnostic, Origin, Span, with_stack};

use crate::constant::{Finding, constant};
use crate::{Defaults, Type, Value, convert};

/// What is said of an expression that is no type at all.
pub const NO_TYPE: &str = "A type specification is either a primitive type keyword (bool, number, string) or a \
                           complex type constructor call, like list(string).";

/// A type constraint that was read from an expression.
#[derive(Clone, Debug)]
pub struct TypeConstraint {
    /// With its optional attributes; `Dynamic` for whatever is wrong.
    pub ty: Type,
    /// The defaults of optional attributes, if there are any.
    pub defaults: Option<Defaults>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl TypeConstraint {
    /// Whether there is an error among what was found.
    pub fn is_wrong(&self) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.is_error())
    }
}

/// Reads a type constraint from an expression of the native syntax in a chunk at `origin`. Of what is missing nothing
/// is said, because the parser has said it.
pub fn type_constraint(expr: &Expr, origin: &Origin) -> TypeConstraint {
    let mut sink = Sink { origin, findings: Vec::new() };
    let (ty, defaults) = constraint(expr, &mut sink);
    TypeConstraint { ty, defaults, findings: sink.findings }
}

/// The type and the defaults of its optional attributes; `Dynamic` for whatever is wrong.
fn constraint(expr: &Expr, sink: &mut Sink<'_>) -> (Type, Option<Defaults>) {
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
    sink: &mut Sink<'_>,
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
            let (element, defaults) = constraint(argument, sink);
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

fn object(whole: &Expr, argument: &Expr, sink: &mut Sink<'_>) -> (Type, Option<Defaults>) {
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
                let detail = "Object constructor map keys must be attribute names.";
                invalid(detail, item.key.span, sink);
                if let Some(finding) = sink.findings.last_mut() {
                    finding.diagnostic.context = Some(sink.origin.locate(whole.span));
                }
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
        let (ty, defaults) = constraint(value, sink);
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

fn default_value(expr: &Expr, ty: &Type, defaults: Option<&Defaults>, sink: &mut Sink<'_>) -> Option<Value> {
    if expr.is_missing() {
        return None;
    }
    let mut value = constant(expr, sink.origin, &mut sink.findings)?;
    if let Some(defaults) = defaults
        && !value.is_null()
    {
        value = defaults.apply(&value);
    }
    match convert(&value, ty) {
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

fn tuple(argument: &Expr, sink: &mut Sink<'_>) -> (Type, Option<Defaults>) {
    let ExprKind::Tuple(items) = &argument.kind else {
        invalid("Tuple type constructor requires a list of element types.", argument.span, sink);
        return (Type::Dynamic, None);
    };
    let mut elements = Vec::new();
    let mut children = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let (ty, defaults) = constraint(item, sink);
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

/// Collects what is wrong with a constraint.
struct Sink<'a> {
    origin: &'a Origin,
    findings: Vec<Finding>,
}

impl Sink<'_> {
    fn error(&mut self, code: &'static str, summary: &str, detail: impl Into<String>, subject: Span) {
        let diagnostic = Diagnostic::error(summary, detail).at(self.origin.locate(subject)).with_code(code);
        self.findings.push(diagnostic.into());
    }
}

fn invalid(detail: impl Into<String>, subject: Span, sink: &mut Sink<'_>) {
    sink.error("invalid-type", "Invalid type specification", detail, subject);
}
