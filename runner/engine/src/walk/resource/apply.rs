//! Applying the planned change of one instance.

use std::sync::Arc;

use config::ResourceInstance;
use lang::Value;
use provider::{Answer, Private, Provider};

use super::plan::Proposal;
use super::{At, Walk};
use crate::change::{Action, Change};
use crate::state::{DeposedKey, Object};
use crate::walk::configuration::without_write_only;
use crate::walk::waiting::{Wait, Wanted};

/// An object that was made or changed, and is not settled yet.
pub(in crate::walk) struct Made<'a> {
    pub at: At<'a>,
    pub value: Value,
    /// Under which key that lies which it replaces.
    deposed: Option<DeposedKey>,
}

/// An object that is to be made or changed.
struct Making<'a> {
    at: At<'a>,
    deposed: Option<DeposedKey>,
    proposal: Proposal,
}

impl<'a> Walk<'a> {
    /// Makes, changes or looks again at the object of an instance, as planned.
    pub(in crate::walk) fn apply_instance(&mut self, addr: &ResourceInstance) -> Option<Wait<'a>> {
        let change = self.changes.get(addr).cloned()?;
        let at = self.locate(addr)?;
        let provider = self.serving(at.instance, at.index)?;
        let provider = self.serving_instance(&provider, &at)?;
        let value = match change.action {
            Action::NoOp => {
                let before = self.findings.len();
                self.preconditions(&at);
                let object = self.state.get(addr).filter(|_| !self.failed_since(before));
                object.map(|object| object.value.clone())
            }
            Action::Read => return self.apply_data(&provider, at),
            _ => return self.carry_out(&provider, at, change),
        };
        if let Some(value) = value {
            self.is_as_wanted(&at, value);
        }
        None
    }

    /// Keeps the value that references to an instance read, once there is nothing more to be done with it.
    pub(in crate::walk) fn is_as_wanted(&mut self, at: &At<'_>, value: Value) {
        self.postconditions(at, &value);
        self.instances[at.instance].resources[at.index].objects.insert(at.addr.key.clone(), value);
    }

    /// The declaration and the repetition of an instance.
    pub(in crate::walk) fn locate(&self, addr: &ResourceInstance) -> Option<At<'a>> {
        let instance = *self.at_address.get(&addr.module)?;
        let (index, _, item) = self.module_of(instance).resources.get_full(&addr.resource)?;
        let expansion = self.instances[instance].resources.get(index)?.expansion.as_ref()?;
        let repetition = expansion.repetition(&addr.key)?;
        let (resource, origin) = (&*item.decl, &item.origin);
        Some(At { instance, index, resource, origin, repetition, addr: addr.clone() })
    }

    /// Does what was planned, where the provider makes the same of the configuration now.
    fn carry_out(&mut self, provider: &Arc<dyn Provider>, at: At<'a>, planned: Change) -> Option<Wait<'a>> {
        let replaces = planned.action == Action::Replace;
        let deposed = (replaces && planned.create_before_destroy).then(|| self.depose(&at.addr));
        let before = self.findings.len();
        self.preconditions(&at);
        if self.failed_since(before) {
            self.put_back(&at.addr, deposed, true);
            return None;
        }
        let object = self.state.get(&at.addr).cloned();
        let by = Arc::clone(provider);
        self.propose(provider, at, object, None, move |walk, at, proposal| {
            let proposal =
                proposal.and_then(|proposal| walk.as_planned_before(&*by, &at, &planned, proposal));
            let Some(proposal) = proposal else {
                let failed = walk.failed_since(before);
                walk.put_back(&at.addr, deposed, failed);
                return None;
            };
            if proposal.change.action == Action::NoOp
                && let Some(object) = walk.state.get(&at.addr).cloned()
            {
                walk.settle(Made { at, value: object.value.clone(), deposed }, false);
                return None;
            }
            walk.ask_apply(&by, Making { at, deposed, proposal })
        })
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

    /// What the provider makes of the configuration now, where it is what was planned.
    fn as_planned_before(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        planned: &Change,
        mut proposal: Proposal,
    ) -> Option<Proposal> {
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        // What was planned as a replacement is a creation by now.
        if planned.action == Action::Replace && proposal.change.action == Action::Create {
            proposal.change.action = Action::Replace;
        }
        self.as_planned(provider, schema, at, planned, &proposal.change).then_some(proposal)
    }

    fn ask_apply(&mut self, provider: &Arc<dyn Provider>, making: Making<'a>) -> Option<Wait<'a>> {
        let Proposal { change, config, base, .. } = &making.proposal;
        let (planned, _) = change.after.unmark_deep();
        if change.action == Action::Update && planned.raw_eq(base) {
            // Only what may be shown of it has changed.
            let existing = self.state.get(&making.at.addr);
            let made = existing.map(|object| (planned, Arc::clone(&object.private)));
            return self.is_made(provider, making, made, self.findings.len());
        }
        let wanted = Wanted {
            provider: Arc::clone(provider),
            kind: making.at.addr.resource.kind.clone(),
            prior: base.clone(),
            planned: planned.clone(),
            config: config.clone(),
            private: Arc::clone(&change.private),
        };
        let by = Arc::clone(provider);
        self.ask_of(
            provider,
            move |outside| wanted.ask(outside),
            move |walk, answer| walk.is_answered(&by, making, &planned, answer),
        )
    }

    fn is_answered(
        &mut self,
        provider: &Arc<dyn Provider>,
        making: Making<'a>,
        planned: &Value,
        mut answer: Answer<provider::Object>,
    ) -> Option<Wait<'a>> {
        let (at, config) = (&making.at, &making.proposal.config);
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let before = self.findings.len();
        let failed = self.hear(at, schema, &mut answer);
        let made = answer.value.map(|object| (object.value, object.private));
        let made = made.filter(|(value, _)| !value.is_null());
        // What was unknown already when it was asked for is nobody's fault.
        if !failed && config.is_wholly_known() {
            self.check_applied(&**provider, schema, at, planned, made.as_ref().map(|(value, _)| value));
        }
        self.is_made(provider, making, made, before)
    }

    /// Keeps what the provider has made, and goes on with it. What was found since `before` is about that.
    fn is_made(
        &mut self,
        provider: &Arc<dyn Provider>,
        making: Making<'a>,
        made: Option<(Value, Private)>,
        before: usize,
    ) -> Option<Wait<'a>> {
        let Making { at, deposed, proposal } = making;
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let failed = self.failed_since(before);
        let creates = matches!(proposal.change.action, Action::Create | Action::Replace);
        let Some((value, private)) = made else {
            // A failed change leaves what was there, and a failed creation nothing.
            self.put_back(&at.addr, deposed, failed);
            return None;
        };
        let value = without_write_only(schema, &without_unknown(&value)).with_marks_at(&proposal.marked);
        let value = schema.with_sensitive(&value);
        let object = Object {
            value: value.clone(),
            private,
            tainted: creates && failed,
            dependencies: self.dependencies(&at),
            create_before_destroy: self.creates_first(&at),
            provider: self.provider_address(at.instance, at.index),
            provider_key: self.provider_key(&at),
            schema_version: schema.version,
        };
        self.state.set(&at.addr, Arc::new(object));
        if failed {
            self.put_back(&at.addr, deposed, true);
            return None;
        }
        let made = Made { at, value, deposed };
        if creates {
            return self.provision_created(made);
        }
        self.settle(made, false);
        None
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
