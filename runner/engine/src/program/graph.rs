//! Which object needs which, and an order that respects it.

use config::{Body, Condition, InstanceKey, Resource, ResourceAddr, ResourceMode};
use lang::{Expr, Step, StepKind, Traversal};
use rustc_hash::FxHashSet;
use syntax::SmolStr;

use super::imports;
use super::providers::{Served, Serving};
use super::{ModuleId, Node, StaticModule};

/// Where the nodes of each module's objects begin in the node list.
pub(super) struct Index {
    starts: Vec<Starts>,
    /// Where the nodes of the providers begin.
    providers: usize,
}

#[derive(Clone, Copy, Default)]
struct Starts {
    variables: usize,
    validations: usize,
    locals: usize,
    outputs: usize,
    resources: usize,
    calls: usize,
    close: usize,
}

pub(super) fn nodes(modules: &[StaticModule], serving: &Serving) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (id, module) in modules.iter().enumerate() {
        let module = &module.tree.module;
        nodes.extend((0..module.variables.len()).map(|index| Node::Variable(id, index)));
        nodes.extend((0..module.variables.len()).map(|index| Node::Validation(id, index)));
        nodes.extend((0..module.locals.len()).map(|index| Node::Local(id, index)));
        nodes.extend((0..module.calls.len()).map(|index| Node::Call(id, index)));
        nodes.extend((0..module.resources.len()).map(|index| Node::Resource(id, index)));
        nodes.extend((0..module.outputs.len()).map(|index| Node::Output(id, index)));
        nodes.extend((0..module.checks.len()).map(|index| Node::Check(id, index)));
        // The root module is never referred to as a whole.
        nodes.extend((id > 0).then_some(Node::Close(id)));
    }
    nodes.extend((0..serving.used).map(Node::Provider));
    nodes
}

impl Index {
    pub fn new(modules: &[StaticModule]) -> Index {
        let mut next = 0;
        let starts = modules
            .iter()
            .map(|module| {
                let is_root = module.caller.is_none();
                let module = &module.tree.module;
                let mut take = |count: usize| {
                    let start = next;
                    next += count;
                    start
                };
                let variables = take(module.variables.len());
                let validations = take(module.variables.len());
                let locals = take(module.locals.len());
                let calls = take(module.calls.len());
                let resources = take(module.resources.len());
                let outputs = take(module.outputs.len());
                take(module.checks.len());
                let close = take(usize::from(!is_root));
                Starts { variables, validations, locals, outputs, resources, calls, close }
            })
            .collect();
        Index { starts, providers: next }
    }
}

/// The resources that a node reads by literal keys alone, with those keys.
pub(crate) type Keyed = Vec<(usize, InstanceKey)>;

pub(super) fn needs(
    modules: &[StaticModule],
    serving: &Serving,
    nodes: &[Node],
) -> (Vec<Vec<usize>>, Vec<Keyed>) {
    let index = Index::new(modules);
    let collect = |(at, node): (usize, &Node)| Collector::new(modules, serving, &index, at).collect(*node);
    nodes.iter().enumerate().map(collect).unzip()
}

/// Gathers what one node needs.
pub(super) struct Collector<'a> {
    modules: &'a [StaticModule],
    serving: &'a Serving,
    index: &'a Index,
    /// The node itself, which it never needs.
    own: usize,
    found: Vec<usize>,
    /// Each resource that is named, with the key where one is written.
    named: Vec<(usize, Option<InstanceKey>)>,
}

