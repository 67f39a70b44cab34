//! Edits of a module beside its tests: how much is checked again, and that it is enough.

use std::sync::Arc;

use syntax::Span;

use super::kept::Random;
use super::{Done, Editor, editor};

#[test]
fn an_edit_of_a_module_checks_the_runs_that_see_it() {
    let mut editor = editor();
    let other = "run \"a\" {\n  module {\n    source = \"../second\"\n  }\n  assert {\n    condition     = output.s == 1\n    error_message = \"\"\n  }\n}\nrun \"b\" {\n  assert {\n    condition     = output.o == 1\n    error_message = \"\"\n  }\n}\n";
    editor.open("other/a.tftest.hcl", other);
    editor.open("second/main.tf", "output \"s\" {\n  value = 1\n}\n");
    assert_eq!(editor.diagnostics("other/a.tftest.hcl"), []);
    let done = editor.work(|it| it.edit("second/main.tf", "\"s\"", "\"t\""));
    assert_eq!((done.checked_runs, done.facts.merged_modules, done.facts.merged_tests), (1, 1, 0));
    assert_eq!(editor.diagnostics("other/a.tftest.hcl").len(), 1);
}

/// A module of which every run reads something else.
fn wide(count: usize) -> Editor {
    let output = |n: usize| {
        format!(
            "locals {{\n  l{n} = var.size\n}}\nresource \"terraform_data\" \"r{n}\" {{\n  input = local.l{n}\n}}\noutput \"o{n}\" {{\n  value = terraform_data.r{n}.output\n}}\n"
        )
    };
    let run = |n: usize| {
        format!(
            "run \"r{n}\" {{\n  assert {{\n    condition     = output.o{n} == {n} && terraform_data.r{n}.input == 1\n    error_message = \"\"\n  }}\n}}\n"
        )
    };
    let module: String = (0..count).map(output).collect();
    let module = format!("variable \"size\" {{\n  default = 1\n}}\n{module}");
    let mut editor = Editor::new(&format!("\n//- /main.tf\n{module}"));
    editor.surroundings = crate::testing::surroundings();
    editor.open("main.tftest.hcl", &(0..count).map(run).collect::<String>());
    editor.open("main.tf", &module);
    assert_eq!(editor.diagnostics("main.tftest.hcl"), []);
    editor
}

/// However long the tests are, a letter in a module checks what names something that it changes.
#[test]
fn an_edit_of_a_module_checks_the_runs_that_name_what_has_changed() {
    let edits = [
        ("a comment", "output \"o9\"", "# The ninth.\noutput \"o9\"", 1),
        ("a local value", "l7 = var.size", "l7 = var.size + 1", 1),
        ("an attribute", "input = local.l8\n", "input = local.l8 + 2\n", 1),
        ("an output", "value = terraform_data.r9.output", "value = terraform_data.r9.id", 1),
        ("a name", "output \"o3\"", "output \"o3x\"", 1),
        ("the name as it was", "output \"o3x\"", "output \"o3\"", 1),
        (
            "a resource more",
            "}\noutput \"o5\"",
            "}\nresource \"terraform_data\" \"new\" {\n}\noutput \"o5\"",
            1,
        ),
        ("half a block", "output \"o5\" {", "output \"o5\"", 40),
        ("all of it", "output \"o5\"", "output \"o5\" {", 1),
        ("half a block again", "output \"o5\" {", "output \"o5\"", 0),
        ("more of that half", "output \"o5\"", "output \"o55\"", 0),
        ("all of another one", "output \"o55\"", "output \"o5\" {", 1),
    ];
    let all = |count: usize| {
        let mut editor = wide(count);
        edits.map(|(what, from, to, _)| (what, editor.work(|it| it.edit("main.tf", from, to))))
    };
    let few = all(40);
    for ((what, done), (.., checked)) in few.iter().zip(edits) {
        assert_eq!(done.checked_runs, checked, "{what}: {done:?}");
        assert!(done.doubted_runs <= 1 && done.facts.merged_tests == 0, "{what}: {done:?}");
    }
    let counts = |done: &(_, Done)| Done { checked_runs: done.1.checked_runs % 40, ..done.1 };
    let many = all(400);
    for (few, many) in few.iter().zip(&many) {
        assert_eq!(counts(few), counts(many), "{}", few.0);
    }
}

/// What a module reads of a variable by a key is looked for in the values of the runs that give it, and of no others.
#[test]
fn a_key_of_a_variable_checks_the_runs_that_give_it() {
    let module = "variable \"list\" {\n  default = [1, 2]\n}\noutput \"o\" {\n  value = var.list[0]\n}\n";
    let mut editor = Editor::new(&format!("\n//- /main.tf\n{module}"));
    let given = "run \"given\" {\n  variables {\n    list = [1]\n  }\n}\n";
    let other: String = (0..20).map(|n| format!("run \"r{n}\" {{\n}}\n")).collect();
    editor.open("main.tftest.hcl", &format!("{given}{other}"));
    editor.open("main.tf", module);
    let said =
        |editor: &Editor| editor.diagnostics("main.tf").len() + editor.diagnostics("main.tftest.hcl").len();
    assert_eq!(said(&editor), 0);
    let done = editor.work(|it| it.edit("main.tf", "[0]", "[1]"));
    assert_eq!((done.checked_runs, said(&editor)), (1, 1));
    let done = editor.work(|it| it.edit("main.tf", "list[1]", "list[0]"));
    assert_eq!((done.checked_runs, said(&editor)), (1, 0));
}

