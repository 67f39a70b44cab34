//! What the provider `coder` plans and refuses, by modules of our own; public ones run in `real-modules.sh`.

use std::collections::BTreeMap;

use runblock_conformance::coder_provider::CoderProvider;
use runblock_conformance::observation::Output;
use runblock_conformance::tool::{self, Folder};

const HEAD: &str = r#"
terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}
variable "start" { default = true }
variable "blocks" { default = null }
variable "timeout" { default = null }
data "coder_workspace" "me" {}
resource "coder_script" "a" {
  agent_id           = "agent"
  display_name       = data.coder_workspace.me.name
  script             = "true"
  run_on_start       = var.start
  start_blocks_login = var.blocks
  timeout            = var.timeout
}
"#;

fn run(tests: &str) -> Output {
    let files = BTreeMap::from([("main.tf", HEAD), ("main.tftest.hcl", tests)]);
    let args = ["test", tool::RECORDED].map(String::from).to_vec();
    tool::run_with_provider(&Folder::of(files), args, CoderProvider::new())
}

#[test]
fn what_is_not_given_has_a_default() {
    let output = run(r#"
run "planned" {
  command = plan
  assert {
    condition     = !coder_script.a.run_on_stop && !coder_script.a.start_blocks_login && coder_script.a.timeout == 0
    error_message = "false and 0 stand for nothing"
  }
  assert {
    condition     = coder_script.a.icon == null && coder_script.a.display_name == "default"
    error_message = "null stays null"
  }
}
run "made" {
  assert {
    condition     = coder_script.a.id != ""
    error_message = "an id"
  }
}
run "replaced" {
  variables { timeout = 5 }
  assert {
    condition     = coder_script.a.timeout == 5
    error_message = "replaced"
  }
}
"#);
    assert!(output.stdout.contains("run \"planned\"... pass"), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("run \"made\"... pass"), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("run \"replaced\"... pass"), "{}{}", output.stdout, output.stderr);
}

#[test]
fn its_id_is_known_later() {
    let output = run(r#"
run "id_is_known_later" {
  command = plan
  assert {
    condition     = coder_script.a.id == ""
    error_message = "unknown"
  }
}
"#);
    assert!(output.stderr.contains("Error: Unknown condition value"), "{}", output.stderr);
}

#[test]
fn what_never_runs_is_refused() {
    let output = run(r#"
run "planned" {
  command = plan
  variables { start = false }
}
run "made" {
  variables { start = false }
}
"#);
    assert!(output.stdout.contains("run \"planned\"... pass"), "{}{}", output.stdout, output.stderr);
    let why = "Error: at least one of `run_on_start`, `run_on_stop`, or `cron` must be set";
    assert!(output.stderr.contains(why), "{}", output.stderr);
    let output = run("run \"planned\" {\n  command = plan\n  variables { timeout = 0 }\n}\n");
    let why = "Error: expected timeout to be at least (1), got 0";
    assert!(output.stderr.contains(why), "{}", output.stderr);
}
