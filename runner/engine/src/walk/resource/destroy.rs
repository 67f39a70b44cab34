//! Destroying objects, whether the configuration still has them or not.

use std::sync::Arc;

use config::{ResourceInstance, ResourceMode};
use lang::Value;
use provider::ApplyRequest;
use syntax::Diagnostic;

use super::Walk;
use crate::host::ForProviders;
use crate::reports;
use crate::state::{DeposedKey, Object};
use crate::walk::provision::Wait;

impl<'a> Walk<'a> {
    /// Destroys the current object of an instance, or the one that its replacement has deposed.
    pub(in crate::walk) fn destroy_instance(&mut self, addr: &ResourceInstance) -> Option<Wait<'a>> {
        if let Some(key) = self.deposed.remove(addr) {
            self.destroy_deposed(addr, &key);
            return None;
        }
        let object = self.state.get(addr).cloned()?;
        // Provisioners that run before a destruction are not for what was never finished, nor for what was deposed.
        if !object.tainted {
            return self.provision_destroyed(addr, object);
        }
        self.destroy_object(addr, &object);
        None
    }

    /// Destroys the current object of an instance when everything before that is done.
    pub(in crate::walk) fn destroy_object(&mut self, addr: &ResourceInstance, object: &Arc<Object>) {
        match self.remove_object(addr, None, object) {
            Left::Nothing => {
                self.state.remove(addr);
            }
            Left::Object(left) => self.state.set(addr, left),
        }
    }

    pub(in crate::walk) fn destroy_deposed(&mut self, addr: &ResourceInstance, key: &DeposedKey) {
        let Some(object) = self.state.instance(addr).and_then(|objects| objects.deposed.get(key)).cloned()
        else {
            return;
        };
        match self.remove_object(addr, Some(key), &object) {
            Left::Nothing => {
                self.state.remove_deposed(addr, key);
            }
            Left::Object(left) => self.state.set_deposed(addr, key.clone(), left),
        }
    }

    /// Has the provider destroy an object. Data is only forgotten.
    fn remove_object(
        &mut self,
        addr: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        object: &Arc<Object>,
    ) -> Left {
        if addr.resource.mode != ResourceMode::Managed {
            return Left::Nothing;
        }
        let Some(provider) = self.provider_of(addr, deposed, object) else {
            return Left::Object(Arc::clone(object));
        };
        let (prior, _) = object.value.unmark_deep();
        let null = Value::null(prior.ty());
        let outside = ForProviders(self.inputs.host, self.inputs.dialect);
        let answer = provider.apply(&ApplyRequest {
            kind: &addr.resource.kind,
            prior: &prior,
            planned: &null,
            config: &null,
            private: &object.private,
            outside: &outside,
        });
        let failed = answer.has_errors();
        let found: Vec<Diagnostic> = answer.reports.into_iter().map(reports::alone).collect();
        self.report(found);
        // Terraform tells of the end of the work and of the state that is kept.
        self.halts();
        self.halts();
        match answer.value.filter(|left| !left.value.is_null()) {
            _ if !failed => Left::Nothing,
            None => Left::Object(Arc::clone(object)),
            Some(left) => {
                let value = left.value.with_marks_at(&object.value.marked_paths());
                Left::Object(Arc::new(Object { value, private: left.private, ..Object::clone(object) }))
            }
        }
    }
}

/// What a destruction leaves.
enum Left {
    Nothing,
    Object(Arc<Object>),
}
