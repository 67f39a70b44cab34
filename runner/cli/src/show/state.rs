//! A state, as `terraform show` prints it.

use std::collections::BTreeMap;

use config::{ModuleInstance, ResourceInstance, ResourceMode, Schema, Schemas};
use engine::{DeposedKey, Object, State};
use provider::Providers;

use super::compare::{Keys, typed};
use super::node::Node;
use super::write::{Layout, name};
use crate::style::Paint;

/// The text of a state: every object, modules after what
/// contains them, then the outputs that have a value.
pub(crate) fn state(state: &State, providers: &Providers, paint: Paint) -> String {
    let mut root = Module::default();
    for (resource, instances) in state.resources() {
        for (key, objects) in instances {
            let addr = resource.instance(key.clone());
            if let Some(object) = &objects.current {
                root.insert(addr.clone(), None, object);
            }
            for (key, object) in &objects.deposed {
                root.insert(addr.clone(), Some(key), object);
            }
        }
    }
    let outputs = state.outputs();
    let mut out = String::new();
    if state.is_empty() && outputs.is_empty() {
        out.push_str("The state file is empty. No resources are represented.\n");
    }
    let layout = Layout::state(paint);
    root.write(layout, providers, true, &mut out);
    if !outputs.is_empty() {
        out.push_str("\n\nOutputs:\n\n");
    }
    for (output, value) in outputs {
        out.push_str(&name(output, Keys::Attributes));
        out.push_str(" = ");
        layout.value(&typed(value), 0, &mut out);
        out.push('\n');
    }
    out
}

/// The objects of one module instance and the modules in it, these in the order of their addresses' texts.
#[derive(Default)]
struct Module<'s> {
    objects: Vec<(ResourceInstance, Option<&'s DeposedKey>, &'s Object)>,
    children: BTreeMap<String, Module<'s>>,
}

impl<'s> Module<'s> {
    fn insert(&mut self, addr: ResourceInstance, deposed: Option<&'s DeposedKey>, object: &'s Object) {
        let mut module = self;
        let mut path = ModuleInstance::root();
        for (call, key) in addr.module.0.iter() {
            path = path.child(call.clone(), key.clone());
            module = module.children.entry(path.to_string()).or_default();
        }
        module.objects.push((addr, deposed, object));
    }

    /// An empty line stands between two objects, two before the first of a module, none before the very first.
    /// A module tells the modules in it whether it has written something, but not those next to it.
    fn write(&self, layout: Layout, providers: &Providers, mut first: bool, out: &mut String) {
        if !first && !self.objects.is_empty() {
            out.push('\n');
        }
        let mut objects: Vec<_> = self.objects.iter().collect();
        objects.sort_by_key(|(addr, ..)| addr.resource.mode != ResourceMode::Data);
        for (addr, deposed, object) in objects {
            if !first {
                out.push('\n');
            }
            first = false;
            write_object(layout, addr, *deposed, object, providers, out);
        }
        for child in self.children.values() {
            child.write(layout, providers, first, out);
        }
    }
}

fn write_object(
    layout: Layout,
    addr: &ResourceInstance,
    deposed: Option<&DeposedKey>,
    object: &Object,
    providers: &Providers,
    out: &mut String,
) {
    let node = Node::of(&object.value);
    let schema = schema(providers, object.provider_source(), addr);
    let body = super::object::object(Some(&node), Some(&node), schema, &[]);
    let remark = match (deposed, object.tainted) {
        (Some(key), _) => format!(" (deposed object {key})"),
        (None, true) => " (tainted)".to_owned(),
        (None, false) => String::new(),
    };
    out.push_str(&format!("# {addr}:{remark}\n{} ", header(addr)));
    layout.body(&body, 0, out);
    out.push('\n');
}

/// `resource "terraform_data" "a"`.
pub(super) fn header(addr: &ResourceInstance) -> String {
    let block = match addr.resource.mode {
        ResourceMode::Managed => "resource",
        ResourceMode::Data => "data",
        ResourceMode::Ephemeral => "ephemeral",
    };
    format!("{block} {} {}", lang::quote(&addr.resource.kind), lang::quote(&addr.resource.name))
}

/// What the provider says of an object.
pub(super) fn schema<'p>(
    providers: &'p Providers,
    source: &str,
    addr: &ResourceInstance,
) -> Option<&'p Schema> {
    providers.resource(source, addr.resource.mode, &addr.resource.kind)
}
