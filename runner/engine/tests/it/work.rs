//! How much work a run is: a walk visits each object once for each instance of its module.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use engine::Status;

use crate::support::run_with;

#[test]
fn each_object_is_visited_once_for_each_instance() {
    // What `file` reads is read by everything below it and evaluated once.
    let (outcomes, host) = run_with(
        r#"
//- /main.tf
module "m" {
  source = "./m"
  count  = 3
}
output "o" { value = module.m[*].o }
//- /m/main.tf
locals { text = file("x") }
resource "terraform_data" "r" {
  count = 5
  input = local.text
}
output "o" { value = "${local.text}${local.text}" }
//- /x
text
//- /t.tftest.hcl
run "plan" {
  command = plan
}
run "apply" {
  assert {
    condition     = output.o[2] == "text\ntext\n"
    error_message = "o"
  }
}
"#,
        None,
        &BTreeMap::new(),
    );
    assert!(outcomes.iter().all(|outcome| outcome.status == Status::Pass), "{outcomes:?}");
    // Once to validate, then three times for each of planning and applying.
    assert_eq!(host.reads.load(Ordering::Relaxed), (1 + 3) + (1 + 3 + 3));
}
