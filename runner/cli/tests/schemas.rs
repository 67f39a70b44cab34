//! Schemas of providers, given to the commands that check configuration: where they are looked for, what is found with
//! them, and what is said about files that hold none.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::io::Cursor;

use cli::{Environment, run_with_input};
use expect_test::{Expect, expect};

/// A module in a folder of its own.
struct Folder(fixture::Folder);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        Folder(fixture::Folder::of(files.iter().copied()))
    }

    /// Exit code and both streams, with a value of `RUNBLOCK_SCHEMAS`.
    fn run(&self, line: &str, listed: &str, input: &str) -> String {
        let mut env = Environment::new(self.0.to_path_buf());
        env.vars.insert("RUNBLOCK_SCHEMAS".to_owned(), listed.to_owned());
        let words = line.split_whitespace().map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run_with_input(words, &env, &mut Cursor::new(input), &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        format!("{code}\n{}\n{}", text(out), text(err))
    }

    #[track_caller]
    fn check(&self, line: &str, expected: Expect) {
        expected.assert_eq(&self.run(line, "", ""));
    }
}

const CLOUD: &str = include_str!("data/schemas/cloud.json");

const MAIN: &str = r#"terraform {
  required_providers {
    cloud = { source = "example/cloud" }
  }
}

provider "cloud" {
  regoin = "north"
}

resource "cloud_machine" "a" {
  sizes = "many"

  disk {
    size = "large"
  }

  network {
  }
}

resource "cloud_machin" "b" {
}

data "cloud_machine" "c" {
}

output "d" {
  value = cloud_machine.a.nmae
}
"#;

const TEST: &str = "run \"a\" {\n  assert {\n    condition     = cloud_machine.a.ic == 1\n    error_message = \"\"\n  }\n}\n";

fn module() -> Folder {
    let files = [("m/main.tf", MAIN), ("m/t.tftest.hcl", TEST), ("cloud.json", CLOUD)];
    Folder::new(&files)
}

