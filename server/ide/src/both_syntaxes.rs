//! What the features know of a project is the same whichever syntax its files are written in.

use std::collections::BTreeMap;

use config::Dialect;
use config::convert::to_json;
use fixture::Fixture;
use syntax::{FileName, Span, apply_edits};

use crate::symbol::Role;
use crate::testing::{MODULE, snapshot, workspace};
use crate::{Outline, RunResults, Snapshot};

const TESTS: &str = r#"
//- /providers.tf
terraform {
  required_providers {
    cloud = {
      source                = "hashicorp/cloud"
      configuration_aliases = [cloud.west]
    }
  }
}
resource "cloud_machine" "web" {
  provider = cloud.west
  name     = upper(local.greeting)
  network {
    subnet = data.cloud_image.debian.name
  }
}
data "cloud_image" "debian" {
  name       = "debian"
  depends_on = [module.child]
}
module "second" {
  source = "./child"
  depth  = module.child.twice
}
moved {
  from = terraform_data.before
  to   = terraform_data.main
}
output "address" {
  value      = cloud_machine.web.address
  depends_on = [terraform_data.main]
  precondition {
    condition     = var.name != "x"
    error_message = "No ${var.name}."
  }
}
//- /tests/main.tftest.hcl
variables {
  name  = "bob"
  extra = 1
}
provider "cloud" {
  region = "x${var.extra}"
}
mock_provider "cloud" {
  alias  = "west"
  source = "./tests/mocks"
  mock_resource "cloud_machine" {
    defaults = {
      address = "10.0.0.1"
    }
  }
}
override_resource {
  target = terraform_data.main
  values = {
    id = "x"
  }
}
run "setup" {
  module {
    source = "./setup"
  }
  variables {
    seed = "s"
  }
}
run "main" {
  command = plan
  providers = {
    cloud      = cloud
    cloud.west = cloud.west
  }
  plan_options {
    target = [terraform_data.main, module.child]
  }
  variables {
    name = run.setup.bucket.name
    size = { width = var.extra }
  }
  override_data {
    target = data.cloud_image.debian
    values = {
      versions = ["a"]
    }
  }
  override_module {
    target = module.child
    outputs = {
      twice = 4
    }
  }
  assert {
    condition     = output.greeting == "hello ${var.name}" && run.setup.bucket.size > length(local.box)
    error_message = "Not ${terraform_data.main.input} of ${module.child.twice} and ${cloud_machine.web.address}."
  }
  assert {
    condition     = data.cloud_image.debian.versions[0] == "a" && check.health != null
    error_message = "No."
  }
  expect_failures = [check.health, terraform_data.main, var.name, output.address]
}
//- /tests/mocks/cloud.tfmock.hcl
mock_data "cloud_image" {
  defaults = {
    versions = ["b"]
  }
}
override_resource {
  target = terraform_data.main
  values = {
    id = "y"
  }
}
"#;

type Texts = BTreeMap<String, String>;

fn texts() -> Texts {
    let fixture = Fixture::parse(&format!("{MODULE}{TESTS}"));
    fixture.pairs().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn in_json(texts: &Texts) -> Texts {
    let converted = texts.iter().map(|(path, text)| {
        let json = to_json(&FileName::new(path), text, Dialect::default()).expect("it can be converted").text;
        let name = match path.strip_suffix(".hcl") {
            Some(stem) => format!("{stem}.json"),
            None => format!("{path}.json"),
        };
        (name, json)
    });
    converted.collect()
}

/// The project as OpenTofu's own files, whose names choose its rules.
fn of_opentofu(texts: &Texts) -> Texts {
    let named = |path: &str| path.replace(".tftest.", ".tofutest.").replace("main.tf", "main.tofu");
    let text = |path: &str, text: &str| {
        // It knows no `source` of mocks.
        let text = if path.ends_with(".tf") {
            text.to_owned()
        } else {
            text.replace("  source = \"./tests/mocks\"\n", "")
        };
        text.replace("hashicorp/cloud", "opentofu/cloud")
    };
    texts.iter().map(|(path, it)| (named(path), text(path, it))).collect()
}

/// The names of files as they are in Terraform's native syntax.
fn normal(text: &str) -> String {
    let text = text.replace(".tofutest.", ".tftest.").replace("main.tofu", "main.tf");
    text.replace("test.json", "test.hcl").replace("mock.json", "mock.hcl").replace(".tf.json", ".tf")
}

fn snapshot_of(texts: &Texts) -> Snapshot {
    let fixture: String = texts.iter().map(|(path, text)| format!("//- /{path}\n{text}\n")).collect();
    snapshot(&fixture).0
}

/// What is known of every name, and what a new one for it changes.
fn names(texts: &Texts) -> BTreeMap<String, Vec<String>> {
    let snapshot = snapshot_of(texts);
    let workspace = workspace(&snapshot);
    let results = RunResults::default();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in texts {
        let file = FileName::new(path);
        let mut seen: Vec<Span> = Vec::new();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let at = at as u32;
            let Some(here) = snapshot.occurrence_at(&file, at) else { continue };
            if seen.contains(&here.location.span) {
                continue;
            }
            seen.push(here.location.span);
            let at = here.word.start + 1;
            let key = normal(&format!("{path}: {:?} {:?}", here.symbol, here.role));
            let targets = |found: Vec<crate::Definition>| {
                found.iter().map(|it| it.target.file.to_string()).collect::<Vec<_>>().join(" ")
            };
            let renamed = match crate::rename(&workspace, 0, &file, at, "renamed") {
                Err(refusal) => format!("{refusal:?}"),
                Ok(None) => "nothing".to_owned(),
                Ok(Some(edits)) => {
                    let edits = edits.into_iter().map(|place| place.it);
                    let changed = edits.map(|it| {
                        let text = apply_edits(&texts[it.file.as_str()], &it.edits);
                        let text = match it.file.is_json() {
                            true => text,
                            false => {
                                to_json(&it.file, &text, Dialect::default())
                                    .expect("it can be converted")
                                    .text
                            }
                        };
                        format!("{}\n{text}", it.file)
                    });
                    changed.collect()
                }
            };
            let facts = format!(
                "hover {} definition {} type {} highlights {} references {} linked {} renamed {renamed}",
                crate::hover(&snapshot, &results, &file, at).is_some(),
                targets(crate::definition(&snapshot, &file, at)),
                targets(crate::type_definition(&snapshot, &file, at)),
                crate::highlights(&snapshot, &file, at).len(),
                crate::references(&workspace, 0, &file, at, true).len(),
                crate::linked_ranges(&snapshot, &file, at).len(),
            );
            found.entry(key).or_default().push(normal(&facts));
        }
    }
    found.values_mut().for_each(|facts| facts.sort());
    found
}

