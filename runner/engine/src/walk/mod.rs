//! One pass over a program: every node, in order, for every instance of its module.
//!
//! Planning and applying are the same walk with another phase. A node that fails takes with it whatever needs it,
//! quietly, as a failed vertex does in Terraform's graph; everything else goes on.

mod check;
mod expand;
mod module;
mod output;
mod resource;
mod scope;
mod variable;

use std::collections::BTreeMap;

use config::{Condition, Files, InstanceKey, ModuleInstance, ResourceInstance};
use lang::{Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use crate::conditions;
use crate::finding::{Checkable, CheckableObject, Finding};
use crate::host::{Cancel, Host};
use crate::input::VariableInput;
use crate::program::{ModuleId, Node, Program};
use crate::state::State;

pub(crate) use crate::phase::Phase;
pub(crate) use expand::{Expansion, Repetition};
pub(crate) use resource::{Action, Change, Force, prevented};
pub(crate) use scope::{ExtraNames, ModuleScope, object};

/// Reads a file again for messages that quote lines and columns.
#[derive(Clone, Copy)]
pub struct Sources<'a>(pub &'a dyn Files);

impl Sources<'_> {
    /// `main.tf:3,5-12`: HCL's text for a range.
    pub(crate) fn place(&self, location: &Location) -> String {
        match self.0.read(location.file.as_str()) {
            Ok(text) => lang::place_in(&text, location.file.as_str(), location.span),
            Err(_) => location.file.to_string(),
        }
    }
}

/// Everything a walk reads.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub program: &'a Program,
    pub variables: &'a BTreeMap<SmolStr, VariableInput>,
    pub prior: &'a State,
    pub options: &'a Options,
    pub run_name: &'a str,
    pub workspace: &'a str,
    pub providers: &'a provider::Providers,
    pub sources: Sources<'a>,
    pub host: &'a dyn Host,
    pub cancel: &'a Cancel,
}

/// How to plan; see `plan_options`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub refresh_only: bool,
    /// Resources to plan, with what they need; empty means all.
    pub targets: Vec<Target>,
    pub replace: Vec<ResourceInstance>,
}

/// `-target`: a resource or a module, whole or one instance.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub module: ModuleInstance,
    pub resource: Option<(config::ResourceAddr, InstanceKey)>,
}

/// A walk in progress, and what it found when it is over.
pub(crate) struct Walk<'a> {
    pub inputs: Inputs<'a>,
    pub phase: Phase,
    /// All module instances; the root module is 0.
    pub instances: Vec<Instance>,
    /// The instances of each module.
    pub by_module: Vec<Vec<usize>>,
    pub findings: Vec<Finding>,
    /// Changes by object: made by a plan walk, executed by an apply walk.
    pub changes: BTreeMap<ResourceInstance, Change>,
    /// What exists: the prior state, changed as the apply walk goes.
    pub state: State,
    failed: Vec<bool>,
}

