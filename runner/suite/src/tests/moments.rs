//! Interrupts at every moment: after each event, and within each command of a suite. Whatever the moment, what was made is
//! either destroyed or told.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::Status;

/// Objects that are replaced, in two modules of which each has names of its own.
fn module(name: &str) -> String {
    format!(
        r#"
variable "v" {{ default = "0" }}
resource "terraform_data" "{name}" {{
  count            = 2
  triggers_replace = var.v
  provisioner "local-exec" {{ command = "make terraform_data.{name}[${{count.index}}] ${{self.id}}" }}
  provisioner "local-exec" {{
    when    = destroy
    command = "destroy terraform_data.{name}[${{count.index}}] ${{self.id}}"
  }}
}}
resource "terraform_data" "{name}_after" {{
  triggers_replace = terraform_data.{name}[0].id
  provisioner "local-exec" {{ command = "make terraform_data.{name}_after ${{self.id}}" }}
  provisioner "local-exec" {{
    when    = destroy
    command = "destroy terraform_data.{name}_after ${{self.id}}"
  }}
}}
resource "terraform_data" "{name}_silent" {{}}
"#
    )
}

const FILE: &str = r#"
run "one" {}
run "plan" {
  command = plan
}
run "own" {
  module {
    source = "./own"
  }
}
run "two" {
  variables {
    v = "1"
  }
}
"#;

/// How often somebody presses the keys, and when.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After that many events.
    Event(usize),
    /// While the command of that number goes on.
    Command(usize),
}

/// What a suite has left behind.
struct Left {
    summary: Summary,
    /// Whether the second interrupt came before everything was over.
    hard: bool,
    /// The addresses of objects that exist, and of those that were told.
    exist: BTreeSet<String>,
    told: BTreeSet<String>,
    events: usize,
    commands: usize,
}

/// Executes the suite with one or two interrupts.
fn interrupted(dialect: &str, parallel: &str, moment: Option<Moment>, twice: bool) -> Left {
    let (main, own) = (module("a"), module("o"));
    let test = format!("{parallel}{FILE}");
    let files = [("main.tf", &*main), ("own/main.tf", &own), ("t.tftest.hcl", &test)];
    let suite = Fixture::new(files).dialect(dialect);
    let mut host = TestHost::new(&suite.files);
    let cancel = Arc::new(Cancel::new());
    let press = move |cancel: &Cancel| {
        cancel.stop();
        if twice {
            cancel.cancel();
        }
    };
    let objects: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let commands: Arc<AtomicUsize> = Arc::default();
    let (exist, counted, cancels) = (Arc::clone(&objects), Arc::clone(&commands), Arc::clone(&cancel));
    host.commands = Box::new(move |command| {
        let words: Vec<&str> = command.words.last().map(|it| it.split(' ').collect()).unwrap_or_default();
        let [deed, address, id] = words[..] else { panic!("{words:?}") };
        if deed == "make" {
            exist.lock().unwrap().insert(id.to_owned(), address.to_owned());
        }
        let number = counted.fetch_add(1, Ordering::SeqCst);
        if matches!(moment, Some(Moment::Command(at)) if at == number) {
            press(&cancels);
        }
        if command.cancel.is_cancelled() {
            return CommandEnd { failure: Some("signal: killed".to_owned()), output: String::new() };
        }
        if deed == "destroy" {
            exist.lock().unwrap().remove(id);
        }
        CommandEnd { failure: None, output: String::new() }
    });
    let (mut events, mut hard, mut told) = (0, false, BTreeSet::new());
    let summary = crate::run(&suite.request, &suite.files, &host, &cancel, &mut |event: Event| {
        match event {
            Event::Interrupted { hard: true } => hard = true,
            Event::Abandoned { left, creating, .. } => {
                let objects = left.into_iter().flat_map(|it| it.objects);
                told.extend(objects.map(|it| it.address).chain(creating.addresses));
            }
            Event::TeardownFailed { left, .. } => told.extend(left.into_iter().map(|it| it.address)),
            _ => {}
        }
        if matches!(moment, Some(Moment::Event(at)) if at == events) {
            press(&cancel);
        }
        events += 1;
    });
    let exist = objects.lock().unwrap().values().cloned().collect();
    let commands = commands.load(Ordering::SeqCst);
    Left { summary, hard, exist, told, events, commands }
}

#[test]
fn an_interrupt_at_any_moment_leaves_nothing_untold() {
    let suites =
        [("terraform@1.11", ""), ("terraform@1.14", "test {\n  parallel = true\n}\n"), ("tofu@1.10", "")];
    for (dialect, parallel) in suites {
        let whole = interrupted(dialect, parallel, None, false);
        assert_eq!((whole.summary.status, whole.exist.len()), (Status::Pass, 0), "{dialect}");
        let moments = (0..whole.events).map(Moment::Event).chain((0..whole.commands).map(Moment::Command));
        for moment in moments {
            let once = interrupted(dialect, parallel, Some(moment), false);
            assert!(!once.hard && once.exist.is_empty(), "{dialect} {moment:?}: {:?}", once.exist);
            assert_eq!(once.summary.failed + once.summary.errored, 0, "{dialect} {moment:?}");
            let twice = interrupted(dialect, parallel, Some(moment), true);
            let untold: Vec<&String> = twice.exist.difference(&twice.told).collect();
            assert!(untold.is_empty(), "{dialect} {moment:?}: {untold:?}");
            assert!(twice.hard || twice.exist.is_empty(), "{dialect} {moment:?}: {:?}", twice.exist);
            assert!(twice.exist.is_empty() || twice.summary.status == Status::Error, "{dialect} {moment:?}");
        }
    }
}
