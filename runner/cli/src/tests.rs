//! The commands, from words to exit code and output.

use expect_test::{Expect, expect};

use crate::{Environment, run};

/// A module in a folder of its own.
struct Folder(fixture::Folder);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        Folder(fixture::Folder::of(files.iter().copied()))
    }

    /// Exit code and both streams.
    fn run(&self, line: &str) -> String {
        self.run_in(line, &Environment::new(self.0.to_path_buf()))
    }

    fn run_in(&self, line: &str, env: &Environment) -> String {
        let words = line.split_whitespace().map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(words, env, &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        format!("{code}\nout: {}\nerr: {}\n", text(out), text(err))
    }
}

#[track_caller]
fn check(folder: &Folder, line: &str, expected: Expect) {
    expected.assert_eq(&folder.run(line));
}

const MODULE: &str = "variable \"name\" {\n  default = \"world\"\n}\noutput \"greeting\" {\n  value = \"hello ${var.name}\"\n}\n";
const TEST: &str = "run \"passes\" {}\nrun \"fails\" {\n  assert {\n    condition     = output.greeting == \"hello alice\"\n    error_message = \"expected alice\"\n  }\n}\n";

fn sample() -> Folder {
    Folder::new(&[("m/main.tf", MODULE), ("m/tests/greeting.tftest.hcl", TEST), ("m/other.txt", "")])
}

#[test]
fn misuse_exits_with_2_and_says_where_help_is() {
    let folder = Folder::new(&[("x", "")]);
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
        err: Error: There is no file or directory nowhere.

    "#]],
    );
}

#[test]
fn a_failing_suite_exits_with_1() {
    check(
        &sample(),
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
                │ Diff:
                │ --- actual
                │ +++ expected
                │ - "hello world"
                │ + "hello alice"


            expected alice

        "#]],
    );
}

