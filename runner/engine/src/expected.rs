//! `expect_failures`: which diagnostics a run block wants, and what becomes of those it does not.

use config::{Dialect, Feature, InstanceKey, ResourceAddr, ResourceMode};
use lang::{Expr, StepKind, Traversal};
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
pub(crate) fn parse(entries: &[Expr], origin: &Origin, sink: &mut Diagnostics) -> Vec<Expected> {
    let mut expected = Vec::new();
    for entry in entries {
        // What is no traversal at all has been reported when the file was read.
        let Some(traversal) = lang::static_traversal(entry) else { continue };
        let location = entry.location(origin);
        match listed(traversal) {
            Some(object) => {
                expected.push(Expected { object, text: traversal.to_string(), location, met: false });
            }
            None => {
                let detail = format!(
                    "You cannot expect failures from {traversal}. You can only expect failures from checkable objects \
                     such as input variables, output values, check blocks, managed resources and data sources."
                );
                sink.push(
                    Diagnostic::error("Invalid `expect_failures` reference", detail)
                        .at(location)
                        .with_code("invalid-expected-failure"),
                );
            }
        }
    }
    expected
}

fn listed(traversal: &Traversal) -> Option<Listed> {
    let first = traversal.attr(0)?.clone();
    match traversal.root.as_str() {
        "var" => Some(Listed::Variable(first)),
        "output" => Some(Listed::Output(first)),
        "check" => Some(Listed::Check(first)),
        "data" => {
            let name = traversal.attr(1)?.clone();
            Some(resource(ResourceMode::Data, first, name, traversal, 2))
        }
        "resource" => {
            let name = traversal.attr(1)?.clone();
            Some(resource(ResourceMode::Managed, first, name, traversal, 2))
        }
        "module" | "local" | "each" | "count" | "self" | "path" | "terraform" | "run" | "ephemeral" => None,
        kind => Some(resource(ResourceMode::Managed, kind.into(), first, traversal, 1)),
    }
}

fn resource(mode: ResourceMode, kind: SmolStr, name: SmolStr, traversal: &Traversal, steps: usize) -> Listed {
    let key = traversal.steps.get(steps).and_then(|step| match &step.kind {
        StepKind::Key(key) => Some(InstanceKey::String(key.clone())),
        StepKind::Number(number) => number.to_i64().map(InstanceKey::Int),
        StepKind::Attr(_) | StepKind::Missing => None,
    });
    Listed::Resource(ResourceAddr { mode, kind, name }, key)
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
    for entry in expected.iter().filter(|entry| !entry.met) {
        left.push(config::missing_expected_failure(&entry.text, entry.location.clone()));
    }
    Settled { left, errors, missing }
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
