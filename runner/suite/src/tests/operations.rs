//! Operations of one run that wait for commands: which of them go on at once, and what is told of them. Nothing here
//! sleeps: commands end when something else has happened.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, ThreadId};

use expect_test::{Expect, expect};

use super::waiting::Meeting;
use super::*;
use crate::Status;

const RUN: &str = "run \"x\" {}\n";

/// What commands have done so far.
#[derive(Clone, Default)]
struct Log(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Log {
    fn write(&self, line: String) {
        self.0.0.lock().unwrap().push(line);
        self.0.1.notify_all();
    }

    /// Comes back when a line is there.
    fn wait_for(&self, line: &str) {
        let mut lines = self.0.0.lock().unwrap();
        while !lines.iter().any(|it| it == line) {
            lines = self.0.1.wait(lines).unwrap();
        }
    }

    fn lines(&self) -> Vec<String> {
        self.0.0.lock().unwrap().clone()
    }
}

fn done() -> CommandEnd {
    CommandEnd { failure: None, output: String::new() }
}

fn failed(why: &str) -> CommandEnd {
    CommandEnd { failure: Some(why.to_owned()), output: String::new() }
}

/// Executes a suite of one run and gives its events, with what its commands do.
fn events(
    module: &str,
    at_once: usize,
    cancel: &Arc<Cancel>,
    commands: impl Fn(&str, &Cancel) -> CommandEnd + Send + Sync + 'static,
) -> Vec<String> {
    let mut suite = Fixture::new([("main.tf", module), ("t.tftest.hcl", RUN)]);
    suite.request.operations_at_once = at_once;
    executed(&suite, cancel, commands)
}

fn executed(
    suite: &Fixture,
    cancel: &Arc<Cancel>,
    commands: impl Fn(&str, &Cancel) -> CommandEnd + Send + Sync + 'static,
) -> Vec<String> {
    let mut host = TestHost::new(&suite.files);
    host.commands =
        Box::new(move |command| commands(command.words.last().map_or("", String::as_str), command.cancel));
    let mut lines = Vec::new();
    crate::run(&suite.request, &suite.files, &host, cancel, &mut |event: Event| describe(&event, &mut lines));
    lines
}

/// Goes on until it is killed.
fn until_killed(cancel: &Cancel) -> CommandEnd {
    while !cancel.is_cancelled() {
        thread::yield_now();
    }
    failed("signal: killed")
}

#[track_caller]
fn check(lines: &[String], expected: Expect) {
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn what_does_not_depend_on_each_other_waits_at_once_as_far_as_it_may() {
    let module = r#"
resource "terraform_data" "a" {
  count = 6
  provisioner "local-exec" { command = "make" }
  provisioner "local-exec" {
    when    = destroy
    command = "destroy"
  }
}
"#;
    for at_once in [1, 2, 3, 6] {
        let meeting = Meeting::of(at_once);
        let meets = Arc::clone(&meeting);
        let mut suite = Fixture::new([("main.tf", module), ("t.tftest.hcl", RUN)]);
        suite.request.operations_at_once = at_once;
        let mut host = TestHost::new(&suite.files);
        host.commands = Box::new(move |_| {
            // None would end if fewer than that many went on, in the run and in the teardown.
            meets.attend();
            done()
        });
        let mut nothing = |_: Event| {};
        let summary = crate::run(&suite.request, &suite.files, &host, &Cancel::new(), &mut nothing);
        assert_eq!((summary.status, summary.passed), (Status::Pass, 1));
        assert_eq!(*meeting.come.lock().unwrap(), 12);
        assert_eq!(meeting.peak.load(Ordering::SeqCst), at_once);
    }
}

#[test]
fn what_waits_alone_needs_no_thread_of_its_own() {
    let module = r#"
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "make a" }
  provisioner "local-exec" { command = "make a again" }
}
resource "terraform_data" "b" {
  input = terraform_data.a.id
  provisioner "local-exec" { command = "make b" }
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
  provisioner "local-exec" { command = "make c" }
}
"#;
    let threads: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let log = Log::default();
    let (seen, written) = (Arc::clone(&threads), log.clone());
    events(module, 10, &Arc::default(), move |command, _| {
        let id: ThreadId = thread::current().id();
        seen.lock().unwrap().insert(format!("{id:?}"));
        written.write(command.to_owned());
        done()
    });
    assert_eq!(log.lines(), ["make a", "make a again", "make b", "make c"]);
    // That of the run, which waits as a whole.
    assert_eq!(threads.lock().unwrap().len(), 1);
}

