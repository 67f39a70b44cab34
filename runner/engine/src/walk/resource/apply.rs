//! Applying the planned change of one instance.

use std::sync::Arc;

use config::{ResourceInstance, Schema};
use lang::Value;
use provider::{ApplyRequest, Provider};

use super::plan::Proposal;
use super::{At, Walk};
use crate::change::{Action, Change};
use crate::host::ForProviders;
use crate::state::{DeposedKey, Object};
use crate::walk::configuration::without_write_only;
use crate::walk::provision::Wait;

/// An object that was made or changed, and is not settled yet.
pub(in crate::walk) struct Made<'a> {
    pub at: At<'a>,
    pub value: Value,
    /// Under which key that lies which it replaces.
    deposed: Option<DeposedKey>,
}

impl<'a> Walk<'a> {
    /// Makes, changes or looks again at the object of an instance, as planned.
    pub(in crate::walk) fn apply_instance(&mut self, addr: &ResourceInstance) -> Option<Wait<'a>> {
        let change = self.changes.get(addr).cloned()?;
        let at = self.locate(addr)?;
        let provider = self.serving(at.instance, at.index)?;
        let provider = self.serving_instance(&provider, &at)?;
        let schema = provider.schema(at.resource.mode, &addr.resource.kind)?;
        let value = match change.action {
            Action::NoOp => {
                let before = self.findings.len();
                self.preconditions(&at);
                let object = self.state.get(addr).filter(|_| !self.failed_since(before));
                object.map(|object| object.value.clone())
            }
            Action::Read => self.apply_data(&*provider, &at),
            _ => return self.carry_out(&*provider, schema, at, &change),
        };
        if let Some(value) = value {
            self.is_as_wanted(&at, value);
        }
        None
    }

    /// Keeps the value that references to an instance read, once there is nothing more to be done with it.
    fn is_as_wanted(&mut self, at: &At<'_>, value: Value) {
        self.postconditions(at, &value);
        self.instances[at.instance].resources[at.index].objects.insert(at.addr.key.clone(), value);
    }

    /// The declaration and the repetition of an instance.
    pub(in crate::walk) fn locate(&self, addr: &ResourceInstance) -> Option<At<'a>> {
        let instance = *self.at_address.get(&addr.module)?;
        let (index, _, resource) = self.module_of(instance).resources.get_full(&addr.resource)?;
        let expansion = self.instances[instance].resources.get(index)?.expansion.as_ref()?;
        let repetition = expansion.repetition(&addr.key)?;
        Some(At { instance, index, resource, repetition, addr: addr.clone() })
    }

    fn carry_out(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: At<'a>,
        planned: &Change,
    ) -> Option<Wait<'a>> {
        let replaces = planned.action == Action::Replace;
        let deposed = (replaces && planned.create_before_destroy).then(|| self.depose(&at.addr));
        let before = self.findings.len();
        let made = self.make(provider, schema, &at, planned);
        if self.failed_since(before) {
            self.put_back(&at.addr, deposed, true);
            return None;
        }
        let Some((value, is_new)) = made else {
            self.put_back(&at.addr, deposed, false);
            return None;
        };
        let made = Made { at, value, deposed };
        if is_new {
            return self.provision_created(made);
        }
        self.settle(made, false);
        None
    }

    /// Ends what is done to an object. Its conditions are looked at even where a provisioner has failed.
    pub(in crate::walk) fn settle(&mut self, made: Made<'a>, failed: bool) {
        let Made { at, value, deposed } = made;
        self.put_back(&at.addr, deposed, failed);
        // Terraform tells of the end of the work and of the state that is kept.
        let halted = self.halts() | self.halts();
        match failed || halted {
            true => self.postconditions(&at, &value),
            false => self.is_as_wanted(&at, value),
        }
    }

    /// What could not be replaced at all stays what it was; what was is destroyed later.
    fn put_back(&mut self, addr: &ResourceInstance, deposed: Option<DeposedKey>, failed: bool) {
        if let Some(key) = deposed
            && !(failed && self.state.restore(addr, &key))
        {
            self.deposed.insert(addr.clone(), key);
        }
    }

    /// The current object is not what it should be.
    pub(in crate::walk) fn taint(&mut self, addr: &ResourceInstance) {
        if let Some(object) = self.state.get(addr).cloned() {
            self.state.set(addr, Arc::new(Object { tainted: true, ..Object::clone(&object) }));
        }
    }

    fn depose(&mut self, addr: &ResourceInstance) -> DeposedKey {
        let bytes = self.inputs.host.random();
        let mut number = bytes.iter().take(4).fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
        let taken = |number: u32| DeposedKey(format!("{number:08x}").into());
        let there = self.state.instance(addr);
        while there.is_some_and(|objects| objects.deposed.contains_key(&taken(number))) {
            number = number.wrapping_add(1);
        }
        let key = taken(number);
        self.state.depose(addr, key.clone());
        key
    }

    /// The object that there is now, and whether it is a new one.
    fn make(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        planned: &Change,
    ) -> Option<(Value, bool)> {
        let before = self.findings.len();
        self.preconditions(at);
        if self.failed_since(before) {
            return None;
        }
        let object = self.state.get(&at.addr).cloned();
        // What was planned as a replacement is a creation by now.
        let Proposal { mut change, config, base, marked } =
            self.propose(provider, schema, at, object.as_deref(), None)?;
        if planned.action == Action::Replace && change.action == Action::Create {
            change.action = Action::Replace;
        }
        if !self.as_planned(provider, schema, at, planned, &change) {
            return None;
        }
        if let Some(object) = object.filter(|_| change.action == Action::NoOp) {
            return Some((object.value.clone(), false));
        }
        let value = self.ask_apply(provider, schema, at, &change, (&base, &config, &marked))?;
        Some((value, matches!(change.action, Action::Create | Action::Replace)))
    }

    fn ask_apply(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        change: &Change,
        (base, config, marked): (&Value, &Value, &[(lang::Path, lang::Marks)]),
    ) -> Option<Value> {
        let (planned, _) = change.after.unmark_deep();
        let existing = self.state.get(&at.addr).cloned();
        let before = self.findings.len();
        let made = if change.action == Action::Update && planned.raw_eq(base) {
            // Only what may be shown of it has changed.
            existing.as_ref().map(|object| (planned.clone(), Arc::clone(&object.private)))
        } else {
            let outside = ForProviders(self.inputs.host, self.inputs.dialect);
            let mut answer = provider.apply(&ApplyRequest {
                kind: &at.addr.resource.kind,
                prior: base,
                planned: &planned,
                config,
                private: &change.private,
                outside: &outside,
            });
            let failed = self.hear(at, schema, &mut answer);
            let made = answer.value.map(|object| (object.value, object.private));
            let made = made.filter(|(value, _)| !value.is_null());
            // What was unknown already when it was asked for is nobody's fault.
            if !failed && config.is_wholly_known() {
                self.check_applied(provider, schema, at, &planned, made.as_ref().map(|(value, _)| value));
            }
            made
        };
        let creates = matches!(change.action, Action::Create | Action::Replace);
        let Some((value, private)) = made else {
            // A failed change leaves what was there, and a failed creation nothing.
            return None;
        };
        let value = without_write_only(schema, &without_unknown(&value)).with_marks_at(marked);
        let value = schema.with_sensitive(&value);
        let object = Object {
            value: value.clone(),
            private,
            tainted: creates && self.failed_since(before),
            dependencies: self.dependencies(at),
            create_before_destroy: self.creates_first(at),
            provider: self.provider_address(at.instance, at.index),
            provider_key: self.provider_key(at),
            schema_version: schema.version,
        };
        self.state.set(&at.addr, Arc::new(object));
        Some(value)
    }
}

/// Nulls in the place of what is still unknown after an apply.
pub(in crate::walk) fn without_unknown(value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    if !value.is_known() {
        return Value::null(value.ty()).with_marks(value.marks());
    }
    value.map_elements(|_, item| without_unknown(item))
}
