//! Resources: expansion, configuration, planning and applying of each instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AbsResource, InstanceKey, Item, Resource, ResourceAddr, ResourceInstance, Schema};
use lang::{Marks, Value};
use provider::{Answer, ApplyRequest, PlanRequest, Private, Provider};
use syntax::{Diagnostic, Diagnostics, SmolStr};

use super::expand::{self, Expansion, Repetition};
use super::{Phase, Walk};
use crate::conditions::Kind;
use crate::finding::{CheckableObject, Finding};
use crate::host::ForProviders;
use crate::reports;
use crate::state::Object;

/// What a plan wants done to an object.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub action: Action,
    /// Null when there is none yet.
    pub before: Value,
    /// Null when it goes.
    pub after: Value,
    /// Set when something other than its arguments asked for a replacement.
    pub forced: Option<Force>,
}

/// Who asked for a replacement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Force {
    /// The plan option `replace`.
    Requested,
    /// `replace_triggered_by`.
    Triggered,
}

/// The kinds of changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    NoOp,
    Create,
    Update,
    Replace,
    Delete,
}

/// One instance of a resource while it is being worked on.
struct At<'r> {
    instance: usize,
    resource: &'r Item<Resource>,
    key: InstanceKey,
    repetition: Repetition,
    addr: ResourceInstance,
}

impl<'a> Walk<'a> {
    pub(super) fn resource(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((addr, resource)) = module.resources.get_index(index) else { return };
        let source = module.provider_of(resource);
        let provider = self.inputs.providers.get(&source).map(|provider| &**provider);
        let Some(provider) = provider.filter(|it| it.schema(addr.mode, &addr.kind).is_some()) else {
            self.findings.push(Finding::plain(no_provider(resource)));
            return;
        };
        let mut sink = Diagnostics::new();
        let expansion = {
            let scope = self.scope(instance);
            let (count, for_each) = (resource.count.as_ref(), resource.for_each.as_ref());
            let validate = self.phase == Phase::Validate;
            expand::expansion(count, for_each, &resource.origin, &scope, validate, &mut sink)
        };
        self.report(sink);
        let Some(expansion) = expansion else { return };
        if self.phase == Phase::Validate {
            self.validate_resource(provider, instance, resource);
            return;
        }
        let expansion = match self.inputs.options.refresh_only {
            true => self.existing(expansion, instance, addr),
            false => expansion,
        };
        if !self.may_make(expansion.len(), &resource.locate(resource.header)) {
            return;
        }
        for (key, repetition) in expansion.instances() {
            if self.inputs.cancel.is_cancelled() {
                self.findings.push(Finding::plain(super::interrupted()));
                return;
            }
            let full = ResourceInstance {
                module: self.instances[instance].addr.clone(),
                resource: addr.clone(),
                key: key.clone(),
            };
            let id = (self.instances[instance].module, index);
            let targets = &self.inputs.options.targets;
            if self.targeted.as_ref().is_some_and(|targeted| !targeted.wants(id, &full, targets)) {
                let existing = self.state.get(&full).map(|object| object.value.clone());
                self.instances[instance].resources[index].objects.extend(existing.map(|value| (key, value)));
                continue;
            }
            let at = At { instance, resource, key: key.clone(), repetition, addr: full };
            if let Some(value) = self.resource_instance(provider, &at) {
                self.instances[instance].resources[index].objects.insert(key, value);
            }
        }
        // What needs a failed resource is not evaluated; assertions see the objects that there are.
        let values = &mut self.instances[instance].resources[index];
        let value = expansion.gather(|key| values.objects.get(key).cloned());
        values.value = Some(value);
        values.expansion = Some(expansion);
    }

