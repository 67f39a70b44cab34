//! The `type` argument of a variable: a type constraint, or one of the forms of Terraform 0.11.

use lang::type_constraint::{NO_TYPE, type_constraint};
use lang::{Defaults, Type};
use syntax::Span;
use syntax::ast::Expr;

use super::expression::as_written;
use super::sink::Sink;

/// Reads the `type` argument of a variable. `None` means that an error was reported.
pub(super) fn variable_type(expr: &Expr, sink: &mut Sink) -> Option<(Type, Option<Defaults>)> {
    if expr.is_missing() {
        return None;
    }
    let written = as_written(expr, sink);
    if expr.as_json_text().is_some() {
        let Some(mut written) = written else {
            sink.error("invalid-type", "Invalid type specification", NO_TYPE, expr.span);
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
    let read = type_constraint(expr, &sink.origin());
    let wrong = read.is_wrong();
    sink.extend(read.findings);
    (!wrong).then_some((read.ty, read.defaults))
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
    let tool = sink.dialect().tool;
    sink.error(
        "invalid-type",
        "Invalid quoted type constraints",
        format!(
            "{tool} 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated \
             and will be removed in a future version of {tool}. {instead}"
        ),
        span,
    );
}
