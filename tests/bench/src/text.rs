//! The texts that the in-process measures read: a test file as people write them, of any length.

use std::fmt::Write as _;

/// Lines in one `run` block of [`test_file`], with the blank line after it.
pub const LINES_PER_RUN: usize = 29;

/// A test file of `runs` run blocks with variables, mocks, overrides, interpolations, a heredoc and assertions.
pub fn test_file(runs: usize) -> String {
    let mut text = String::new();
    for run in 0..runs {
        write!(
            text,
            r#"# Deploys the service in zone {run} and checks what it announces.
run "deploys_service_{run}" {{
  command = plan

  variables {{
    name      = "service-{run}"
    instances = {instances}
    zones     = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    tags      = {{ team = "platform", cost_centre = "cc-{run}", "managed by" = "terraform" }}
  }}

  override_resource {{
    target = module.network.aws_subnet.private[{run}]
    values = {{ id = "subnet-{run:08}", cidr_block = "10.0.{octet}.0/24" }}
  }}

  assert {{
    condition     = output.instance_count == var.instances && length(output.addresses) >= {instances}
    error_message = "Expected ${{var.instances}} instances of ${{var.name}}, got ${{output.instance_count}}."
  }}

  assert {{
    condition = alltrue([for zone, subnet in output.subnets : startswith(zone, "eu-") && subnet.size > 0])
    error_message = <<-EOT
      Every subnet of ${{var.name}} must lie in Europe.
    EOT
  }}
}}

"#,
            instances = run % 7 + 1,
            octet = run % 256,
        )
        .expect("a string takes any text");
    }
    text
}
