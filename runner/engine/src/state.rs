//! What exists: the objects that applies made, as a persistent value.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{ResourceAddr, ResourceInstance};
use lang::Value;
use syntax::SmolStr;

/// The objects of one state key. Cloning shares everything; changing a shared state copies only the index.
#[derive(Clone, Debug, Default)]
pub struct State {
    objects: Arc<BTreeMap<ResourceInstance, Object>>,
    outputs: Arc<BTreeMap<SmolStr, Value>>,
}

/// One remote object.
#[derive(Clone, Debug)]
pub struct Object {
    /// All attributes, with their sensitivity.
    pub value: Value,
    /// The resources that it was made from; it is destroyed before them.
    pub dependencies: Arc<[(Arc<[SmolStr]>, ResourceAddr)]>,
}

impl State {
    pub fn new() -> State {
        State::default()
    }

    /// A state of what is known to exist, as a state file tells it.
    pub fn of(objects: impl IntoIterator<Item = (ResourceInstance, Object)>) -> State {
        State { objects: Arc::new(objects.into_iter().collect()), outputs: Arc::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    pub fn get(&self, addr: &ResourceInstance) -> Option<&Object> {
        self.objects.get(addr)
    }

    /// In the order in which Terraform lists them.
    pub fn objects(&self) -> impl Iterator<Item = (&ResourceInstance, &Object)> {
        self.objects.iter()
    }

    pub fn outputs(&self) -> &BTreeMap<SmolStr, Value> {
        &self.outputs
    }

    /// Whether something is there that has to be destroyed: data that was only read does not count.
    pub fn has_managed(&self) -> bool {
        self.objects.keys().any(|addr| addr.resource.mode == config::ResourceMode::Managed)
    }

    pub(crate) fn set(&mut self, addr: ResourceInstance, object: Object) {
        Arc::make_mut(&mut self.objects).insert(addr, object);
    }

    pub(crate) fn remove(&mut self, addr: &ResourceInstance) {
        if self.objects.contains_key(addr) {
            Arc::make_mut(&mut self.objects).remove(addr);
        }
    }

    pub(crate) fn set_outputs(&mut self, outputs: BTreeMap<SmolStr, Value>) {
        self.outputs = Arc::new(outputs);
    }
}
