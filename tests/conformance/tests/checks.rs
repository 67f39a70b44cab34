//! What `runblock check` says of recorded suites is true: of one that passes it says nothing that terraform did not say.

use std::collections::BTreeSet;

use runblock_conformance::{recorded, tool};
use serde_json::Value;

/// `error Summary @ main.tf:3` for every diagnostic of a JSON stream.
fn said(stream: &str) -> BTreeSet<String> {
    let events = stream.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events
        .filter_map(|event| {
            let found = event.get("diagnostic")?;
            let text = |value: &Value, key: &str| {
                value.get(key).map_or(String::new(), |it| it.to_string().trim_matches('"').to_owned())
            };
            let place = found.get("range").map_or(String::new(), |range| {
                format!("{}:{}", text(range, "filename"), text(&range["start"], "line"))
            });
            Some(format!("{} {} @ {place}", text(found, "severity"), text(found, "summary")))
        })
        .collect()
}

/// What terraform passes over although it is so.
const TRUE_ALL_THE_SAME: &[&str] = &[
    // The value of an output that the module does not have is dropped.
    "case/override_module_extra_output/json: warning Unknown output @ t.tftest.hcl:3",
    // Nothing is made of a mock whose defaults are no object.
    "suite/mocks/never_used/json: warning Invalid replacement value @ t.tftest.hcl:3",
    // The test puts another provider in the block's place; `terraform validate` refuses it.
    "suite/mocks/configured_block_is_replaced/json: error Unsupported argument @ main.tf:2",
    "mock/provider_arguments/json: error Unsupported argument @ main.tf:2",
    // An override of an instance that `count` or `for_each` does not make is of no use.
    "case/err_override_dup_indexed_ok/json: warning Invalid override target @ t.tftest.hcl:5",
    "suite/overrides/wrong_keys/json: warning Invalid override target @ t.tftest.hcl:2",
    "suite/overrides/wrong_keys/json: warning Invalid override target @ t.tftest.hcl:6",
    // So is such a target of a plan.
    "suite/planning/targets_that_are_not_there/json: warning Unknown target @ a.tftest.hcl:2",
    "suite/planning/targets_that_are_not_there/json: warning Unknown target @ b.tftest.hcl:2",
    "suite/planning/targets_that_are_not_there/json: warning Unknown target @ c.tftest.hcl:2",
];

/// `terraform plan` says it of a variable file, and `terraform test` does not where no run reads the value.
fn is_said_by_plan(line: &str) -> bool {
    let (what, place) = line.split_once(" @ ").unwrap_or_default();
    let is_said = |summary: &str| what.ends_with(&format!("warning {summary}"));
    place.contains(".tfvars")
        && (is_said("Value for undeclared variable") || is_said("Function calls not allowed"))
}

#[test]
fn checks_say_nothing_untrue_of_suites_that_pass() {
    let mut wrong = String::new();
    let (mut passing, mut failing, mut found, mut confirmed) = (0, 0, 0, 0);
    for case in recorded::all().iter().filter(|case| case.is_json()) {
        let (ours, theirs) = (said(&tool::check_case(case).stdout), said(&case.expected.stdout));
        if case.expected.code == 0 {
            passing += 1;
            let untrue = ours.difference(&theirs).map(|line| format!("{}: {line}", case.name));
            let untrue =
                untrue.filter(|line| !TRUE_ALL_THE_SAME.contains(&line.as_str()) && !is_said_by_plan(line));
            untrue.for_each(|line| wrong.push_str(&format!("{line}\n")));
            continue;
        }
        failing += 1;
        found += ours.len();
        let untold: Vec<&String> = ours.difference(&theirs).collect();
        confirmed += ours.len() - untold.len();
        // Of a run that was skipped, or of what came before another error, nothing is recorded.
        untold.iter().for_each(|line| println!("{}: {line}", case.name));
    }
    println!(
        "{passing} suites pass; in {failing} others {confirmed} of {found} findings are in terraform's own answer"
    );
    assert!(passing > 50, "the recordings hold suites that pass: {passing}");
    assert!(wrong.is_empty(), "{wrong}");
}
