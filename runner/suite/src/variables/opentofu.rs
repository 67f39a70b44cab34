//! How OpenTofu finds values. Only what the module declares is evaluated before the module is planned; expressions see
//! values from outside as the text that they are, the module's defaults, and nothing of the file's own variables.
//! Assertions see every variable as it was given, and errors in those that the module does not have are not told.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Item, Run, VariableValue};
use engine::{GivenValue, RunValues, VariableInput, VariableSource};
use lang::{Marks, Value};
use syntax::{Diagnostics, Origin, SmolStr};

use super::Variables;
use crate::scope::{Place, VariablesScope};

impl Variables<'_> {
    pub(super) fn of_opentofu_run(&self, run: &Item<Run>) -> RunValues {
        let mut values = RunValues::default();
        for (name, variable) in &self.tree.module.variables {
            let sink = &mut values.diagnostics;
            let given = self.own(run, name).map(|(value, origin, place)| {
                let source = VariableSource::Test(value.value.location(origin));
                (self.value(value, origin, place, sink), source)
            });
            let given = given
                .or_else(|| Some((self.global(name, sink)?, self.outside.get(self.file, name)?.source())));
            match given {
                Some((value, source)) => {
                    values
                        .given
                        .insert(name.clone(), VariableInput { value: GivenValue::Value(value), source });
                }
                None if variable.default.is_none() => {
                    values.diagnostics.push(config::missing_variable(&run.name, variable, self.file.dialect));
                }
                None => {}
            }
        }
        values.seen = Some(self.seen(run));
        values
    }

    /// What assertions see.
    fn seen(&self, run: &Item<Run>) -> BTreeMap<SmolStr, Value> {
        let mut untold = Diagnostics::new();
        let mut seen = self.outer(&mut untold);
        let names = run.variables.keys().chain(self.file.variables.keys());
        for name in names {
            if let Some((value, origin, place)) = self.own(run, name) {
                let value = self.value(value, origin, place, &mut untold);
                seen.insert(name.clone(), self.completed(name, value));
            }
        }
        for (name, variable) in &self.tree.module.variables {
            let mut marks = Marks::EMPTY;
            if variable.sensitive {
                marks = marks.union(Marks::SENSITIVE);
            }
            if variable.ephemeral {
                marks = marks.union(Marks::EPHEMERAL);
            }
            if let Some(value) = seen.get_mut(name) {
                *value = value.clone().with_marks(marks);
            }
        }
        seen
    }

    /// `var` as expressions see it.
    pub(crate) fn object(&self, place: Place, sink: &mut Diagnostics) -> Value {
        let mut known = self.outer(sink);
        let run = self.run.and_then(|run| self.file.runs.get(run));
        if let Some(run) = run.filter(|_| place == Place::Provider) {
            // A provider sees what the module gets.
            for name in self.tree.module.variables.keys() {
                if let Some((value, origin, place)) = self.own(&run, name) {
                    let value = self.value(value, origin, place, sink);
                    known.insert(name.clone(), value);
                } else if let Some(value) = self.global(name, sink) {
                    known.insert(name.clone(), value);
                }
            }
        }
        Value::object(known.into_iter().map(|(name, value)| (Arc::from(name.as_str()), value)).collect())
    }

    /// Values from outside, and the module's defaults.
    fn outer(&self, sink: &mut Diagnostics) -> BTreeMap<SmolStr, Value> {
        let mut known = BTreeMap::new();
        for name in self.outside.names() {
            if let Some(given) = self.outside.get(self.file, name) {
                let value = given.literal(name, self.host.files(), sink);
                known.insert(name.clone(), self.completed(name, value));
            }
        }
        for (name, variable) in &self.tree.module.variables {
            if let (Some(default), false) = (&variable.default, known.contains_key(name)) {
                known.insert(name.clone(), default.clone());
            }
        }
        known
    }

    /// The value with what its type in the module fills in for attributes that are left out.
    fn completed(&self, name: &SmolStr, value: Value) -> Value {
        let declared = self.tree.module.variables.get(name);
        match declared.and_then(|variable| variable.type_defaults.as_ref()) {
            Some(defaults) if !value.is_null() => defaults.apply(&value),
            _ => value,
        }
    }

    /// What the run or the file says of a variable.
    fn own<'v>(
        &'v self,
        run: &'v Item<Run>,
        name: &SmolStr,
    ) -> Option<(&'v VariableValue, &'v Origin, Place)> {
        let of_run = run.variables.get(name).map(|value| (value, &run.origin, Place::Run));
        of_run.or_else(|| self.file.variables.get(name).map(|value| (&**value, &value.origin, Place::File)))
    }

    fn value(
        &self,
        variable: &VariableValue,
        origin: &Origin,
        place: Place,
        sink: &mut Diagnostics,
    ) -> Value {
        let scope = VariablesScope { place, variables: self };
        lang::evaluate(&variable.value, origin, &scope, sink)
    }
}
