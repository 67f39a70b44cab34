//! The file's variables where they are evaluated by themselves, each after what it refers to. (Terraform 1.13.)

use std::collections::BTreeMap;

use config::{Files, Item, Variable};
use engine::{GivenValue, Sources, VariableInput, given_value};
use lang::{Marks, Value};
use syntax::{Diagnostic, Diagnostics, SmolStr};

use super::Variables;
use crate::scope::{Nothing, Place, VariablesScope};

/// The values of `variable` blocks and of the file's `variables`, as far as they have been evaluated without errors.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileValues(BTreeMap<SmolStr, Value>);

impl FileValues {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn insert(&mut self, name: SmolStr, value: Value) {
        self.0.insert(name, value);
    }
}

impl Variables<'_> {
    /// The value of a variable of the file; `None` after errors.
    pub(crate) fn evaluate(
        &self,
        name: &SmolStr,
        files: &dyn Files,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let before = sink.len();
        let value = match self.file.variable_blocks.get(name) {
            Some(block) => self.block(name, block, files, sink)?,
            None => {
                let variable = self.file.variables.get(name)?;
                let scope = VariablesScope { place: Place::File, variables: self };
                lang::evaluate(&variable.value, &variable.origin, &scope, sink)
            }
        };
        (!sink.iter().skip(before).any(Diagnostic::is_error)).then_some(value)
    }

    fn block(
        &self,
        name: &SmolStr,
        block: &Item<Variable>,
        files: &dyn Files,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        let marks = if block.ephemeral { Marks::EPHEMERAL } else { Marks::EMPTY };
        let Some(given) = self.outside.get(self.file, name) else {
            let Some(default) = &block.default else {
                let detail = format!("The variable {} is required, but is not set.", lang::quote(name));
                let error = Diagnostic::error("Required variable not set", detail);
                sink.push(error.at(block.locate(block.header)).with_code("missing-variable"));
                return None;
            };
            return Some(default.clone().with_marks(marks));
        };
        let before = sink.len();
        let value = given.value(name, Some(block), self.host.files(), sink);
        if sink.iter().skip(before).any(Diagnostic::is_error) {
            return None;
        }
        let input = VariableInput { value: GivenValue::Value(value), source: given.source() };
        let scope = Nothing { files: self.host.files() };
        match given_value(block, &input, &scope, Sources(files)) {
            Ok(value) => Some(value.with_marks(marks)),
            Err(diagnostics) => {
                sink.extend(diagnostics);
                None
            }
        }
    }
}