#[test]
fn a_passing_suite_exits_with_0() {
    check(
        &sample(),
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
        &sample(),
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
    let folder = sample();
    let mut env = Environment::new(folder.0.to_path_buf());
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
        &sample(),
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
    let folder = sample();
    let mut env = Environment::new(folder.0.to_path_buf());
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
fn a_box_names_the_operands_when_the_difference_tells_nothing() {
    let test = "run \"a\" {\n  assert {\n    condition     = output.greeting == \"hello\" && output.greeting != \"\"\n    \
                error_message = \"No.\"\n  }\n}\n";
    let module = "output \"greeting\" {\n  value = \"good morning\"\n}\n";
    let folder = Folder::new(&[("main.tf", module), ("t.tftest.hcl", test)]);
    let mut env = Environment::new(folder.0.to_path_buf());
    let line = "test --dialect terraform@1.12";
    assert!(!folder.run_in(line, &env).contains("good morning"), "Terraform's own text says nothing of it");
    env.stdout_is_terminal = true;
    assert!(folder.run_in(line, &env).contains("output.greeting\x1b[0m is \"good morning\""));
    // Where the difference tells it, nothing is said twice.
    std::fs::write(folder.0.join("t.tftest.hcl"), test.replace(" && output.greeting != \"\"", "")).unwrap();
    assert_eq!(folder.run_in(line, &env).matches("good morning").count(), 1);
}

#[test]
fn check_writes_annotations_and_sarif() {
    let test = "run \"é\" {\n}\nrun \"a\" {\n  comand = plan\n}\nvariables {\n  other = 1\n}\n";
    let folder = Folder::new(&[("m/main.tf", MODULE), ("m/a b.tftest.hcl", test)]);
    check(
        &folder,
        "check m --format github",
        expect![[r#"
        1
        out: 
        1 problem: 1 error. 1 can be fixed with --fix.
        ::error file=m/a b.tftest.hcl,line=4,endLine=4,col=3,endColumn=9,title=Unsupported argument::An argument named "comand" is not expected here. Did you mean "command"?

        err: 
        Error: Unsupported argument

          on m/a b.tftest.hcl line 4, in run "a":
           4:   comand = plan

        An argument named "comand" is not expected here. Did you mean "command"?

    "#]],
    );
    check(
        &folder,
        "check m --format sarif",
        expect![[r#"
            1
            out: {
              "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
              "version": "2.1.0",
              "runs": [
                {
                  "tool": {
                    "driver": {
                      "name": "runblock",
                      "version": "0.1.0",
                      "informationUri": "https://github.com/runblock/runblock",
                      "rules": [
                        {
                          "id": "unsupported-argument",
                          "shortDescription": {
                            "text": "There is no argument of that name."
                          },
                          "helpUri": "https://developer.hashicorp.com/terraform/language/syntax/configuration"
                        },
                        {
                          "id": "unused-variable",
                          "shortDescription": {
                            "text": "Nothing reads a variable of the file."
                          },
                          "helpUri": "https://developer.hashicorp.com/terraform/language/tests"
                        }
                      ]
                    }
                  },
                  "columnKind": "unicodeCodePoints",
                  "results": [
                    {
                      "ruleId": "unsupported-argument",
                      "ruleIndex": 0,
                      "level": "error",
                      "message": {
                        "text": "Unsupported argument: An argument named \"comand\" is not expected here. Did you mean \"command\"?"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "m/a%20b.tftest.hcl"
                            },
                            "region": {
                              "startLine": 4,
                              "startColumn": 3,
                              "endLine": 4,
                              "endColumn": 9,
                              "snippet": {
                                "text": "comand"
                              }
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "runblock/v1": "8cfc8d276a8271cd"
                      },
                      "fixes": [
                        {
                          "description": {
                            "text": "Change \"comand\" to \"command\""
                          },
                          "artifactChanges": [
                            {
                              "artifactLocation": {
                                "uri": "m/a%20b.tftest.hcl"
                              },
                              "replacements": [
                                {
                                  "deletedRegion": {
                                    "startLine": 4,
                                    "startColumn": 3,
                                    "endLine": 4,
                                    "endColumn": 9
                                  },
                                  "insertedContent": {
                                    "text": "command"
                                  }
                                }
                              ]
                            }
                          ]
                        }
                      ]
                    },
                    {
                      "ruleId": "unused-variable",
                      "ruleIndex": 1,
                      "level": "note",
                      "message": {
                        "text": "Unused variable: No module that this file runs declares a variable named \"other\", and nothing in the file reads it."
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "m/a%20b.tftest.hcl"
                            },
                            "region": {
                              "startLine": 7,
                              "startColumn": 3,
                              "endLine": 7,
                              "endColumn": 12,
                              "snippet": {
                                "text": "other = 1"
                              }
                            }
                          }
                        }
                      ],
                      "partialFingerprints": {
                        "runblock/v1": "9e36aede263cf92f"
                      },
                      "fixes": [
                        {
                          "description": {
                            "text": "Remove the variable"
                          },
                          "artifactChanges": [
                            {
                              "artifactLocation": {
                                "uri": "m/a%20b.tftest.hcl"
                              },
                              "replacements": [
                                {
                                  "deletedRegion": {
                                    "startLine": 7,
                                    "startColumn": 1,
                                    "endLine": 8,
                                    "endColumn": 1
                                  },
                                  "insertedContent": {
                                    "text": ""
                                  }
                                }
                              ]
                            }
                          ]
                        }
                      ]
                    }
                  ]
                }
              ]
            }

            err: 
        "#]],
    );
    check(
        &folder,
        "check m --format xml",
        expect![[r#"
        2
        out: 
        err: Error: There is no format "xml". Known are human, json, sarif and github.

        For what there is, see: runblock help check

    "#]],
    );
}

/// What a reader of SARIF 2.1.0 counts on.
#[test]
fn sarif_has_what_its_schema_requires() {
    let test = "run \"a\" {\n  comand = plan\n}\nrun \"b\" {\n  comand = plan\n}\nrun \"b\" {\n}\n";
    let folder = Folder::new(&[("main.tf", MODULE), ("a.tftest.hcl", test)]);
    let answer = folder.run("check --format sarif");
    let document = answer.split_once("out: ").unwrap().1.rsplit_once("\nerr: ").unwrap().0;
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    assert_eq!(document["version"], "2.1.0");
    assert!(document["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(run["tool"]["driver"]["name"], "runblock");
    assert!(rules.iter().all(|it| it["id"].is_string() && it["shortDescription"]["text"].is_string()));
    let results = run["results"].as_array().unwrap();
    let mut prints = std::collections::BTreeSet::new();
    for result in results {
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"));
        let place = &result["locations"][0]["physicalLocation"];
        assert!(!place["artifactLocation"]["uri"].as_str().unwrap().contains([' ', '\\']));
        for side in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][side].as_u64().unwrap() >= 1, "{result}");
        }
        prints.insert(result["partialFingerprints"]["runblock/v1"].as_str().unwrap());
    }
    assert_eq!((results.len(), prints.len()), (3, 3), "{document}");
}

/// A file of mocks that no test reads is looked at when it is meant.
#[test]
fn check_of_a_mock_file_alone() {
    let native = "mock_resource \"terraform_data\" {\n  defalts = {}\n}\nfoo {}\n";
    let json = "{\"mock_data\": {\"terraform_remote_state\": {\"defaults\": {\"nope\": 1}}}}\n";
    let folder =
        Folder::new(&[("main.tf", MODULE), ("mocks/a.tfmock.hcl", native), ("more/b.tfmock.json", json)]);
    check(
        &folder,
        "check mocks/a.tfmock.hcl",
        expect![[r#"
        1
        out: 
        2 problems: 2 errors. 1 can be fixed with --fix.

        err: 
        Error: Unsupported argument

          on mocks/a.tfmock.hcl line 2, in mock_resource "terraform_data":
           2:   defalts = {}

        An argument named "defalts" is not expected here. Did you mean "defaults"?

        Error: Unsupported block type

          on mocks/a.tfmock.hcl line 4:
           4: foo {}

        Blocks of type "foo" are not expected here.

    "#]],
    );
    check(
        &folder,
        "check more/b.tfmock.json",
        expect![[r#"
        0
        out: 
        Warning: Unknown attribute

          on more/b.tfmock.json line 1, in mock_data.terraform_remote_state.defaults:
           1: {"mock_data": {"terraform_remote_state": {"defaults": {"nope": 1}}}}

        terraform_remote_state has no attribute named "nope", so the value has no
        effect.

        1 problem: 1 warning.

        err: 
    "#]],
    );
}

#[test]
fn check_fixes_what_leaves_no_doubt() {
    let test = "run \"a\" {\n  comand = \"plan\"\n  assert {\n    condition     = output.greetin == \"\"\n    error_message = 1 +\n  }\n}\n";
    let folder = Folder::new(&[("main.tf", MODULE), ("t.tftest.hcl", test)]);
    check(
        &folder,
        "check --fix",
        expect![[r#"
            1
            out: Fixed 2 problems in 1 file.

            1 problem: 1 error.

            err: 
            Error: Invalid expression

              on t.tftest.hcl line 5, in run "a":
               5:     error_message = 1 +
               6:   }

            Expected the start of an expression, but found an invalid expression token.

        "#]],
    );
    let sound = test.replace("1 +", "\"No.\"");
    std::fs::write(folder.0.join("t.tftest.hcl"), &sound).unwrap();
    check(
        &folder,
        "check --fix",
        expect![[r#"
        0
        out: Fixed 3 problems in 1 file.
        No problems found.

        err: 
    "#]],
    );
    let fixed = std::fs::read_to_string(folder.0.join("t.tftest.hcl")).unwrap();
    assert_eq!(fixed, sound.replace("comand = \"plan\"", "command = plan").replace("greetin ", "greeting "));
    check(
        &folder,
        "check --fix",
        expect![[r#"
        0
        out: No problems found.

        err: 
    "#]],
    );
}

#[test]
fn check_counts_variables_from_outside() {
    let module = "variable \"must\" {\n}\n";
    let folder = Folder::new(&[("main.tf", module), ("t.tftest.hcl", "run \"a\" {\n}\n")]);
    assert!(folder.run("check").starts_with("1\n"));
    assert!(folder.run("check --var must=1").starts_with("0\n"));
}

#[test]
fn check_says_what_is_wrong() {
    check(
        &sample(),
        "check m",
        expect![[r#"
        0
        out: No problems found.

        err: 
    "#]],
    );
    let broken =
        [("main.tf", MODULE), ("t.tftest.hcl", "run \"a\" {\n  command = \"plan\"\n}\nrun \"a\" {}\n")];
    let broken = Folder::new(&broken);
    check(
        &broken,
        "check",
        expect![[r#"
        1
        out: 
        2 problems: 2 errors. 1 can be fixed with --fix.

        err: 
        Error: Invalid "command" keyword

          on t.tftest.hcl line 2, in run "a":
           2:   command = "plan"

        The "command" argument requires one of the following keywords without quotes:
        apply or plan.

        Error: Duplicate "run" block names

          on t.tftest.hcl line 4, in run "a":
           4: run "a" {}

        This test file already has a run named a block defined at t.tftest.hcl:1,1-8.

    "#]],
    );
    // What is wrong elsewhere is said in the same breath.
    let twice = [
        ("main.tf", "output \"greeting\" {\n  value = \"hello\"\n}\n"),
        (
            "t.tftest.hcl",
            "run \"a\" {\n  command = plann\n}\nrun \"b\" {\n  assert {\n    condition = output.greting == \"hello\"\n    \
             error_message = \"no\"\n  }\n}\n",
        ),
    ];
    check(
        &Folder::new(&twice),
        "check",
        expect![[r#"
        1
        out: 
        2 problems: 2 errors. 2 can be fixed with --fix.

        err: 
        Error: Invalid "command" keyword

          on t.tftest.hcl line 2, in run "a":
           2:   command = plann

        The "command" argument requires one of the following keywords without quotes:
        apply or plan.

        Error: Reference to undeclared output value

          on t.tftest.hcl line 6, in run "b":
           6:     condition = output.greting == "hello"

        An output value with the name "greting" has not been declared. Did you mean
        "greeting"?

    "#]],
    );
    // Names are resolved only where everything could be read, as `terraform validate` does.
    let unread =
        [("main.tf", "output \"a\" {\n  value = var.nowhere\n}\n\noutput \"b\" {\n  value = =\n}\n")];
    check(
        &Folder::new(&unread),
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
    let text = sample().run("version");
    assert!(text.starts_with("0\nout: runblock "), "{text}");
    let newest = config::Dialect::default().version;
    assert!(text.contains("follows Terraform 1.6 to 1."), "{text}");
    assert!(text.contains(&format!("where nothing chooses, Terraform {newest}\n")), "{text}");
    let json = sample().run("version -json");
    assert!(json.contains(&format!("\"terraform_version\": \"{newest}\"")), "{json}");
}

#[test]
fn check_takes_files_patterns_and_several_modules() {
    let wrong = "run \"a\" {\n  comand = plan\n}\n";
    let folder = Folder::new(&[
        ("a/main.tf", "output \"x\" {\n  value = local.nowhere\n}\nvariable \"must\" {\n}\n"),
        ("a/tests/one.tftest.hcl", "run \"a\" {\n}\n"),
        ("a/tests/two.tftest.hcl", "run \"b\" {\n  variables {\n    must = 1\n  }\n}\n"),
        ("a/prod.tfvars", "mustt = 1\n"),
        ("b/main.tf", "variable \"size\" {\n  type = number\n}\n"),
        ("b/x.tftest.hcl", wrong),
        ("b/terraform.tfvars", "size = \"large\"\n"),
        ("notes.md", ""),
    ]);
    let summaries = |line: &str| -> String {
        let said = folder.run(&format!("check --format github {line}"));
        let code = said.lines().next().unwrap_or_default().to_owned();
        let commands = said.lines().filter_map(|line| line.strip_prefix("::"));
        let short = commands.filter_map(|command| {
            let (head, _) = command.split_once("::")?;
            let mut parts = head.split([',', ' ']);
            let file =
                head.split_once("file=").map_or("", |(_, rest)| rest.split(',').next().unwrap_or(rest));
            let title = head.split_once("title=").map_or("", |(_, title)| title);
            Some(format!("\n{} {file} {title}", parts.next().unwrap_or_default()))
        });
        code + &short.collect::<String>()
    };
    // A file that is sound is sound, whatever its module is.
    expect![[r#"0"#]].assert_eq(&summaries("a/tests/two.tftest.hcl"));
    // What its runs lack stands elsewhere.
    expect![[r#"
        1
        error a/main.tf No value for required variable"#]]
    .assert_eq(&summaries("a/tests/one.tftest.hcl"));
    expect![[r#"
        1
        error a/main.tf Reference to undeclared local value
        error a/main.tf No value for required variable"#]]
    .assert_eq(&summaries("a/main.tf"));
    expect![[r#"
        0
        warning a/prod.tfvars Value for undeclared variable"#]]
    .assert_eq(&summaries("a/prod.tfvars"));
    expect![[r#"
        1
        warning a/prod.tfvars Value for undeclared variable"#]]
    .assert_eq(&summaries("a/prod.tfvars --fail-on warning"));
    expect![[r#"
        0
        error b/x.tftest.hcl Unsupported argument
        error b/terraform.tfvars Invalid value for input variable"#]]
    .assert_eq(&summaries("b --fail-on never"));
    expect![[r#"
        1
        error a/main.tf Reference to undeclared local value
        error a/main.tf No value for required variable
        error b/x.tftest.hcl Unsupported argument
        error b/terraform.tfvars Invalid value for input variable"#]]
    .assert_eq(&summaries("a b"));
    expect![[r#"
        1
        error a/main.tf No value for required variable
        error b/x.tftest.hcl Unsupported argument"#]]
    .assert_eq(&summaries("*/**/*.tftest.hcl"));
    assert_eq!(summaries("a b/x.tftest.hcl a/main.tf"), summaries("a b/x.tftest.hcl"));
    let inside = folder.run("-chdir=a/tests check one.tftest.hcl");
    assert!(inside.contains("on ../main.tf line 4"), "{inside}");
    check(
        &folder,
        "check notes.md",
        expect![[r#"
        2
        out: 
        err: Error: notes.md is no file that Terraform or OpenTofu reads.

    "#]],
    );
    check(
        &folder,
        "check **/*.md",
        expect![[r#"
        2
        out: 
        err: Error: Nothing that Terraform or OpenTofu reads matches **/*.md.

    "#]],
    );
    check(
        &folder,
        "check a/none.tf",
        expect![[r#"
        2
        out: 
        err: Error: There is no file or directory a/none.tf.

    "#]],
    );
    check(
        &folder,
        "check b/terraform.tfvars",
        expect![[r#"
        1
        out: 
        1 problem: 1 error.

        err: 
        Error: Invalid value for input variable

          on b/terraform.tfvars line 1:
           1: size = "large"

        The given value is not suitable for var.size declared at main.tf:1,1-16: a
        number is required.

    "#]],
    );
}