/// One instance of a module and the values in it. A value is `None` until its node has been visited, and stays
/// so when the node failed.
pub(crate) struct Instance {
    pub module: ModuleId,
    pub addr: ModuleInstance,
    /// The calling instance.
    pub caller: Option<usize>,
    /// `each` or `count` of the call, for the call's arguments.
    pub repetition: Repetition,
    pub variables: Vec<Option<Value>>,
    pub locals: Vec<Option<Value>>,
    pub outputs: Vec<Option<Value>>,
    pub resources: Vec<ResourceValues>,
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
    pub fn new(inputs: Inputs<'a>, phase: Phase) -> Walk<'a> {
        let program = inputs.program;
        let mut walk = Walk {
            inputs,
            phase,
            instances: Vec::new(),
            by_module: vec![Vec::new(); program.modules.len()],
            findings: Vec::new(),
            changes: BTreeMap::new(),
            state: inputs.prior.clone(),
            failed: vec![false; program.nodes.len()],
        };
        walk.add_instance(0, ModuleInstance::root(), None, Repetition::default());
        walk
    }

    /// Visits every node. Stops between nodes when cancelled.
    pub fn run(&mut self) {
        let program = self.inputs.program;
        if let Some(cycle) = &program.cycle {
            self.findings.push(Finding::plain(cycle.clone()));
            return;
        }
        let wanted = self.targeted();
        for index in program.order.iter().copied() {
            if self.inputs.cancel.is_cancelled() {
                self.findings.push(Finding::plain(interrupted()));
                return;
            }
            if program.needs[index].iter().any(|need| self.failed[*need]) {
                self.failed[index] = true;
                continue;
            }
            if wanted.as_ref().is_some_and(|wanted| !wanted[index]) {
                continue;
            }
            let before = self.findings.len();
            self.visit(program.nodes[index]);
            self.failed[index] |= self.findings[before..].iter().any(|found| found.diagnostic.is_error());
        }
        if self.phase != Phase::Validate {
            self.remove_orphans();
        }
    }

    fn visit(&mut self, node: Node) {
        let (Node::Variable(module, index)
        | Node::Validation(module, index)
        | Node::Local(module, index)
        | Node::Output(module, index)
        | Node::Resource(module, index)
        | Node::Call(module, index)
        | Node::Check(module, index)) = node;
        for instance in self.by_module[module].clone() {
            match node {
                Node::Variable(..) => self.variable(instance, index),
                Node::Validation(..) => self.validation(instance, index),
                Node::Local(..) => self.local(instance, index),
                Node::Output(..) => self.output(instance, index),
                Node::Resource(..) => self.resource(instance, index),
                Node::Call(..) => self.call(instance, index),
                Node::Check(..) => self.check(instance, index),
            }
        }
    }

    /// With targets, whether each node is a target or needed by one. Checks, validations and outputs come along
    /// where everything they need does.
    fn targeted(&self) -> Option<Vec<bool>> {
        let program = self.inputs.program;
        let targets = &self.inputs.options.targets;
        if targets.is_empty() {
            return None;
        }
        let mut wanted = vec![false; program.nodes.len()];
        for (index, node) in program.nodes.iter().enumerate() {
            wanted[index] = match *node {
                Node::Resource(module, resource) => {
                    let path = &program.modules[module].path;
                    let addr = program.module(module).resources.get_index(resource).map(|(addr, _)| addr);
                    targets.iter().any(|target| target.covers(path, addr))
                }
                Node::Variable(0, _) | Node::Validation(0, _) => true,
                _ => false,
            };
        }
        for index in program.order.iter().rev() {
            if wanted[*index] {
                for need in &program.needs[*index] {
                    wanted[*need] = true;
                }
            }
        }
        for index in &program.order {
            let resources_wanted = program.needs[*index].iter().all(|need| wanted[*need]);
            if !matches!(program.nodes[*index], Node::Resource(..)) && resources_wanted {
                wanted[*index] = true;
            }
        }
        Some(wanted)
    }

    pub(super) fn add_instance(
        &mut self,
        module: ModuleId,
        addr: ModuleInstance,
        caller: Option<usize>,
        repetition: Repetition,
    ) -> usize {
        let declared = self.inputs.program.module(module);
        let id = self.instances.len();
        self.instances.push(Instance {
            module,
            addr,
            caller,
            repetition,
            variables: vec![None; declared.variables.len()],
            locals: vec![None; declared.locals.len()],
            outputs: vec![None; declared.outputs.len()],
            resources: declared.resources.iter().map(|_| ResourceValues::default()).collect(),
            calls: declared.calls.iter().map(|_| None).collect(),
        });
        self.by_module[module].push(id);
        id
    }

    fn local(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((_, local)) = module.locals.get_index(index) else { return };
        let mut sink = Diagnostics::new();
        let scope = self.scope(instance);
        let value = lang::evaluate(&local.value, &local.origin, &scope, &mut sink);
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        self.instances[instance].locals[index] = (!failed).then_some(value);
    }

    /// The declarations of an instance's module.
    pub(super) fn module_of(&self, instance: usize) -> &'a config::Module {
        self.inputs.program.module(self.instances[instance].module)
    }

    pub fn scope(&self, instance: usize) -> ModuleScope<'_> {
        ModuleScope::new(self, instance)
    }

    pub(super) fn report(&mut self, diagnostics: Diagnostics) {
        self.findings.extend(diagnostics.into_iter().map(Finding::plain));
    }

    /// Evaluates custom conditions and reports those that do not hold.
    pub(super) fn conditions(
        &mut self,
        kind: conditions::Kind,
        rules: &[Condition],
        origin: &Origin,
        instance: usize,
        object: &CheckableObject,
        set_up: impl Fn(ModuleScope<'_>) -> ModuleScope<'_>,
    ) {
        let mut found = Vec::new();
        {
            let scope = set_up(self.scope(instance));
            for rule in rules {
                let diagnostics = conditions::check(kind, rule, origin, &scope, self.phase);
                found.extend(diagnostics);
            }
        }
        let check = Checkable { module: self.instances[instance].addr.clone(), object: object.clone() };
        self.findings
            .extend(found.into_iter().map(|diagnostic| Finding { diagnostic, check: Some(check.clone()) }));
    }

    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|found| found.diagnostic.is_error())
    }

    /// The root module's outputs, as tests read them: one that is not known has no type either, and one that
    /// could not be evaluated is null.
    pub fn outputs(&self) -> BTreeMap<SmolStr, Value> {
        let root = self.inputs.program.root();
        let values = self.instances[0].outputs.iter();
        root.outputs
            .keys()
            .zip(values)
            .map(|(name, value)| {
                let value = match value {
                    None => Value::null(Type::Dynamic),
                    Some(value) if !value.is_known() => Value::dynamic().with_marks(value.marks()),
                    Some(value) => value.clone(),
                };
                (name.clone(), value)
            })
            .collect()
    }
}

impl Target {
    /// The address as messages show it.
    pub fn text(&self) -> String {
        let module = self.module.to_string();
        match &self.resource {
            None => module,
            Some((resource, key)) if module.is_empty() => format!("{resource}{key}"),
            Some((resource, key)) => format!("{module}.{resource}{key}"),
        }
    }

    fn covers(&self, path: &[SmolStr], addr: Option<&config::ResourceAddr>) -> bool {
        let within = self.module.0.len() <= path.len()
            && self.module.0.iter().zip(path).all(|((name, _), at)| name == at);
        match &self.resource {
            None => within,
            Some((resource, _)) => within && self.module.0.len() == path.len() && addr == Some(resource),
        }
    }
}

pub(crate) fn interrupted() -> Diagnostic {
    Diagnostic::error("Test interrupted", "The run was cancelled before it was finished.")
        .with_code("interrupted")
}
