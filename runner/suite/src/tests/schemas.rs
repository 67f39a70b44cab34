//! Schemas of providers that are not at hand.

use expect_test::expect;
use provider::{Providers, SchemaStore};

use super::Fixture;

const CLOUD: &str = r#"{"format_version": "1.0", "provider_schemas": {"registry.terraform.io/hashicorp/cloud": {
    "resource_schemas": {"cloud_machine": {"block": {"attributes": {"size": {"type": "number", "required": true}}}}}
}}}"#;

fn described(main: &str) -> Fixture {
    let mut schemas = SchemaStore::default();
    schemas.add(CLOUD.into()).unwrap();
    let mut fixture = Fixture::new([("main.tf", main), ("t.tftest.hcl", "run \"a\" {}\n")]);
    fixture.request.providers = Providers::builtin().described_by(schemas);
    fixture
}

#[test]
fn they_are_checked_against_and_run_nothing() {
    described("resource \"cloud_machine\" \"a\" {\n  size = 1\n}\n").check(expect![[r#"
        loaded
        discovered {"t.tftest.hcl": ["a"]}
        t.tftest.hcl
          a starts
          a error
            Error main.tf: Provider not available: Running cloud_machine.a needs the provider registry.terraform.io/hashicorp/cloud. The name "cloud" stands for it. This version of runblock runs the built-in provider (terraform_data, terraform_remote_state) and mocked ones: with a block mock_provider "cloud" in the test file, its objects are made up. Checks and completion work in this file all the same.
          teardown
          teardown ends
        t.tftest.hcl error
        error: 0 passed, 0 failed, 1 errored, 0 skipped
    "#]]);
    let wrong = described("resource \"cloud_machine\" \"a\" {\n  size = \"big\"\n}\n");
    let said = wrong.diagnostics();
    let mistake = "Error main.tf: Incorrect attribute value type: Inappropriate value for attribute \"size\": a number is \
                   required.";
    assert!(said.len() == 2 && said[0] == mistake, "{said:#?}");
    assert!(said[1].starts_with("Error main.tf: Provider not available: "), "{said:#?}");
    assert_eq!(wrong.found(), [mistake]);
}
