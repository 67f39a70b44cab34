//! What is said to people who write something that is nearly right on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use cli::Environment;
use expect_test::{Expect, expect};
use fixture::Folder;

const TEST: &str = "run \"first\" {}\nrun \"second\" {}\n";

fn sample() -> Folder {
    Folder::of([("main.tf", "output \"cwd\" { value = path.cwd }\n"), ("tests/names.tftest.hcl", TEST)])
}

/// Exit code and both streams. The environment may be changed first.
fn run(folder: &Folder, line: &str, change: impl FnOnce(&mut Environment)) -> String {
    let words = line.split_whitespace().map(str::to_owned).collect();
    let mut env = Environment::new(folder.to_path_buf());
    change(&mut env);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(words, &env, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("{code}\nout: {}err: {}", text(out), text(err))
}

/// What is said to a filter when somebody watches: the detail of the warning.
#[track_caller]
fn meant(filter: &str, expected: Expect) {
    let said = run(&sample(), &format!("test -no-color --filter {filter}"), |env| {
        env.stdout_is_terminal = true;
        env.columns = Some(200);
    });
    let warning = said.split_once("Warning: ").map_or("nothing", |(_, warning)| warning);
    expected.assert_eq(warning.lines().nth(2).unwrap_or(warning));
}

#[test]
fn a_filter_may_have_meant_another_name() {
    meant(
        "names",
        expect!["The specified test file, names, could not be found. Did you mean tests/names.tftest.hcl?"],
    );
    meant(
        "names.tftest.hcl",
        expect![
            "The specified test file, names.tftest.hcl, could not be found. Did you mean tests/names.tftest.hcl?"
        ],
    );
    meant(
        "./tests/names.tftest.hcl",
        expect![
            "The specified test file, ./tests/names.tftest.hcl, could not be found. Did you mean tests/names.tftest.hcl?"
        ],
    );
    meant(
        "tests/name.tftest.hcl",
        expect![
            "The specified test file, tests/name.tftest.hcl, could not be found. Did you mean tests/names.tftest.hcl?"
        ],
    );
    meant(
        "na*",
        expect!["The specified test file, na*, could not be found. Did you mean tests/names.tftest.hcl?"],
    );
    meant(
        "names::first",
        expect![
            "The specified test file, names, could not be found. Did you mean tests/names.tftest.hcl::first?"
        ],
    );
    meant(
        "first",
        expect![
            "The specified test file, first, could not be found. Did you mean tests/names.tftest.hcl::first?"
        ],
    );
    meant(
        "tests/*::frist",
        expect![[
            r#"The test file tests/* has no run block named "frist". Did you mean tests/names.tftest.hcl::first?"#
        ]],
    );
    meant("elsewhere", expect!["The specified test file, elsewhere, could not be found."]);
    meant("tests/names.tftest.hcl", expect!["nothing"]);
}

#[test]
fn nobody_is_told_where_the_tool_is_silent() {
    let said = run(&sample(), "test --dialect terraform@1.11 --filter names", |_| {});
    expect![[r#"
        0
        out: 
        Success! 0 passed, 0 failed.
        err: "#]]
    .assert_eq(&said);
}

#[test]
fn a_list_is_alone_on_standard_output() {
    let said = run(&sample(), "test --list --filter names --filter tests/*::second", |_| {});
    expect![[r#"
        0
        out: tests/names.tftest.hcl::first (prerequisite)
        tests/names.tftest.hcl::second
        err: 
        Warning: Unknown test file

        The specified test file, names, could not be found. Did you mean
        tests/names.tftest.hcl?
    "#]]
    .assert_eq(&said);
}

#[test]
fn a_test_file_is_no_directory() {
    let said = run(&sample(), "test tests/names.tftest.hcl::first", |_| {});
    expect![[r#"
        2
        out: err: Error: tests/names.tftest.hcl is a file. To run it alone: runblock test --filter tests/names.tftest.hcl::first
    "#]]
    .assert_eq(&said);
}

#[test]
fn extra_arguments_have_to_be_words() {
    let said = run(&sample(), "test", |env| {
        env.vars.insert("TF_CLI_ARGS_test".to_owned(), "-var 'a=b".to_owned());
    });
    expect![[r#"
        2
        out: err: Error: TF_CLI_ARGS_test cannot be split into words, because a quote in it is not closed.
    "#]]
    .assert_eq(&said);
}

#[test]
fn the_working_directory_is_where_the_tool_was_started() {
    let shows = "run \"a\" {\n  assert {\n    condition     = output.cwd == \"\"\n    error_message = output.cwd\n  }\n}\n";
    let folder =
        Folder::of([("m/main.tf", "output \"cwd\" { value = path.cwd }\n"), ("m/a.tftest.hcl", shows)]);
    let here = folder.to_string_lossy().into_owned();
    let said = run(&folder, "-chdir=m test -no-color", |env| env.columns = Some(500));
    assert!(said.ends_with(&format!("\n\n{here}\n")), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_directory_cannot_be_read() {
    let folder = sample();
    std::os::unix::fs::symlink(folder.join("tests"), folder.join("tests/link.tftest.hcl")).unwrap();
    let said = run(&folder, "test --dialect terraform@1.11", |_| {});
    expect![[r#"
        1
        out: err: 
        Error: Failed to read file

        The file "tests/link.tftest.hcl" could not be read.
    "#]]
    .assert_eq(&said);
}
