//! Custom conditions: `validation`, `precondition`, `postcondition` and `check` assertions.

use config::{Condition, Tool};
use lang::{Cause, Expr, Marks, Scope, Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Operand, Origin, Severity};

use crate::checks::CheckStatus;
use crate::deprecation::Deprecated;
use crate::lookup::Lookup;
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

impl Verdict {
    pub fn status(&self) -> CheckStatus {
        match self {
            Verdict::Holds => CheckStatus::Pass,
            Verdict::Unknown => CheckStatus::Unknown,
            Verdict::Fails => CheckStatus::Fail,
            Verdict::Invalid => CheckStatus::Error,
        }
    }
}

/// What became of one rule.
pub(crate) struct Checked {
    pub diagnostics: Diagnostics,
    pub status: CheckStatus,
    /// What its author says of a failure, where that may be shown.
    pub message: Option<String>,
}

/// The code of warnings that say nothing of whether a condition holds.
pub(crate) const HIDDEN_MESSAGE: &str = "hidden-message";

/// Evaluates one rule of a module and reports it when it does not hold.
pub(crate) fn check(
    kind: Kind,
    rule: &Condition,
    origin: &Origin,
    scope: &dyn Scope,
    (phase, deprecated): (Phase, &Deprecated),
) -> Checked {
    match (kind, phase) {
        // Terraform asks it of outputs already here, and then no run can expect the failure.
        (Kind::Output, Phase::Validate) => {
            let mut found = Diagnostics::new();
            let lookup = Lookup::new([&rule.condition, &rule.error_message], origin, scope, &mut found);
            let names = found.len();
            let mut checked = decide(kind, rule, origin, lookup.scope(), (phase, deprecated));
            lookup.settle(&rule.condition, origin, &mut checked.diagnostics, 0);
            lookup.settle(&rule.error_message, origin, &mut checked.diagnostics, 0);
            found.append(&mut checked.diagnostics);
            let status = if names > 0 { CheckStatus::Error } else { checked.status };
            Checked { diagnostics: found, status, ..checked }
        }
        (_, Phase::Validate) => {
            let diagnostics = validate(kind, rule, origin, scope);
            Checked { diagnostics, status: CheckStatus::Unknown, message: None }
        }
        _ => decide(kind, rule, origin, scope, (phase, deprecated)),
    }
}

/// What is wrong with a rule whether it holds or not, which is a question for the plan.
fn validate(kind: Kind, rule: &Condition, origin: &Origin, scope: &dyn Scope) -> Diagnostics {
    let mut found = Diagnostics::new();
    if kind == Kind::Check {
        let lookup = Lookup::new([&rule.condition, &rule.error_message], origin, scope, &mut found);
        let names = found.len();
        let message = message(&rule.error_message, origin, lookup.scope(), &mut found);
        lookup.settle(&rule.error_message, origin, &mut found, names);
        if let Message::Hidden(why @ Hidden::Sensitive, operands) = message {
            let warning = why.warning(scope.dialect().tool, rule.error_message.location(origin), &operands);
            found.push(warning.with_code(HIDDEN_MESSAGE));
        }
        return found;
    }
    for expr in [&rule.condition, &rule.error_message] {
        let lookup = Lookup::new([expr], origin, scope, &mut found);
        let names = found.len();
        lang::evaluate(expr, origin, lookup.scope(), &mut found);
        lookup.settle(expr, origin, &mut found, names);
    }
    found
}

fn decide(
    kind: Kind,
    rule: &Condition,
    origin: &Origin,
    scope: &dyn Scope,
    (phase, deprecated): (Phase, &Deprecated),
) -> Checked {
    let mut found = Diagnostics::new();
    let message = message(&rule.error_message, origin, scope, &mut found);
    // What is ephemeral must not be kept as the result of a check: then this is another failure of it.
    let mut afterwards = None;
    if let Message::Hidden(why, operands) = &message {
        let warning = why.warning(scope.dialect().tool, rule.error_message.location(origin), operands);
        match (kind, why) {
            (Kind::Check, Hidden::Ephemeral) => afterwards = Some(warning),
            _ => found.push(warning.with_code(HIDDEN_MESSAGE)),
        }
    }
    let (value, operands) = lang::evaluate_with_operands(&rule.condition, origin, scope, &mut found);
    let place = rule.condition.location(origin);
    if found.iter().any(Diagnostic::is_error) {
        // A check warns: what goes wrong in it must not stop the rest.
        return Checked { diagnostics: found, status: CheckStatus::Error, message: None };
    }
    let value = deprecated.taken_by_condition(value, &rule.condition, origin, &mut found);
    let verdict = verdict(&value, "Invalid condition result", &place, &mut found);
    let status = verdict.status();
    if let (Verdict::Invalid, Some(diagnostic)) = (&verdict, found.last_mut()) {
        diagnostic.operands = operands.shown(Cause::Other);
    }
    let mut said = None;
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
            let detail = match message {
                Message::Text(text) if !text.is_empty() => {
                    said = Some(text.clone());
                    text
                }
                Message::Text(_) | Message::Unknown | Message::Hidden(..) | Message::Invalid => {
                    "This check failed, but has an invalid error message as described in the other accompanying \
                     messages."
                        .to_owned()
                }
            };
            let mut diagnostic = Diagnostic::new(kind.severity(), summary, detail).at(place);
            diagnostic.operands = operands.shown(Cause::Other);
            found.push(diagnostic);
        }
    }
    found.extend(afterwards);
    Checked { diagnostics: found, status, message: said }
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

