//! Provider configurations with `for_each`: whether what uses them names one of their instances, and what uses others
//! none.
//!
//! The rules and their words are OpenTofu's, 1.9 to 1.12.

use std::fmt;

use lang::Expr;
use lang::expr::{ForNode, Node, NodeId};
use syntax::{Diagnostic, Diagnostics, Origin};

use super::passing::{has_configuration, origin_of_passed};
use crate::address::ResourceMode;
use crate::dialect::Feature;
use crate::module::{Module, ProviderRef, ProviderUse, Resource};

/// What is wrong with the uses of configurations within a module, which is at `path`.
pub(super) fn check(module: &Module, path: &str, sink: &mut Diagnostics) {
    if !module.dialect.has(Feature::ProviderForEach) {
        return;
    }
    for call in module.calls.values() {
        for passed in &call.passed_providers {
            let origin = origin_of_passed(call);
            if let Some(key) = &passed.child.key {
                let detail =
                    "Instance keys are not allowed on the left side of a provider configuration assignment.";
                sink.push(
                    Diagnostic::error("Invalid module provider configuration", detail)
                        .at(origin.locate(key.span))
                        .with_code(CODE),
                );
            }
            let user = User { module, what: "module", for_each: call.for_each.as_ref(), origin };
            user.check(&passed.parent, sink);
            // Whether there is anything in the module that would have to be destroyed is not asked.
            user.warn(&passed.parent, &call.origin, || target(path, format!("module.{}", call.name)), sink);
        }
    }
    let in_checks = module.checks.values().filter_map(|check| Some((check.data.as_deref()?, &check.origin)));
    let resources = module.resources.values().map(|resource| (&*resource.decl, &resource.origin));
    for (resource, origin) in resources.chain(in_checks) {
        let Resource { addr, for_each, provider, .. } = resource;
        let Some(used) = provider else { continue };
        let user = User { module, what: "resource", for_each: for_each.as_ref(), origin };
        user.check(used, sink);
        if addr.mode == ResourceMode::Managed {
            user.warn(used, origin, || target(path, addr), sink);
        }
    }
}

const CODE: &str = "provider-instance";

/// An address as the command line takes it.
fn target(path: &str, addr: impl fmt::Display) -> String {
    match path {
        "" => format!("-target={addr}"),
        path => format!("-target={path}.{addr}"),
    }
}

/// Something with an argument that names a configuration.
struct User<'a> {
    module: &'a Module,
    what: &'static str,
    for_each: Option<&'a Expr>,
    /// What the places in the argument count from.
    origin: &'a Origin,
}

impl User<'_> {
    fn check(&self, used: &ProviderUse, sink: &mut Diagnostics) {
        let ProviderUse { reference, key, .. } = used;
        let repeated = repeated(self.module, reference).is_some();
        let (detail, subject) = match (key, &reference.alias) {
            (None, _) if repeated => {
                let detail = "A reference to a provider configuration which uses for_each requires an instance key. \
                              Passing a collection of provider instances into a child module is not allowed.";
                (detail.to_owned(), used.name_span())
            }
            (Some(key), Some(alias)) if !repeated => {
                let declared = has_configuration(self.module, reference)
                    || !self.module.dialect.has(Feature::MissingInstancedProvider);
                match declared {
                    true => {
                        let detail = "An instance key can be specified only for a provider configuration that uses for_each.";
                        (detail.to_owned(), key.span)
                    }
                    false => {
                        let detail = format!(
                            "This module doesn't declare a provider {} block with alias = {}, which is required for use \
                             with for_each.",
                            lang::quote(&reference.name),
                            lang::quote(alias)
                        );
                        (detail, used.name_span())
                    }
                }
            }
            _ => return,
        };
        let summary = format!("Invalid {} provider configuration", self.what);
        sink.push(Diagnostic::error(summary, detail).at(self.origin.locate(subject)).with_code(CODE));
    }

    /// Warns of a user that has as many instances as its provider, so that the two lose them together.
    fn warn(
        &self,
        used: &ProviderUse,
        own: &Origin,
        target: impl FnOnce() -> String,
        sink: &mut Diagnostics,
    ) {
        let (Some(_), Some(own_each)) = (&used.key, self.for_each) else { return };
        let Some(each) = repeated(self.module, &used.reference) else { return };
        let constant = own_each.traversals().is_empty() || each.traversals().is_empty();
        if constant || !is_same((own_each, own_each.root()), (each, each.root())) {
            return;
        }
        let detail = format!(
            "This provider configuration uses the same for_each expression as a {}, which means that subsequent removal of \
             elements from this collection would cause a planning error.\n\nOpenTofu relies on a provider instance to \
             destroy resource instances that are associated with it, and so the provider instance must outlive all of its \
             resource instances by at least one plan/apply round. For removal of instances to succeed in future you must \
             structure the configuration so that the provider block's for_each expression can produce a superset of the \
             instances of the resources associated with the provider configuration. Refer to the OpenTofu documentation \
             for specific suggestions.\n\nTo destroy this object before removing the provider configuration, consider \
             first performing a targeted destroy:\n    tofu apply -destroy {}",
            self.what,
            target()
        );
        let warning =
            Diagnostic::warning(format!("Provider configuration for_each matches {}", self.what), detail);
        sink.push(warning.at(own_each.location(own)).with_code("same-for-each"));
    }
}

