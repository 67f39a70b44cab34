//! What a state keeps of custom conditions, compared with the `check_results` in the state files that `terraform apply`
//! 1.11.4 writes for the same configurations, applied in the same order.

use engine::{CheckedBlock, RunOutcome};

use crate::support::{run_all, show};

/// The results as lines: a block with its status, and each of its objects with its own.
fn results(outcome: &RunOutcome) -> String {
    let line = |name: String, block: &CheckedBlock| {
        let mut line = format!("{name}: {}", block.status.word());
        for (object, result) in block.objects.iter().flatten() {
            line += &format!(", {object} {}", result.status.word());
            if !result.messages.is_empty() {
                line += &format!(" {:?}", result.messages);
            }
        }
        line + "\n"
    };
    let blocks = outcome.state.check_results().blocks();
    blocks.map(|(name, block)| line(name.to_string(), block)).collect()
}

#[track_caller]
fn check(outcome: &RunOutcome, expected: &str) {
    let mut lines: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (results, diagnostics) = (results(outcome), show(&outcome.diagnostics));
    let mut found: Vec<&str> = results.lines().collect();
    lines.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, lines, "{diagnostics}");
}

const OBJECTS: &str = r#"
//- /main.tf
variable "v" {
  default = 1
  validation {
    condition     = var.v < 10
    error_message = "too big"
  }
}
variable "without" { default = 1 }
resource "terraform_data" "a" {
  count = 2
  input = var.v
  lifecycle {
    precondition {
      condition     = var.v < 5
      error_message = "pre"
    }
    postcondition {
      condition     = self.input < 4
      error_message = "post"
    }
  }
}
resource "terraform_data" "plain" {}
output "o" {
  value = terraform_data.a[0].id
  precondition {
    condition     = terraform_data.a[0].id != ""
    error_message = "out"
  }
}
module "m" {
  source   = "./m"
  for_each = toset(["x", "y"])
  v        = var.v
}
check "c" {
  assert {
    condition     = terraform_data.a[0].id == "x"
    error_message = "id"
  }
  assert {
    condition     = var.v == 0
    error_message = "a v"
  }
}
check "good" {
  assert {
    condition     = var.v < 100
    error_message = "id"
  }
}
//- /m/main.tf
variable "v" {
  validation {
    condition     = var.v < 10
    error_message = "too big"
  }
}
resource "terraform_data" "r" {
  input = var.v
  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "x"
    }
  }
}
check "inner" {
  assert {
    condition     = terraform_data.r.id != ""
    error_message = "inner"
  }
}
"#;

#[test]
fn a_state_keeps_the_results_of_the_last_apply() {
    let runs = r#"
//- /t.tftest.hcl
run "made" {
  expect_failures = [check.c]
}
run "only_a_plan" {
  command = plan
  expect_failures = [check.c]
}
run "targeted" {
  plan_options { target = [terraform_data.a] }
}
run "refreshed" {
  plan_options { mode = refresh-only }
  expect_failures = [check.c]
}
"#;
    let outcomes = run_all(&format!("{OBJECTS}{runs}"), None);
    let all = r#"
        check.c: fail, check.c fail ["a v", "id"]
        check.good: pass, check.good pass
        var.v: pass, var.v pass
        module.m.terraform_data.r: pass, module.m["x"].terraform_data.r pass, module.m["y"].terraform_data.r pass
        module.m.check.inner: pass, module.m["x"].check.inner pass, module.m["y"].check.inner pass
        module.m.var.v: pass, module.m["x"].var.v pass, module.m["y"].var.v pass
        terraform_data.a: pass, terraform_data.a[0] pass, terraform_data.a[1] pass
        output.o: pass, output.o pass
    "#;
    check(&outcomes[0], all);
    check(&outcomes[1], all);
    check(
        &outcomes[2],
        "
        module.m.check.inner: unknown
        module.m.var.v: unknown
        module.m.terraform_data.r: unknown
        terraform_data.a: pass, terraform_data.a[0] pass, terraform_data.a[1] pass
        output.o: pass, output.o pass
        check.c: unknown
        check.good: unknown
        var.v: pass, var.v pass
        ",
    );
    check(&outcomes[3], all);
}

#[test]
fn a_failed_plan_leaves_the_results_of_the_apply_before() {
    let runs = r#"
//- /t.tftest.hcl
run "made" {
  expect_failures = [check.c]
}
run "not_made" {
  variables { v = 7 }
  expect_failures = [check.c, terraform_data.a]
}
"#;
    let outcomes = run_all(&format!("{OBJECTS}{runs}"), None);
    assert_eq!(results(&outcomes[0]), results(&outcomes[1]));
    assert!(results(&outcomes[1]).contains("terraform_data.a: pass"), "{}", results(&outcomes[1]));
}

#[test]
fn results_that_are_not_a_plain_pass_or_failure() {
    let outcomes = run_all(
        r#"
//- /main.tf
variable "v" {
  default   = "a"
  sensitive = true
  validation {
    condition     = var.v != "b"
    error_message = "not b"
  }
  validation {
    condition     = var.v != "c"
    error_message = "not c"
  }
}
data "terraform_remote_state" "s" {
  backend = "local"
  config  = { path = "x.tfstate" }
  lifecycle {
    postcondition {
      condition     = length(self.outputs) >= 0
      error_message = "data"
    }
  }
}
resource "terraform_data" "none" {
  count = 0
  lifecycle {
    precondition {
      condition     = var.v != "q"
      error_message = "never"
    }
  }
}
output "none" {
  value = "x"
  precondition {
    condition     = var.v != "q"
    error_message = "out"
  }
}
module "m" {
  source = "./m"
  count  = 0
}
resource "terraform_data" "one" { input = 1 }
check "secret" {
  assert {
    condition     = var.v == "q"
    error_message = "secret ${var.v}"
  }
  assert {
    condition     = terraform_data.one.output == 2
    error_message = "  trimmed "
  }
}
check "scoped" {
  data "terraform_remote_state" "sc" {
    backend = "local"
    config  = { path = "nowhere.tfstate" }
  }
  assert {
    condition     = length(data.terraform_remote_state.sc.outputs) == 2
    error_message = "scoped"
  }
}
//- /x.tfstate
{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","outputs":{},"resources":[]}
//- /m/main.tf
variable "v" {
  default = 1
  validation {
    condition     = var.v < 10
    error_message = "too big"
  }
}
check "in" {
  assert {
    condition     = var.v == 2
    error_message = "in"
  }
}
//- /t.tftest.hcl
run "made" {
  expect_failures = [check.secret, check.scoped]
}
"#,
        None,
    );
    check(
        &outcomes[0],
        r#"
        terraform_data.none: pass
        data.terraform_remote_state.s: unknown, data.terraform_remote_state.s unknown
        output.none: pass, output.none pass
        check.secret: fail, check.secret fail ["trimmed"]
        check.scoped: fail, check.scoped fail ["Unable to find remote state: No stored state was found for the given workspace in the given backend."]
        var.v: pass, var.v pass
        module.m.check.in: pass
        module.m.var.v: pass
        "#,
    );
}
