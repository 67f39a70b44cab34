//! Random modules with a provider that waits: whatever is asked at once and whatever is answered first, a run comes to
//! the same as one by one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ::provider::{Provider, Report};
use config::Dialect;
use syntax::Severity;

use crate::hooked::{Hooked, Twist};
use crate::provider::Memory;
use crate::support::{AtOnce, run_at_once};
use crate::waiting::LOOKS;

const MODULES: u64 = 24;

#[test]
fn what_is_asked_at_once_comes_to_the_same_as_one_by_one() {
    let peak = Arc::new(AtomicUsize::new(0));
    let (mut failures, mut passes) = (0, 0);
    for seed in 0..MODULES {
        let files = Module::random(seed);
        let (one_by_one, _) = provider(seed, None);
        let dialect = if seed % 3 == 0 { Dialect::default() } else { LOOKS };
        let how = |operations| AtOnce { operations, dialect, destroys: true };
        let (expected, left) = run_at_once(how(1), &files, one_by_one);
        failures += usize::from(expected.iter().any(|outcome| outcome.status != engine::Status::Pass));
        passes += usize::from(expected.iter().all(|outcome| outcome.status == engine::Status::Pass));
        for order in [1, 2] {
            let (at_once, most) = provider(seed, Some(order));
            let (found, found_left) = run_at_once(how(4), &files, at_once);
            peak.fetch_max(most.load(Ordering::SeqCst), Ordering::SeqCst);
            for (expected, found) in expected.iter().zip(&found) {
                assert_eq!(format!("{found:#?}"), format!("{expected:#?}"), "module {seed}:\n{files}");
            }
            assert_eq!(expected.len(), found.len());
            assert_eq!(format!("{found_left:#?}"), format!("{left:#?}"), "module {seed}:\n{files}");
        }
    }
    assert_eq!(peak.load(Ordering::SeqCst), 4);
    // Neither all right nor all wrong.
    assert!(passes > 3 && failures > 3, "{passes} of {MODULES} pass, {failures} do not");
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A provider that does now and then what it should not, the same for the same seed, and answers in some order. Counts
/// what it is asked at once.
fn provider(seed: u64, order: Option<u64>) -> (Arc<dyn Provider>, Arc<AtomicUsize>) {
    let (of, _) = Memory::with_log();
    let (here, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&most);
    let hook = move |what: &'static str, name: &str| {
        count.fetch_max(here.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        if let Some(order) = order {
            thread::sleep(Duration::from_micros(hash((order, seed, what, name)) % 200));
        }
        here.fetch_sub(1, Ordering::SeqCst);
        let report = || format!("{what} {name}");
        // Every other module has a provider that does what it should.
        match (what, hash((seed, what, name)) % 24) {
            (_, 0) if seed.is_multiple_of(4) => Twist::Say(Report::error("Refused", report())),
            (_, 1) if what != "plan" || seed.is_multiple_of(2) => {
                Twist::Say(Report { severity: Severity::Warning, ..Report::error("Reluctant", report()) })
            }
            ("read", 2..6) if seed.is_multiple_of(2) => Twist::Gone,
            ("plan", 6..12) if seed.is_multiple_of(2) => Twist::Nothing,
            ("plan", _) => Twist::Replace,
            _ => Twist::Nothing,
        }
    };
    (Arc::new(Hooked { of, waits: true, hook: Arc::new(hook) }), most)
}

/// A module that is being written.
struct Module {
    state: u64,
    /// Expressions for what has been declared.
    names: Vec<String>,
    /// What `depends_on` can name.
    blocks: Vec<String>,
    text: String,
}

impl Module {
    /// The files of a module with its tests.
    fn random(seed: u64) -> String {
        let mut module = Module { state: seed, names: Vec::new(), blocks: Vec::new(), text: String::new() };
        for at in 0..5 + module.below(8) {
            module.block(at, true);
        }
        let root = std::mem::take(&mut module.text);
        (module.names, module.blocks) = (vec!["${var.in}".to_owned()], Vec::new());
        for at in 0..2 + module.below(3) {
            module.block(at, false);
        }
        let child = module.text;
        let required = "terraform {\n  required_providers {\n    mem = {\n      source = \"hashicorp/mem\"\n    }\n  }\n}\n";
        format!(
            "//- /main.tf\n{required}variable \"n\" {{ default = 3 }}\n{root}\
             //- /m/main.tf\n{required}variable \"n\" {{ default = 3 }}\nvariable \"in\" {{}}\n{child}\
             output \"out\" {{ value = \"m${{var.in}}\" }}\n{TESTS}"
        )
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.state = hash(self.state);
        self.state % limit
    }

    /// A text that reads some of what has been declared.
    fn expression(&mut self, name: &str) -> String {
        let mut text = name.to_owned();
        for _ in 0..self.below(3) {
            if !self.names.is_empty() {
                let at = self.below(self.names.len() as u64) as usize;
                text += &format!(" {}", self.names[at]);
            }
        }
        text
    }

    fn block(&mut self, at: u64, root: bool) {
        let text = self.expression(&format!("b{at}"));
        let counted = self.below(2) == 0;
        let count = if counted { "  count = var.n\n" } else { "" };
        let text = if counted { format!("{text} ${{count.index}}") } else { text };
        let needs = match self.below(4) {
            0 if !self.blocks.is_empty() => {
                let which = self.below(self.blocks.len() as u64) as usize;
                format!("  depends_on = [{}]\n", self.blocks[which])
            }
            _ => String::new(),
        };
        let read = |block: &str, attribute: &str| match counted {
            true => format!("${{join(\"+\", {block}[*].{attribute})}}"),
            false => format!("${{{block}.{attribute}}}"),
        };
        match self.below(if root { 8 } else { 5 }) {
            0..=2 => {
                let attribute = if self.below(2) == 0 { "id" } else { "name" };
                let first = match self.below(3) {
                    0 => "  lifecycle {\n    create_before_destroy = true\n  }\n",
                    1 => {
                        "  lifecycle {\n    postcondition {\n      condition = self.name != \"\"\n      error_message = self.name\n    }\n  }\n"
                    }
                    _ => "",
                };
                self.text += &format!(
                    "resource \"mem_thing\" \"b{at}\" {{\n{count}  name = \"{text}\"\n{needs}{first}}}\n"
                );
                if !counted && root && self.below(3) == 0 {
                    self.text += &format!("import {{\n  to = mem_thing.b{at}\n  id = \"i{at}\"\n}}\n");
                }
                self.names.push(read(&format!("mem_thing.b{at}"), attribute));
                self.blocks.push(format!("mem_thing.b{at}"));
            }
            3 | 4 => {
                self.text +=
                    &format!("data \"mem_lookup\" \"b{at}\" {{\n{count}  key = \"{text}\"\n{needs}}}\n");
                self.names.push(read(&format!("data.mem_lookup.b{at}"), "value"));
                self.blocks.push(format!("data.mem_lookup.b{at}"));
            }
            5 => {
                self.text +=
                    &format!("ephemeral \"mem_token\" \"b{at}\" {{\n{count}  name = \"{text}\"\n}}\n");
            }
            6 => {
                let key = text.replace("${count.index}", "");
                let holds = if self.below(4) == 0 { "==" } else { "!=" };
                self.text += &format!(
                    "check \"b{at}\" {{\n  data \"mem_lookup\" \"s{at}\" {{\n    key = \"{key}\"\n  }}\n  assert {{\n    \
                     condition = data.mem_lookup.s{at}.value {holds} \"\"\n    error_message = \"{key}\"\n  }}\n}}\n"
                );
            }
            _ => {
                self.text +=
                    &format!("module \"b{at}\" {{\n  source = \"./m\"\n{count}  in = \"{text}\"\n}}\n");
                self.names.push(read(&format!("module.b{at}"), "out"));
                self.blocks.push(format!("module.b{at}"));
            }
        }
    }
}

const TESTS: &str = r#"
//- /t.tftest.hcl
run "planned" {
  command = plan
}
run "made" {}
run "planned_again" {
  command = plan
}
run "fewer" {
  variables { n = 2 }
}
run "refreshed" {
  variables { n = 2 }
  plan_options { mode = refresh-only }
}
run "more" {
  command = plan
  variables { n = 4 }
}
"#;