    /// The instances of which there are objects: without planning, a reference reads these, whatever the
    /// configuration wants.
    fn existing(&self, wanted: Expansion, instance: usize, addr: &ResourceAddr) -> Expansion {
        let module = &self.instances[instance].addr;
        let whole = AbsResource { module: module.clone(), resource: addr.clone() };
        let there = self.state.instances(&whole).into_iter().flatten();
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
        let module = &self.instances[instance].addr;
        let whole = AbsResource { module: module.clone(), resource: addr.clone() };
        let there = self.state.instances(&whole).into_iter().flatten();
        let objects: BTreeMap<InstanceKey, Value> = there
            .filter_map(|(key, objects)| Some((key.clone(), objects.current.as_ref()?.value.clone())))
            .collect();
        if objects.is_empty() {
            return;
        }
        let expansion = if resource.count.is_some() {
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
        };
        let place = resource.locate(resource.header);
        if self.may_make(expansion.len(), &place) {
            let value = expansion.gather(|key| objects.get(key).cloned());
            self.instances[instance].resources[index].value = Some(value);
        }
    }

    /// Gives a resource that is not executed the objects that it has already.
    pub(super) fn as_it_is(&mut self, instance: usize, index: usize) {
        let Some((addr, resource)) = self.module_of(instance).resources.get_index(index) else { return };
        let expansion = {
            let scope = self.scope(instance);
            let (count, for_each) = (resource.count.as_ref(), resource.for_each.as_ref());
            expand::expansion(count, for_each, &resource.origin, &scope, false, &mut Diagnostics::new())
        };
        let module = self.instances[instance].addr.clone();
        // The expansion is not kept: without it, nothing is an orphan.
        self.instances[instance].resources[index].value = expansion.map(|expansion| {
            expansion.gather(|key| {
                let full =
                    ResourceInstance { module: module.clone(), resource: addr.clone(), key: key.clone() };
                self.state.get(&full).map(|object| object.value.clone())
            })
        });
    }

    /// Warns of resources to replace that lack the key of an instance: nothing is replaced then.
    pub(super) fn incomplete_replacements(&mut self) {
        for wanted in &self.inputs.options.replace {
            let planned = |addr: &&ResourceInstance| {
                addr.module == wanted.module
                    && addr.resource == wanted.resource
                    && addr.key != InstanceKey::None
            };
            let found: Vec<String> =
                self.changes.keys().filter(planned).map(|addr| format!("  -replace=\"{addr}\"")).collect();
            if wanted.key != InstanceKey::None || found.is_empty() {
                continue;
            }
            let detail = format!(
                "Your force-replace request for {wanted} doesn't match any resource instances because it lacks an \
                 instance key.\n\nTo force replacement of particular instances, use one or more of the following \
                 options instead:\n{}",
                found.join("\n")
            );
            let summary = "Incompletely-matched force-replace resource instance";
            self.findings.push(Finding::plain(Diagnostic::warning(summary, detail)));
        }
    }

    /// Evaluates everything in the block with unknown instances; nothing is planned.
    fn validate_resource(&mut self, provider: &dyn Provider, instance: usize, resource: &'a Item<Resource>) {
        let repetition = Repetition::unknown(resource.count.is_some(), resource.for_each.is_some());
        let addr = ResourceInstance {
            module: self.instances[instance].addr.clone(),
            resource: resource.addr.clone(),
            key: InstanceKey::None,
        };
        let at = At { instance, resource, key: InstanceKey::None, repetition, addr };
        let Some(schema) = provider.schema(resource.addr.mode, &resource.addr.kind) else { return };
        self.preconditions(&at);
        self.configuration(&at, schema);
        self.postconditions(&at, &Value::dynamic());
    }

    fn resource_instance(&mut self, provider: &dyn Provider, at: &At<'_>) -> Option<Value> {
        if self.inputs.options.refresh_only {
            return self.state.get(&at.addr).map(|object| object.value.clone());
        }
        if self.unchanged(at) {
            let value = self.state.get(&at.addr).map(|object| object.value.clone());
            if let Some(value) = &value {
                self.postconditions(at, value);
            }
            return value;
        }
        let before = self.findings.len();
        self.preconditions(at);
        if self.failed_since(before) {
            return None;
        }
        let schema = provider.schema(at.addr.resource.mode, &at.addr.resource.kind)?;
        let config = self.configuration(at, schema)?;
        let value = self.plan_or_apply(provider, schema, at, &config)?;
        self.postconditions(at, &value);
        Some(value)
    }

