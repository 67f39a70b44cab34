//! Expressions that would take long: how much of each is evaluated while somebody types, counted.

use expect_test::expect_file;
use lang::lower_in;
use syntax::FileName;

use super::*;

/// What it takes, and whether that was all of it.
fn told(expression: &str) -> String {
    let dialect = Dialect::terraform(11, 4);
    let file = FileName::from("main.tf");
    let parse = syntax::parse_expression(&file, expression);
    assert!(parse.diagnostics.is_empty(), "{expression}: {:?}", parse.diagnostics);
    let scope = Unevaluated::new(dialect);
    let found = scope.value(&lower_in(&parse.tree, dialect), &Origin::new(file, 0));
    let (looks, cost) = (MOST_LOOKS - scope.looks_left.get(), MOST_COST - scope.cost_left.get());
    assert!(looks <= MOST_LOOKS && cost <= MOST_COST);
    let outcome = match found {
        None => "given up",
        Some((value, _)) => {
            assert!(value.weight() <= LIMITS.max_weight, "{expression}");
            "evaluated"
        }
    };
    // In parts of the whole: how exactly calls are weighed may change.
    let part = |spent: usize, of: usize| (spent * 100).div_ceil(of.max(1));
    let (looks, cost) = (part(looks as usize, MOST_LOOKS as usize), part(cost, MOST_COST));
    format!("{expression}\n    {outcome}: {looks} % of the iterations, {cost} % of the cost of calls\n")
}

/// The file has the expressions, and below each what becomes of it.
#[test]
fn what_takes_long_is_given_up() {
    let known = include_str!("slow.txt");
    let expressions = known.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    let all: String = expressions.map(told).collect();
    assert!(all.matches("\n    ").count() >= 40);
    expect_file!["slow.txt"].assert_eq(&all);
}
