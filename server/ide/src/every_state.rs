//! Every feature at every stage of a text that is being typed, and of one that is torn: none of them may panic, and what
//! they say has places in the text.

use std::sync::Arc;

use config::MemoryFiles;
use syntax::{Document, Encoding, FileName, Span};

use crate::testing::{MODULE, workspace};
use crate::{ActionRequest, Cache, Change, RunResults, Snapshot, Surroundings};

const TEST: &str = r#"# é 𝒳
variables {
  name = "bob"
}
mock_provider "aws" {
  source = "./mocks"
  mock_data "aws_ami" { defaults = { id = "x" } }
}
run "setup" {
  module { source = "./setup" }
}
run "main" {
  command = plan
  variables { name = run.setup.bucket["name"] }
  override_module {
    target  = module.child
    outputs = { twice = 2 }
  }
  assert {
    condition     = output.greeting == "${var.name} ${upper(local.box.left)}" && [for x in module.child[*].twice : x][0] > 1
    error_message = <<-EOT
      no ${path.module}
    EOT
  }
  expect_failures = [check.health, terraform_data.main]
}
"#;

const JSON: &str = r#"{"variables": {"name": "b"}, "run": {"a": {"module": {"source": "./setup"}},
 "b": {"assert": [{"condition": "${run.a.bucket.name == var.name}", "error_message": "é\n"}],
 "expect_failures": ["check.health"], "override_resource": {"target": "terraform_data.main", "values": {"id": 1}}}}}
"#;

const MORE: &str = r#"module "more" {
  source   = "./child"
  for_each = toset(["a"])
  depth    = length(data.terraform_remote_state.other.x)
}
moved {
  from = module.old["k"].terraform_data.a
  to   = module.more["k"].terraform_data.a
}
resource "terraform_data" "more" {
  dynamic "x" {
    for_each = module.more[*].twice
    content { y = x.value }
  }
  input = file("${path.module}/x")
}
"#;

const MOCKS: &str = "mock_resource \"terraform_data\" {\n  defaults = { id = \"x\" }\n}\noverride_data {\n  target = data.terraform_remote_state.other\n  values = { outputs = {} }\n}\n";

fn ask(name: &str, text: &str, at: usize) {
    let fixture = fixture::Fixture::parse(MODULE);
    let files = MemoryFiles::new(fixture.pairs());
    let file = FileName::new(name);
    let document = Arc::new(Document::new(file.clone(), text));
    let snapshot =
        Snapshot::new(Arc::new(files), [&document], Arc::new(Cache::new()), Surroundings::default());
    let results = RunResults::default();
    let workspace = workspace(&snapshot);
    let length = document.len();
    let inside =
        |span: Span| assert!(span.start <= span.end && span.end <= length, "{span:?} of {length}: {text:?}");
    for offset in [at as u32, length, length + 100] {
        crate::completion(&snapshot, &file, offset).items.iter().for_each(|it| inside(it.replace));
        crate::hover(&snapshot, &results, &file, offset).iter().for_each(|it| inside(it.span));
        crate::signature_help(&snapshot, &file, offset);
        crate::definition(&snapshot, &file, offset).iter().for_each(|it| inside(it.origin));
        crate::type_definition(&snapshot, &file, offset).iter().for_each(|it| inside(it.origin));
        crate::references(&workspace, 0, &file, offset, true);
        crate::highlights(&snapshot, &file, offset).iter().for_each(|it| inside(it.span));
        crate::linked_ranges(&snapshot, &file, offset).into_iter().for_each(inside);
        crate::selection(&snapshot, &file, offset).into_iter().for_each(inside);
        if let Ok(Some(found)) = crate::prepare_rename(&workspace, 0, &file, offset) {
            inside(found.span);
        }
        let _ = crate::rename(&workspace, 0, &file, offset, "renamed");
        let range = Span::new(offset / 2, offset);
        crate::inlay_hints(&snapshot, &results, &file, range)
            .iter()
            .for_each(|it| inside(Span::at(it.offset)));
        crate::semantic_tokens_in(&snapshot, &file, range, Encoding::Utf16);
        actions(&snapshot, &file, Span::at(offset), &inside);
        actions(&snapshot, &file, range, &inside);
    }
    crate::outline(&snapshot, &file).iter().for_each(|it| {
        inside(it.span);
        assert!(it.span.start <= it.selection.start && it.selection.end <= it.span.end, "{it:?}");
    });
    crate::folds(&snapshot, &file).iter().for_each(|it| inside(it.span));
    crate::links(&snapshot, &file).iter().for_each(|it| inside(it.span));
    crate::semantic_tokens(&snapshot, &file, Encoding::Utf8);
    crate::workspace_symbols(&workspace, "a", |_| true);
}

/// Everything that can be done at a place, done.
fn actions(snapshot: &Snapshot, file: &FileName, range: Span, inside: &dyn Fn(Span)) {
    let diagnostics = crate::diagnostics(snapshot, file);
    let request = ActionRequest { file, range, diagnostics: &diagnostics, wanted: &|_| true, invoked: true };
    for action in crate::actions(snapshot, &request, false) {
        for change in action.changes.into_iter().flatten().flatten() {
            if let Change::Edit(edits) = change
                && edits.file == *file
            {
                assert!(
                    edits.edits.is_sorted_by(|a, b| a.span.end <= b.span.start),
                    "{}: {edits:?}",
                    action.title
                );
                edits.edits.iter().for_each(|edit| inside(edit.span));
            }
        }
    }
}

#[test]
fn nothing_panics_while_texts_are_typed_or_torn() {
    let texts = [
        ("a.tftest.hcl", TEST),
        ("a.tftest.json", JSON),
        ("more.tf", MORE),
        ("tests/mocks/a.tfmock.hcl", MOCKS),
        ("terraform.tfvars", "name = { a = [1, \"é\"] }\nsize = 2\n"),
        ("odd name.txt", TEST),
    ];
    for (name, text) in texts {
        for (count, (at, _)) in text.char_indices().enumerate() {
            if count % 5 == 0 {
                ask(name, &text[..at], at);
            }
            if count % 11 == 0 {
                // One piece is missing in the middle.
                let rest = text.get(at + 9..).unwrap_or_default();
                ask(name, &format!("{}{rest}", &text[..at]), at);
            }
        }
    }
}
