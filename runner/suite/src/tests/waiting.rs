//! Runs that wait for commands: which of them go on at once, and what is told meanwhile. Nothing here sleeps: commands end
//! when something else has happened.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Condvar, Mutex};

use expect_test::{Expect, expect};

use super::*;
use crate::Status;

/// Makes an object with a command for its creation and one for its destruction.
const MODULE: &str = r#"
variable "v" { default = "" }
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "make ${var.v}" }
  provisioner "local-exec" {
    when    = destroy
    command = "destroy"
  }
}
"#;

/// Six runs of which no one waits for another, each with a state of its own.
fn six(parallel: &str) -> String {
    let run = |at: usize| {
        format!("run \"r{at}\" {{\n  state_key = \"{at}\"\n  variables {{\n    v = \"{at}\"\n  }}\n}}\n")
    };
    format!("test {{\n  parallel = {parallel}\n}}\n") + &(0..6).map(run).collect::<String>()
}

/// Counts commands that go on at once, and lets none end before `most` of them have met or all that can have begun.
pub(super) struct Meeting {
    most: usize,
    /// How many have come so far.
    pub(super) come: Mutex<usize>,
    changed: Condvar,
    /// How many are there now, and the most that ever were.
    here: AtomicUsize,
    pub(super) peak: AtomicUsize,
}

impl Meeting {
    pub(super) fn of(most: usize) -> Arc<Meeting> {
        let (come, changed) = (Mutex::new(0), Condvar::new());
        Arc::new(Meeting { most, come, changed, here: AtomicUsize::new(0), peak: AtomicUsize::new(0) })
    }

