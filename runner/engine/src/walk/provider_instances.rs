//! The instances of provider configurations with `for_each`: which there are, and which of them serves an object.
//!
//! The rules and their words are OpenTofu's, 1.9 to 1.12.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::Provider;
use config::{Configuration, Feature, InstanceKey, ProviderKey, ResourceInstance};
use lang::{Marks, Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use super::provider::{Block, Configured};
use super::resource::At;
use super::{Phase, Repetition, Walk};
use crate::finding::Finding;
use crate::program::{ConfigurationId, KeyPlace, Served};
use crate::state::{DeposedKey, Object};

/// `each.value` by `each.key`.
type Elements = BTreeMap<SmolStr, Value>;

impl<'a> Walk<'a> {
    /// Makes everything that a configuration stands for; `base` is its provider, or what its mock goes by.
    pub(super) fn configure_all(
        &mut self,
        id: ConfigurationId,
        wanted: &Configuration,
        base: Arc<dyn Provider>,
    ) -> Configured {
        let mock = self.inputs.overrides.mock(id, Arc::clone(&base));
        let Some(elements) = self.elements(id, wanted) else {
            let single = mock.or_else(|| self.configure(wanted, &InstanceKey::None, &Repetition::default()));
            return single.map_or(Configured::Failed, Configured::Single);
        };
        if self.phase == Phase::Validate
            && let Some(mock) = mock
        {
            return Configured::Single(mock);
        }
        let mut repetitions: Vec<(InstanceKey, Repetition)> = match &elements {
            Some(elements) => elements.iter().map(repetition).collect(),
            // Nobody has said which there are.
            None => vec![(InstanceKey::None, Repetition::unknown(false, true))],
        };
        let mut made = BTreeMap::new();
        let mut failed = false;
        for (key, repetition) in repetitions.drain(..) {
            let provider = mock.clone().or_else(|| self.configure(wanted, &key, &repetition));
            failed |= provider.is_none();
            if let (InstanceKey::String(key), Some(provider)) = (key, provider) {
                made.insert(key, provider);
            }
        }
        match () {
            () if failed => Configured::Failed,
            // An object is validated whatever instance it gets.
            () if self.phase == Phase::Validate => Configured::Single(base),
            () => Configured::Keyed(Arc::new(made)),
        }
    }

    /// What a configuration is repeated for: `None` where it has no `for_each`, and `Some(None)` where nobody has said
    /// what its value is. That of a test file's `provider` block has no meaning to OpenTofu.
    fn elements(&self, id: ConfigurationId, wanted: &Configuration) -> Option<Option<Cow<'a, Elements>>> {
        if self.inputs.overrides.mocks(id) {
            return self.inputs.overrides.mock_instances(id).map(|elements| Some(Cow::Borrowed(elements)));
        }
        let Block::OfModule(block) = self.provider_block(wanted)? else { return None };
        block.for_each.as_ref()?;
        let elements = self.inputs.instances.of_block(wanted.module, wanted.block?);
        Some(elements.map(Cow::Borrowed))
    }

    /// The provider that serves an instance; `any` is what serves its resource.
    pub(super) fn instance_serving(
        &mut self,
        any: &Arc<dyn Provider>,
        at: &At<'_>,
    ) -> Option<Arc<dyn Provider>> {
        let Some((served, _)) = self.served(at.instance, at.index) else { return Some(Arc::clone(any)) };
        let single = matches!(self.providers.get(served.configuration), Some(Configured::Single(_)));
        if self.phase == Phase::Validate || single && served.key.is_none() {
            return Some(Arc::clone(any));
        }
        let key = self.key_of(served, at)?;
        self.with_key(served.configuration, &key, &at.addr, None)
    }

    /// The key of the provider's instance that serves an instance. `None` after saying what is wrong with it.
    fn key_of(&mut self, served: Served, at: &At<'_>) -> Option<InstanceKey> {
        let mut found = Diagnostics::new();
        let key = self.evaluated_key(served, at, &mut found);
        self.report(found);
        key
    }

    /// As [`Walk::key_of`] finds it, of an instance of which everything has been said.
    pub(super) fn provider_key(&self, at: &At<'_>) -> InstanceKey {
        let served = self.served(at.instance, at.index).map(|(served, _)| served);
        let key = served.and_then(|served| self.evaluated_key(served, at, &mut Diagnostics::new()));
        key.unwrap_or(InstanceKey::None)
    }

    fn evaluated_key(&self, served: Served, at: &At<'_>, sink: &mut Diagnostics) -> Option<InstanceKey> {
        let (key, origin, scope) = match served.key {
            None => return Some(InstanceKey::None),
            Some(KeyPlace::Resource) => {
                let key = at.resource.provider.as_ref()?.key.as_ref()?;
                (key, at.origin, self.scope(at.instance).with_repetition(&at.repetition))
            }
            Some(KeyPlace::Call(called)) => {
                let (key, origin) = self.passed_key(called, served.configuration)?;
                // The instance of the called module that the resource is in or below.
                let mut inside = self.instances.get(at.instance)?;
                while inside.module != called {
                    inside = self.instances.get(inside.caller?)?;
                }
                (key, origin, self.scope(inside.caller?).with_repetition(&inside.repetition))
            }
        };
        let before = sink.len();
        let value = lang::evaluate(&key.value, origin, &scope, sink);
        if sink.get(before..).is_some_and(|found| found.iter().any(Diagnostic::is_error)) {
            return None;
        }
        let refused = match instance_key(&value, self.inputs.dialect.has(Feature::KeysOfProvidersAreStrings))
        {
            Ok(key) => return Some(key),
            Err(Refused::Unknown) => format!(
                "The provider instance key for {} depends on values that cannot be determined until apply, and so \
                 OpenTofu cannot select a provider instance to create a plan for this resource instance.",
                at.addr
            ),
            Err(Refused::Because(why)) => why,
        };
        let place = key.value.origin(origin).locate(key.span);
        sink.push(invalid_key(refused, place));
        None
    }

    /// The key with which the call of a module passes a configuration to it.
    fn passed_key(
        &self,
        called: usize,
        configuration: ConfigurationId,
    ) -> Option<(&'a ProviderKey, &'a Origin)> {
        let program = self.inputs.program;
        let wanted = program.serving.configurations.get(configuration)?;
        let (caller, call) = program.modules.get(called)?.caller?;
        let module = program.module(caller);
        let (_, call) = module.calls.get_index(call)?;
        let keyed = call.passed_providers.iter().map(|passed| &passed.parent).find(|parent| {
            let reference = &parent.reference;
            parent.key.is_some()
                && reference.alias == wanted.alias
                && module.provider_source(&reference.name) == wanted.source
        })?;
        Some((keyed.key.as_ref()?, &call.origin))
    }

    /// The provider that is responsible for an object of which the configuration may say nothing any more.
    pub(super) fn instance_of_object(
        &mut self,
        id: ConfigurationId,
        declared: Option<Served>,
        addr: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        object: &Object,
    ) -> Option<Arc<dyn Provider>> {
        let configured = self.configured(id);
        if self.phase == Phase::Validate || matches!(configured, Configured::Failed) {
            return match configured {
                Configured::Single(provider) => Some(provider),
                _ => None,
            };
        }
        let key = match declared {
            Some(Served { key: None, .. }) => &InstanceKey::None,
            Some(Served { key: Some(_), .. }) if self.address_of(id) != object.provider => {
                let detail = format!(
                    "Provider from configuration {} does not match provider from state {} for resource {addr}",
                    self.address_of(id),
                    object.provider
                );
                let error = Diagnostic::error("Unable to use fallback provider from state", detail);
                self.findings.push(Finding::plain(error.with_code(NOT_PRESENT)));
                return None;
            }
            // What has left the configuration is looked after by what made it.
            Some(_) | None => &object.provider_key,
        };
        self.with_key(id, key, addr, deposed)
    }

    /// The instance of a provider with a key, after saying that there is none.
    fn with_key(
        &mut self,
        id: ConfigurationId,
        key: &InstanceKey,
        addr: &ResourceInstance,
        deposed: Option<&DeposedKey>,
    ) -> Option<Arc<dyn Provider>> {
        match (self.configured(id), key) {
            (Configured::Single(provider), InstanceKey::None) => return Some(provider),
            (Configured::Keyed(all), InstanceKey::String(key)) if all.contains_key(key) => {
                return all.get(key).cloned();
            }
            (Configured::Failed | Configured::NotYet, _) => return None,
            _ => {}
        }
        let address = self.address_of(id);
        let detail = absent(addr, &address, key, deposed);
        let error = Diagnostic::error("Provider instance not present", detail).with_code(NOT_PRESENT);
        self.findings.push(Finding::plain(error));
        None
    }

    fn address_of(&self, id: ConfigurationId) -> String {
        let program = self.inputs.program;
        program.serving.configurations.get(id).map(|it| program.address_of(it)).unwrap_or_default()
    }
}

