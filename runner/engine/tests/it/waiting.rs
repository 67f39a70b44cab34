//! A provider that has to wait for something outside: what of a run it is asked at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use ::provider::{
    Answer, ApplyRequest, Object, Outside, PlanRequest, Planned, Provider, ReadRequest, Report,
};
use config::{ResourceMode, Schema};
use engine::Status;
use lang::Value;

use crate::provider::{ADDRESS, Memory};
use crate::support::{run_at_once, show};

/// Another provider, whose objects are made, and whose data is read, only when as many are asked for at once.
struct Waiting {
    of: Arc<dyn Provider>,
    meeting: Arc<Meeting>,
}

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

impl Provider for Waiting {
    fn address(&self) -> &str {
        ADDRESS
    }

    fn configuration(&self) -> &Schema {
        self.of.configuration()
    }

    fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.of.schema(mode, kind)
    }

    fn kinds(&self, mode: ResourceMode) -> Vec<&str> {
        self.of.kinds(mode)
    }

    fn configure(self: Arc<Self>, config: &Value) -> Answer<Arc<dyn Provider>> {
        let meeting = Arc::clone(&self.meeting);
        let answer = Arc::clone(&self.of).configure(config);
        let wrap = |of| -> Arc<dyn Provider> { Arc::new(Waiting { of, meeting }) };
        Answer { value: answer.value.map(wrap), reports: answer.reports }
    }

    fn read(&self, request: &ReadRequest<'_>) -> Answer<Object> {
        self.of.read(request)
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Answer<Planned> {
        self.of.plan(request)
    }

    fn apply(&self, request: &ApplyRequest<'_>) -> Answer<Object> {
        self.meeting.attend();
        let named = |value: &Value| value.as_map().and_then(|all| all.get("name")).cloned();
        if named(request.planned).is_some_and(|name| name.as_str() == Some("bad")) {
            return Answer::refused(Report::error("Not to be made", "It is bad."));
        }
        self.of.apply(request)
    }

    fn read_data(&self, kind: &str, config: &Value, outside: &dyn Outside) -> Answer<Value> {
        self.meeting.attend();
        self.of.read_data(kind, config, outside)
    }
}

fn waiting(most: usize) -> (Arc<dyn Provider>, Arc<Meeting>) {
    let meeting = Arc::new(Meeting {
        most,
        come: Mutex::new(0),
        changed: Condvar::new(),
        here: AtomicUsize::new(0),
        peak: AtomicUsize::new(0),
    });
    let (of, _) = Memory::with_log();
    (Arc::new(Waiting { of, meeting: Arc::clone(&meeting) }), meeting)
}

#[test]
fn objects_that_do_not_depend_on_each_other_are_made_and_changed_at_once() {
    let (provider, meeting) = waiting(3);
    let outcomes = run_at_once(
        3,
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
    let (provider, _) = waiting(2);
    let outcomes = run_at_once(
        2,
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
