//! A finished plan as data: what would become of every object and every output, and why. How it is told is others'
//! business.

use std::collections::BTreeMap;
use std::time::Duration;

use config::{ResourceInstance, ResourceMode};
use lang::{Path, Value};
use syntax::SmolStr;

use crate::change::{Action, Change, ForcedBy, ImportedBy, Why};
use crate::checks::CheckResults;
use crate::relevant::relevant;
use crate::walk::Walk;

/// What a run's plan would do. Its values share what the walk computed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The objects that exist or would exist, in the order of their addresses; also those that nothing happens to.
    /// Not among them is data that was read while planning.
    pub resources: Vec<PlannedResource>,
    /// Every output of the root module or of the prior state that was planned, by name, whether it changes or not.
    pub outputs: BTreeMap<SmolStr, PlannedOutput>,
    /// The parts of objects that the changes follow from, as far as the configuration tells: an object, without its key
    /// where all instances count, and the way to the part.
    pub relevant: Vec<(ResourceInstance, Path)>,
    /// Planning came upon an error, expected or not: what depends on it is missing here.
    pub errored: bool,
    /// What became of the conditions, as far as the plan can tell.
    pub check_results: CheckResults,
    /// When it was made, since 1970-01-01 UTC.
    pub time: Duration,
    /// Nothing was planned but to write down what exists (`mode = refresh-only`).
    pub refresh_only: bool,
}

/// An object, and what would become of it.
#[derive(Clone, Debug)]
pub struct PlannedResource {
    pub addr: ResourceInstance,
    /// The source address of the provider that it belongs to.
    pub provider: SmolStr,
    pub deed: Deed,
    /// All attributes as they are; null where there is no object.
    pub before: Value,
    /// All attributes as they would be, unknown where only the provider can tell; null where no object would be left.
    pub after: Value,
    /// The arguments that make a replacement necessary.
    pub forced_by: Vec<ForcedBy>,
    /// The address that the object had before, where the configuration has moved it.
    pub moved_from: Option<ResourceInstance>,
    /// By what it is taken over.
    pub imported: Option<ImportedBy>,
}

impl PlannedResource {
    /// Whether nothing happens to the object, which is known by the same address as before.
    pub fn stays(&self) -> bool {
        self.deed == Deed::Keep && self.moved_from.is_none() && self.imported.is_none()
    }
}

/// The value of an output in the prior state and in the plan; `None` where it is not there.
#[derive(Clone, Debug, Default)]
pub struct PlannedOutput {
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl PlannedOutput {
    /// What would be done to the output. One without a value comes into being only when it gets one.
    pub fn deed(&self) -> OutputDeed {
        match (&self.before, &self.after) {
            (Some(_), None) => OutputDeed::Delete,
            (before, Some(after)) if after.is_null() && before.as_ref().is_none_or(Value::is_null) => {
                OutputDeed::Keep
            }
            (None, None) => OutputDeed::Keep,
            (None, Some(_)) => OutputDeed::Create,
            (Some(before), Some(after)) if before.raw_eq(after) => OutputDeed::Keep,
            (Some(_), Some(_)) => OutputDeed::Update,
        }
    }
}

/// What would be done to an output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputDeed {
    Create,
    Update,
    Keep,
    Delete,
}

/// What would be done to an object, and the reason where it is not plain from the attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    Create,
    Update,
    /// Data that is read while applying.
    Read(WhyRead),
    /// The object stays as it is, perhaps at another address, or is taken over.
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
        provider: provider(walk, &addr, change),
        addr,
        before: change.before.clone(),
        after: match change.action {
            // The object goes from the state, and is as it was.
            Action::Forget => change.before.clone(),
            _ => change.after.clone(),
        },
        forced_by: change.forcing().to_vec(),
        moved_from: change.origin().cloned(),
        imported: change.importing().cloned(),
    };
    let refresh_only = walk.inputs.options.refresh_only;
    let time = Duration::from_secs(u64::try_from(walk.inputs.plan_time).unwrap_or_default());
    // Where nothing may be planned, nothing is planned to stay as it is either.
    let hidden = |planned: &PlannedResource| {
        planned.stays() && (refresh_only || planned.addr.resource.mode == ResourceMode::Data)
    };
    let resources: Vec<_> = walk.changes.iter().map(planned).filter(|planned| !hidden(planned)).collect();
    let outputs = outputs(walk);
    let relevant = relevant(walk, &resources, &outputs);
    Plan { relevant, resources, outputs, errored, check_results: walk.check_results(), time, refresh_only }
}

fn provider(walk: &Walk<'_>, addr: &ResourceInstance, change: &Change) -> SmolStr {
    let program = walk.inputs.program;
    let declared = program.module_at(&addr.module).map(|id| program.module(id));
    let declared = declared.and_then(|module| {
        let scoped = module.checks.values().filter_map(|check| check.data.as_deref());
        let mut scoped = scoped.filter(|data| data.addr == addr.resource);
        let resource = module.resources.get(&addr.resource).map(|resource| &**resource);
        Some(module.provider_of(resource.or_else(|| scoped.next())?))
    });
    let kept = || {
        let before = change.origin().unwrap_or(addr);
        let prior = walk.inputs.prior.get(before).or_else(|| walk.inputs.prior.get(addr));
        prior.map(|object| object.provider_source().into())
    };
    declared.or_else(kept).unwrap_or_default()
}

fn outputs(walk: &Walk<'_>) -> BTreeMap<SmolStr, PlannedOutput> {
    let mut outputs: BTreeMap<SmolStr, PlannedOutput> = BTreeMap::new();
    for (name, before) in walk.inputs.prior.outputs() {
        outputs.entry(name.clone()).or_default().before = Some(before.clone());
    }
    let values = walk.instances.first().into_iter().flat_map(|root| &root.outputs);
    for ((name, declared), value) in walk.inputs.program.root().outputs.iter().zip(values) {
        match value.as_ref().filter(|_| !declared.ephemeral) {
            Some(value) => outputs.entry(name.clone()).or_default().after = Some(value.clone()),
            // What was not planned, or could not be, is not spoken of.
            None => drop(outputs.remove(name)),
        }
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