impl<'a> Collector<'a> {
    pub fn new(
        modules: &'a [StaticModule],
        serving: &'a Serving,
        index: &'a Index,
        own: usize,
    ) -> Collector<'a> {
        Collector { modules, serving, index, own, found: Vec::new(), named: Vec::new() }
    }

    fn collect(mut self, node: Node) -> (Vec<usize>, Keyed) {
        let modules = self.modules;
        match node {
            Node::Variable(id, index) => self.variable(id, index),
            Node::Validation(id, index) => {
                self.add(self.index.starts[id].variables + index);
                if let Some((_, variable)) = modules[id].tree.module.variables.get_index(index) {
                    for rule in &variable.validations {
                        self.condition(id, rule);
                    }
                }
            }
            Node::Local(id, index) => {
                if let Some((_, local)) = modules[id].tree.module.locals.get_index(index) {
                    self.expr(id, &local.value);
                }
            }
            Node::Output(id, index) => {
                if let Some((_, output)) = modules[id].tree.module.outputs.get_index(index) {
                    self.exprs(id, &output.value);
                    self.exprs(id, &output.depends_on);
                    for rule in &output.preconditions {
                        self.condition(id, rule);
                    }
                }
            }
            Node::Resource(id, index) => {
                if let Some((_, resource)) = modules[id].tree.module.resources.get_index(index) {
                    self.resource(id, resource);
                    self.provider(self.serving.of_resource(id, index));
                }
            }
            Node::Call(id, index) => {
                if let Some((_, call)) = modules[id].tree.module.calls.get_index(index) {
                    self.exprs(id, call.count.iter().chain(&call.for_each));
                    let passed = call.passed_providers.iter().filter_map(|it| it.parent.key.as_ref());
                    self.exprs(id, passed.map(|key| &key.value));
                    self.exprs(id, &call.depends_on);
                }
            }
            Node::Check(id, index) => {
                if let Some((_, check)) = modules[id].tree.module.checks.get_index(index) {
                    for rule in &check.asserts {
                        self.condition(id, rule);
                    }
                    if let Some(data) = &check.data {
                        self.resource(id, data);
                        self.provider(self.serving.of_check(id, index));
                    }
                }
            }
            Node::Close(id) => self.everything_in(id),
            Node::Provider(id) => {
                if let Some(configuration) = self.serving.configurations.get(id) {
                    let module = configuration.module;
                    let blocks = &modules[module].tree.module.providers;
                    if let Some(block) = configuration.block.and_then(|block| blocks.get(block)) {
                        self.body(module, &block.body);
                    }
                }
            }
        }
        self.expansion(node);
        self.found.sort_unstable();
        self.found.dedup();
        let keyed = self.keyed();
        (self.found, keyed)
    }

    fn keyed(&self) -> Keyed {
        let whole: FxHashSet<usize> =
            self.named.iter().filter(|(_, key)| key.is_none()).map(|(node, _)| *node).collect();
        let keyed = self.named.iter().filter(|(node, _)| !whole.contains(node));
        let mut keyed: Keyed = keyed.filter_map(|(node, key)| Some((*node, key.clone()?))).collect();
        keyed.sort_unstable();
        keyed.dedup();
        keyed
    }

    /// All nodes of a module, and what closes the modules in it.
    fn everything_in(&mut self, id: ModuleId) {
        let starts = self.index.starts[id];
        (starts.variables..starts.close).for_each(|node| self.add(node));
        for child in self.modules[id].children.values() {
            self.add(self.index.starts[*child].close);
        }
    }

    /// The nodes that expressions of a `depends_on` name.
    pub fn named_by(mut self, id: ModuleId, depends_on: &[Expr]) -> Vec<usize> {
        self.exprs(id, depends_on);
        self.found
    }

    /// The nodes that a resource's own expressions name.
    pub fn read_by(mut self, id: ModuleId, resource: &Resource) -> Vec<usize> {
        self.resource(id, resource);
        self.found
    }

    /// Everything inside a module needs the module's instances.
    fn expansion(&mut self, node: Node) {
        let id = match node {
            Node::Variable(id, _)
            | Node::Validation(id, _)
            | Node::Local(id, _)
            | Node::Output(id, _)
            | Node::Resource(id, _)
            | Node::Call(id, _)
            | Node::Check(id, _)
            | Node::Close(id) => id,
            Node::Provider(id) => self.serving.configurations.get(id).map_or(0, |it| it.module),
        };
        if let Some((caller, call)) = self.modules[id].caller {
            self.add(self.index.starts[caller].calls + call);
        }
    }

    fn provider(&mut self, served: Option<Served>) {
        if let Some(Served { configuration, .. }) = served {
            self.add(self.index.providers + configuration);
        }
    }

    fn variable(&mut self, id: ModuleId, index: usize) {
        let Some((caller, call)) = self.modules[id].caller else { return };
        let Some((name, _)) = self.modules[id].tree.module.variables.get_index(index) else { return };
        let Some((_, call)) = self.modules[caller].tree.module.calls.get_index(call) else { return };
        if let Some(argument) = call.arguments.get(name) {
            self.expr(caller, &argument.value);
        }
    }

    fn resource(&mut self, id: ModuleId, resource: &Resource) {
        self.exprs(id, resource.count.iter().chain(&resource.for_each));
        let key = resource.provider.as_ref().and_then(|used| used.key.as_ref());
        self.exprs(id, key.map(|key| &key.value));
        self.exprs(id, &resource.depends_on);
        self.body(id, &resource.body);
        let lifecycle = &resource.lifecycle;
        self.exprs(id, &lifecycle.replace_triggered_by);
        self.imports(id, resource);
        let connections = resource.provisioners.iter().filter_map(|it| it.connection.as_ref());
        let provisioners = resource.provisioners.iter().map(|it| &it.block);
        for block in resource.connection.iter().chain(connections).chain(provisioners) {
            self.body(id, &block.body);
        }
        for rule in lifecycle.preconditions.iter().chain(&lifecycle.postconditions) {
            self.condition(id, rule);
        }
    }

    /// What is taken over has to be known when the resource is planned.
    fn imports(&mut self, id: ModuleId, resource: &Resource) {
        let modules = self.modules;
        for (import, target) in imports::targets(&modules[0].tree.module) {
            let calls = target.calls.iter().map(|(name, _)| name);
            if target.resource == resource.addr && calls.eq(&modules[id].path) {
                self.exprs(0, import.for_each.iter().chain(&import.id).chain(&import.identity));
            }
        }
    }

    fn body(&mut self, id: ModuleId, body: &Body) {
        self.exprs(id, body.attributes.iter().map(|attribute| &attribute.value));
        for block in &body.blocks {
            self.body(id, &block.body);
        }
    }

    fn condition(&mut self, id: ModuleId, rule: &Condition) {
        self.exprs(id, [&rule.condition, &rule.error_message]);
    }

    fn exprs<'e>(&mut self, id: ModuleId, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(id, expr);
        }
    }

    fn expr(&mut self, id: ModuleId, expr: &Expr) {
        for traversal in expr.traversals() {
            self.traversal(id, traversal);
        }
    }

    fn traversal(&mut self, id: ModuleId, traversal: &Traversal) {
        let module = &self.modules[id].tree.module;
        let starts = self.index.starts[id];
        let first = traversal.attr(0);
        match (traversal.root.as_str(), first) {
            ("var", Some(name)) => {
                if let Some(at) = module.variables.get_index_of(name) {
                    self.add(starts.variables + at);
                    // A variable that fails its validation stops whatever uses it, the rules of others too.
                    self.add(starts.validations + at);
                }
            }
            ("local", Some(name)) => {
                if let Some(at) = module.locals.get_index_of(name) {
                    self.add(starts.locals + at);
                }
            }
            ("module", Some(name)) => {
                if let Some(at) = module.calls.get_index_of(name) {
                    self.add(starts.calls + at);
                }
                if let Some(child) = self.modules[id].children.get(name) {
                    self.outputs(*child, output_name(traversal));
                }
            }
            ("data" | "resource" | "ephemeral", Some(kind)) => {
                if let Some(name) = traversal.attr(1) {
                    let key = instance_key(traversal.steps.get(2));
                    self.resource_named(id, traversal.root.as_str(), kind, name, key);
                }
            }
            (kind, Some(name)) => {
                let key = instance_key(traversal.steps.get(1));
                self.resource_named(id, "resource", kind, name, key);
            }
            _ => {}
        }
    }

    fn resource_named(&mut self, id: ModuleId, root: &str, kind: &str, name: &str, key: Option<InstanceKey>) {
        let mode = match root {
            "data" => ResourceMode::Data,
            "ephemeral" => ResourceMode::Ephemeral,
            _ => ResourceMode::Managed,
        };
        let addr = ResourceAddr { mode, kind: kind.into(), name: name.into() };
        if let Some(at) = self.modules[id].tree.module.resources.get_index_of(&addr) {
            let node = self.index.starts[id].resources + at;
            self.add(node);
            self.named.push((node, key));
        }
    }

    fn outputs(&mut self, child: ModuleId, only: Option<&SmolStr>) {
        let module = &self.modules[child].tree.module;
        let start = self.index.starts[child].outputs;
        match only.and_then(|name| module.outputs.get_index_of(name)) {
            Some(at) => self.add(start + at),
            None => self.add(self.index.starts[child].close),
        }
    }

    fn add(&mut self, node: usize) {
        if node != self.own {
            self.found.push(node);
        }
    }
}

