use expect_test::expect;

use super::{ECHO, Fixture, MODULE};

const CHAIN: &str = r#"
run "one" {}
run "look" {
  command = plan
}
run "other" {
  module {
    source = "./other"
  }
}
run "two" {
  variables {
    v = "two"
  }
}
run "reads_other" {
  command = plan
  module {
    source = "./third"
  }
  variables {
    v = run.other.v
  }
}
run "own_state" {
  state_key = "own"
  assert {
    condition     = run.look.v == "default"
    error_message = "no"
  }
}
"#;

fn chain() -> Fixture {
    Fixture::new([
        ("main.tf", MODULE),
        ("other/main.tf", MODULE),
        ("third/main.tf", MODULE),
        ("t.tftest.hcl", CHAIN),
    ])
}

#[test]
fn without_filters_everything_runs_in_source_order() {
    assert_eq!(chain().executed(), "one look other two reads_other own_state");
}

#[test]
fn a_run_needs_the_earlier_writers_of_its_state() {
    assert_eq!(chain().filter("t.tftest.hcl::one").executed(), "one");
    assert_eq!(chain().filter("t.tftest.hcl::two").executed(), "(one) two");
    assert_eq!(chain().filter("t.tftest.hcl::other").executed(), "other");
}

#[test]
fn a_run_needs_the_runs_whose_outputs_it_reads_and_what_they_need() {
    assert_eq!(chain().filter("t.tftest.hcl::reads_other").executed(), "(other) reads_other");
    assert_eq!(chain().filter("t.tftest.hcl::own_state").executed(), "(one) (look) own_state");
}

#[test]
fn several_filters_add_up() {
    let suite = chain().filter("t.tftest.hcl::two").filter("t.tftest.hcl::one");
    assert_eq!(suite.executed(), "one two");
    let suite = chain().filter("t.tftest.hcl::two").filter("t.tftest.hcl");
    assert_eq!(suite.executed(), "one look other two reads_other own_state");
}

