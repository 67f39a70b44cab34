//! The values that one run's module and assertions get: the run's own variables, the file's, and those from outside.

mod of_file;
mod opentofu;

use std::cell::RefCell;
use std::collections::BTreeMap;

use config::{Feature, Item, ModuleTree, Run, TestFile, Tool, Variable};
use engine::{Cancel, GivenValue, Host, RunValues, VariableInput, VariableSource};
use lang::Value;
use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::outside::Outside;
use crate::scope::{Place, VariablesScope};

pub(crate) use of_file::FileValues;

/// Evaluates the variables of one run. Outside values, and file variables in versions where they are not evaluated by
/// themselves, are evaluated at most once per run, and only when something asks for them, so that a broken value that
/// nobody reads does no harm.
pub(crate) struct Variables<'a> {
    pub(crate) file: &'a TestFile,
    /// The place of the run among the file's; `None` where the file's own variables are evaluated.
    pub(crate) run: Option<usize>,
    /// The module that the run executes; its declarations say how outside texts are read.
    pub(crate) tree: &'a ModuleTree,
    pub(crate) outside: &'a Outside,
    /// What the file's variables came to, where they are evaluated by themselves.
    pub(crate) values: &'a FileValues,
    /// Outputs of the runs that are over, for `run.x`.
    pub(crate) finished: &'a BTreeMap<SmolStr, Value>,
    pub(crate) host: &'a dyn Host,
    pub(crate) cancel: &'a Cancel,
    /// Empty at first.
    pub(crate) memory: Memory,
}

/// What has been evaluated, so that its errors are reported once. `None` when there is no such variable.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    of_file: Remembered,
    global: Remembered,
}

type Remembered = RefCell<BTreeMap<SmolStr, Option<Value>>>;

impl<'a> Variables<'a> {
    /// Everything that `run` needs. All of the run's own variables are evaluated, also those that nothing uses.
    pub(crate) fn of_run(&self, run: &Item<Run>) -> RunValues {
        if self.file.dialect.tool == Tool::OpenTofu {
            return self.of_opentofu_run(run);
        }
        let mut values = RunValues::default();
        let used = self.used_by(run);
        for (name, variable) in &run.variables {
            let scope = VariablesScope { place: Place::Run, variables: self };
            let misread = scope.misread(&variable.value, &run.origin);
            let value = match misread.is_empty() {
                true => lang::evaluate(&variable.value, &run.origin, &scope, &mut values.diagnostics),
                false => Value::dynamic(),
            };
            values.diagnostics.extend(misread);
            let location = variable.value.location(&run.origin);
            if used.contains_key(name) {
                let source = VariableSource::Test(location);
                values.given.insert(name.clone(), VariableInput { value: GivenValue::Value(value), source });
            } else {
                values.diagnostics.push(undeclared(name, &run.name).at(location));
            }
        }
        for (name, mention) in used {
            if values.given.contains_key(&name) {
                continue;
            }
            let sink = &mut values.diagnostics;
            let before = sink.len();
            let given = self.given_by_file(&name, sink);
            if let Some(given) = given.or_else(|| self.given_from_outside(&name, mention.as_ref(), sink)) {
                values.given.insert(name, given);
            } else if sink.len() == before {
                sink.extend(self.missing(&name, run));
            }
        }
        values
    }

    /// Why a variable of the module cannot go without a value.
    fn missing(&self, name: &SmolStr, run: &Run) -> Option<Diagnostic> {
        let variable = self.tree.module.variables.get(name).filter(|variable| variable.default.is_none())?;
        Some(config::missing_variable(&run.name, variable, self.file.dialect))
    }

    /// What the run's variables and assertions refer to and nothing gives, runs and variables alone.
    pub(crate) fn misplaced(&self, run: &Item<Run>) -> Diagnostics {
        let scope = VariablesScope { place: Place::Run, variables: self };
        let known = |name: &SmolStr| {
            run.variables.contains_key(name) || self.tree.module.variables.contains_key(name)
        };
        let conditions = run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
        let exprs = conditions.chain(run.variables.values().map(|variable| &variable.value));
        let names = exprs.flat_map(|expr| expr.traversals()).filter(|traversal| {
            let name = traversal.attr(0);
            traversal.root == "run" || traversal.root == "var" && !name.is_some_and(known)
        });
        names.filter_map(|traversal| scope.reference(traversal, &run.origin).err()).collect()
    }

