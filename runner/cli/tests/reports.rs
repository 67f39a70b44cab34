//! What `runblock test` says, and where: reports in files, annotations, lists and shares.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::collections::BTreeMap;

use cli::Environment;
use expect_test::{Expect, expect};

/// A module in a folder of its own.
struct Folder(fixture::Folder);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        Folder(fixture::Folder::of(files.iter().copied()))
    }

    /// Exit code and both streams, without times and without where the folder is.
    fn run(&self, line: &str) -> String {
        self.run_with(line, &[])
    }

    fn run_with(&self, line: &str, vars: &[(&str, &str)]) -> String {
        let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if line.starts_with("test ") && !line.contains("--dialect") {
            words.extend(["--dialect", "terraform@1.11.4"].map(str::to_owned));
        }
        let mut env = Environment::new(self.0.to_path_buf());
        env.vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = cli::run(words, &env, &mut out, &mut err);
        let text = |bytes| steady(&String::from_utf8(bytes).unwrap());
        format!("{code}\nout: {}err: {}", text(out), text(err)).replace(&*self.0.to_string_lossy(), "ROOT")
    }

    fn read(&self, path: &str) -> String {
        steady(&std::fs::read_to_string(self.0.join(path)).unwrap())
    }
}

/// The text with every time replaced.
fn steady(text: &str) -> String {
    let mut out = text.to_owned();
    for (before, after) in [(" time=\"", "\""), (" timestamp=\"", "\""), ("\"@timestamp\":\"", "\"")] {
        let mut parts = out.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        out = parts.fold(first, |text, part| {
            let rest = part.split_once(after).map_or("", |(_, rest)| rest);
            format!("{text}{before}T{after}{rest}")
        });
    }
    out
}

const MODULE: &str = "variable \"name\" {\n  default = \"world\"\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const FAILS: &str = "run \"passes\" {}\nrun \"fails\" {\n  assert {\n    condition     = output.greeting == \"hello alice\"\n    error_message = \"50% alice, no: more\"\n  }\n}\n";
const ERRS: &str = "run \"errs\" {\n  assert {\n    condition     = output.nope\n    error_message = \"x\"\n  }\n}\nrun \"after\" {}\n";

fn sample() -> Folder {
    Folder::new(&[
        ("m/main.tf", MODULE),
        ("m/a.tftest.hcl", FAILS),
        ("m/tests/b.tftest.hcl", ERRS),
        ("m/tests/c.tftest.hcl", "run \"only\" {}\n"),
    ])
}

#[track_caller]
fn check(found: &str, expected: Expect) {
    expected.assert_eq(found);
}

#[test]
fn a_junit_file_has_every_run() {
    let folder = sample();
    folder.run("test m -no-color -junit-xml=o.xml");
    check(
        &folder.read("o.xml"),
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?><testsuites>
          <testsuite name="a.tftest.hcl" tests="2" skipped="0" failures="1" errors="0">
            <testcase name="passes" classname="a.tftest.hcl" time="T" timestamp="T"></testcase>
            <testcase name="fails" classname="a.tftest.hcl" time="T" timestamp="T">
              <failure message="1 of 1 assertions failed: 50% alice, no: more"><![CDATA[
        Error: Test assertion failed

          on a.tftest.hcl line 4, in run "fails":
           4:     condition     = output.greeting == "hello alice"
            ├────────────────
            │ output.greeting is "hello world"

        50% alice, no: more
        ]]></failure>
            </testcase>
          </testsuite>
          <testsuite name="tests/b.tftest.hcl" tests="2" skipped="1" failures="0" errors="1">
            <testcase name="errs" classname="tests/b.tftest.hcl" time="T" timestamp="T">
              <error message="Encountered an error"><![CDATA[
        Error: Reference to undeclared output value

          on tests/b.tftest.hcl line 3, in run "errs":
           3:     condition     = output.nope

        An output value with the name "nope" has not been declared.
        ]]></error>
            </testcase>
            <testcase name="after" classname="tests/b.tftest.hcl">
              <skipped message="Testcase skipped due to a previous testcase error"><![CDATA[Previous testcase "errs" ended in error, which caused the remaining tests in the file to be skipped]]></skipped>
            </testcase>
          </testsuite>
          <testsuite name="tests/c.tftest.hcl" tests="1" skipped="0" failures="0" errors="0">
            <testcase name="only" classname="tests/c.tftest.hcl" time="T" timestamp="T"></testcase>
          </testsuite>
        </testsuites>"#]],
    );
}

