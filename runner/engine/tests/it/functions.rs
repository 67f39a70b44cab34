//! Functions of a provider that is made of memory.

use engine::Status;

use crate::provider::Memory;
use crate::support::{run_all, show};

const REQUIRED: &str = r#"
terraform {
  required_providers {
    m = {
      source = "hashicorp/mem"
    }
  }
}
"#;

#[test]
fn a_module_calls_the_functions_of_what_it_requires() {
    let (provider, log) = Memory::with_log();
    let outcomes = run_all(
        &format!(
            r#"
//- /main.tf
{REQUIRED}
variable "secret" {{
  default   = "s"
  sensitive = true
}}
locals {{
  joined = provider::m::join("-", "a", "b", upper("c"))
  secret = provider::m::join("-", var.secret)
}}
resource "terraform_data" "a" {{ input = provider::m::join("-", "x", terraform_data.b.id) }}
resource "terraform_data" "b" {{}}
//- /t.tftest.hcl
run "r" {{
  assert {{
    condition     = local.joined == "a-b-C" && issensitive(local.secret)
    error_message = local.joined
  }}
  assert {{
    condition     = provider::m::join("+", local.joined, "y") == "a-b-C+y"
    error_message = "in an assertion"
  }}
}}
"#
        ),
        Some(provider),
    );
    assert_eq!(outcomes[0].status, Status::Pass, "{}", show(&outcomes[0].diagnostics));
    assert!(log.take().iter().all(|line| !line.contains("configure")), "no function needs a configuration");
}

#[test]
fn faults_are_told_in_the_words_of_the_language() {
    let found = |call: &str| {
        let (provider, _) = Memory::with_log();
        let text = format!(
            "//- /main.tf\n{REQUIRED}\noutput \"o\" {{ value = {call} }}\n//- /t.tftest.hcl\nrun \"r\" {{}}\n"
        );
        let outcomes = run_all(&text, Some(provider));
        let summaries = outcomes[0].diagnostics.iter().map(|it| format!("{}: {}", it.summary, it.detail));
        summaries.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        found("provider::m::nope()"),
        "Unknown provider function: The function \"nope\" is not available from the provider \"m\"."
    );
    assert_eq!(
        found("provider::m::join()"),
        "Not enough function arguments: Function \"provider::m::join\" expects at least 1 argument(s). Missing value \
         for \"separator\"."
    );
    assert_eq!(
        found("provider::m::join([])"),
        "Invalid function argument: Invalid value for \"separator\" parameter: string required."
    );
    assert_eq!(
        found("provider::m::join(null)"),
        "Invalid function argument: Invalid value for \"separator\" parameter: argument must not be null."
    );
    assert_eq!(
        found("provider::m::join(\"!\")"),
        "Error in function call: Call to function \"provider::m::join\" failed: it does not shout."
    );
}
