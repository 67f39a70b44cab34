//! What an expression can see from where it is evaluated.

use std::sync::LazyLock;

use syntax::{Diagnostic, Diagnostics, Location, Origin};

use crate::functions::{self, FileReader, Function, FunctionError, Limits, Place, ProvidedFunction};
use crate::{Dialect, Traversal, Value};

static DEFAULT_LIMITS: LazyLock<Limits> = LazyLock::new(Limits::default);

/// The names around an expression. The engine, the test scope and the editor each implement it.
///
/// The evaluator resolves every traversal of an expression once, in source order, before it evaluates
/// anything: an undeclared name is an error even in a branch that is never taken, as in Terraform.
pub trait Scope {
    /// Finds the object that `traversal` begins with, or says in Terraform's words why there is none.
    ///
    /// `None` means that diagnostics were pushed (at least one error) and the expression cannot be evaluated.
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved>;

    /// Files that functions such as `file` read, relative to the directory the tool runs in.
    fn files(&self) -> &dyn FileReader;

    /// Whether functions with changing results (`timestamp`, `uuid`) are unknown here, as in a plan.
    fn pure(&self) -> bool {
        true
    }

    /// Seconds since 1970-01-01 UTC; asked only where [`Scope::pure`] is false.
    fn unix_time(&self) -> i64 {
        0
    }

    /// Fills `buffer` with random bytes; asked only where [`Scope::pure`] is false.
    fn random(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }

    /// The bounds of what a function may produce.
    fn limits(&self) -> &Limits {
        &DEFAULT_LIMITS
    }

    /// Something would have been more than the limits allow, which an error says unless `can` or `try` keeps it.
    fn beyond_limits(&self) {}

    /// Whether there is time left to call a function with these values. Without it, the call has any value.
    fn affords(&self, _function: &Function, _arguments: &[Value]) -> bool {
        true
    }

    /// Whether the evaluation should end now, because nobody waits for it any more.
    fn interrupted(&self) -> bool {
        false
    }

    /// The tool and version whose rules hold here.
    fn dialect(&self) -> Dialect {
        Dialect::default()
    }

    /// When the plan was made, in seconds since 1970-01-01 UTC; `None` where no plan has been made yet.
    fn plan_time(&self) -> Option<i64> {
        None
    }

    /// Whether anything may be called here at all.
    fn allows_calls(&self) -> bool {
        true
    }

    /// Whether `function` may be called here under `name` (which may carry a namespace).
    fn offers(&self, function: &Function, name: &str) -> bool {
        let _ = name;
        function.place == Place::Anywhere && self.dialect().has(function.since)
    }

    /// The function of a provider that a call by `name` means, where the name is none of the language's own.
    fn provided(&self, name: &str) -> Option<&ProvidedFunction> {
        let _ = name;
        None
    }

    /// Calls a function that [`Scope::provided`] has found, with arguments that its rules let through.
    ///
    /// # Errors
    ///
    /// What the provider says.
    fn call_provided(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let _ = arguments;
        Err(FunctionError::Call(format!("there is no provider at hand for {name}")))
    }

    /// Why a function that is offered cannot be called from here.
    fn refuses(&self, function: &Function) -> Option<String> {
        let _ = function;
        None
    }

    /// Summary and detail for a call of a function that is not offered.
    fn describe_unknown_function(&self, name: &str) -> (&'static str, String) {
        let known = functions::all().filter(|function| self.offers(function, function.name));
        functions::describe_unknown_function(name, known.map(|function| function.name))
    }

    /// `main.tf:3,5-12`, for messages that quote a place in their text.
    fn place(&self, location: &Location) -> String {
        location.file.to_string()
    }
}

/// A named object and how much of the traversal named it.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub value: Value,
    /// How many steps after the root are used up: 1 for `var.x`, 2 for `data.t.n`, 0 for a bare root.
    pub consumed: usize,
}

/// What Terraform says of a name where there are none.
pub fn variables_not_allowed(traversal: &Traversal, origin: &Origin) -> Diagnostic {
    Diagnostic::error("Variables not allowed", "Variables may not be used here.")
        .at(origin.locate(traversal.root_span))
}
