use expect_test::{Expect, expect};

use super::{ECHO, Fixture};

/// Shows `output.v` in a failing assertion, under a file and a run that may set it.
fn show(file: &str, run: &str) -> String {
    format!(
        "{file}\nrun \"show\" {{\n{run}\n  assert {{\n    condition     = output.v == null\n    error_message = \"${{jsonencode(output.v)}}\"\n  }}\n}}\n"
    )
}

#[track_caller]
fn check(suite: Fixture, expected: &str) {
    let line = format!("Error t.tftest.hcl: Test assertion failed: {expected}");
    assert_eq!(suite.diagnostics(), [line]);
}

#[test]
fn the_later_source_wins() {
    let test = show("", "");
    let base = || Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", &test)]);
    check(base(), r#""default""#);
    check(base().env("v", "env"), r#""env""#);
    let with = |files: &[(&str, &str)]| {
        let mut suite = base().env("v", "env");
        files.iter().for_each(|(path, text)| suite.files.insert(path, text));
        suite
    };
    check(with(&[("terraform.tfvars", "v = \"fixed\"\n")]), r#""fixed""#);
    let json = ("terraform.tfvars.json", "{\"v\": \"${json}\"}");
    check(with(&[("terraform.tfvars", "v = \"fixed\"\n"), json]), r#""${json}""#);
    let auto = [json, ("b.auto.tfvars", "v = \"b\"\n"), ("a.auto.tfvars.json", "{\"v\": \"a\"}")];
    check(with(&auto), r#""b""#);
    check(with(&auto).var("v", "cli"), r#""cli""#);
    let files = [("x.tfvars", "v = \"file\"\n")];
    check(with(&files).var("v", "cli").var_file("x.tfvars"), r#""file""#);
    check(with(&files).var_file("x.tfvars").var("v", "cli"), r#""cli""#);
}

#[test]
fn variable_files_of_the_test_directory_beat_the_command_line_for_the_tests_there() {
    let test = show("", "");
    let mut suite = Fixture::new([
        ("main.tf", ECHO),
        ("tests/t.tftest.hcl", &test),
        ("tests/terraform.tfvars", "v = \"tests\"\n"),
    ])
    .var("v", "cli");
    let of = |suite: &Fixture| suite.diagnostics().join("\n");
    assert_eq!(of(&suite), r#"Error tests/t.tftest.hcl: Test assertion failed: "tests""#);
    // Written in another way, the directory has none.
    suite.request.test_directory = "./tests".into();
    assert_eq!(of(&suite), r#"Error tests/t.tftest.hcl: Test assertion failed: "cli""#);
}

#[test]
fn a_module_elsewhere_has_its_own_variable_files() {
    let test = show("", "");
    let mut suite = Fixture::new([
        ("deep/m/main.tf", ECHO),
        ("deep/m/tests/t.tftest.hcl", &test),
        ("deep/m/terraform.tfvars", "v = \"module\"\n"),
        ("terraform.tfvars", "v = \"elsewhere\"\n"),
    ]);
    suite.request.directory = "deep/m".into();
    let of = |suite: &Fixture| suite.diagnostics().join("\n");
    assert_eq!(of(&suite), r#"Error deep/m/tests/t.tftest.hcl: Test assertion failed: "module""#);
    suite.files.insert("deep/m/tests/x.auto.tfvars", "v = \"tests\"\n");
    assert_eq!(of(&suite), r#"Error deep/m/tests/t.tftest.hcl: Test assertion failed: "tests""#);
}

#[test]
fn what_is_wrong_with_a_json_variable_file_stops_the_suite() {
    let suite = |text: &str| {
        Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", "run \"a\" {}\n"), ("terraform.tfvars.json", text)])
    };
    check_text(
        suite("{\"v\": 1,}"),
        expect![[r#"
            Error terraform.tfvars.json: Trailing comma in object: JSON does not permit a trailing comma after the final property in an object.
            Error terraform.tfvars.json: Root value must be object: The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects."#]],
    );
    check_text(
        suite("[1]"),
        expect![[
            r#"Error terraform.tfvars.json: Incorrect JSON value type: A JSON object is required here, setting the arguments for this block."#
        ]],
    );
    check_text(suite("{\"//\": \"a comment\", \"unused\": null}"), expect![[""]]);
}

#[test]
fn the_run_beats_the_file_which_beats_everything_outside() {
    let file = "variables {\n  v = \"file\"\n}";
    let suite =
        |run: &str| Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", &show(file, run))]).var("v", "cli");
    check(suite(""), r#""file""#);
    check(suite("  variables {\n    v = \"run\"\n  }"), r#""run""#);
    check(suite("  variables {\n    v = \"${var.v} and run\"\n  }"), r#""file and run""#);
}

#[test]
fn the_declaration_says_how_a_text_is_read() {
    let module = "variable \"v\" {\n  type = list(string)\n}\noutput \"v\" { value = var.v }\n";
    let suite = |text: &str| {
        Fixture::new([("main.tf", module), ("t.tftest.hcl", &show("", ""))])
            .var("v", text)
            .var("unheard_of", "[")
    };
    check(suite("[\"a\", \"b\"]"), r#"["a","b"]"#);
    check_text(
        suite("plain"),
        expect![[r#"Error <value for var.v>: Variables not allowed: Variables may not be used here."#]],
    );
}

#[track_caller]
fn check_text(suite: Fixture, expected: Expect) {
    expected.assert_eq(&suite.diagnostics().join("\n"));
}

#[track_caller]
fn check_run(file: &str, run: &str, expected: Expect) {
    let test = format!(
        "{file}\nrun \"before\" {{\n  command = plan\n}}\nrun \"show\" {{\n  variables {{\n{run}\n  }}\n}}\nrun \"later\" {{}}\n"
    );
    let module = format!(
        "{ECHO}\nresource \"terraform_data\" \"a\" {{}}\noutput \"id\" {{ value = terraform_data.a.id }}\noutput \"parts\" {{ value = [terraform_data.a.id, \"b\"] }}\n"
    );
    check_text(Fixture::new([("main.tf", &module), ("t.tftest.hcl", &test)]).var("outside", "1"), expected);
}

#[test]
fn a_run_sees_earlier_runs_file_variables_and_values_from_outside() {
    check_run(
        "variables {\n  f = var.outside\n}",
        "    v = \"${run.before.v} ${var.f} ${var.outside}\"",
        expect![""],
    );
    check_run(
        "",
        "    v = var.nope",
        expect![[
            r#"Error t.tftest.hcl: Reference to unavailable variable: The input variable "nope" is not available to the current run block. You can only reference variables defined at the file or global levels."#
        ]],
    );
    check_run(
        "",
        "    v = local.nope",
        expect![
            "Error t.tftest.hcl: Invalid reference: You can only reference earlier run blocks, file level, and global variables while defining variables from inside a run block."
        ],
    );
    check_run(
        "",
        "    v = run.nope.v",
        expect![[
            r#"Error t.tftest.hcl: Reference to unknown run block: The run block "nope" does not exist within this test file. You can only reference run blocks that are in the same test file and will execute before the current run block."#
        ]],
    );
    check_run(
        "",
        "    v = run.later.v",
        expect![[
            r#"Error t.tftest.hcl: Reference to unavailable run block: The run block "later" has not executed yet. You can only reference run blocks that are in the same test file and will execute before the current run block."#
        ]],
    );
    check_run(
        "",
        "    v = run.show.v",
        expect![[
            r#"Error t.tftest.hcl: Reference to unavailable run block: The run block "show" has not executed yet. You can only reference run blocks that are in the same test file and will execute before the current run block."#
        ]],
    );
    check_run(
        "",
        "    v = run.before.nope",
        expect![[
            r#"Error t.tftest.hcl: Unsupported attribute: This object does not have an attribute named "nope"."#
        ]],
    );
    check_run(
        "",
        "    v = run.before.id",
        expect![[
            r#"Error t.tftest.hcl: Reference to unknown value: The value for run.before.id is unknown. Run block "before" is executing a "plan" operation, and the specified output value is only known after apply."#
        ]],
    );
    check_run(
        "",
        "    v = run.before",
        expect![[
            r#"Error t.tftest.hcl: Reference to unknown value: The value for run.before is unknown. Run block "before" is executing a "plan" operation, and the specified output value is only known after apply."#
        ]],
    );
    // Only the output as such is asked whether it is known.
    check_run("", "    v = run.before.parts[0]", expect![""]);
    check_run("", "    v = run.before.parts[1]", expect![""]);
}

#[test]
fn file_variables_see_only_values_from_outside() {
    check_run(
        "variables {\n  f = var.nope\n}",
        "    v = var.f",
        expect![[
            r#"Error t.tftest.hcl: Reference to unavailable variable: The input variable "nope" is not available to the current context. You can only reference global variables."#
        ]],
    );
    check_run(
        "variables {\n  f = var.g\n  g = 1\n}",
        "    v = var.f",
        expect![[
            r#"Error t.tftest.hcl: Reference to unavailable variable: The input variable "g" is not available to the current context. You can only reference global variables."#
        ]],
    );
    check_run(
        "variables {\n  f = run.before.v\n}",
        "    v = var.f",
        expect![
            "Error t.tftest.hcl: Invalid reference: You can not reference run blocks from within the file variables block."
        ],
    );
    check_run(
        "variables {\n  f = local.x\n}",
        "    v = var.f",
        expect![
            "Error t.tftest.hcl: Invalid reference: You can only reference global variables within the test file variables block."
        ],
    );
    // What nobody reads is not evaluated.
    check_run("variables {\n  f = local.x\n}", "    v = \"x\"", expect![[""]]);
}

#[test]
fn a_value_for_nothing_is_worth_a_warning_and_is_evaluated_all_the_same() {
    check_run(
        "",
        "    unused = 1",
        expect![[
            r#"Warning t.tftest.hcl: Value for undeclared variable: The module under test does not declare a variable named "unused", but it is declared in run block "show"."#
        ]],
    );
    check_run(
        "",
        "    unused = local.x",
        expect![[r#"
        Error t.tftest.hcl: Invalid reference: You can only reference earlier run blocks, file level, and global variables while defining variables from inside a run block.
        Warning t.tftest.hcl: Value for undeclared variable: The module under test does not declare a variable named "unused", but it is declared in run block "show"."#]],
    );
}

#[test]
fn names_that_only_assertions_use_come_from_anywhere() {
    let test = "variables {\n  from_file = \"f\"\n}\nrun \"a\" {\n  variables {\n    from_run = \"r\"\n  }\n  assert {\n    condition     = \"${var.from_file}${var.from_run}${var.from_outside}\" == \"fr1\"\n    error_message = \"no\"\n  }\n}\n";
    let suite = Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", test)]).var("from_outside", "1");
    check_text(suite, expect![""]);
}

#[test]
fn what_is_wrong_with_a_variable_file_stops_the_suite() {
    let suite = |text: &str| {
        Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", "run \"a\" {}\n"), ("terraform.tfvars", text)])
    };
    check_text(
        suite("v ="),
        expect![
            "Error terraform.tfvars: Missing expression: Expected the start of an expression, but found the end of the file."
        ],
    );
    check_text(
        suite("variable \"v\" {}\n"),
        expect![[
            r#"Error terraform.tfvars: Variable declaration in .tfvars file: A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. To declare variable "v", place this block in one of your .tf files, such as variables.tf."#
        ]],
    );
    check_text(
        suite("other {}\n"),
        expect![[r#"Error terraform.tfvars: Unexpected "other" block: Blocks are not allowed here."#]],
    );
    // What is wrong with a value shows where it is used.
    check_text(
        suite("v = var.x\n"),
        expect!["Error terraform.tfvars: Variables not allowed: Variables may not be used here."],
    );
    check_text(
        suite("v = upper(\"x\")\n"),
        expect!["Error terraform.tfvars: Function calls not allowed: Functions may not be called here."],
    );
    check_text(suite("unused = upper(\"x\")\n"), expect![[""]]);
    let base = || Fixture::new([("main.tf", ECHO), ("t.tftest.hcl", "run \"a\" {}\n")]);
    check_text(
        base().var_file("nope.tfvars"),
        expect!["Error: Failed to read variables file: Given variables file nope.tfvars does not exist."],
    );
}
