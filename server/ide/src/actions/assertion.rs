//! What an `assert` block about an output says before anybody has thought about it: that it is what it would be now, where
//! that can be told without running anything, and otherwise that it is there.

use config::compose::{Body, Expression};
use config::{Grammar, Item, ModuleTree, Output, Run, Subject, offers_function, parse_reference};
use lang::functions::{FileReader, Function, NoFiles};
use lang::{Dialect, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

use super::Asked;
use crate::placeholder::placeholder;

/// Longer texts are no help in a condition.
const LONGEST: usize = 60;
/// How many names may lead to each other.
const DEPTH: u32 = 16;

/// The body of the block.
pub(super) fn assertion(asked: &Asked<'_>, tree: &ModuleTree, output: &Item<Output>) -> Body {
    assertion_of_run(asked, tree, None, output)
}

/// The same for a run that has values of its own for the module's variables.
pub(super) fn assertion_of_run(
    asked: &Asked<'_>,
    tree: &ModuleTree,
    run: Option<&Item<Run>>,
    output: &Item<Output>,
) -> Body {
    let name = &output.name;
    let scope = Scoped { asked, tree, run, depth: DEPTH };
    let expected = scope.value_of(output).filter(|value| !output.sensitive && is_short(value));
    let (condition, message) = match expected {
        Some(value) => {
            let shown = lang::render::hcl_expression(&value, LONGEST).unwrap_or_default();
            (format!("output.{name} == {shown}"), format!("Output {name} is not as expected."))
        }
        None => (format!("output.{name} != null"), format!("Output {name} is missing.")),
    };
    let mut body = Body::new();
    body.attribute("condition", Expression::written(&condition));
    body.attribute("error_message", Expression::text(&message));
    body
}

fn is_short(value: &Value) -> bool {
    value.ty().is_primitive()
        && !value.is_null()
        && value.is_wholly_known()
        && !value.has_mark_deep()
        && lang::render::hcl_expression(value, LONGEST).is_some()
}

/// What names stand for when nothing has run: variables have the values that are given or would be proposed, local values
/// follow from them, and nobody knows about objects.
struct Scoped<'a> {
    asked: &'a Asked<'a>,
    tree: &'a ModuleTree,
    run: Option<&'a Item<Run>>,
    depth: u32,
}

impl Scoped<'_> {
    fn value_of(&self, output: &Item<Output>) -> Option<Value> {
        self.evaluate(output.value.as_ref()?, &output.origin)
    }

    fn evaluate(&self, expr: &lang::Expr, origin: &Origin) -> Option<Value> {
        let deeper = Scoped { depth: self.depth.checked_sub(1)?, ..*self };
        let mut failed = Diagnostics::new();
        let found = syntax::with_stack(|| lang::evaluate(expr, expr.origin(origin), &deeper, &mut failed));
        (!failed.iter().any(Diagnostic::is_error)).then_some(found)
    }

    fn variable(&self, name: &SmolStr) -> Option<Value> {
        let variable = self.tree.module.variables.get(name)?;
        let of_run = self.run.and_then(|run| Some((&run.variables.get(name)?.value, &run.origin)));
        let file = self.run.and_then(|_| self.asked.test_file());
        let of_file =
            file.and_then(|file| file.variables.get(name)).map(|value| (&value.value, &value.origin));
        let value = match of_run.or(of_file) {
            // A value of another run, or of a function, is not looked for.
            Some((expr, _)) if !expr.traversals().is_empty() => return None,
            Some((expr, origin)) => self.evaluate(expr, origin)?,
            None if self.asked.project.gives(name) => return None,
            None => variable.default.clone().unwrap_or_else(|| placeholder(&self.tree.module, variable)),
        };
        variable.accept(&value).ok()
    }
}

impl Scope for Scoped<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let reference = match parse_reference(traversal, origin, Grammar::Module) {
            Ok(reference) => reference,
            Err(problem) => {
                sink.push(problem);
                return None;
            }
        };
        let value = match &reference.subject {
            Subject::Variable(name) => self.variable(name),
            Subject::Local(name) => {
                let local = self.tree.module.locals.get(name);
                local.and_then(|local| self.evaluate(&local.value, &local.origin))
            }
            _ => None,
        };
        Some(match value {
            Some(value) => Resolved { value, consumed: reference.consumed },
            None => Resolved { value: Value::dynamic(), consumed: traversal.steps.len() },
        })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn dialect(&self) -> Dialect {
        self.tree.module.dialect
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        offers_function(function, name, &self.tree.module, self.dialect())
    }
}
