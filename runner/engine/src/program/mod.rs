//! A module tree made ready for execution: every module in one list, every object a node, nodes in the order
//! in which they can be evaluated. Made once per module tree and shared by all runs of it.

pub(crate) mod cycles;
mod graph;
mod imports;
mod lineage;
mod pending;
mod places;
mod providers;

use std::sync::Arc;

use ::provider::Providers;
use config::{Configuration, Item, Module, ModuleInstance, ModuleTree, Resource, ResourceAddr};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::checks::{Checkables, checkables};
use crate::deprecation::Deprecated;
use graph::Keyed;
pub(crate) use imports::{ImportTarget, TargetKey, targets as import_targets};
use lineage::Lineage;
use pending::Pending;
use providers::Serving;
pub(crate) use providers::{ConfigurationId, KeyPlace, Served};

/// How many modules a program may have: two calls on each of 25 levels are 33 million modules.
const MOST_MODULES: usize = 10_000;

/// The index of a module in [`Program::modules`]; the root module is 0.
pub(crate) type ModuleId = usize;

/// A module tree with its evaluation order.
#[derive(Debug)]
pub struct Program {
    pub(crate) modules: Vec<StaticModule>,
    pub(crate) nodes: Vec<Node>,
    /// For each node, the nodes that it needs.
    pub(crate) needs: Vec<Vec<usize>>,
    /// For each node, the resources of which it reads only instances of literal keys.
    pub(crate) keyed: Vec<Keyed>,
    pub(crate) serving: Serving,
    pub(crate) checkables: Checkables,
    pub(crate) deprecated: Deprecated,
    /// Indexes of `nodes`, each after everything it needs.
    pub(crate) order: Vec<usize>,
    /// Why nothing can be evaluated: objects that depend on each other in a circle, or too many modules.
    pub(crate) refused: Diagnostics,
    pending: Pending,
    lineage: Lineage,
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

impl StaticModule {
    /// How messages call the module.
    pub fn name(&self) -> String {
        match self.path.is_empty() {
            true => "the root module".to_owned(),
            false => self.path.iter().map(|call| format!("module.{call}")).collect::<Vec<_>>().join("."),
        }
    }
}

/// One object of one module, by its index among the module's objects of that kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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
    /// A module is through with everything in it: what a reference to the whole module waits for.
    Close(ModuleId),
    /// A provider with a configuration that something uses.
    Provider(ConfigurationId),
}

impl Program {
    pub fn new(tree: &Arc<ModuleTree>) -> Program {
        let mut modules = Vec::new();
        if count(tree, &mut FxHashMap::default()) > MOST_MODULES {
            return Program::too_large(tree);
        }
        flatten(tree, None, Vec::new(), &mut modules);
        let serving = Serving::new(&modules);
        let nodes = graph::nodes(&modules, &serving);
        let (needs, keyed) = graph::needs(&modules, &serving, &nodes);
        let order = graph::order(&needs);
        // A variable without rules has nothing to validate, and no node for it in Terraform.
        let is_named = |node: Node| match node {
            Node::Validation(module, at) => {
                let variables = &modules[module].tree.module.variables;
                variables.get_index(at).is_some_and(|(_, variable)| !variable.validations.is_empty())
            }
            _ => true,
        };
        let name = |node: usize| {
            let node = nodes[node];
            is_named(node).then(|| graph::node_name(&modules, &serving, node))
        };
        let place = |node: usize| places::place(&modules, nodes[node]);
        let refused = cycles::find_cycles(&needs, name, place);
        let lineage = Lineage::new(&modules, &nodes, &needs, &order);
        let pending = pending::pending(&modules, &serving, &nodes, &needs);
        let checkables = checkables(&modules);
        let deprecated = Deprecated::new(&modules);
        Program {
            modules,
            nodes,
            needs,
            keyed,
            serving,
            checkables,
            deprecated,
            order,
            refused,
            lineage,
            pending,
        }
    }

    /// Whether whoever executes it may have to wait for something outside: a provisioner, or one of these providers.
    pub fn waits(&self, providers: &Providers) -> bool {
        let mut resources = self.modules.iter().flat_map(|module| module.tree.module.resources.values());
        let mut used = self.serving.configurations.iter();
        resources.any(|resource| !resource.provisioners.is_empty())
            || used.any(|it| providers.get(&it.source).is_some_and(|provider| provider.waits()))
    }

    /// A program that only says that it cannot be executed.
    fn too_large(tree: &Arc<ModuleTree>) -> Program {
        let detail = format!(
            "The module calls of this configuration, one that is reached in two ways counted twice, are more than \
             {MOST_MODULES}, which is the limit."
        );
        let module = StaticModule {
            tree: Arc::clone(tree),
            caller: None,
            path: Vec::new(),
            children: IndexMap::new(),
        };
        let refused = Diagnostic::error("Too many module calls", detail).with_code("limit");
        Program {
            modules: vec![module],
            nodes: Vec::new(),
            needs: Vec::new(),
            keyed: Vec::new(),
            serving: Serving::default(),
            checkables: Checkables::new(),
            deprecated: Deprecated::default(),
            order: Vec::new(),
            refused: vec![refused],
            lineage: Lineage::default(),
            pending: Pending::default(),
        }
    }

    pub(crate) fn module(&self, id: ModuleId) -> &Module {
        // Module ids are only made by `flatten`, which fills the list they index.
        &self.modules[id].tree.module
    }

    /// The module that a module instance is an instance of.
    pub(crate) fn module_at(&self, instance: &ModuleInstance) -> Option<ModuleId> {
        let mut calls = instance.0.iter();
        calls.try_fold(0, |module, (name, _)| self.modules.get(module)?.children.get(name).copied())
    }

    /// A node as Terraform's graph calls it.
    pub(crate) fn node_name(&self, node: usize) -> String {
        self.nodes
            .get(node)
            .map(|node| graph::node_name(&self.modules, &self.serving, *node))
            .unwrap_or_default()
    }

    /// The configurations that the root module wants its caller to pass: its `configuration_aliases`.
    pub(crate) fn asked_of_caller(&self) -> impl Iterator<Item = Configuration> {
        Configuration::asked_of_caller(self.root())
    }

    /// The address of a provider configuration.
    pub(crate) fn address_of(&self, configuration: &Configuration) -> String {
        configuration.address(&self.modules[configuration.module].path)
    }

    /// The declaration of a resource, seen from a module instance.
    pub(crate) fn resource_at(
        &self,
        instance: &ModuleInstance,
        resource: &ResourceAddr,
    ) -> Option<&Item<Resource>> {
        self.module(self.module_at(instance)?).resources.get(resource)
    }

    pub fn root(&self) -> &Module {
        self.module(0)
    }

    pub fn tree(&self) -> &Arc<ModuleTree> {
        &self.modules[0].tree
    }
}

/// How many modules a tree stands for when every call counts; `known` holds the counts of shared trees.
fn count(tree: &Arc<ModuleTree>, known: &mut FxHashMap<*const ModuleTree, usize>) -> usize {
    if let Some(count) = known.get(&Arc::as_ptr(tree)) {
        return *count;
    }
    let total = tree.children.values().fold(1usize, |sum, child| sum.saturating_add(count(child, known)));
    known.insert(Arc::as_ptr(tree), total);
    total
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
