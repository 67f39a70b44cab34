//! One node of the program, for every instance of its module.

use config::{ResourceMode, Tool};
use syntax::{Diagnostic, Diagnostics};

use super::provider::Configured;
use super::{Phase, Walk};
use crate::program::{ModuleId, Node};

impl Walk<'_> {
    pub(super) fn visit(&mut self, node: Node) {
        if let Node::Provider(id) = node {
            if self.phase != Phase::Evaluate && !self.is_hidden(id) {
                self.configured(id);
            }
            return;
        }
        let (Node::Variable(module, index)
        | Node::Validation(module, index)
        | Node::Local(module, index)
        | Node::Output(module, index)
        | Node::Resource(module, index)
        | Node::Call(module, index)
        | Node::Check(module, index)) = node
        else {
            return;
        };
        if let Node::Resource(module, index) = node
            && let Some((_, resource)) = self.inputs.program.module(module).resources.get_index(index)
        {
            self.imports = self.import_ids(&self.inputs.program.modules[module].path, resource);
        }
        let before = self.findings.len();
        for instance in self.by_module[module].clone() {
            if self.inputs.is_cancelled() {
                // Said when all nodes are left.
                return;
            }
            match node {
                Node::Output(..) => self.output(instance, index),
                // There is nothing else in it, but what OpenTofu's conditions of outputs refer to.
                _ if self.is_replaced(instance, node) => {}
                Node::Variable(..) => self.variable(instance, index),
                Node::Validation(..) => self.validation(instance, index),
                Node::Local(..) => self.local(instance, index),
                Node::Resource(..) if self.is_recorded(module, index) => {
                    self.recorded(instance, index);
                }
                Node::Resource(..) => self.resource(instance, index),
                Node::Call(..) => self.call(instance, index),
                Node::Check(..) if matches!(self.phase, Phase::Evaluate | Phase::Destroy) => {}
                Node::Check(..) => self.check(instance, index),
                Node::Close(_) | Node::Provider(_) => {}
            }
        }
        if self.phase == Phase::Plan {
            self.expect_checks(node);
        }
        if let (Node::Resource(module, index), Phase::Plan) = (node, self.phase) {
            self.plan_orphans(Some((module, index)));
        }
        let left = std::mem::take(&mut self.imports);
        if !self.failed_since(before) {
            self.unmatched_imports(&left);
        }
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
    pub(super) fn only_lacks_provider(&self, index: usize) -> bool {
        let program = self.inputs.program;
        let mut failed = program.needs[index].iter().filter(|need| self.failed[**need]).peekable();
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
