use super::{ECHO, Fixture};

const DIALECT: &str = "terraform@1.15";

fn suite(test: &str) -> Fixture {
    Fixture::new([("main.tf", ECHO), ("other/main.tf", ECHO), ("t.tftest.hcl", test)]).dialect(DIALECT)
}

#[test]
fn a_filter_follows_references_in_both_directions() {
    let suite = || {
        suite(
            r#"
            test { parallel = true }
            run "early" {
              state_key = "early"
              variables { v = run.late.v }
            }
            run "late" { state_key = "late" }
            run "other" { state_key = "other" }
            "#,
        )
    };
    assert_eq!(suite().executed(), "late early other");
    assert_eq!(suite().filter("t.tftest.hcl::early").executed(), "(late) early");
    assert_eq!(suite().filter("t.tftest.hcl::late").executed(), "late");
}

#[test]
fn a_filter_follows_variables_of_the_file_to_each_other_and_to_runs() {
    let suite = || {
        suite(
            r#"
            variables {
              v    = var.from
              from = run.made.v
            }
            run "made" {
              module { source = "./other" }
              variables { v = "made" }
            }
            run "unused" { state_key = "unused" }
            run "takes" { state_key = "takes" }
            run "sets" {
              state_key = "sets"
              variables { v = "own" }
            }
            "#,
        )
    };
    assert_eq!(suite().filter("t.tftest.hcl::takes").executed(), "(made) takes");
    assert_eq!(suite().filter("t.tftest.hcl::sets").executed(), "sets");
}

#[test]
fn a_filter_leaves_out_what_only_order_asks_for() {
    let suite = suite("run \"a\" { state_key = \"a\" }\nrun \"b\" { state_key = \"b\" }\nrun \"c\" {}\n");
    assert_eq!(suite.filter("t.tftest.hcl::b").executed(), "b");
}

#[test]
fn a_long_file_is_put_in_order_in_no_time() {
    let mut test = String::from("test {\n  parallel = true\n}\n");
    for at in 0..2000 {
        let (parallel, next) = (at % 7 != 0, (at + 1) % 2000);
        let value = if parallel && next % 7 != 0 { format!("run.r{next}.v") } else { "\"end\"".to_owned() };
        test.push_str(&format!(
            "run \"r{at}\" {{\n  command   = plan\n  parallel  = {parallel}\n  state_key = \"k{at}\"\n  variables {{ v = {value} }}\n}}\n"
        ));
    }
    let suite = suite(&test);
    let summary = suite.run(&crate::Cancel::new(), &mut |_: crate::Event| {});
    assert_eq!(summary.passed, 2000);
}
