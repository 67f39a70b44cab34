//! What is wrong with a module whatever its variables are is said without running anything.

use super::Fixture;

#[track_caller]
fn check(module: &str, expected: &[&str]) {
    let fixture = Fixture::new([("main.tf", module), ("t.tftest.hcl", "run \"a\" {\n}\n")]);
    assert_eq!(fixture.found(), expected);
}

#[test]
fn a_module_is_evaluated_with_nothing_known() {
    check(
        "locals {\n  a = local.b\n  b = local.a\n}\n",
        &["Error: Cycle: local.b (expand), local.a (expand): "],
    );
    check(
        "variable \"v\" {\n  default   = \"\"\n  ephemeral = true\n}\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\n",
        &[
            "Error main.tf: Invalid use of ephemeral value: Ephemeral values are not valid for \"input\", because it is not a \
           write-only attribute and must be persisted to state.",
        ],
    );
    check(
        "resource \"terraform_data\" \"a\" {\n  count = \"many\"\n}\n",
        &["Error main.tf: Incorrect value type: Invalid expression value: a number is required."],
    );
    check(
        "resource \"terraform_data\" \"a\" {\n  id = \"mine\"\n}\n",
        &["Error: \"id\" attribute is read-only: "],
    );
}

/// Checks do not need the providers that a run needs.
#[test]
fn a_provider_that_is_not_at_hand_is_passed_over() {
    const MODULE: &str = "resource \"cloud_server\" \"a\" {\n  count = length(var.names)\n  name  = var.names[count.index]\n}\n\
                          variable \"names\" {\n  type = list(string)\n}\noutput \"ids\" {\n  value = cloud_server.a[*].id\n}\n\
                          provider \"cloud\" {\n  alias = \"west\"\n}\nresource \"cloud_server\" \"west\" {\n  provider = \
                          cloud.west\n}\n";
    let values = ("t.tftest.hcl", "variables {\n  names = []\n}\nrun \"a\" {\n}\n");
    assert_eq!(Fixture::new([("main.tf", MODULE), values]).found(), [] as [&str; 0]);
    let wrong = format!("{MODULE}output \"wrong\" {{\n  value = cloud_server.a[*].id + {{}}\n}}\n");
    let found = Fixture::new([("main.tf", &wrong), values]).found();
    assert_eq!(
        found,
        ["Error main.tf: Invalid operand: Unsuitable value for right operand: number required."]
    );
}
