//! What the expressions of a run come to although nothing is known: those that cannot have a value, conditions that are
//! neither true nor false, and the rules of variables where the value is written out.

use lang::{Type, Value};
use syntax::{Diagnostic, Location};

use super::missing_expected_failure;
use super::run::RunChecker;
use crate::check::rules_of_variable::RulesOf;
use crate::check::unevaluated::Unevaluated;
use crate::module::{Condition, ModuleTree, Variable};

impl RunChecker<'_> {
    /// What an assertion whose names lead somewhere would end with.
    pub(super) fn assert_values(&mut self, assert: &Condition, tree: &ModuleTree) {
        let origin = &self.run.origin;
        let dialect = self.file.dialect;
        let scope = match self.run.plan_options.target.is_empty() {
            true => Unevaluated::in_module(dialect, &tree.module),
            // What no target needs has no instances.
            false => Unevaluated::new(dialect),
        };
        let before = self.sink.len();
        if let Some((value, found)) = scope.value(&assert.error_message, origin) {
            self.sink.extend(known_calls(found));
            let (value, _) = value.unmark();
            let unsuitable = match lang::convert(&value, &Type::String) {
                Ok(_) if value.is_known() && value.is_null() => Some("string required".to_owned()),
                Ok(_) => None,
                Err(error) => Some(error.to_string()),
            };
            if let Some(why) = unsuitable.filter(|_| self.sink.len() == before) {
                let detail = format!("Unsuitable value for error message: {why}.");
                let error = Diagnostic::error("Invalid error message", detail);
                self.sink.push(error.at(assert.error_message.location(origin)).with_code("evaluation"));
            }
        }
        let Some((value, found)) = scope.value(&assert.condition, origin) else { return };
        self.sink.extend(known_calls(found));
        let (value, _) = value.unmark_deep();
        if self.sink.len() > before || !value.is_known() {
            return;
        }
        let detail = if value.is_null() {
            "Condition expression must return either true or false, not null.".to_owned()
        } else if let Err(error) = lang::convert(&value, &Type::Bool) {
            format!("Invalid condition run value: {error}.")
        } else {
            return;
        };
        let error = Diagnostic::error("Invalid condition run", detail);
        self.sink.push(error.at(assert.condition.location(origin)).with_code("evaluation"));
    }

    /// Values that are written out against the rules of their variables: those that break a rule, which the run does not
    /// expect, and those that keep all of them although it does.
    pub(super) fn rules(&mut self, tree: &ModuleTree) {
        if !self.run.plan_options.target.is_empty() {
            // What no target needs is not looked at.
            return;
        }
        for variable in tree.module.variables.values().filter(|it| !it.validations.is_empty()) {
            let Some((value, place)) = self.written_out(variable) else { continue };
            let expected = self.run.expect_failures.iter().find(|expr| {
                let listed = lang::static_traversal(expr);
                listed.is_some_and(|it| {
                    it.root == "var" && it.steps.len() == 1 && it.attr(0) == Some(&variable.name)
                })
            });
            let rules = RulesOf { variable, value: &value, dialect: self.file.dialect };
            match expected {
                None => self.sink.extend(rules.broken(&place, tree)),
                Some(listed) if rules.verdicts().iter().all(|holds| *holds == Some(true)) => {
                    let place = listed.location(&self.run.origin);
                    let missing = missing_expected_failure(&format!("var.{}", variable.name), place);
                    if !self.sink.contains(&missing) {
                        self.sink.push(missing);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// The value that the run gives to a variable, where it is written out as a whole.
    fn written_out(&self, variable: &Variable) -> Option<(Value, Location)> {
        let given = self.run.variables.get(&variable.name).map(|it| (&it.value, &self.run.origin));
        let of_file = || {
            let value = self.siblings().value(self.index, &variable.name)?;
            Some((&value.decl.value, &value.origin))
        };
        let (expr, origin) = given.or_else(of_file)?;
        let (value, found) = Unevaluated::new(self.file.dialect).value(expr, origin)?;
        let value = if found.is_empty() && value.is_wholly_known() {
            variable.accept(&value).ok()?
        } else {
            return None;
        };
        Some((value.unmark_deep().0, expr.location(origin)))
    }
}

/// Which functions there are, others say.
fn known_calls(found: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
    found.into_iter().filter(|it| it.summary != "Call to unknown function")
}
