//! Texts that nobody means: everything is said as a diagnostic, and nothing breaks.

use config::MemoryFiles;

use crate::support::Loaded;

/// Loads and checks the text as a module and as a test file, and returns how many errors there are.
fn survive(text: &[u8]) -> usize {
    let loaded = Loaded::new(MemoryFiles::new([("main.tf", text), ("a.tftest.hcl", text)]));
    let mut all = loaded.load_diagnostics();
    all.extend(loaded.static_diagnostics());
    all.iter().filter(|diagnostic| diagnostic.is_error()).count()
}

#[test]
fn bytes_that_are_no_text() {
    assert!(survive(&[0; 1000]) > 0);
    assert!(survive(&[0xff, 0xfe, b'{', 0x80]) > 0);
    assert_eq!(survive(b""), 0);
}

#[test]
fn deep_nesting() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    survive(format!("variable \"a\" {{\n  type = {}\n}}\n", deep("list(", ")")).as_bytes());
    survive(format!("variable \"a\" {{\n  type = {}\n}}\n", deep("object({a=", "})")).as_bytes());
    survive(format!("variable \"a\" {{\n  default = {}\n}}\n", deep("[", "]")).as_bytes());
    survive(format!("resource \"a\" \"b\" {{\n{}\n}}\n", deep("c {\n", "}\n")).as_bytes());
    survive(
        format!("run \"a\" {{\n  variables {{\n    x = {}1\n  }}\n}}\n", "1 + ".repeat(10_000)).as_bytes(),
    );
    survive(format!("run \"a\" {{\n  providers = {}1\n}}\n", "1 + ".repeat(10_000)).as_bytes());
}

#[test]
fn modules_that_double_at_every_level() {
    let mut files = MemoryFiles::default();
    for level in 0..60 {
        let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{}\"\n}}\n", level + 1);
        files.insert(&format!("m{level}/main.tf"), format!("{}{}", call("a"), call("b")));
    }
    files.insert("m60/main.tf", "output \"o\" {\n  value = 1\n}\n");
    files.insert("main.tf", "module \"a\" {\n  source = \"./m0\"\n}\n");
    files.insert("a.tftest.hcl", "provider \"x\" {}\nrun \"a\" {}\n");
    let loaded = Loaded::new(files);
    assert_eq!(loaded.render(&loaded.load_diagnostics()), "");
    assert_eq!(loaded.render(&loaded.static_diagnostics()), "");
}

#[test]
fn every_prefix_of_a_file() {
    let text = r#"variable "a" {
  type    = object({ x = optional(list(string), ["é"]) })
  default = {}
  validation {
    condition     = length(var.a.x) > 0
    error_message = "no ${var.a.x[0]}"
  }
}
resource "terraform_data" "b" {
  for_each = toset(["k"])
  input    = each.key
  lifecycle { ignore_changes = [input] }
}
module "m" {
  source = "./m"
  x      = terraform_data.b["k"].id
}
run "r" {
  command = plan
  variables { a = { x = ["y"] } }
  module { source = "./m" }
  assert {
    condition     = output.o == run.q.o
    error_message = "x"
  }
  expect_failures = [var.a, "check.c"]
}
mock_provider "p" {
  mock_data "d" { defaults = { a = 1 } }
  override_resource {
    target = module.m["k"].a.b[0]
    values = {}
  }
}
"#;
    for (end, _) in text.char_indices() {
        survive(text.get(..end).unwrap_or_default().as_bytes());
    }
}
