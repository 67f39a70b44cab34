//! Replays the recorded cases, suites and workspaces and holds the result to `agree.txt`.

use std::collections::{BTreeMap, BTreeSet};

use runblock_conformance::level::{self, Level};
use runblock_conformance::{ratchet, recorded, tool};

const HEADER: &str =
    "Where runblock answers like terraform 1.11.4: what was run, then the levels at which the answers agree.
The test fails when a level is lost, and when one is won that is not in the list.
UPDATE_EXPECT=1 cargo test -p runblock-conformance --test suites writes the list.";

#[test]
fn suites_agree() {
    let cases = recorded::all();
    let mut agree = BTreeSet::new();
    let mut panics = Vec::new();
    let mut counts: BTreeMap<&str, BTreeMap<Level, usize>> = BTreeMap::new();
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        let actual = tool::run(case);
        let levels = level::agreement(&case.expected, &actual, case.is_json());
        let kind = case.name.split('/').next().unwrap_or_default();
        *totals.entry(kind).or_default() += 1;
        for level in &levels {
            *counts.entry(kind).or_default().entry(*level).or_default() += 1;
        }
        if levels != Level::ALL {
            println!("{}\n{}", case.name, level::explain(&case.expected, &actual, case.is_json()));
        }
        if actual.code == tool::PANIC {
            panics.push(case.name.as_str());
        }
        let words: Vec<&str> = levels.iter().map(|level| level.word()).collect();
        agree.insert(format!("{}: {}", case.name, words.join(" ")));
    }

    for (kind, total) in &totals {
        let count =
            |level| counts.get(kind).and_then(|counts| counts.get(&level)).copied().unwrap_or_default();
        let words: Vec<String> =
            Level::ALL.iter().map(|level| format!("{level} {}", count(*level))).collect();
        println!("{kind:10} of {total:3} agree: {}", words.join(", "));
    }
    assert!(panics.is_empty(), "runblock panics on {panics:?}");
    if let Err(report) = ratchet::hold(&recorded::home().join("agree.txt"), HEADER, &agree) {
        panic!("{report}");
    }
}
