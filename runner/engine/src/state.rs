//! What exists: the objects that applies made, as a persistent value.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use config::{AbsResource, ConfigResource, InstanceKey, ResourceInstance, ResourceMode};
use lang::Value;
use syntax::SmolStr;

use crate::checks::CheckResults;

/// The objects of one state key. Cloning shares everything; changing a shared state copies the list of resources and
/// the list of the one resource's instances, and no object.
#[derive(Clone, Debug, Default)]
pub struct State {
    resources: Arc<BTreeMap<AbsResource, Arc<Instances>>>,
    /// Of the root module; a sensitive one carries the mark.
    outputs: Arc<BTreeMap<SmolStr, Value>>,
    /// Of the operation that wrote the state last.
    check_results: CheckResults,
}

/// The instances of one resource, by key. None is without an object.
pub type Instances = BTreeMap<InstanceKey, InstanceObjects>;

/// The objects of one instance.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InstanceObjects {
    pub current: Option<Arc<Object>>,
    /// Objects that a new one has taken the place of, waiting to be destroyed.
    pub deposed: BTreeMap<DeposedKey, Arc<Object>>,
}

/// One remote object.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    /// All attributes, with their sensitivity.
    pub value: Value,
    /// What the provider keeps with the object and nobody else reads.
    pub private: Arc<[u8]>,
    /// It was not finished, so that the next plan replaces it.
    pub tainted: bool,
    /// The resources that it was made from, also by way of others; it is destroyed before them.
    pub dependencies: Arc<[ConfigResource]>,
    /// A new object is to be made before this one is destroyed.
    pub create_before_destroy: bool,
    /// The source address of the provider that made it.
    pub provider: SmolStr,
    /// Which of the instances of the provider's configuration made it. (OpenTofu 1.9.)
    pub provider_key: InstanceKey,
    /// The version of the schema that the value has.
    pub schema_version: u64,
}

// There are as many of these as there are instances.
const _: () = assert!(size_of::<Object>() <= 136 && size_of::<InstanceObjects>() <= 32);

/// Tells deposed objects of one instance apart: eight hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DeposedKey(pub SmolStr);

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Object {
    /// The source address of the provider that made it, without the configuration that it had.
    pub fn provider_source(&self) -> &str {
        let source = self.provider.split_once("provider[\"").and_then(|(_, rest)| rest.split_once("\"]"));
        source.map_or(self.provider.as_str(), |(source, _)| source)
    }

    /// A finished object of which nothing but its value is known.
    pub fn new(value: Value, provider: SmolStr) -> Object {
        Object {
            value,
            private: Arc::default(),
            tainted: false,
            dependencies: Arc::default(),
            create_before_destroy: false,
            provider,
            provider_key: InstanceKey::None,
            schema_version: 0,
        }
    }
}

impl State {
    pub fn new() -> State {
        State::default()
    }

    /// Whether there are no objects.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// The current object of an instance.
    pub fn get(&self, addr: &ResourceInstance) -> Option<&Arc<Object>> {
        self.instance(addr)?.current.as_ref()
    }

    pub fn instance(&self, addr: &ResourceInstance) -> Option<&InstanceObjects> {
        self.instances(&addr.whole())?.get(&addr.key)
    }

    /// The instances of one resource.
    pub fn instances(&self, addr: &AbsResource) -> Option<&Instances> {
        self.resources.get(addr).map(|instances| &**instances)
    }

    pub fn resources(&self) -> impl Iterator<Item = (&AbsResource, &Instances)> {
        self.resources.iter().map(|(addr, instances)| (addr, &**instances))
    }

    /// The current objects, in the order in which Terraform lists them.
    pub fn objects(&self) -> impl Iterator<Item = (ResourceInstance, &Arc<Object>)> {
        self.resources().flat_map(|(addr, instances)| {
            instances
                .iter()
                .filter_map(|(key, objects)| Some((addr.instance(key.clone()), objects.current.as_ref()?)))
        })
    }

    /// The deposed objects.
    pub fn deposed(&self) -> impl Iterator<Item = (ResourceInstance, &DeposedKey, &Arc<Object>)> {
        self.resources().flat_map(|(addr, instances)| {
            instances.iter().flat_map(|(key, objects)| {
                objects.deposed.iter().map(|(deposed, object)| (addr.instance(key.clone()), deposed, object))
            })
        })
    }

    pub fn outputs(&self) -> &BTreeMap<SmolStr, Value> {
        &self.outputs
    }

    /// Whether something is there that has to be destroyed: data that was only read does not count.
    pub fn has_managed(&self) -> bool {
        self.resources.keys().any(|addr| addr.resource.mode == ResourceMode::Managed)
    }

    /// Whether the managed objects are the same, with all that is known of them.
    pub fn has_same_objects(&self, other: &State) -> bool {
        let managed = |(addr, _): &(&AbsResource, &Instances)| addr.resource.mode == ResourceMode::Managed;
        self.resources().filter(managed).eq(other.resources().filter(managed))
    }

    pub fn set(&mut self, addr: &ResourceInstance, object: Arc<Object>) {
        self.entry(addr).current = Some(object);
    }

