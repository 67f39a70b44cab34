//! What stands right inside an expression: the one place that knows the children of every kind of node.

use crate::ast::{Expr, ExprKind, Ident, TemplatePart};

impl Expr {
    /// Visits the expressions right inside this one, in source order; those in a template's directives too.
    ///
    /// It goes one level down and no further, so that whoever walks deeper decides how: a tree may be deep.
    pub fn each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            ExprKind::Missing
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::String(_)
            | ExprKind::Variable(_)
            | ExprKind::SplatItem => {}
            ExprKind::Template(template) => in_parts(&template.parts, visit, &mut |_| {}),
            ExprKind::JsonString(string) => in_parts(&string.parts, visit, &mut |_| {}),
            ExprKind::Access(access) => {
                visit(&access.object);
                access.keys().for_each(visit);
            }
            ExprKind::Splat { source, each, .. } => {
                visit(source);
                visit(each);
            }
            ExprKind::Call(call) => call.args.iter().for_each(visit),
            ExprKind::Unary { operand, .. } => visit(operand),
            ExprKind::Binary(binary) => {
                visit(&binary.lhs);
                visit(&binary.rhs);
            }
            ExprKind::Conditional(conditional) => {
                visit(&conditional.condition);
                visit(&conditional.then);
                visit(&conditional.otherwise);
            }
            ExprKind::Paren(inner) => visit(inner),
            ExprKind::Tuple(items) => items.iter().for_each(visit),
            ExprKind::Object(items) => {
                for item in items {
                    visit(&item.key);
                    visit(&item.value);
                }
            }
            ExprKind::For(each) => {
                visit(&each.collection);
                each.key.iter().for_each(&mut *visit);
                visit(&each.value);
                each.condition.iter().for_each(visit);
            }
        }
    }

    /// Visits the names that the expression itself binds for what stands inside of it: those of a `for`.
    pub fn each_bound<'e>(&'e self, visit: &mut dyn FnMut(&'e Ident)) {
        match &self.kind {
            ExprKind::Template(template) => in_parts(&template.parts, &mut |_| {}, visit),
            ExprKind::JsonString(string) => in_parts(&string.parts, &mut |_| {}, visit),
            ExprKind::For(each) => each.key_var.iter().chain(&each.value_var).for_each(visit),
            _ => {}
        }
    }
}

/// Directives nest, and each of them takes one turn of the loop.
fn in_parts<'e>(parts: &'e [TemplatePart], visit: &mut dyn FnMut(&'e Expr), bind: &mut dyn FnMut(&'e Ident)) {
    let mut open = vec![parts.iter()];
    while let Some(parts) = open.last_mut() {
        match parts.next() {
            None => drop(open.pop()),
            Some(TemplatePart::Literal { .. }) => {}
            Some(TemplatePart::Interpolation { expr, .. }) => visit(expr),
            Some(TemplatePart::If(directive)) => {
                visit(&directive.condition);
                open.push(directive.otherwise.as_deref().unwrap_or_default().iter());
                open.push(directive.then.iter());
            }
            Some(TemplatePart::For(directive)) => {
                directive.key_var.iter().chain(&directive.value_var).for_each(&mut *bind);
                visit(&directive.collection);
                open.push(directive.body.iter());
            }
        }
    }
}
