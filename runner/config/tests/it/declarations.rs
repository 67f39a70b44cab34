//! What is declared, and what is said about files that are being typed.

use config::{Command, InstanceKey, ResourceAddr, ResourceMode, TestId};
use expect_test::{Expect, expect};

use crate::support::Loaded;

/// Everything that is said about a fixture.
fn check(fixture: &str, expected: Expect) {
    let loaded = Loaded::parse(fixture);
    let mut diagnostics = loaded.load_diagnostics();
    diagnostics.extend(loaded.static_diagnostics());
    expected.assert_eq(&loaded.render(&diagnostics));
}

#[test]
fn half_typed_names_are_not_judged() {
    let loaded = Loaded::parse(
        r#"
variable "a" {}
output "o" {
  value = var.
}
//- /a.tftest.hcl
run "r" {
  assert {
    condition     = output.
    error_message = "x"
  }
}
"#,
    );
    assert!(loaded.static_diagnostics().is_empty());
    assert!(loaded.tree.module.outputs.contains_key("o"));
    assert_eq!(loaded.tests.first().map(|test| test.runs.len()), Some(1));
}

#[test]
fn a_module_that_calls_itself_ends() {
    check(
        r#"
module "m" {
  source = "./m"
}
//- /m/main.tf
module "again" {
  source = "../m"
}
"#,
        expect![[r#"
            error m/main.tf:1,1-15 [recursive-module] Module not installed
                This module is not yet installed. Run "terraform init" to install all modules required by this configuration.
        "#]],
    );
}

#[test]
fn missing_directories_are_named() {
    check(
        r#"
module "m" {
  source = "./m"
}
module "r" {
  source = "a/b/c"
}
"#,
        expect![[r#"
            error main.tf:1,1-11 [unreadable-module] Module not installed
                This module's local cache directory  could not be read. Run "terraform init" to install all modules required by this configuration.
            error main.tf:4,1-11 [module-not-installed] Module not installed
                This module is not yet installed. Run "terraform init" to install all modules required by this configuration.
        "#]],
    );
}

#[test]
fn override_files_declare_nothing_twice() {
    check(
        r#"
variable "a" {}
//- /main_override.tf
variable "a" {
  default = 1
}
"#,
        expect![""],
    );
}

#[test]
fn override_files_change_what_is_declared() {
    let loaded = Loaded::parse(
        r#"
variable "a" {
  type = number
}
locals {
  l = var.a
}
output "o" {
  value = local.l
}
resource "terraform_data" "x" {}
//- /override.tf
variable "a" {
  default = "7"
}
locals {
  l = 2
  m = 3
}
output "o" {
  sensitive = true
}
output "nope" {
}
resource "terraform_data" "x" {
  input = 1
}
check "c" {
  assert {
    condition     = var.a == 1
    error_message = "x"
  }
}
"#,
    );
    let module = &loaded.tree.module;
    let a = module.variables.get("a").and_then(|a| a.default.clone());
    assert_eq!(a, Some(lang::Value::number(lang::Number::from_i64(7))));
    assert_eq!(module.locals.get("l").map(|l| l.origin.file.as_str()), Some("override.tf"));
    assert!(module.outputs.get("o").is_some_and(|o| o.sensitive && o.value.is_some()));
    expect![[r#"
        error override.tf:6,3-8 [missing-override-base] Missing base local value definition to override
            There is no local value named "m". An override file can only override a local value that was already defined in a primary configuration file.
        error override.tf:11,1-14 [missing-override-base] Missing base output definition to override
            There is no output named "nope". An override file can only override an output that was already defined in a primary configuration file.
        error override.tf:16,1-10 [invalid-override] Can't override check blocks
            Override files cannot override check blocks.
    "#]].assert_eq(&loaded.render(&loaded.load_diagnostics()));
}

#[test]
fn dynamic_blocks_bind_their_names() {
    let loaded = Loaded::parse(
        r#"
resource "x_y" "z" {
  dynamic "rule" {
    for_each = var.rules
    content {
      name = rule.value
      key  = rule.key
    }
  }
  dynamic "other" {
    for_each = [1]
    iterator = it
    content {
      name = it.value
      no   = other.value
    }
  }
}
variable "rules" {}
"#,
    );
    expect![[r#"
        error main.tf:14,14-25 [unknown-resource] Reference to undeclared resource
            A managed resource "other" "value" has not been declared in the root module.
    "#]]
    .assert_eq(&loaded.render(&loaded.static_diagnostics()));
}

#[test]
fn reads_meta_arguments_and_keeps_the_rest() {
    let loaded = Loaded::parse(
        r#"
resource "terraform_data" "a" {
  for_each   = toset(["x"])
  depends_on = [terraform_data.b]
  input      = each.key
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition     = self.id != ""
      error_message = "no id"
    }
  }
}
resource "terraform_data" "b" {}
"#,
    );
    assert_eq!(loaded.render(&loaded.static_diagnostics()), "");
    let resource = &loaded.tree.module.resources[&ResourceAddr::managed("terraform_data", "a")];
    assert!(resource.for_each.is_some() && resource.count.is_none());
    assert_eq!(resource.depends_on.len(), 1);
    assert_eq!(resource.lifecycle.create_before_destroy, Some(true));
    assert_eq!(resource.lifecycle.postconditions.len(), 1);
    let names: Vec<_> = resource.body.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(names, ["input"]);
    let subjects = config::References::of_resource(resource);
    let subjects: Vec<String> = subjects.subjects().iter().map(ToString::to_string).collect();
    assert_eq!(subjects, ["each.key", "terraform_data.b"]);
}

#[test]
fn reads_a_run() {
    let loaded = Loaded::parse(
        r#"
variable "a" {}
//- /tests/x.tftest.hcl
variables {
  a = 1
}
run "r" {
  command   = plan
  state_key = "k"
  variables {
    a = 2
  }
  module {
    source = "./m"
  }
  plan_options {
    mode   = refresh-only
    target = [module.m["k"].data.t.n[0]]
  }
  expect_failures = [var.a]
}
//- /m/main.tf
variable "a" {}
"#,
    );
    assert_eq!(loaded.render(&loaded.load_diagnostics()), "");
    let file = loaded.tests.first().expect("one test file");
    let run = file.runs.first().expect("one run");
    assert_eq!(run.command, Command::Plan);
    assert_eq!(run.state_key.as_ref().map(|(key, _)| key.as_str()), Some("k"));
    assert_eq!(run.module.as_ref().map(|module| module.source.as_str()), Some("./m"));
    assert_eq!(run.expect_failures.len(), 1);
    let target = run.plan_options.target.first().and_then(lang::static_traversal).expect("one target");
    let target = config::Target::parse(target).expect("an address");
    assert_eq!(target.to_string(), "module.m[\"k\"].data.t.n[0]");
    let (addr, key) = target.resource.expect("of a resource");
    assert_eq!((addr.mode, key), (ResourceMode::Data, InstanceKey::Int(0)));
    let ids = TestId::of_runs(".", file);
    assert_eq!(ids.first().map(ToString::to_string).as_deref(), Some("tests/x.tftest.hcl::r"));
}

#[test]
fn checks_a_test_file_against_its_modules() {
    check(
        r#"
variable "name" {
  default = "x"
}
output "greeting" {
  value = var.name
}
//- /setup/main.tf
output "id" {
  value = 1
}
//- /a.tftest.hcl
run "setup" {
  module {
    source = "./setup"
  }
}
run "main" {
  variables {
    name  = run.setup.id
    other = run.setup.ids
  }
  assert {
    condition     = output.greting == run.setup.id && run.setup.greeting == run.last.x
    error_message = "x ${upper("a", "b")}"
  }
  expect_failures = [var.nme, local.x]
}
run "last" {}
"#,
        expect![[r#"
            error a.tftest.hcl:9,22-26 [unknown-run-output] Unsupported attribute
                This object does not have an attribute named "ids".
            warning a.tftest.hcl:9,13-26 [undeclared-variable] Value for undeclared variable
                The module under test does not declare a variable named "other", but it is declared in run block "main".
            error a.tftest.hcl:12,21-35 [unknown-output] Reference to undeclared output value
                An output value with the name "greting" has not been declared. Did you mean "greeting"?
            error a.tftest.hcl:12,77-85 [later-run] Reference to unevaluated run block
                The run "last" block has not yet been evaluated, so its results are not available here.
            error a.tftest.hcl:15,31-38 [invalid-expected-failure] Invalid `expect_failures` reference
                You cannot expect failures from local.x. You can only expect failures from checkable objects such as input variables, output values, check blocks, managed resources and data sources.
        "#]],
    );
}

/// Nested blocks of an override count in the place of all blocks of their type, however they are made, and keep the
/// places that they have in their own file.
#[test]
fn an_override_replaces_blocks_by_their_type() {
    let loaded = Loaded::parse(
        r#"
//- /main.tf
resource "x_y" "r" {
  a = 1
  b = 2
  rule { n = 1 }
  rule { n = 2 }
  made { n = 3 }
  dynamic "kept" {
    for_each = []
    content {}
  }
}
//- /override.tf
# A line more.
resource "x_y" "r" {
  b = 3
  c = 4
  dynamic "made" {
    for_each = [1]
    content { n = 5 }
  }
  rule { n = 6 }
}
"#,
    );
    let resource = loaded.tree.module.resources.values().next().unwrap();
    let body = &resource.body;
    let attributes = body.attributes.iter().map(|attribute| {
        let place = attribute.value.location(&resource.origin);
        format!("{} at {}", attribute.name, loaded.place(&place))
    });
    let blocks = body.blocks.iter().map(|block| {
        let place = block.origin(&resource.origin).locate(block.header);
        format!("{} at {}", block.makes(), loaded.place(&place))
    });
    let list: Vec<String> = attributes.chain(blocks).collect();
    expect![[r#"
        a at main.tf:2,7-8
        b at override.tf:3,7-8
        c at override.tf:4,7-8
        kept at main.tf:7,3-17
        made at override.tf:5,3-17
        rule at override.tf:9,3-7"#]]
    .assert_eq(&list.join("\n"));
}
