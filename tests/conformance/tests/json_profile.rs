//! Suites that are written again in the JSON profile end as they do in the native syntax.

use runblock_conformance::json_profile::in_json;
use runblock_conformance::observation::Observation;
use runblock_conformance::recorded::Case;
use runblock_conformance::{recorded, tool};

#[test]
fn suites_in_json_have_the_same_verdicts() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in recorded::all().iter().filter(|case| case.is_json()) {
        let verdicts = |case: &Case| Observation::of(&tool::run(case), true).verdicts;
        let expected = Observation::of(&case.expected, true).verdicts;
        if expected.is_empty() || case.name.starts_with("suite/json/") {
            continue;
        }
        let Some(files) = in_json(&case.files) else { continue };
        // What differs in the native syntax already is not about JSON.
        if verdicts(case) != expected {
            continue;
        }
        let args: Vec<String> =
            case.args.iter().map(|arg| arg.replace(".tftest.hcl", ".tftest.json")).collect();
        let found = verdicts(&Case { files, args, ..case.clone() });
        let expected: Vec<String> =
            expected.iter().map(|it| it.replace(".tftest.hcl", ".tftest.json")).collect();
        compared += 1;
        if found != expected {
            wrong.push(format!("{}\n  native {expected:?}\n  json   {found:?}", case.name));
        }
    }
    println!("{compared} suites compared");
    assert!(compared >= 100, "{compared}");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}
