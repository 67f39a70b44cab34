//! Whether `runblock console` prints what terraform's console printed.

use std::collections::{BTreeMap, BTreeSet};

use runblock_conformance::console::{self, Module};
use runblock_conformance::{expressions, ratchet, recorded};

const HEADER: &str = "\
Lines to which runblock's console does not yet answer like terraform 1.11.4's: group, what differs, expression.
The test fails when another one differs, and when one of these no longer does.
UPDATE_EXPECT=1 cargo test -p runblock-conformance --test console writes the list.";

#[test]
fn answers_agree_to_the_letter() {
    let answers = console::all();
    assert!(answers.len() > 1100, "{}", answers.len());
    let module = Module::of_scope();
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut disagree = BTreeSet::new();
    for expected in &answers {
        let output = module.ask(&format!("{}\n", expected.expr));
        let parts = console::differences(expected, &output);
        let group = groups.entry(&expected.group).or_default();
        group.1 += 1;
        if parts.is_empty() {
            group.0 += 1;
            continue;
        }
        println!(
            "{} ({}): {}\n    terraform: {}{}\n    runblock:  {}{}\n",
            expected.group,
            parts.join(", "),
            expected.expr,
            expected.stdout,
            expected.stderr,
            output.stdout,
            output.stderr
        );
        disagree.insert(format!("{}\t{}\t{:?}", expected.group, parts.join(","), expected.expr));
    }
    for (group, (agreed, all)) in &groups {
        println!("{group:24} {agreed:5} of {all:5}");
    }
    println!("{:24} {:5} of {:5}", "console", answers.len() - disagree.len(), answers.len());
    if let Err(report) = ratchet::hold(&recorded::home().join("disagree_console.txt"), HEADER, &disagree) {
        panic!("{report}");
    }
}

/// The recorded expressions were values of locals; at the console they have the same value.
#[test]
fn recorded_values_are_printed() {
    let (plain, in_scope) = expressions::all();
    let list = recorded::home().join("disagree_expressions.txt");
    let list = std::fs::read_to_string(list).expect("the list of the other test");
    let (empty, scope) = (Module::empty(), Module::of_scope());
    let mut wrong = Vec::new();
    let mut asked = 0;
    let cases = plain.iter().map(|it| (it, &empty)).chain(in_scope.iter().map(|it| (it, &scope)));
    for (expected, module) in cases {
        match console::agrees(expected, module) {
            None => {}
            Some(agrees) => {
                // What is wrong with an answer that the other test lists is no other here.
                let listed = list.contains(&format!("\t{:?}\n", expected.expr));
                let agrees = agrees || listed;
                asked += 1;
                if !agrees {
                    wrong.push(format!("{}: {}", expected.group, expected.expr));
                }
            }
        }
    }
    println!("{} of {asked} recorded expressions at the console", asked - wrong.len());
    assert!(asked > 2700, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