#[test]
fn what_every_run_sees_of_a_module_checks_them_all() {
    let mut editor = wide(20);
    let done = editor.work(|it| it.edit("main.tf", "default = 1", "default = 1\n  type = number"));
    assert_eq!(done.checked_runs, 20, "what all values follow from");
    let done = editor.work(|it| it.edit("main.tf", "variable", "variable \"new\" {\n}\nvariable"));
    assert_eq!((done.checked_runs, editor.diagnostics("main.tftest.hcl").len()), (20, 20));
    let done = editor.work(|it| it.edit("main.tf", "variable \"new\" {\n}\n", ""));
    assert_eq!((done.checked_runs, editor.diagnostics("main.tftest.hcl").len()), (20, 0));
    let check = "check \"c\" {\n  assert {\n    condition     = terraform_data.r1.id == \"\"\n    error_message = \"x\"\n  }\n}\n";
    let done = editor.work(|it| it.edit("main.tf", "variable", &format!("{check}variable")));
    assert_eq!(done.checked_runs, 20);
    // What a check reads is the business of every plan.
    let done = editor.work(|it| it.edit("main.tf", "input = local.l1\n", "input = local.l2\n"));
    assert_eq!(done.checked_runs, 20);
    // Without a configuration that something asks for, nothing is planned.
    let before = editor.diagnostics("main.tftest.hcl").len();
    let west = "input = local.l3\n  provider = terraform.west\n";
    let done = editor.work(|it| it.edit("main.tf", "input = local.l3\n", west));
    assert_eq!((done.checked_runs, editor.diagnostics("main.tftest.hcl").len() - before), (20, 20));
    let done = editor.work(|it| it.edit("main.tf", west, "input = local.l3\n"));
    assert_eq!((done.checked_runs, editor.diagnostics("main.tftest.hcl").len()), (20, before));
}

const MODULE: &str = r#"terraform {
  required_providers {
    cloud = { source = "hashicorp/cloud" }
  }
}
variable "name" {
  type    = string
  default = "n"
  validation {
    condition     = length(var.name) > 1 || local.big
    error_message = "No."
  }
  validation {
    condition     = length(var.name) > 1
    error_message = "Too short."
  }
}
variable "size" {
  type    = object({ width = number })
  default = { width = 1 }
}
variable "amount" {
  type    = number
  default = 2
}
locals {
  big  = var.size.width > 2
  link = terraform_data.main.id
  next = local.link
}
resource "terraform_data" "main" {
  input = var.name
  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "x"
    }
  }
}
resource "terraform_data" "many" {
  count = 2
  input = local.big
}
resource "cloud_machine" "it" {
  name = local.next
}
module "child" {
  source = "./child"
  depth  = 1
}
output "link" {
  value = local.next
}
output "plain" {
  value = local.big
}
output "twice" {
  value = module.child.twice
}
output "address" {
  value = cloud_machine.it.address
}
check "health" {
  assert {
    condition     = local.link == "x"
    error_message = "x"
  }
}
"#;

const CHILD: &str = "variable \"depth\" {\n  type = number\n}\nresource \"terraform_data\" \"inner\" {\n  input = var.depth\n}\noutput \"twice\" {\n  value = terraform_data.inner.id\n}\noutput \"flat\" {\n  value = var.depth\n}\n";

const TESTS: &str = r#"variables {
  name = "bob"
}
mock_provider "cloud" {}
override_resource {
  target = cloud_machine.it
  values = { address = "a" }
}
run "plan" {
  command = plan
  assert {
    condition     = output.link == "x"
    error_message = ""
  }
}
run "plain" {
  command = plan
  variables {
    size = { width = 3 }
  }
  assert {
    condition     = output.plain == local.big
    error_message = output.address
  }
}
run "reads" {
  command = plan
  variables {
    name = run.plain.link
  }
  assert {
    condition     = output.twice == terraform_data.many[1].id
    error_message = ""
  }
}
run "chain" {
  command = plan
  variables {
    name = run.reads.plain
  }
  override_resource {
    target = module.child.terraform_data.inner
    values = { id = "i" }
  }
  expect_failures = [check.health, terraform_data.main]
}
run "whole" {
  assert {
    condition     = run.plan == null || run.chain["twice"] == cloud_machine.it.name
    error_message = ""
  }
}
run "child" {
  command = plan
  module {
    source = "./child"
  }
  variables {
    depth = run.plan.plain
  }
  assert {
    condition     = output.flat == 1 && output.twice == "" && terraform_data.inner.id == ""
    error_message = ""
  }
  expect_failures = [var.depth]
}
"#;