    pub(super) fn attend(&self) {
        self.peak.fetch_max(self.here.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let mut come = self.come.lock().unwrap();
        *come += 1;
        let group = (*come - 1) / self.most;
        self.changed.notify_all();
        while *come < (group + 1) * self.most {
            come = self.changed.wait(come).unwrap();
        }
        drop(come);
        self.here.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Executes a suite in which commands meet, and gives its statuses.
#[track_caller]
fn meet(dialect: &str, tests: &str, at_once: usize, meeting: &Arc<Meeting>) -> Summary {
    let mut suite = Fixture::new([("main.tf", MODULE), ("t.tftest.hcl", tests)]).dialect(dialect);
    suite.request.runs_at_once = at_once;
    let mut host = TestHost::new(&suite.files);
    let meets = Arc::clone(meeting);
    host.commands = Box::new(move |_| {
        meets.attend();
        CommandEnd { failure: None, output: String::new() }
    });
    let mut nothing = |_: Event| {};
    crate::run(&suite.request, &suite.files, &host, &Cancel::new(), &mut nothing)
}

#[test]
fn parallel_runs_that_wait_go_on_at_once_as_many_as_may() {
    for at_once in [2, 3, 6] {
        let meeting = Meeting::of(at_once);
        // None would end if fewer than that many went on, in the runs and in the teardown.
        let summary = meet("terraform@1.13", &six("true"), at_once, &meeting);
        assert_eq!((summary.status, summary.passed), (Status::Pass, 6));
        assert_eq!(*meeting.come.lock().unwrap(), 12);
        assert_eq!(meeting.peak.load(Ordering::SeqCst), at_once);
    }
}

#[test]
fn the_others_go_on_one_by_one() {
    for (dialect, tests) in [("terraform@1.13", six("false")), ("terraform@1.11", String::new())] {
        let tests =
            if tests.is_empty() { six("x").replace("test {\n  parallel = x\n}\n", "") } else { tests };
        let alone = Arc::new(AtomicUsize::new(0));
        let mut suite =
            Fixture::new([("main.tf", MODULE), ("t.tftest.hcl", tests.as_str())]).dialect(dialect);
        suite.request.runs_at_once = 10;
        let mut host = TestHost::new(&suite.files);
        let counted = Arc::clone(&alone);
        host.commands = Box::new(move |_| {
            assert_eq!(counted.fetch_add(1, Ordering::SeqCst), 0, "another one goes on");
            counted.fetch_sub(1, Ordering::SeqCst);
            CommandEnd { failure: None, output: String::new() }
        });
        let mut nothing = |_: Event| {};
        let summary = crate::run(&suite.request, &suite.files, &host, &Cancel::new(), &mut nothing);
        assert_eq!((summary.status, summary.passed), (Status::Pass, 6));
    }
}

/// Executes two runs whose first creation goes on until `ends` says so of an event. The clock goes on by half a second
/// whenever somebody looks at it.
#[track_caller]
fn check(ends: impl Fn(&Event, usize) -> bool, cancels: impl Fn(&Event, usize, &Cancel), expected: Expect) {
    const TEST: &str = "run \"one\" {\n  variables {\n    v = \"1\"\n  }\n}\nrun \"two\" {}\n";
    let suite = Fixture::new([("main.tf", MODULE), ("t.tftest.hcl", TEST), ("u.tftest.hcl", TEST)]);
    let mut host = TestHost::new(&suite.files);
    host.tick = Duration::from_millis(500);
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let waits = Arc::clone(&gate);
    let cancel = Arc::new(Cancel::new());
    host.commands = Box::new(move |command| {
        let makes = command.words.iter().any(|word| word == "make 1");
        let mut open = waits.0.lock().unwrap();
        while makes && !*open && !command.cancel.is_cancelled() {
            open = waits.1.wait_timeout(open, Duration::from_millis(1)).unwrap().0;
        }
        let failure = command.cancel.is_cancelled().then(|| "signal: killed".to_owned());
        CommandEnd { failure, output: String::new() }
    });
    let mut lines = Vec::new();
    let mut beats = 0;
    let mut may_end = false;
    let summary = crate::run(&suite.request, &suite.files, &host, &cancel, &mut |event: Event| {
        let goes_on = matches!(event, Event::RunGoesOn { .. });
        if goes_on && may_end {
            // The command's thread has not come to its turn yet.
            return;
        }
        beats += usize::from(goes_on);
        // How long exactly depends on how often somebody looked.
        match &event {
            Event::RunGoesOn { run, elapsed, .. } => {
                assert!(elapsed.as_millis() as usize >= 2_000 * beats, "{elapsed:?}");
                lines.push(format!("  {run} goes on"));
            }
            event => describe(event, &mut lines),
        }
        cancels(&event, beats, &cancel);
        if ends(&event, beats) {
            may_end = true;
            *gate.0.lock().unwrap() = true;
            gate.1.notify_all();
        }
    });
    lines.push(format!("{:?}{}", summary.status, if summary.cut_short { ", cut short" } else { "" }));
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn it_is_told_every_two_seconds_that_a_run_goes_on() {
    check(
        |_, beats| beats == 3,
        |_, _, _| {},
        expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["one", "two"], "u.tftest.hcl": ["one", "two"]}
        t.tftest.hcl
          one starts
          one goes on
          one goes on
          one goes on
          one pass
          two starts
          two pass
          teardown
            of two
          teardown ends
        t.tftest.hcl pass
        u.tftest.hcl
          one starts
          one pass
          two starts
          two pass
          teardown
            of two
          teardown ends
        u.tftest.hcl pass
        pass: 4 passed, 0 failed, 0 errored, 0 skipped
        Pass
    "#]],
    );
}

#[test]
fn an_interrupt_is_told_while_a_run_goes_on_which_ends_as_it_would() {
    check(
        |event, _| matches!(event, Event::Interrupted { .. }),
        |_, beats, cancel| {
            if beats == 1 {
                cancel.stop();
            }
        },
        expect![[r#"
            loaded
            discovered {"t.tftest.hcl": ["one", "two"], "u.tftest.hcl": ["one", "two"]}
            t.tftest.hcl
              one starts
              one goes on
            interrupted softly
              one pass
              two skip
              teardown
                of one
              teardown ends
            t.tftest.hcl pass
            u.tftest.hcl
              one skip
              two skip
              teardown
              teardown ends
            u.tftest.hcl skip
            pass: 1 passed, 0 failed, 0 errored, 3 skipped
            Pass
        "#]],
    );
}

#[test]
fn the_second_interrupt_ends_what_goes_on_and_lists_what_it_has_made() {
    check(
        |_, beats| beats == 2,
        |_, beats, cancel| match beats {
            1 => cancel.stop(),
            2 => cancel.cancel(),
            _ => {}
        },
        expect![[r#"
            loaded
            discovered {"t.tftest.hcl": ["one", "two"], "u.tftest.hcl": ["one", "two"]}
            t.tftest.hcl
              one starts
              one goes on
            interrupted softly
              one goes on
            interrupted hard
                abandoned during one
                creating Creating { source: None, addresses: ["terraform_data.a"] }
              one error
                Error: Test interrupted: The test operation could not be completed due to an interrupt signal. Please read the remaining diagnostics carefully for any sign of failed state cleanup or dangling resources.
                Error main.tf: local-exec provisioner error: Error running command 'make 1': signal: killed. Output: 
                Error: execution halted: 
                Error: execution halted: 
              teardown
              teardown ends
            t.tftest.hcl error
            error: 0 passed, 0 failed, 1 errored, 0 skipped
            Error, cut short
        "#]],
    );
}
