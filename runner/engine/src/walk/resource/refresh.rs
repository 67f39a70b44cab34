//! Looking at what exists before anything is planned.

use std::sync::Arc;

use config::{ConfigResource, ResourceInstance};
use lang::Value;
use provider::{Answer, Provider, ReadRequest};

use super::Walk;
use crate::change::{Action, Change};
use crate::state::{DeposedKey, Object};
use crate::walk::waiting::Wait;

/// What a look at an object came to.
pub(in crate::walk) enum Seen {
    /// There is such an object, as it is now.
    Object(Arc<Object>),
    /// There was one, and somebody else has removed it.
    Gone,
}

impl<'a> Walk<'a> {
    /// Asks a provider how an object is now, and remembers in which way it is not as the state says. The object keeps
    /// its marks. What was seen is handed on with what the provider says about it; nothing where it could not tell.
    pub(in crate::walk) fn look_at(
        &mut self,
        provider: &Arc<dyn Provider>,
        addr: &ResourceInstance,
        object: &Arc<Object>,
        then: impl FnOnce(&mut Walk<'a>, Option<Seen>, Answer<()>) -> Option<Wait<'a>> + Send + 'a,
    ) -> Option<Wait<'a>> {
        let (asked, addr, object) = (Arc::clone(provider), addr.clone(), Arc::clone(object));
        let kind = addr.resource.kind.clone();
        let (current, _) = object.value.unmark_deep();
        let private = Arc::clone(&object.private);
        self.ask_of(
            provider,
            move |_| {
                let answer = asked.read(&ReadRequest { kind: &kind, current: &current, private: &private });
                (answer, current)
            },
            move |walk, (answer, current)| {
                let failed = answer.has_errors();
                let read = answer.value.filter(|_| !failed);
                let seen = read.map(|read| walk.seen(&addr, &object, &current, read));
                then(walk, seen, Answer { value: None, reports: answer.reports })
            },
        )
    }

    fn seen(
        &mut self,
        addr: &ResourceInstance,
        object: &Arc<Object>,
        current: &Value,
        read: provider::Object,
    ) -> Seen {
        if read.value.is_null() {
            let drift = Change::new(Action::Delete, object.value.clone(), Value::null(object.value.ty()));
            self.drift.insert(addr, drift);
            return Seen::Gone;
        }
        if read.value.raw_eq(current) && read.private == object.private {
            return Seen::Object(Arc::clone(object));
        }
        let value = read.value.with_marks_at(&object.value.marked_paths());
        if !value.raw_eq(&object.value) {
            self.drift.insert(addr, Change::new(Action::Update, object.value.clone(), value.clone()));
        }
        Seen::Object(Arc::new(Object { value, private: read.private, ..Object::clone(object) }))
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