#[test]
fn the_files_of_the_shares_are_the_file_of_the_whole() {
    let folder = sample();
    folder.run("test m -junit-xml=all.xml");
    for number in 1..=3 {
        folder.run(&format!("test m --shard {number}/3 -junit-xml={number}.xml"));
    }
    check(
        &folder.run("junit merge 3.xml 1.xml 2.xml -o merged.xml"),
        expect![[r#"
        0
        out: err: "#]],
    );
    assert_eq!(folder.read("merged.xml"), folder.read("all.xml"));
    check(
        &folder.run("junit merge 1.xml none.xml m/main.tf"),
        expect![[r#"
        1
        out: err: Error: none.xml cannot be read: no such file or directory.
        Error: m/main.tf cannot be read as a JUnit file, because it has no test suites.
    "#]],
    );
}

#[test]
fn shares_are_balanced_by_durations() {
    let folder = sample();
    let times = "<testsuites><testsuite name=\"tests/c.tftest.hcl\"><testcase time=\"60\"/></testsuite>\
                 <testsuite name=\"a.tftest.hcl\"><testcase time=\"1\"/></testsuite></testsuites>";
    std::fs::write(folder.0.join("times.xml"), times).unwrap();
    check(
        &folder.run("test m --list --shard 1/2 --durations times.xml"),
        expect![[r#"
        0
        out: tests/c.tftest.hcl::only
        err: "#]],
    );
    check(
        &folder.run("test m --list --shard 2/2 --durations times.xml"),
        expect![[r#"
        0
        out: a.tftest.hcl::passes
        a.tftest.hcl::fails
        tests/b.tftest.hcl::errs
        tests/b.tftest.hcl::after
        err: "#]],
    );
    check(
        &folder.run("test m --list --shard 2/2 --durations none.xml"),
        expect![[r#"
        2
        out: err: Error: none.xml cannot be read: no such file or directory.
    "#]],
    );
    check(
        &folder.run("test m --list --shard 3/2"),
        expect![[r#"
            2
            out: err: Error: The flag --shard needs the number of a shard and how many there are, as in 1/3; "3/2" is not that.

            For what there is, see: runblock help test
        "#]],
    );
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_after_everything_else() {
    let folder = sample();
    check(
        &folder.run("test m -no-color -filter=tests/c.tftest.hcl -junit-xml=none/o.xml"),
        expect![[r#"
        1
        out: tests/c.tftest.hcl... in progress
          run "only"... pass
        tests/c.tftest.hcl... tearing down
        tests/c.tftest.hcl... pass

        Success! 1 passed, 0 failed.
        err: 
        Error: error saving JUnit XML to file "none/o.xml"

        open none/o.xml: no such file or directory
    "#]],
    );
    check(
        &folder.run("test m -no-color --dialect tofu@1.12 -json-into=none/o.json"),
        expect![[r#"
        2
        out: err: Error: none/o.json cannot be written: no such file or directory.
    "#]],
    );
}

#[test]
fn runs_are_listed_and_not_executed() {
    let folder = sample();
    check(
        &folder.run("test m --list"),
        expect![[r#"
        0
        out: a.tftest.hcl::passes
        a.tftest.hcl::fails
        tests/b.tftest.hcl::errs
        tests/b.tftest.hcl::after
        tests/c.tftest.hcl::only
        err: "#]],
    );
    check(
        &folder.run("test m --list --filter a.tftest.hcl::f*"),
        expect![[r#"
        0
        out: a.tftest.hcl::passes (prerequisite)
        a.tftest.hcl::fails
        err: "#]],
    );
    check(
        &folder.run("test m --list --json --filter a.tftest.hcl::f*"),
        expect![[r#"
        0
        out: {"@level":"info","@message":"runblock 0.1.0","@module":"terraform.ui","@timestamp":"T","runblock":"0.1.0","terraform":"1.11.4","type":"version","ui":"1.2"}
        {"@level":"info","@message":"a.tftest.hcl::passes","@module":"terraform.ui","@testfile":"a.tftest.hcl","@testrun":"passes","@timestamp":"T","test_listed":{"id":"a.tftest.hcl::passes","module":".","path":"a.tftest.hcl","run":"passes","prerequisite":true},"type":"test_listed"}
        {"@level":"info","@message":"a.tftest.hcl::fails","@module":"terraform.ui","@testfile":"a.tftest.hcl","@testrun":"fails","@timestamp":"T","test_listed":{"id":"a.tftest.hcl::fails","module":".","path":"a.tftest.hcl","run":"fails"},"type":"test_listed"}
        err: "#]],
    );
    std::fs::write(folder.0.join("m/d.tftest.hcl"), "run {}\n").unwrap();
    check(
        &folder.run("test m --list -no-color"),
        expect![[r#"
        1
        out: err: 
        Error: Missing name for run

          on d.tftest.hcl line 1, in run:
           1: run {}

        All run blocks must have 1 labels (name).
    "#]],
    );
}

#[test]
fn annotations_are_for_lines_of_the_repository() {
    let folder = sample();
    check(
        &folder.run("test m --format github --filter a.tftest.hcl::fails"),
        expect![[r#"
        1
        out: a.tftest.hcl... in progress
          run "passes"... pass (prerequisite)
          run "fails"... fail
        a.tftest.hcl... tearing down
        a.tftest.hcl... fail

        Failure! 1 passed, 1 failed.
        ::error file=m/a.tftest.hcl,line=4,endLine=4,col=21,endColumn=53,title=Test assertion failed::50%25 alice, no: more%0A%0Aoutput.greeting is "hello world"%0A%0AFound by a.tftest.hcl::fails
        err: 
        Error: Test assertion failed

          on a.tftest.hcl line 4, in run "fails":
           4:     condition     = output.greeting == "hello alice"
            ├────────────────
            │ output.greeting is "hello world"

        50% alice, no: more
    "#]],
    );
    let root = folder.0.join("m").to_string_lossy().into_owned();
    check(
        &folder
            .run_with("test m --format github --filter tests/b.tftest.hcl", &[("GITHUB_WORKSPACE", &root)]),
        expect![[r#"
            1
            out: tests/b.tftest.hcl... in progress
              run "errs"... fail
              run "after"... skip
            tests/b.tftest.hcl... tearing down
            tests/b.tftest.hcl... fail

            Failure! 0 passed, 1 failed, 1 skipped.
            ::error file=tests/b.tftest.hcl,line=3,endLine=3,col=21,endColumn=32,title=Reference to undeclared output value::An output value with the name "nope" has not been declared.%0A%0AFound by tests/b.tftest.hcl::errs
            err: 
            Error: Reference to undeclared output value

              on tests/b.tftest.hcl line 3, in run "errs":
               3:     condition     = output.nope

            An output value with the name "nope" has not been declared.
        "#]],
    );
}

#[test]
fn flags_need_the_dialects_that_have_them() {
    let folder = sample();
    check(
        &folder.run("test m --dialect tofu@1.12 -junit-xml=o.xml"),
        expect![[r#"
            2
            out: err: Error: The flag --junit-xml needs Terraform 1.11, and OpenTofu 1.12.6 was asked for.

            For what there is, see: runblock help test
        "#]],
    );
    check(
        &folder.run("test m --dialect terraform@1.10 -junit-xml=o.xml"),
        expect![[r#"
            2
            out: err: Error: The flag --junit-xml needs Terraform 1.11, and Terraform 1.10.5 was asked for.

            For what there is, see: runblock help test
        "#]],
    );
    check(
        &folder.run("test m --dialect terraform@1.12 -run-parallelism=2"),
        expect![[r#"
            2
            out: err: Error: The flag --run-parallelism needs Terraform 1.13, and Terraform 1.12.2 was asked for.

            For what there is, see: runblock help test
        "#]],
    );
    check(
        &folder.run("test m --dialect terraform@1.12 -json-into=o.json"),
        expect![[r#"
            2
            out: err: Error: The flag --json-into needs OpenTofu 1.12, and Terraform 1.12.2 was asked for.

            For what there is, see: runblock help test
        "#]],
    );
    check(
        &folder.run("test m -cloud-run=x"),
        expect![[r#"
            2
            out: err: Error: Remote test runs (--cloud-run) are not supported; tests run here.

            For what there is, see: runblock help test
        "#]],
    );
    check(
        &folder.run("test m --format xml"),
        expect![[r#"
        2
        out: err: Error: There is no format "xml". Known are human, json and github.

        For what there is, see: runblock help test
    "#]],
    );
    check(
        &folder.run("test m --slowest many"),
        expect![[r#"
            2
            out: err: Error: The flag --slowest needs a number; "many" is none.

            For what there is, see: runblock help test
        "#]],
    );
}

#[test]
fn a_copy_of_the_stream_goes_into_a_file() {
    let folder = sample();
    let line = "test m --dialect tofu@1.12 -no-color -json-into=o.json -filter=tests/c.tftest.hcl";
    check(
        &folder.run(line),
        expect![[r#"
        0
        out: tests/c.tftest.hcl... pass
          run "only"... pass

        Success! 1 passed, 0 failed.
        err: "#]],
    );
    check(
        &folder.read("o.json"),
        expect![[r#"
            {"@level":"info","@message":"runblock 0.1.0","@module":"tofu.ui","@timestamp":"T","runblock":"0.1.0","tofu":"1.12.6","type":"version","ui":"1.2"}
            {"@level":"info","@message":"Found 1 file and 1 run block","@module":"tofu.ui","@timestamp":"T","test_abstract":{"tests/c.tftest.hcl":["only"]},"type":"test_abstract"}
            {"@level":"info","@message":"tests/c.tftest.hcl... pass","@module":"tofu.ui","@testfile":"tests/c.tftest.hcl","@timestamp":"T","test_file":{"path":"tests/c.tftest.hcl","status":"pass"},"type":"test_file"}
            {"@level":"info","@message":"  \"only\"... pass","@module":"tofu.ui","@testfile":"tests/c.tftest.hcl","@testrun":"only","@timestamp":"T","test_run":{"path":"tests/c.tftest.hcl","run":"only","status":"pass"},"type":"test_run"}
            {"@level":"info","@message":"Success! 1 passed, 0 failed.","@module":"tofu.ui","@timestamp":"T","test_summary":{"status":"pass","passed":1,"failed":0,"errored":0,"skipped":0},"type":"test_summary"}
        "#]],
    );
}

#[test]
fn warnings_are_told_as_asked() {
    let undeclared = "run \"a\" {\n  variables {\n    x = 1\n    y = 2\n  }\n}\n";
    let folder = Folder::new(&[("main.tf", MODULE), ("t.tftest.hcl", undeclared)]);
    check(
        &folder.run("test -no-color -compact-warnings"),
        expect![[r#"
        0
        out: t.tftest.hcl... in progress
          run "a"... pass

        Warnings:

        - Value for undeclared variable
          on t.tftest.hcl line 3 (and 1 more)

        To see the full warning notes, run Terraform without -compact-warnings.

        t.tftest.hcl... tearing down
        t.tftest.hcl... pass

        Success! 1 passed, 0 failed.
        err: "#]],
    );
}