    /// The names that matter to the run: the module's variables and those that its assertions read, and in later versions
    /// those that its variables read; with the last place of a name that the module does not declare.
    fn used_by(&self, run: &Item<Run>) -> BTreeMap<SmolStr, Option<Location>> {
        let mut used = BTreeMap::new();
        let conditions = run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
        let values = run.variables.values().map(|variable| &variable.value);
        let values = values.filter(|_| self.file.dialect.has(Feature::RunGraph));
        for traversal in conditions.chain(values).flat_map(|expr| expr.traversals()) {
            if let Some(name) = traversal.attr(0).filter(|_| traversal.root == "var") {
                let place = config::parse_reference(traversal, &run.origin, config::Grammar::Test);
                used.insert(name.clone(), place.ok().map(|reference| run.origin.locate(reference.span)));
            }
        }
        used.extend(self.tree.module.variables.keys().map(|name| (name.clone(), None)));
        used
    }

    fn given_by_file(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<VariableInput> {
        let value = self.of_file(name, sink)?;
        let block = self.file.variable_blocks.get(name).map(|block| block.locate(block.header));
        let value_place = || Some(self.file.variables.get(name)?).map(|it| it.value.location(&it.origin));
        let source = VariableSource::Test(block.or_else(value_place)?);
        Some(VariableInput { value: GivenValue::Value(value), source })
    }

    /// `mention` is where the run names a variable that its module does not declare.
    fn given_from_outside(
        &self,
        name: &SmolStr,
        mention: Option<&Location>,
        sink: &mut Diagnostics,
    ) -> Option<VariableInput> {
        let source = self.outside.get(self.file, name)?.source();
        let value = match mention.filter(|_| self.file.dialect.has(Feature::UndeclaredDeprecated)) {
            Some(place) => self.deprecated(name, place, sink)?,
            None => self.global(name, sink)?,
        };
        Some(VariableInput { value: GivenValue::Value(value), source })
    }

    /// `var.name` as an expression at `place` sees it.
    pub(crate) fn referred(
        &self,
        name: &SmolStr,
        kind: Place,
        place: &Location,
        sink: &mut Diagnostics,
    ) -> Option<Value> {
        if self.file.dialect.has(Feature::UndeclaredDeprecated) {
            return self.of_file(name, sink).or_else(|| self.deprecated(name, place, sink));
        }
        match kind {
            Place::File => self.global(name, sink),
            Place::Run | Place::Provider => self.of_file(name, sink).or_else(|| self.global(name, sink)),
        }
    }

    fn of_file(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<Value> {
        if self.file.dialect.has(Feature::FileGraph) {
            return self.values.get(name).cloned();
        }
        remembered(&self.memory.of_file, name, || {
            let variable = self.file.variables.get(name)?;
            let scope = VariablesScope { place: Place::File, variables: self };
            Some(lang::evaluate(&variable.value, &variable.origin, &scope, sink))
        })
    }

    /// The value given from outside, read as the module declares it.
    fn global(&self, name: &SmolStr, sink: &mut Diagnostics) -> Option<Value> {
        remembered(&self.memory.global, name, || {
            let given = self.outside.get(self.file, name)?;
            let declared: Option<&Variable> =
                self.tree.module.variables.get(name).map(|variable| &*variable.decl);
            Some(given.value(name, declared, self.host.files(), sink))
        })
    }

    /// The value from outside of a name that nothing declares, which is an expression. Terraform takes it literally where
    /// it cannot be read so, and reports that all the same.
    fn deprecated(&self, name: &SmolStr, place: &Location, sink: &mut Diagnostics) -> Option<Value> {
        let given = self.outside.get(self.file, name)?;
        let quoted = lang::quote(name);
        let detail = format!(
            "Variable {quoted} was referenced without providing a definition. Referencing undefined variables within \
             Terraform Test files is deprecated, please add a `variable` block into the relevant test file to provide a \
             definition for the variable. This will become required in future versions of Terraform."
        );
        let warning = Diagnostic::warning("Variable referenced without definition", detail);
        sink.push(warning.at(place.clone()).with_code("undefined-variable"));
        Some(given.value(name, None, self.host.files(), sink))
    }
}

fn remembered(
    memory: &Remembered,
    name: &SmolStr,
    evaluate: impl FnOnce() -> Option<Value>,
) -> Option<Value> {
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