    pub fn set_deposed(&mut self, addr: &ResourceInstance, key: DeposedKey, object: Arc<Object>) {
        self.entry(addr).deposed.insert(key, object);
    }

    /// What became of the conditions of the configuration when it was last applied.
    pub fn check_results(&self) -> &CheckResults {
        &self.check_results
    }

    pub fn set_check_results(&mut self, results: CheckResults) {
        self.check_results = results;
    }

    pub fn set_outputs(&mut self, outputs: BTreeMap<SmolStr, Value>) {
        self.outputs = Arc::new(outputs);
    }

    /// Takes the current object out.
    pub fn remove(&mut self, addr: &ResourceInstance) -> Option<Arc<Object>> {
        self.get(addr)?;
        let object = self.entry(addr).current.take();
        self.tidy(addr);
        object
    }

    pub fn remove_deposed(&mut self, addr: &ResourceInstance, key: &DeposedKey) -> Option<Arc<Object>> {
        self.instance(addr)?.deposed.get(key)?;
        let object = self.entry(addr).deposed.remove(key);
        self.tidy(addr);
        object
    }

    /// Makes the current object a deposed one.
    pub fn depose(&mut self, addr: &ResourceInstance, key: DeposedKey) {
        if let Some(object) = self.remove(addr) {
            self.set_deposed(addr, key, object);
        }
    }

    /// Puts a deposed object back where there is no current one. Whether it did.
    pub fn restore(&mut self, addr: &ResourceInstance, key: &DeposedKey) -> bool {
        if self.get(addr).is_some() {
            return false;
        }
        match self.remove_deposed(addr, key) {
            Some(object) => {
                self.set(addr, object);
                true
            }
            None => false,
        }
    }

    /// Gives all objects of an instance another address, where there must be none.
    pub fn move_instance(&mut self, from: &ResourceInstance, to: &ResourceInstance) {
        let Some(objects) = self.instance(from).cloned() else { return };
        let resources = Arc::make_mut(&mut self.resources);
        if let Some(instances) = resources.get_mut(&from.whole()) {
            Arc::make_mut(instances).remove(&from.key);
        }
        self.tidy(from);
        *self.entry(to) = objects;
    }

    fn entry(&mut self, addr: &ResourceInstance) -> &mut InstanceObjects {
        let resources = Arc::make_mut(&mut self.resources);
        let instances = resources.entry(addr.whole()).or_default();
        Arc::make_mut(instances).entry(addr.key.clone()).or_default()
    }

    /// Removes an instance without objects, and its resource when it was the last.
    fn tidy(&mut self, addr: &ResourceInstance) {
        let whole = addr.whole();
        let resources = Arc::make_mut(&mut self.resources);
        let Some(instances) = resources.get_mut(&whole) else { return };
        let is_bare = |objects: &InstanceObjects| objects.current.is_none() && objects.deposed.is_empty();
        if instances.get(&addr.key).is_some_and(is_bare) {
            Arc::make_mut(instances).remove(&addr.key);
        }
        if instances.is_empty() {
            resources.remove(&whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use config::{ModuleInstance, ResourceAddr};

    use super::*;

    fn addr(key: i64) -> ResourceInstance {
        let whole = AbsResource {
            module: ModuleInstance::root(),
            resource: ResourceAddr::managed("terraform_data", "a"),
        };
        whole.instance(InstanceKey::Int(key))
    }

    fn object(text: &str) -> Arc<Object> {
        Arc::new(Object::new(Value::string(text), "terraform.io/builtin/terraform".into()))
    }

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut state = State::new();
        state.set(&addr(0), object("old"));
        let before = state.clone();
        state.set(&addr(0), object("new"));
        state.set(&addr(1), object("second"));
        assert_eq!(before.get(&addr(0)).unwrap().value, Value::string("old"));
        assert!(before.get(&addr(1)).is_none());
        assert_eq!(state.objects().count(), 2);
    }

    #[test]
    fn a_deposed_object_comes_back_only_to_an_empty_place() {
        let key = DeposedKey("00000001".into());
        let mut state = State::new();
        state.set(&addr(0), object("old"));
        state.depose(&addr(0), key.clone());
        assert!(state.get(&addr(0)).is_none() && state.has_managed());
        state.set(&addr(0), object("new"));
        assert!(!state.restore(&addr(0), &key));
        state.remove(&addr(0));
        assert!(state.restore(&addr(0), &key));
        assert_eq!(state.get(&addr(0)).unwrap().value, Value::string("old"));
        state.remove(&addr(0));
        assert!(state.is_empty());
    }

    #[test]
    fn moving_takes_everything_along() {
        let key = DeposedKey("00000001".into());
        let mut state = State::new();
        state.set(&addr(0), object("current"));
        state.set_deposed(&addr(0), key.clone(), object("deposed"));
        state.move_instance(&addr(0), &addr(7));
        assert!(state.instance(&addr(0)).is_none());
        assert!(state.instance(&addr(7)).unwrap().deposed.contains_key(&key));
    }
}
