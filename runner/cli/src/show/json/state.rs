//! A state as JSON.

use std::collections::BTreeMap;

use config::{ModuleInstance, ResourceInstance, ResourceMode};
use engine::{DeposedKey, Object, State};

use super::super::node::{Kind, Node};
use super::{Fields, STATE_FORMAT, identity, list, number, shape, text, truth, type_node};

/// The fields of a state: its objects module by module, and its outputs.
pub(super) fn fields(state: &State) -> Fields {
    let (root, values) = self::values(state);
    let mut fields = Fields::default();
    fields.set("state_format_version", text(STATE_FORMAT));
    fields.set("root_module", root.node());
    if !values.is_empty() {
        fields.set("outputs", values.node());
    }
    fields
}

/// The objects of a state and its outputs.
pub(super) fn values(state: &State) -> (Module, Fields) {
    let mut root = Module::default();
    for (resource, instances) in state.resources() {
        for (key, objects) in instances {
            let addr = resource.instance(key.clone());
            if let Some(object) = &objects.current {
                root.insert(&addr, object_node(&addr, None, object));
            }
            for (key, object) in &objects.deposed {
                root.insert(&addr, object_node(&addr, Some(key), object));
            }
        }
    }
    let mut values = Fields::default();
    for (name, value) in state.outputs() {
        let mut output = Fields::default();
        output.set("sensitive", truth(value.marks().is_sensitive()));
        output.set("value", Node::of(value));
        output.set("type", type_node(&value.ty()));
        values.set(name, output.node());
    }
    (root, values)
}

/// The objects of one module instance, data first, and the modules in it in the order of their addresses' texts.
#[derive(Default)]
pub(super) struct Module {
    objects: Vec<(ResourceMode, Node)>,
    children: BTreeMap<String, Module>,
}

impl Module {
    fn insert(&mut self, addr: &ResourceInstance, object: Node) {
        self.insert_as(addr, addr.resource.mode, object);
    }

    /// Adds an object to its module, as if it were of another mode: the order goes by that.
    pub(super) fn insert_as(&mut self, addr: &ResourceInstance, mode: ResourceMode, object: Node) {
        let mut module = self;
        let mut path = ModuleInstance::root();
        for (call, key) in addr.module.0.iter() {
            path = path.child(call.clone(), key.clone());
            module = module.children.entry(path.to_string()).or_default();
        }
        module.objects.push((mode, object));
    }

    pub(super) fn node(mut self) -> Node {
        self.objects.sort_by_key(|(mode, _)| *mode != ResourceMode::Data);
        let mut fields = Fields::default();
        if !self.objects.is_empty() {
            fields.set("resources", list(self.objects.into_iter().map(|(_, object)| object)));
        }
        if !self.children.is_empty() {
            let children = self.children.into_iter().map(|(address, module)| {
                let mut node = module.node();
                if let Kind::Object(fields) = &mut node.kind {
                    fields.insert("address".into(), text(&address));
                }
                node
            });
            fields.set("child_modules", list(children));
        }
        fields.node()
    }
}

fn object_node(addr: &ResourceInstance, deposed: Option<&DeposedKey>, object: &Object) -> Node {
    let mut fields = identity(addr, object.provider_source());
    let value = Node::of(&object.value);
    fields.set("schema_version", number(object.schema_version));
    fields.set("sensitive_values", shape::sensitive(&object.value));
    fields.set("values", value);
    if addr.resource.mode == ResourceMode::Managed && !object.dependencies.is_empty() {
        let mut addresses: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
        addresses.sort_unstable();
        fields.set("depends_on", list(addresses.iter().map(|address| text(address))));
    }
    fields.set_if(object.tainted, "tainted");
    if let Some(key) = deposed {
        fields.set("deposed_key", text(&key.0));
    }
    fields.node()
}
