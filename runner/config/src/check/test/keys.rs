//! Elements of variables that a module reads by their keys and that a run does not give it. Every plan of the run ends with
//! that, wherever the module lies.
//!
//! Only values are looked at that stand in the run block itself: whoever keeps what was found knows by the names of these
//! variables which runs a change of the module concerns.

use lang::{Expr, StepKind, Traversal, Type, Value};
use syntax::{Diagnostic, Diagnostics, Origin};

use super::run::RunChecker;
use crate::address::ResourceMode;
use crate::check::unevaluated::Unevaluated;
use crate::module::{Module, ModuleTree};
use crate::refs::for_each_expr;
use crate::test_file::PlanMode;

impl RunChecker<'_> {
    pub(super) fn keys_of_variables(&mut self, tree: &ModuleTree) {
        let options = &self.run.plan_options;
        if !options.target.is_empty() || options.mode == PlanMode::RefreshOnly {
            // What no target needs is not looked at, nor are outputs where nothing is planned.
            return;
        }
        let given = self.collections(&tree.module);
        if given.is_empty() {
            return;
        }
        let variables: Vec<(&str, &Value)> = given.iter().map(|(name, value)| (*name, value)).collect();
        let mut found = Diagnostics::new();
        evaluated_in_any_case(&tree.module, &mut |expr, origin| {
            let is_given =
                |traversal| looks_into(traversal).is_some_and(|name| given.iter().any(|it| it.0 == name));
            if expr.traversals().iter().any(is_given) {
                found.extend(self.absent(expr, origin, &variables));
            }
        });
        found.retain(|it| !self.sink.contains(it));
        self.sink.append(&mut found);
    }

    /// The values of the run that have elements and are written out, as its module takes them.
    fn collections<'m>(&self, module: &'m Module) -> Vec<(&'m str, Value)> {
        let values = self.run.variables.values().filter_map(|given| {
            let variable = module.variables.get(&given.name).filter(|it| !it.sensitive && !it.ephemeral)?;
            let (value, found) = Unevaluated::new(self.file.dialect).value(&given.value, &self.run.origin)?;
            let value = variable.accept(&value).ok().filter(|_| found.is_empty())?;
            let has_elements =
                matches!(value.ty(), Type::List(_) | Type::Map(_) | Type::Tuple(_) | Type::Object(_));
            let is_written_out = value.is_wholly_known() && !value.is_null() && !value.has_mark_deep();
            (has_elements && is_written_out).then_some((variable.name.as_str(), value))
        });
        values.collect()
    }

    /// What is wrong with the keys in an expression because of these values, and is right for others.
    fn absent(&self, expr: &Expr, origin: &Origin, variables: &[(&str, &Value)]) -> Diagnostics {
        let evaluated = |scope: Unevaluated<'_>| {
            let (_, mut found) = scope.value(expr, origin)?;
            found.retain(|it: &Diagnostic| it.is_error() && it.summary == "Invalid index");
            Some(found)
        };
        let dialect = self.file.dialect;
        let Some(said) = evaluated(Unevaluated::new(dialect)) else { return Diagnostics::new() };
        let mut found = evaluated(Unevaluated::with_variables(dialect, variables)).unwrap_or_default();
        found.retain(|it| !said.iter().any(|other| other.subject == it.subject));
        found
    }
}

/// The variable of which a traversal reads an element by its key.
pub(super) fn looks_into(traversal: &Traversal) -> Option<&str> {
    let is_key = |kind: &StepKind| matches!(kind, StepKind::Key(_) | StepKind::Number(_));
    let looks = traversal.root == "var" && traversal.steps.get(1).is_some_and(|step| is_key(&step.kind));
    traversal.attr(0).filter(|_| looks).map(|name| name.as_str())
}

/// What every plan of a module evaluates once: nothing that is repeated, or that an override may stand for.
fn evaluated_in_any_case(module: &Module, visit: &mut dyn FnMut(&Expr, &Origin)) {
    for local in module.locals.values() {
        visit(&local.value, local.value.origin(&local.origin));
    }
    for output in module.outputs.values() {
        if let Some(value) = &output.value {
            visit(value, value.origin(&output.origin));
        }
    }
    for resource in module.resources.values() {
        let is_single = resource.count.is_none() && resource.for_each.is_none();
        if resource.mode != ResourceMode::Managed || !is_single {
            continue;
        }
        for_each_expr(&resource.body, &mut |expr, bound| {
            if bound.is_empty() {
                visit(expr, expr.origin(&resource.origin));
            }
        });
    }
}
