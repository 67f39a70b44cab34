//! One node of the program, for every instance of its module.

use std::vec;

use config::{ResourceMode, Tool};
use syntax::{Diagnostic, Diagnostics};

use super::orphans::Orphan;
use super::provider::Configured;
use super::resource::Expanded;
use super::waiting::Wait;
use super::{Phase, Walk, import};
use crate::program::{ModuleId, Node};

/// A node that is being visited: what of it has not begun yet.
pub(super) struct Visit<'a> {
    /// `None` stands for what the state has and the program has no resource for.
    node: Option<Node>,
    /// The instances of its module that are still to be visited.
    instances: vec::IntoIter<usize>,
    /// The resource in the last of those that were, with the instances that it still has.
    resource: Option<Expanded<'a>>,
    /// What is taken over, by instances that have not begun.
    imports: import::Ids,
    /// The objects that the resource has no instances for; `None` until all that it has have begun.
    orphans: Option<vec::IntoIter<Orphan>>,
    /// The walk was cancelled, and nothing else of it begins.
    cut_short: bool,
}

impl Visit<'_> {
    /// Whether anything of it may still begin.
    pub fn has_others(&self) -> bool {
        let objects = self.orphans.as_ref().is_some_and(|orphans| orphans.len() > 0);
        let instances = self.resource.as_ref().is_some_and(|resource| resource.left.len() > 0);
        !self.cut_short && (objects || instances || self.instances.len() > 0)
    }
}

