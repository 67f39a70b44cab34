//! Resources: which instances there are, and what a reference to them reads. Planning and applying of one instance are
//! in files of their own.

mod apply;
mod consistency;
mod destroy;
mod ignored;
mod itself;
mod lifecycle;
mod plan;
mod refresh;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec;

use config::{
    AbsResource, InstanceKey, Item, Resource, ResourceAddr, ResourceInstance, ResourceMode, Schema, Schemas,
};
use lang::Value;
use provider::{Answer, Provider};
use syntax::{Diagnostics, Origin};

use super::expand::{self, Expansion, Repeated, Repetition};
use super::waiting::Wait;
use super::{ModuleScope, Options, Phase, Walk, import};
use crate::conditions::Kind;
use crate::finding::{CheckableObject, Finding};
use crate::reports;

pub(super) use apply::{Made, without_unknown};
use lifecycle::Trigger;
pub(crate) use lifecycle::prevented;
pub(super) use plan::Planning;

/// One instance of a resource while it is being worked on.
pub(super) struct At<'r> {
    /// The module instance.
    pub instance: usize,
    /// The resource's index in its module.
    pub index: usize,
    pub resource: &'r Resource,
    pub origin: &'r Origin,
    pub repetition: Repetition,
    pub addr: ResourceInstance,
}

/// A resource in one instance of its module, of whose instances some have still to begin.
pub(super) struct Expanded<'a> {
    instance: usize,
    index: usize,
    resource: &'a Item<Resource>,
    provider: Arc<dyn Provider>,
    triggers: Arc<[Trigger]>,
    pub left: vec::IntoIter<(InstanceKey, Repetition)>,
}