/// What an editor has come to say of tests, after edits of their modules and of them, is what one says that has just
/// opened it all.
#[test]
fn what_is_kept_of_tests_is_what_would_be_found_beside_the_module_of_now() {
    let words = [
        ("name", "nam"),
        ("nam", "name"),
        ("local.big", "local.link"),
        ("local.link", "local.big"),
        ("id", "input"),
        ("input", "id"),
        ("link", "plain"),
        ("plain", "link"),
        ("twice", "flat"),
        ("flat", "twice"),
        ("main", "many"),
        ("many", "main"),
        ("count = 2", "count = 1"),
        ("count = 1", ""),
        ("default = 2", ""),
        ("default", "# default"),
        ("# default", "default"),
        ("number", "string"),
        ("string", "number"),
        ("output", "\noutput"),
        ("}\n", "}\n\n"),
        ("variable", "local"),
        ("}", ""),
        ("{", "{\n"),
        ("\"", ""),
        ("1", "2"),
        ("2", "1"),
        ("check", "output"),
        ("health", "healthy"),
        ("healthy", "health"),
        ("self.id", "self.input"),
        ("hashicorp/cloud", "hashicorp/other"),
        ("hashicorp/other", "hashicorp/cloud"),
        ("module \"child\" {", "module \"child\" {\n  count = 1"),
        ("  count = 1\n", ""),
        ("value", "value "),
        ("sensitive", ""),
        ("output \"plain\" {", "output \"plain\" {\n  sensitive = true"),
        ("command = plan", ""),
        ("> 1", "> 3"),
        ("> 3", "> 1"),
        ("\"bob\"", "\"b\""),
        ("\"b\"", "\"bob\""),
        ("  name = local.next\n", "  name = local.next\n  provider = cloud.west\n"),
        ("  provider = cloud.west\n", ""),
        ("  depth  = 1\n", "  depth  = 1\n  providers = { cloud.a = cloud.west }\n"),
        ("  providers = { cloud.a = cloud.west }\n", ""),
        ("mock_provider \"cloud\" {}", "mock_provider \"cloud\" {\n  alias = \"west\"\n}"),
        ("input = var.depth\n", "input = var.depth\n  provider = terraform.b\n"),
    ];
    for (dialect, seed) in
        [("terraform@1.11", 1), ("terraform@1.13", 2), ("opentofu@1.10", 3), ("terraform@1.11", 4)]
    {
        let dialects = config::Dialects::only(config::Dialect::parse(dialect).unwrap());
        let files = [("main.tf", MODULE), ("child/main.tf", CHILD), ("a.tftest.hcl", TESTS)];
        let fixture: String = files.iter().map(|(name, text)| format!("\n//- /{name}\n{text}")).collect();
        let editor_of = |texts: &[String]| {
            let mut editor = Editor::new(&fixture);
            editor.surroundings = crate::testing::surroundings();
            editor.surroundings.dialects = dialects;
            files.iter().zip(texts).for_each(|((name, _), text)| editor.open(name, text));
            editor
        };
        let mut random = Random(seed);
        let mut editor = editor_of(&files.map(|(_, text)| text.to_owned()));
        let mut said = 0;
        for step in 0..150 {
            // The module more often than the others.
            let index = [0, 0, 0, 1, 2][random.below(5)];
            let document = Arc::make_mut(&mut editor.open[index]);
            let text = document.text();
            if step % 12 == 11 {
                document.edit(Span::new(0, text.len() as u32), files[index].1);
            } else {
                let (from, to) = words[random.below(words.len())];
                let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
                if !places.is_empty() {
                    let at = places[random.below(places.len())];
                    document.edit(Span::new(at as u32, (at + from.len()) as u32), to);
                }
            }
            let texts: Vec<String> = editor.open.iter().map(|it| it.text()).collect();
            let fresh = editor_of(&texts);
            let (kept, found) = (editor.diagnostics("a.tftest.hcl"), fresh.diagnostics("a.tftest.hcl"));
            assert_eq!(kept, found, "after step {step} in {dialect}:\n{}", texts.join("\n----\n"));
            said += found.len();
        }
        assert!(said > 150, "{said}");
    }
}

/// Every run is told of a configuration that is missing, whatever it names.
#[test]
fn a_provider_that_is_missing_is_missed_by_every_run() {
    let mut editor = Editor::new(&format!("\n//- /main.tf\n{MODULE}//- /child/main.tf\n{CHILD}"));
    editor.surroundings = crate::testing::surroundings();
    editor.open("main.tf", MODULE);
    editor.open("a.tftest.hcl", "mock_provider \"cloud\" {\n}\nrun \"a\" {\n}\nrun \"b\" {\n}\n");
    assert_eq!(editor.diagnostics("a.tftest.hcl"), []);
    let (before, behind) = ("name = local.next\n", "name = local.next\n  provider = cloud.west\n");
    let done = editor.work(|it| it.edit("main.tf", before, behind));
    assert_eq!((done.checked_runs, editor.diagnostics("a.tftest.hcl").len()), (2, 2));
    editor.edit("main.tf", behind, before);
    assert_eq!(editor.diagnostics("a.tftest.hcl"), []);
}
