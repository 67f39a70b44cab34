//! Keys in brackets: of instances, of what is written out, and of what a test gives.

use expect_test::{Expect, expect};

use super::{complete_beside, show};

const MODULE: &str = r#"
//- /main.tf
variable "zones" {
  type = map(object({ cidr = string }))
}
variable "names" {
  type    = list(string)
  default = ["a", "b"]
}
variable "secrets" {
  type      = map(string)
  sensitive = true
  default   = { hidden = "x" }
}
locals {
  sides = toset(["left", "right"])
  tags  = { owner = "me", "a b" = "odd" }
}
resource "terraform_data" "side" {
  for_each = local.sides
}
resource "terraform_data" "zone" {
  for_each = var.zones
}
resource "terraform_data" "name" {
  count = length(var.names)
}
resource "terraform_data" "secret" {
  for_each = var.secrets
}
module "child" {
  source   = "./child"
  for_each = { blue = 1, green = 2 }
}
module "inner" {
  source = "./child"
}
output "sides" {
  value = local.sides
}
//- /child/main.tf
resource "terraform_data" "part" {
  count = 2
}
output "id" {
  value = terraform_data.part[0].id
}
"#;

const TEST: &str = "variables {\n  zones = { north = { cidr = \"x\" } }\n}\n";

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(&complete_beside(MODULE, "main.tftest.hcl", &format!("{TEST}{text}"))));
}

/// In both syntaxes.
#[track_caller]
fn check_condition(condition: &str, expected: Expect) {
    let native = format!("{TEST}run \"a\" {{\n  assert {{\n    condition = {condition}\n  }}\n}}\n");
    let native = show(&complete_beside(MODULE, "main.tftest.hcl", &native));
    let condition = condition.replace('"', "\\\"");
    let json = format!(
        "{{\"variables\": {{\"zones\": {{\"north\": {{\"cidr\": \"x\"}}}}}}, \"run\": {{\"a\": {{\"assert\": \
         {{\"condition\": \"${{{condition}}}\"}}}}}}}}"
    );
    let json = show(&complete_beside(MODULE, "main.tftest.json", &json));
    assert_eq!(native, json);
    expected.assert_eq(&native);
}

/// The keys alone, without what else an expression may begin with.
#[track_caller]
fn check_bare(condition: &str, expected: Expect) {
    let text = format!("{TEST}run \"a\" {{\n  assert {{\n    condition = {condition}\n  }}\n}}\n");
    let items = complete_beside(MODULE, "main.tftest.hcl", &text);
    let keys: Vec<_> = items.into_iter().take_while(|item| item.label != "var").collect();
    expected.assert_eq(&show(&keys));
}

#[test]
fn of_instances() {
    check_condition(
        "terraform_data.side[\"$0\"]",
        expect![[r#"
            left
            right
        "#]],
    );
    check_condition(
        "terraform_data.zone[\"$0\"].id",
        expect![[r#"
            north
        "#]],
    );
    check_condition(
        "module.child[\"$0",
        expect![[r#"
            blue
            green
        "#]],
    );
    check_condition("terraform_data.secret[\"$0\"]", expect![[""]]);
    check_condition("run[\"$0\"]", expect![[""]]);
    check_bare(
        "terraform_data.side[$0]",
        expect![[r#"
            "left"
            "right"
        "#]],
    );
    check_bare(
        "terraform_data.name[$0]",
        expect![[r#"
            0
            1
        "#]],
    );
    check_bare(
        "module.child[$0].id",
        expect![[r#"
            "blue"
            "green"
        "#]],
    );
}

#[test]
fn of_values() {
    check_condition(
        "local.tags[\"$0\"]",
        expect![[r#"
            a b
            owner (string)
        "#]],
    );
    check_condition(
        "var.zones[\"$0\"].cidr",
        expect![[r#"
            north
        "#]],
    );
    check_condition(
        "lookup(var.zones, \"$0\")",
        expect![[r#"
            north
        "#]],
    );
    check_bare(
        "var.names[$0]",
        expect![[r#"
            0
            1
        "#]],
    );
    check_bare(
        "var.zones[$0]",
        expect![[r#"
            "north"
        "#]],
    );
    check_condition("var.secrets[\"$0\"]", expect![[""]]);
}

/// What a run gives goes before what its file does.
#[test]
fn of_what_the_run_gives() {
    check(
        "run \"a\" {\n  variables {\n    zones = { south = { cidr = var.zones[\"north\"].cidr } }\n  }\n  assert {\n    \
         condition = terraform_data.zone[\"$0\"].id\n  }\n}\n",
        expect![[r#"
            south
        "#]],
    );
}

#[test]
fn of_addresses() {
    for target in ["module.child[$0]", "module.child[$0].terraform_data.part"] {
        check(
            &format!("override_module {{\n  target = {target}\n}}\n"),
            expect![[r#"
                "blue"
                "green"
            "#]],
        );
    }
    check(
        "override_resource {\n  target = terraform_data.side[\"$0\"]\n}\n",
        expect![[r#"
            left
            right
        "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    replace = [terraform_data.zone[$0]]\n  }\n}\n",
        expect![[r#"
            "north"
        "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    target = [module.child[\"blue\"].terraform_data.part[$0]]\n  }\n}\n",
        expect![[r#"
            0
            1
        "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    target = [terraform_data.side[var.$0]]\n  }\n}\n",
        expect![[""]],
    );
    let json = "{\"override_resource\": {\"target\": \"terraform_data.side[$0]\"}}";
    let items = complete_beside(MODULE, "main.tftest.json", json);
    let inserted: Vec<&str> = items.iter().map(|item| item.insert.as_str()).collect();
    assert_eq!(inserted, ["\\\"left\\\"", "\\\"right\\\""]);
}

/// Whole calls have types too.
#[test]
fn modules_are_objects() {
    check_condition(
        "[for name, it in module.child : it.$0]",
        expect![[r#"
            id (string)
        "#]],
    );
    check_condition(
        "values(module.child)[*].$0",
        expect![[r#"
            id (string)
        "#]],
    );
    check_condition(
        "one(values(var.zones)).$0",
        expect![[r#"
            cidr (string)
        "#]],
    );
    check_condition("alltrue([for id in module.child[*].id : id.$0])", expect![[""]]);
    check_bare(
        "anytrue([for id in terraform_data.name[*].id : id == $0])",
        expect![[r#"
            id (string)
        "#]],
    );
}

/// Names that are each read twice by the next one.
#[test]
fn names_that_double_take_no_time() {
    let locals: String =
        (1..60).map(|it| format!("  a{it} = merge(local.a{0}, local.a{0})\n", it - 1)).collect();
    let module = format!("//- /main.tf\nlocals {{\n  a0 = {{ b = 1 }}\n{locals}}}\n");
    let text = "run \"a\" {\n  assert {\n    condition = local.a59[\"$0\"]\n  }\n}\n";
    complete_beside(&module, "main.tftest.hcl", text);
    let text = text.replace("a59", "a5");
    assert_eq!(show(&complete_beside(&module, "main.tftest.hcl", &text)), "b (number)\n");
}
