//! `removed` blocks: what is to become of objects whose declaration has been taken away.

use config::{ModuleInstance, ResourceAddr, ResourceInstance, Target};
use rustc_hash::FxHashMap;
use syntax::{Diagnostic, SmolStr};

use crate::change::{Action, Changes};
use crate::program::Program;

/// What `removed` blocks say of modules and resources, by the calls that lead there.
#[derive(Debug, Default)]
pub(crate) struct Removals {
    destroy: FxHashMap<(Vec<SmolStr>, Option<ResourceAddr>), bool>,
}

impl Removals {
    pub fn of(program: &Program) -> Removals {
        let mut removals = Removals::default();
        for (id, module) in program.modules.iter().enumerate() {
            for removed in &program.module(id).removed {
                let Some(Target { module: inner, resource }) = &removed.address else { continue };
                let inner = inner.0.iter().map(|(name, _)| name.clone());
                let calls = module.path.iter().cloned().chain(inner).collect();
                let resource = resource.as_ref().map(|(resource, _)| resource.clone());
                removals.destroy.insert((calls, resource), removed.destroy);
            }
        }
        removals
    }

    /// Whether a block is about the resource of an object, and not only about a module around it.
    pub fn names(&self, addr: &ResourceInstance) -> bool {
        if self.destroy.is_empty() {
            return false;
        }
        let calls = addr.module.0.iter().map(|(name, _)| name.clone()).collect();
        self.destroy.contains_key(&(calls, Some(addr.resource.clone())))
    }

    /// Whether an object is only to be forgotten. What is said of the resource counts more than what is said of a module
    /// around it.
    pub fn forgets(&self, addr: &ResourceInstance) -> bool {
        if self.destroy.is_empty() {
            return false;
        }
        let ModuleInstance(path) = &addr.module;
        let mut calls: Vec<SmolStr> = path.iter().map(|(name, _)| name.clone()).collect();
        if let Some(destroy) = self.destroy.get(&(calls.clone(), Some(addr.resource.clone()))) {
            return !destroy;
        }
        while !calls.is_empty() {
            if let Some(destroy) = self.destroy.get(&(calls.clone(), None)) {
                return !destroy;
            }
            calls.pop();
        }
        false
    }
}

/// Terraform's warning about objects that are left to themselves.
pub(crate) fn forgotten(changes: &Changes) -> Option<Diagnostic> {
    let current = changes.iter().filter(|(_, change)| change.action == Action::Forget);
    let current = current.map(|(addr, _)| format!(" - {addr}\n"));
    let deposed = changes.deposed().filter(|(.., action)| *action == Action::Forget);
    let deposed = deposed.map(|(addr, key, _)| format!(" - {addr} (deposed object {key})\n"));
    let list: String = current.chain(deposed).collect();
    if list.is_empty() {
        return None;
    }
    let detail = format!(
        "If you apply this plan, Terraform will discard its tracking information for the following objects, but it will \
         not delete them:\n{list}\nAfter applying this plan, Terraform will no longer manage these objects. You will \
         need to import them into Terraform to manage them again."
    );
    Some(Diagnostic::warning("Some objects will no longer be managed by Terraform", detail))
}