#[test]
fn names_mean_the_same() {
    compare(&texts());
}

#[test]
fn names_mean_the_same_for_opentofu() {
    compare(&of_opentofu(&texts()));
}

fn compare(texts: &Texts) {
    let (native, json) = (names(texts), names(&in_json(texts)));
    let mut wrong = Vec::new();
    for (name, facts) in &native {
        match json.get(name) {
            None => wrong.push(format!("not in JSON: {name}")),
            Some(there) if there != facts => wrong.push(format!("differs: {name}\n{facts:#?}\n{there:#?}")),
            Some(_) => {}
        }
    }
    wrong.extend(
        json.keys().filter(|name| !native.contains_key(*name)).map(|name| format!("only in JSON: {name}")),
    );
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), native.len(), wrong.join("\n"));
    assert!(native.len() > 60, "{}", native.len());
    let declared = native.keys().filter(|name| name.ends_with(&format!("{:?}", Role::Declare)));
    assert!(declared.count() > 20);
}

/// What is shown of each file as a whole.
fn shown(texts: &Texts) -> BTreeMap<String, Vec<String>> {
    let snapshot = snapshot_of(texts);
    let results = RunResults::default();
    let mut found = BTreeMap::new();
    for (path, text) in texts {
        let file = FileName::new(path);
        let whole = Span::new(0, text.len() as u32);
        let mut facts = Vec::new();
        let hints = crate::inlay_hints(&snapshot, &results, &file, whole);
        facts.extend(hints.into_iter().map(|it| format!("hint {}", it.label)));
        facts.extend(crate::links(&snapshot, &file).into_iter().map(|it| format!("link {:?}", it.target)));
        facts.extend(
            crate::lenses(&snapshot, &results, &file).into_iter().map(|it| format!("lens {}", it.title)),
        );
        outlined(&crate::outline(&snapshot, &file), &mut facts);
        for (at, _) in text.match_indices('(') {
            let help = crate::signature_help(&snapshot, &file, at as u32 + 1);
            facts.extend(help.map(|it| format!("signature {}", it.label)));
            let hover = crate::hover(&snapshot, &results, &file, at as u32);
            facts.extend(hover.map(|it| format!("call {}", it.text)));
        }
        // Whether it is a block or an argument, only a schema tells in JSON.
        facts.retain(|it| it != "outline network Block");
        let mut facts: Vec<String> = facts.iter().map(|it| normal(it)).collect();
        facts.sort();
        found.insert(normal(path), facts);
    }
    found
}

fn outlined(items: &[Outline], facts: &mut Vec<String>) {
    for it in items {
        facts.push(format!("outline {} {:?}", it.name, it.kind));
        outlined(&it.children, facts);
    }
}

#[test]
fn files_show_the_same() {
    for texts in [texts(), of_opentofu(&texts())] {
        show_the_same(&texts);
    }
}

fn show_the_same(texts: &Texts) {
    let (native, json) = (shown(texts), shown(&in_json(texts)));
    for (path, facts) in &native {
        let there = &json[path];
        let lost: Vec<_> = facts.iter().filter(|it| !there.contains(it)).collect();
        let more: Vec<_> = there.iter().filter(|it| !facts.contains(it)).collect();
        assert!(
            facts == there,
            "{path}: only in native: {lost:#?}\nonly in JSON: {more:#?}\n{}/{}",
            facts.len(),
            there.len()
        );
    }
}
