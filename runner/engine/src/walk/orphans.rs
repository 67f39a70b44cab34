//! Objects that exist and that the configuration no longer has.

use std::sync::Arc;

use config::{AbsResource, InstanceKey, ResourceInstance, ResourceMode};
use lang::Value;
use provider::Provider;
use rustc_hash::FxHashMap;
use syntax::Diagnostic;

use super::resource::prevented;
use super::{Expansion, Walk};
use crate::change::{Action, Change};
use crate::finding::Finding;
use crate::planned::WhyDeleted;
use crate::program::ModuleId;
use crate::reports;
use crate::state::{DeposedKey, Object};

/// The resources of a state, by the declaration that they have, if any: the module and the index in it.
pub(super) type Stored = FxHashMap<Option<(ModuleId, usize)>, Vec<AbsResource>>;

impl Walk<'_> {
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

    /// Plans the destruction of what a resource, or with `None` the configuration, no longer has, and of what is deposed.
    pub(super) fn plan_orphans(&mut self, declared: Option<(ModuleId, usize)>) {
        for resource in self.stored.remove(&declared).unwrap_or_default() {
            let instance = self.at_address.get(&resource.module).copied();
            // Everything is looked at before anything is written.
            let Some(instances) = self.state.instances(&resource).cloned() else { continue };
            for (key, objects) in instances {
                let addr = resource.instance(key);
                if !self.is_targeted(&addr) {
                    continue;
                }
                if let Some(object) = &objects.current
                    && self.is_orphan(&addr, instance)
                {
                    self.plan_orphan(&addr, object);
                }
                for (key, object) in &objects.deposed {
                    self.plan_deposed(&addr, key, object);
                }
            }
        }
    }

    /// Whether an object that no block declares is among the targets. Without targets, everything is.
    fn is_targeted(&self, addr: &ResourceInstance) -> bool {
        let targets = &self.inputs.options.targets;
        targets.is_empty() || targets.iter().any(|target| target.covers_instance(addr))
    }

    fn plan_orphan(&mut self, addr: &ResourceInstance, object: &Arc<Object>) {
        if addr.resource.mode != ResourceMode::Managed {
            // Nothing has to be done about data that nobody reads any more.
            self.state.remove(addr);
            return;
        }
        if let Some(provider) = self.provider_of(addr, None, object)
            && !self.inputs.options.skip_refresh
        {
            let Some(seen) = self.look_at_orphan(&*provider, addr, object) else { return };
            self.write_seen(addr, object, seen);
        }
        let Some(object) = self.state.get(addr).cloned() else { return };
        if self.inputs.options.refresh_only {
            return;
        }
        let program = self.inputs.program;
        // The module call may have lost this instance, and still says what may not be destroyed.
        let declared = program.resource_at(&addr.module, &addr.resource);
        if let Some(resource) = declared.filter(|it| it.lifecycle.prevent_destroy == Some(true)) {
            self.findings.push(Finding::plain(prevented(resource, addr)));
            return;
        }
        let action = match self.removals.forgets(addr) {
            true => Action::Forget,
            false => Action::Delete,
        };
        let node = program.resource_node(&addr.module, &addr.resource);
        let mut change = Change::new(action, object.value.clone(), Value::null(object.value.ty()));
        change.create_before_destroy =
            node.map_or(object.create_before_destroy, |node| program.creates_first(node));
        change.moved_from = self.moves.came_from.get(addr).cloned();
        self.changes.insert(addr, change);
    }

    fn plan_deposed(&mut self, addr: &ResourceInstance, key: &DeposedKey, object: &Arc<Object>) {
        if let Some(provider) = self.provider_of(addr, Some(key), object)
            && !self.inputs.options.skip_refresh
        {
            let Some(seen) = self.look_at_orphan(&*provider, addr, object) else { return };
            self.write_seen_deposed(addr, key, object, seen);
        }
        let there = self.state.instance(addr).is_some_and(|objects| objects.deposed.contains_key(key));
        if there && !self.inputs.options.refresh_only {
            let action = if self.removals.forgets(addr) { Action::Forget } else { Action::Delete };
            self.changes.insert_deposed(addr, key.clone(), action);
        }
    }

    fn look_at_orphan(
        &mut self,
        provider: &dyn Provider,
        addr: &ResourceInstance,
        object: &Arc<Object>,
    ) -> Option<super::resource::Seen> {
        let answer = self.look_at(provider, addr, object);
        let (seen, reports) = match answer {
            Ok((seen, reports)) => (Some(seen), reports),
            Err(reports) => (None, reports),
        };
        let text = addr.to_string();
        let found = reports.reports.into_iter().map(|report| reports::without_body(report, &text));
        let found: Vec<Diagnostic> = found.collect();
        self.report(found);
        seen
    }

    /// `instance` is the module instance that the object belongs to, if there still is one.
    fn is_orphan(&self, addr: &ResourceInstance, instance: Option<usize>) -> bool {
        let Some(instance) = instance else { return true };
        if self.instances[instance].overridden.is_some() {
            return true;
        }
        let module = self.module_of(instance);
        let Some(at) = module.resources.get_index_of(&addr.resource) else {
            return module.scoped_data(&addr.resource).is_none();
        };
        match self.instances[instance].resources.get(at).and_then(|values| values.expansion.as_ref()) {
            Some(expansion) => !expansion.has(&addr.key),
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
