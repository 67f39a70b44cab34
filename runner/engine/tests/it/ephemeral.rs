//! Ephemeral resources and write-only arguments.

use engine::Status;

use crate::provider::Memory;
use crate::support::{run_all, show};

#[test]
fn open_while_planning_and_applying_and_closed_after() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
ephemeral "mem_token" "t" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "mem_thing" "a" {
  name             = "x"
  password         = ephemeral.mem_token.t["a"].secret
  password_version = 1
}
//- /t.tftest.hcl
run "made" {
  assert {
    condition     = mem_thing.a.password == null && mem_thing.a.key == "key-x" && issensitive(mem_thing.a.key)
    error_message = "write-only"
  }
}
"#,
        Some(provider),
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    assert_eq!(
        log.take(),
        [
            "-: configure null",
            "null: open a",
            "null: open b",
            "null: plan mem_thing secret of a",
            "null: close b",
            "null: close a",
            "-: configure null",
            "null: open a",
            "null: open b",
            "null: plan mem_thing secret of a",
            "null: apply x secret of a",
            "null: close b",
            "null: close a",
        ]
    );
    let thing = outcomes[0].state.objects().next().map(|(_, object)| object.value.clone());
    let password = thing.as_ref().and_then(|thing| thing.as_map()?.get("password").cloned());
    assert!(password.is_some_and(|password| password.is_null()));
}

#[test]
fn what_is_not_known_stays_closed() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
resource "mem_thing" "first" { name = "first" }
ephemeral "mem_token" "t" { name = mem_thing.first.id }
resource "mem_thing" "a" {
  name     = "x"
  password = ephemeral.mem_token.t.secret
}
//- /t.tftest.hcl
run "made" {}
"#,
        Some(provider),
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    let opened: Vec<String> = log.take().into_iter().filter(|line| line.contains("open")).collect();
    assert_eq!(opened, ["null: open id-first"]);
}

#[test]
fn failures_take_what_needs_them_along() {
    let (provider, _) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
ephemeral "mem_token" "t" { name = "locked" }
resource "mem_thing" "a" {
  password = ephemeral.mem_token.t.secret
}
//- /t.tftest.hcl
run "made" { command = plan }
"#,
        Some(provider),
    );
    assert_eq!(show(&outcomes[0].diagnostics), "Error: Locked: It cannot be opened. (main.tf:28..28)\n");
}

#[test]
fn ephemeral_values_are_kept_nowhere() {
    let (provider, _) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
ephemeral "mem_token" "t" { name = "a" }
resource "mem_thing" "a" {
  name = ephemeral.mem_token.t.secret
}
//- /t.tftest.hcl
run "made" { command = plan }
"#,
        Some(provider),
    );
    assert_eq!(
        show(&outcomes[0].diagnostics),
        "Error: Invalid use of ephemeral value: Ephemeral values are not valid for \"name\", because it is not a \
         write-only attribute and must be persisted to state. (main.tf:77..105)\n"
    );
}
