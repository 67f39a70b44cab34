//! Objects that exist and that the configuration no longer has.

use std::sync::Arc;

use config::{AbsResource, InstanceKey, ResourceInstance, ResourceMode};
use lang::Value;
use rustc_hash::FxHashMap;
use syntax::Diagnostic;

use super::resource::prevented;
use super::waiting::Wait;
use super::{Expansion, Walk};
use crate::change::{Action, Change};
use crate::finding::Finding;
use crate::planned::WhyDeleted;
use crate::program::ModuleId;
use crate::reports;
use crate::state::{DeposedKey, Object};

/// The resources of a state, by the declaration that they have, if any: the module and the index in it.
pub(super) type Stored = FxHashMap<Option<(ModuleId, usize)>, Vec<AbsResource>>;

/// An object that the configuration no longer has, or that is deposed.
pub(super) struct Orphan {
    addr: ResourceInstance,
    deposed: Option<DeposedKey>,
    object: Arc<Object>,
}

impl<'a> Walk<'a> {
    /// Sorts the resources of the state by their declarations.
    pub(super) fn stored(&self) -> Stored {
        let program = self.inputs.program;
        let mut stored = Stored::default();
        for (addr, _) in self.state.resources() {
            let declared = program.module_at(&addr.module).and_then(|module| {
                Some((module, program.module(module).resources.get_index_of(&addr.resource)?))
            });
            stored.entry(declared).or_default().push(addr.clone());
        }
        stored
    }

    /// What a resource, or with `None` the configuration, no longer has, and what is deposed.
    pub(super) fn orphans(&mut self, declared: Option<(ModuleId, usize)>) -> Vec<Orphan> {
        let mut orphans = Vec::new();
        for resource in self.stored.remove(&declared).unwrap_or_default() {
            let instance = self.at_address.get(&resource.module).copied();
            for (key, objects) in self.state.instances(&resource).into_iter().flatten() {
                let addr = || resource.instance(key.clone());
                let current = objects.current.iter().filter(|_| self.is_orphan(&resource, key, instance));
                let current = current.map(|object| (None, object));
                let deposed = objects.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
                let gone = current.chain(deposed).filter(|_| self.is_targeted(&addr()));
                orphans.extend(gone.map(|(deposed, object)| Orphan {
                    addr: addr(),
                    deposed,
                    object: Arc::clone(object),
                }));
            }
        }
        orphans
    }

    /// Whether an object that no block declares is among the targets. Without targets, everything is.
    fn is_targeted(&self, addr: &ResourceInstance) -> bool {
        let targets = &self.inputs.options.targets;
        targets.is_empty() || targets.iter().any(|target| target.covers_instance(addr))
    }

    /// Plans the destruction of an object, after a look at it.
    pub(super) fn plan_orphan(&mut self, orphan: Orphan) -> Option<Wait<'a>> {
        let Orphan { addr, deposed, object } = &orphan;
        if addr.resource.mode != ResourceMode::Managed && deposed.is_none() {
            // Nothing has to be done about data that nobody reads any more.
            self.state.remove(addr);
            return None;
        }
        let provider = self.provider_of(addr, deposed.as_ref(), object);
        let Some(provider) = provider.filter(|_| !self.inputs.options.skip_refresh) else {
            self.plan_to_destroy(&orphan);
            return None;
        };
        let (addr, object) = (addr.clone(), Arc::clone(object));
        self.look_at(&provider, &addr, &object, move |walk, seen, reports| {
            let Orphan { addr, deposed, object } = &orphan;
            let text = addr.to_string();
            let found = reports.reports.into_iter().map(|report| reports::without_body(report, &text));
            let found: Vec<Diagnostic> = found.collect();
            walk.report(found);
            match deposed {
                None => walk.write_seen(addr, object, seen?),
                Some(key) => walk.write_seen_deposed(addr, key, object, seen?),
            }
            walk.plan_to_destroy(&orphan);
            None
        })
    }

    /// Plans the destruction of an object that has been looked at.
    fn plan_to_destroy(&mut self, Orphan { addr, deposed, .. }: &Orphan) {
        if self.inputs.options.refresh_only {
            return;
        }
        let action = match self.removals.forgets(addr) {
            true => Action::Forget,
            false => Action::Delete,
        };
        if let Some(key) = deposed {
            let there = self.state.instance(addr).is_some_and(|objects| objects.deposed.contains_key(key));
            if there {
                self.changes.insert_deposed(addr, key.clone(), action);
            }
            return;
        }
        let Some(object) = self.state.get(addr).cloned() else { return };
        let program = self.inputs.program;
        // The module call may have lost this instance, and still says what may not be destroyed.
        let declared = program.resource_at(&addr.module, &addr.resource);
        if let Some(resource) = declared.filter(|it| it.lifecycle.prevent_destroy == Some(true)) {
            self.findings.push(Finding::plain(prevented(resource, &resource.origin, addr)));
            return;
        }
        let node = program.resource_node(&addr.module, &addr.resource);
        let mut change = Change::new(action, object.value.clone(), Value::null(object.value.ty()));
        change.create_before_destroy =
            node.map_or(object.create_before_destroy, |node| program.creates_first(node));
        change.moved_from = self.moves.came_from.get(addr).cloned();
        self.changes.insert(addr, change);
    }

    /// `instance` is the module instance that the object belongs to, if there still is one.
    fn is_orphan(&self, addr: &AbsResource, key: &InstanceKey, instance: Option<usize>) -> bool {
        let Some(instance) = instance else { return true };
        if self.instances[instance].overridden.is_some() {
            return true;
        }
        let module = self.module_of(instance);
        let Some(at) = module.resources.get_index_of(&addr.resource) else {
            return module.scoped_data(&addr.resource).is_none();
        };
        match self.instances[instance].resources.get(at).and_then(|values| values.expansion.as_ref()) {
            Some(expansion) => !expansion.has(key),
            None => false,
        }
    }

    /// Why the configuration has no such instance.
    pub fn why_deleted(&self, addr: &ResourceInstance) -> WhyDeleted {
        let Some(instance) = self.at_address.get(&addr.module).copied() else {
            // What is said to be removed is missed itself.
            return if self.removals.names(addr) { WhyDeleted::NoResource } else { WhyDeleted::NoModule };
        };
        let resources = &self.module_of(instance).resources;
        let Some(at) = resources.get_index_of(&addr.resource) else { return WhyDeleted::NoResource };
        if self.instances[instance].overridden.is_some() {
            return WhyDeleted::NoModule;
        }
        let expansion = self.instances[instance].resources.get(at).and_then(|it| it.expansion.as_ref());
        match (expansion, &addr.key) {
            (Some(Expansion::Count(_)), InstanceKey::Int(_))
            | (Some(Expansion::ForEach(_)), InstanceKey::String(_)) => WhyDeleted::NoSuchKey,
            _ => WhyDeleted::WrongRepetition,
        }
    }
}
