//! The static forms of expressions: constants, keywords, lists and maps of references.

use std::borrow::Cow;

use lang::expr::Node;
use lang::{Expr, Traversal, Type, Value, lower_in, static_traversal};
use syntax::ast::{self, ExprKind, TemplatePart};
use syntax::{SmolStr, Span};

use super::names::is_identifier;
use super::quoted;
use super::sink::Sink;
use crate::dialect::Feature;

/// Lowers an expression by the rules of its file's dialect.
pub(super) fn lower(expr: &ast::Expr, sink: &Sink) -> Expr {
    lower_in(expr, sink.dialect())
}

/// Evaluates an expression that may hold neither references nor function calls.
///
/// `None` means that an error was reported.
pub(super) fn constant(expr: &ast::Expr, sink: &mut Sink) -> Option<Value> {
    let (value, failed) = constant_or_unknown(expr, sink);
    (!failed).then_some(value)
}

/// The same, and whether an error was reported; then the value is what the expression goes on as.
fn constant_or_unknown(expr: &ast::Expr, sink: &mut Sink) -> (Value, bool) {
    let mut findings = Vec::new();
    let constant = lang::constant_or_unknown(expr, &sink.origin(), &mut findings);
    for finding in &mut findings {
        finding.diagnostic.code.get_or_insert("evaluation");
    }
    sink.extend(findings);
    constant
}

/// A constant of one type, as an argument such as `sensitive` or `alias` takes it. `wanted` is how the message
/// names the type.
fn typed_constant(expr: &ast::Expr, ty: &Type, sink: &mut Sink) -> Option<Value> {
    if expr.is_missing() {
        return None;
    }
    // After an error, Terraform asks of what is left whether it suits.
    let (value, failed) = constant_or_unknown(expr, sink);
    match lang::convert(&value, ty) {
        Err(error) => {
            unsuitable(&error.to_string(), expr, sink);
            None
        }
        Ok(_) if failed => {
            unsuitable("value must be known", expr, sink);
            None
        }
        Ok(value) if value.is_null() => {
            unsuitable("null value is not allowed", expr, sink);
            None
        }
        Ok(value) if !value.is_known() => None,
        Ok(value) => Some(value),
    }
}

fn unsuitable(why: &str, expr: &ast::Expr, sink: &mut Sink) {
    let detail = format!("Unsuitable value: {why}");
    sink.error_within("unsuitable-value", "Unsuitable value type", detail, start_span(expr), expr.span);
}

pub(super) fn constant_string(expr: &ast::Expr, sink: &mut Sink) -> Option<SmolStr> {
    if let Some(text) = expr.as_plain_string() {
        return Some(text.into());
    }
    typed_constant(expr, &Type::String, sink)?.as_str().map(SmolStr::from)
}

/// A string where null means that nothing was said, as Terraform reads `description` and `alias`.
pub(super) fn constant_bool(expr: &ast::Expr, sink: &mut Sink) -> Option<bool> {
    match expr.kind {
        ExprKind::Bool(value) => Some(value),
        _ => typed_constant(expr, &Type::Bool, sink)?.as_bool(),
    }
}

/// The items of `[…]`; anything else is an error.
pub(super) fn static_list<'a>(expr: &'a ast::Expr, sink: &mut Sink) -> &'a [ast::Expr] {
    match &expr.kind {
        ExprKind::Tuple(items) => items,
        _ if is_unread(expr, sink) => &[],
        _ => {
            invalid_expression("A static list expression is required.", start_span(expr), sink);
            &[]
        }
    }
}

/// The items of `{…}`; anything else is an error.
pub(super) fn static_map<'a>(expr: &'a ast::Expr, sink: &mut Sink) -> &'a [ast::ObjectItem] {
    match &expr.kind {
        ExprKind::Object(items) => items,
        _ if is_unread(expr, sink) => &[],
        _ => {
            invalid_expression("A static map expression is required.", start_span(expr), sink);
            &[]
        }
    }
}

/// Whether nothing readable stands there, so that its syntax error is all there is to say. A JSON value that could not
/// be read is a wrong one as well.
pub(super) fn is_unread(expr: &ast::Expr, sink: &Sink) -> bool {
    expr.is_missing() && !sink.origin().file.is_json()
}

/// An expression as the native syntax writes it: what a JSON string says, where references, keywords and types are
/// wanted. `None` when the string is no expression.
pub(super) fn as_written<'e>(expr: &'e ast::Expr, sink: &Sink) -> Option<Cow<'e, ast::Expr>> {
    let Some(text) = expr.as_json_text() else { return Some(Cow::Borrowed(expr)) };
    let parsed = text.expression(&sink.origin().file);
    let broken = parsed.diagnostics.iter().any(syntax::Diagnostic::is_error);
    (!broken).then_some(Cow::Owned(parsed.tree))
}

/// A bare word such as `apply`; in JSON a string of that word alone.
pub(super) fn keyword(expr: &ast::Expr) -> Option<&str> {
    match expr.as_json_text() {
        Some(text) => Some(text.text.trim_matches([' ', '\t'])).filter(|word| is_identifier(word)),
        None => expr.as_keyword(),
    }
}

/// An expression that must be one traversal: `terraform_data.a[0]`. Keeps the lowered form.
///
/// A half-typed expression is dropped without another diagnostic.
pub(super) fn reference(expr: &ast::Expr, sink: &mut Sink) -> Option<Expr> {
    let lowered = as_written(expr, sink).map(|written| lower(&written, sink));
    if lowered.as_ref().and_then(static_traversal).is_some() {
        return lowered;
    }
    if !lowered.as_ref().is_some_and(is_broken) || expr.as_json_text().is_some() {
        invalid_expression(
            "A single static variable reference is required: only attribute access and indexing with constant \
             keys. No calculations, function calls, template expressions, etc are allowed here.",
            expr.span,
            sink,
        );
    }
    None
}

