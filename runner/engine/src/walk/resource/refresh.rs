//! Looking at what exists before anything is planned.

use std::sync::Arc;

use config::{ConfigResource, ResourceInstance};
use lang::Value;
use provider::{Answer, Provider, ReadRequest};

use super::Walk;
use crate::change::{Action, Change};
use crate::state::{DeposedKey, Object};

/// What a look at an object came to.
pub(in crate::walk) enum Seen {
    /// There is such an object, as it is now.
    Object(Arc<Object>),
    /// There was one, and somebody else has removed it.
    Gone,
}

impl Walk<'_> {
    /// Asks a provider how an object is now, and remembers in which way it is not as the state says. The object keeps
    /// its marks. `Err` holds the answer when the provider could not tell.
    pub(in crate::walk) fn look_at(
        &mut self,
        provider: &dyn Provider,
        addr: &ResourceInstance,
        object: &Arc<Object>,
    ) -> Result<(Seen, Answer<()>), Answer<()>> {
        let (current, marks) = object.value.unmark_deep();
        let kind = &addr.resource.kind;
        let answer = provider.read(&ReadRequest { kind, current: &current, private: &object.private });
        let failed = answer.has_errors();
        let reports = Answer { value: None, reports: answer.reports };
        let Some(read) = answer.value.filter(|_| !failed) else { return Err(reports) };
        if read.value.is_null() {
            let drift = Change::new(Action::Delete, object.value.clone(), Value::null(object.value.ty()));
            self.drift.insert(addr, drift);
            return Ok((Seen::Gone, reports));
        }
        if read.value.raw_eq(&current) && read.private == object.private {
            return Ok((Seen::Object(Arc::clone(object)), reports));
        }
        let value = match marks.is_empty() {
            true => read.value,
            false => read.value.with_marks_at(&object.value.marked_paths()),
        };
        if !value.raw_eq(&object.value) {
            self.drift.insert(addr, Change::new(Action::Update, object.value.clone(), value.clone()));
        }
        Ok((
            Seen::Object(Arc::new(Object { value, private: read.private, ..Object::clone(object) })),
            reports,
        ))
    }

    /// Writes down what a look at the current object came to.
    pub(in crate::walk) fn write_seen(&mut self, addr: &ResourceInstance, before: &Arc<Object>, seen: Seen) {
        match seen {
            Seen::Gone => {
                self.state.remove(addr);
            }
            Seen::Object(object) if Arc::ptr_eq(&object, before) => {}
            Seen::Object(object) => self.state.set(addr, object),
        }
    }

    /// The same for a deposed object.
    pub(in crate::walk) fn write_seen_deposed(
        &mut self,
        addr: &ResourceInstance,
        key: &DeposedKey,
        before: &Arc<Object>,
        seen: Seen,
    ) {
        match seen {
            Seen::Gone => {
                self.state.remove_deposed(addr, key);
            }
            Seen::Object(object) if Arc::ptr_eq(&object, before) => {}
            Seen::Object(object) => self.state.set_deposed(addr, key.clone(), object),
        }
    }
}

/// What an object was made from by the state and what it will be made from by the configuration: until it is applied,
/// both count.
pub(super) fn merged(
    stored: &Arc<[ConfigResource]>,
    configured: &Arc<[ConfigResource]>,
) -> Arc<[ConfigResource]> {
    if stored == configured || configured.is_empty() {
        return Arc::clone(stored);
    }
    if stored.is_empty() {
        return Arc::clone(configured);
    }
    let mut all: Vec<ConfigResource> = stored.iter().chain(configured.iter()).cloned().collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}
