//! One pass over a program: every node, in order, for every instance of its module.
//!
//! Planning and applying are the same walk with another phase. A node that fails takes with it whatever needs it,
//! quietly, as a failed vertex does in Terraform's graph; everything else goes on.

mod applying;
mod check;
mod conditions;
mod configuration;
mod data;
mod declared;
mod ephemeral;
mod expand;
mod import;
mod imported_by;
mod module;
mod not_yet_known;
mod orphans;
mod output;
mod provider;
mod provider_instances;
mod provision;
mod resource;
mod root_outputs;
mod scope;
mod target;
mod variable;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ::provider::{Provider, Replacement};
use config::{Encoder, Feature, Files, InstanceKey, ModuleInstance, ResourceInstance, ResourceMode, Tool};
use lang::{Dialect, Value};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::change::Changes;
use crate::checks::{CheckResults, Recorder};
use crate::finding::Finding;
use crate::host::{Cancel, Host, Pulse};
use crate::input::VariableInput;
use crate::overrides::Overrides;
use crate::program::{ModuleId, Node, Program};
use crate::provider_instances::ProviderInstances;
use crate::refactoring::{Moves, Removals, apply_moves, forgotten, validate};
use crate::state::{DeposedKey, State};
use crate::timings::Times;

use self::provider::Configured;
pub use self::provider::TestProviders;
pub(crate) use crate::phase::Phase;
pub(crate) use expand::{Expansion, Repetition, UNKNOWN as UNKNOWN_EXPANSION, for_each};
pub(crate) use resource::prevented;
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
    pub providers: &'a ::provider::Providers,
    /// The provider blocks of the test file, where there is one.
    pub test_providers: Option<TestProviders<'a>>,
    pub overrides: &'a Overrides,
    /// What the module's provider configurations with `for_each` are repeated for.
    pub instances: &'a ProviderInstances,
    pub sources: Sources<'a>,
    pub host: &'a dyn Host,
    pub cancel: &'a Cancel,
    pub pulse: Pulse<'a>,
    /// How many steps of an apply wait for something outside at once.
    pub operations_at_once: usize,
    pub dialect: Dialect,
    /// When the plan is made, in seconds since 1970-01-01 UTC.
    pub plan_time: i64,
    /// Whether the time of each node is kept.
    pub timed: bool,
}

impl Inputs<'_> {
    /// Whether to end now; until then, it goes on.
    pub fn is_cancelled(&self) -> bool {
        (self.pulse)();
        self.cancel.is_cancelled()
    }
}

