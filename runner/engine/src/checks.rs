//! What became of the conditions that a configuration sets for its objects: collected by a walk, kept in the state.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use config::{InstanceKey, Module};
use indexmap::IndexMap;
use syntax::SmolStr;

use crate::finding::{Checkable, CheckableObject};
use crate::program::StaticModule;

/// The results of all conditions of a configuration. Cloning shares them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CheckResults(Arc<BTreeMap<ConfigCheckable, CheckedBlock>>);

/// A block with conditions, whatever instances there are of it: a resource, an output, a variable or a check.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ConfigCheckable {
    /// The calls that lead to its module.
    pub module: Arc<[SmolStr]>,
    /// A resource without a key.
    pub object: CheckableObject,
}

/// What became of the conditions of one block.
#[derive(Clone, PartialEq, Debug)]
pub struct CheckedBlock {
    /// The worst of the objects' statuses. A block without objects passes.
    pub status: CheckStatus,
    /// The objects of the block. `None` where nobody has come to know which there are.
    pub objects: Option<BTreeMap<Checkable, CheckedObject>>,
}

/// What became of the conditions of one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckedObject {
    pub status: CheckStatus,
    /// The error messages of the conditions that do not hold, sorted; without those that must not be shown.
    pub messages: Vec<String>,
}

/// What became of a condition, or of several: then it is the worst of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CheckStatus {
    Pass,
    /// It was not evaluated, or what it reads was not known.
    Unknown,
    Fail,
    /// It could not be evaluated.
    Error,
}

impl CheckStatus {
    /// The word in Terraform's state files.
    pub fn word(self) -> &'static str {
        match self {
            CheckStatus::Pass => "pass",
            CheckStatus::Unknown => "unknown",
            CheckStatus::Fail => "fail",
            CheckStatus::Error => "error",
        }
    }
}

impl CheckResults {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The blocks with conditions, in the order of their addresses.
    pub fn blocks(&self) -> impl Iterator<Item = (&ConfigCheckable, &CheckedBlock)> {
        self.0.iter()
    }
}

impl Checkable {
    fn config(&self) -> ConfigCheckable {
        let object = match &self.object {
            CheckableObject::Resource(resource, _) => {
                CheckableObject::Resource(resource.clone(), InstanceKey::None)
            }
            object => object.clone(),
        };
        ConfigCheckable { module: self.module.calls(), object }
    }
}

impl fmt::Display for ConfigCheckable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in self.module.iter() {
            write!(f, "module.{call}.")?;
        }
        write!(f, "{}", self.object)
    }
}

/// The blocks of a program that have conditions, and how many each has.
pub(crate) type Checkables = IndexMap<ConfigCheckable, usize>;

/// Finds the blocks with conditions.
pub(crate) fn checkables(modules: &[StaticModule]) -> Checkables {
    let mut found = Checkables::new();
    for module in modules {
        let path: Arc<[SmolStr]> = module.path.as_slice().into();
        let conditions = conditions(&module.tree.module).filter(|(_, count)| *count > 0);
        found.extend(
            conditions.map(|(object, count)| (ConfigCheckable { module: Arc::clone(&path), object }, count)),
        );
    }
    found
}

/// The blocks of a module, each with the number of its conditions.
fn conditions(module: &Module) -> impl Iterator<Item = (CheckableObject, usize)> {
    let resources = module.resources.iter().map(|(addr, resource)| {
        let lifecycle = &resource.lifecycle;
        let count = lifecycle.preconditions.len() + lifecycle.postconditions.len();
        (CheckableObject::Resource(addr.clone(), InstanceKey::None), count)
    });
    let outputs = module
        .outputs
        .iter()
        .map(|(name, output)| (CheckableObject::Output(name.clone()), output.preconditions.len()));
    // That the data of a check can be read is a condition as well.
    let checks = module.checks.iter().map(|(name, check)| {
        (CheckableObject::Check(name.clone()), check.asserts.len() + usize::from(check.data.is_some()))
    });
    let variables = module
        .variables
        .iter()
        .map(|(name, variable)| (CheckableObject::Variable(name.clone()), variable.validations.len()));
    resources.chain(outputs).chain(checks).chain(variables)
}

/// Collects what a walk finds out.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// By index in the program's [`Checkables`]. `None` until it is known which objects there are.
    blocks: Vec<Option<BTreeMap<Checkable, Tally>>>,
}

/// What is known of one object's conditions.
#[derive(Clone, Debug, Default)]
struct Tally {
    statuses: Vec<CheckStatus>,
    messages: Vec<String>,
}

impl Recorder {
    pub fn new(checkables: &Checkables) -> Recorder {
        Recorder { blocks: vec![None; checkables.len()] }
    }

    /// What an apply starts with: the objects that the plan came to know, of which nothing is known yet.
    pub fn after_plan(plan: &Recorder) -> Recorder {
        let forget = |objects: &BTreeMap<Checkable, Tally>| {
            objects.keys().map(|object| (object.clone(), Tally::default())).collect()
        };
        Recorder { blocks: plan.blocks.iter().map(|block| block.as_ref().map(forget)).collect() }
    }

    /// These are the objects of the block that they belong to.
    pub fn expect(
        &mut self,
        checkables: &Checkables,
        block: &ConfigCheckable,
        objects: impl Iterator<Item = Checkable>,
    ) {
        let at = checkables.get_index_of(block);
        if let Some(known) = at.and_then(|at| self.blocks.get_mut(at)) {
            let known = known.get_or_insert_default();
            for object in objects {
                known.entry(object).or_default();
            }
        }
    }

    /// What became of one condition of an object. `message` is what its author says of a failure.
    pub fn record(
        &mut self,
        checkables: &Checkables,
        object: &Checkable,
        status: CheckStatus,
        message: Option<String>,
    ) {
        let at = checkables.get_index_of(&object.config());
        if let Some(known) = at.and_then(|at| self.blocks.get_mut(at)) {
            let tally = known.get_or_insert_default().entry(object.clone()).or_default();
            tally.statuses.push(status);
            tally.messages.extend(message.filter(|message| !message.is_empty()));
        }
    }

    pub fn results(&self, checkables: &Checkables) -> CheckResults {
        let block = |(known, conditions): (&Option<BTreeMap<Checkable, Tally>>, usize)| {
            let objects: Option<BTreeMap<_, _>> = known.as_ref().map(|objects| {
                objects.iter().map(|(object, tally)| (object.clone(), tally.result(conditions))).collect()
            });
            let status = match &objects {
                Some(objects) => objects.values().map(|object| object.status).max(),
                None => Some(CheckStatus::Unknown),
            };
            CheckedBlock { status: status.unwrap_or(CheckStatus::Pass), objects }
        };
        let blocks = self.blocks.iter().zip(checkables.values().copied()).map(block);
        CheckResults(Arc::new(checkables.keys().cloned().zip(blocks).collect()))
    }
}

impl Tally {
    /// The result of an object that has that many conditions.
    fn result(&self, conditions: usize) -> CheckedObject {
        let missing = (self.statuses.len() < conditions).then_some(CheckStatus::Unknown);
        let status = self.statuses.iter().copied().chain(missing).max();
        let mut messages = self.messages.clone();
        messages.sort_unstable();
        CheckedObject { status: status.unwrap_or(CheckStatus::Pass), messages }
    }
}
