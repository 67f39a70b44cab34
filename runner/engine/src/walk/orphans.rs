//! Objects that exist and that the configuration no longer has.

use config::{Item, ModuleInstance, Resource, ResourceInstance, ResourceMode};
use lang::Value;
use rustc_hash::FxHashMap;
use syntax::Diagnostic;

use super::resource::{Action, Change, prevented};
use super::{Inputs, Instance, Phase, Walk};
use crate::finding::Finding;

impl<'a> Walk<'a> {
    /// Objects of the prior state that the configuration no longer has are deleted.
    pub(super) fn remove_orphans(&mut self) {
        if !self.inputs.options.targets.is_empty() || self.inputs.options.refresh_only {
            return;
        }
        let instances: FxHashMap<&ModuleInstance, &Instance> =
            self.instances.iter().map(|instance| (&instance.addr, instance)).collect();
        let orphans: Vec<ResourceInstance> = self
            .inputs
            .prior
            .objects()
            .map(|(addr, _)| addr)
            .filter(|addr| addr.resource.mode == ResourceMode::Managed)
            .filter(|addr| self.is_orphan(addr, instances.get(&addr.module).copied()))
            .collect();
        for addr in orphans {
            let Some(object) = self.state.get(&addr).cloned() else { continue };
            if self.phase == Phase::Plan {
                if let Some(resource) = self.declaration(&addr)
                    && resource.lifecycle.prevent_destroy == Some(true)
                {
                    self.findings.push(Finding::plain(prevented(resource, &addr)));
                    continue;
                }
                let after = Value::null(object.value.ty());
                let change =
                    Change { action: Action::Delete, before: object.value.clone(), after, forced: None };
                self.changes.insert(addr, change);
                continue;
            }
            let Inputs { program, providers, host, .. } = self.inputs;
            let found = crate::destroy::remove(program, providers, &addr, &object, host);
            if !found.iter().any(Diagnostic::is_error) {
                self.state.remove(&addr);
            }
            self.report(found);
        }
    }

    fn declaration(&self, addr: &ResourceInstance) -> Option<&'a Item<Resource>> {
        // The module call may have lost this instance, and still says what may not be destroyed.
        let module = self.inputs.program.module_at(&addr.module)?;
        self.inputs.program.module(module).resources.get(&addr.resource)
    }

    /// `instance` is the module instance that the object belongs to, if there still is one.
    fn is_orphan(&self, addr: &ResourceInstance, instance: Option<&Instance>) -> bool {
        let Some(instance) = instance else { return !self.has_errors() };
        let module = self.inputs.program.module(instance.module);
        let Some(at) = module.resources.get_index_of(&addr.resource) else { return true };
        match instance.resources.get(at).and_then(|values| values.expansion.as_ref()) {
            Some(expansion) => !expansion.has(&addr.key),
            None => false,
        }
    }
}
