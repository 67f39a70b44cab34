//! A provider that has to wait for something outside: what of a run it is asked at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use ::provider::{Provider, Report};
use config::Dialect;
use engine::{RunOutcome, Status};

use crate::hooked::{Hooked, Twist};
use crate::provider::{Log, Memory};
use crate::support::{AtOnce, run_at_once, show};

/// Operations that go on only when as many are asked for at once.
struct Meeting {
    most: usize,
    come: Mutex<usize>,
    changed: Condvar,
    here: AtomicUsize,
    peak: AtomicUsize,
}

impl Meeting {
    fn attend(&self) {
        self.peak.fetch_max(self.here.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let mut come = self.come.lock().expect("nobody panics while it counts");
        *come += 1;
        let group = (*come - 1) / self.most;
        self.changed.notify_all();
        while *come < (group + 1) * self.most {
            come = self.changed.wait(come).expect("nobody panics while it counts");
        }
        drop(come);
        self.here.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A provider with operations that meet, so many at once. It does not make what is bad.
fn waiting(most: usize, meets: &'static [&'static str]) -> (Arc<dyn Provider>, Arc<Meeting>, Log) {
    let meeting = Arc::new(Meeting {
        most,
        come: Mutex::new(0),
        changed: Condvar::new(),
        here: AtomicUsize::new(0),
        peak: AtomicUsize::new(0),
    });
    let (of, log) = Memory::with_log();
    let meet = Arc::clone(&meeting);
    let hook = move |what: &'static str, name: &str| {
        if meets.contains(&what) {
            meet.attend();
        }
        match (what, name) {
            ("apply", "bad") => Twist::Say(Report::error("Not to be made", "It is bad.")),
            _ => Twist::Nothing,
        }
    };
    (Arc::new(Hooked { of, waits: true, hook: Arc::new(hook) }), meeting, log)
}

/// Executes runs and destroys what they have made, for which everything is planned once more. Operations meet three at a
/// time, `come` of them in all.
#[track_caller]
fn meet(meets: &'static [&'static str], come: usize, files: &str) -> (Vec<RunOutcome>, Log) {
    let (provider, meeting, log) = waiting(3, meets);
    let how = AtOnce { operations: 3, dialect: LOOKS, destroys: true };
    let (outcomes, destroyed) = run_at_once(how, &format!("{files}{REQUIRED}"), provider);
    assert!(destroyed.is_some_and(|destroyed| destroyed.state.is_empty()));
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Pass), "{outcomes:?}");
    assert_eq!(*meeting.come.lock().expect("nobody panics while it counts"), come);
    assert_eq!(meeting.peak.load(Ordering::SeqCst), 3);
    (outcomes, log)
}

/// A version that plans once more before it destroys.
pub const LOOKS: Dialect = Dialect::terraform(11, 4);

const REQUIRED: &str = r#"
//- /versions.tf
terraform {
  required_providers {
    mem = {
      source = "hashicorp/mem"
    }
  }
}
"#;

#[test]
fn a_plan_reads_data_at_once_whether_of_one_block_or_of_several() {
    let files = r#"
//- /main.tf
data "mem_lookup" "many" {
  count = 3
  key   = "k${count.index}"
}
data "mem_lookup" "one" {
  key = data.mem_lookup.many[0].value
}
data "mem_lookup" "two" {
  key = data.mem_lookup.many[1].value
}
check "three" {
  data "mem_lookup" "scoped" {
    key = data.mem_lookup.many[2].value
  }
  assert {
    condition     = data.mem_lookup.scoped.value != ""
    error_message = "it is read"
  }
}
//- /t.tftest.hcl
run "planned" {
  command = plan
}
"#;
    meet(&["read_data"], 2 * 6, files);
}

#[test]
fn objects_are_looked_at_and_planned_at_once_declared_or_not() {
    let files = r#"
//- /main.tf
variable "n" { default = 3 }
resource "mem_thing" "all" {
  count = var.n
  name  = "thing ${count.index}"
}
//- /t.tftest.hcl
run "made" {}
run "planned" {
  command = plan
}
run "refreshed" {
  command = plan
  plan_options { mode = refresh-only }
}
run "gone" {
  command = plan
  variables { n = 0 }
}
run "kept" {
  command = plan
  plan_options { refresh = false }
}
"#;
    // Those that are made are not there before.
    let (outcomes, _) = meet(&["read"], 3 + 3 + 3 + 3, files);
    assert_eq!(outcomes[3].state.objects().count(), 3);
    // What is made is planned again when it is applied, what is only looked at is not planned, nor is what goes.
    meet(&["plan"], (3 + 3) + 3 + 3 + 3, files);
}