#[test]
fn after_a_failure_everything_is_skipped_where_that_was_asked_for() {
    let fails = "run \"a\" {}\nrun \"b\" {\n  assert {\n    condition     = output.v == \"\"\n    error_message = \"no\"\n  }\n}\nrun \"c\" {}\n";
    let mut suite =
        Fixture::new([("main.tf", MODULE), ("a.tftest.hcl", fails), ("b.tftest.hcl", "run \"d\" {}")]);
    suite.request.fail_fast = true;
    // What is told of files is left out, and with it the indentation.
    let of_runs =
        |line: String| line.strip_prefix("  ").filter(|line| line.trim().len() > 3).map(str::to_owned);
    expect![[r#"
        a starts
        a pass
        b starts
        b fail
            Error a.tftest.hcl: Test assertion failed: no
        c skip
        teardown
          of b
        teardown ends
        d skip
        teardown
        teardown ends"#]]
    .assert_eq(&suite.events().into_iter().filter_map(of_runs).collect::<Vec<_>>().join("\n"));
}

#[test]
fn names_may_be_patterns() {
    assert_eq!(chain().filter("*.tftest.hcl::t*").executed(), "(one) two");
    assert_eq!(chain().filter("**/t.tftest.hcl::o[nt]*").executed(), "one other");
    assert_eq!(chain().filter("tests/*").executed(), "");
    let odd = "a[1].tftest.hcl";
    let suite = Fixture::new([("main.tf", MODULE), (odd, "run \"a\" {}"), ("a1.tftest.hcl", "run \"b\" {}")]);
    assert_eq!(suite.filter(odd).executed(), "b a");
}

#[test]
fn filters_that_select_nothing_are_told_by_the_habits_of_each_version() {
    let warnings = |dialect: &str, filter: &str| {
        let suite = Fixture::new([("main.tf", MODULE), ("t.tftest.hcl", "run \"a\" {}")]);
        let events = suite.dialect(dialect).filter(filter).events();
        events.into_iter().filter(|line| line.starts_with("Warning")).collect::<Vec<_>>().join("\n")
    };
    let unknown = "Warning: Unknown test file: The specified test file, x, could not be found.";
    assert_eq!(warnings("terraform@1.11", "x"), "");
    assert_eq!(warnings("terraform@1.11", "x::y"), unknown);
    assert_eq!(warnings("tofu@1.9", "x"), "");
    assert!(warnings("tofu@1.10", "x").starts_with("Warning: No tests were found: -filter is being used"));
}

#[test]
fn a_run_that_reads_through_a_file_variable_needs_it_too() {
    // Referring to runs there is an error up to Terraform 1.12, which must not hide what the selection sees.
    let suite = Fixture::new([
        ("main.tf", ECHO),
        (
            "t.tftest.hcl",
            "variables {\n  v = run.a.v\n}\nrun \"a\" {\n  variables {\n    v = \"x\"\n  }\n}\nrun \"b\" {\n  command = plan\n}\n",
        ),
    ]);
    assert_eq!(suite.filter("t.tftest.hcl::b").executed(), "(a) b");
}

fn files() -> Fixture {
    Fixture::new([
        ("main.tf", ECHO),
        ("b.tftest.hcl", "run \"b\" {}\n"),
        ("a.tftest.hcl", "run \"a\" {}\n"),
        ("B.tftest.hcl", "run \"B\" {}\n"),
        ("tests/a.tftest.hcl", "run \"ta\" {}\n"),
        ("tests/deep/x.tftest.hcl", "run \"never\" {}\n"),
        (".hidden.tftest.hcl", "run \"never\" {}\n"),
    ])
}

#[test]
fn files_run_in_byte_order_of_their_names() {
    assert_eq!(files().executed(), "B a b ta");
}

#[test]
fn a_file_is_named_as_it_is_shown() {
    assert_eq!(files().filter("a.tftest.hcl").executed(), "a");
    assert_eq!(files().filter("tests/a.tftest.hcl").filter("b.tftest.hcl").executed(), "b ta");
}

#[test]
fn a_file_that_is_not_there_is_passed_over() {
    files().filter("nope.tftest.hcl").check(expect![[r#"
        loaded
        discovered {}
        pass: 0 passed, 0 failed, 0 errored, 0 skipped
    "#]]);
}

#[test]
fn a_run_that_is_not_there_is_worth_a_warning() {
    let suite = files().filter("a.tftest.hcl::nope");
    expect![[r#"
        [
            "Warning: Unknown run block: The test file a.tftest.hcl has no run block named \"nope\".",
        ]
    "#]]
    .assert_debug_eq(&suite.diagnostics());
    assert_eq!(suite.executed(), "");
}

#[test]
fn after_an_error_the_rest_of_the_file_is_skipped_and_after_a_failure_it_is_not() {
    let suite = Fixture::new([
        ("main.tf", ECHO),
        (
            "a.tftest.hcl",
            "run \"fails\" {\n  assert {\n    condition     = output.v == \"x\"\n    error_message = \"no\"\n  }\n}\nrun \"errs\" {\n  variables {\n    v = run.later.v\n  }\n}\nrun \"later\" {}\n",
        ),
        ("b.tftest.hcl", "run \"b\" {}\n"),
    ]);
    suite.check(expect![[r#"
        loaded
        discovered {"a.tftest.hcl": ["fails", "errs", "later"], "b.tftest.hcl": ["b"]}
        a.tftest.hcl
          fails starts
          fails fail
            Error a.tftest.hcl: Test assertion failed: no
          errs starts
          errs error
            Error a.tftest.hcl: Reference to unavailable run block: The run block "later" has not executed yet. You can only reference run blocks that are in the same test file and will execute before the current run block.
          later skip
          teardown
          teardown ends
        a.tftest.hcl error
        b.tftest.hcl
          b starts
          b pass
          teardown
          teardown ends
        b.tftest.hcl pass
        error: 1 passed, 1 failed, 1 errored, 1 skipped
    "#]]);
}

#[test]
fn a_broken_file_stops_the_suite_before_anything_runs() {
    let suite = Fixture::new([
        ("main.tf", ECHO),
        ("a.tftest.hcl", "run \"a\" {}\n"),
        ("b.tftest.hcl", "run \"b\" {\n  command = \"plan\"\n}\n"),
    ]);
    suite.check(expect![[r#"
        Error b.tftest.hcl: Invalid "command" keyword: The "command" argument requires one of the following keywords without quotes: apply or plan.
        loaded
    "#]]);
}

#[test]
fn a_run_takes_its_own_overrides_before_those_of_the_file() {
    let test = "override_resource {\n  target = terraform_data.r\n  values = { id = \"file\" }\n}\nrun \"a\" {\n  \
                assert {\n    condition = terraform_data.r.id == \"file\"\n    error_message = \"a\"\n  }\n}\nrun \"b\" {\n  \
                state_key = \"b\"\n  override_resource {\n    target = terraform_data.r\n    values = { id = \"run\" }\n  \
                }\n  assert {\n    condition = terraform_data.r.id == \"run\"\n    error_message = \"b\"\n  }\n}\n";
    let events =
        Fixture::new([("main.tf", "resource \"terraform_data\" \"r\" {}\n"), ("t.tftest.hcl", test)])
            .events();
    assert!(events.iter().any(|line| line.contains("2 passed")), "{events:#?}");
}
