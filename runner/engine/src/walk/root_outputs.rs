//! The root module's outputs: as tests read them, and as the state keeps them.

use std::collections::BTreeMap;

use config::{Feature, Output, Tool};
use lang::{Marks, Type, Value};
use syntax::SmolStr;

use super::Walk;
use crate::phase::Phase;

impl Walk<'_> {
    /// The root module's outputs, as tests read them. Since Terraform 1.15 they are what was evaluated. Before, and in
    /// OpenTofu, they are read from the state, which has nothing that is unknown: what is unknown inside of one is null
    /// there, and an output that is not in the state is null.
    pub fn outputs(&self) -> BTreeMap<SmolStr, Value> {
        let dialect = self.inputs.dialect;
        let as_evaluated = dialect.has(Feature::OutputsAsEvaluated);
        let read = |name: &SmolStr, output: &Output, value: Option<&Value>| match value {
            Some(value) if as_evaluated => value.clone(),
            None if as_evaluated => marked(Value::dynamic(), output),
            Some(value) if value.is_known() => unknown_as_null(value),
            // What Terraform finds to be null in the state is to it what is not known, and OpenTofu takes it as it is.
            Some(value) if self.phase == Phase::Apply && dialect.tool == Tool::OpenTofu => {
                Value::null(Type::Dynamic).with_marks(value.marks())
            }
            Some(value) => Value::dynamic().with_marks(value.marks()),
            // What the plan or an earlier run made of it.
            None => match self.state.outputs().get(name) {
                Some(kept) if kept.is_null() && dialect.tool == Tool::Terraform => {
                    marked(Value::dynamic(), output)
                }
                Some(kept) => kept.clone(),
                None => marked(Value::null(Type::Dynamic), output),
            },
        };
        self.root_outputs().map(|(name, output, value)| (name.clone(), read(name, output, value))).collect()
    }

    /// The root module's outputs, as the state keeps them after an apply. One that is null is not kept, nor is one that is
    /// ephemeral; null in the state says that a value was not known.
    pub fn kept_outputs(&self) -> BTreeMap<SmolStr, Value> {
        let kept = |name: &SmolStr, value: Option<&Value>| match value {
            Some(value) if value.is_null() => None,
            // Where something is applied, only a failure leaves a value that is not known, and nobody asks for it.
            Some(value) if value.is_known() || self.inputs.options.refresh_only => {
                Some(unknown_as_null(value))
            }
            _ => self.state.outputs().get(name).cloned(),
        };
        self.root_outputs()
            .filter(|(_, output, _)| !output.ephemeral)
            .filter_map(|(name, _, value)| Some((name.clone(), kept(name, value)?)))
            .collect()
    }

    /// Whether nothing but outputs would change, to what is not known: a refresh can neither apply nor skip that.
    pub fn refreshes_nothing_but_unknown_outputs(&self) -> bool {
        let before = self.inputs.prior.outputs();
        let declared = &self.inputs.program.root().outputs;
        let mut unknown =
            self.inputs.options.targets.is_empty() && before.keys().any(|name| !declared.contains_key(name));
        for (name, _, value) in self.root_outputs().filter(|(_, output, _)| !output.ephemeral) {
            let Some(value) = value else { continue };
            let before = before.get(name);
            if !value.is_wholly_known() {
                unknown = true;
            } else if before.map_or(!value.is_null(), |before| before != value) {
                return false;
            }
        }
        unknown
    }

    fn root_outputs(&self) -> impl Iterator<Item = (&SmolStr, &Output, Option<&Value>)> {
        let declared = self.inputs.program.root().outputs.iter();
        let values = self.instances.first().into_iter().flat_map(|root| &root.outputs);
        declared.zip(values).map(|((name, output), value)| (name, &**output, value.as_ref()))
    }
}

/// A value that stands in for an output's.
fn marked(value: Value, output: &Output) -> Value {
    let value = if output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value };
    if output.ephemeral { value.with_marks(Marks::EPHEMERAL) } else { value }
}

/// A value with null in place of everything in it that is not known.
fn unknown_as_null(value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    if !value.is_known() {
        return Value::null(value.ty()).with_marks(value.marks());
    }
    value.map_elements(|_, item| unknown_as_null(item))
}
