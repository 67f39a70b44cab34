//! Moves every span of a tree: from a string's text to the source that the string stands in.

use smol_str::SmolStr;

use crate::ast::{
    Binary, Call, Conditional, Expr, ExprKind, For, ForDirective, Ident, IfDirective, Index, Step, Template,
    TemplateKind, TemplatePart,
};
use crate::depth::with_stack;
use crate::span::Span;

/// Where a span of the text stands in the source.
type Map<'m> = &'m dyn Fn(Span) -> Span;

pub(super) fn map_parts(parts: &mut [TemplatePart], map: Map<'_>) {
    for part in parts {
        match part {
            TemplatePart::Literal { span, .. } => *span = map(*span),
            TemplatePart::Interpolation { expr, span } => {
                map_expr(expr, map);
                *span = map(*span);
            }
            TemplatePart::If(directive) => {
                let IfDirective { condition, then, otherwise, span } = &mut **directive;
                map_expr(condition, map);
                *span = map(*span);
                with_stack(|| {
                    map_parts(then, map);
                    map_parts(otherwise.as_deref_mut().unwrap_or_default(), map);
                });
            }
            TemplatePart::For(directive) => {
                let ForDirective { key_var, value_var, collection, body, span } = &mut **directive;
                key_var.iter_mut().chain(value_var).for_each(|name| map_ident(name, map));
                map_expr(collection, map);
                *span = map(*span);
                with_stack(|| map_parts(body, map));
            }
        }
    }
}

pub(super) fn map_expr(expr: &mut Expr, map: Map<'_>) {
    with_stack(|| {
        if let ExprKind::String(text) = &mut expr.kind {
            expr.kind = ExprKind::Template(placed_string(std::mem::take(text), expr.span));
        }
        expr.span = map(expr.span);
        map_kind(&mut expr.kind, map);
    });
}

/// A plain string in the form that says where its text stands: quotes may be escaped in the source, and then it is
/// not one byte behind the string's beginning.
fn placed_string(text: SmolStr, span: Span) -> Template {
    let inside = Span::new(span.start + 1, span.end.saturating_sub(1));
    let literal = (!text.is_empty()).then_some(TemplatePart::Literal { text, span: inside });
    Template { kind: TemplateKind::Quoted, parts: literal.into_iter().collect(), closed: true }
}

fn map_kind(kind: &mut ExprKind, map: Map<'_>) {
    match kind {
        ExprKind::Missing
        | ExprKind::Number(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Variable(_)
        | ExprKind::String(_)
        | ExprKind::SplatItem => {}
        ExprKind::Template(template) => map_parts(&mut template.parts, map),
        ExprKind::JsonString(string) => map_parts(&mut string.parts, map),
        ExprKind::Access(access) => {
            map_expr(&mut access.object, map);
            access.steps.iter_mut().for_each(|step| map_step(step, map));
        }
        ExprKind::Splat { source, marker, each, .. } => {
            map_expr(source, map);
            *marker = map(*marker);
            map_expr(each, map);
        }
        ExprKind::Call(call) => map_call(call, map),
        ExprKind::Unary { op_span, operand, .. } => {
            *op_span = map(*op_span);
            map_expr(operand, map);
        }
        ExprKind::Binary(binary) => {
            let Binary { op_span, lhs, rhs, .. } = &mut **binary;
            *op_span = map(*op_span);
            map_expr(lhs, map);
            map_expr(rhs, map);
        }
        ExprKind::Conditional(conditional) => {
            let Conditional { condition, question, then, colon, otherwise } = &mut **conditional;
            map_expr(condition, map);
            *question = map(*question);
            map_expr(then, map);
            map_option(colon, map);
            map_expr(otherwise, map);
        }
        ExprKind::Paren(inner) => map_expr(inner, map),
        ExprKind::Tuple(items) => items.iter_mut().for_each(|item| map_expr(item, map)),
        ExprKind::Object(items) => {
            for item in items {
                map_expr(&mut item.key, map);
                map_option(&mut item.separator, map);
                map_expr(&mut item.value, map);
            }
        }
        ExprKind::For(for_expr) => map_for(for_expr, map),
    }
}

fn map_step(step: &mut Step, map: Map<'_>) {
    match step {
        Step::Dot { dot, name } => {
            *dot = map(*dot);
            name.iter_mut().for_each(|name| map_ident(name, map));
        }
        Step::Index(index) => {
            let Index { open, key, close, span } = &mut **index;
            *open = map(*open);
            map_expr(key, map);
            map_option(close, map);
            *span = map(*span);
        }
    }
}

fn map_call(call: &mut Call, map: Map<'_>) {
    call.namespaces.iter_mut().chain([&mut call.name]).for_each(|name| map_ident(name, map));
    call.open = map(call.open);
    call.args.iter_mut().for_each(|argument| map_expr(argument, map));
    map_option(&mut call.expand_final, map);
    map_option(&mut call.close, map);
}

fn map_for(for_expr: &mut For, map: Map<'_>) {
    let names = for_expr.key_var.iter_mut().chain(&mut for_expr.value_var);
    names.for_each(|name| map_ident(name, map));
    map_expr(&mut for_expr.collection, map);
    for_expr.key.iter_mut().for_each(|key| map_expr(key, map));
    map_expr(&mut for_expr.value, map);
    map_option(&mut for_expr.group, map);
    for_expr.condition.iter_mut().for_each(|condition| map_expr(condition, map));
    for_expr.open = map(for_expr.open);
    map_option(&mut for_expr.close, map);
}

fn map_ident(ident: &mut Ident, map: Map<'_>) {
    ident.span = map(ident.span);
}

fn map_option(span: &mut Option<Span>, map: Map<'_>) {
    span.iter_mut().for_each(|span| *span = map(*span));
}
