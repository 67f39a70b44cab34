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
mod inputs;
mod instances;
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
mod taking;
mod target;
mod variable;
mod visit;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ::provider::Provider;
use config::{Encoder, Feature, ModuleInstance, ResourceInstance, Tool};
use lang::Value;
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::change::Changes;
use crate::checks::{CheckResults, Recorder};
use crate::finding::Finding;
use crate::program::{ModuleId, Node};
use crate::refactoring::{Moves, Removals, apply_moves, forgotten, validate};
use crate::state::{DeposedKey, State};

pub use self::inputs::Sources;
pub(crate) use self::inputs::{Inputs, Options};
pub(crate) use self::instances::Instance;
use self::provider::Configured;
pub use self::provider::TestProviders;
pub(crate) use crate::phase::Phase;
pub(crate) use expand::{Expansion, Repetition, UNKNOWN as UNKNOWN_EXPANSION, for_each};
pub(crate) use resource::prevented;
pub(crate) use scope::{ExtraNames, ModuleScope, object};
use taking::Steps;
pub(crate) use target::Target;
use target::Targeted;

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
    /// What the plan of an apply walk came to for the outputs of each module instance.
    pub(super) planned_outputs: FxHashMap<ModuleInstance, Vec<Option<Value>>>,
    /// The objects that replacements have deposed and not yet destroyed.
    deposed: FxHashMap<ResourceInstance, DeposedKey>,
    /// What has become of each provider configuration.
    providers: Vec<Configured>,
    /// Which part of which step is at hand, by its place among all.
    place: (usize, usize),
    /// The ephemeral resources that are open.
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
            planned_outputs: FxHashMap::default(),
            deposed: FxHashMap::default(),
            providers: vec![Configured::default(); program.serving.configurations.len()],
            implied_providers: BTreeMap::new(),
            place: (0, 0),
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
        let broken = self.report_missing_imports(missing);
        let wanted = self.targeted.as_ref().map(|targeted| {
            // What nothing declares is wanted or not object by object.
            targeted.wanted.iter().copied().chain([true]).collect()
        });
        let undeclared = match self.phase {
            Phase::Plan => vec![program.nodes.len()],
            _ => Vec::new(),
        };
        self.take_steps(Steps::Nodes(program), [program.order.clone(), undeclared], wanted, &broken);
        if !self.is_interrupted() && self.phase == Phase::Plan {
            self.settle_moves();
        }
    }

    /// Tells of objects that are imported into modules which have no such resources. What needs such a module as a whole
    /// fails with it: its nodes are returned.
    fn report_missing_imports(&mut self, missing: Vec<(ModuleId, Diagnostic)>) -> Vec<usize> {
        let (mut found, mut broken) = (Diagnostics::new(), Vec::new());
        for (module, diagnostic) in missing {
            found.push(diagnostic);
            let whole = |node: &Node| matches!(node, Node::Close(id) if *id == module);
            broken.extend(self.inputs.program.nodes.iter().position(whole));
        }
        self.report(found);
        broken
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
