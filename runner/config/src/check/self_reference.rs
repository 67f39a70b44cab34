//! Resources that read themselves.

use lang::Expr;
use syntax::{Diagnostic, Diagnostics, Origin};

use crate::module::{ModuleTree, Resource};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::refs::for_each_expr;

/// Arguments that read their own resource, which no plan can get past; `validate` does not mind them. Conditions are
/// looked at with the declaration.
pub fn check_self_references(tree: &ModuleTree) -> Diagnostics {
    let mut sink = Vec::new();
    descend(tree, &mut Vec::new(), &mut sink);
    sink
}

fn descend<'a>(tree: &'a ModuleTree, seen: &mut Vec<&'a str>, sink: &mut Diagnostics) {
    if seen.contains(&tree.module.dir.as_str()) {
        return;
    }
    seen.push(&tree.module.dir);
    for item in tree.module.resources.values() {
        resource(item, &item.origin, sink);
    }
    tree.children.values().for_each(|child| descend(child, seen, sink));
}

fn resource(resource: &Resource, origin: &Origin, sink: &mut Diagnostics) {
    for expr in [&resource.count, &resource.for_each].into_iter().flatten() {
        find(expr, resource, origin, 1, sink);
    }
    // Terraform compares with the resource and with its instance, and without a key these have one address.
    let repeated = resource.count.is_some() || resource.for_each.is_some();
    let times = if repeated { 1 } else { 2 };
    for_each_expr(&resource.body, &mut |expr, _| find(expr, resource, origin, times, sink));
}

fn find(expr: &Expr, resource: &Resource, origin: &Origin, times: usize, sink: &mut Diagnostics) {
    let origin = expr.origin(origin);
    for traversal in expr.traversals() {
        let Ok(reference) = parse_reference(traversal, origin, Grammar::Module) else { continue };
        if !matches!(&reference.subject, Subject::Resource(addr, _) if *addr == resource.addr) {
            continue;
        }
        let detail = format!("Configuration for {} may not refer to itself.", reference.subject);
        let diagnostic = Diagnostic::error("Self-referential block", detail)
            .at(origin.locate(reference.span))
            .with_code("self-reference");
        sink.extend(std::iter::repeat_n(diagnostic, times));
    }
}
