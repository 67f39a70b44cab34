//! Replays the recorded expressions and holds the result to `disagree_expressions.txt`.

use std::collections::{BTreeMap, BTreeSet};

use runblock_conformance::expressions::{self, Answer, Expression, Names, Problem};
use runblock_conformance::{ratchet, recorded};

const HEADER: &str = "Expressions on which runblock does not yet answer like terraform 1.11.4: group, what differs, expression.
The test fails when another one differs, and when one of these no longer does.
UPDATE_EXPECT=1 cargo test -p runblock-conformance --test expressions writes the list.";

#[test]
fn expressions_agree() {
    let (plain, in_scope) = expressions::all();
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut disagree = BTreeSet::new();
    let mut in_modules = 0;
    let mut errors = Errors::default();
    let mut measure = |expected: &Expression, names: &Names, in_scope: bool| {
        let mut answer = names.answer(&expected.expr);
        if matches!(answer, Answer::NeedsModule) {
            in_modules += 1;
            answer = expressions::answer_in_module(&expected.expr, in_scope);
        }
        errors.count(expected, &answer);
        let differ = expressions::differences(expected, &answer);
        let (agreed, all) = groups.entry(expected.group.clone()).or_default();
        *all += 1;
        if differ.is_empty() {
            *agreed += 1;
            return;
        }
        for part in &differ {
            *parts.entry(part).or_default() += 1;
        }
        let words: Vec<&str> = differ.into_iter().collect();
        println!(
            "{} ({}): {}\n{}",
            expected.group,
            words.join(", "),
            expected.expr,
            expressions::explain(expected, &answer)
        );
        disagree.insert(format!("{}\t{}\t{:?}", expected.group, words.join(","), expected.expr));
    };
    let (none, scope) = (Names::none(), Names::of_scope());
    plain.iter().for_each(|expected| measure(expected, &none, false));
    in_scope.iter().for_each(|expected| measure(expected, &scope, true));

    let (agreed, all) = groups.values().fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
    for (group, (agreed, all)) in &groups {
        println!("{group:24} {agreed:5} of {all:5}");
    }
    println!("{:24} {agreed:5} of {all:5}; {in_modules} of them in a module", "expressions");
    println!("what differs: {parts:?}");
    let Errors { all, summaries, ranges } = errors;
    println!(
        "wrong expressions: the same summaries for {summaries} of {all}, the same ranges for {ranges} of {all}"
    );
    assert!(all >= 150 && ranges * 100 >= all * 95, "ranges");
    if let Err(report) = ratchet::hold(&recorded::home().join("disagree_expressions.txt"), HEADER, &disagree)
    {
        panic!("{report}");
    }
}

/// Of the expressions that terraform refuses: how many runblock refuses with the same summaries, and in the same places.
#[derive(Default)]
struct Errors {
    all: usize,
    summaries: usize,
    ranges: usize,
}

impl Errors {
    fn count(&mut self, expected: &Expression, answer: &Answer) {
        let Some(first) = &expected.error else { return };
        let theirs: Vec<&Problem> = [first].into_iter().chain(&expected.more).collect();
        let ours: Vec<&Problem> = match answer {
            Answer::Errors(problems) => problems.iter().collect(),
            Answer::Value(_) | Answer::NeedsModule => Vec::new(),
        };
        self.all += 1;
        self.summaries += usize::from(same(&theirs, &ours, |problem| problem.summary.clone()));
        self.ranges += usize::from(same(&theirs, &ours, |problem| problem.range));
    }
}

/// Whether both have the same `key`s, in whatever order.
fn same<K: Ord>(theirs: &[&Problem], ours: &[&Problem], key: impl Fn(&Problem) -> K) -> bool {
    let keys = |problems: &[&Problem]| {
        let mut keys: Vec<K> = problems.iter().map(|problem| key(problem)).collect();
        keys.sort();
        keys
    };
    keys(theirs) == keys(ours)
}