/// The key that a step after the name of a resource gives.
fn instance_key(step: Option<&Step>) -> Option<InstanceKey> {
    match &step?.kind {
        StepKind::Key(key) => Some(InstanceKey::String(key.clone())),
        StepKind::Number(number) => number.to_i64().map(InstanceKey::Int),
        StepKind::Attr(_) | StepKind::Missing => None,
    }
}

/// The output that `module.m.out` or `module.m[k].out` reads.
fn output_name(traversal: &Traversal) -> Option<&SmolStr> {
    traversal.steps.iter().skip(1).take(2).find_map(|step| match &step.kind {
        StepKind::Attr(name) => Some(name),
        _ => None,
    })
}

/// Every node after what it needs, otherwise as they stand. On a circle there is no such order, and some.
pub(super) fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    for start in 0..needs.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(need) = needs[*node].get(*next).copied() else {
                order.push(*node);
                path.pop();
                continue;
            };
            *next += 1;
            if !std::mem::replace(&mut seen[need], true) {
                path.push((need, 0));
            }
        }
    }
    order
}

pub(crate) fn node_name(modules: &[StaticModule], serving: &Serving, node: Node) -> String {
    let name = |id: ModuleId, text: String| {
        let mut path: String = modules[id].path.iter().map(|call| format!("module.{call}.")).collect();
        path.push_str(&text);
        path
    };
    let key = |entry: Option<&SmolStr>| entry.cloned().unwrap_or_default();
    match node {
        Node::Provider(id) => {
            serving.configurations.get(id).map(|it| it.address(&modules[it.module].path)).unwrap_or_default()
        }
        Node::Validation(id, at) => {
            let variables = &modules[id].tree.module.variables;
            name(id, format!("var.{} (validation)", key(variables.get_index(at).map(|(name, _)| name))))
        }
        Node::Variable(id, at) => {
            let variables = &modules[id].tree.module.variables;
            let expand = if id == 0 { "" } else { " (expand)" };
            name(id, format!("var.{}{expand}", key(variables.get_index(at).map(|(name, _)| name))))
        }
        Node::Local(id, at) => {
            let locals = &modules[id].tree.module.locals;
            name(id, format!("local.{} (expand)", key(locals.get_index(at).map(|(name, _)| name))))
        }
        Node::Output(id, at) => {
            let outputs = &modules[id].tree.module.outputs;
            name(id, format!("output.{} (expand)", key(outputs.get_index(at).map(|(name, _)| name))))
        }
        Node::Resource(id, at) => {
            let resources = &modules[id].tree.module.resources;
            name(id, resources.get_index(at).map(|(addr, _)| addr.to_string()).unwrap_or_default())
        }
        Node::Call(id, at) => {
            let calls = &modules[id].tree.module.calls;
            name(id, format!("module.{} (expand)", key(calls.get_index(at).map(|(name, _)| name))))
        }
        Node::Close(id) => {
            let path = modules[id].path.iter().map(|call| format!("module.{call}"));
            format!("{} (close)", path.collect::<Vec<_>>().join("."))
        }
        Node::Check(id, at) => {
            let checks = &modules[id].tree.module.checks;
            name(id, format!("check.{}", key(checks.get_index(at).map(|(name, _)| name))))
        }
    }
}
