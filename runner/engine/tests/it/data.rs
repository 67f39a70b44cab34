//! Data sources of a provider that is made of memory.

use engine::Status;

use crate::provider::Memory;
use crate::support::{run_all, show};

#[test]
fn data_is_read_once_in_the_plan_or_once_while_applying() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
resource "mem_thing" "a" { name = "a" }
data "mem_lookup" "now" { key = "now" }
data "mem_lookup" "later" { key = mem_thing.a.id }
//- /t.tftest.hcl
run "made" {
  assert {
    condition     = data.mem_lookup.later.value == "value of id-a" && data.mem_lookup.now.value == "value of now"
    error_message = "values"
  }
}
run "again" { command = plan }
"#,
        Some(provider),
    );
    for outcome in &outcomes {
        assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
    }
    let read: Vec<String> = log.take().into_iter().filter(|line| line.contains("read")).collect();
    assert_eq!(read, ["null: read now", "null: read id-a", "null: read now", "null: read id-a"]);
}

#[test]
fn the_data_of_a_check_is_its_own() {
    let (provider, _) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
resource "mem_thing" "a" { name = "a" }
check "found" {
  data "mem_lookup" "d" { key = "none" }
  assert {
    condition     = data.mem_lookup.d.value == "never asked"
    error_message = "no"
  }
}
//- /t.tftest.hcl
run "expected" {
  expect_failures = [check.found]
}
run "not_expected" {}
"#,
        Some(provider),
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    assert_eq!(
        show(&outcomes[1].diagnostics),
        "Error: Nothing found: There is nothing of that key. (main.tf:88..94)\n"
    );
    assert_eq!(outcomes[1].state.objects().count(), 2);
}