const NOT_PRESENT: &str = "missing-provider";

fn repetition((key, value): (&SmolStr, &Value)) -> (InstanceKey, Repetition) {
    let each = Some((Value::string(key), value.clone()));
    (InstanceKey::String(key.clone()), Repetition { count_index: None, each })
}

fn invalid_key(detail: String, place: Location) -> Diagnostic {
    Diagnostic::error("Invalid provider instance key", detail).at(place).with_code("provider-instance")
}

/// Why a value is no key.
enum Refused {
    Unknown,
    Because(String),
}

/// The key that a value is. Numbers and truth values are `strings`, or keys of their own.
fn instance_key(value: &Value, strings: bool) -> Result<InstanceKey, Refused> {
    let because = |why: &str| Err(Refused::Because(why.to_owned()));
    if value.marks().contains(Marks::SENSITIVE) {
        return because("A provider instance key must not be derived from a sensitive value.");
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return because("A provider instance key must not be derived from an ephemeral value.");
    }
    if value.is_null() {
        return because("A provider instance key must not be null.");
    }
    if !value.is_known() {
        return Err(Refused::Unknown);
    }
    let unsuitable = |why: &str| format!("The given instance key is unsuitable: {why}.");
    if !strings && value.ty() == Type::Number {
        let whole = value.as_number().and_then(lang::Number::to_i64);
        let why = "value must be a whole number, between -9223372036854775808 and 9223372036854775807";
        return whole.map(InstanceKey::Int).ok_or_else(|| Refused::Because(unsuitable(why)));
    }
    if !strings && value.ty() != Type::String {
        return because(&unsuitable("either a string or an integer is required"));
    }
    match lang::convert(value, &Type::String) {
        Ok(text) => Ok(InstanceKey::String(text.as_str().unwrap_or_default().into())),
        Err(error) => because(&unsuitable(&error.to_string())),
    }
}

