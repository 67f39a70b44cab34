//! Module calls: their instances and what a reference to them reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Type, Value};
use syntax::Diagnostics;

use config::InstanceKey;

use super::expand::{self, Repeated};
use super::{Expansion, Instance, Phase, Repetition, Walk};

impl Walk<'_> {
    /// Expands a call into module instances.
    pub(super) fn call(&mut self, instance: usize, index: usize) {
        let program = self.inputs.program;
        let module = self.module_of(instance);
        let Some((name, call)) = module.calls.get_index(index) else { return };
        // A call whose module could not be loaded has been reported by the loader.
        let Some(child) = program.modules[self.instances[instance].module].children.get(name).copied() else {
            return;
        };
        let mut sink = Diagnostics::new();
        let scope = self.scope(instance);
        let validate = self.phase == Phase::Validate;
        let (count, for_each) = (call.count.as_ref(), call.for_each.as_ref());
        // OpenTofu has the caller in mind, whatever it says.
        let excluded = || self.instances[instance].addr.to_string();
        let deprecated = &program.deprecated;
        let place = Repeated { count, for_each, origin: &call.origin, deprecated, excluded: &excluded };
        let expansion = expand::expansion(&place, &scope, validate, &mut sink);
        self.report(sink);
        let Some(expansion) = expansion else { return };
        if validate {
            let repetition = Repetition::unknown(count.is_some(), for_each.is_some());
            let addr = self.instances[instance].addr.child(name.clone(), InstanceKey::None);
            let made = self.add_instance(child, addr, Some(instance), repetition);
            self.instances[instance].calls[index] = Some((Expansion::Single, vec![made]));
            return;
        }
        if !self.may_make(expansion.len(), &call.locate(call.header)) {
            return;
        }
        let mut made = Vec::new();
        for (key, repetition) in expansion.instances() {
            let addr = self.instances[instance].addr.child(name.clone(), key);
            made.push(self.add_instance(child, addr, Some(instance), repetition));
        }
        self.instances[instance].calls[index] = Some((expansion, made));
    }

    /// The outputs of all instances of a call, shaped by its expansion.
    pub(super) fn call_value(&self, instance: usize, index: usize) -> Value {
        let Some(Some((expansion, made))) = self.instances[instance].calls.get(index) else {
            return Value::dynamic();
        };
        let repeated = self
            .module_of(instance)
            .calls
            .get_index(index)
            .map_or((false, false), |(_, call)| (call.count.is_some(), call.for_each.is_some()));
        if self.phase == Phase::Validate {
            // Validation looks at each module apart: of another it knows the names of the outputs.
            if let ((false, false), Some(child)) = (repeated, made.first())
                && self.has_deprecated_outputs(*child)
            {
                return self.output_object(*child, |_| Value::dynamic());
            }
            let object = made.first().map_or(Type::Dynamic, |child| self.output_type(*child));
            return Value::unknown(match repeated {
                (false, false) => object,
                (true, _) => Type::list(object),
                (false, true) => Type::map(object),
            });
        }
        let mut made = made.iter();
        expansion.gather(|_| {
            let value = |value: &Option<Value>| value.clone().unwrap_or_else(Value::dynamic);
            made.next().map(|child| self.output_object(*child, value))
        })
    }

    /// The outputs of an instance as its caller sees them.
    fn output_object(&self, instance: usize, of: impl Fn(&Option<Value>) -> Value) -> Value {
        let deprecated = &self.inputs.program.deprecated;
        let module = self.instances[instance].module;
        let names = self.module_of(instance).outputs.keys();
        let values = self.instances[instance].outputs.iter().enumerate();
        let attributes: BTreeMap<Arc<str>, Value> = names
            .zip(values)
            .map(|(name, (at, value))| {
                (Arc::from(name.as_str()), of(value).with_marks(deprecated.marks(module, at)))
            })
            .collect();
        Value::object(attributes)
    }

    fn has_deprecated_outputs(&self, instance: usize) -> bool {
        let Instance { module, outputs, .. } = &self.instances[instance];
        self.inputs.program.deprecated.has_any_of(*module, outputs.len())
    }

    fn output_type(&self, instance: usize) -> Type {
        let names = self.module_of(instance).outputs.keys();
        Type::object(names.map(|name| (Arc::from(name.as_str()), Type::Dynamic)).collect())
    }
}
