//! The way from a file's root to the cursor: blocks, an attribute, the keys of objects, or a path of names in it.

use syntax::ast::{Body, Expr, ExprKind, Ident, Step};
use syntax::{SmolStr, Span};

use crate::parts::{Holder, Part, parts};

/// The blocks around `at`, and the attribute, from the outside in; each with the kind of body it stands in.
pub(crate) fn trail(body: &Body, holder: Holder, at: u32) -> Vec<(Holder, Part<'_>)> {
    let mut found: Vec<(Holder, Part<'_>)> = Vec::new();
    let mut inside = (holder, parts(body, holder));
    loop {
        let (holder, all) = inside;
        let Some(part) = all.into_iter().find(|part| part.span.touches(at)) else { return found };
        inside = (part.holder, part.parts());
        found.push((holder, part));
    }
}

/// Names in front of each other, as far as the cursor: `terraform_data.main.id`.
#[derive(Debug)]
pub(crate) struct Access {
    /// The root and the names behind it, the last one being at the cursor. Keys in brackets are left out.
    pub(crate) names: Vec<(SmolStr, Span)>,
}

/// The name at the cursor with those in front of it.
pub(crate) fn access_at(value: &Expr, at: u32) -> Option<Access> {
    let mut open = vec![value];
    while let Some(expr) = open.pop() {
        if !expr.span.touches(at) {
            continue;
        }
        let names = names_of(expr);
        if let Some(last) = names.iter().position(|name| name.span.touches(at)) {
            let names = names.into_iter().take(last + 1);
            return Some(Access { names: names.map(|name| (name.text, name.span)).collect() });
        }
        expr.each_child(&mut |child| open.push(child));
    }
    None
}

/// The names of an access whose root is a name; none for anything else.
fn names_of(expr: &Expr) -> Vec<Ident> {
    let (object, steps) = match &expr.kind {
        ExprKind::Access(access) => (&access.object, access.steps.as_slice()),
        _ => (expr, [].as_slice()),
    };
    let ExprKind::Variable(root) = &object.kind else { return Vec::new() };
    let root = Ident { text: root.clone(), span: object.span };
    let names = steps.iter().filter_map(Step::name).cloned();
    std::iter::once(root).chain(names).collect()
}

/// The keys of the objects around the cursor, when it is at a key.
pub(crate) fn keys_at(value: &Expr, at: u32) -> Option<(Vec<SmolStr>, Span)> {
    let mut keys = Vec::new();
    let mut expr = value;
    loop {
        match &expr.kind {
            ExprKind::Object(items) => {
                let item = items.iter().find(|item| item.key.span.to(item.value.span).touches(at))?;
                let key = item.key.as_keyword().or_else(|| item.key.as_plain_string())?;
                keys.push(SmolStr::new(key));
                if item.key.span.touches(at) {
                    return Some((keys, item.key.span));
                }
                expr = &item.value;
            }
            ExprKind::Tuple(items) => expr = items.iter().find(|item| item.span.touches(at))?,
            ExprKind::Paren(inner) => expr = inner,
            _ => return None,
        }
    }
}