/// Says that an object has lost the instance of the provider that looks after it.
fn absent(
    addr: &ResourceInstance,
    configuration: &str,
    key: &InstanceKey,
    deposed: Option<&DeposedKey>,
) -> String {
    let instance = format!("{configuration}{key}");
    let element = "This occurs when an element is removed from the provider configuration's for_each collection while \
                   objects created by that the associated provider instance still exist in the state.";
    let removed = |of: &str| {
        format!(
            "To work with {of} its original provider instance at {instance} is required, but it has been removed."
        )
    };
    match (deposed, key) {
        (None, InstanceKey::None) => {
            let whole = config::AbsResource { module: addr.module.clone(), resource: addr.resource.clone() };
            format!(
                "{} This suggests that you've added for_each to this provider configuration while there are existing \
                 instances of {whole} that need to be destroyed by the original single-instance provider \
                 configuration.\n\nTo proceed, return to your previous single-instance configuration for {configuration} and \
                 ensure that {addr} has been destroyed or forgotten before using for_each with this provider, or change the \
                 resource configuration to still declare an instance with the key {}.",
                removed(&addr.to_string()),
                shown_key(&addr.key)
            )
        }
        (None, _) => format!(
            "{} {element} Re-add the for_each element to destroy {addr}, after which you can remove the provider configuration \
             again.\n\nThis is commonly caused by using the same for_each collection both for a resource (or its containing \
             module) and its associated provider configuration. To successfully remove an instance of a resource it must be \
             possible to remove the corresponding element from the resource's for_each collection while retaining the \
             corresponding element in the provider's for_each collection.",
            removed(&addr.to_string())
        ),
        (Some(deposed), InstanceKey::None) => format!(
            "{} This suggests that you've added for_each to this provider configuration while there are existing deposed \
             objects of {addr} that need to be destroyed by the original single-instance provider configuration.\n\nTo \
             proceed, return to your previous single-instance configuration for {configuration} and ensure that all deposed \
             instances of {addr} have been destroyed before using for_each with this provider.",
            removed(&format!("{addr}'s deposed object {deposed}"))
        ),
        (Some(deposed), _) => format!(
            "{} {element} Re-add the for_each element to destroy this deposed object for {addr}, after which you can remove \
             the provider configuration again.",
            removed(&format!("{addr}'s deposed object {deposed}"))
        ),
    }
}

/// As the tool writes a key that there may not be.
fn shown_key(key: &InstanceKey) -> String {
    match key {
        InstanceKey::None => "%!s(<nil>)".to_owned(),
        key => key.to_string(),
    }
}
