//! The modules and test files that whole processes are timed on. They need only the built-in provider.

use std::fmt::Write as _;

/// A module with its tests.
pub struct Workload {
    pub name: &'static str,
    /// Path in the module, and text.
    pub files: Vec<(String, String)>,
}

pub fn all() -> Vec<Workload> {
    vec![
        Workload { name: "chain", files: vec![main(chain(100)), tests("main", 20)] },
        Workload { name: "runs", files: vec![main(chain(10)), tests("main", 50)] },
        Workload {
            name: "files",
            files: std::iter::once(main(chain(3)))
                .chain((0..50).map(|file| tests(&format!("part_{file:02}"), 5)))
                .collect(),
        },
        Workload { name: "instances-1k", files: vec![main(instances(1_000)), tests("main", 1)] },
        Workload { name: "instances-10k", files: vec![main(instances(10_000)), tests("main", 1)] },
    ]
}

fn main(text: String) -> (String, String) {
    ("main.tf".to_owned(), text)
}

/// So many resources, each reading the one before it, and an output for each.
fn chain(length: usize) -> String {
    let mut text = "variable \"step\" {\n  type = number\n}\n\n".to_owned();
    for at in 0..length {
        let input = match at {
            0 => "var.step".to_owned(),
            _ => format!("terraform_data.link_{}.output + 1", at - 1),
        };
        append(
            &mut text,
            format_args!("resource \"terraform_data\" \"link_{at}\" {{\n  input = {input}\n}}\n\n"),
        );
        append(
            &mut text,
            format_args!("output \"link_{at}\" {{\n  value = terraform_data.link_{at}.output\n}}\n\n"),
        );
    }
    append(
        &mut text,
        format_args!(
            "output \"distance\" {{\n  value = terraform_data.link_{}.output - var.step\n}}\n\n",
            length - 1
        ),
    );
    append(&mut text, format_args!("output \"expected\" {{\n  value = {}\n}}\n", length - 1));
    text
}

/// One resource with so many instances, a multiple of 100.
fn instances(count: usize) -> String {
    format!(
        r#"variable "step" {{
  type = number
}}

locals {{
  keys = toset(flatten([for a in range({hundreds}) : [for b in range(100) : "key-${{a}}-${{b}}"]]))
}}

resource "terraform_data" "each" {{
  for_each = local.keys
  input    = {{ key = each.key, step = var.step }}
}}

output "distance" {{
  value = length(terraform_data.each)
}}

output "expected" {{
  value = {count}
}}
"#,
        // `range` makes at most 1,024 elements at once.
        hundreds = count / 100,
    )
}

/// A test file of so many runs, each changing what the one before it made.
fn tests(name: &str, runs: usize) -> (String, String) {
    let mut text = String::new();
    for run in 0..runs {
        append(
            &mut text,
            format_args!(
                r#"run "step_{run}" {{
  variables {{
    step = {run}
  }}

  assert {{
    condition     = output.distance == output.expected
    error_message = "The distance is ${{output.distance}}."
  }}
}}

"#
            ),
        );
    }
    (format!("tests/{name}.tftest.hcl"), text)
}

fn append(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes any text");
}
