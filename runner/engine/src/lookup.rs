//! How Terraform validates the expressions of conditions: it looks up their names first, and evaluates them whatever came
//! of that.

use lang::expr::Node;
use lang::functions::{FileReader, Function, FunctionError, Limits, ProvidedFunction};
use lang::{Expr, Resolved, Scope, Traversal, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin};

/// The names of expressions, looked up together.
pub(crate) struct Lookup<'s> {
    scope: &'s dyn Scope,
    /// Set where a resource, a module or `self` is not there: then the expressions are evaluated without any names.
    nameless: Option<Nameless<'s>>,
}

impl<'s> Lookup<'s> {
    /// Looks up the names of some expressions and reports those that lead nowhere.
    pub fn new<'e>(
        exprs: impl IntoIterator<Item = &'e Expr>,
        origin: &Origin,
        scope: &'s dyn Scope,
        sink: &mut Diagnostics,
    ) -> Lookup<'s> {
        let mut found = Diagnostics::new();
        for expr in exprs {
            let origin = expr.origin(origin);
            for traversal in expr.traversals() {
                let _ = scope.resolve(traversal, origin, &mut found);
            }
        }
        config::looked_up_in_order(&mut found, 0);
        let nameless = found.iter().any(config::is_static).then_some(Nameless(scope));
        sink.append(&mut found);
        Lookup { scope, nameless }
    }

    /// What the expressions see.
    pub fn scope(&self) -> &dyn Scope {
        match &self.nameless {
            Some(nameless) => nameless,
            None => self.scope,
        }
    }

    /// Leaves out of what an evaluation has found since `before` what the lookup has said already, and what `try` and
    /// `can` make good.
    pub fn settle(&self, expr: &Expr, origin: &Origin, found: &mut Diagnostics, before: usize) {
        let origin = expr.origin(origin);
        let calls =
            expr.nodes().filter(|(_, node)| matches!(node, Node::Call(call) if is_tentative(&call.name)));
        let calls: Vec<Location> = calls.map(|(id, _)| origin.locate(expr.span(id))).collect();
        let within = |place: &Location| {
            calls.iter().any(|call| {
                call.file == place.file
                    && call.span.start <= place.span.start
                    && place.span.end <= call.span.end
            })
        };
        let mut at = 0;
        found.retain(|diagnostic| {
            at += 1;
            let swallowed =
                diagnostic.code == Some(NAMELESS) && diagnostic.subject.as_ref().is_some_and(within);
            at <= before || !(config::is_about_name(diagnostic) || swallowed)
        });
    }
}

fn is_tentative(function: &str) -> bool {
    matches!(function, "try" | "can" | "core::try" | "core::can")
}

/// The code of errors about names that were not looked up, because another leads nowhere.
pub(crate) const NAMELESS: &str = "nameless";

/// A scope with the functions of another, and none of its names.
struct Nameless<'s>(&'s dyn Scope);

impl Scope for Nameless<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        let detail = format!("There is no variable named {}.", lang::quote(&traversal.root));
        let error = Diagnostic::error("Unknown variable", detail).at(origin.locate(traversal.root_span));
        sink.push(error.with_code(NAMELESS));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self.0.files()
    }

    fn limits(&self) -> &Limits {
        self.0.limits()
    }

    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }

    fn dialect(&self) -> lang::Dialect {
        self.0.dialect()
    }

    fn offers(&self, function: &Function, name: &str) -> bool {
        self.0.offers(function, name)
    }

    fn provided(&self, name: &str) -> Option<&ProvidedFunction> {
        self.0.provided(name)
    }

    fn call_provided(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        self.0.call_provided(name, arguments)
    }

    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        self.0.describe_unknown_function(name)
    }

    fn place(&self, location: &Location) -> String {
        self.0.place(location)
    }
}
