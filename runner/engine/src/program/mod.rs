//! A module tree made ready for execution: every module in one list, every object a node, nodes in the order
//! in which they can be evaluated. Made once per module tree and shared by all runs of it.

mod graph;

use std::sync::Arc;

use config::{Module, ModuleInstance, ModuleTree};
use indexmap::IndexMap;
use syntax::{Diagnostic, SmolStr};

/// The index of a module in [`Program::modules`]; the root module is 0.
pub(crate) type ModuleId = usize;

/// A module tree with its evaluation order.
#[derive(Debug)]
pub struct Program {
    pub(crate) modules: Vec<StaticModule>,
    pub(crate) nodes: Vec<Node>,
    /// For each node, the nodes that it needs.
    pub(crate) needs: Vec<Vec<usize>>,
    /// Indexes of `nodes`, each after everything it needs.
    pub(crate) order: Vec<usize>,
    /// Set when objects depend on each other in a circle; nothing can be evaluated then.
    pub(crate) cycle: Option<Diagnostic>,
}

/// A module as the calls name it, before `count` and `for_each`.
#[derive(Debug)]
pub(crate) struct StaticModule {
    pub tree: Arc<ModuleTree>,
    /// The calling module and the index of the call in it.
    pub caller: Option<(ModuleId, usize)>,
    /// Call names from the root.
    pub path: Vec<SmolStr>,
    pub children: IndexMap<SmolStr, ModuleId>,
}

/// One object of one module, by its index among the module's objects of that kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Node {
    Variable(ModuleId, usize),
    /// The variable's validation rules.
    Validation(ModuleId, usize),
    Local(ModuleId, usize),
    Output(ModuleId, usize),
    Resource(ModuleId, usize),
    /// The expansion of a module call into instances.
    Call(ModuleId, usize),
    Check(ModuleId, usize),
}

impl Program {
    pub fn new(tree: &Arc<ModuleTree>) -> Program {
        let mut modules = Vec::new();
        flatten(tree, None, Vec::new(), &mut modules);
        let nodes = graph::nodes(&modules);
        let needs = graph::needs(&modules, &nodes);
        let (order, cycle) = graph::order(&modules, &nodes, &needs);
        Program { modules, nodes, needs, order, cycle }
    }

    pub(crate) fn module(&self, id: ModuleId) -> &Module {
        // Module ids are only made by `flatten`, which fills the list they index.
        &self.modules[id].tree.module
    }

    /// The module that a module instance is an instance of.
    pub(crate) fn module_at(&self, instance: &ModuleInstance) -> Option<ModuleId> {
        instance
            .0
            .iter()
            .try_fold(0, |module, (name, _)| self.modules.get(module)?.children.get(name).copied())
    }

    pub fn root(&self) -> &Module {
        self.module(0)
    }

    pub fn tree(&self) -> &Arc<ModuleTree> {
        &self.modules[0].tree
    }
}

fn flatten(
    tree: &Arc<ModuleTree>,
    caller: Option<(ModuleId, usize)>,
    path: Vec<SmolStr>,
    modules: &mut Vec<StaticModule>,
) -> ModuleId {
    let id = modules.len();
    modules.push(StaticModule {
        tree: Arc::clone(tree),
        caller,
        path: path.clone(),
        children: IndexMap::new(),
    });
    for (name, child) in &tree.children {
        let Some(call) = tree.module.calls.get_index_of(name) else { continue };
        let mut child_path = path.clone();
        child_path.push(name.clone());
        let child = flatten(child, Some((id, call)), child_path, modules);
        modules[id].children.insert(name.clone(), child);
    }
    id
}
