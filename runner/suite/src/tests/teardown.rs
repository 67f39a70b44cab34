use expect_test::expect;

use super::{Fixture, MODULE};

#[test]
fn states_are_destroyed_in_the_reverse_order_of_their_last_writers() {
    // Terraform's documentation shows this order: a setup module, the module under test, a loader.
    let suite = Fixture::new([
        ("main.tf", MODULE),
        ("setup/main.tf", MODULE),
        ("loader/main.tf", MODULE),
        (
            "t.tftest.hcl",
            r#"
run "setup" {
  module {
    source = "./setup"
  }
}
run "create" {}
run "load" {
  module {
    source = "./loader"
  }
}
run "again" {
  module {
    source = "./setup"
  }
}
run "look" {
  command = plan
}
"#,
        ),
    ]);
    suite.check(expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["setup", "create", "load", "again", "look"]}
        t.tftest.hcl
          setup starts
          setup pass
          create starts
          create pass
          load starts
          load pass
          again starts
          again pass
          look starts
          look pass
          teardown
            of again
            of load
            of create
          teardown ends
        t.tftest.hcl pass
        pass: 5 passed, 0 failed, 0 errored, 0 skipped
    "#]]);
}

#[test]
fn what_cannot_be_destroyed_is_listed_and_fails_the_file() {
    let suite = Fixture::new([
        (
            "main.tf",
            "resource \"terraform_data\" \"a\" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
        ),
        ("t.tftest.hcl", "run \"a\" {}\n"),
    ]);
    suite.check(expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["a"]}
        t.tftest.hcl
          a starts
          a pass
          teardown
            of a
            of a failed: ["Error main.tf: Instance cannot be destroyed: Resource terraform_data.a has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option."], left ["terraform_data.a"]
          teardown ends
        t.tftest.hcl error
        error: 1 passed, 0 failed, 0 errored, 0 skipped
    "#]]);
}

#[test]
fn files_do_not_share_state() {
    let plan = "run \"plan\" {\n  command = plan\n  assert {\n    condition     = terraform_data.a.id != null\n    error_message = \"new\"\n  }\n}\n";
    let suite =
        Fixture::new([("main.tf", MODULE), ("a.tftest.hcl", "run \"a\" {}\n"), ("b.tftest.hcl", plan)]);
    assert_eq!(suite.executed(), "a plan");
}
