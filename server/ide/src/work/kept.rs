//! That what is kept from before is what would be found anew.

use std::sync::Arc;

use syntax::Span;

use super::Editor;
use crate::testing::MODULE;

/// A number that follows from the one before it.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

const EVERYTHING: &str = r#"variables {
  name = "bob"
  test = 1
}
mock_provider "terraform" {
  override_resource {
    target = terraform_data.main
    values = { id = "x" }
  }
}
override_module {
  target  = module.child
  outputs = { twice = 2 }
}
run "setup" {
  module { source = "./setup" }
  variables { seed = "s" }
}
run "plan" {
  command = plan
  assert {
    condition     = terraform_data.main.id == run.setup.bucket.name
    error_message = var.test
  }
}
run "main" {
  state_key = "other"
  variables {
    name = run.plan.greeting
    size = { width = "a" }
    nope = run.lter
  }
  override_resource {
    target = terraform_data.nope
    values = { id = run.plan }
  }
  assert {
    condition     = output.greeting == "${run.main.x} ${run.later.box}"
    error_message = "x"
  }
  expect_failures = [check.health, var.name]
}
run "later" {
  command  = plan
  parallel = true
  assert {
    condition     = run.plan.box == 1 || run.setup.bucket == output.box
    error_message = ""
  }
}
"#;

const EVERYTHING_IN_JSON: &str = r#"{
  "mock_provider": {"terraform": {"override_resource": {"target": "terraform_data.main", "values": {"id": "x"}}}},
  "run": {
    "setup": {"module": {"source": "./setup"}, "variables": {"seed": "s"}},
    "plan": {
      "command": "plan",
      "assert": {"condition": "${terraform_data.main.id == run.setup.bucket.name}", "error_message": "${var.test}"}
    },
    "main": {
      "state_key": "other",
      "variables": {"name": "${run.plan.greeting}", "nope": "${run.lter}"},
      "override_resource": {"target": "terraform_data.nope", "values": {"id": "${run.plan}"}},
      "assert": [{"condition": "${output.greeting == run.main.x}", "error_message": "x"}],
      "expect_failures": ["check.health", "var.name"]
    },
    "later": {
      "command": "plan",
      "parallel": true,
      "assert": {"condition": "${run.plan.box == 1 || run.setup.bucket == output.box}", "error_message": ""}
    }
  },
  "variables": {"name": "bob", "test": 1}
}
"#;

/// What an editor has come to say of a text is what one says that has just opened it.
#[test]
fn what_is_kept_is_what_would_be_found() {
    let native = [
        "plan",
        "apply",
        "run.",
        "setup",
        "later",
        "\"",
        "{",
        "}",
        "\n",
        "name",
        "= ",
        "run \"plan\" {\n}\n",
        "main",
        "true",
        "",
        "",
        "state_key = \"other\"\n",
        "output.box",
        "var.name",
        "command = plan\n",
    ];
    let json = [
        "plan",
        "apply",
        "run.",
        "later",
        "\"",
        "}, {",
        "\n",
        "name",
        "\"plan\": {},",
        "\"main\": {\"command\": \"plan\"},\n",
        "${",
        "",
        "",
        "\"variables\": {\"x\": 1},",
        "output.box",
        "var.name",
        " ",
        "x",
        ",",
    ];
    for (dialect, seed) in [("terraform@1.11", 1), ("terraform@1.13", 2), ("opentofu@1.10", 3)] {
        keeps_what_is_found(dialect, seed, "a.tftest.hcl", EVERYTHING, &native);
        keeps_what_is_found(dialect, seed, "a.tftest.json", EVERYTHING_IN_JSON, &json);
    }
}

fn keeps_what_is_found(dialect: &str, seed: u64, name: &str, whole: &str, pieces: &[&str]) {
    let mut random = Random(seed);
    let dialects = config::Dialects::only(config::Dialect::parse(dialect).unwrap());
    let mut editor = Editor::new(MODULE);
    editor.surroundings.dialects = dialects;
    editor.open(name, whole);
    for step in 0..120 {
        let document = Arc::make_mut(&mut editor.open[0]);
        // Now and then the whole text again, so that it does not end as rubble; in JSON after every few letters.
        if step % 25 == 24 || (name.ends_with(".json") && step % 4 == 3) {
            let end = document.len();
            document.edit(Span::new(0, end), whole);
        } else {
            let start = random.below(document.len() as usize + 1);
            let length = random.below(4) * random.below(5);
            let piece = pieces[random.below(pieces.len())];
            document.edit(Span::new(start as u32, (start + length) as u32), piece);
        }
        let text = editor.open[0].text();
        let mut fresh = Editor::new(MODULE);
        fresh.surroundings.dialects = dialects;
        fresh.open(name, &text);
        let (kept, found) = (editor.diagnostics(name), fresh.diagnostics(name));
        assert_eq!(kept, found, "after step {step} in {dialect}:\n{text}");
    }
}
