//! Overrides by what they are for.

use std::sync::Arc;

use ::provider::Replacement;
use config::{InstanceKey, ModuleInstance, Override, ResourceInstance, Target};
use rustc_hash::FxHashMap;
use syntax::SmolStr;

/// Overrides of one level.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    by_target: FxHashMap<Target, Arc<Replacement>>,
}

impl Table {
    /// Adds an override, unless there is one of the same target.
    pub fn add(&mut self, over: &Override, values: impl FnOnce() -> Replacement) {
        if let Some(address) = &over.address
            && !self.by_target.contains_key(address)
        {
            self.by_target.insert(address.clone(), Arc::new(values()));
        }
    }

    /// Puts an override in the place of whatever its target has.
    pub fn set(&mut self, target: Target, values: Arc<Replacement>) {
        self.by_target.insert(target, values);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Target, &Arc<Replacement>)> {
        self.by_target.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.by_target.is_empty()
    }

    /// The override of exactly this.
    pub fn get(&self, target: &Target) -> Option<&Arc<Replacement>> {
        self.by_target.get(target)
    }

    /// OpenTofu's rule: a missing key stands for every key, and a key that is there goes before it, from the left.
    pub fn nearest(&self, addr: &ResourceInstance) -> Option<&Arc<Replacement>> {
        let matches = |given: &InstanceKey, key: &InstanceKey| *given == InstanceKey::None || given == key;
        let candidates = self.by_target.iter().filter_map(|(target, values)| {
            let (resource, key) = target.resource.as_ref()?;
            let calls = &target.module.0;
            let is_there = *resource == addr.resource
                && calls.len() == addr.module.0.len()
                && calls.iter().zip(addr.module.0.iter()).all(|(a, b)| a.0 == b.0 && matches(&a.1, &b.1))
                && matches(key, &addr.key);
            let keys = calls.iter().map(|(_, key)| key).chain([key]);
            is_there.then(|| (keys.map(|key| *key != InstanceKey::None).collect::<Vec<_>>(), values))
        });
        candidates.max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, values)| values)
    }

    /// Whether all instances of a module, or of one that it is in, are overridden.
    pub fn hides(&self, calls: &[SmolStr]) -> bool {
        let modules = self.by_target.keys().filter(|target| target.resource.is_none());
        modules.map(|target| &target.module).any(|module| contains(module, calls))
    }
}

/// Whether a module's instances, as far as keys tell, are all within a target.
fn contains(target: &ModuleInstance, calls: &[SmolStr]) -> bool {
    target.0.len() <= calls.len()
        && target.0.iter().zip(calls).all(|((name, key), call)| name == call && *key == InstanceKey::None)
}
