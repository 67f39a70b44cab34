//! A finished plan as data: what would become of every object and every output, and why. How it is told is others'
//! business.

use std::collections::BTreeMap;

use config::ResourceInstance;
use lang::{Path, Value};
use syntax::SmolStr;

use crate::change::{Action, Change, Why};
use crate::walk::Walk;

/// What a run's plan would do. Its values share what the walk computed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The objects that something happens to, in the order of their addresses.
    pub resources: Vec<PlannedResource>,
    /// Every output of the root module or of the prior state, by name, whether it changes or not.
    pub outputs: BTreeMap<SmolStr, PlannedOutput>,
    /// Planning came upon an error, expected or not: what depends on it is missing here.
    pub errored: bool,
    /// Nothing was planned but to write down what exists (`mode = refresh-only`).
    pub refresh_only: bool,
}

/// An object that would be made, changed, destroyed, or known by another address.
#[derive(Clone, Debug)]
pub struct PlannedResource {
    pub addr: ResourceInstance,
    pub deed: Deed,
    /// All attributes as they are; null where there is no object.
    pub before: Value,
    /// All attributes as they would be, unknown where only the provider can tell; null where no object would be left.
    pub after: Value,
    /// The arguments that make a replacement necessary, as a plan marks them.
    pub forced_by: Vec<Path>,
    /// The address that the object had before, where the configuration has moved it.
    pub moved_from: Option<ResourceInstance>,
    /// The id by which it is taken over.
    pub imported: Option<SmolStr>,
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
    /// Data that is read while applying.
    Read(WhyRead),
    /// The object stays as it is; it has another address or was taken over.
    Keep,
    /// The object stays and is no longer in the state.
    Forget,
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
    /// The last apply did not finish it.
    Tainted,
}

/// Why data is read while applying.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhyRead {
    /// Its arguments are not known yet.
    Unknown,
    /// Something that it depends on has still to be changed.
    Pending,
    /// It belongs to a check.
    Checked,
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
    let planned = |(addr, change): (ResourceInstance, &Change)| PlannedResource {
        deed: deed(walk, &addr, change),
        addr,
        before: change.before.clone(),
        after: match change.action {
            // The object goes from the state, and is as it was.
            Action::Forget => change.before.clone(),
            _ => change.after.clone(),
        },
        forced_by: change.forced_by.clone(),
        moved_from: change.moved_from.clone(),
        imported: change.imported.clone(),
    };
    let stays = |planned: &PlannedResource| {
        planned.deed == Deed::Keep && planned.moved_from.is_none() && planned.imported.is_none()
    };
    Plan {
        resources: walk.changes.iter().map(planned).filter(|planned| !stays(planned)).collect(),
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

fn deed(walk: &Walk<'_>, addr: &ResourceInstance, change: &Change) -> Deed {
    match change.action {
        Action::NoOp => Deed::Keep,
        Action::Create => Deed::Create,
        Action::Update => Deed::Update,
        Action::Read => Deed::Read(match change.why {
            Some(Why::Unknown) => WhyRead::Unknown,
            Some(Why::Checked) => WhyRead::Checked,
            _ => WhyRead::Pending,
        }),
        Action::Replace => Deed::Replace {
            why: match change.why {
                Some(Why::Requested) => WhyReplaced::Requested,
                Some(Why::Triggered) => WhyReplaced::Triggered,
                Some(Why::Tainted) => WhyReplaced::Tainted,
                _ => WhyReplaced::CannotUpdate,
            },
            create_first: change.create_before_destroy,
        },
        Action::Delete => Deed::Delete(walk.why_deleted(addr)),
        Action::Forget => Deed::Forget,
    }
}
