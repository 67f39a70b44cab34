//! The texts that the in-process measures read, of any length: a module as people write them, and a dense test file.

use std::fmt::Write as _;

/// Lines in one `run` block of [`test_file`], with the blank line after it.
pub const LINES_PER_RUN: usize = 29;

/// A test file of `runs` run blocks with variables, overrides, interpolations, a heredoc and assertions: 4.5 bytes a
/// token, fewer than in any test file that people wrote.
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

/// A module's file with `resources` resources, each with its variable and output. The mix is close to that of 1,147 files of
/// public modules (4.5 MB; 6.3 bytes a token): 6.8 bytes a token, a twentieth comments, a tenth indentation.
pub fn module_file(resources: usize) -> String {
    let mut text = String::new();
    for at in 0..resources {
        write!(
            text,
            r#"# ------------------------------------------------------------------------------
# Subnetwork {at}
# ------------------------------------------------------------------------------

variable "subnetwork_{at}_configuration" {{
  description = "Subnetwork configuration. Ranges in `secondary_ip_ranges` must not overlap with those of other networks."
  type = object({{
    description           = optional(string, "Terraform-managed.")
    ip_cidr_range         = string
    private_ip_access     = optional(bool, true)
    enable_flow_logs      = optional(bool)
    secondary_ip_ranges   = optional(map(string), {{}})
    bindings_by_principal = optional(map(list(string)), {{}})
  }})
  nullable = false
  default = {{
    ip_cidr_range       = "10.{octet}.0.0/24"
    secondary_ip_ranges = {{}}
  }}
  validation {{
    condition     = length(var.subnetwork_{at}_configuration.secondary_ip_ranges) <= 30
    error_message = "A subnetwork can have at most thirty secondary ranges."
  }}
}}

locals {{
  # Only principals that are granted something have a binding.
  subnetwork_{at}_bindings = {{
    for principal, roles in var.subnetwork_{at}_configuration.bindings_by_principal :
    principal => distinct(compact(roles)) if length(roles) > 0
  }}
}}

resource "google_compute_subnetwork" "subnetwork_{at}" {{
  count                    = var.create_subnetworks ? 1 : 0
  project                  = local.project_id
  network                  = local.network.self_link
  name                     = "${{var.prefix}}-subnetwork-{at}"
  region                   = var.region
  description              = var.subnetwork_{at}_configuration.description
  ip_cidr_range            = var.subnetwork_{at}_configuration.ip_cidr_range
  private_ip_google_access = var.subnetwork_{at}_configuration.private_ip_access

  dynamic "secondary_ip_range" {{
    for_each = var.subnetwork_{at}_configuration.secondary_ip_ranges
    content {{
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }}
  }}

  lifecycle {{
    ignore_changes = [secondary_ip_range]
  }}

  depends_on = [google_project_service.compute_engine]
}}

output "subnetwork_{at}_self_link" {{
  description = "Self link of the subnetwork, or null where it is not created."
  value       = try(google_compute_subnetwork.subnetwork_{at}[0].self_link, null)
}}

"#,
            octet = at % 256,
        )
        .expect("a string takes any text");
    }
    text
}
