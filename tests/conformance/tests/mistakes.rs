//! What `runblock check` says of a mistake is what terraform says, at the same place, and of the corrected files it says
//! nothing. Every rule has a case.

use std::collections::{BTreeMap, BTreeSet};

use runblock_conformance::mistakes::{Mistake, mistakes};
use runblock_conformance::recorded::{home, read_tree};
use runblock_conformance::tool;
use serde_json::Value;

/// The rule of everything that is said, by `SEVERITY PLACE SUMMARY: DETAIL`.
fn said(case: &Mistake, files: &BTreeMap<String, String>) -> BTreeMap<String, &'static str> {
    let output = tool::check_in_sarif(files, case.dialect.as_deref());
    let document: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr));
    let results = document["runs"][0]["results"].as_array().expect("a report has results");
    let lines = results.iter().filter_map(|it| {
        let code = it["ruleId"].as_str().unwrap_or_default();
        let rule = config::rule(code).unwrap_or_else(|| panic!("{}: no rule {code:?} of {it}", case.name));
        let code = rule.code;
        let severity = it["level"].as_str()?;
        let text = it["message"]["text"].as_str()?;
        Some((format!("{severity} {} {text}", place(&it["locations"][0])), code))
    });
    lines.collect()
}

fn place(location: &Value) -> String {
    let location = &location["physicalLocation"];
    let Some(file) = location["artifactLocation"]["uri"].as_str() else { return "-".to_owned() };
    let region = &location["region"];
    let number = |key: &str| region[key].as_u64().unwrap_or_default();
    let (line, column) = (number("startLine"), number("startColumn"));
    let end = region["endLine"].as_u64().unwrap_or(line);
    format!("{file}:{line}:{column}-{end}:{}", number("endColumn"))
}

/// `SEVERITY SUMMARY` of a line.
fn words(line: &str) -> String {
    let mut parts = line.splitn(3, ' ');
    let (severity, _, text) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    format!("{} {}", severity.unwrap_or_default(), text.split(": ").next().unwrap_or_default())
}

fn compare(case: &Mistake, said: &BTreeMap<String, &'static str>) -> String {
    let mut wrong = String::new();
    let mut excused: BTreeSet<&String> = case.ours.iter().chain(&case.theirs).collect();
    // Hints are ours alone.
    for line in said.keys().filter(|line| !case.said.contains(*line) && !line.starts_with("note ")) {
        match case.ours.get(&words(line)) {
            Some(known) => _ = excused.remove(known),
            None => wrong.push_str(&format!("{}: also said: {line}\n", case.name)),
        }
    }
    for line in case.said.iter().filter(|line| !said.contains_key(*line)) {
        match case.theirs.get(&words(line)) {
            Some(known) => _ = excused.remove(known),
            None => wrong.push_str(&format!("{}: not said: {line}\n", case.name)),
        }
    }
    excused.iter().for_each(|words| wrong.push_str(&format!("{}: no longer differs: {words}\n", case.name)));
    wrong
}

#[test]
fn mistakes_are_found_with_the_words_of_terraform() {
    let mut wrong = String::new();
    for case in mistakes() {
        let found = said(&case, &case.wrong);
        if found.is_empty() {
            wrong.push_str(&format!("{}: nothing is said\n", case.name));
        }
        wrong.push_str(&compare(&case, &found));
        for line in said(&case, &case.corrected).keys() {
            wrong.push_str(&format!("{}: corrected, but: {line}\n", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Rules without a case here, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("assertion-failed", "only a run says it"),
    ("hidden-message", "only a run says it"),
    ("interrupted", "only a run says it"),
    ("moved", "only a run says it, of a state"),
    ("provider-bug", "only a run says it, of what a provider answers"),
    ("provider-meta", "only a run says it"),
    ("provider-not-available", "only a run says it"),
    ("unknown-expansion", "only a run says it"),
    ("guessed-types", "said to who watches a run"),
    ("no-tests", "said of a selection of tests"),
    ("unknown-test-file", "said of a selection of tests"),
    ("undefined-variable", "said of arguments of the command line"),
    ("limit", "takes a module of absurd size: `bad_input.rs`"),
    ("unreadable-file", "takes a file that cannot be read"),
    ("unreadable-manifest", "terraform ends with a sentence of its own"),
    ("provider-instance", "only OpenTofu has it, when it plans"),
    ("ineffective-version", "only OpenTofu has it: `versions/grammar.txt`"),
    ("unsupported-attribute", "only OpenTofu has it: `dialects.rs` of config"),
    ("unknown-import-target", "behind what a plan says of the same: `mistakes/imports.txt` of config"),
];

#[test]
fn every_rule_has_a_case() {
    let mut shown = BTreeSet::new();
    for case in mistakes() {
        shown.extend(said(&case, &case.wrong).into_values());
    }
    let excused: BTreeSet<&str> = ELSEWHERE.iter().map(|(code, _)| *code).collect();
    let missing: Vec<&str> = config::rules()
        .map(|rule| rule.code)
        .filter(|code| shown.contains(code) == excused.contains(code))
        .collect();
    assert!(missing.is_empty(), "no case shows, or a case does show after all: {missing:#?}");
}

/// Whoever gives a diagnostic a code says what the code stands for.
#[test]
fn every_code_is_a_rule() {
    let runner = home().join("../../runner");
    let mut unknown = BTreeSet::new();
    for (path, text) in
        read_tree(&runner).iter().filter(|(path, _)| path.contains("/src/") && path.ends_with(".rs"))
    {
        for marker in ["with_code(", "error(", "error_within(", "error_with_previous(", "warn(", "warning("] {
            // What stands behind this is about made-up diagnostics.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let literals = text.split(marker).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            let codes = literals.filter_map(|rest| Some(rest.split_once('"')?.0));
            let is_code =
                |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let codes = codes.filter(is_code).filter(|code| config::rule(code).is_none());
            unknown.extend(codes.map(|code| format!("{path}: {code}")));
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