/// How to plan; see `plan_options`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub refresh_only: bool,
    /// Everything is going to be destroyed.
    pub before_destroy: bool,
    /// Take the state's word for what exists.
    pub skip_refresh: bool,
    /// Resources to plan, with what they need; empty means all.
    pub targets: Vec<Target>,
    pub replace: Vec<ResourceInstance>,
    /// A variable that has no value is unknown, where a run would refuse to start.
    pub open_variables: bool,
    /// A provider that is not at hand is passed over, where a run would end in an error.
    pub open_providers: bool,
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
    /// The module instances by address.
    pub at_address: FxHashMap<ModuleInstance, usize>,
    /// What becomes of the objects: made by a plan walk, executed by an apply walk.
    pub changes: Changes,
    /// What others have done to objects since the last apply.
    pub drift: Changes,
    /// What exists: the prior state, refreshed by a plan walk and changed by an apply walk.
    pub state: State,
    /// What became of the conditions of the configuration's objects.
    checks: Recorder,
    /// What the configuration has moved in the state.
    pub moves: Moves,
    pub removals: Removals,
    /// The resources of the state that are not planned yet.
    stored: orphans::Stored,
    /// The ids by which instances of the resource at hand are taken over.
    imports: import::Ids,
    /// What the plan of an apply walk came to for the outputs of each module instance.
    pub(super) planned_outputs: FxHashMap<ModuleInstance, Vec<Option<Value>>>,
    /// The objects that replacements have deposed and not yet destroyed.
    deposed: FxHashMap<ResourceInstance, DeposedKey>,
    failed: Vec<bool>,
    /// What has become of each provider configuration.
    providers: Vec<Configured>,
    /// The ephemeral resources that are open, in the order in which they were opened.
    open: Vec<ephemeral::Open>,
    /// The bodies of resources, ready to be evaluated, by module and index.
    encoders: FxHashMap<(ModuleId, usize), Encoder>,
    /// Providers of objects that nothing in the program would need a provider for, by source address.
    implied_providers: BTreeMap<SmolStr, Option<Arc<dyn Provider>>>,
    /// What the static checks say, where that is asked for.
    declared: declared::OfDeclarations,
    /// Set where only a part of the program is wanted.
    targeted: Option<Targeted>,
    /// How many instances of modules and resources the walk has made.
    made: usize,
    /// The steps of the apply wait for each other, so that none was taken.
    pub stuck: bool,
    /// What took longest, where that is wanted; see [`crate::Timings`].
    pub slowest: Vec<(String, Duration)>,
}

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
    pub fn new(inputs: Inputs<'a>, phase: Phase) -> Walk<'a> {
        let program = inputs.program;
        let mut walk = Walk {
            inputs,
            phase,
            instances: Vec::new(),
            by_module: vec![Vec::new(); program.modules.len()],
            findings: Vec::new(),
            at_address: FxHashMap::default(),
            changes: Changes::default(),
            drift: Changes::default(),
            state: inputs.prior.clone(),
            checks: Recorder::new(&program.checkables),
            moves: Moves::default(),
            removals: Removals::default(),
            stored: orphans::Stored::default(),
            imports: import::Ids::new(),
            planned_outputs: FxHashMap::default(),
            deposed: FxHashMap::default(),
            failed: vec![false; program.nodes.len()],
            providers: vec![Configured::default(); program.serving.configurations.len()],
            implied_providers: BTreeMap::new(),
            open: Vec::new(),
            encoders: FxHashMap::default(),
            declared: match phase {
                Phase::Validate => {
                    declared::OfDeclarations::new(program, inputs.providers, inputs.test_providers)
                }
                _ => declared::OfDeclarations::default(),
            },
            // A module is right or wrong as a whole, whatever part of it is wanted.
            targeted: match phase {
                Phase::Validate => None,
                _ => Targeted::new(program, &inputs.options.targets),
            },
            made: 0,
            stuck: false,
            slowest: Vec::new(),
        };
        walk.add_instance(0, ModuleInstance::root(), None, Repetition::default());
        if phase == Phase::Plan {
            walk.moves = apply_moves(program, inputs.providers, &mut walk.state);
            walk.removals = Removals::of(program);
            walk.stored = walk.stored();
        }
        walk
    }

    /// The walk that applies what another has planned.
    pub fn applying(plan: Walk<'a>) -> Walk<'a> {
        let mut walk = Walk::new(plan.inputs, Phase::Apply);
        // What the plan knows of the outputs holds until the apply comes to them.
        let mut outputs = plan.state.outputs().clone();
        let planned = plan.instances.first().into_iter().flat_map(|root| &root.outputs);
        for (name, value) in plan.inputs.program.root().outputs.keys().zip(planned) {
            match value.as_ref().filter(|value| value.is_wholly_known()) {
                Some(value) if value.is_null() => drop(outputs.remove(name)),
                Some(value) => drop(outputs.insert(name.clone(), value.clone())),
                None => {}
            }
        }
        walk.checks = Recorder::after_plan(&plan.checks);
        let planned = plan.instances.into_iter();
        walk.planned_outputs = planned.map(|instance| (instance.addr, instance.outputs)).collect();
        walk.changes = plan.changes;
        walk.state = plan.state;
        walk.state.set_outputs(outputs);
        walk
    }

    /// Visits every node. Stops between nodes when cancelled.
    pub fn run(&mut self) {
        self.visit_nodes();
        self.close_all();
    }

    fn visit_nodes(&mut self) {
        let program = self.inputs.program;
        if !program.refused.is_empty() {
            self.report(program.refused.clone());
            return;
        }
        let (without_module, missing) = self.missing_import_targets();
        if !without_module.is_empty() {
            // Without it there is no graph, of which others could be told.
            self.report(without_module);
            return;
        }
        if !self.report_others() {
            return;
        }
        let tool = self.inputs.dialect.tool;
        let impossible = self.moves.impossible(&self.inputs.options.targets, tool);
        if !impossible.is_empty() {
            self.report(impossible);
            return;
        }
        let without_provider = match self.inputs.options.open_providers {
            true => Diagnostics::new(),
            false => self.missing_providers(),
        };
        if !without_provider.is_empty() {
            self.report(without_provider);
            return;
        }
        self.report(missing);
        let mut times = Times::new(self.inputs.timed, self.inputs.host, program.nodes.len());
        for index in program.order.iter().copied() {
            if self.inputs.is_cancelled() {
                break;
            }
            let failed = program.needs[index].iter().any(|need| self.failed[*need]);
            let wanted = self.targeted.as_ref().is_none_or(|targeted| targeted.wanted[index]);
            if failed || !wanted {
                self.failed[index] = failed;
                if self.only_lacks_provider(index) {
                    self.report_declared(program.nodes[index], self.findings.len());
                }
                self.look(program.nodes[index]);
                continue;
            }
            let before = self.findings.len();
            times.begin(index);
            self.renew();
            self.visit(program.nodes[index]);
            times.end(index);
            self.report_declared(program.nodes[index], before);
            self.failed[index] |= self.failed_since(before) || self.is_broken(program.nodes[index]);
        }
        self.slowest = times.slowest(|node| Some(program.node_name(node)));
        if self.is_interrupted() {
            return;
        }
        if self.phase == Phase::Plan {
            self.plan_orphans(None);
            self.settle_moves();
        }
    }

    /// Whether the walk was cancelled, after saying so: before everything else, or after it, as the version does.
    fn is_interrupted(&mut self) -> bool {
        let interrupted = self.inputs.is_cancelled();
        if interrupted {
            let last = match self.inputs.dialect.tool {
                Tool::Terraform if self.inputs.dialect.has(Feature::RunGraph) => self.findings.len(),
                _ => 0,
            };
            self.findings.insert(last, Finding::plain(self::interrupted()));
        }
        interrupted
    }

    /// Says what is wrong with the moves. It is a likely cause of everything else, which is not said then.
    fn settle_moves(&mut self) {
        let found = validate(self);
        if !found.is_empty() {
            self.findings.clear();
            self.report(found);
        }
        // Warnings about what could not move, and about what is left to itself, do not wait for success.
        let tool = self.inputs.dialect.tool;
        let forgotten = (tool == Tool::Terraform).then(|| forgotten(&self.changes)).flatten();
        let warnings = self.moves.warning(tool).into_iter().chain(forgotten).collect();
        self.report(warnings);
    }

    /// The instances of a module, by the calls that lead to it.
    pub fn module_instances(&self, calls: &[SmolStr]) -> Vec<ModuleInstance> {
        let program = self.inputs.program;
        let child = |module: usize, call: &SmolStr| program.modules.get(module)?.children.get(call).copied();
        let module = calls.iter().try_fold(0, child);
        let instances = module.and_then(|module| self.by_module.get(module)).into_iter().flatten();
        instances.map(|instance| self.instances[*instance].addr.clone()).collect()
    }

    /// Gives a node that is not executed the value that assertions read after the run: Terraform evaluates them
    /// against what exists, whatever failed. What is wrong here is a consequence and nobody is told.
    fn look(&mut self, node: Node) {
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

    fn visit(&mut self, node: Node) {
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
    fn only_lacks_provider(&self, index: usize) -> bool {
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
    fn is_broken(&self, node: Node) -> bool {
        match node {
            Node::Provider(_) if self.inputs.options.open_providers => false,
            Node::Provider(id) => matches!(self.providers.get(id), Some(Configured::Failed)),
            _ => false,
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

    /// The declarations of an instance's module.
    pub(super) fn module_of(&self, instance: usize) -> &'a config::Module {
        self.inputs.program.module(self.instances[instance].module)
    }

    /// Whether an output is part of the operation: everything is, unless there are targets.
    pub fn wants_output(&self, module: ModuleId, index: usize) -> bool {
        self.targeted.as_ref().is_none_or(|targeted| targeted.wants_output((module, index)))
    }

    /// What became of the conditions so far.
    pub fn check_results(&self) -> CheckResults {
        self.checks.results(&self.inputs.program.checkables)
    }

    pub fn scope(&self, instance: usize) -> ModuleScope<'_> {
        ModuleScope::new(self, instance)
    }

    pub(super) fn report(&mut self, diagnostics: Diagnostics) {
        self.findings.extend(diagnostics.into_iter().map(Finding::plain));
    }
}

fn interrupted() -> Diagnostic {
    let detail = "The test operation could not be completed due to an interrupt signal. Please read the remaining \
                  diagnostics carefully for any sign of failed state cleanup or dangling resources.";
    Diagnostic::error("Test interrupted", detail).with_code("interrupted")
}
