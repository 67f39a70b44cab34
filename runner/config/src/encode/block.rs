//! Nested blocks: all those of one type as one value.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use lang::{Type, Value};
use syntax::{Diagnostic, Diagnostics, Span};

use super::Run;
use super::dynamic::Instance;
use super::plan::BlocksPlan;
use crate::schema::Nesting;

impl Run<'_> {
    /// The value of all blocks of one type. `missing` is where one that is missing would stand; `unknown` when the body
    /// around is generated an unknown number of times.
    pub fn blocks(&self, plan: &BlocksPlan, missing: Span, unknown: bool, sink: &mut Diagnostics) -> Value {
        let instances = self.expand(plan, unknown, sink);
        match plan.nesting {
            Nesting::Single | Nesting::Group => self.single(plan, &instances, missing, sink),
            Nesting::List | Nesting::Set => self.sequence(plan, &instances, missing, sink),
            Nesting::Map => self.map(plan, &instances, sink),
        }
    }

    /// The value of an attribute that is written as blocks: null without any, and never unknown as a whole.
    pub fn as_blocks(&self, plan: &BlocksPlan, unknown: bool, sink: &mut Diagnostics) -> Value {
        let instances = self.expand(plan, unknown, sink);
        if instances.is_empty() {
            return plan.empty.clone();
        }
        let values = instances.iter().map(|instance| self.instance(instance, sink)).collect();
        self.collection(plan, values, &instances, sink)
    }

    fn single(
        &self,
        plan: &BlocksPlan,
        instances: &[Instance<'_>],
        missing: Span,
        sink: &mut Diagnostics,
    ) -> Value {
        let Some(first) = instances.first() else {
            if plan.min_items == 1 {
                let detail = format!("A block of type {} is required here.", lang::quote(&plan.kind));
                let error = Diagnostic::error(format!("Missing {} block", plan.kind), detail);
                sink.push(error.at(self.origin.locate(missing)).with_code("missing-block"));
            }
            return plan.empty.clone();
        };
        if let Some(second) = instances.get(1) {
            let previous = self.scope.place(&first.origin.locate(first.header));
            let detail = format!(
                "Only one block of type {} is allowed. Previous definition was at {previous}.",
                lang::quote(&plan.kind)
            );
            let error = Diagnostic::error(format!("Duplicate {} block", plan.kind), detail);
            sink.push(error.at(second.origin.locate(second.header)).with_code("duplicate-block"));
        }
        self.instance(first, sink)
    }

    fn sequence(
        &self,
        plan: &BlocksPlan,
        instances: &[Instance<'_>],
        missing: Span,
        sink: &mut Diagnostics,
    ) -> Value {
        let mut values = Vec::with_capacity(instances.len());
        for instance in instances {
            values.push(self.instance(instance, sink));
            if instance.generated.unknown {
                return Value::unknown(plan.ty.clone());
            }
        }
        let quoted = lang::quote(&plan.kind);
        let count = values.len() as u64;
        if count < plan.min_items {
            let detail = format!("At least {} {quoted} blocks are required.", plan.min_items);
            let error = Diagnostic::error(format!("Insufficient {} blocks", plan.kind), detail);
            sink.push(error.at(self.origin.locate(missing)).with_code("block-count"));
        } else if plan.max_items > 0 && count > plan.max_items {
            let extra = usize::try_from(plan.max_items).ok().and_then(|most| instances.get(most));
            let detail = format!("No more than {} {quoted} blocks are allowed", plan.max_items);
            let error = Diagnostic::error(format!("Too many {} blocks", plan.kind), detail);
            let place = match extra {
                Some(extra) => extra.origin.locate(extra.body.missing),
                None => self.origin.locate(missing),
            };
            sink.push(error.at(place).with_code("block-count"));
        }
        if values.is_empty() {
            return plan.empty.clone();
        }
        self.collection(plan, values, instances, sink)
    }

    /// The elements as a list or a set, or as a tuple where their types may differ.
    fn collection(
        &self,
        plan: &BlocksPlan,
        values: Vec<Value>,
        instances: &[Instance<'_>],
        sink: &mut Diagnostics,
    ) -> Value {
        match plan.nesting {
            Nesting::Set if plan.body_ty.has_dynamic() => match one_type(&values) {
                Some(values) => Value::set(Type::Dynamic, values),
                None => {
                    let summary = format!("Unconsistent argument types in {} blocks", plan.kind);
                    let detail = "Corresponding attributes in all blocks of this type must be the same.";
                    let mut error = Diagnostic::error(summary, detail);
                    error.subject = instances.first().map(|first| first.origin.locate(first.body.missing));
                    sink.push(error);
                    Value::dynamic()
                }
            },
            Nesting::Set => Value::set(plan.body_ty.clone(), values),
            _ if plan.ty.is_dynamic() => Value::tuple(values),
            _ => Value::list(plan.body_ty.clone(), values),
        }
    }

    fn map(&self, plan: &BlocksPlan, instances: &[Instance<'_>], sink: &mut Diagnostics) -> Value {
        let mut values = BTreeMap::new();
        for instance in instances {
            if instance.generated.unknown {
                return Value::unknown(plan.ty.clone());
            }
            let value = self.instance(instance, sink);
            match values.entry(Arc::from(instance.key.as_str())) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(_) => {
                    let kind = &plan.kind;
                    let detail = format!(
                        "A block for {kind} {} was already defined. The {kind} labels must be unique.",
                        lang::quote(&instance.key)
                    );
                    let error = Diagnostic::error(format!("Duplicate {kind} block"), detail);
                    sink.push(error.at(instance.origin.locate(instance.header)).with_code("duplicate-block"));
                }
            }
        }
        match plan.ty {
            _ if values.is_empty() => plan.empty.clone(),
            Type::Dynamic => Value::object(values),
            _ => Value::map(plan.body_ty.clone(), values),
        }
    }

    fn instance(&self, instance: &Instance<'_>, sink: &mut Diagnostics) -> Value {
        let run = match &instance.iteration {
            Some(iteration) => Run { scope: iteration, origin: instance.origin, ..*self },
            None => Run { origin: instance.origin, ..*self },
        };
        run.generated_body(instance.body, instance.generated, sink)
    }
}

/// The values as values of the one type that all of them convert to.
fn one_type(values: &[Value]) -> Option<Vec<Value>> {
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let ty = lang::unify_unsafe(&types)?;
    values.iter().map(|value| lang::convert(value, &ty).ok()).collect()
}
