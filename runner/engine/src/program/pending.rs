//! What a data source waits for: it is read in the plan unless something that it depends on has still to be changed.

use std::sync::Arc;

use config::ResourceMode;
use lang::Expr;

use super::graph::{Collector, Index};
use super::providers::Serving;
use super::{ModuleId, Node, Program, StaticModule};

/// For each node, the managed resources whose changes keep it from being read in the plan; empty for everything that is
/// not data.
pub(super) type Pending = Vec<Option<Arc<[(ModuleId, usize)]>>>;

/// A data source waits for what its `depends_on` and those of the calls around it name, and for the managed resources
/// that it refers to itself; for all these with everything that they need.
pub(super) fn pending(
    modules: &[StaticModule],
    serving: &Serving,
    nodes: &[Node],
    needs: &[Vec<usize>],
) -> Pending {
    let index = Index::new(modules);
    nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let (module, data) = match *node {
                Node::Resource(module, resource) => {
                    let (_, resource) = modules[module].tree.module.resources.get_index(resource)?;
                    (module, &*resource.decl)
                }
                Node::Check(module, check) => {
                    let (_, check) = modules[module].tree.module.checks.get_index(check)?;
                    (module, &**check.data.as_ref()?)
                }
                _ => return None,
            };
            if data.mode != ResourceMode::Data {
                return None;
            }
            let collect = |module: ModuleId, exprs: &[Expr]| {
                Collector::new(modules, serving, &index, at).named_by(module, exprs)
            };
            let mut roots = collect(module, &data.depends_on);
            let direct = Collector::new(modules, serving, &index, at).read_by(module, data);
            roots.extend(direct.into_iter().filter(|need| managed(modules, nodes, *need).is_some()));
            let mut inside = module;
            while let Some((caller, call)) = modules[inside].caller {
                if let Some((_, call)) = modules[caller].tree.module.calls.get_index(call) {
                    roots.extend(collect(caller, &call.depends_on));
                }
                inside = caller;
            }
            Some(closure(roots, needs).filter_map(|need| managed(modules, nodes, need)).collect())
        })
        .collect()
}

/// The managed resource that a node is.
fn managed(modules: &[StaticModule], nodes: &[Node], node: usize) -> Option<(ModuleId, usize)> {
    match *nodes.get(node)? {
        Node::Resource(module, index) => {
            let (_, resource) = modules[module].tree.module.resources.get_index(index)?;
            (resource.mode == ResourceMode::Managed).then_some((module, index))
        }
        _ => None,
    }
}

/// Nodes with everything that they need.
fn closure(roots: Vec<usize>, needs: &[Vec<usize>]) -> impl Iterator<Item = usize> {
    let mut seen = vec![false; needs.len()];
    let mut left = roots;
    while let Some(at) = left.pop() {
        if !std::mem::replace(&mut seen[at], true) {
            left.extend(needs[at].iter().copied());
        }
    }
    seen.into_iter().enumerate().filter(|(_, seen)| *seen).map(|(at, _)| at)
}

impl Program {
    /// The managed resources whose pending changes keep the data source of a node from being read in the plan.
    pub(crate) fn waits_for(&self, node: usize) -> &[(ModuleId, usize)] {
        self.pending.get(node).and_then(Option::as_deref).unwrap_or_default()
    }

    /// The node of the check that a data source stands in, by the index of the check.
    pub(crate) fn check_node(&self, module: ModuleId, check: usize) -> Option<usize> {
        self.nodes.iter().position(|node| *node == Node::Check(module, check))
    }
}
