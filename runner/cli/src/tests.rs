//! The commands, from words to exit code and output.

use std::path::PathBuf;

use expect_test::{Expect, expect};

use crate::{Environment, run};

/// A folder that is removed when it is no longer needed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let root = std::env::temp_dir().join(format!("runblock-cli-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Folder(root)
    }

    /// Exit code and both streams.
    fn run(&self, line: &str) -> String {
        self.run_in(line, &Environment::new(self.0.clone()))
    }

    fn run_in(&self, line: &str, env: &Environment) -> String {
        let words = line.split_whitespace().map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(words, env, &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        format!("{code}\nout: {}\nerr: {}\n", text(out), text(err))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn check(folder: &Folder, line: &str, expected: Expect) {
    expected.assert_eq(&folder.run(line));
}

const MODULE: &str = "variable \"name\" {\n  default = \"world\"\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const TEST: &str = "run \"passes\" {}\nrun \"fails\" {\n  assert {\n    condition     = output.greeting == \"hello alice\"\n    error_message = \"expected alice\"\n  }\n}\n";

fn sample(name: &str) -> Folder {
    Folder::new(name, &[("m/main.tf", MODULE), ("m/tests/greeting.tftest.hcl", TEST), ("m/other.txt", "")])
}

#[test]
fn misuse_exits_with_2_and_says_where_help_is() {
    let folder = Folder::new("misuse", &[("x", "")]);
    check(
        &folder,
        "",
        expect![[r#"
            2
            out: 
            err: Error: Say what to do: test, check, console, fmt, junit, lsp, version or help.

            For what there is, see: runblock help

        "#]],
    );
    check(
        &folder,
        "test -bogus",
        expect![[r#"
        2
        out: 
        err: Error: There is no flag -bogus.

        For what there is, see: runblock help test

    "#]],
    );
    check(
        &folder,
        "-chdir=nowhere test",
        expect![[r#"
        2
        out: 
        err: Error: There is no directory nowhere.

    "#]],
    );
    check(
        &folder,
        "check nowhere",
        expect![[r#"
        2
        out: 
        err: Error: There is no directory nowhere.

    "#]],
    );
}

#[test]
fn a_failing_suite_exits_with_1() {
    check(
        &sample("fail"),
        "test m",
        expect![[r#"
            1
            out: tests/greeting.tftest.hcl... in progress
              run "passes"... pass
              run "fails"... fail
            tests/greeting.tftest.hcl... tearing down
            tests/greeting.tftest.hcl... fail

            Failure! 1 passed, 1 failed.

            err: 
            Error: Test assertion failed

              on tests/greeting.tftest.hcl line 4, in run "fails":
               4:     condition     = output.greeting == "hello alice"
                ├────────────────
                │ output.greeting is "hello world"

            expected alice

        "#]],
    );
}

#[test]
fn a_passing_suite_exits_with_0() {
    check(
        &sample("pass"),
        "-chdir=m test -var name=alice",
        expect![[r#"
        0
        out: tests/greeting.tftest.hcl... in progress
          run "passes"... pass
          run "fails"... pass
        tests/greeting.tftest.hcl... tearing down
        tests/greeting.tftest.hcl... pass

        Success! 2 passed, 0 failed.

        err: 
    "#]],
    );
}

#[test]
fn one_run_alone() {
    check(
        &sample("one"),
        "test m --filter tests/greeting.tftest.hcl::passes",
        expect![[r#"
        0
        out: tests/greeting.tftest.hcl... in progress
          run "passes"... pass
        tests/greeting.tftest.hcl... tearing down
        tests/greeting.tftest.hcl... pass

        Success! 1 passed, 0 failed.

        err: 
    "#]],
    );
}

#[test]
fn variables_come_from_the_environment() {
    let folder = sample("env");
    let mut env = Environment::new(folder.0.clone());
    env.vars.insert("TF_VAR_name".to_owned(), "alice".to_owned());
    env.vars.insert("OTHER".to_owned(), "x".to_owned());
    expect![[r#"
        0
        out: tests/greeting.tftest.hcl... in progress
          run "passes"... pass
          run "fails"... pass
        tests/greeting.tftest.hcl... tearing down
        tests/greeting.tftest.hcl... pass

        Success! 2 passed, 0 failed.

        err: 
    "#]]
    .assert_eq(&folder.run_in("test m", &env));
}

#[test]
fn a_bad_assignment_runs_nothing() {
    check(
        &sample("assignment"),
        "test m -var name",
        expect![[r#"
        1
        out: 
        err: 
        Error: Invalid -var option

        The given -var option "name" is not correctly specified. Must be a variable
        name and value separated by an equals sign, like -var="key=value".

    "#]],
    );
}

#[test]
fn colours_need_a_terminal_and_nobody_against_them() {
    let folder = sample("colour");
    let mut env = Environment::new(folder.0.clone());
    let coloured = |env: &Environment, line: &str| folder.run_in(line, env).contains("\x1b[");
    assert!(!coloured(&env, "test m"));
    env.stdout_is_terminal = true;
    assert!(coloured(&env, "test m"));
    assert!(!coloured(&env, "test m -no-color"));
    assert!(!coloured(&env, "test m -json"));
    env.vars.insert("NO_COLOR".to_owned(), "1".to_owned());
    assert!(!coloured(&env, "test m"));
}

#[test]
fn check_says_what_is_wrong() {
    check(
        &sample("clean"),
        "check m",
        expect![[r#"
        0
        out: No problems found.

        err: 
    "#]],
    );
    let broken =
        [("main.tf", MODULE), ("t.tftest.hcl", "run \"a\" {\n  command = \"plan\"\n}\nrun \"a\" {}\n")];
    let broken = Folder::new("broken", &broken);
    check(
        &broken,
        "check",
        expect![[r#"
        1
        out: 
        2 problems: 2 errors.

        err: 
        Error: Invalid "command" keyword

          on t.tftest.hcl line 2, in run "a":
           2:   command = "plan"

        The "command" argument requires one of the following keywords without quotes:
        apply or plan.

        Error: Duplicate "run" block names

          on t.tftest.hcl line 4:
           4: run "a" {}

        This test file already has a run named a block defined at t.tftest.hcl:1,1-8.

    "#]],
    );
    // Names are resolved only where everything could be read, as `terraform validate` does.
    let unread =
        [("main.tf", "output \"a\" {\n  value = var.nowhere\n}\n\noutput \"b\" {\n  value = =\n}\n")];
    check(
        &Folder::new("unread", &unread),
        "check",
        expect![[r#"
        1
        out: 
        1 problem: 1 error.

        err: 
        Error: Invalid expression

          on main.tf line 6, in output "b":
           6:   value = =

        Expected the start of an expression, but found an invalid expression token.

    "#]],
    );
    let lines = broken.run("check --json");
    assert_eq!(lines.matches("\"type\":\"diagnostic\"").count(), 2, "{lines}");
}

#[test]
fn versions() {
    let text = sample("version").run("version");
    assert!(text.starts_with("0\nout: runblock "), "{text}");
    let json = sample("version-json").run("version -json");
    assert!(json.contains("\"terraform_version\": \"1.11.4\""), "{json}");
}