#[test]
fn what_is_found_is_told_in_the_order_of_the_schedule_and_the_rest_goes_on() {
    let module = r#"
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "a" }
}
resource "terraform_data" "b" {
  provisioner "local-exec" { command = "b" }
}
resource "terraform_data" "c" {
  provisioner "local-exec" { command = "c" }
  provisioner "local-exec" { command = "c again" }
}
resource "terraform_data" "after_b" {
  input = terraform_data.b.id
  provisioner "local-exec" { command = "after b" }
}
resource "terraform_data" "after_c" {
  input = terraform_data.c.id
  provisioner "local-exec" { command = "after c" }
}
"#;
    let log = Log::default();
    let written = log.clone();
    let lines = events(module, 10, &Arc::default(), move |command, _| {
        // The first one is the last to end.
        match command {
            "a" => written.wait_for("after c"),
            "c" => written.wait_for("b"),
            _ => {}
        }
        written.write(command.to_owned());
        match command {
            "a" | "b" => failed(&format!("{command} fails")),
            _ => done(),
        }
    });
    assert_eq!(log.lines(), ["b", "c", "c again", "after c", "a"]);
    check(
        &lines,
        expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["x"]}
        t.tftest.hcl
          x starts
          x error
            Error main.tf: local-exec provisioner error: Error running command 'a': a fails. Output: 
            Error main.tf: local-exec provisioner error: Error running command 'b': b fails. Output: 
          teardown
            of x
          teardown ends
        t.tftest.hcl error
        error: 0 passed, 0 failed, 1 errored, 0 skipped
    "#]],
    );
}

#[test]
fn a_second_interrupt_halts_what_goes_on_and_begins_nothing_more() {
    let module = r#"
resource "terraform_data" "a" {
  count = 4
  provisioner "local-exec" { command = "a" }
}
resource "terraform_data" "after_a" {
  input = terraform_data.a[0].id
}
resource "terraform_data" "b" {
  provisioner "local-exec" {
    command    = "b"
    on_failure = continue
  }
  provisioner "local-exec" { command = "never" }
}
resource "terraform_data" "c" {
  provisioner "local-exec" { command = "c" }
}
resource "terraform_data" "d" {}
"#;
    let cancel: Arc<Cancel> = Arc::default();
    let log = Log::default();
    let (cancels, written) = (Arc::clone(&cancel), log.clone());
    let lines = events(module, 2, &cancel, move |command, cancel| {
        written.write(command.to_owned());
        match command {
            "a" => done(),
            // Both go on when it comes.
            "b" => {
                written.wait_for("c");
                cancels.stop();
                cancels.cancel();
                failed("signal: killed")
            }
            _ => until_killed(cancel),
        }
    });
    assert!(!log.lines().iter().any(|line| line == "never"), "{:?}", log.lines());
    check(
        &lines,
        expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["x"]}
        t.tftest.hcl
          x starts
        interrupted softly
        interrupted hard
            abandoned during x
            creating Creating { source: None, addresses: ["terraform_data.a[0]", "terraform_data.a[1]", "terraform_data.a[2]", "terraform_data.a[3]", "terraform_data.after_a", "terraform_data.b", "terraform_data.c", "terraform_data.d"] }
          x error
            Error: Test interrupted: The test operation could not be completed due to an interrupt signal. Please read the remaining diagnostics carefully for any sign of failed state cleanup or dangling resources.
            Error: execution halted: 
            Error: execution halted: 
            Error: execution halted: 
            Error main.tf: local-exec provisioner error: Error running command 'c': signal: killed. Output: 
            Error: execution halted: 
            Error: execution halted: 
            Error: execution halted: 
            Error: execution halted: 
          teardown
          teardown ends
        t.tftest.hcl error
        error: 0 passed, 0 failed, 1 errored, 0 skipped
    "#]],
    );
}

