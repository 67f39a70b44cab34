//! Suites that are written again in the other syntax end as they do in their own.

use std::collections::BTreeMap;

use runblock_conformance::json_profile::{in_json, in_native};
use runblock_conformance::observation::Observation;
use runblock_conformance::recorded::Case;
use runblock_conformance::{recorded, tool};

type Files = BTreeMap<String, String>;

/// What cannot be said in the other syntax.
const OF_NATIVE: &[&str] = &[
    // Blocks in the place of an attribute may leave arguments out, objects may not.
    "mock/drawn_data/json",
    // A reference in quotes may hold a template, one in JSON may not.
    "suite/language/quoted_references_that_can_be_read/json",
    // Two files that differ only in how they end would be one.
    "suite/mistakes/both_hcl_json/json",
];

fn verdicts(case: &Case) -> Vec<String> {
    Observation::of(&tool::run(case), true).verdicts
}

/// The case with other files, whose tests end in `end`.
fn rewritten(case: &Case, files: Files, end: &str) -> Case {
    let renamed = |text: &str| text.replace(".tftest.hcl", end).replace(".tftest.json", end);
    Case { files, args: case.args.iter().map(|arg| renamed(arg)).collect(), ..case.clone() }
}

fn named(verdicts: &[String], end: &str) -> Vec<String> {
    verdicts.iter().map(|it| it.replace(".tftest.hcl", end).replace(".tftest.json", end)).collect()
}

#[test]
fn suites_in_json_have_the_same_verdicts() {
    let (mut compared, mut returned) = (0, 0);
    let mut wrong = Vec::new();
    for case in recorded::all().iter().filter(|case| case.is_json()) {
        let expected = Observation::of(&case.expected, true).verdicts;
        if expected.is_empty()
            || case.name.starts_with("suite/json/")
            || OF_NATIVE.contains(&case.name.as_str())
        {
            continue;
        }
        let Some(files) = in_json(&case.files) else { continue };
        // What differs in the native syntax already is not about JSON.
        if verdicts(case) != expected {
            continue;
        }
        let found = verdicts(&rewritten(case, files.clone(), ".tftest.json"));
        compared += 1;
        if found != named(&expected, ".tftest.json") {
            wrong.push(format!("{}\n  native {expected:?}\n  json   {found:?}", case.name));
        }
        // And back.
        let Some((files, _)) = in_native(&files) else { continue };
        let found = verdicts(&rewritten(case, files, ".tftest.hcl"));
        returned += 1;
        if found != named(&expected, ".tftest.hcl") {
            wrong.push(format!("{}\n  native   {expected:?}\n  and back {found:?}", case.name));
        }
    }
    println!("{compared} suites compared, {returned} of them written back");
    assert!(compared >= 600 && returned >= 600, "{compared} {returned}");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn suites_from_json_have_the_same_verdicts() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in recorded::all().iter().filter(|case| case.is_json()) {
        let Some((files, 1..)) = in_native(&case.files) else { continue };
        let expected = Observation::of(&case.expected, true).verdicts;
        if expected.is_empty() || verdicts(case) != expected {
            continue;
        }
        let found = verdicts(&rewritten(case, files, ".tftest.hcl"));
        compared += 1;
        if found != named(&expected, ".tftest.hcl") {
            wrong.push(format!("{}\n  json   {expected:?}\n  native {found:?}", case.name));
        }
    }
    println!("{compared} suites compared");
    assert!(compared >= 20, "{compared}");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
