//! In which order an apply does things, told by the provisioners of what it makes and destroys.

use std::collections::BTreeMap;

use engine::RunOutcome;

use crate::support::run_with;

fn commands(text: &str) -> (Vec<RunOutcome>, Vec<String>) {
    let (outcomes, host) = run_with(text, None, &BTreeMap::new());
    let commands = host.commands.lock().expect("no test panics while it writes").clone();
    (outcomes, commands)
}

/// A resource that says when it is made and destroyed, with more arguments.
fn speaking(name: &str, arguments: &str) -> String {
    format!(
        r#"
resource "terraform_data" "{name}" {{
  {arguments}
  provisioner "local-exec" {{ command = "make {name}" }}
  provisioner "local-exec" {{
    when    = destroy
    command = "destroy {name}"
  }}
}}
"#
    )
}

#[test]
fn what_depends_on_an_object_is_destroyed_before_it_and_made_after_it() {
    let a = speaking("a", "triggers_replace = var.v");
    let b = speaking("b", "triggers_replace = terraform_data.a.id");
    let text = format!(
        "//- /main.tf\nvariable \"v\" {{ default = 1 }}\n{b}{a}//- /t.tftest.hcl\nrun \"made\" {{}}\nrun \"replaced\" {{\n  \
         plan_options {{ replace = [terraform_data.a] }}\n}}\n"
    );
    let (_, commands) = commands(&text);
    assert_eq!(commands, ["make a", "make b", "destroy b", "destroy a", "make a", "make b"]);
}

#[test]
fn what_is_made_first_makes_what_it_depends_on_be_made_first() {
    let a = speaking("a", "input = 1");
    let b =
        speaking("b", "triggers_replace = terraform_data.a.id\n  lifecycle { create_before_destroy = true }");
    let text = format!(
        "//- /main.tf\n{a}{b}//- /t.tftest.hcl\nrun \"made\" {{}}\nrun \"replaced\" {{\n  plan_options {{ replace = \
         [terraform_data.a] }}\n}}\n"
    );
    let (outcomes, commands) = commands(&text);
    // What is deposed goes without its provisioners.
    assert_eq!(commands, ["make a", "make b", "make a", "make b"]);
    assert!(outcomes.iter().all(|outcome| outcome.state.deposed().next().is_none()));
}

#[test]
fn a_failure_keeps_what_was_made_and_skips_what_needs_it() {
    let (outcomes, commands) = commands(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  count = 2
  provisioner "local-exec" { command = count.index == 0 ? "fine" : "fail" }
}
resource "terraform_data" "of_the_first" {
  input = terraform_data.a[0].id
  provisioner "local-exec" { command = "of the first" }
}
resource "terraform_data" "of_the_second" {
  input = terraform_data.a[1].id
  provisioner "local-exec" { command = "of the second" }
}
//- /t.tftest.hcl
run "made" {}
"#,
    );
    assert_eq!(commands, ["fine", "fail", "of the first"]);
    let left: Vec<String> = outcomes[0]
        .state
        .objects()
        .map(|(addr, object)| format!("{addr}{}", if object.tainted { " tainted" } else { "" }))
        .collect();
    assert_eq!(left, ["terraform_data.a[0]", "terraform_data.a[1] tainted", "terraform_data.of_the_first"]);
}

#[test]
fn a_whole_module_is_waited_for() {
    let (_, commands) = commands(
        r#"
//- /main.tf
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "a" }
}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.a]
}
module "n" {
  source     = "./m"
  depends_on = [module.m.o]
}
resource "terraform_data" "z" {
  depends_on = [module.n]
  provisioner "local-exec" { command = "z" }
}
module "late" {
  source     = "./m"
  name       = "late"
  depends_on = [terraform_data.z]
}
//- /m/main.tf
variable "name" { default = "early" }
resource "terraform_data" "r" {
  provisioner "local-exec" { command = var.name }
}
output "o" { value = 1 }
//- /t.tftest.hcl
run "made" {}
"#,
    );
    assert_eq!(commands, ["a", "early", "early", "z", "late"]);
}
