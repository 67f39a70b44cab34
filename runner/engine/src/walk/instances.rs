//! The instances of modules that a walk has made, and the values in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::Replacement;
use config::{InstanceKey, ModuleInstance};
use lang::Value;
use syntax::{Diagnostic, Location, SmolStr};

use super::{Expansion, Phase, Repetition, Walk};
use crate::finding::Finding;
use crate::program::ModuleId;

/// How many instances of resources and modules one walk makes.
const MOST_INSTANCES_OF_ALL: usize = 200_000;

/// One instance of a module and the values in it. A value is `None` until its node has been visited, and stays
/// so when the node failed.
pub(crate) struct Instance {
    pub module: ModuleId,
    pub addr: ModuleInstance,
    /// Set where the instance is overridden: the values of its outputs. Nothing else is in it then.
    pub overridden: Option<Arc<Replacement>>,
    /// The calling instance.
    pub caller: Option<usize>,
    /// `each` or `count` of the call, for the call's arguments.
    pub repetition: Repetition,
    pub variables: Vec<Option<Value>>,
    pub locals: Vec<Option<Value>>,
    pub outputs: Vec<Option<Value>>,
    pub resources: Vec<ResourceValues>,
    /// For each check, the data that only it sees.
    pub scoped: Vec<Option<Value>>,
    /// For each call, its expansion and the instances it made, by key.
    pub calls: Vec<Option<(Expansion, Vec<usize>)>>,
}

/// The objects of one resource in one module instance.
#[derive(Default)]
pub(crate) struct ResourceValues {
    pub expansion: Option<Expansion>,
    pub objects: BTreeMap<InstanceKey, Value>,
    /// What a reference to the whole resource reads.
    pub value: Option<Value>,
}

impl<'a> Walk<'a> {
    pub(super) fn add_instance(
        &mut self,
        module: ModuleId,
        addr: ModuleInstance,
        caller: Option<usize>,
        repetition: Repetition,
    ) -> usize {
        let declared = self.inputs.program.module(module);
        let id = self.instances.len();
        let overridden = match self.phase {
            Phase::Validate => None,
            _ => self.inputs.overrides.of_module(&addr).cloned(),
        };
        self.at_address.insert(addr.clone(), id);
        self.instances.push(Instance {
            module,
            addr,
            overridden,
            caller,
            repetition,
            variables: vec![None; declared.variables.len()],
            locals: vec![None; declared.locals.len()],
            outputs: vec![None; declared.outputs.len()],
            resources: declared.resources.iter().map(|_| ResourceValues::default()).collect(),
            scoped: vec![None; declared.checks.len()],
            calls: declared.calls.iter().map(|_| None).collect(),
        });
        self.by_module[module].push(id);
        id
    }

    /// Counts instances that are about to be made. False when they are too many, after saying so: modules within
    /// modules can ask for any number of them in a few lines.
    pub(super) fn may_make(&mut self, count: usize, place: &Location) -> bool {
        self.made = self.made.saturating_add(count);
        if self.made <= MOST_INSTANCES_OF_ALL {
            return true;
        }
        let detail = format!(
            "With these there would be {} instances of resources and modules, which is more than the limit of \
             {MOST_INSTANCES_OF_ALL} instances.",
            self.made
        );
        let diagnostic = Diagnostic::error("Too many instances", detail).at(place.clone()).with_code("limit");
        self.findings.push(Finding::plain(diagnostic));
        false
    }

    /// The instances of a module, by the calls that lead to it.
    pub fn module_instances(&self, calls: &[SmolStr]) -> Vec<ModuleInstance> {
        let program = self.inputs.program;
        let child = |module: usize, call: &SmolStr| program.modules.get(module)?.children.get(call).copied();
        let module = calls.iter().try_fold(0, child);
        let instances = module.and_then(|module| self.by_module.get(module)).into_iter().flatten();
        instances.map(|instance| self.instances[*instance].addr.clone()).collect()
    }

    /// The declarations of an instance's module.
    pub fn module_of(&self, instance: usize) -> &'a config::Module {
        self.inputs.program.module(self.instances[instance].module)
    }
}
