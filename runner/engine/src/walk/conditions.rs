//! The custom conditions of objects: evaluated for every instance, reported, and their results kept.

use config::{Condition, InstanceKey};
use syntax::{Diagnostic, Origin};

use super::{ModuleScope, Phase, Walk};
use crate::checks::{CheckStatus, ConfigCheckable};
use crate::conditions::{self, Kind};
use crate::finding::{Checkable, CheckableObject, Finding};
use crate::program::Node;

impl Walk<'_> {
    /// Evaluates custom conditions and reports those that do not hold.
    pub(super) fn conditions(
        &mut self,
        kind: Kind,
        rules: &[Condition],
        origin: &Origin,
        instance: usize,
        object: &CheckableObject,
        set_up: impl Fn(ModuleScope<'_>) -> ModuleScope<'_>,
    ) {
        if rules.is_empty() {
            return;
        }
        let checked: Vec<_> = {
            let scope = set_up(self.scope(instance));
            let deprecated = &self.inputs.program.deprecated;
            let check = |rule| conditions::check(kind, rule, origin, &scope, (self.phase, deprecated));
            rules.iter().map(check).collect()
        };
        let check = Checkable { module: self.instances[instance].addr.clone(), object: object.clone() };
        // A check that cannot be evaluated has not failed: nobody can expect that.
        let broken = |diagnostic: &Diagnostic| {
            let is_message = diagnostic.code == Some(conditions::HIDDEN_MESSAGE);
            kind == Kind::Check && (diagnostic.is_error() || is_message)
        };
        for conditions::Checked { diagnostics, status, message } in checked {
            self.remember(&check, status, message);
            self.findings.extend(diagnostics.into_iter().map(|mut diagnostic| {
                let check = (!broken(&diagnostic)).then(|| check.clone());
                diagnostic.alone = kind == Kind::Check && check.is_some();
                Finding { diagnostic, check }
            }));
        }
    }

    /// Keeps what became of one condition.
    pub(super) fn remember(&mut self, object: &Checkable, status: CheckStatus, message: Option<String>) {
        if self.phase != Phase::Validate {
            self.checks.record(&self.inputs.program.checkables, object, status, message);
        }
    }

    /// Keeps which objects with conditions there are of a node, once its modules' instances are known and, where it is a
    /// resource, its own.
    pub(super) fn expect_checks(&mut self, node: Node) {
        let program = self.inputs.program;
        let (module, object) = match node {
            Node::Validation(module, at) => {
                let declared = program.module(module).variables.get_index(at);
                (module, declared.map(|(name, _)| CheckableObject::Variable(name.clone())))
            }
            Node::Output(module, at) => {
                let declared = program.module(module).outputs.get_index(at);
                (module, declared.map(|(name, _)| CheckableObject::Output(name.clone())))
            }
            Node::Check(module, at) => {
                let declared = program.module(module).checks.get_index(at);
                (module, declared.map(|(name, _)| CheckableObject::Check(name.clone())))
            }
            Node::Resource(module, at) => {
                let declared = program.module(module).resources.get_index(at);
                let object =
                    |addr: &config::ResourceAddr| CheckableObject::Resource(addr.clone(), InstanceKey::None);
                (module, declared.map(|(addr, _)| object(addr)))
            }
            Node::Variable(..) | Node::Local(..) | Node::Call(..) | Node::Close(_) | Node::Provider(_) => {
                return;
            }
        };
        let Some(object) = object else { return };
        let block = ConfigCheckable { module: program.modules[module].path.as_slice().into(), object };
        if !program.checkables.contains_key(&block) {
            return;
        }
        let mut objects = Vec::new();
        for instance in &self.by_module[module] {
            let instance = &self.instances[*instance];
            let checkable = |object| Checkable { module: instance.addr.clone(), object };
            match (&block.object, node) {
                (CheckableObject::Resource(addr, _), Node::Resource(_, at)) => {
                    let expansion = instance.resources.get(at).and_then(|values| values.expansion.as_ref());
                    let Some(expansion) = expansion else { return };
                    let keyed = |key| checkable(CheckableObject::Resource(addr.clone(), key));
                    objects.extend(expansion.keys().into_iter().map(keyed));
                }
                (object, _) => objects.push(checkable(object.clone())),
            }
        }
        self.checks.expect(&program.checkables, &block, objects.into_iter());
    }
}
