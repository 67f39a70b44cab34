//! Suites by the rules of other tools and versions.

use super::Fixture;

const CONVERTS: &str = "output \"n\" {\n  value = convert(\"5\", number) + 1\n}\n";
const SIX: &str = "run \"r\" {\n  assert {\n    condition     = output.n == 6 && convert(\"6\", number) == output.n\n    error_message = \"no\"\n  }\n}\n";

fn converts() -> Fixture {
    Fixture::new([("main.tf", CONVERTS), ("t.tftest.hcl", SIX)])
}

fn last(suite: &Fixture) -> String {
    suite.events().pop().unwrap()
}

#[test]
fn a_newer_version_has_what_an_older_one_has_not() {
    // Where there is no such function, its second argument is no type but a name that leads nowhere.
    let unknown = |suite: Fixture| suite.diagnostics().iter().any(|it| it.contains("Invalid reference"));
    assert!(unknown(converts()));
    assert!(unknown(converts().dialect("tofu")));
    assert_eq!(last(&converts().dialect("terraform@1.15")), "pass: 1 passed, 0 failed, 0 errored, 0 skipped");
}

/// What a file's own name says counts for its runs and for the module that they test, unless another tool was asked for.
#[test]
fn a_files_name_says_whose_rules_its_runs_follow() {
    let text = |function: &str| {
        format!(
            "run \"r\" {{\n  command = plan\n  assert {{\n    condition     = {function} && output.o == 2\n    error_message = \"no\"\n  }}\n}}\n"
        )
    };
    let suite = Fixture::new([
        ("main.tf", "output \"o\" {\n  value = 2\n}\n"),
        ("a.tftest.hcl", &text("issensitive(sensitive(1))")),
        ("b.tofutest.hcl", &text("cidrcontains(\"10.0.0.0/8\", \"10.1.0.0/16\")")),
    ]);
    assert_eq!(last(&suite.unasked()), "pass: 2 passed, 0 failed, 0 errored, 0 skipped");
}

/// Under OpenTofu, `main.tofu` stands in the place of `main.tf`, and `t.tofutest.hcl` in that of `t.tftest.hcl`.
#[test]
fn opentofus_files_come_first_for_opentofu() {
    let output = |text: &str| format!("output \"o\" {{\n  value = \"{text}\"\n}}\n");
    let test = |text: &str| {
        format!(
            "run \"{text}\" {{\n  assert {{\n    condition     = output.o == \"{text}\"\n    error_message = \"no\"\n  }}\n}}\n"
        )
    };
    let suite = || {
        Fixture::new([
            ("main.tf", &*output("terraform")),
            ("main.tofu", &output("tofu")),
            ("t.tftest.hcl", &test("terraform")),
            ("t.tofutest.hcl", &test("tofu")),
        ])
    };
    for name in ["terraform", "tofu"] {
        let suite = suite().dialect(name);
        assert_eq!(suite.executed(), name);
        assert_eq!(last(&suite), "pass: 1 passed, 0 failed, 0 errored, 0 skipped");
    }
}

/// The suite ends as the tool would: a module that forbids the version asked for is refused by its runs, and one that
/// nobody asked anything about is run by a version that it allows.
#[test]
fn a_module_is_run_by_a_version_that_it_allows() {
    let suite = |required: &str| {
        let module =
            format!("terraform {{\n  required_version = \"{required}\"\n}}\noutput \"o\" {{ value = 1 }}\n");
        Fixture::new([("main.tf", module.as_str()), ("t.tftest.hcl", "run \"a\" {}\nrun \"b\" {}\n")])
    };
    let unsupported =
        |suite: Fixture| suite.diagnostics().iter().any(|it| it.contains("Unsupported Terraform Core"));
    for required in [">= 1.9", "~> 1.10.0", "1.12.1", ">= 1.16", ">= 1.6, != 1.15.9"] {
        let suite = suite(required).unasked();
        assert_eq!(last(&suite), "pass: 2 passed, 0 failed, 0 errored, 0 skipped", "{required}");
    }
    assert!(unsupported(suite("~> 1.10.0").dialect("terraform@1.15")));
    assert_eq!(last(&suite(">= 99.0").unasked()), "error: 0 passed, 0 failed, 1 errored, 1 skipped");
}
