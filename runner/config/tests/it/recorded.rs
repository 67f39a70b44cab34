//! What Terraform 1.11.4 said about configurations, held against what is said here.

use std::collections::BTreeSet;

use config::MemoryFiles;
use serde_json::Value;
use syntax::Diagnostic;

use crate::support::{Loaded, severity};

/// `error summary @ place: detail`, without place when there is none.
type Line = String;

fn line(severity: &str, summary: &str, place: &str, detail: &str) -> Line {
    format!("{severity} {place} {summary}: {detail}")
}

fn ours(loaded: &Loaded, diagnostics: &[Diagnostic]) -> BTreeSet<Line> {
    // Follow-up errors about an empty name have an empty place, and were not recorded.
    let somewhere =
        |it: &&Diagnostic| it.subject.as_ref().is_none_or(|place| !place.file.as_str().is_empty());
    let told = diagnostics.iter().filter(somewhere).filter(|diagnostic| severity(diagnostic) != "hint");
    let lines = told.map(|diagnostic| {
        let place = diagnostic.subject.as_ref().map_or(String::new(), |place| loaded.place(place));
        line(severity(diagnostic), &diagnostic.summary, &place, &diagnostic.detail)
    });
    lines.collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn files(case: &Value) -> MemoryFiles {
    let files = case.get("files").and_then(Value::as_object).expect("every case has files");
    MemoryFiles::new(files.iter().map(|(path, content)| (path, content.as_str().unwrap_or_default())))
}

/// Each case of `validate.json`: every line that Terraform printed is said here, and nothing else, but for the lines
/// that the case lists under `only_terraform` (not done, or found by running) and `only_ours` (Terraform stops
/// earlier).
#[test]
fn says_what_validate_says() {
    let recorded: Vec<Value> =
        serde_json::from_str(include_str!("validate.json")).expect("the recording is JSON");
    let mut wrong = String::new();
    for case in &recorded {
        let loaded = Loaded::new(files(case));
        let mut diagnostics = loaded.load_diagnostics();
        // Terraform looks no further than an error of loading.
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(loaded.static_diagnostics());
        }
        let ours = ours(&loaded, &diagnostics);
        let lines = |key: &str| -> BTreeSet<Line> {
            let values = case.get(key).and_then(Value::as_array).into_iter().flatten();
            values
                .map(|value| {
                    line(
                        text(value, "severity"),
                        text(value, "summary"),
                        text(value, "place"),
                        text(value, "detail"),
                    )
                })
                .collect()
        };
        let expected = &(&lines("diagnostics") - &lines("only_terraform")) | &lines("only_ours");
        for missing in expected.difference(&ours) {
            wrong.push_str(&format!("{}: not said: {missing}\n", text(case, "name")));
        }
        for extra in ours.difference(&expected) {
            wrong.push_str(&format!("{}: also said: {extra}\n", text(case, "name")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The errors on Terraform's plain standard error: summary, file and line.
fn printed_errors(stderr: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for block in stderr.split("\nError: ").skip(1) {
        let summary = block.lines().next().unwrap_or_default().to_owned();
        let place = block.lines().find_map(|line| line.strip_prefix("  on ")).unwrap_or_default();
        let place = place.split([',', ':']).next().unwrap_or_default().to_owned();
        found.insert((summary, place));
    }
    found
}

fn our_errors(loaded: &Loaded, diagnostics: &[Diagnostic]) -> BTreeSet<(String, String)> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    errors
        .map(|diagnostic| {
            let place = diagnostic.subject.as_ref().map_or(String::new(), |place| loaded.place(place));
            let place = place.split(',').next().unwrap_or_default().replacen(':', " line ", 1);
            (diagnostic.summary.clone(), place)
        })
        .collect()
}

/// The recorded suites: a configuration that Terraform refuses to load is refused with the same errors on the same
/// lines, every other one loads, and whatever the static checks call an error is one that the run then ended in.
#[test]
fn loads_what_terraform_loads() {
    let recorded: Value = serde_json::from_str(include_str!("../../../../tests/conformance/cases.json"))
        .expect("cases are JSON");
    let cases = recorded.get("cases").and_then(Value::as_object).expect("cases by name");
    let (mut refused, mut wrong) = (0, String::new());
    for (name, case) in cases {
        let loaded = Loaded::new(files(case));
        let stderr = printed_errors(&format!("\n{}", text(case, "stderr")));
        let at_load = our_errors(&loaded, &loaded.load_diagnostics());
        if case.get("init_code").and_then(Value::as_i64) != Some(0) {
            refused += 1;
            if at_load != stderr {
                wrong.push_str(&format!("{name}: Terraform {stderr:?}, here {at_load:?}\n"));
            }
            continue;
        }
        if !at_load.is_empty() {
            wrong.push_str(&format!("{name}: loads, but here {at_load:?}\n"));
        }
        // With `-json` everything goes to the other stream, and values from outside are not given here.
        let plain = !text(case, "stdout").starts_with('{');
        let given =
            case.get("args").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let given: Vec<&str> = given.filter_map(|arg| arg.split_once('=')).map(|(name, _)| name).collect();
        let external = |name: &str| given.iter().any(|arg| arg.trim_start_matches("-var=") == name);
        let statically = our_errors(&loaded, &loaded.static_diagnostics_with(&external));
        if plain && !statically.is_subset(&stderr) {
            wrong.push_str(&format!("{name}: Terraform {stderr:?}, here statically {statically:?}\n"));
        }
    }
    assert!(refused > 30, "the recording holds refused configurations: {refused}");
    assert!(wrong.is_empty(), "{wrong}");
}