impl<'a> Walk<'a> {
    /// Begins to visit a node, or what there is none for.
    pub(super) fn begin_visit(&mut self, node: Option<Node>) -> Visit<'a> {
        let program = self.inputs.program;
        let mut imports = import::Ids::new();
        let module = match node {
            None => None,
            Some(Node::Provider(id)) => {
                if self.phase != Phase::Evaluate && !self.is_hidden(id) {
                    self.configured(id);
                }
                None
            }
            Some(Node::Resource(module, index)) => {
                if let Some((_, resource)) = program.module(module).resources.get_index(index) {
                    imports = self.import_ids(&program.modules[module].path, resource);
                }
                Some(module)
            }
            Some(
                Node::Variable(module, _)
                | Node::Validation(module, _)
                | Node::Local(module, _)
                | Node::Output(module, _)
                | Node::Call(module, _)
                | Node::Check(module, _),
            ) => Some(module),
            Some(Node::Close(_)) => None,
        };
        let instances = module.map(|module| self.by_module[module].clone()).unwrap_or_default().into_iter();
        Visit { node, instances, resource: None, imports, orphans: None, cut_short: false }
    }

    /// Begins the next part of a visit: an instance of the module or of the resource, or an object that has none. `None`
    /// where all have begun.
    pub(super) fn next_part(&mut self, visit: &mut Visit<'a>) -> Option<Option<Wait<'a>>> {
        if self.inputs.is_cancelled() {
            // Said when all nodes are left.
            visit.cut_short = true;
            return None;
        }
        if let Some(resource) = &mut visit.resource {
            if let Some((key, repetition)) = resource.left.next() {
                return Some(self.begin_instance(resource, key, repetition, &mut visit.imports));
            }
            visit.resource = None;
        }
        if let (Some(node), Some(instance)) = (visit.node, visit.instances.next()) {
            return Some(self.visit_in(instance, node, visit));
        }
        let declared = match visit.node {
            None => None,
            Some(Node::Resource(module, index)) if self.phase == Phase::Plan => Some((module, index)),
            Some(_) => return None,
        };
        let orphans = visit.orphans.get_or_insert_with(|| self.orphans(declared).into_iter());
        orphans.next().map(|orphan| self.plan_orphan(orphan))
    }

    /// Visits a node in one instance of its module. Of a resource the instances come after that.
    fn visit_in(&mut self, instance: usize, node: Node, visit: &mut Visit<'a>) -> Option<Wait<'a>> {
        match node {
            Node::Output(_, index) => self.output(instance, index),
            // There is nothing else in it, but what OpenTofu's conditions of outputs refer to.
            _ if self.is_replaced(instance, node) => {}
            Node::Variable(_, index) => self.variable(instance, index),
            Node::Validation(_, index) => self.validation(instance, index),
            Node::Local(_, index) => self.local(instance, index),
            Node::Resource(module, index) if self.is_recorded(module, index) => {
                self.recorded(instance, index);
            }
            Node::Resource(_, index) => visit.resource = self.resource(instance, index, &visit.imports),
            Node::Call(_, index) => self.call(instance, index),
            Node::Check(..) if matches!(self.phase, Phase::Evaluate | Phase::Destroy) => {}
            Node::Check(_, index) => return self.check(instance, index),
            Node::Close(_) | Node::Provider(_) => {}
        }
        None
    }

    /// Ends the visit of a node when all of its parts are over. `before` is what was found before it began. Whether the node
    /// has failed, whatever was found.
    pub(super) fn end_visit(&mut self, visit: Visit<'a>, before: usize) -> bool {
        let Some(node) = visit.node else { return false };
        if !visit.cut_short {
            if let Node::Resource(module, index) = node {
                for instance in self.by_module[module].clone() {
                    self.put_together(instance, index);
                }
            }
            if self.phase == Phase::Plan {
                self.expect_checks(node);
            }
            if !self.failed_since(before) {
                self.unmatched_imports(&visit.imports);
            }
        }
        self.report_declared(node, before);
        self.is_broken(node)
    }

    /// Visits a node of which nothing waits.
    fn visit(&mut self, node: Node) {
        let before = self.findings.len();
        let mut visit = self.begin_visit(Some(node));
        while self.next_part(&mut visit).is_some() {}
        self.end_visit(visit, before);
    }

    /// Gives a node that is not executed the value that assertions read after the run: Terraform evaluates them
    /// against what exists, whatever failed. What is wrong here is a consequence and nobody is told.
    pub(super) fn look(&mut self, node: Node) {
        let before = self.findings.len();
        match node {
            _ if self.phase == Phase::Validate => {}
            Node::Validation(..) | Node::Check(..) | Node::Close(_) | Node::Provider(_) => {}
            // A root output that is not evaluated stays what it was.
            Node::Output(0, _) => {}
            Node::Variable(..) | Node::Local(..) | Node::Output(..) | Node::Call(..) => self.visit(node),
            Node::Resource(module, index) => {
                for instance in self.by_module[module].clone() {
                    if self.instances[instance].overridden.is_none() {
                        self.as_it_is(instance, index);
                    }
                }
            }
        }
        self.findings.truncate(before);
    }

    fn local(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((_, local)) = module.locals.get_index(index) else { return };
        let mut sink = Diagnostics::new();
        let scope = self.scope(instance);
        let value = lang::evaluate(&local.value, &local.origin, &scope, &mut sink);
        let failed = sink.iter().any(Diagnostic::is_error);
        let deprecated = &self.inputs.program.deprecated;
        let value = deprecated.taken(value, &local.value, &local.origin, &mut sink);
        self.report(sink);
        self.instances[instance].locals[index] = (!failed).then_some(value);
    }

    /// Whether a resource is what the state has of it. What is ephemeral is in no state, and a destruction opens it for
    /// the providers.
    fn is_recorded(&self, module: ModuleId, index: usize) -> bool {
        let resources = &self.inputs.program.module(module).resources;
        match self.phase {
            Phase::Evaluate => true,
            Phase::Destroy => {
                resources.get_index(index).is_none_or(|(addr, _)| addr.mode != ResourceMode::Ephemeral)
            }
            _ => false,
        }
    }

    /// Whether a node stands in a module instance that is overridden, and is not evaluated for that reason.
    fn is_replaced(&self, instance: usize, node: Node) -> bool {
        let names = self.inputs.dialect.tool == Tool::OpenTofu
            && matches!(node, Node::Variable(..) | Node::Validation(..) | Node::Local(..));
        self.instances[instance].overridden.is_some() && !names
    }

    /// Whether a node cannot be evaluated for nothing but that its provider is not at hand. Terraform would not have begun
    /// then; here the arguments are looked at all the same, where their schema is known.
    pub(super) fn only_lacks_provider(&self, index: usize, failed: &[bool]) -> bool {
        let program = self.inputs.program;
        let mut failed = program.needs[index].iter().filter(|need| failed[**need]).peekable();
        failed.peek().is_some()
            && failed.all(|need| match program.nodes[*need] {
                Node::Provider(id) => {
                    let wanted = program.serving.configurations.get(id);
                    wanted.is_some_and(|wanted| self.inputs.providers.get(&wanted.source).is_none())
                }
                _ => false,
            })
    }

    /// Whether a node is a provider that cannot serve, of which an earlier node may have told.
    pub(super) fn is_broken(&self, node: Node) -> bool {
        match node {
            Node::Provider(_) if self.inputs.options.open_providers => false,
            Node::Provider(id) => matches!(self.providers.get(id), Some(Configured::Failed)),
            _ => false,
        }
    }
}