#[test]
fn a_second_interrupt_in_a_teardown_lists_what_is_not_destroyed() {
    let module = r#"
resource "terraform_data" "a" {}
resource "terraform_data" "b" {
  input = terraform_data.a.id
  provisioner "local-exec" {
    when    = destroy
    command = "destroy"
  }
}
resource "terraform_data" "c" {
  input = terraform_data.b.id
}
"#;
    let test = r#"
run "x" {}
run "later" {
  module {
    source = "./later"
  }
}
run "earlier" {
  module {
    source = "./earlier"
  }
}
"#;
    let later = "resource \"terraform_data\" \"gone\" {}\n";
    let files = [
        ("main.tf", module),
        ("later/main.tf", later),
        ("earlier/main.tf", later),
        ("t.tftest.hcl", test),
        ("u.tftest.hcl", test),
    ];
    let cancel: Arc<Cancel> = Arc::default();
    let cancels = Arc::clone(&cancel);
    let lines = executed(&Fixture::new(files), &cancel, move |_, cancel| {
        cancels.stop();
        cancels.cancel();
        until_killed(cancel)
    });
    check(
        &lines,
        expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["x", "later", "earlier"], "u.tftest.hcl": ["x", "later", "earlier"]}
        t.tftest.hcl
          x starts
          x pass
          later starts
          later pass
          earlier starts
          earlier pass
          teardown
            of earlier
            of later
            of x
        interrupted softly
        interrupted hard
            abandoned during x
            left of Tested: ["terraform_data.a", "terraform_data.b", "terraform_data.c"]
            of x failed: ["Error: Test interrupted: The test operation could not be completed due to an interrupt signal. Please read the remaining diagnostics carefully for any sign of failed state cleanup or dangling resources.", "Error main.tf: local-exec provisioner error: Error running command 'destroy': signal: killed. Output: ", "Error: execution halted: "], left ["terraform_data.a", "terraform_data.b"]
          teardown ends
        t.tftest.hcl error
        error: 3 passed, 0 failed, 0 errored, 0 skipped
    "#]],
    );
}

#[test]
fn each_of_several_runs_lists_what_it_creates() {
    let module = r#"
variable "v" { default = "" }
resource "terraform_data" "first" {}
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "make ${var.v}" }
}
"#;
    let test = r#"
test {
  parallel = true
}
run "before" {
  state_key = "0"
}
run "one" {
  state_key = "1"
  variables {
    v = run.before == null ? "" : "one"
  }
}
run "two" {
  state_key = "2"
  variables {
    v = run.before == null ? "" : "two"
  }
}
"#;
    let suite = Fixture::new([("main.tf", module), ("t.tftest.hcl", test)]).dialect("terraform@1.14");
    let cancel: Arc<Cancel> = Arc::default();
    let log = Log::default();
    let (cancels, written) = (Arc::clone(&cancel), log.clone());
    let lines = executed(&suite, &cancel, move |command, cancel| {
        written.write(command.to_owned());
        match command {
            "make " => done(),
            "make one" => {
                written.wait_for("make two");
                cancels.stop();
                cancels.cancel();
                failed("signal: killed")
            }
            _ => until_killed(cancel),
        }
    });
    // Which of the two ends first is not settled.
    let first = lines.iter().position(|line| line.starts_with("  one error")).unwrap_or(lines.len());
    let second = lines.iter().position(|line| line.starts_with("  two error")).unwrap_or(lines.len());
    check(
        &lines[..first.min(second)],
        expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["before", "one", "two"]}
        t.tftest.hcl
          before starts
          before pass
          one starts
          two starts
        interrupted softly
        interrupted hard
            abandoned during one
            left of Key("0"): ["terraform_data.a", "terraform_data.first"]
            creating Creating { source: None, addresses: ["terraform_data.a", "terraform_data.first"] }
            abandoned during two
            left of Key("0"): ["terraform_data.a", "terraform_data.first"]
            creating Creating { source: None, addresses: ["terraform_data.a", "terraform_data.first"] }
    "#]],
    );
}
