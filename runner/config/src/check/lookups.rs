//! Instances of a module's own blocks that it reads and that are not there, where it is written out which there are.
//! `validate` does not look at them; every plan ends with that.

use lang::Expr;
use syntax::{Diagnostic, Diagnostics, Origin};

use super::unevaluated::{Unevaluated, repeated};
use crate::module::Module;

/// What is wrong with the local values of a module that is planned, with its outputs, and with what it gives to others.
pub(super) fn absent_instances(module: &Module) -> Diagnostics {
    let locals = module.locals.values().map(|local| (&local.value, &local.origin));
    let outputs = module.outputs.values().filter_map(|output| Some((output.value.as_ref()?, &output.origin)));
    let passed = module
        .calls
        .values()
        .flat_map(|call| call.arguments.values().map(move |argument| (&argument.value, &call.origin)));
    let mut found = Diagnostics::new();
    for (value, origin) in locals.chain(outputs).chain(passed) {
        found.extend(of_value(value, origin, module));
    }
    found
}

fn of_value(value: &Expr, origin: &Origin, module: &Module) -> Diagnostics {
    if !value.traversals().iter().any(|traversal| repeated(traversal, module).is_some()) {
        return Diagnostics::new();
    }
    let is_absent = |it: &Diagnostic| it.is_error() && it.summary == "Invalid index";
    let evaluated = |scope: Unevaluated<'_>| {
        let (_, mut found) = scope.value(value, value.origin(origin))?;
        found.retain(is_absent);
        Some(found)
    };
    // What is wrong whatever the names stand for has been said.
    let Some(said) = evaluated(Unevaluated::new(module.dialect)) else { return Diagnostics::new() };
    let mut found = evaluated(Unevaluated::in_module(module.dialect, module)).unwrap_or_default();
    found.retain(|it| !said.iter().any(|other| other.subject == it.subject));
    found
}
