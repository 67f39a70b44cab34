//! Places of mocks and overrides, in test files and in files of their own.

use expect_test::{Expect, expect};

use super::{check_in, show};

/// Beside a module with a provider that has schemas.
const CLOUD: &str = r#"
//- /main.tf
terraform {
  required_providers {
    cloud = {
      source                = "hashicorp/cloud"
      configuration_aliases = [cloud.west]
    }
  }
}
resource "cloud_machine" "web" {
  name = "web"
  disk {
    size = 1
  }
}
data "cloud_image" "linux" {
}
module "child" {
  source = "./child"
}
//- /child/main.tf
resource "cloud_machine" "inner" {
  name = "inner"
}
output "address" {
  value = cloud_machine.inner.address
}
//- /mocks/cloud.tfmock.hcl
//- /docs/readme.md
"#;

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(&super::complete_beside(CLOUD, "main.tftest.hcl", text)));
}

#[test]
fn a_mock_provider_and_its_labels() {
    check(
        "mock_provider \"$0\" {\n}\n",
        expect![[r#"
        cloud (registry.terraform.io/hashicorp/cloud)
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  $0\n}\n",
        expect![[r#"
        alias
        source
        override_during
        mock_resource
        mock_data
        override_resource
        override_data
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  alias = \"$0\"\n}\n",
        expect![[r#"
        west
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  source = \"$0\"\n}\n",
        expect![[r#"
        ./mocks
        ./child
        ./docs
        ../
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  override_during = $0\n}\n",
        expect![[r#"
        plan
        apply
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  mock_resource \"$0\" {\n  }\n}\n",
        expect![[r#"
        cloud_machine
        cloud_bucket
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  mock_data $0\n}\n",
        expect![[r#"
        cloud_image
    "#]],
    );
    check(
        "mock_provider \"cloud\" {\n  mock_resource \"cloud_machine\" {\n  }\n  mock_resource \"cl$0\n}\n",
        expect![[r#"
            cloud_bucket
        "#]],
    );
}

#[test]
fn defaults_are_what_the_provider_computes() {
    let mock = |text: &str| {
        format!("mock_provider \"cloud\" {{\n  mock_resource \"cloud_machine\" {{\n{text}\n  }}\n}}\n")
    };
    check(
        &mock("    $0"),
        expect![[r#"
        defaults
        override_during
    "#]],
    );
    check(
        &mock("    defaults = {\n      $0\n    }"),
        expect![[r#"
        id (string)
        address (string)
        settings (object({mode=string,token=string}))
        disk
    "#]],
    );
    check(
        &mock("    defaults = {\n      id = \"x\"\n      ad$0\n    }"),
        expect![[r#"
        address (string)
        settings (object({mode=string,token=string}))
        disk
    "#]],
    );
    check(
        &mock("    defaults = { settings = { $0 } }"),
        expect![[r#"
        token (string)
    "#]],
    );
    check(
        &mock("    defaults = { disk = [{ $0 }] }"),
        expect![[r#"
        serial (string)
    "#]],
    );
    check(&mock("    defaults = { id = $0 }"), expect![[""]]);
    check(
        "mock_provider \"cloud\" {\n  mock_data \"cloud_image\" {\n    defaults = {\n      $0",
        expect![[r#"
            versions (list(string))
        "#]],
    );
}

#[test]
fn overrides_and_their_targets() {
    check(
        "override_resource {\n  target = $0\n}\n",
        expect![[r#"
        cloud_machine.web
        module.child.cloud_machine.inner
    "#]],
    );
    check(
        "override_resource {\n  target = module.child.$0\n}\n",
        expect![[r#"
        cloud_machine
    "#]],
    );
    check(
        "override_data {\n  target = data.$0\n}\n",
        expect![[r#"
        cloud_image
    "#]],
    );
    check(
        "override_module {\n  target = $0\n}\n",
        expect![[r#"
        module.child
    "#]],
    );
    check(
        "override_resource {\n  target = cloud_machine.web\n  values = {\n    $0\n  }\n}\n",
        expect![[r#"
        id (string)
        address (string)
        settings (object({mode=string,token=string}))
        disk
    "#]],
    );
    check(
        "override_resource {\n  target = module.child.cloud_machine.inner\n  values = { $0 }\n}\n",
        expect![[r#"
            id (string)
            address (string)
            settings (object({mode=string,token=string}))
            disk
        "#]],
    );
    check(
        "override_module {\n  target = module.child\n  outputs = {\n    $0\n  }\n}\n",
        expect![[r#"
        address (string)
    "#]],
    );
    check(
        "run \"a\" {\n  override_data {\n    target = data.cloud_image.linux\n    $0\n  }\n}\n",
        expect![[r#"
            values
            override_during
        "#]],
    );
}

#[test]
fn files_of_mocks() {
    let check = |text: &str, expected: Expect| {
        expected.assert_eq(&show(&super::complete_beside(CLOUD, "tests/more.tfmock.hcl", text)));
    };
    check(
        "$0",
        expect![[r#"
        mock_resource
        mock_data
        override_resource
        override_data
    "#]],
    );
    check(
        "mock_resource \"$0\" {\n}\n",
        expect![[r#"
        cloud_machine
        cloud_bucket
    "#]],
    );
    check(
        "mock_resource \"cloud_machine\" {\n  defaults = {\n    $0\n  }\n}\n",
        expect![[r#"
        id (string)
        address (string)
        settings (object({mode=string,token=string}))
        disk
    "#]],
    );
    check(
        "override_data {\n  target = $0\n}\n",
        expect![[r#"
        data.cloud_image.linux
    "#]],
    );
}

#[test]
fn variable_files() {
    check_in(
        "terraform.tfvars",
        "$0",
        expect![[r#"
        name (string, required)
        size (object({height=optional(number),width=number}))
    "#]],
    );
    check_in(
        "terraform.tfvars",
        "name = \"x\"\nsize = {\n  $0\n}\n",
        expect![[r#"
        width (number)
        height (number, optional)
    "#]],
    );
    check_in("terraform.tfvars", "name = va$0\n", expect![[""]]);
}
