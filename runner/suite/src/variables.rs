//! The values that one run's module and assertions get: the run's own variables, the file's, and those from outside.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use config::{Item, Module, Run, TestFile, Variable};
use engine::{Cancel, GivenValue, Host, VariableInput, VariableSource};
use lang::Value;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::outside::Outside;
use crate::scope::{Place, VariablesScope};
use crate::select::collect;

/// Evaluates the variables of one run. File variables and outside values are evaluated at most once per run, and
/// only when something asks for them, so that a broken value that nobody reads does no harm.
pub(crate) struct Variables<'a> {
    pub(crate) file: &'a TestFile,
    /// The module that the run executes; its declarations say how outside texts are read.
    pub(crate) module: &'a Module,
    pub(crate) outside: &'a Outside,
    /// Outputs of the runs that are over, for `run.x`.
    pub(crate) finished: &'a BTreeMap<SmolStr, Value>,
    pub(crate) host: &'a dyn Host,
    pub(crate) cancel: &'a Cancel,
    of_file: Memory,
    global: Memory,
}

/// What has been evaluated, so that its errors are reported once. `None` when there is no such variable.
type Memory = RefCell<BTreeMap<SmolStr, Option<Value>>>;

/// The values of a run, by name: for every variable that the module declares and for those that only the test uses.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) given: BTreeMap<SmolStr, VariableInput>,
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> Variables<'a> {
    pub(crate) fn new(
        file: &'a TestFile,
        module: &'a Module,
        outside: &'a Outside,
        finished: &'a BTreeMap<SmolStr, Value>,
        host: &'a dyn Host,
        cancel: &'a Cancel,
    ) -> Variables<'a> {
        Variables {
            file,
            module,
            outside,
            finished,
            host,
            cancel,
            of_file: Memory::default(),
            global: Memory::default(),
        }
    }

    /// Everything that `run` needs. All of the run's own variables are evaluated, also those that nothing uses.
    pub(crate) fn of_run(&self, run: &Item<Run>) -> Values {
        let mut values = Values::default();
        let used = self.used_by(run);
        for (name, variable) in &run.variables {
            let scope = VariablesScope { place: Place::Run, variables: self };
            let value = lang::evaluate(&variable.value, &run.origin, &scope, &mut values.diagnostics);
            let location = variable.value.location(&run.origin);
            if used.contains(name) {
                let source = VariableSource::Test(location);
                values.given.insert(name.clone(), VariableInput { value: GivenValue::Value(value), source });
            } else {
                values.diagnostics.push(undeclared(name, &run.name).at(location));
            }
        }
        for name in used {
            if values.given.contains_key(&name) {
                continue;
            }
            let given = self.given_by_file(&name, &mut values.diagnostics);
            if let Some(given) = given.or_else(|| self.given_from_outside(&name, &mut values.diagnostics)) {
                values.given.insert(name, given);
            }
        }
        values
    }

    /// The names that matter to the run: the module's variables and those that its assertions read.
    fn used_by(&self, run: &Run) -> BTreeSet<SmolStr> {
        let mut used: BTreeSet<SmolStr> = self.module.variables.keys().cloned().collect();
        for assert in &run.asserts {
            collect(&assert.condition, "var", &mut used);
            collect(&assert.error_message, "var", &mut used);
        }
        used
    }

    fn given_by_file(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<VariableInput> {
        let value = self.of_file(name, sink)?;
        let variable = self.file.variables.get(name)?;
        let source = VariableSource::Test(variable.value.location(&variable.origin));
        Some(VariableInput { value: GivenValue::Value(value), source })
    }

    fn given_from_outside(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<VariableInput> {
        let source = self.outside.get(self.file, name)?.source();
        let value = self.global(name, sink)?;
        Some(VariableInput { value: GivenValue::Value(value), source })
    }

    /// `var.name` as a run's `variables` block sees it.
    pub(crate) fn of_file_or_global(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<Value> {
        self.of_file(name, sink).or_else(|| self.global(name, sink))
    }

    fn of_file(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<Value> {
        remembered(&self.of_file, name, || {
            let variable = self.file.variables.get(name)?;
            let scope = VariablesScope { place: Place::File, variables: self };
            Some(lang::evaluate(&variable.value, &variable.origin, &scope, sink))
        })
    }

    /// The value given from outside.
    pub(crate) fn global(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<Value> {
        remembered(&self.global, name, || {
            let given = self.outside.get(self.file, name)?;
            let declared: Option<&Variable> = self.module.variables.get(name).map(|variable| &*variable.decl);
            Some(given.value(name, declared, self.host.files(), sink))
        })
    }
}

fn remembered(memory: &Memory, name: &SmolStr, evaluate: impl FnOnce() -> Option<Value>) -> Option<Value> {
    let known = memory.borrow().get(name).cloned();
    match known {
        Some(value) => value,
        None => {
            let value = evaluate();
            memory.borrow_mut().insert(name.clone(), value.clone());
            value
        }
    }
}

fn undeclared(name: &str, run: &str) -> Diagnostic {
    Diagnostic::warning(
        "Value for undeclared variable",
        format!(
            "The module under test does not declare a variable named {}, but it is declared in run block {}.",
            lang::quote(name),
            lang::quote(run)
        ),
    )
    .with_code("undeclared-variable")
}
