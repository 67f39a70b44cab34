//! What is edited: a module of many resources, a test file of many lines, and a document with the schemas of a provider
//! as large as the largest.

use std::fmt::Write as _;

/// Lines of one run block of [`test_file`], with the blank line after it.
const LINES_PER_RUN: usize = 29;

/// How many resources the module has.
pub const RESOURCES: usize = 500;
/// How many outputs it has.
const OUTPUTS: usize = 50;

/// Types that every version of the provider has, each with the arguments that it needs.
const TYPES: [(&str, &str); 8] = [
    ("aws_s3_bucket", "bucket = \"${var.name}-NUMBER\""),
    ("aws_sqs_queue", "name = \"${var.name}-NUMBER\""),
    ("aws_sns_topic", "name = \"${var.name}-NUMBER\""),
    ("aws_cloudwatch_log_group", "name = \"/service/${var.name}/NUMBER\""),
    ("aws_vpc", "cidr_block = \"10.NUMBER.0.0/16\""),
    ("aws_security_group", "name = \"${var.name}-NUMBER\""),
    (
        "aws_iam_role",
        "name = \"${var.name}-NUMBER\"\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\" })",
    ),
    ("aws_kms_key", "description = \"Key NUMBER of ${var.name}.\""),
];

/// The module's file.
pub fn module() -> String {
    let mut text = String::from(
        r#"terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type        = string
  description = "What everything is named after."
}

variable "size" {
  type    = number
  default = 1
}

variable "tags" {
  type    = map(string)
  default = {}
}

"#,
    );
    for at in 0..RESOURCES {
        let (kind, arguments) = TYPES[at % TYPES.len()];
        let arguments = arguments.replace("NUMBER", &(at % 200).to_string());
        append(
            &mut text,
            format_args!("resource \"{kind}\" \"r{at}\" {{\n  {arguments}\n  tags = var.tags\n}}\n\n"),
        );
    }
    for at in 0..OUTPUTS {
        let (kind, number) = (TYPES[at % TYPES.len()].0, at);
        append(
            &mut text,
            format_args!(
                "output \"arn_{at}\" {{\n  description = \"Where number {at} is.\"\n  value       = {kind}.r{number}.arn\n}}\n\n"
            ),
        );
    }
    text
}

/// A test file of about so many lines. In its last run is an error.
pub fn test_file(lines: usize) -> String {
    let mut text = "mock_provider \"aws\" {}\n\nvariables {\n  name = \"service\"\n}\n\n".to_owned();
    for run in 0..lines / LINES_PER_RUN {
        let output = run % OUTPUTS;
        let kind = TYPES[output % TYPES.len()].0;
        let before = match run {
            0 => "\"\"".to_owned(),
            _ => format!("run.deploys_{}.arn_{output}", run - 1),
        };
        append(
            &mut text,
            format_args!(
                r#"# Deploys the service a further time and looks at number {output}.
run "deploys_{run}" {{
  variables {{
    name = "service-{run}"
    size = {size}
    tags = {{
      team = "platform"
      cost = "cc-{run}"
    }}
  }}

  override_resource {{
    target = {kind}.r{output}
    values = {{
      arn = "arn:aws:service:eu-central-1:000000000000:thing/{run}"
    }}
  }}

  assert {{
    condition     = output.arn_{output} != {before} && {kind}.r{output}.arn != var.name
    error_message = "Number {output} of ${{var.name}} is at ${{output.arn_{output}}}."
  }}

  assert {{
    condition     = alltrue([for key, value in var.tags : length(value) > 0 && key != upper(value)])
    error_message = "Every tag of ${{var.name}} needs a value."
  }}
}}

"#,
                size = run % 7 + 1,
            ),
        );
    }
    text.push_str("run \"fails\" {\n  assert {\n    condition     = output.nowhere != \"\"\n    error_message = \"\"\n  }\n}\n");
    text
}

/// The schemas of a made-up provider under the address of the one that the module uses: as many types as that has, and
/// as many bytes as `terraform providers schema -json` prints for it.
pub fn schemas() -> String {
    let mut managed = String::new();
    for number in 0..1_581 {
        let name = match TYPES.get(number) {
            Some((kind, _)) => (*kind).to_owned(),
            None => format!("aws_service_{}_thing_{number}", number % 200),
        };
        let comma = if number == 0 { "" } else { "," };
        append(&mut managed, format_args!("{comma}\"{name}\":{}", kind(number)));
    }
    let mut data = String::new();
    for number in 0..650 {
        let comma = if number == 0 { "" } else { "," };
        append(
            &mut data,
            format_args!("{comma}\"aws_service_{}_thing_{number}\":{}", number % 200, kind(number)),
        );
    }
    format!(
        r#"{{"format_version":"1.0","provider_schemas":{{"registry.terraform.io/hashicorp/aws":{{"provider":{{"version":0,"block":{{}}}},"resource_schemas":{{{managed}}},"data_source_schemas":{{{data}}}}}}}}}"#
    )
}

/// One resource type: what all have, and some that only it has, one of them in blocks.
fn kind(number: usize) -> String {
    let string = |name: &str, flags: &str| {
        format!(r#""{name}":{{"type":"string","description_kind":"plain",{flags}}}"#)
    };
    let mut attributes: Vec<String> =
        ["arn", "id", "owner_id"].iter().map(|name| string(name, r#""computed":true"#)).collect();
    for name in ["bucket", "name", "description", "cidr_block", "assume_role_policy"] {
        attributes.push(string(name, r#""optional":true,"computed":true"#));
    }
    attributes
        .push(r#""tags":{"type":["map","string"],"description_kind":"plain","optional":true}"#.to_owned());
    let own = |from: usize, to: usize| {
        let own = (from..to).map(|at| string(&format!("setting_{number}_{at}"), r#""optional":true"#));
        own.collect::<Vec<String>>().join(",")
    };
    attributes.push(own(0, 30));
    let block = format!(
        r#"{{"nesting_mode":"list","block":{{"attributes":{{{}}},"description_kind":"plain"}}}}"#,
        own(30, 55)
    );
    format!(
        r#"{{"version":0,"block":{{"attributes":{{{}}},"block_types":{{"rule":{block}}},"description_kind":"plain"}}}}"#,
        attributes.join(",")
    )
}

/// The files of one of many modules: a few declarations and a test.
pub fn small_module(number: usize) -> [(String, String); 2] {
    let dir = format!("area_{:02}/module_{number:05}", number % 100);
    let module = format!(
        r#"variable "name_{number}" {{
  type        = string
  description = "What module {number} is named after."
}}

locals {{
  label_{number} = "${{var.name_{number}}}-{number}"
}}

resource "terraform_data" "thing" {{
  input = {{
    label = local.label_{number}
    zones = ["a", "b", "c"]
  }}
}}

output "label_{number}" {{
  value = terraform_data.thing.output.label
}}
"#
    );
    let test = format!(
        r#"run "labels_{number}" {{
  variables {{
    name_{number} = "x"
  }}

  assert {{
    condition     = output.label_{number} == "x-{number}"
    error_message = "The label is ${{output.label_{number}}}."
  }}
}}
"#
    );
    [(format!("{dir}/main.tf"), module), (format!("{dir}/tests/main.tftest.hcl"), test)]
}

fn append(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes any text");
}
