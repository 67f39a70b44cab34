//! The modules and test files that whole processes are timed on. They need only the built-in provider.

use std::fmt::Write as _;

/// A module, and what is done with it.
pub struct Workload {
    pub name: &'static str,
    /// `test` or `console`.
    pub command: &'static str,
    /// Path in the module, and text.
    pub files: Vec<(String, String)>,
    /// The file that is standard input.
    pub input: Option<&'static str>,
    /// Whether terraform is not asked: it would take hours.
    pub alone: bool,
}

/// Modules with their tests.
pub fn tests() -> Vec<Workload> {
    let parts = (0..50).map(|file| test_file(&format!("part_{file:02}"), 5));
    let workload = |name, files| Workload { name, command: "test", files, input: None, alone: false };
    vec![
        workload("chain", vec![main(chain(100)), test_file("main", 20)]),
        workload("runs", vec![main(chain(10)), test_file("main", 50)]),
        workload("files", std::iter::once(main(chain(3))).chain(parts).collect()),
        workload("waiting", vec![main(waiting(30)), test_file("main", 1)]),
        workload("instances-1k", vec![main(instances(1_000)), test_file("main", 1)]),
        Workload {
            alone: true,
            ..workload("instances-10k", vec![main(instances(10_000)), test_file("main", 1)])
        },
    ]
}

/// Expressions for the console.
pub fn expressions() -> Vec<Workload> {
    let workload = |name, expressions: String, mut files: Vec<(String, String)>| {
        files.push((INPUT.to_owned(), expressions));
        Workload { name, command: "console", files, input: Some(INPUT), alone: false }
    };
    vec![
        workload("one", "1 + 2\n".to_owned(), Vec::new()),
        workload("lines-1k", lines(1_000), Vec::new()),
        workload("for-10k", format!("length({FOR})\n"), Vec::new()),
        workload(
            "jsondecode-5MB",
            "length(jsondecode(file(\"data.json\")))\n".to_owned(),
            vec![json(5_000_000)],
        ),
        workload("load-4MB", "1 + 2\n".to_owned(), vec![main(locals(4_000_000))]),
    ]
}

const INPUT: &str = "expressions.txt";

/// Ten thousand elements, each a nested object. `range` makes at most 1,024 elements at once.
pub const FOR: &str = "[for a, n in flatten([for h in range(100) : [for o in range(100) : h * 100 + o]]) : { id = \"item-${n}\", place = { zone = n % 3, tags = { even = n % 2 == 0 } } }]";

/// So many short expressions of many kinds.
fn lines(count: usize) -> String {
    let mut text = String::new();
    for line in 0..count {
        let line = match line % 5 {
            0 => format!("{line} * 3 + {line} / 7\n"),
            1 => format!("upper(\"item-{line}\")\n"),
            2 => format!("[for n in [1, 2, {line}] : n * 2 if n > 1]\n"),
            3 => format!("merge({{ a = {line} }}, {{ b = \"x\" }}).a == {line} ? \"yes\" : \"no\"\n"),
            _ => format!("\"${{join(\",\", [\"a\", \"b\"])}}-{line}\"\n"),
        };
        text.push_str(&line);
    }
    text
}

/// A list of objects with about so many bytes.
fn json(bytes: usize) -> (String, String) {
    let mut text = "[".to_owned();
    let mut item = 0;
    while text.len() < bytes {
        let comma = if item == 0 { "" } else { "," };
        append(
            &mut text,
            format_args!(
                "{comma}{{\"id\": {item}, \"name\": \"item {item}\", \"tags\": [\"a\", \"b\"], \"size\": {item}.5, \"on\": true}}"
            ),
        );
        item += 1;
    }
    text.push(']');
    ("data.json".to_owned(), text)
}

/// A module of about so many bytes.
fn locals(bytes: usize) -> String {
    let mut text = String::new();
    let mut at = 0;
    while text.len() < bytes {
        append(
            &mut text,
            format_args!(
                r#"# Settings of service {at}, as the platform wants them.
locals {{
  name_{at}  = "service-{at}"
  zones_{at} = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  tags_{at}  = {{ team = "platform", cost_centre = "cc-{at}", "managed by" = "terraform" }}
  label_{at} = "${{local.name_{at}}} in ${{length(local.zones_{at})}} zones"
}}

"#
            ),
        );
        at += 1;
    }
    text
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

/// One resource with so many instances, each of which waits when it is made and when it is destroyed.
fn waiting(count: usize) -> String {
    format!(
        r#"variable "step" {{
  type = number
}}

resource "terraform_data" "each" {{
  count = {count}
  input = var.step

  provisioner "local-exec" {{
    command = "sleep 0.1"
  }}
  provisioner "local-exec" {{
    when    = destroy
    command = "sleep 0.1"
  }}
}}

output "distance" {{
  value = length(terraform_data.each)
}}

output "expected" {{
  value = {count}
}}
"#
    )
}

/// A test file of so many runs, each changing what the one before it made.
fn test_file(name: &str, runs: usize) -> (String, String) {
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
