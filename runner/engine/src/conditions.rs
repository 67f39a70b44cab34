//! Custom conditions: `validation`, `precondition`, `postcondition` and `check` assertions.

use config::Condition;
use lang::{Cause, Expr, Marks, Scope, Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin, Severity};

use crate::phase::Phase;

/// Which construct a condition belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Precondition,
    Postcondition,
    Output,
    Check,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Precondition => "Resource precondition",
            Kind::Postcondition => "Resource postcondition",
            Kind::Output => "Module output value precondition",
            Kind::Check => "Check block assertion",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Kind::Check => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// What a condition came to.
pub(crate) enum Verdict {
    Holds,
    /// It depends on something that is known only after apply.
    Unknown,
    Fails,
    /// It could not be evaluated; diagnostics say why.
    Invalid,
}

/// Evaluates one rule of a module and reports it when it does not hold.
pub(crate) fn check(
    kind: Kind,
    rule: &Condition,
    origin: &Origin,
    scope: &dyn Scope,
    phase: Phase,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    let message = message(&rule.error_message, origin, scope, &mut found);
    let (value, operands) = lang::evaluate_with_operands(&rule.condition, origin, scope, &mut found);
    let place = rule.condition.location(origin);
    if found.iter().any(Diagnostic::is_error) {
        // A check warns: what goes wrong in it must not stop the rest.
        return found;
    }
    let verdict = verdict(&value, "Invalid condition result", &place, &mut found);
    if phase == Phase::Validate && kind != Kind::Output {
        // Whether it holds is a question for the plan. Terraform asks it of outputs already here, and then no run
        // can expect the failure.
        return found;
    }
    match verdict {
        Verdict::Holds | Verdict::Invalid => {}
        Verdict::Unknown => {
            if kind == Kind::Check && phase == Phase::Plan {
                let detail = "The condition could not be evaluated at this time, a result will be known when this \
                              plan is applied.";
                let mut diagnostic =
                    Diagnostic::warning("Check block assertion known after apply", detail).at(place);
                diagnostic.operands = operands.shown(Cause::Other);
                found.push(diagnostic);
            }
        }
        Verdict::Fails => {
            let summary = format!("{} failed", kind.name());
            let detail = message.unwrap_or_else(|| {
                "This check failed, but has an invalid error message as described in the other accompanying messages."
                    .to_owned()
            });
            let mut diagnostic = Diagnostic::new(kind.severity(), summary, detail).at(place);
            diagnostic.operands = operands.shown(Cause::Other);
            found.push(diagnostic);
        }
    }
    found
}

/// Reads a condition's value as true, false or unknown.
pub(crate) fn verdict(
    value: &Value,
    summary: &'static str,
    place: &Location,
    sink: &mut Diagnostics,
) -> Verdict {
    let (value, marks) = value.unmark();
    if marks.contains(Marks::EPHEMERAL) {
        // Ephemeral values may be checked; only what is kept must not hold them.
        return self::verdict(&value, summary, place, sink);
    }
    if !value.is_known() {
        return Verdict::Unknown;
    }
    if value.is_null() {
        let detail = "Condition expression must return either true or false, not null.";
        sink.push(Diagnostic::error(summary, detail).at(place.clone()));
        return Verdict::Invalid;
    }
    match lang::convert(&value, &Type::Bool) {
        Ok(value) if value.as_bool() == Some(true) => Verdict::Holds,
        Ok(_) => Verdict::Fails,
        Err(error) => {
            let detail = format!("Invalid condition result value: {error}.");
            sink.push(Diagnostic::error(summary, detail).at(place.clone()));
            Verdict::Invalid
        }
    }
}

/// The text of an `error_message`; `None` when it cannot be shown, after saying why.
pub(crate) fn message(
    expr: &Expr,
    origin: &Origin,
    scope: &dyn Scope,
    sink: &mut Diagnostics,
) -> Option<String> {
    let before = sink.len();
    let (value, operands) = lang::evaluate_with_operands(expr, origin, scope, sink);
    if sink[before..].iter().any(Diagnostic::is_error) {
        return None;
    }
    let place = expr.location(origin);
    let marks = value.marks_deep();
    if marks.contains(Marks::SENSITIVE) {
        let detail = "The error expression used to explain this condition refers to sensitive values, so Terraform \
                      will not display the resulting message.\n\nYou can correct this by removing references to \
                      sensitive values, or by carefully using the nonsensitive() function if the expression will not \
                      reveal the sensitive data.";
        let mut warning = Diagnostic::warning("Error message refers to sensitive values", detail).at(place);
        warning.operands = operands.shown(Cause::Sensitive);
        sink.push(warning);
        return Some(String::new());
    }
    if marks.contains(Marks::EPHEMERAL) {
        let detail = "The error expression used to explain this condition refers to ephemeral values, so Terraform \
                      will not display the resulting message.\n\nYou can correct this by removing references to \
                      ephemeral values, or by using the ephemeralasnull() function on the references to not reveal \
                      ephemeral data.";
        let mut warning = Diagnostic::warning("Error message refers to ephemeral values", detail).at(place);
        warning.operands = operands.shown(Cause::Ephemeral);
        sink.push(warning);
        return Some(String::new());
    }
    let (value, _) = value.unmark_deep();
    match lang::convert(&value, &Type::String) {
        Ok(value) if value.is_null() => {
            // Terraform's words for a null.
            let detail = "Unsuitable value for error message: string required.";
            let mut error = Diagnostic::error("Invalid error message", detail).at(place);
            error.operands = operands.shown(Cause::Other);
            sink.push(error);
            None
        }
        Ok(value) => Some(value.as_str().unwrap_or_default().trim().to_owned()),
        Err(error) => {
            let detail = format!("Unsuitable value for error message: {error}.");
            let mut error = Diagnostic::error("Invalid error message", detail).at(place);
            error.operands = operands.shown(Cause::Other);
            sink.push(error);
            None
        }
    }
}
