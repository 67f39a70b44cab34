//! Everything that can be wrong in a test file has a case that shows it: see `errors.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use runblock_conformance::level::Level;
use runblock_conformance::recorded::{self, home};
use runblock_conformance::versions::topics;

#[test]
fn every_error_has_a_case() {
    let mut shown = BTreeSet::new();
    // A recording shows what runblock says where the two agree about it.
    let agrees = agreed();
    for case in recorded::all().iter().filter(|case| !case.is_json()) {
        if agrees.get(&case.name).is_some_and(|levels| levels.contains(Level::Diagnostics.word())) {
            collect(&case.expected.stdout, &mut shown);
            collect(&case.expected.stderr, &mut shown);
        }
    }
    for case in topics().iter().flat_map(|topic| &topic.cases) {
        collect(&case.answer.output.stdout, &mut shown);
        collect(&case.answer.output.stderr, &mut shown);
    }
    let list = fs::read_to_string(home().join("errors.txt")).expect("errors.txt is part of the sources");
    let mut told = BTreeSet::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (summary, what) = line.split_once(" | ").unwrap_or_else(|| panic!("{line}: what is it said of?"));
        assert!(!what.is_empty() && told.insert(summary), "{line}: stands twice, or says nothing");
    }
    let missing: Vec<&&str> = told.iter().filter(|summary| !shown.contains(**summary)).collect();
    assert!(missing.is_empty(), "no case shows {missing:#?}");
}

/// The levels of agreement by case, as `agree.txt` has them.
fn agreed() -> BTreeMap<String, String> {
    let list = fs::read_to_string(home().join("agree.txt")).expect("agree.txt is part of the sources");
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let entry = |line: &str| {
        let (name, levels) = line.rsplit_once(':')?;
        Some((name.to_owned(), levels.to_owned()))
    };
    lines.filter_map(entry).collect()
}

/// The summaries in an output of the human form.
fn collect(output: &str, shown: &mut BTreeSet<String>) {
    for line in output.lines() {
        let summary = line.strip_prefix("Error: ").or_else(|| line.strip_prefix("Warning: "));
        shown.extend(summary.map(str::to_owned));
    }
}
