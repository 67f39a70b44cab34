//! The values that a run gives to its module: those that nothing declares, those that are missing, and those that do
//! not suit.

use std::sync::Arc;

use lang::{Dialect, Expr};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use super::run::RunChecker;
use super::{Siblings, TestContext};
use crate::check::unevaluated::Unevaluated;
use crate::dialect::Tool;
use crate::item::Item;
use crate::module::{ModuleTree, Variable};
use crate::names::{Names, Place};
use crate::suitable::unsuitable_value;
use crate::test_file::TestFile;

/// The error that a run has no value for a variable that its module requires.
pub fn missing_variable(run: &str, variable: &Item<Variable>, dialect: Dialect) -> Diagnostic {
    let name = &variable.name;
    let detail = match dialect.tool {
        Tool::Terraform => format!(
            "The module under test for run block \"{run}\" has a required variable \"{name}\" with no set value. Use a \
             -var or -var-file command line argument or add this variable into a \"variables\" block within the test \
             file or run block."
        ),
        Tool::OpenTofu => format!(
            "The root module input variable \"{name}\" is not set, and has no default value. Use a -var or -var-file \
             command line argument to provide a value for this variable."
        ),
    };
    Diagnostic::error("No value for required variable", detail)
        .at(variable.locate(variable.header))
        .with_code("missing-variable")
}

impl RunChecker<'_> {
    pub(super) fn variables(&mut self, tree: Option<&ModuleTree>) {
        let empty = ModuleTree::default();
        let place = Place::RunVariables(self.test);
        let names = Names::of_test(tree.unwrap_or(&empty), self.context.schemas, place);
        for value in self.run.variables.values() {
            let resolved = self.exprs(&[&value.value], &names);
            let declared = tree.is_none_or(|tree| tree.module.variables.contains_key(&value.name));
            // OpenTofu takes what the module does not declare for the test's own.
            let terraform = self.file.dialect.tool == Tool::Terraform;
            if terraform && !declared && !self.is_read(&value.name) {
                self.undeclared(&value.name, self.run.locate(value.value.whole_span()));
            }
            let variable = tree.and_then(|tree| Some((tree, tree.module.variables.get(&value.name)?)));
            if let Some((tree, variable)) = variable.filter(|_| resolved) {
                let found = unsuitable(tree, variable, &value.value, &self.run.origin, self.file);
                self.sink.extend(found);
            }
        }
        if let Some(tree) = tree {
            self.rules(tree);
        }
        for variable in tree.into_iter().flat_map(|tree| tree.module.variables.values()) {
            if variable.default.is_none() && !self.has_value(&variable.name) {
                self.sink.push(missing_variable(&self.run.name, variable, self.file.dialect));
            }
        }
    }

    fn undeclared(&mut self, name: &str, place: Location) {
        let detail = format!(
            "The module under test does not declare a variable named {}, but it is declared in run block {}.",
            lang::quote(name),
            lang::quote(&self.run.name)
        );
        let warning = Diagnostic::warning("Value for undeclared variable", detail);
        self.sink.push(warning.at(place).with_code("undeclared-variable"));
    }

    /// Whether the run's assertions read the variable, which makes it the test's own.
    fn is_read(&self, name: &str) -> bool {
        let mut conditions =
            self.run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
        conditions.any(|expr| reads(expr, name))
    }

    /// Whether the module gets a value for the variable.
    fn has_value(&self, name: &str) -> bool {
        self.run.variables.contains_key(name)
            || self.file.variables.contains_key(name)
            || self.file.variable_blocks.contains_key(name)
            || (self.context.external)(name)
    }
}

/// Whether an expression reads `var.name`.
pub(in crate::check) fn reads(expr: &Expr, name: &str) -> bool {
    let mut traversals = expr.traversals().iter();
    traversals.any(|traversal| traversal.root == "var" && traversal.attr(0).is_some_and(|step| step == name))
}

/// The file's values for variables of modules whose runs do not all give their own. `trees` are the module under test
/// and those that runs name.
pub(super) fn of_file(
    file: &TestFile,
    trees: &[Arc<ModuleTree>],
    context: &TestContext<'_>,
    sink: &mut Diagnostics,
) {
    let named = file.runs.naming_modules().map(|run| run.module.as_ref().map(|it| it.source.clone()));
    let sources: Vec<Option<SmolStr>> = std::iter::once(None).chain(named).collect();
    let siblings = Siblings { file, asked: context.asked };
    for value in file.variables.values() {
        for (source, tree) in sources.iter().zip(trees) {
            let Some(variable) = tree.module.variables.get(&value.name) else { continue };
            if siblings.leave(source.as_ref(), &value.name) {
                // What is wrong with its names and calls has been said.
                let said = |it: &Diagnostic, sink: &Diagnostics| {
                    sink.iter().any(|other| other.summary == it.summary && other.subject == it.subject)
                };
                let mut found = unsuitable(tree, variable, &value.value, &value.origin, file);
                found.retain(|it| !said(it, sink));
                sink.append(&mut found);
            }
        }
    }
}

/// What is wrong with a value whatever the names in it stand for.
fn unsuitable(
    tree: &ModuleTree,
    variable: &Item<Variable>,
    value: &Expr,
    origin: &Origin,
    file: &TestFile,
) -> Diagnostics {
    let Some((evaluated, failed)) = Unevaluated::new(file.dialect).value(value, origin) else {
        return Vec::new();
    };
    if failed.iter().any(Diagnostic::is_error) {
        return failed;
    }
    let Err(why) = variable.accept(&evaluated) else { return Vec::new() };
    let range = |place: &Location| match place.file == file.name {
        true => file.sources.range(place),
        false => tree.module.sources.range(place),
    };
    vec![unsuitable_value(&why, variable, value.location(origin), range)]
}
