//! What a plan wants done, object by object.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AbsResource, InstanceKey, ResourceInstance};
use lang::{Path, Value};
use syntax::SmolStr;

use crate::state::DeposedKey;

/// What a plan wants done to the current object of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub action: Action,
    /// Null when there is none yet.
    pub before: Value,
    /// Null when it goes.
    pub after: Value,
    pub why: Option<Why>,
    /// What the provider wants handed back when the change is made.
    pub private: Arc<[u8]>,
    /// Of a replacement: the new object is made first. Of a destruction: what depended on the object is changed first.
    pub create_before_destroy: bool,
    /// What few changes have: there are as many of these as there are objects.
    pub seldom: Option<Box<Seldom>>,
}

const _: () = assert!(size_of::<Change>() <= 96);

#[derive(Clone, Debug, Default)]
pub(crate) struct Seldom {
    forced_by: Vec<ForcedBy>,
    moved_from: Option<ResourceInstance>,
    imported: Option<ImportedBy>,
}

/// What told which object to import.
#[derive(Clone, PartialEq, Debug)]
pub enum ImportedBy {
    Id(SmolStr),
    /// An object of the type that the provider's identities have.
    Identity(Value),
}

/// An argument that makes a replacement necessary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForcedBy {
    pub path: Path,
    /// Whether the text of a plan says so next to the argument. Where the schema leaves its type open, Terraform does
    /// only when its new value is not known.
    pub told: bool,
}

/// The kinds of changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    NoOp,
    Create,
    Update,
    /// Data that can only be read while applying.
    Read,
    Replace,
    Delete,
    /// The object stays, and is no longer in the state.
    Forget,
}

impl Action {
    /// Whether the instance is visited by an apply that has the configuration at hand.
    pub fn applies(self) -> bool {
        !matches!(self, Action::Delete | Action::Forget)
    }

    /// Whether an object is destroyed.
    pub fn destroys(self) -> bool {
        matches!(self, Action::Replace | Action::Delete)
    }
}

/// Why an object is replaced, where it is not for its arguments, or why data is not read in the plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Why {
    /// The plan option `replace`.
    Requested,
    /// `replace_triggered_by`.
    Triggered,
    /// The last apply did not finish it.
    Tainted,
    /// Its arguments are not known yet.
    Unknown,
    /// Something that it depends on has still to be changed.
    Pending,
    /// It belongs to a check, and is read again at the end.
    Checked,
}

impl Change {
    /// A change that only its action tells.
    pub fn new(action: Action, before: Value, after: Value) -> Change {
        Change {
            action,
            before,
            after,
            why: None,
            private: Arc::default(),
            create_before_destroy: false,
            seldom: None,
        }
    }

    #[must_use]
    pub fn forced_by(mut self, paths: Vec<ForcedBy>) -> Change {
        if !paths.is_empty() {
            self.seldom.get_or_insert_default().forced_by = paths;
        }
        self
    }

    #[must_use]
    pub fn moved_from(mut self, from: Option<&ResourceInstance>) -> Change {
        if from.is_some() {
            self.seldom.get_or_insert_default().moved_from = from.cloned();
        }
        self
    }

    #[must_use]
    pub fn imported(mut self, by: Option<ImportedBy>) -> Change {
        if by.is_some() {
            self.seldom.get_or_insert_default().imported = by;
        }
        self
    }

    /// The arguments that make a replacement necessary.
    pub fn forcing(&self) -> &[ForcedBy] {
        self.seldom.as_ref().map_or(&[], |seldom| &seldom.forced_by)
    }

    /// Where the object was before it moved.
    pub fn origin(&self) -> Option<&ResourceInstance> {
        self.seldom.as_ref()?.moved_from.as_ref()
    }

    /// By what it was imported.
    pub fn importing(&self) -> Option<&ImportedBy> {
        self.seldom.as_ref()?.imported.as_ref()
    }
}

/// The changes of one plan. Finding those of one instance or of one resource does not cost a walk over all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    current: BTreeMap<AbsResource, BTreeMap<InstanceKey, Change>>,
    /// Deposed objects to destroy, or only to forget.
    deposed: BTreeMap<(ResourceInstance, DeposedKey), Action>,
}

impl Changes {
    pub fn insert(&mut self, addr: &ResourceInstance, change: Change) {
        self.current.entry(addr.whole()).or_default().insert(addr.key.clone(), change);
    }

    pub fn remove(&mut self, addr: &ResourceInstance) {
        if let Some(changes) = self.current.get_mut(&addr.whole()) {
            changes.remove(&addr.key);
        }
    }

    pub fn get(&self, addr: &ResourceInstance) -> Option<&Change> {
        self.current.get(&addr.whole())?.get(&addr.key)
    }

    /// What is to be done to an instance now. Only that it is done, and how, is still known afterwards: the values take as
    /// much memory as what is made of them.
    pub fn take(&mut self, addr: &ResourceInstance) -> Option<Change> {
        let change = self.current.get_mut(&addr.whole())?.get_mut(&addr.key)?;
        let done =
            Change { why: change.why, ..Change::new(change.action, Value::dynamic(), Value::dynamic()) };
        Some(std::mem::replace(change, done))
    }

    pub fn of_resource(&self, addr: &AbsResource) -> Option<&BTreeMap<InstanceKey, Change>> {
        self.current.get(addr)
    }

    /// In the order of the addresses.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceInstance, &Change)> {
        self.current.iter().flat_map(|(addr, changes)| {
            changes.iter().map(|(key, change)| (addr.instance(key.clone()), change))
        })
    }

    pub fn insert_deposed(&mut self, addr: &ResourceInstance, key: DeposedKey, action: Action) {
        self.deposed.insert((addr.clone(), key), action);
    }

    pub fn deposed(&self) -> impl Iterator<Item = (&ResourceInstance, &DeposedKey, Action)> {
        self.deposed.iter().map(|((addr, key), action)| (addr, key, *action))
    }
}