#[test]
fn configuration_is_checked_against_them() {
    let folder = module();
    folder.check(
        "check m",
        expect![[r#"
        0
        No problems found.

    "#]],
    );
    folder.check(
        "check m --schemas cloud.json",
        expect![[r#"
            1

            9 problems: 9 errors. 4 can be fixed with --fix.


            Error: Unsupported argument

              on m/main.tf line 8, in provider "cloud":
               8:   regoin = "north"

            An argument named "regoin" is not expected here. Did you mean "region"?

            Error: Missing required argument

              on m/main.tf line 11, in resource "cloud_machine" "a":
              11: resource "cloud_machine" "a" {

            The argument "name" is required, but no definition was found.

            Error: Incorrect attribute value type

              on m/main.tf line 12, in resource "cloud_machine" "a":
              12:   sizes = "many"

            Inappropriate value for attribute "sizes": list of number required.

            Error: Incorrect attribute value type

              on m/main.tf line 15, in resource "cloud_machine" "a":
              15:     size = "large"

            Inappropriate value for attribute "size": a number is required.

            Error: Unsupported block type

              on m/main.tf line 18, in resource "cloud_machine" "a":
              18:   network {

            Blocks of type "network" are not expected here.

            Error: Invalid resource type

              on m/main.tf line 22, in resource "cloud_machin" "b":
              22: resource "cloud_machin" "b" {

            The provider example/cloud does not support resource type "cloud_machin". Did
            you mean "cloud_machine"?

            Error: Invalid data source

              on m/main.tf line 25, in data "cloud_machine" "c":
              25: data "cloud_machine" "c" {

            The provider example/cloud does not support data source "cloud_machine".

            Did you intend to use the managed resource type "cloud_machine"? If so,
            declare this using a "resource" block instead of a "data" block.

            Error: Unsupported attribute

              on m/main.tf line 29, in output "d":
              29:   value = cloud_machine.a.nmae

            This object has no argument, nested block, or exported attribute named
            "nmae". Did you mean "name"?

            Error: Unsupported attribute

              on m/t.tftest.hcl line 3, in run "a":
               3:     condition     = cloud_machine.a.ic == 1

            This object has no argument, nested block, or exported attribute named "ic".
            Did you mean "id"?
        "#]],
    );
}

#[test]
fn they_are_found_wherever_they_may_be() {
    let folder = module();
    let checked = |line: &str, listed: &str| {
        let said = folder.run(line, listed, "");
        assert!(said.ends_with('\n'), "{said}");
        said.contains("Error: Invalid resource type")
    };
    assert!(!checked("check m", ""));
    assert!(checked("check m", "cloud.json"));
    assert!(checked("-chdir=m check", "cloud.json"));
    assert!(checked("-chdir=m check --schemas=../cloud.json", ""));
    let root = folder.0.display().to_string();
    assert!(checked(&format!("check m -schemas {root}/cloud.json"), ""));
    // Folders count with what they hold, and empty entries are nothing.
    let listed = std::env::join_paths(["", "m", root.as_str()]).unwrap().into_string().unwrap();
    assert!(checked("check m", &listed));
    let own = folder.0.join("m/.runblock/schemas");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::rename(folder.0.join("cloud.json"), own.join("cloud.json")).unwrap();
    assert!(checked("check m", ""));
    // Of two descriptions of a provider the later one counts.
    let other = CLOUD.replace("cloud_machine", "cloud_machin");
    std::fs::write(folder.0.join("other.json"), other).unwrap();
    assert!(folder.run("check m", "other.json", "").contains("resource type \"cloud_machine\""));
    assert!(!folder.run("check m", "other.json", "").contains("resource type \"cloud_machin\""));
}

#[test]
fn a_run_needs_the_provider_all_the_same() {
    let valid = "resource \"cloud_machine\" \"a\" {\n  name = \"a\"\n}\n";
    let required =
        "terraform {\n  required_providers {\n    cloud = { source = \"example/cloud\" }\n  }\n}\n";
    let files = [
        ("main.tf", format!("{required}{valid}")),
        ("t.tftest.hcl", "run \"a\" {}\n".to_owned()),
        ("cloud.json", CLOUD.to_owned()),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let folder = Folder::new(&files);
    folder.check(
        "check --schemas cloud.json",
        expect![[r#"
        0
        No problems found.

    "#]],
    );
    folder.check(
        "test --schemas cloud.json",
        expect![[r#"
            1
            t.tftest.hcl... in progress
              run "a"... fail
            t.tftest.hcl... tearing down
            t.tftest.hcl... fail

            Failure! 0 passed, 1 failed.


            Error: Provider not available

              on main.tf line 3, in terraform:
               3:     cloud = { source = "example/cloud" }

            Running cloud_machine.a needs the provider
            registry.terraform.io/example/cloud. The module requires it as "cloud". This
            version of runblock runs the built-in provider (terraform_data,
            terraform_remote_state) and mocked ones: with a block mock_provider "cloud"
            in the test file, its objects are made up. Checks and completion work in this
            file all the same.
        "#]],
    );
    // What is wrong is said before it is missed.
    let said = module().run("test m --schemas cloud.json", "", "");
    assert!(
        said.contains("Error: Unsupported argument") && said.contains("Error: Provider not available"),
        "{said}"
    );
}

#[test]
fn files_that_hold_none_are_named() {
    let folder = module();
    std::fs::write(folder.0.join("cut.json"), &CLOUD[..100]).unwrap();
    std::fs::write(folder.0.join("new.json"), "{\"format_version\": \"2.0\"}").unwrap();
    std::fs::write(folder.0.join("cloud.json.zst"), "").unwrap();
    for command in ["check m", "test m", "-chdir=m console"] {
        for (path, expected) in [
            ("nowhere.json", "There is no file or folder"),
            ("cut.json", "the document is cut off at line"),
            ("new.json", "format version \"2.0\""),
            ("cloud.json.zst", "zstd -d"),
        ] {
            let path = folder.0.join(path).display().to_string();
            let said = folder.run(&format!("{command} --schemas {path}"), "", "1\n");
            let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.starts_with("1\n"), "{command}: {said}");
            assert!(words.contains("Error: Failed to read provider schemas"), "{command}: {said}");
            assert!(words.contains(&path) && words.contains(expected), "{command}: {said}");
            // Nothing runs.
            assert!(!said.contains("in progress") && !said.contains("\n1\n"), "{command}: {said}");
        }
    }
}

#[test]
fn one_schema_that_cannot_be_read_leaves_the_others() {
    let folder = module();
    let broken = CLOUD.replacen("\"number\"", "\"numbr\"", 1);
    std::fs::write(folder.0.join("broken.json"), broken).unwrap();
    folder.check("-chdir=m check --schemas ../broken.json", expect![[r#"
        1

        4 problems: 4 errors. 2 can be fixed with --fix.


        Error: Unsupported argument

          on main.tf line 8, in provider "cloud":
           8:   regoin = "north"

        An argument named "regoin" is not expected here. Did you mean "region"?

        Error: Invalid provider schema

          on main.tf line 11, in resource "cloud_machine" "a":
          11: resource "cloud_machine" "a" {

        The schema of the resource type "cloud_machine" cannot be read, so nothing
        can be checked against it: ../broken.json:
        provider_schemas["registry.terraform.io/example/cloud"].resource_schemas.cloud_machine.block.attributes.sizes.type[1]:
        unknown type "numbr".

        Error: Invalid resource type

          on main.tf line 22, in resource "cloud_machin" "b":
          22: resource "cloud_machin" "b" {

        The provider example/cloud does not support resource type "cloud_machin". Did
        you mean "cloud_machine"?

        Error: Invalid data source

          on main.tf line 25, in data "cloud_machine" "c":
          25: data "cloud_machine" "c" {

        The provider example/cloud does not support data source "cloud_machine".
    "#]]);
}

#[test]
fn the_console_reads_objects_of_the_state() {
    let state = r#"{"version": 4, "resources": [{"mode": "managed", "type": "cloud_machine", "name": "a",
        "provider": "provider[\"registry.terraform.io/example/cloud\"]", "instances": [{"attributes": {
            "name": "one", "sizes": [1, 2], "gone": true, "disk": [{"size": 3}]}}]}]}"#;
    let main = "terraform {\n  required_providers {\n    cloud = { source = \"example/cloud\" }\n  }\n}\n\
        resource \"cloud_machine\" \"a\" {\n  name = \"one\"\n}\n";
    let files = [("main.tf", main), ("terraform.tfstate", state), ("cloud.json", CLOUD)];
    let folder = Folder::new(&files);
    let asked = |input: &str| folder.run("console --schemas cloud.json", "", input);
    assert_eq!(asked("cloud_machine.a.name\n"), "0\n\"one\"\n\n");
    assert_eq!(asked("cloud_machine.a.sizes\n"), "0\ntolist([\n  1,\n  2,\n])\n\n");
    assert_eq!(
        asked("cloud_machine.a.disk\n"),
        "0\ntolist([\n  {\n    \"kind\" = tostring(null)\n    \"size\" = 3\n  },\n])\n\n"
    );
    assert_eq!(asked("type(cloud_machine.a.id)\n"), "0\nstring\n\n");
    assert!(asked("cloud_machine.a.nope\n").starts_with("1\n"));
    assert!(folder.run("console", "", "cloud_machine.a.name\n").contains("State objects without a schema"));
}