/// Like [`reference()`], and a reference in quotes is read with a warning, as Terraform does for old habits.
pub(super) fn reference_or_quoted(expr: &ast::Expr, sink: &mut Sink) -> Option<Expr> {
    match unquoted(expr, sink) {
        Some(inner) => reference(&inner, sink),
        None => reference(expr, sink),
    }
}

/// The expression inside the quotes of a string, with its spans where it stands; the string itself where that is no
/// expression.
pub(super) fn unquoted(expr: &ast::Expr, sink: &mut Sink) -> Option<ast::Expr> {
    let (text, span) = match &expr.kind {
        ExprKind::String(text) => (text.clone(), inside_quotes(expr.span)),
        ExprKind::Template(template) => match &*template.parts {
            [TemplatePart::Literal { text, span }] => (text.clone(), *span),
            _ => (made_of_constants(expr, sink)?, inside_quotes(expr.span)),
        },
        _ => return None,
    };
    let faults = quoted::faults(&text);
    // Spaces in front keep the spans of what stands in the quotes where they are in the chunk.
    let mut padded = " ".repeat(span.start as usize);
    padded.push_str(&text);
    let parsed = syntax::parse_expression(&sink.origin().file, &padded);
    let of_characters = parsed.diagnostics.into_iter().filter(|found| found.summary == "Invalid character");
    of_characters.for_each(|found| sink.push(found));
    for fault in &faults {
        sink.error("invalid-reference", fault.summary, fault.detail, fault.span.shifted(span.start));
    }
    let tool = sink.dialect().tool;
    sink.warning(
        "quoted-reference",
        "Quoted references are deprecated",
        format!(
            "In this context, references are expected literally rather than in quotes. {tool} 0.11 and earlier required \
             quotes, but quoted references are now deprecated and will be removed in a future version of {tool}. Remove \
             the quotes surrounding this reference to silence this warning."
        ),
        expr.span,
    );
    Some(match faults.first() {
        None => parsed.tree,
        Some(fault) if fault.at_root => expr.clone(),
        Some(_) => ast::Expr::missing(span),
    })
}

/// The text of a template in which nothing is open.
fn made_of_constants(expr: &ast::Expr, sink: &Sink) -> Option<SmolStr> {
    let mut findings = Vec::new();
    let value = lang::constant(expr, &sink.origin(), &mut findings)?;
    value.as_str().map(SmolStr::from)
}

/// Every element of a static list, as references; quoted ones with a warning.
pub(super) fn reference_list(expr: &ast::Expr, sink: &mut Sink) -> Vec<Expr> {
    let items = static_list(expr, sink).iter();
    items.filter_map(|item| reference_or_quoted(item, sink).filter(|found| !is_action(found, sink))).collect()
}

/// Whether an action is named where only other objects can be. The words are the same wherever that is.
fn is_action(found: &Expr, sink: &mut Sink) -> bool {
    let is_one = static_traversal(found).is_some_and(|traversal| traversal.root == "action");
    if !is_one || !sink.dialect().has(Feature::Actions) {
        return false;
    }
    sink.error(
        "action-reference",
        "Invalid depends_on Action Reference",
        "The depends_on attribute cannot reference action blocks directly. You must reference a resource or data source \
         instead.",
        found.whole_span(),
    );
    true
}

pub(super) fn invalid_expression(detail: &str, subject: Span, sink: &mut Sink) {
    sink.error("invalid-expression", "Invalid expression", detail, subject);
}

/// Whether a part of the expression is not typed yet.
pub(super) fn is_broken(expr: &Expr) -> bool {
    expr.nodes().any(|(_, node)| matches!(node, Node::Missing)) || expr.traversals().iter().any(half_typed)
}

/// `var.`: the name after the dot is not there yet.
pub(crate) fn half_typed(traversal: &Traversal) -> bool {
    traversal.steps.iter().any(|step| matches!(step.kind, lang::StepKind::Missing))
}

/// Where HCL says an expression starts, which is what errors about its form point at.
pub(super) fn start_span(expr: &ast::Expr) -> Span {
    let mut expr = expr;
    loop {
        expr = match &expr.kind {
            ExprKind::Tuple(_) | ExprKind::Object(_) => {
                return Span::new(expr.span.start, expr.span.start + 1);
            }
            ExprKind::For(for_expr) => return for_expr.open,
            ExprKind::String(text) if !text.is_empty() => return inside_quotes(expr.span),
            ExprKind::Template(template) => match template.parts.first() {
                Some(TemplatePart::Literal { span, .. }) => return *span,
                Some(TemplatePart::Interpolation { expr, .. }) => expr,
                _ => return expr.span,
            },
            ExprKind::Call(call) => return call.name_span().to(call.open),
            ExprKind::Unary { op_span, .. } => return *op_span,
            ExprKind::Binary(binary) => &binary.lhs,
            ExprKind::Conditional(conditional) => &conditional.condition,
            ExprKind::Splat { source, .. } => source,
            _ => return expr.span,
        };
    }
}

/// Where the text of a plain string stands.
fn inside_quotes(string: Span) -> Span {
    Span::new(string.start + 1, string.end.saturating_sub(1))
}