#[test]
fn objects_are_taken_over_at_once() {
    let files = r#"
//- /main.tf
import {
  for_each = toset(["a", "b", "c"])
  to       = mem_thing.all[each.key]
  id       = each.key
}
resource "mem_thing" "all" {
  for_each = toset(["a", "b", "c"])
  name     = each.key
}
//- /t.tftest.hcl
run "planned" {
  command = plan
}
"#;
    // The state that is destroyed has what was taken over.
    meet(&["import", "read"], (3 + 3) + 3, files);
}

#[test]
fn what_is_opened_at_once_is_closed_in_one_order() {
    let files = r#"
//- /main.tf
ephemeral "mem_token" "all" {
  count = 3
  name  = "token ${count.index}"
}
//- /t.tftest.hcl
run "planned" {
  command = plan
}
"#;
    const LAST_FIRST: [&str; 3] = ["null: close token 2", "null: close token 1", "null: close token 0"];
    let (_, log) = meet(&["open"], 2 * 3, files);
    let closed = log.take().into_iter().filter(|line| line.contains("close")).collect::<Vec<_>>();
    assert_eq!(closed, [LAST_FIRST, LAST_FIRST].concat());
}

#[test]
fn who_does_not_wait_is_asked_on_the_thread_of_the_walk() {
    let (of, _) = Memory::with_log();
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, own) = (Arc::clone(&asked), thread::current().id());
    let hook = move |_: &'static str, _: &str| {
        count.fetch_add(1, Ordering::SeqCst);
        assert_eq!(thread::current().id(), own);
        Twist::Nothing
    };
    let provider = Arc::new(Hooked { of, waits: false, hook: Arc::new(hook) });
    let files = r#"
//- /main.tf
resource "mem_thing" "all" {
  count = 3
  name  = "thing ${count.index}"
}
data "mem_lookup" "all" {
  count = 3
  key   = "k${count.index}"
}
//- /t.tftest.hcl
run "made" {}
run "planned" {
  command = plan
}
"#;
    let (outcomes, _) = run_at_once(
        AtOnce { operations: 10, dialect: LOOKS, destroys: true },
        &format!("{files}{REQUIRED}"),
        provider,
    );
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Pass), "{outcomes:?}");
    // Planned, planned again and made, and read; then looked at and planned, and read, twice; then destroyed.
    assert_eq!(asked.load(Ordering::SeqCst), (9 + 3) + (6 + 3) + (6 + 3) + 3);
}

#[test]
fn objects_that_do_not_depend_on_each_other_are_made_and_changed_at_once() {
    let (provider, meeting, _) = waiting(3, &["apply", "read_data"]);
    let (outcomes, _) = run_at_once(
        AtOnce { operations: 3, dialect: LOOKS, destroys: false },
        r#"
//- /main.tf
terraform {
  required_providers {
    mem = {
      source = "hashicorp/mem"
    }
  }
}
variable "n" { default = "0" }
resource "mem_thing" "all" {
  count = 3
  name  = "${var.n} ${count.index}"
}
resource "mem_thing" "after" {
  count = 3
  name  = "after ${mem_thing.all[count.index].name}"
}
data "mem_lookup" "late" {
  count = 3
  key   = mem_thing.after[count.index].id
}
//- /t.tftest.hcl
run "made" {
  assert {
    condition     = data.mem_lookup.late[2].value != null
    error_message = "it is read"
  }
}
"#,
        provider,
    );
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Pass), "{outcomes:?}");
    assert_eq!(*meeting.come.lock().unwrap(), 9);
    assert_eq!(meeting.peak.load(Ordering::SeqCst), 3);
}

#[test]
fn what_one_of_them_says_is_told_in_its_place() {
    let (provider, _, _) = waiting(2, &["apply"]);
    let (outcomes, _) = run_at_once(
        AtOnce { operations: 2, dialect: LOOKS, destroys: false },
        r#"
//- /main.tf
terraform {
  required_providers {
    mem = {
      source = "hashicorp/mem"
    }
  }
}
resource "mem_thing" "bad" {
  name = "bad"
}
resource "mem_thing" "good" {
  name = "good"
}
resource "mem_thing" "never" {
  name = mem_thing.bad.id
}
//- /t.tftest.hcl
run "made" {}
"#,
        provider,
    );
    let [outcome] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(show(&outcome.diagnostics), "Error: Not to be made: It is bad. (main.tf:117..118)\n");
    let left: Vec<String> = outcome.state.objects().map(|(addr, _)| addr.to_string()).collect();
    assert_eq!(left, ["mem_thing.good"]);
}