impl<'a> Walk<'a> {
    /// Expands a resource. A plan goes on with its instances; an apply comes to them later, in the order of its schedule.
    pub(super) fn resource(
        &mut self,
        instance: usize,
        index: usize,
        imports: &import::Ids,
    ) -> Option<Expanded<'a>> {
        let module = self.module_of(instance);
        let (addr, resource) = module.resources.get_index(index)?;
        let provider = self.serving(instance, index)?;
        if self.phase == Phase::Plan && self.counts_itself(resource) {
            return None;
        }
        let before = self.findings.len();
        let mut sink = Diagnostics::new();
        let expansion = {
            let scope = self.scope(instance);
            let validate = self.phase == Phase::Validate;
            let excluded = || self.address(instance, addr).to_string();
            expand::expansion(&self.repeated(resource, &excluded), &scope, validate, &mut sink)
        };
        self.report(sink);
        if self.phase == Phase::Validate {
            self.validate_resource(&*provider, instance, index, resource, before);
            return None;
        }
        let expansion = expansion?;
        if self.phase == Phase::Plan && addr.mode == ResourceMode::Managed {
            self.incomplete_replacements(&self.address(instance, addr), &expansion);
        }
        if self.phase == Phase::Plan && self.reads_itself(instance, resource, &expansion) {
            return None;
        }
        let expansion = match self.inputs.options.refresh_only && addr.mode == ResourceMode::Managed {
            true => {
                self.look_for_missing(instance, index, resource, &expansion, imports);
                self.existing(expansion, instance, addr)
            }
            false => expansion,
        };
        if !self.may_make(expansion.len(), &resource.locate(resource.header)) {
            return None;
        }
        let triggers = match self.inputs.options.refresh_only || expansion.len() == 0 {
            _ if self.phase == Phase::Apply && addr.mode != ResourceMode::Ephemeral => None,
            true => Some(Vec::new()),
            false => Some(self.triggered(instance, resource)),
        };
        let left = triggers.is_some().then(|| expansion.instances().into_iter());
        self.instances[instance].resources[index].expansion = Some(expansion);
        Some(Expanded { instance, index, resource, provider, triggers: triggers?.into(), left: left? })
    }

    /// Begins with an instance of a resource.
    pub(super) fn begin_instance(
        &mut self,
        of: &Expanded<'a>,
        key: InstanceKey,
        repetition: Repetition,
        imports: &mut import::Ids,
    ) -> Option<Wait<'a>> {
        let Expanded { instance, index, resource, ref provider, ref triggers, .. } = *of;
        let full = self.address(instance, &resource.addr).instance(key.clone());
        let id = (self.instances[instance].module, index);
        let targets = &self.inputs.options.targets;
        if self.targeted.as_ref().is_some_and(|targeted| !targeted.wants(id, &full, targets)) {
            let existing = self.state.get(&full).map(|object| object.value.clone());
            self.instances[instance].resources[index].objects.extend(existing.map(|value| (key, value)));
            return None;
        }
        let (resource, origin) = (&*resource.decl, &resource.origin);
        let at = At { instance, index, resource, origin, repetition, addr: full };
        let import = imports.remove(&at.addr);
        let serving = self.serving_instance(provider, &at)?;
        match resource.addr.mode {
            ResourceMode::Data => self.plan_data(&serving, at),
            ResourceMode::Ephemeral => self.open(&serving, at),
            ResourceMode::Managed => self.plan_instance(&serving, at, triggers, import),
        }
    }

    /// Puts together what a reference to a whole resource reads, when its instances are planned. An apply does so when it has
    /// come to them.
    pub(super) fn put_together(&mut self, instance: usize, index: usize) {
        let Some((addr, resource)) = self.module_of(instance).resources.get_index(index) else { return };
        if self.phase == Phase::Apply && addr.mode != ResourceMode::Ephemeral {
            return;
        }
        let id = (self.instances[instance].module, index);
        let values = &mut self.instances[instance].resources[index];
        let Some(expansion) = &values.expansion else { return };
        values.value = Some(match self.targeted.as_ref().is_some_and(|targeted| targeted.is_part(id)) {
            // What is left out has no instances.
            true => expansion_of(resource, &values.objects).gather(|key| values.objects.get(key).cloned()),
            // What needs a failed resource is not evaluated; assertions see the objects that there are.
            false => expansion.gather(|key| values.objects.get(key).cloned()),
        });
    }

    /// What applying a refresh takes an object for that is not there: of its value only the type is known.
    fn missing(&self, resource: &Item<Resource>, instance: usize) -> Option<Value> {
        let provider = self.module_of(instance).provider_of(resource);
        let schema = self.inputs.providers.resource(&provider, resource.mode, &resource.addr.kind)?;
        self.inputs.options.refresh_only.then(|| Value::unknown(schema.ty().clone()))
    }

    /// When a refresh is over, not even the type is known of what is not there.
    pub(crate) fn let_go_of_missing(&mut self) {
        for values in self.instances.iter_mut().flat_map(|instance| &mut instance.resources) {
            if values.value.as_ref().is_some_and(|value| !value.is_known()) {
                values.value = Some(Value::dynamic());
            }
        }
    }

    /// Puts together what a reference to the whole resource reads, when an apply is through with its instances: what
    /// was applied, and of everything else what there is.
    pub(super) fn gather(&mut self, instance: usize, index: usize) {
        let Some((addr, resource)) = self.module_of(instance).resources.get_index(index) else { return };
        if resource.mode == ResourceMode::Ephemeral {
            return;
        }
        let whole = self.address(instance, addr);
        let there = self.state.instances(&whole);
        let values = &self.instances[instance].resources[index];
        let Some(expansion) = &values.expansion else {
            self.as_it_is(instance, index);
            return;
        };
        let id = (self.instances[instance].module, index);
        if self.targeted.as_ref().is_some_and(|targeted| targeted.is_part(id)) {
            let there = there.into_iter().flatten();
            let there = there.filter_map(|(key, objects)| Some((key, &objects.current.as_ref()?.value)));
            let mut objects: BTreeMap<InstanceKey, Value> =
                there.map(|(key, value)| (key.clone(), value.clone())).collect();
            objects.extend(values.objects.iter().map(|(key, value)| (key.clone(), value.clone())));
            let value = expansion_of(resource, &objects).gather(|key| objects.get(key).cloned());
            self.instances[instance].resources[index].value = Some(value);
            return;
        }
        let missing = self.missing(resource, instance);
        let value = expansion.gather(|key| {
            let applied = values.objects.get(key).cloned();
            let existing = || Some(there?.get(key)?.current.as_ref()?.value.clone());
            applied.or_else(existing).or_else(|| missing.clone())
        });
        self.instances[instance].resources[index].value = Some(value);
    }

    /// The resource as the state knows it.
    pub(super) fn address(&self, instance: usize, resource: &ResourceAddr) -> AbsResource {
        AbsResource { module: self.instances[instance].addr.clone(), resource: resource.clone() }
    }

    /// The instances of which there are objects: without planning, a reference reads these, whatever the
    /// configuration wants.
    fn existing(&self, wanted: Expansion, instance: usize, addr: &ResourceAddr) -> Expansion {
        let there = self.state.instances(&self.address(instance, addr)).into_iter().flatten();
        let there = there.filter_map(|(key, objects)| Some((key, &objects.current.as_ref()?.value)));
        match wanted {
            Expansion::Single => Expansion::Single,
            Expansion::Count(_) => {
                Expansion::Count(there.filter(|(key, _)| matches!(key, InstanceKey::Int(_))).count())
            }
            Expansion::ForEach(_) => Expansion::ForEach(
                there
                    .filter_map(|(key, value)| match key {
                        InstanceKey::String(key) => Some((key.clone(), value.clone())),
                        _ => None,
                    })
                    .collect(),
            ),
        }
    }

    /// Gives a resource the objects that the state has, by the keys that they have there. Nothing is known of a resource
    /// without any.
    pub(super) fn recorded(&mut self, instance: usize, index: usize) {
        let Some((addr, resource)) = self.module_of(instance).resources.get_index(index) else { return };
        let there = self.state.instances(&self.address(instance, addr)).into_iter().flatten();
        let objects: BTreeMap<InstanceKey, Value> = there
            .filter_map(|(key, objects)| Some((key.clone(), objects.current.as_ref()?.value.clone())))
            .collect();
        if objects.is_empty() {
            return;
        }
        let expansion = expansion_of(resource, &objects);
        let place = resource.locate(resource.header);
        if self.may_make(expansion.len(), &place) {
            let value = expansion.gather(|key| objects.get(key).cloned());
            self.instances[instance].resources[index].value = Some(value);
        }
    }

    fn repeated<'r>(&self, resource: &'r Item<Resource>, excluded: &'r dyn Fn() -> String) -> Repeated<'r>
    where
        'a: 'r,
    {
        Repeated {
            count: resource.count.as_ref(),
            for_each: resource.for_each.as_ref(),
            origin: &resource.origin,
            deprecated: &self.inputs.program.deprecated,
            excluded,
        }
    }

    /// Gives a resource that is not executed the objects that it has already.
    pub(super) fn as_it_is(&mut self, instance: usize, index: usize) {
        let Some((addr, resource)) = self.module_of(instance).resources.get_index(index) else { return };
        let expansion = {
            let scope = self.scope(instance);
            expand::expansion(&self.repeated(resource, &String::new), &scope, false, &mut Diagnostics::new())
        };
        let there = self.state.instances(&self.address(instance, addr));
        // The expansion is not kept: without it, nothing is an orphan.
        let value = expansion
            .map(|expansion| expansion.gather(|key| Some(there?.get(key)?.current.as_ref()?.value.clone())));
        self.instances[instance].resources[index].value = value;
    }

    /// Evaluates everything in the block with unknown instances; nothing is planned.
    fn validate_resource(
        &mut self,
        provider: &dyn Provider,
        instance: usize,
        index: usize,
        resource: &'a Item<Resource>,
        before: usize,
    ) {
        let repetition = Repetition::unknown(resource.count.is_some(), resource.for_each.is_some());
        let addr = self.address(instance, &resource.addr).instance(InstanceKey::None);
        let (resource, origin) = (&*resource.decl, &resource.origin);
        let at = At { instance, index, resource, origin, repetition, addr };
        let schema = provider.schema(resource.addr.mode, &resource.addr.kind);
        self.preconditions(&at);
        if let Some(schema) = schema
            && let Some(config) = self.configuration(&at, schema)
            && self.may_be_kept(&at, schema, &config)
        {
            self.validated(provider, &at, schema, &config);
        }
        self.postconditions(&at, &Value::dynamic());
        self.validate_provisioners(&at, before);
    }

    pub(super) fn preconditions(&mut self, at: &At<'_>) {
        let before = self.findings.len();
        let object = CheckableObject::Resource(at.addr.resource.clone(), at.addr.key.clone());
        self.conditions(
            Kind::Precondition,
            &at.resource.lifecycle.preconditions,
            at.origin,
            at.instance,
            &object,
            |scope| scope.with_repetition(&at.repetition),
        );
        self.only_warn(before);
    }

    pub(super) fn postconditions(&mut self, at: &At<'_>, value: &Value) {
        self.postconditions_of(at, |scope| scope.with_object(&at.addr.resource, value.clone()));
    }

    /// The conditions of the instances that are wanted and not there, where nothing is planned.
    fn look_for_missing(
        &mut self,
        instance: usize,
        index: usize,
        resource: &'a Item<Resource>,
        wanted: &Expansion,
        imports: &import::Ids,
    ) {
        if self.phase != Phase::Plan {
            return;
        }
        let whole = self.address(instance, &resource.addr);
        for (key, repetition) in wanted.instances() {
            let addr = whole.instance(key);
            if self.state.get(&addr).is_none() && !imports.contains_key(&addr) {
                let (resource, origin) = (&*resource.decl, &resource.origin);
                let at = At { instance, index, resource, origin, repetition, addr };
                self.preconditions(&at);
                self.postconditions_of_nothing(&at);
            }
        }
    }

    /// The postconditions of an instance of which there is no object and will be none. Terraform looks for it among those
    /// that there are, and says that it is not there; where the resource has no keys, nothing is known of it.
    fn postconditions_of_nothing(&mut self, at: &At<'_>) {
        let there = self.existing(expansion_like(at.resource), at.instance, &at.resource.addr);
        let key = match &at.addr.key {
            InstanceKey::None => {
                self.postconditions(at, &Value::dynamic());
                return;
            }
            InstanceKey::Int(index) => Value::int(*index),
            InstanceKey::String(key) => Value::string(key),
        };
        let Err(absent) = lang::ops::index(&there.gather(|_| None), &key) else { return };
        self.postconditions_of(at, |scope| scope.without_object(&at.addr.resource, &absent));
    }

    fn postconditions_of(&mut self, at: &At<'_>, set_up: impl Fn(ModuleScope<'_>) -> ModuleScope<'_>) {
        let before = self.findings.len();
        let object = CheckableObject::Resource(at.addr.resource.clone(), at.addr.key.clone());
        self.conditions(
            Kind::Postcondition,
            &at.resource.lifecycle.postconditions,
            at.origin,
            at.instance,
            &object,
            |scope| set_up(scope.with_repetition(&at.repetition)),
        );
        self.only_warn(before);
    }

    /// Where nothing is planned, a condition that does not hold stops nothing.
    pub(in crate::walk) fn only_warn(&mut self, before: usize) {
        let Options { refresh_only, before_destroy, .. } = *self.inputs.options;
        if self.phase == Phase::Plan && (refresh_only || before_destroy) {
            // What cannot be evaluated is wrong all the same.
            let failures = self.findings[before..].iter_mut();
            for found in failures.filter(|found| found.diagnostic.summary.ends_with(" failed")) {
                found.diagnostic.severity = syntax::Severity::Warning;
            }
        }
    }

    pub(super) fn failed_since(&self, before: usize) -> bool {
        self.findings[before..].iter().any(|found| found.diagnostic.is_error())
    }

    /// Reports what a provider has to say of an instance. Whether there were errors.
    pub(super) fn hear<T>(&mut self, at: &At<'_>, schema: &Schema, answer: &mut Answer<T>) -> bool {
        let failed = answer.has_errors();
        let address = at.addr.to_string();
        for report in std::mem::take(&mut answer.reports) {
            let diagnostic = reports::in_body(report, &at.resource.body, schema, at.origin, &address);
            self.findings.push(Finding::plain(diagnostic));
        }
        failed
    }

    /// The value of an answer, after reporting what comes with it. No value where there are errors.
    pub(super) fn ask<T>(&mut self, at: &At<'_>, schema: &Schema, mut answer: Answer<T>) -> Option<T> {
        let failed = self.hear(at, schema, &mut answer);
        answer.value.filter(|_| !failed)
    }
}

/// An expansion of the kind that a resource has.
fn expansion_like(resource: &Resource) -> Expansion {
    expansion_of(resource, &BTreeMap::new())
}

/// The expansion that has these objects, whatever the configuration wants.
fn expansion_of(resource: &Resource, objects: &BTreeMap<InstanceKey, Value>) -> Expansion {
    if resource.count.is_some() {
        let end = |key: &InstanceKey| match key {
            InstanceKey::Int(index) => usize::try_from(*index).ok().and_then(|it| it.checked_add(1)),
            _ => None,
        };
        Expansion::Count(objects.keys().filter_map(end).max().unwrap_or(0))
    } else if resource.for_each.is_some() {
        let keyed = |(key, value): (&InstanceKey, &Value)| match key {
            InstanceKey::String(key) => Some((key.clone(), value.clone())),
            _ => None,
        };
        Expansion::ForEach(objects.iter().filter_map(keyed).collect())
    } else {
        Expansion::Single
    }
}