    /// Whether an apply walk has nothing to do here.
    fn unchanged(&self, at: &At<'_>) -> bool {
        self.phase == Phase::Apply
            && self.changes.get(&at.addr).is_some_and(|change| change.action == Action::NoOp)
    }

    fn preconditions(&mut self, at: &At<'_>) {
        let object = CheckableObject::Resource(at.addr.resource.clone(), at.key.clone());
        self.conditions(
            Kind::Precondition,
            &at.resource.lifecycle.preconditions,
            &at.resource.origin,
            at.instance,
            &object,
            |scope| scope.with_repetition(&at.repetition),
        );
    }

    fn postconditions(&mut self, at: &At<'_>, value: &Value) {
        let object = CheckableObject::Resource(at.addr.resource.clone(), at.key.clone());
        self.conditions(
            Kind::Postcondition,
            &at.resource.lifecycle.postconditions,
            &at.resource.origin,
            at.instance,
            &object,
            |scope| scope.with_repetition(&at.repetition).with_object(&at.addr.resource, value.clone()),
        );
    }

    fn failed_since(&self, before: usize) -> bool {
        self.findings[before..].iter().any(|found| found.diagnostic.is_error())
    }

    /// The arguments of the block as an object of the schema's type; what is not set is null.
    fn configuration(&mut self, at: &At<'_>, schema: &Schema) -> Option<Value> {
        let mut sink = Diagnostics::new();
        let mut attributes = BTreeMap::new();
        {
            let scope = self.scope(at.instance).with_repetition(&at.repetition);
            for (name, attribute) in &schema.attributes {
                let given = at.resource.body.attributes.iter().find(|given| given.name == *name);
                if given.is_some() && !attribute.optional && !attribute.required {
                    // Terraform's check of read-only arguments knows no place.
                    sink.push(Diagnostic::error(format!("\"{name}\" attribute is read-only"), ""));
                }
                let value = match given {
                    None => Value::null(attribute.ty.clone()),
                    Some(given) => {
                        let value = lang::evaluate(&given.value, &at.resource.origin, &scope, &mut sink);
                        match lang::convert(&value, &attribute.ty) {
                            Ok(value) => value,
                            Err(error) => {
                                let detail = format!(
                                    "Inappropriate value for attribute \"{name}\": {}.",
                                    error.with_path()
                                );
                                let place = given.value.location(&at.resource.origin);
                                sink.push(
                                    Diagnostic::error("Incorrect attribute value type", detail)
                                        .at(place)
                                        .with_address(at.addr.to_string()),
                                );
                                Value::unknown(attribute.ty.clone())
                            }
                        }
                    }
                };
                attributes.insert(Arc::from(name.as_str()), value);
            }
        }
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        (!failed).then(|| Value::object(attributes))
    }

