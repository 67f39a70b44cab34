use expect_test::{Expect, expect};

use super::*;
use crate::testing::{MODULE, at_cursor, workspace};

/// The lines that a rename at the cursor changes, or why it is refused.
#[track_caller]
pub(super) fn check(files: &str, new: &str, expected: Expect) {
    let (snapshot, file, offset) = at_cursor(files);
    let workspace = workspace(&snapshot);
    let out = match rename(&workspace, 0, &file, offset, new) {
        Ok(None) => "nothing here\n".to_owned(),
        Err(Refusal(why)) => format!("{why}\n"),
        Ok(Some(found)) => {
            let renamable = prepare_rename(&workspace, 0, &file, offset).unwrap().unwrap();
            let document = snapshot.document(&file).unwrap();
            assert_eq!(document.slice(renamable.span), renamable.name);
            let mut out = String::new();
            for Place { it, .. } in found {
                let before = snapshot.document(&it.file).unwrap().text();
                let after = syntax::apply_edits(&before, &it.edits);
                let lines = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
                for (_, line) in lines {
                    out.push_str(&format!("{}: {}\n", it.file, line.trim()));
                }
            }
            out
        }
    };
    expected.assert_eq(&out);
}

#[track_caller]
fn check_in(file: &str, text: &str, new: &str, expected: Expect) {
    check(&format!("{MODULE}//- /{file}\n{text}"), new, expected);
}

/// Everything that can name something of the module, in every kind of file.
const ALL: &str = r#"//- /main.tf
variable "name" {
  validation {
    condition     = var.name != "name"
    error_message = "name"
  }
}
locals {
  name = { name = var.name, other = "var.name" }
  list = [for name in [var.name] : name]
}
resource "terraform_data" "name" {
  input = local.name.name
  lifecycle {
    replace_triggered_by = [terraform_data.other.id]
  }
}
resource "terraform_data" "other" {
  depends_on = [terraform_data.name, module.name]
}
moved {
  from = terraform_data.old
  to   = terraform_data.name
}
check "name" {
  assert {
    condition     = terraform_data.name.id != ""
    error_message = ""
  }
}
module "name" {
  source = "./child"
  name   = var.name
}
output "name" {
  value = module.name.name
}
//- /child/main.tf
variable "name" {}
output "name" {
  value = var.name
}
//- /terraform.tfvars
name = "x"
//- /a.tftest.hcl
variables {
  name = "a"
}
run "name" {
  variables {
    name = var.name
  }
  expect_failures = [var.name, check.name, terraform_data.name, output.name]
  override_module {
    target  = module.name
    outputs = {
      name = "y"
    }
  }
  override_resource {
    target = terraform_data.name
    values = { name = 1 }
  }
  assert {
    condition     = output.name == var.name && module.name.name == "name" && local.name.name == ""
    error_message = "${run.first.name}"
  }
}
//- /b.tftest.json
{"run": {"name": {"variables": {"name": "${var.name}"},
  "expect_failures": ["var.name"]},
  "last": {"assert": {"condition": "${run.name.name == \"name\"}", "error_message": ""}}}}
//- /tests/mocks/a.tfmock.hcl
override_resource {
  target = terraform_data.name
}
//- /parent/main.tf
module "root" {
  source = "../"
  name   = "z"
}
module "many" {
  source   = "../"
  for_each = toset(["a"])
  name     = module.root.name
}
output "all" {
  value = [module.many[*].name, module.many["a"].name, module.many[local.x].name]
}
//- /elsewhere/main.tf
variable "name" {}
output "x" {
  value = var.name
}
"#;

#[track_caller]
fn check_all(at: &str, new: &str, expected: Expect) {
    let cursor = at.replacen("name", "na$0me", 1);
    let marked = ALL.replacen(at, &cursor, 1);
    assert_ne!(marked, ALL, "{at}");
    check(&marked, new, expected);
}