/// The `for_each` of a configuration that has one.
fn repeated<'m>(module: &'m Module, reference: &ProviderRef) -> Option<&'m Expr> {
    module.providers.iter().find(|block| block.reference() == *reference)?.for_each.as_ref()
}

/// Whether two expressions are written alike, as far as OpenTofu compares them. Parentheses do not count.
fn is_same(a: (&Expr, NodeId), b: (&Expr, NodeId)) -> bool {
    let pairs = |these: &[NodeId], those: &[NodeId]| {
        these.len() == those.len() && these.iter().zip(those).all(|(x, y)| is_same((a.0, *x), (b.0, *y)))
    };
    match (a.0.node(a.1), b.0.node(b.1)) {
        (Node::Paren(inner), _) => is_same((a.0, *inner), b),
        (_, Node::Paren(inner)) => is_same(a, (b.0, *inner)),
        (Node::Literal(x), Node::Literal(y)) => x == y,
        (Node::Reference(x), Node::Reference(y)) => {
            let of = |expr: &'_ Expr, at: u32| expr.traversals().get(at as usize).map(ToString::to_string);
            of(a.0, *x) == of(b.0, *y)
        }
        (Node::Relative { object: x, steps: these }, Node::Relative { object: y, steps: those }) => {
            these.iter().map(|step| &step.kind).eq(those.iter().map(|step| &step.kind)) && pairs(&[*x], &[*y])
        }
        (Node::Call(x), Node::Call(y)) => x.name == y.name && pairs(&x.args, &y.args),
        (
            Node::Conditional { condition, then, otherwise },
            Node::Conditional { condition: c, then: t, otherwise: o },
        ) => pairs(&[*condition, *then, *otherwise], &[*c, *t, *o]),
        (Node::Index { collection, key, .. }, Node::Index { collection: c, key: k, .. }) => {
            pairs(&[*collection, *key], &[*c, *k])
        }
        (Node::Tuple(x), Node::Tuple(y)) => pairs(x, y),
        (Node::Object(x), Node::Object(y)) => {
            let flat = |items: &[(NodeId, NodeId)]| -> Vec<NodeId> {
                items.iter().flat_map(|(key, value)| [*key, *value]).collect()
            };
            pairs(&flat(x), &flat(y))
        }
        (Node::Unary { op, operand, .. }, Node::Unary { op: other, operand: o, .. }) => {
            op == other && pairs(&[*operand], &[*o])
        }
        (Node::Binary { op, lhs, rhs }, Node::Binary { op: other, lhs: l, rhs: r }) => {
            op == other && pairs(&[*lhs, *rhs], &[*l, *r])
        }
        (Node::Template(x), Node::Template(y)) => pairs(x, y),
        (Node::For(x), Node::For(y)) => {
            let parts = |it: &ForNode| -> Vec<NodeId> {
                [it.collection, it.value].into_iter().chain(it.key).chain(it.condition).collect()
            };
            // The names are slots, of which the first is the outermost everywhere.
            (x.object, x.group, x.key_slot.is_some(), x.key.is_some())
                == (y.object, y.group, y.key_slot.is_some(), y.key.is_some())
                && pairs(&parts(x), &parts(y))
        }
        (Node::Local { traversal: x, .. }, Node::Local { traversal: y, .. }) => {
            x.to_string() == y.to_string()
        }
        _ => false,
    }
}
