use expect_test::expect;

use super::tests::check;

/// Every place that can name a provider or one of its configurations.
const ALL: &str = r#"//- /main.tf
terraform {
  required_providers {
    sky = {
      source                = "example/cloud"
      configuration_aliases = [sky.east]
    }
  }
}
provider "sky" {
  region = "sky"
}
provider "sky" {
  alias = "west"
}
resource "cloud_server" "sky" {
  provider = sky.west
}
data "cloud_image" "west" {
  provider = sky
}
module "net" {
  source    = "./net"
  providers = { sky = sky.west, sky.east = sky }
}
import {
  to       = cloud_server.sky
  id       = provider::sky::id("west")
  provider = sky.west
}
//- /net/main.tf
terraform {
  required_providers {
    sky = {
      source                = "example/cloud"
      configuration_aliases = [sky.east]
    }
  }
}
resource "cloud_server" "net" {
  provider = sky.east
}
//- /a.tftest.hcl
mock_provider "sky" {
  alias = "west"
}
mock_provider "sky" {
  alias = "fake"
}
run "a" {
  providers = {
    sky      = sky.fake
    sky.west = sky.west
  }
}
//- /b.tftest.json
{"provider": {"sky": {"alias": "west"}},
 "run": {"b": {"providers": {"sky.west": "sky.west"}}}}
//- /parent/main.tf
module "child" {
  source    = "../"
  providers = { sky.east = other }
}
"#;

#[track_caller]
fn check_all(at: &str, new: &str, expected: expect_test::Expect) {
    let marked = ALL.replacen(&at.replace("$0", ""), at, 1);
    assert_ne!(marked, ALL, "{at}");
    check(&marked, new, expected);
}

#[test]
fn an_alias_changes_in_its_module_in_calls_and_in_tests() {
    let expected = expect![[r#"
        a.tftest.hcl: alias = "north"
        a.tftest.hcl: sky.north = sky.north
        b.tftest.json: {"provider": {"sky": {"alias": "north"}},
        b.tftest.json: "run": {"b": {"providers": {"sky.north": "sky.north"}}}}
        main.tf: alias = "north"
        main.tf: provider = sky.north
        main.tf: providers = { sky = sky.north, sky.east = sky }
        main.tf: provider = sky.north
    "#]];
    check_all("alias = \"we$0st\"", "north", expected);
    let expected = expect![[r#"
        main.tf: configuration_aliases = [sky.north]
        parent/main.tf: providers = { sky.north = other }
    "#]];
    check_all("configuration_aliases = [sky.ea$0st]", "north", expected);
}

#[test]
fn an_alias_of_a_test_file_is_its_own() {
    let expected = expect![[r#"
        a.tftest.hcl: alias = "mocked"
        a.tftest.hcl: sky      = sky.mocked
    "#]];
    check_all("alias = \"fa$0ke\"", "mocked", expected);
    let expected = expect![[r#"
        A configuration is called "west" already, in a.tftest.hcl on line 2.
    "#]];
    check_all("sky      = sky.fa$0ke", "west", expected);
    let expected = expect![[r#"
        A configuration is called "fake" already, in a.tftest.hcl on line 5.
    "#]];
    check_all("provider = sky.we$0st", "fake", expected);
}

#[test]
fn a_local_name_changes_with_every_configuration() {
    let expected = expect![[r#"
        a.tftest.hcl: mock_provider "air" {
        a.tftest.hcl: mock_provider "air" {
        a.tftest.hcl: air      = air.fake
        a.tftest.hcl: air.west = air.west
        b.tftest.json: {"provider": {"air": {"alias": "west"}},
        b.tftest.json: "run": {"b": {"providers": {"air.west": "air.west"}}}}
        main.tf: air = {
        main.tf: configuration_aliases = [air.east]
        main.tf: provider "air" {
        main.tf: provider "air" {
        main.tf: provider = air.west
        main.tf: provider = air
        main.tf: providers = { sky = air.west, sky.east = air }
        main.tf: id       = provider::air::id("west")
        main.tf: provider = air.west
        parent/main.tf: providers = { air.east = other }
    "#]];
    check_all("provider = s$0ky.west", "air", expected);
    let expected = expect![[r#"
        "Air" is no name of a provider, which has only lower-case letters, digits and single dashes between them.
    "#]];
    check_all("provider = s$0ky.west", "Air", expected);
    let expected = expect![[r#"
        a.tftest.hcl: mock_provider "cloud" {
        a.tftest.hcl: mock_provider "cloud" {
        a.tftest.hcl: cloud      = cloud.fake
        a.tftest.hcl: cloud.west = cloud.west
        b.tftest.json: {"provider": {"cloud": {"alias": "west"}},
        b.tftest.json: "run": {"b": {"providers": {"cloud.west": "cloud.west"}}}}
        main.tf: cloud = {
        main.tf: configuration_aliases = [cloud.east]
        main.tf: provider "cloud" {
        main.tf: provider "cloud" {
        main.tf: provider = cloud.west
        main.tf: provider = cloud
        main.tf: providers = { sky = cloud.west, sky.east = cloud }
        main.tf: id       = provider::cloud::id("west")
        main.tf: provider = cloud.west
        parent/main.tf: providers = { cloud.east = other }
    "#]];
    check_all("provider = s$0ky.west", "cloud", expected);
}

#[test]
fn a_name_that_types_begin_with_stays() {
    let expected = expect![[r#"
        cloud_server.a has no provider argument: it finds its provider by the first word of its type, "cloud".
    "#]];
    check(
        "//- /main.tf\nterraform {\n  required_providers {\n    clo$0ud = {\n      source = \"example/cloud\"\n    }\n  }\n}\n\
         resource \"cloud_server\" \"a\" {\n}\n",
        "sky",
        expected,
    );
}
