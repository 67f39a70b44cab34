//! Which `import` blocks are about which resources.

use config::{ConfigResource, Import, InstanceKey, Item, Module, ResourceAddr, ResourceMode};
use lang::expr::{Node, NodeId};
use lang::{Expr, Step, StepKind};
use syntax::SmolStr;

/// The address in an `import` block. Keys in it may have to be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct ImportTarget {
    /// The calls that lead to the module.
    pub calls: Vec<(SmolStr, TargetKey)>,
    pub resource: ResourceAddr,
    pub key: TargetKey,
}

/// A key in such an address.
#[derive(Clone, Debug)]
pub(crate) enum TargetKey {
    Written(InstanceKey),
    /// Whatever this part of the address comes to.
    Computed(NodeId),
}

impl ImportTarget {
    /// `None` for what is no address, which has been refused when it was read.
    pub fn parse(to: &Expr) -> Option<ImportTarget> {
        let mut parts: Vec<(SmolStr, TargetKey)> = Vec::new();
        read(to, to.root(), &mut parts)?;
        let mut rest = parts.as_slice();
        let mut calls = Vec::new();
        while let [(word, _), (name, key), tail @ ..] = rest {
            if word != "module" {
                break;
            }
            calls.push((name.clone(), key.clone()));
            rest = tail;
        }
        if let [(word, _), tail @ ..] = rest
            && word == "resource"
        {
            rest = tail;
        }
        let [(kind, _), (name, key)] = rest else { return None };
        let resource = ResourceAddr { mode: ResourceMode::Managed, kind: kind.clone(), name: name.clone() };
        Some(ImportTarget { calls, resource, key: key.clone() })
    }

    /// The resource without keys.
    pub fn config(&self) -> ConfigResource {
        let module = self.calls.iter().map(|(name, _)| name.clone()).collect();
        ConfigResource { module, resource: self.resource.clone() }
    }
}

/// Takes an address apart into names with their keys.
fn read(expr: &Expr, node: NodeId, parts: &mut Vec<(SmolStr, TargetKey)>) -> Option<()> {
    const NONE: TargetKey = TargetKey::Written(InstanceKey::None);
    let add = |steps: &[Step], parts: &mut Vec<(SmolStr, TargetKey)>| {
        for step in steps {
            let key = match &step.kind {
                StepKind::Attr(name) => {
                    parts.push((name.clone(), NONE));
                    continue;
                }
                StepKind::Key(key) => InstanceKey::String(key.clone()),
                StepKind::Number(number) => InstanceKey::Int(number.to_i64()?),
                StepKind::Missing => return None,
            };
            parts.last_mut()?.1 = TargetKey::Written(key);
        }
        Some(())
    };
    match expr.node(node) {
        Node::Reference(at) => {
            let traversal = expr.traversals().get(usize::try_from(*at).ok()?)?;
            parts.push((traversal.root.clone(), NONE));
            add(&traversal.steps, parts)
        }
        Node::Relative { object, steps } => {
            read(expr, *object, parts)?;
            add(steps, parts)
        }
        Node::Index { collection, key, .. } => {
            read(expr, *collection, parts)?;
            parts.last_mut()?.1 = TargetKey::Computed(*key);
            Some(())
        }
        _ => None,
    }
}

/// The imports of the root module, each with its target.
pub(crate) fn targets(root: &Module) -> impl Iterator<Item = (&Item<Import>, ImportTarget)> {
    root.imports.iter().filter_map(|import| Some((import, ImportTarget::parse(&import.to)?)))
}
