//! What is shown of a finished plan walk.

use std::collections::BTreeMap;

use config::{InstanceKey, ResourceInstance};
use lang::Value;
use syntax::SmolStr;

use super::plan::{Deed, Plan, PlannedOutput, PlannedResource, WhyDeleted, WhyReplaced};
use crate::program::{Node, Program};
use crate::walk::{Action, Change, Expansion, Force, Walk};

/// `errored` says that planning came upon an error, expected or not.
pub(crate) fn gather<'w>(walk: &'w Walk<'_>, errored: bool) -> Plan<'w> {
    let create_first = create_first(walk.inputs.program);
    let resources = walk.changes.iter().filter_map(|(addr, change)| {
        let deed = deed(walk, addr, change, &create_first)?;
        Some(PlannedResource { addr, deed, before: &change.before, after: &change.after })
    });
    Plan {
        resources: resources.collect(),
        outputs: outputs(walk),
        errored,
        refresh_only: walk.inputs.options.refresh_only,
    }
}

fn outputs<'w>(walk: &'w Walk<'_>) -> BTreeMap<SmolStr, PlannedOutput<'w>> {
    let mut outputs: BTreeMap<SmolStr, PlannedOutput<'w>> = BTreeMap::new();
    for (name, before) in walk.inputs.prior.outputs() {
        outputs.entry(name.clone()).or_default().before = Some(before);
    }
    let values = walk.instances.first().into_iter().flat_map(|root| &root.outputs);
    for (name, value) in walk.inputs.program.root().outputs.keys().zip(values) {
        let output = outputs.entry(name.clone()).or_default();
        // What was not planned, or could not be, is not said to change.
        let after: Option<&Value> = value.as_ref().or(output.before);
        output.after = after;
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
            let create_first = program
                .nodes
                .iter()
                .zip(create_first)
                .any(|(node, first)| *first && Some(*node) == node_of(program, addr));
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
