use expect_test::{Expect, expect};

use super::parse;

#[track_caller]
fn check(line: &str, expected: Expect) {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let text = match parse(&words) {
        Ok(invocation) => format!("{invocation:?}"),
        Err(misuse) => format!("{:?}: {}", misuse.topic, misuse.message),
    };
    expected.assert_eq(&text);
}

#[test]
fn terraforms_spelling_and_the_long_one_mean_the_same() {
    let read = |line: &str| parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let long = read("test --filter a.tftest.hcl --json --no-color --var a=b=c --var-file x.tfvars --verbose");
    let single = read("test -filter=a.tftest.hcl -json -no-color -var=a=b=c -var-file=x.tfvars -verbose");
    let spaced =
        read("test -filter a.tftest.hcl -json=true -no-color -var a=b=c -var-file x.tfvars -verbose=1");
    assert!(long.is_ok());
    assert_eq!(long, single);
    assert_eq!(long, spaced);
}

#[test]
fn variables_and_schemas_keep_their_order() {
    check(
        "test -var a=1 -schemas=aws.json -var-file f --schemas more -var a=2 modules/x",
        expect![[
            r#"Invocation { chdir: None, command: Test(TestArgs { directory: Some("modules/x"), filters: [], format: Human, json_into: None, junit_xml: None, no_color: false, verbose: false, timings: false, slowest: None, list: false, fail_fast: false, shard: None, durations: None, compact_warnings: false, consolidate_warnings: true, consolidate_errors: false, parallelism: None, run_parallelism: None, test_directory: None, dialect: None, schemas: ["aws.json", "more"], variables: [Value("a=1"), File("f"), Value("a=2")] }) }"#
        ]],
    );
}

#[test]
fn goes_elsewhere_first() {
    check(
        "-chdir=m check --json",
        expect![[
            r#"Invocation { chdir: Some("m"), command: Check(CheckArgs { paths: [], format: Json, fail_on: Error, fix: false, no_color: false, test_directory: None, dialect: None, schemas: [], variables: [] }) }"#
        ]],
    );
    check("-chdir= check", expect![[r#"Program: The flag -chdir needs a directory: -chdir=DIR."#]]);
}

#[test]
fn says_what_is_wrong() {
    check("", expect!["Program: Say what to do: test, check, console, fmt, junit, lsp, version or help."]);
    check("tset", expect![[r#"Program: There is no command "tset". Did you mean "test"?"#]]);
    check("apply", expect![[r#"Program: There is no command "apply"."#]]);
    check("-json test", expect![[r#"Program: There is no flag -json before the command."#]]);
    check("test --filer x", expect![[r#"Test: There is no flag --filer. Did you mean --filter?"#]]);
    check("test -bogus=1", expect![[r#"Test: There is no flag -bogus."#]]);
    check("test -filter", expect![[r#"Test: The flag -filter needs a value."#]]);
    check(
        "test -json=perhaps",
        expect![[r#"Test: The flag -json is on or off; "perhaps" is neither true nor false."#]],
    );
    check("check -schemas=", expect![[r#"Check: The flag --schemas needs a file."#]]);
    check("test a b", expect![[r#"Test: One directory at most: "b" is one too many."#]]);
    check(
        "check a b --fail-on all",
        expect![[r#"Check: There is no severity "all". Known are error, warning, hint and never."#]],
    );
    check("-chdir=m lsp", expect!["Program: The command lsp takes no -chdir: editors say where they are."]);
    check("version 1", expect![[r#"Program: The command version takes no argument "1"."#]]);
}

#[test]
fn helps_everywhere() {
    for line in ["help", "--help", "-h", "version -h", "help lsp", "lsp --help"] {
        check(line, expect!["Invocation { chdir: None, command: Help(Program) }"]);
    }
    for line in ["help test", "test -help", "test --json -h"] {
        check(line, expect!["Invocation { chdir: None, command: Help(Test) }"]);
    }
    check("check --help", expect!["Invocation { chdir: None, command: Help(Check) }"]);
    check("-version", expect!["Invocation { chdir: None, command: Version { json: false } }"]);
}

#[test]
fn fmt_takes_many_targets_and_switches() {
    check(
        "fmt -check --recursive -list=false a.tf -",
        expect![[
            r#"Invocation { chdir: None, command: Fmt(FmtArgs { targets: ["a.tf", "-"], list: false, write: true, diff: false, check: true, recursive: true, no_color: false }) }"#
        ]],
    );
    check("fmt -lst", expect![[r#"Fmt: There is no flag -lst. Did you mean -list?"#]]);
    check("help fmt", expect![[r#"Invocation { chdir: None, command: Help(Fmt) }"#]]);
}
