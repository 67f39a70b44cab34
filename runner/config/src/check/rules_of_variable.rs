//! The rules of a variable held against a value that is written out.

use lang::{Dialect, Expr, Traversal, Type, Value};
use syntax::{Diagnostic, Location};

use super::unevaluated::Unevaluated;
use crate::item::Item;
use crate::module::{Condition, ModuleTree, Variable};

/// A variable's rules and a value that it accepts, wholly known and without marks.
#[derive(Clone, Copy)]
pub(super) struct RulesOf<'a> {
    pub(super) variable: &'a Item<Variable>,
    pub(super) value: &'a Value,
    pub(super) dialect: Dialect,
}

impl<'a> RulesOf<'a> {
    /// Whether each rule holds; `None` for one that looks at anything else than its variable.
    pub(super) fn verdicts(&self) -> Vec<Option<bool>> {
        self.variable.validations.iter().map(|rule| self.holds(rule)).collect()
    }

    /// The errors about the rules that the value breaks. `place` is where the value stands.
    pub(super) fn broken(&self, place: &Location, tree: &ModuleTree) -> Vec<Diagnostic> {
        let broken = self.variable.validations.iter().filter(|rule| self.holds(rule) == Some(false));
        broken.filter_map(|rule| self.error(rule, place, tree)).collect()
    }

    fn holds(&self, rule: &Condition) -> Option<bool> {
        lang::convert(&self.evaluate(&rule.condition)?, &Type::Bool).ok()?.as_bool()
    }

    fn evaluate(&self, expr: &Expr) -> Option<Value> {
        let name = &self.variable.name;
        let is_own = |it: &Traversal| it.root == "var" && it.attr(0) == Some(name);
        if !expr.traversals().iter().all(is_own) {
            return None;
        }
        let known = [(name.as_str(), self.value)];
        let scope = Unevaluated::with_variables(self.dialect, &known);
        let (value, found) = scope.value(expr, &self.variable.origin)?;
        let (value, _) = value.unmark_deep();
        (found.is_empty() && value.is_wholly_known() && !value.is_null()).then_some(value)
    }

    fn error(&self, rule: &Condition, place: &Location, tree: &ModuleTree) -> Option<Diagnostic> {
        let message = lang::convert(&self.evaluate(&rule.error_message)?, &Type::String).ok()?;
        let declared = tree.module.sources.range(&self.variable.locate(rule.header));
        let detail =
            format!("{}\n\nThis was checked by the validation rule at {declared}.", message.as_str()?.trim());
        let error = Diagnostic::error("Invalid value for variable", detail);
        Some(error.at(place.clone()).with_code("broken-rule"))
    }
}