/// What an `error_message` came to.
pub(crate) enum Message {
    Text(String),
    /// It refers to what must not be shown, besides values that may be.
    Hidden(Hidden, Vec<Operand>),
    /// It is not known yet.
    Unknown,
    /// It is no text; a diagnostic says why.
    Invalid,
}

/// Why a message must not be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hidden {
    Sensitive,
    Ephemeral,
}

impl Hidden {
    /// Says that the message at `place` is not shown.
    pub fn warning(self, tool: Tool, place: Location, operands: &[Operand]) -> Diagnostic {
        let (summary, what) = self.words();
        let remedy = match self {
            Hidden::Sensitive => SENSITIVE_REMEDY,
            Hidden::Ephemeral if tool == Tool::OpenTofu => BUILT_IN_REMEDY,
            Hidden::Ephemeral => {
                ", or by using the ephemeralasnull() function on the references to not reveal ephemeral data."
            }
        };
        let detail = format!(
            "The error expression used to explain this condition refers to {what} values, so {tool} will not \
             display the resulting message.\n\nYou can correct this by removing references to {what} values{remedy}"
        );
        Diagnostic { operands: operands.to_vec(), ..Diagnostic::warning(summary, detail).at(place) }
    }

    /// The same as an error, in the words that Terraform has for the rules of variables.
    pub fn error(self, tool: Tool, place: Location, operands: &[Operand]) -> Diagnostic {
        let (summary, what) = self.words();
        let remedy = match self {
            Hidden::Sensitive => SENSITIVE_REMEDY,
            Hidden::Ephemeral if tool == Tool::OpenTofu => BUILT_IN_REMEDY,
            Hidden::Ephemeral => {
                ", or by carefully using the ephemeralasnull() function if the expression will not reveal the \
                 ephemeral data."
            }
        };
        let detail = format!(
            "The error expression used to explain this condition refers to {what} values. {tool} will not display \
             the resulting message.\n\nYou can correct this by removing references to {what} values{remedy}"
        );
        Diagnostic { operands: operands.to_vec(), ..Diagnostic::error(summary, detail).at(place) }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Hidden::Sensitive => ("Error message refers to sensitive values", "sensitive"),
            Hidden::Ephemeral => ("Error message refers to ephemeral values", "ephemeral"),
        }
    }
}

/// OpenTofu's, in which no comma stands.
const BUILT_IN_REMEDY: &str = " or by utilizing the builtin ephemeralasnull() function.";

const SENSITIVE_REMEDY: &str = ", or by carefully using the nonsensitive() function if the expression will not reveal the sensitive data.";

/// Evaluates an `error_message`.
pub(crate) fn message(expr: &Expr, origin: &Origin, scope: &dyn Scope, sink: &mut Diagnostics) -> Message {
    let before = sink.len();
    let (value, operands) = lang::evaluate_with_operands(expr, origin, scope, sink);
    if sink[before..].iter().any(Diagnostic::is_error) {
        return Message::Invalid;
    }
    let (value, marks) = value.unmark_deep();
    let hidden = |why| Message::Hidden(why, operands.shown(Cause::Other));
    let why = match lang::convert(&value, &Type::String) {
        Ok(value) if !value.is_known() => return Message::Unknown,
        Ok(value) if value.is_null() => "must not be null".to_owned(),
        Ok(_) if marks.contains(Marks::SENSITIVE) => return hidden(Hidden::Sensitive),
        Ok(_) if marks.contains(Marks::EPHEMERAL) => return hidden(Hidden::Ephemeral),
        Ok(value) => return Message::Text(value.as_str().unwrap_or_default().trim().to_owned()),
        Err(error) => error.to_string(),
    };
    sink.push(unsuitable(expr, origin, &why, operands.shown(Cause::Other)));
    Message::Invalid
}

/// Says that an `error_message` is no text.
pub(crate) fn unsuitable(expr: &Expr, origin: &Origin, why: &str, operands: Vec<Operand>) -> Diagnostic {
    let detail = format!("Unsuitable value for error message: {why}.");
    let error = Diagnostic::error("Invalid error message", detail).at(expr.location(origin));
    Diagnostic { operands, ..error }
}