    fn plan_or_apply(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        config: &Value,
    ) -> Option<Value> {
        let kind = at.addr.resource.kind.clone();
        if config.marks_deep().contains(Marks::EPHEMERAL) {
            self.ephemeral_arguments(at, config);
            return None;
        }
        let marked = config.marked_paths();
        let (config, _) = config.unmark_deep();
        let prior = self.state.get(&at.addr).map_or_else(|| Value::null(config.ty()), |o| o.value.clone());
        let (prior_plain, _) = prior.unmark_deep();
        let config = self.with_ignored_changes(at, config, &prior_plain);
        let proposed = proposed(schema, &prior_plain, &config);
        let private = Private::default();
        let plan = |prior: &Value, proposed: &Value| {
            let (kind, private, config) = (kind.as_str(), &private, &config);
            provider.plan(&PlanRequest { kind, prior, proposed, config, private })
        };
        let planned = self.ask(at, schema, plan(&prior_plain, &proposed))?;
        let forced = self.forced_replacement(at, &prior_plain);
        let replace = !prior.is_null() && (forced.is_some() || !planned.requires_replace.is_empty());
        let (base, planned) = match replace {
            true => {
                let nothing = Value::null(config.ty());
                let proposed = self::proposed(schema, &nothing, &config);
                let planned = self.ask(at, schema, plan(&nothing, &proposed))?;
                (nothing, planned)
            }
            false => (prior_plain.clone(), planned),
        };
        let after = planned.value.with_marks_at(&marked);
        let action = match () {
            () if prior.is_null() => Action::Create,
            () if replace => Action::Replace,
            () if after.raw_eq(&prior) => Action::NoOp,
            () => Action::Update,
        };
        if self.phase == Phase::Plan {
            if replace && at.resource.lifecycle.prevent_destroy == Some(true) {
                self.findings.push(Finding::plain(prevented(at.resource, &at.addr)));
                return None;
            }
            let change = Change { action, before: prior, after: after.clone(), forced };
            self.changes.insert(at.addr.clone(), change);
            return Some(after);
        }
        let outside = ForProviders(self.inputs.host);
        let request = ApplyRequest {
            kind: &kind,
            prior: &base,
            planned: &planned.value,
            config: &config,
            private: &planned.private,
            outside: &outside,
        };
        let applied = self.ask(at, schema, provider.apply(&request))?;
        let value = applied.value.with_marks_at(&marked);
        let provider = "terraform.io/builtin/terraform".into();
        self.state.set(&at.addr, Arc::new(Object::new(value.clone(), provider)));
        Some(value)
    }

    /// Says which arguments hold ephemeral values, which no state may keep.
    fn ephemeral_arguments(&mut self, at: &At<'_>, config: &Value) {
        let arguments = config.as_map().into_iter().flatten();
        for (name, _) in arguments.filter(|(_, value)| value.marks_deep().contains(Marks::EPHEMERAL)) {
            let detail = format!(
                "Ephemeral values are not valid for \"{name}\", because it is not a write-only attribute and must be \
                 persisted to state."
            );
            let given = at.resource.body.attributes.iter().find(|given| given.name.as_str() == &**name);
            let place = given.map_or_else(
                || at.resource.locate(at.resource.header),
                |given| given.value.location(&at.resource.origin),
            );
            let diagnostic = Diagnostic::error("Invalid use of ephemeral value", detail)
                .at(place)
                .with_address(at.addr.to_string());
            self.findings.push(Finding::plain(diagnostic));
        }
    }

    /// Takes the value of an answer and reports what the provider has to say. No value where there are errors.
    fn ask<T>(&mut self, at: &At<'_>, schema: &Schema, answer: Answer<T>) -> Option<T> {
        let failed = answer.has_errors();
        let address = at.addr.to_string();
        for report in answer.reports {
            let diagnostic =
                reports::in_body(report, &at.resource.body, schema, &at.resource.origin, &address);
            self.findings.push(Finding::plain(diagnostic));
        }
        answer.value.filter(|_| !failed)
    }

    /// The configuration with the prior value of every attribute whose changes are to be ignored.
    fn with_ignored_changes(&self, at: &At<'_>, config: Value, prior: &Value) -> Value {
        let ignored = &at.resource.lifecycle.ignore_changes;
        let (Some(attributes), Some(prior)) = (config.as_map(), prior.as_map()) else { return config };
        if ignored.is_empty() {
            return config;
        }
        let names: Vec<&SmolStr> =
            ignored.iter().filter_map(lang::expr::static_traversal).map(|path| &path.root).collect();
        let all = names.iter().any(|name| *name == "all");
        let mut attributes = attributes.clone();
        for (name, value) in prior {
            if all || names.iter().any(|ignored| ignored.as_str() == &**name) {
                attributes.insert(Arc::clone(name), value.clone());
            }
        }
        Value::object(attributes)
    }

