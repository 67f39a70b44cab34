//! How far two outputs of one command agree, from the exit code to the letter.

use std::fmt;

use serde_json::Value;

use crate::observation::{Observation, Output};
use crate::text;

/// One kind of agreement. They are measured independently of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The exit code.
    Exit,
    /// Which run blocks completed, in which order, with which status.
    Verdicts,
    /// Severity, summary and place of every diagnostic, in order.
    Diagnostics,
    /// Every character, apart from what differs from run to run.
    Text,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Exit, Self::Verdicts, Self::Diagnostics, Self::Text];

    /// The word in the ratchet's list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Verdicts => "verdicts",
            Self::Diagnostics => "diagnostics",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The levels at which the two outputs agree. `json` says which form both have.
pub fn agreement(expected: &Output, actual: &Output, json: bool) -> Vec<Level> {
    let (theirs, ours) = (Observation::of(expected, json), Observation::of(actual, json));
    let agrees = |level: &Level| match level {
        Level::Exit => theirs.code == ours.code,
        Level::Verdicts => theirs.verdicts == ours.verdicts,
        Level::Diagnostics => theirs.diagnostics == ours.diagnostics,
        Level::Text => same_text(expected, actual, json),
    };
    Level::ALL.into_iter().filter(agrees).collect()
}

/// What differs, for a person to read: at most the first few lines of each kind.
pub fn explain(expected: &Output, actual: &Output, json: bool) -> String {
    let (theirs, ours) = (Observation::of(expected, json), Observation::of(actual, json));
    let mut report = String::new();
    if theirs.code != ours.code {
        report.push_str(&format!("  exit code: terraform {}, runblock {}\n", theirs.code, ours.code));
    }
    difference(&mut report, "verdicts", &theirs.verdicts, &ours.verdicts);
    difference(&mut report, "diagnostics", &theirs.diagnostics, &ours.diagnostics);
    if report.is_empty() && json {
        differing_events(&mut report, &text::events(&expected.stdout), &text::events(&actual.stdout));
    }
    if report.is_empty() {
        let streams =
            [("stdout", &expected.stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)];
        for (stream, theirs, ours) in streams {
            let lines = |output: &str| text::human(output).lines().map(str::to_owned).collect::<Vec<_>>();
            difference(&mut report, stream, &lines(theirs), &lines(ours));
        }
    }
    report
}

fn same_text(expected: &Output, actual: &Output, json: bool) -> bool {
    let same_stdout = match json {
        true => text::events(&expected.stdout) == text::events(&actual.stdout),
        false => text::human(&expected.stdout) == text::human(&actual.stdout),
    };
    same_stdout && text::human(&expected.stderr) == text::human(&actual.stderr)
}

/// Names the fields in which events at the same place differ, or the first event that only one list has.
fn differing_events(report: &mut String, theirs: &[Value], ours: &[Value]) {
    const SHOWN: usize = 4;
    for (at, (theirs, ours)) in theirs.iter().zip(ours).enumerate().filter(|(_, (a, b))| a != b).take(SHOWN) {
        report.push_str(&format!("  event {at}, {}:\n", ours["@message"]));
        differing_fields(report, "", theirs, ours);
    }
    let (common, rest) = (theirs.len().min(ours.len()), theirs.len().abs_diff(ours.len()));
    if rest > 0 {
        let (longer, whose) =
            if theirs.len() > ours.len() { (theirs, "terraform") } else { (ours, "runblock") };
        let first = longer.get(common).map_or_else(String::new, |event| event["@message"].to_string());
        report.push_str(&format!("  {rest} more events of {whose}, the first is {first}\n"));
    }
}

fn differing_fields(report: &mut String, path: &str, theirs: &Value, ours: &Value) {
    match (theirs, ours) {
        _ if theirs == ours => {}
        (Value::Object(a), Value::Object(b)) => {
            for name in a.keys().chain(b.keys().filter(|name| !a.contains_key(*name))) {
                differing_fields(report, &format!("{path}/{name}"), &theirs[name], &ours[name]);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                differing_fields(report, &format!("{path}/{at}"), a, b);
            }
        }
        _ => report.push_str(&format!("    {path}\n    - terraform {theirs}\n    + runblock  {ours}\n")),
    }
}

/// Prints both lists from the first line that differs.
fn difference(report: &mut String, what: &str, theirs: &[String], ours: &[String]) {
    const SHOWN: usize = 6;
    if theirs == ours {
        return;
    }
    let same = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
    report.push_str(&format!("  {what}, after {same} equal lines:\n"));
    for (sign, lines) in [("- terraform", theirs), ("+ runblock ", ours)] {
        for line in lines.iter().skip(same).take(SHOWN) {
            report.push_str(&format!("    {sign} {line}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded;

    fn greeting(form: &str) -> Output {
        let name = format!("workspace/greeting/{form}");
        recorded::all().into_iter().find(|case| case.name == name).expect("a recorded case").expected
    }

    #[test]
    fn everything_agrees_with_itself() {
        for case in recorded::all() {
            let json = case.is_json();
            assert_eq!(agreement(&case.expected, &case.expected, json), Level::ALL, "{}", case.name);
            assert_eq!(explain(&case.expected, &case.expected, json), "");
        }
    }

    #[test]
    fn another_wording_costs_the_text_only() {
        let expected = greeting("human");
        let mut actual = expected.clone();
        actual.stderr = actual.stderr.replace("not a question", "never a question");
        assert_eq!(agreement(&expected, &actual, false), [Level::Exit, Level::Verdicts, Level::Diagnostics]);
        assert!(explain(&expected, &actual, false).contains("+ runblock  A greeting is never a question."));
    }

    #[test]
    fn another_place_costs_the_diagnostics() {
        let expected = greeting("json");
        let mut actual = expected.clone();
        actual.stdout = actual.stdout.replace("\"column\": 21", "\"column\": 22");
        assert_ne!(expected, actual);
        assert_eq!(agreement(&expected, &actual, true), [Level::Exit, Level::Verdicts]);
    }

    #[test]
    fn differing_fields_are_named() {
        let expected = greeting("json");
        let actual = Output {
            stdout: expected.stdout.replace("is \\\"Ada\\\"", "is \\\"Bob\\\""),
            ..expected.clone()
        };
        let report = explain(&expected, &actual, true);
        assert!(
            report.contains("/diagnostic/snippet/values/1/statement\n    - terraform \"is \\\"Ada"),
            "{report}"
        );
    }

    #[test]
    fn another_verdict_is_seen() {
        let expected = greeting("human");
        let actual =
            Output { code: 0, stdout: expected.stdout.replace("... fail", "... pass"), ..expected.clone() };
        assert_eq!(agreement(&expected, &actual, false), [Level::Diagnostics]);
    }
}
