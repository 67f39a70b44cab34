//! What the order of a program means for its objects: what each was made from, and which are made anew before the old
//! one goes.

use std::sync::{Arc, OnceLock};

use config::{ConfigResource, ModuleInstance, ResourceAddr, ResourceMode};

use super::{Node, Program, StaticModule};

/// Facts about resources that follow from what needs what.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    /// For each module, the node of its first resource; the others follow.
    starts: Vec<usize>,
    /// For each node, whether it or something that needs it has `create_before_destroy`.
    create_first: Vec<bool>,
    /// For each node, the resources that it needs, also by way of others; found when they are first asked for.
    dependencies: Vec<OnceLock<Arc<[ConfigResource]>>>,
}

impl Lineage {
    pub fn new(modules: &[StaticModule], nodes: &[Node], needs: &[Vec<usize>], order: &[usize]) -> Lineage {
        let mut starts = vec![usize::MAX; modules.len()];
        let mut create_first = vec![false; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            let Node::Resource(module, index) = *node else { continue };
            starts[module] = starts[module].min(at);
            let resource = modules[module].tree.module.resources.get_index(index);
            create_first[at] =
                resource.is_some_and(|(_, it)| it.lifecycle.create_before_destroy == Some(true));
        }
        // What a new object depends on has to be there before the old one goes.
        for at in order.iter().rev().copied() {
            if create_first[at] {
                needs[at].iter().for_each(|need| create_first[*need] = true);
            }
        }
        let dependencies = nodes.iter().map(|_| OnceLock::new()).collect();
        Lineage { starts, create_first, dependencies }
    }
}

impl Program {
    /// The node of a resource, seen from a module instance; `None` when it is not declared.
    pub(crate) fn resource_node(&self, instance: &ModuleInstance, resource: &ResourceAddr) -> Option<usize> {
        let module = self.module_at(instance)?;
        let index = self.module(module).resources.get_index_of(resource)?;
        self.lineage.starts.get(module)?.checked_add(index)
    }

    /// Whether a new object of a resource's node is made before the old one is destroyed.
    pub(crate) fn creates_first(&self, node: usize) -> bool {
        self.lineage.create_first.get(node).copied().unwrap_or_default()
    }

    /// The resources that a node needs, also by way of others, in the order of their addresses.
    pub(crate) fn dependencies(&self, node: usize) -> Arc<[ConfigResource]> {
        let found = self.lineage.dependencies.get(node);
        found.map_or_else(|| Arc::from([]), |it| Arc::clone(it.get_or_init(|| self.find_dependencies(node))))
    }

    fn find_dependencies(&self, node: usize) -> Arc<[ConfigResource]> {
        let mut seen = vec![false; self.nodes.len()];
        let mut left = vec![node];
        let mut found = Vec::new();
        while let Some(at) = left.pop() {
            for need in self.needs.get(at).into_iter().flatten().copied() {
                if std::mem::replace(&mut seen[need], true) || need == node {
                    continue;
                }
                left.push(need);
                if let Node::Resource(module, index) = self.nodes[need]
                    && let Some((resource, _)) = self.module(module).resources.get_index(index)
                    && resource.mode != ResourceMode::Ephemeral
                {
                    let module = self.modules[module].path.iter().cloned().collect();
                    found.push(ConfigResource { module, resource: resource.clone() });
                }
            }
        }
        found.sort_unstable();
        found.into()
    }
}