    /// Whether `-replace` or `replace_triggered_by` asks for a new object.
    fn forced_replacement(&self, at: &At<'_>, prior: &Value) -> Option<Force> {
        if prior.is_null() {
            return None;
        }
        if self.phase == Phase::Apply {
            let planned = self.changes.get(&at.addr).filter(|change| change.action == Action::Replace);
            return planned.map(|change| change.forced.unwrap_or(Force::Requested));
        }
        if self.inputs.options.replace.contains(&at.addr) {
            return Some(Force::Requested);
        }
        let module = &self.instances[at.instance].addr;
        let triggered = at.resource.lifecycle.replace_triggered_by.iter().any(|expr| {
            // With `count.index` or `each.key` as the key, the instance of the same key is meant.
            let computed = lang::expr::static_traversal(expr).is_none();
            let Some(traversal) = expr.traversals().first() else { return false };
            let Some(name) = traversal.attr(0) else { return false };
            let key = traversal.steps.get(1).and_then(|step| match &step.kind {
                lang::StepKind::Number(index) => index.to_i64().map(InstanceKey::Int),
                lang::StepKind::Key(key) => Some(InstanceKey::String(key.clone())),
                _ => None,
            });
            let key = if computed { Some(at.key.clone()) } else { key };
            let attribute = traversal.steps.iter().skip(1).find_map(|step| match &step.kind {
                lang::StepKind::Attr(name) => Some(name),
                _ => None,
            });
            self.changes.iter().any(|(addr, change)| {
                addr.module == *module
                    && addr.resource.kind == traversal.root
                    && addr.resource.name == *name
                    && key.as_ref().is_none_or(|key| *key == addr.key)
                    && change.triggers(attribute)
            })
        });
        triggered.then_some(Force::Triggered)
    }
}

impl Change {
    /// Whether `replace_triggered_by` a whole resource, or one attribute of it, is met.
    fn triggers(&self, attribute: Option<&SmolStr>) -> bool {
        let get = |value: &Value| {
            let name = attribute?;
            value.as_map()?.get(name.as_str()).cloned()
        };
        match (self.action, attribute) {
            (Action::NoOp, _) => false,
            (Action::Update | Action::Replace, None) => true,
            (Action::Create | Action::Delete, None) => false,
            (_, Some(_)) => match (get(&self.before), get(&self.after)) {
                (Some(before), Some(after)) => !before.raw_eq(&after),
                _ => false,
            },
        }
    }
}

/// The configuration, and for what it leaves to the provider the value that is there already.
fn proposed(schema: &Schema, prior: &Value, config: &Value) -> Value {
    let (Some(config), prior) = (config.as_map(), prior.as_map()) else { return config.clone() };
    let mut attributes = config.clone();
    for (name, attribute) in &schema.attributes {
        let unset = config.get(name.as_str()).is_none_or(Value::is_null);
        let left_to_provider = attribute.computed && unset;
        if let Some(value) = prior.filter(|_| left_to_provider).and_then(|prior| prior.get(name.as_str())) {
            attributes.insert(Arc::from(name.as_str()), value.clone());
        }
    }
    Value::object(attributes)
}

pub(crate) fn prevented(resource: &Item<Resource>, addr: &ResourceInstance) -> Diagnostic {
    let detail = format!(
        "Resource {addr} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To \
         avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of \
         the plan using the -target option."
    );
    Diagnostic::error("Instance cannot be destroyed", detail).at(resource.locate(resource.header))
}

fn no_provider(resource: &Item<Resource>) -> Diagnostic {
    let kind = &resource.addr.kind;
    let detail = format!(
        "Running \"{kind}\" needs the provider \"{}\". This version of runblock runs modules that use only the built-in \
         provider (terraform_data); checks and completion work in this file all the same.",
        config::implied_provider(kind)
    );
    Diagnostic::error("Provider not available", detail)
        .at(resource.locate(resource.header))
        .with_code("provider-not-available")
}
