//! Which provider configuration serves what, and how it is configured.

use engine::Status;

use crate::provider::Memory;
use crate::support::{run_all, show};

const TEST: &str = "\n//- /t.tftest.hcl\nrun \"r\" {}\n";

#[test]
fn configurations_are_found_through_calls_and_made_once() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        &format!(
            r#"
//- /main.tf
provider "mem" {{
  region = local.region
}}
provider "mem" {{
  alias  = "west"
  region = "west"
}}
locals {{ region = "east" }}
resource "mem_thing" "a" {{
  count = 2
  name  = "a"
}}
module "inherits" {{ source = "./inherits" }}
module "gets" {{
  source    = "./gets"
  providers = {{ mem.here = mem.west }}
}}
//- /inherits/main.tf
resource "mem_thing" "b" {{ name = "b" }}
//- /gets/main.tf
terraform {{
  required_providers {{
    mem = {{
      source                = "hashicorp/mem"
      configuration_aliases = [mem.here]
    }}
  }}
}}
resource "mem_thing" "c" {{
  provider = mem.here
  name     = "c"
}}
{TEST}"#
        ),
        Some(provider),
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    let applied: Vec<String> = log.take().into_iter().filter(|line| !line.contains("plan")).collect();
    // Once for the plan, once for the apply.
    let configured =
        |region: &str| applied.iter().filter(|line| **line == format!("-: configure {region}")).count();
    assert_eq!((configured("east"), configured("west")), (2, 2), "{applied:?}");
    for line in ["east: apply a null", "east: apply b null", "west: apply c null"] {
        assert!(applied.iter().any(|applied| applied == line), "{line} in {applied:?}");
    }
}

#[test]
fn a_test_file_replaces_and_adds_provider_blocks() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        r#"
//- /main.tf
provider "mem" {
  region = "of the module"
}
resource "mem_thing" "a" { name = "a" }
//- /t.tftest.hcl
provider "mem" {
  region = "of the file"
}
provider "mem" {
  alias  = "other"
  region = "of the run"
}
run "file" {
  command = plan
}
run "named" {
  command   = plan
  providers = { mem = mem.other }
}
"#,
        Some(provider),
    );
    for outcome in &outcomes {
        assert_eq!(outcome.status, Status::Pass, "{}", show(&outcome.diagnostics));
    }
    assert_eq!(
        log.take(),
        [
            "-: configure of the file",
            "of the file: plan mem_thing null",
            "-: configure of the run",
            "of the run: plan mem_thing null"
        ]
    );
}

#[test]
fn what_a_provider_says_stands_at_its_block() {
    let errors = |block: &str| {
        let (provider, _) = Memory::with_log();
        let text = format!("//- /main.tf\n{block}\nresource \"mem_thing\" \"a\" {{}}\n{TEST}");
        show(&run_all(&text, Some(provider))[0].diagnostics)
    };
    assert_eq!(
        errors("provider \"mem\" {\n  region = \"nowhere\"\n}"),
        "Error: No such region: There is no region of that name. (main.tf:28..37)\n"
    );
    assert_eq!(
        errors("provider \"mem\" {\n  fail = true\n}"),
        "Error: Cannot connect: It was asked to fail. (main.tf:15..16)\n"
    );
    assert_eq!(
        errors("provider \"mem\" {\n  region = mem_thing.a.name\n}"),
        "Error: Cycle: provider[\"registry.terraform.io/hashicorp/mem\"], mem_thing.a: \n"
    );
}

#[test]
fn a_provider_that_is_not_at_hand_is_named_once() {
    let text = format!(
        r#"
//- /main.tf
terraform {{
  required_providers {{
    cloud = {{
      source = "example/cloud"
    }}
  }}
}}
resource "cloud_thing" "a" {{}}
data "cloud_thing" "b" {{}}
resource "other_thing" "a" {{}}
{TEST}"#
    );
    let outcomes = run_all(&text, None);
    assert_eq!(
        show(&outcomes[0].diagnostics),
        "Error: Provider not available: Running cloud_thing.a needs the provider registry.terraform.io/example/cloud. \
         The module requires it as \"cloud\". This version of runblock runs the built-in provider (terraform_data, \
         terraform_remote_state) and mocked ones: with a block mock_provider \"cloud\" in the test file, its objects are \
         made up. Checks and completion work in this file all the same. (main.tf:39..85)\nError: Provider not available: Running other_thing.a needs the provider \
         registry.terraform.io/hashicorp/other. The name \"other\" stands for it. This version of runblock runs the \
         built-in provider (terraform_data, terraform_remote_state) and mocked ones: with a block mock_provider \
         \"other\" in the test file, its objects are made up. Checks and completion work in this file all the same. \
         (main.tf:148..174)\n"
    );
}
