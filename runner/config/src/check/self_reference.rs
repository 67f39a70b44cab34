//! Resources that read themselves.

use lang::Expr;
use syntax::{Diagnostic, Diagnostics, Origin};

use crate::address::InstanceKey;
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
    let repetition =
        self_references([&resource.count, &resource.for_each].into_iter().flatten(), resource, origin);
    let references = repetition.into_iter().chain(self_references_of_body(resource, origin));
    sink.extend(references.map(|reference| reference.diagnostic));
}

/// A place where a resource names itself.
#[derive(Clone, Debug)]
pub struct SelfReference {
    /// The instance that is named; without a key, all of them.
    pub key: Option<InstanceKey>,
    pub diagnostic: Diagnostic,
}

/// Where expressions name the resource that they belong to.
pub fn self_references<'e>(
    exprs: impl IntoIterator<Item = &'e Expr>,
    resource: &Resource,
    origin: &Origin,
) -> Vec<SelfReference> {
    let mut found = Vec::new();
    exprs.into_iter().for_each(|expr| find(expr, resource, origin, &mut found));
    found
}

/// Where the arguments of a resource name it.
pub fn self_references_of_body(resource: &Resource, origin: &Origin) -> Vec<SelfReference> {
    let mut found = Vec::new();
    for_each_expr(&resource.body, &mut |expr, _| find(expr, resource, origin, &mut found));
    found
}

fn find(expr: &Expr, resource: &Resource, origin: &Origin, found: &mut Vec<SelfReference>) {
    let origin = expr.origin(origin);
    for traversal in expr.traversals() {
        // Most traversals lead elsewhere.
        let name = resource.addr.name.as_str();
        if !(0..3).any(|at| traversal.attr(at).is_some_and(|step| step == name)) {
            continue;
        }
        let Ok(reference) = parse_reference(traversal, origin, Grammar::Module) else { continue };
        let Subject::Resource(addr, key) = &reference.subject else { continue };
        if *addr != resource.addr {
            continue;
        }
        let detail = format!("Configuration for {} may not refer to itself.", reference.subject);
        let diagnostic = Diagnostic::error("Self-referential block", detail)
            .at(origin.locate(reference.span))
            .with_code("self-reference");
        found.push(SelfReference { key: key.clone(), diagnostic });
    }
}
