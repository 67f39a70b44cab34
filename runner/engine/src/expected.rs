//! `expect_failures`: which diagnostics a run block wants, and what becomes of those it does not.

use config::{Dialect, Feature, InstanceKey, ResourceAddr, Subject, Tool};
use lang::Expr;
use syntax::{Diagnostic, Diagnostics, Location, Origin, Severity, SmolStr};

use crate::finding::{Checkable, CheckableObject, Finding};

/// One entry of `expect_failures`.
pub(crate) struct Expected {
    object: Listed,
    text: String,
    location: Location,
    met: bool,
}

enum Listed {
    Variable(SmolStr),
    Output(SmolStr),
    Check(SmolStr),
    /// Without a key, any instance will do.
    Resource(ResourceAddr, Option<InstanceKey>),
}

/// Reads the list. Entries that cannot fail are errors of the run.
pub(crate) fn parse(entries: &[Expr], origin: &Origin, tool: Tool, sink: &mut Diagnostics) -> Vec<Expected> {
    let mut expected: Vec<Expected> = Vec::new();
    for entry in entries {
        // What is no traversal at all has been reported when the file was read.
        let Some(traversal) = lang::static_traversal(entry) else { continue };
        let reference = match config::expected_failure(traversal, origin, tool) {
            Ok(reference) => reference,
            Err(diagnostic) => {
                sink.push(diagnostic);
                continue;
            }
        };
        let (text, location) = (reference.subject.to_string(), origin.locate(reference.span));
        let object = match reference.subject {
            Subject::Variable(name) => Listed::Variable(name),
            Subject::Output(name) => Listed::Output(name),
            Subject::Check(name) => Listed::Check(name),
            Subject::Resource(addr, key) => Listed::Resource(addr, key),
            // Nothing else may be listed.
            _ => continue,
        };
        // An object that is listed twice is expected once, at its last place.
        expected.retain(|known| known.text != text);
        expected.push(Expected { object, text, location, met: false });
    }
    expected
}

impl Expected {
    fn matches(&self, check: &Checkable) -> bool {
        if !check.module.is_root() {
            return false;
        }
        match (&self.object, &check.object) {
            (Listed::Variable(a), CheckableObject::Variable(b))
            | (Listed::Output(a), CheckableObject::Output(b))
            | (Listed::Check(a), CheckableObject::Check(b)) => a == b,
            (Listed::Resource(addr, key), CheckableObject::Resource(other, other_key)) => {
                addr == other && key.as_ref().is_none_or(|key| key == other_key)
            }
            _ => false,
        }
    }
}

/// What is left of the diagnostics of the operation that decides a run.
pub(crate) struct Settled {
    pub left: Diagnostics,
    /// Whether something is wrong beside expectations that nothing met.
    pub errors: bool,
    /// Whether an expectation was not met.
    pub missing: bool,
}

/// Takes the expected diagnostics out. A failed check that nobody expected becomes an error; an expectation that nothing
/// met is one.
pub(crate) fn settle(findings: Vec<Finding>, expected: &mut [Expected]) -> Settled {
    let mut left = Diagnostics::new();
    for Finding { mut diagnostic, check } in findings {
        let Some(check) = check else {
            left.push(diagnostic);
            continue;
        };
        let is_check = matches!(check.object, CheckableObject::Check(_));
        if !is_check && !diagnostic.is_error() {
            left.push(diagnostic);
            continue;
        }
        let mut wanted = false;
        for entry in expected.iter_mut().filter(|entry| entry.matches(&check)) {
            entry.met = true;
            wanted = true;
        }
        if !wanted {
            diagnostic.severity = Severity::Error;
            left.push(diagnostic);
        }
    }
    let errors = left.iter().any(Diagnostic::is_error);
    let missing = expected.iter().any(|entry| !entry.met);
    left.extend(unmet(expected));
    Settled { left, errors, missing }
}

/// The errors for what was expected and did not happen.
pub(crate) fn unmet(expected: &[Expected]) -> impl Iterator<Item = Diagnostic> {
    let missing = expected.iter().filter(|entry| !entry.met);
    missing.map(|entry| config::missing_expected_failure(&entry.text, entry.location.clone()))
}

/// The diagnostics of a plan that keeps an apply from happening: expected failures come too early here.
pub(crate) fn explain_plan(findings: Vec<Finding>, expected: &[Expected], dialect: Dialect) -> Diagnostics {
    let mut left = Diagnostics::new();
    let mut of_variables = Diagnostics::new();
    for Finding { diagnostic, check } in findings {
        let entry = check.as_ref().and_then(|check| expected.iter().find(|entry| entry.matches(check)));
        if let Some(Expected { object: Listed::Variable(_), text, .. }) = entry {
            // OpenTofu tells it after everything else, and has no place for it.
            let detail = format!(
                "Variable {text}, has an invalid value within the test. Although this was an expected failure, it has \
                 meant the apply stage was unable to run so the overall test will fail."
            );
            of_variables.push(Diagnostic::warning("Invalid Variable in test file", detail));
        }
        if let (Some(entry), true, true) =
            (entry, diagnostic.is_error(), dialect.has(Feature::ExplainsPlanFailures))
        {
            let detail = format!(
                "A custom condition within {} failed during the planning stage and prevented the requested apply \
                 operation. While this was an expected failure, the apply operation could not be executed and so the \
                 overall test case will be marked as a failure and the original diagnostic included in the test report.",
                entry.text
            );
            let mut warning = Diagnostic::warning("Expected failure while planning", detail);
            // Only an output's has a place (measured with 1.11.4).
            if matches!(entry.object, Listed::Output(_)) {
                warning = warning.at(entry.location.clone());
            }
            left.push(warning);
        }
        left.push(diagnostic);
    }
    if dialect.has(Feature::ExplainsVariableFailures) {
        left.extend(of_variables);
    }
    left
}
