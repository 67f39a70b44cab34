//! One pass over a program: every node, in order, for every instance of its module.
//!
//! Planning and applying are the same walk with another phase. A node that fails takes with it whatever needs it,
//! quietly, as a failed vertex does in Terraform's graph; everything else goes on.

mod check;
mod expand;
mod module;
mod orphans;
mod output;
mod resource;
mod scope;
mod target;
mod variable;

use std::collections::BTreeMap;
use std::time::Duration;

use config::{Condition, Files, InstanceKey, ModuleInstance, ResourceInstance};
use lang::{Dialect, Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use crate::conditions;
use crate::finding::{Checkable, CheckableObject, Finding};
use crate::host::{Cancel, Host};
use crate::input::VariableInput;
use crate::program::{ModuleId, Node, Program};
use crate::state::State;
use crate::timings::{self, Stopwatch};

pub(crate) use crate::phase::Phase;
pub(crate) use expand::{Expansion, Repetition};
pub(crate) use resource::{Action, Change, Force, prevented};
pub(crate) use scope::{ExtraNames, ModuleScope, object};
pub(crate) use target::Target;
use target::Targeted;

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
    pub dialect: Dialect,
    /// When the plan is made, in seconds since 1970-01-01 UTC.
    pub plan_time: i64,
    /// Whether the time of each node is kept.
    pub timed: bool,
}

/// How to plan; see `plan_options`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub refresh_only: bool,
    /// Resources to plan, with what they need; empty means all.
    pub targets: Vec<Target>,
    pub replace: Vec<ResourceInstance>,
    /// A variable that has no value is unknown, where a run would refuse to start.
    pub open_variables: bool,
}

/// How many instances of resources and modules one walk makes.
const MOST_INSTANCES_OF_ALL: usize = 200_000;

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
    /// Set where only a part of the program is wanted.
    targeted: Option<Targeted>,
    /// How many instances of modules and resources the walk has made.
    made: usize,
    /// By node, where that is wanted.
    times: Vec<Duration>,
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
            targeted: Targeted::new(program, &inputs.options.targets),
            made: 0,
            times: if inputs.timed { vec![Duration::ZERO; program.nodes.len()] } else { Vec::new() },
        };
        walk.add_instance(0, ModuleInstance::root(), None, Repetition::default());
        walk
    }

    /// Visits every node. Stops between nodes when cancelled.
    pub fn run(&mut self) {
        let program = self.inputs.program;
        if let Some(refused) = &program.refused {
            self.findings.push(Finding::plain(refused.clone()));
            return;
        }
        for index in program.order.iter().copied() {
            if self.inputs.cancel.is_cancelled() {
                self.findings.push(Finding::plain(interrupted()));
                return;
            }
            let failed = program.needs[index].iter().any(|need| self.failed[*need]);
            let wanted = self.targeted.as_ref().is_none_or(|targeted| targeted.wanted[index]);
            if failed || !wanted {
                self.failed[index] = failed;
                self.look(program.nodes[index]);
                continue;
            }
            let before = self.findings.len();
            self.timed_visit(index);
            self.failed[index] |= self.findings[before..].iter().any(|found| found.diagnostic.is_error());
        }
        if matches!(self.phase, Phase::Plan | Phase::Apply) {
            self.remove_orphans();
        }
        if self.phase == Phase::Plan {
            self.incomplete_replacements();
        }
    }

    fn timed_visit(&mut self, index: usize) {
        let node = self.inputs.program.nodes[index];
        if !self.inputs.timed {
            return self.visit(node);
        }
        let mut watch = Stopwatch::start(self.inputs.host);
        self.visit(node);
        if let Some(time) = self.times.get_mut(index) {
            *time = watch.lap();
        }
    }

    /// What took longest; empty unless times were kept.
    pub fn slowest(&self) -> Vec<(String, Duration)> {
        timings::slowest(&self.times, |node| self.inputs.program.name_of(node))
    }

    /// Gives a node that is not executed the value that assertions read after the run: Terraform evaluates them
    /// against what exists, whatever failed. What is wrong here is a consequence and nobody is told.
    fn look(&mut self, node: Node) {
        let before = self.findings.len();
        match node {
            _ if self.phase == Phase::Validate => {}
            Node::Validation(..) | Node::Check(..) => {}
            // An output that is left out by targets stays what it was.
            Node::Output(0, _) if self.targeted.is_some() => {}
            Node::Variable(..) | Node::Local(..) | Node::Output(..) | Node::Call(..) => self.visit(node),
            Node::Resource(module, index) => {
                for instance in self.by_module[module].clone() {
                    self.as_it_is(instance, index);
                }
            }
        }
        self.findings.truncate(before);
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
            if self.inputs.cancel.is_cancelled() {
                // Said by `run` before the next node.
                return;
            }
            match node {
                Node::Variable(..) => self.variable(instance, index),
                Node::Validation(..) => self.validation(instance, index),
                Node::Local(..) => self.local(instance, index),
                Node::Output(..) => self.output(instance, index),
                Node::Resource(..) if self.phase == Phase::Evaluate => self.recorded(instance, index),
                Node::Resource(..) => self.resource(instance, index),
                Node::Call(..) => self.call(instance, index),
                Node::Check(..) if self.phase == Phase::Evaluate => {}
                Node::Check(..) => self.check(instance, index),
            }
        }
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
        // A check that cannot be evaluated has not failed: nobody can expect that.
        let broken = |diagnostic: &Diagnostic| kind == conditions::Kind::Check && diagnostic.is_error();
        self.findings.extend(found.into_iter().map(|diagnostic| {
            let check = (!broken(&diagnostic)).then(|| check.clone());
            Finding { diagnostic, check }
        }));
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
                    // Left out by targets: what an earlier run made of it.
                    None => match self.inputs.prior.outputs().get(name) {
                        Some(value) if self.targeted.is_some() => value.clone(),
                        _ => Value::null(Type::Dynamic),
                    },
                    // Only a failure leaves something unknown after an apply.
                    Some(value) if !value.is_known() && self.phase == Phase::Apply => {
                        Value::null(Type::Dynamic).with_marks(value.marks())
                    }
                    Some(value) if !value.is_known() => Value::dynamic().with_marks(value.marks()),
                    Some(value) => value.clone(),
                };
                (name.clone(), value)
            })
            .collect()
    }
}

pub(crate) fn interrupted() -> Diagnostic {
    Diagnostic::error("Test interrupted", "The run was cancelled before it was finished.")
        .with_code("interrupted")
}
