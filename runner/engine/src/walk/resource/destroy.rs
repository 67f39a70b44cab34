//! Destroying objects, whether the configuration still has them or not.

use std::sync::Arc;

use config::{ResourceInstance, ResourceMode};
use lang::Value;
use provider::Answer;
use syntax::Diagnostic;

use super::Walk;
use crate::reports;
use crate::state::{DeposedKey, Object};
use crate::walk::waiting::{Wait, Wanted};

impl<'a> Walk<'a> {
    /// Destroys the current object of an instance, or the one that its replacement has deposed.
    pub(in crate::walk) fn destroy_instance(&mut self, addr: &ResourceInstance) -> Option<Wait<'a>> {
        if let Some(key) = self.deposed.remove(addr) {
            return self.destroy_deposed(addr, &key);
        }
        let object = self.state.get(addr).cloned()?;
        // Provisioners that run before a destruction are not for what was never finished, nor for what was deposed.
        match object.tainted {
            true => self.destroy_object(addr, None, object),
            false => self.provision_destroyed(addr, object),
        }
    }

    pub(in crate::walk) fn destroy_deposed(
        &mut self,
        addr: &ResourceInstance,
        key: &DeposedKey,
    ) -> Option<Wait<'a>> {
        let object = self.state.instance(addr)?.deposed.get(key).cloned()?;
        self.destroy_object(addr, Some(key.clone()), object)
    }

    /// Has the provider destroy an object when everything before that is done: the current one of an instance, or a
    /// deposed one. Data is only forgotten.
    pub(in crate::walk) fn destroy_object(
        &mut self,
        addr: &ResourceInstance,
        deposed: Option<DeposedKey>,
        object: Arc<Object>,
    ) -> Option<Wait<'a>> {
        if addr.resource.mode != ResourceMode::Managed {
            self.leave(addr, deposed.as_ref(), None);
            return None;
        }
        let provider = self.provider_of(addr, deposed.as_ref(), &object)?;
        let (prior, _) = object.value.unmark_deep();
        let null = Value::null(prior.ty());
        let wanted = Wanted {
            provider: Arc::clone(&provider),
            kind: addr.resource.kind.clone(),
            prior,
            planned: null.clone(),
            config: null,
            private: Arc::clone(&object.private),
        };
        let addr = addr.clone();
        self.ask_of(
            &provider,
            move |outside| wanted.ask(outside),
            move |walk, answer| {
                walk.is_destroyed(&addr, deposed.as_ref(), &object, answer);
                None
            },
        )
    }

    fn is_destroyed(
        &mut self,
        addr: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        object: &Arc<Object>,
        answer: Answer<provider::Object>,
    ) {
        let failed = answer.has_errors();
        let found: Vec<Diagnostic> = answer.reports.into_iter().map(reports::alone).collect();
        self.report(found);
        // Terraform tells of the end of the work and of the state that is kept.
        self.halts();
        self.halts();
        if !failed {
            self.leave(addr, deposed, None);
        } else if let Some(left) = answer.value.filter(|left| !left.value.is_null()) {
            let value = left.value.with_marks_at(&object.value.marked_paths());
            let left = Object { value, private: left.private, ..Object::clone(object) };
            self.leave(addr, deposed, Some(Arc::new(left)));
        }
    }

    /// Keeps in the state what a destruction has left.
    fn leave(&mut self, addr: &ResourceInstance, deposed: Option<&DeposedKey>, left: Option<Arc<Object>>) {
        match (left, deposed) {
            (Some(left), None) => self.state.set(addr, left),
            (Some(left), Some(key)) => self.state.set_deposed(addr, key.clone(), left),
            (None, None) => {
                self.state.remove(addr);
            }
            (None, Some(key)) => {
                self.state.remove_deposed(addr, key);
            }
        }
    }
}