#[test]
fn namesakes_are_spared() {
    check_all(
        "variable \"name\"",
        "title",
        expect![[r#"
        a.tftest.hcl: title = "a"
        a.tftest.hcl: title = var.title
        a.tftest.hcl: expect_failures = [var.title, check.name, terraform_data.name, output.name]
        a.tftest.hcl: condition     = output.name == var.title && module.name.name == "name" && local.name.name == ""
        b.tftest.json: {"run": {"name": {"variables": {"title": "${var.title}"},
        b.tftest.json: "expect_failures": ["var.title"]},
        main.tf: variable "title" {
        main.tf: condition     = var.title != "name"
        main.tf: name = { name = var.title, other = "var.name" }
        main.tf: list = [for name in [var.title] : name]
        main.tf: name   = var.title
        parent/main.tf: title   = "z"
        parent/main.tf: title     = module.root.name
        terraform.tfvars: title = "x"
    "#]],
    );
    check_all(
        "= local.name.name",
        "title",
        expect![[r#"
        a.tftest.hcl: condition     = output.name == var.name && module.name.name == "name" && local.title.name == ""
        main.tf: title = { name = var.name, other = "var.name" }
        main.tf: input = local.title.name
    "#]],
    );
    check_all(
        "\"terraform_data\" \"name\"",
        "title",
        expect![[r#"
        a.tftest.hcl: expect_failures = [var.name, check.name, terraform_data.title, output.name]
        a.tftest.hcl: target = terraform_data.title
        main.tf: resource "terraform_data" "title" {
        main.tf: depends_on = [terraform_data.title, module.name]
        main.tf: to   = terraform_data.title
        main.tf: condition     = terraform_data.title.id != ""
        tests/mocks/a.tfmock.hcl: target = terraform_data.title
    "#]],
    );
    check_all(
        "module \"name\"",
        "title",
        expect![[r#"
        a.tftest.hcl: target  = module.title
        a.tftest.hcl: condition     = output.name == var.name && module.title.name == "name" && local.name.name == ""
        main.tf: depends_on = [terraform_data.name, module.title]
        main.tf: module "title" {
        main.tf: value = module.title.name
    "#]],
    );
    check_all(
        "output \"name\" {\n  value = module",
        "title",
        expect![[r#"
        a.tftest.hcl: expect_failures = [var.name, check.name, terraform_data.name, output.title]
        a.tftest.hcl: condition     = output.title == var.name && module.name.name == "name" && local.name.name == ""
        b.tftest.json: "last": {"assert": {"condition": "${run.name.title == \"name\"}", "error_message": ""}}}}
        main.tf: output "title" {
        parent/main.tf: name     = module.root.title
        parent/main.tf: value = [module.many[*].title, module.many["a"].title, module.many[local.x].title]
    "#]],
    );
    check_all(
        "check \"name\"",
        "title",
        expect![[r#"
        a.tftest.hcl: expect_failures = [var.name, check.title, terraform_data.name, output.name]
        main.tf: check "title" {
    "#]],
    );
    check_all(
        "run \"name\"",
        "title",
        expect![[r#"
        a.tftest.hcl: run "title" {
    "#]],
    );
    check_all(
        "\"run\": {\"name\"",
        "title",
        expect![[r#"
        b.tftest.json: {"run": {"title": {"variables": {"name": "${var.name}"},
        b.tftest.json: "last": {"assert": {"condition": "${run.title.name == \"name\"}", "error_message": ""}}}}
    "#]],
    );
}

#[test]
fn a_childs_names_change_where_it_is_called() {
    let child = |text: &str| ALL.replacen("//- /child/main.tf\n", &format!("//- /child/main.tf\n{text}"), 1);
    let marked = child("").replacen(
        "//- /child/main.tf\nvariable \"name\"",
        "//- /child/main.tf\nvariable \"na$0me\"",
        1,
    );
    check(
        &marked,
        "title",
        expect![[r#"
        child/main.tf: variable "title" {}
        child/main.tf: value = var.title
        main.tf: title   = var.name
    "#]],
    );
    let marked =
        child("").replacen("output \"name\" {\n  value = var", "output \"na$0me\" {\n  value = var", 1);
    check(
        &marked,
        "title",
        expect![[r#"
        a.tftest.hcl: title = "y"
        a.tftest.hcl: condition     = output.name == var.name && module.name.title == "name" && local.name.name == ""
        child/main.tf: output "title" {
        main.tf: value = module.name.title
    "#]],
    );
}

#[test]
fn names_that_are_no_names_or_taken() {
    let variable = "run \"a\" {\n  variables {\n    na$0me = 1\n  }\n}\n";
    let all = ["1x", "", "a b", "a.b", "source", "size"].map(|new| {
        let (snapshot, file, offset) = at_cursor(&format!("{MODULE}//- /a.tftest.hcl\n{variable}"));
        let Refusal(why) = rename(&workspace(&snapshot), 0, &file, offset, new).unwrap_err();
        format!("{why}\n")
    });
    expect![[r#"
        "1x" is no name: a name begins with a letter or an underscore and has only letters, digits, underscores and dashes.
        "" is no name: a name begins with a letter or an underscore and has only letters, digits, underscores and dashes.
        "a b" is no name: a name begins with a letter or an underscore and has only letters, digits, underscores and dashes.
        "a.b" is no name: a name begins with a letter or an underscore and has only letters, digits, underscores and dashes.
        A variable cannot be called "source", which means something in module blocks.
        "size" is declared already, in main.tf on line 9.
    "#]].assert_eq(&all.concat());
}

#[test]
fn what_is_not_safe_is_refused() {
    // Nobody declares it.
    check_in(
        "a.tftest.hcl",
        "run \"a\" {\n  variables {\n    no$0ne = 1\n  }\n}\n",
        "x",
        expect![[r#"
        "none" is declared nowhere in the open folders.
    "#]],
    );
    // A module as a whole.
    check_in(
        "more.tf",
        "module \"x\" {\n  source = \"./chi$0ld\"\n}\n",
        "x",
        expect![[r#"
        A module is named by its directory, which cannot be renamed here.
    "#]],
    );
    check_in(
        "more.tf",
        "provider \"a$0ws\" {\n}\n",
        "x",
        expect![[r#"
        Nothing requires "aws": its name says which provider it is.
    "#]],
    );
    check_in(
        "more.tf",
        "# noth$0ing\n",
        "x",
        expect![[r#"
        nothing here
    "#]],
    );
    // Somebody has the new name.
    check_in(
        "more.tf",
        "locals {\n  a$0a = 1\n  bb = 2\n}\n",
        "bb",
        expect![[r#"
        "bb" is declared already, in more.tf on line 3.
    "#]],
    );
    check_in(
        "more.tf",
        "locals {\n  a$0a = local.bb\n}\n",
        "bb",
        expect![[r#"
        "bb" would get a meaning that it does not have now, in more.tf on line 2.
    "#]],
    );
    check_in(
        "a.tftest.hcl",
        "run \"a$0a\" {\n}\nrun \"bb\" {\n}\n",
        "bb",
        expect![[r#"
        "bb" is declared already, in a.tftest.hcl on line 3.
    "#]],
    );
    check_in(
        "a.tfvars",
        "na$0me = 1\nother = 2\n",
        "other",
        expect![[r#"
        "other" would get a meaning that it does not have now, in a.tfvars on line 2.
    "#]],
    );
    // A test file has a variable by the new name, or the module gets one of the file.
    check_in(
        "a.tftest.hcl",
        "variables {\n  na$0me = 1\n  mine = 2\n}\n",
        "mine",
        expect![[r#"
        A variable of the test file is called "mine" already, in a.tftest.hcl on line 3.
    "#]],
    );
    check_in(
        "a.tftest.hcl",
        "variables {\n  name = 1\n  mi$0ne = 2\n}\n",
        "name",
        expect![[r#"
        A module that the file runs has a variable "name", in main.tf on line 1.
    "#]],
    );
    check_in(
        "a.tftest.hcl",
        "variables {\n  mi$0ne = 2\n}\nrun \"x\" {\n  module {\n    source = \"./setup\"\n  }\n}\n",
        "seed",
        expect![[r#"
            A module that the file runs has a variable "seed", in setup/main.tf on line 1.
        "#]],
    );
    // One value for several modules.
    check_in(
        "a.tftest.hcl",
        "variables {\n  na$0me = 2\n}\nrun \"x\" {\n  module {\n    source = \"./twin\"\n  }\n}\n//- /twin/main.tf\nvariable \"name\" {}\n",
        "title",
        expect![[r#"
            "name" gives a value to variables of several modules, which have names of their own.
        "#]],
    );
    check_in(
        "a.tftest.hcl",
        "variables {\n  name = 2\n}\nrun \"x\" {\n  module {\n    source = \"./twin\"\n  }\n}\n//- /twin/main.tf\nvariable \"na$0me\" {}\n",
        "title",
        expect![[r#"
            "name" stands for something in several modules, in a.tftest.hcl on line 2.
        "#]],
    );
    // All outputs at once.
    check_in(
        "more.tf",
        "locals {\n  all = values(module.child)[*].twice\n}\n//- /child/more.tf\noutput \"on$0ce\" {}\n",
        "x",
        expect![[r#"
        All outputs of the module are read as one value, in more.tf on line 2, so that "once" may be read there.
    "#]],
    );
    check_in(
        "a.tftest.hcl",
        "run \"a\" {\n}\nrun \"b\" {\n  variables {\n    name = run.a\n  }\n}\n//- /more.tf\noutput \"on$0ce\" {}\n",
        "x",
        expect![[r#"
            All outputs of the module are read as one value, in a.tftest.hcl on line 5, so that "once" may be read there.
        "#]],
    );
    // What cannot be read.
    check_in(
        "more.tf",
        "locals {\n  aa = 1\n  bb = local.a$0a\n}\noutput \"x\" {\n  value = (local.aa\n}\n",
        "x",
        expect![[r#"
        A file that has "aa" in it does not parse, in more.tf on line 7.
    "#]],
    );
    check_in(
        "more.tf",
        "locals {\n  aa = local.a$0a\n}\noutput \"x\" {\n  valu = local.aa\n}\n",
        "x",
        expect![[r#"
        It cannot be told what "aa" stands for, in more.tf on line 5.
    "#]],
    );
    check_in(
        "a.tftest.json",
        "{\"run\": {\"a\": {\"variables\": {\"n\\u0061me\": 1}, \"assert\": {\"condition\": \"${var.na$0me == 1}\", \"error_message\": \"\"}}}}\n",
        "x",
        expect![[r#"
            "name" is written with escapes, in a.tftest.json on line 1.
        "#]],
    );
    // What is not here.
    check_in(
        "more.tf",
        "module \"far\" {\n  source = \"a/b/c\"\n  na$0me   = 1\n}\n//- /.terraform/modules/modules.json\n{\"Modules\": [{\"Key\": \"far\", \"Source\": \"registry.terraform.io/a/b/c\", \"Version\": \"1.0.0\", \"Dir\": \".terraform/modules/far\"}]}\n//- /.terraform/modules/far/main.tf\nvariable \"name\" {}\n",
        "x",
        expect![[r#"
            "name" is declared in a module that was fetched, in .terraform/modules/far/main.tf.
        "#]],
    );
}

#[test]
fn what_a_test_file_alone_has() {
    check_in(
        "a.tftest.hcl",
        "variables {\n  mine = 1\n}\nrun \"a\" {\n  variables {\n    name = var.mi$0ne\n  }\n}\n//- /b.tftest.hcl\nvariables {\n  mine = 1\n}\n",
        "ours",
        expect![[r#"
            a.tftest.hcl: ours = 1
            a.tftest.hcl: name = var.ours
        "#]],
    );
    check_in(
        "a.tftest.hcl",
        "run \"a\" {\n  module {\n    source = \"./setup\"\n  }\n  variables {\n    se$0ed = \"name\"\n  }\n}\n",
        "grain",
        expect![[r#"
            a.tftest.hcl: grain = "name"
            setup/main.tf: variable "grain" {
            setup/main.tf: value = { name = var.grain, size = 1 }
        "#]],
    );
}

/// A half-typed file that has nothing to do with the name is in nobody's way.
#[test]
fn broken_files_matter_where_the_name_is() {
    check_in(
        "more.tf",
        "locals {\n  aa = 1\n  bb = local.a$0a\n}\noutput \"x\" {\n  value = (1\n}\n//- /elsewhere/main.tf\nlocals {\n  aa = (\n",
        "x",
        expect![[r#"
            more.tf: x = 1
            more.tf: bb = local.x
        "#]],
    );
    check_in(
        "override.tf",
        "variable \"na$0me\" {\n  default = \"x\"\n}\n",
        "title",
        expect![[r#"
            main.tf: variable "title" {
            main.tf: condition     = var.title != ""
            main.tf: greeting = "hello ${var.title}"
            override.tf: variable "title" {
        "#]],
    );
}

#[test]
fn other_folders_are_searched() {
    let (module, _) = crate::testing::snapshot(
        "//- /main.tf\nvariable \"name\" {}\noutput \"name\" {\n  value = var.name\n}\n",
    );
    let text = "//- /main.tf\nmodule \"m\" {\n  source = \"../module\"\n  na$0me = 1\n}\n\
                //- /a.tftest.hcl\nrun \"a\" {\n  module {\n    source = \"../module\"\n  }\n  variables {\n    name = 1\n  }\n}\n";
    // On a disk, the one folder would see the other one's files; here it gets them.
    let declared = module.document(&"main.tf".into()).unwrap().text();
    let (caller, fixture) = crate::testing::snapshot(&format!("{text}//- /../module/main.tf\n{declared}"));
    let folder = |root: &str, snapshot: &crate::Snapshot| crate::WorkspaceFolder {
        root: root.to_owned(),
        snapshot: snapshot.clone(),
    };
    let never = || false;
    let workspace = Workspace::new(vec![folder("/w/caller", &caller), folder("/w/module", &module)], &never);
    let offset = fixture.cursor().offset as u32;
    let found = rename(&workspace, 0, &"main.tf".into(), offset, "title").unwrap().unwrap();
    let shown: Vec<(usize, String, usize)> =
        found.iter().map(|place| (place.folder, place.it.file.to_string(), place.it.edits.len())).collect();
    assert_eq!(
        shown,
        [(0, "a.tftest.hcl".to_owned(), 1), (0, "main.tf".to_owned(), 1), (1, "main.tf".to_owned(), 2)]
    );
}
