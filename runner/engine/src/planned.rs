//! A finished plan as data: what would become of every object and every output, and why. How it is told is others'
//! business.

use std::collections::BTreeMap;

use config::{InstanceKey, ResourceInstance};
use lang::Value;
use syntax::SmolStr;

use crate::program::{Node, Program};
use crate::walk::{Action, Change, Expansion, Force, Walk};

/// What a run's plan would do. Its values share what the walk computed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The objects that would not stay as they are, in the order of their addresses.
    pub resources: Vec<PlannedResource>,
    /// Every output of the root module or of the prior state, by name, whether it changes or not.
    pub outputs: BTreeMap<SmolStr, PlannedOutput>,
    /// Planning came upon an error, expected or not: what depends on it is missing here.
    pub errored: bool,
    /// Nothing was planned but to write down what exists (`mode = refresh-only`).
    pub refresh_only: bool,
}

/// An object that would be made, changed or destroyed.
#[derive(Clone, Debug)]
pub struct PlannedResource {
    pub addr: ResourceInstance,
    pub deed: Deed,
    /// All attributes as they are; null where there is no object.
    pub before: Value,
    /// All attributes as they would be, unknown where only the provider can tell; null where no object would be left.
    pub after: Value,
}

/// The value of an output in the prior state and in the plan; `None` where it is not there.
#[derive(Clone, Debug, Default)]
pub struct PlannedOutput {
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What would be done to an object, and the reason where it is not plain from the attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    Create,
    Update,
    Replace {
        why: WhyReplaced,
        /// The new object is made before the old one is destroyed.
        create_first: bool,
    },
    Delete(WhyDeleted),
}

/// Why an object is replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhyReplaced {
    /// An argument changed that cannot be changed in place.
    CannotUpdate,
    /// By the plan option `replace`.
    Requested,
    /// By `replace_triggered_by`.
    Triggered,
}

/// Why an object is destroyed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhyDeleted {
    /// The configuration has no such module instance.
    NoModule,
    /// The module has no such resource.
    NoResource,
    /// The instance has no key and needs one, or has one of the wrong kind.
    WrongRepetition,
    /// Its key is of the right kind but not among the keys.
    NoSuchKey,
}

/// Takes the plan from a finished plan walk. `errored` says that planning came upon an error, expected or not.
pub(crate) fn gather(walk: &Walk<'_>, errored: bool) -> Plan {
    let create_first = create_first(walk.inputs.program);
    let resources = walk.changes.iter().filter_map(|(addr, change)| {
        let deed = deed(walk, addr, change, &create_first)?;
        let (before, after) = (change.before.clone(), change.after.clone());
        Some(PlannedResource { addr: addr.clone(), deed, before, after })
    });
    Plan {
        resources: resources.collect(),
        outputs: outputs(walk),
        errored,
        refresh_only: walk.inputs.options.refresh_only,
    }
}

fn outputs(walk: &Walk<'_>) -> BTreeMap<SmolStr, PlannedOutput> {
    let mut outputs: BTreeMap<SmolStr, PlannedOutput> = BTreeMap::new();
    for (name, before) in walk.inputs.prior.outputs() {
        outputs.entry(name.clone()).or_default().before = Some(before.clone());
    }
    let values = walk.instances.first().into_iter().flat_map(|root| &root.outputs);
    for (name, value) in walk.inputs.program.root().outputs.keys().zip(values) {
        let output = outputs.entry(name.clone()).or_default();
        // What was not planned, or could not be, is not said to change.
        output.after = value.clone().or_else(|| output.before.clone());
    }
    outputs
}

fn deed(walk: &Walk<'_>, addr: &ResourceInstance, change: &Change, create_first: &[bool]) -> Option<Deed> {
    match change.action {
        Action::NoOp => None,
        Action::Create => Some(Deed::Create),
        Action::Update => Some(Deed::Update),
        Action::Replace => {
            let why = match change.forced {
                None => WhyReplaced::CannotUpdate,
                Some(Force::Requested) => WhyReplaced::Requested,
                Some(Force::Triggered) => WhyReplaced::Triggered,
            };
            let program = walk.inputs.program;
            let own = node_of(program, addr);
            let create_first =
                program.nodes.iter().zip(create_first).any(|(node, first)| *first && Some(*node) == own);
            Some(Deed::Replace { why, create_first })
        }
        Action::Delete => Some(Deed::Delete(why_deleted(walk, addr))),
    }
}

fn why_deleted(walk: &Walk<'_>, addr: &ResourceInstance) -> WhyDeleted {
    let Some(instance) = walk.instances.iter().find(|instance| instance.addr == addr.module) else {
        return WhyDeleted::NoModule;
    };
    let resources = &walk.inputs.program.module(instance.module).resources;
    let Some(at) = resources.get_index_of(&addr.resource) else { return WhyDeleted::NoResource };
    let expansion = instance.resources.get(at).and_then(|values| values.expansion.as_ref());
    match (expansion, &addr.key) {
        (Some(Expansion::Count(_)), InstanceKey::Int(_))
        | (Some(Expansion::ForEach(_)), InstanceKey::String(_)) => WhyDeleted::NoSuchKey,
        _ => WhyDeleted::WrongRepetition,
    }
}

fn node_of(program: &Program, addr: &ResourceInstance) -> Option<Node> {
    let module = program.module_at(&addr.module)?;
    let index = program.module(module).resources.get_index_of(&addr.resource)?;
    Some(Node::Resource(module, index))
}

/// For each node, whether it or something that needs it has `create_before_destroy`: what a new object depends on
/// has to be there before the old one goes.
fn create_first(program: &Program) -> Vec<bool> {
    let mut first: Vec<bool> = program
        .nodes
        .iter()
        .map(|node| match *node {
            Node::Resource(module, index) => {
                let resource = program.module(module).resources.get_index(index);
                resource.is_some_and(|(_, resource)| resource.lifecycle.create_before_destroy == Some(true))
            }
            _ => false,
        })
        .collect();
    for index in program.order.iter().rev() {
        if first[*index] {
            for need in &program.needs[*index] {
                first[*need] = true;
            }
        }
    }
    first
}
