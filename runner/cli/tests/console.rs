//! `runblock console` from the bytes of its input to its output: what is read, what ends it, and with which exit code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::io::Cursor;

use cli::{Environment, run_with_input};

/// A module in a folder of its own.
struct Folder(fixture::Folder);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        Folder(fixture::Folder::of(files.iter().copied()))
    }

    fn ask(&self, args: &str, input: impl AsRef<[u8]>) -> (i32, String, String) {
        self.ask_in(&Environment::new(self.0.to_path_buf()), args, input)
    }

    fn ask_in(&self, env: &Environment, args: &str, input: impl AsRef<[u8]>) -> (i32, String, String) {
        let words = ["console"].into_iter().chain(args.split_whitespace()).map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run_with_input(words, env, &mut Cursor::new(input), &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (code, text(out), text(err))
    }
}

#[test]
fn a_dialect_decides_what_there_is() {
    let folder = Folder::new(&[("main.tf", "locals {\n  n = convert(\"4\", number)\n}\n")]);
    let asked = |dialect: &str| folder.ask(dialect, "convert([\"1\", local.n], list(number))\n");
    let (code, out, err) = asked("--dialect terraform@1.15");
    assert_eq!((code, out.as_str(), err.as_str()), (0, "tolist([\n  1,\n  4,\n])\n", ""));
    assert_eq!(asked("-dialect=terraform").1, out);
    for older in ["--dialect terraform@1.14", "--dialect terraform@1.14.9", "--dialect tofu@1.12"] {
        let (code, _, err) = asked(older);
        assert_eq!(code, 1, "{older}");
        // Nothing else than `convert` reads `number` as a type.
        assert!(err.contains("Error: Invalid reference"), "{older}: {err}");
    }
    let (code, out, err) = asked("--dialect terraform@3");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("Error: There is no dialect \"terraform@3\". Known are terraform@1.6 to "),
        "{err}"
    );
}

const MODULE: &str = r#"
variable "name" { default = "world" }
variable "size" { type = number }
variable "secret" {
  sensitive = true
  default   = "s"
}
variable "short" {
  ephemeral = true
  default   = "e"
}
locals {
  greeting = "hello ${var.name}"
  both     = { secret = var.secret, id = terraform_data.one.id }
}
resource "terraform_data" "one" { input = local.greeting }
resource "terraform_data" "many" {
  count = 2
  input = count.index
}
module "child" { source = "./child" }
"#;

const CHILD: &str = "output \"answer\" {\n  value     = 42\n  sensitive = true\n}\n";

fn module() -> Folder {
    Folder::new(&[("main.tf", MODULE), ("child/main.tf", CHILD)])
}

#[track_caller]
fn value(folder: &Folder, args: &str, expression: &str, expected: &str) {
    let (code, out, err) = folder.ask(args, format!("{expression}\n"));
    assert_eq!((code, out.as_str(), err.as_str()), (0, format!("{expected}\n").as_str(), ""), "{expression}");
}

#[test]
fn names_of_the_module_have_values() {
    let folder = module();
    value(&folder, "", "local.greeting", "\"hello world\"");
    value(&folder, "-var name=you", "local.greeting", "\"hello you\"");
    value(&folder, "", "var.size", "(known after apply)");
    value(&folder, "", "type(var.size)", "number");
    value(&folder, "-var size=3", "var.size + 1", "4");
    value(&folder, "", "var.short", "(ephemeral value)");
    value(
        &folder,
        "",
        "local.both",
        "{\n  \"id\" = (known after apply)\n  \"secret\" = (sensitive value)\n}",
    );
    value(&folder, "", "terraform_data.many", "(known after apply)");
    // A caller sees the value: the word only hides root outputs.
    value(&folder, "", "module.child", "{\n  \"answer\" = 42\n}");
    value(&folder, "", "terraform.workspace", "\"default\"");
    value(&folder, "", "path.module", "\".\"");
    value(&folder, "", "type(type(1))", "type");
}

#[test]
fn a_plan_knows_what_will_be() {
    let folder = module();
    let one = "{\n  \"id\" = (known after apply)\n  \"input\" = \"hello world\"\n  \"output\" = (known after apply)\n  \
               \"triggers_replace\" = null\n}";
    value(&folder, "-plan", "terraform_data.one", one);
    value(&folder, "-plan", "[for one in terraform_data.many : one.input]", "[\n  0,\n  1,\n]");
}

#[test]
fn the_state_file_is_read() {
    let state = r#"{ "version": 4, "resources": [
      { "mode": "managed", "type": "terraform_data", "name": "one", "provider": "provider[\"terraform.io/builtin/terraform\"]", "instances": [ { "attributes": {
        "id": "x", "input": { "value": ["a"], "type": ["list", "string"] },
        "output": null, "triggers_replace": null }, "sensitive_attributes": [[{ "type": "get_attr", "value": "id" }]] } ] },
      { "mode": "managed", "type": "terraform_data", "name": "many", "provider": "provider[\"terraform.io/builtin/terraform\"]", "instances": [
        { "index_key": 1, "attributes": { "id": "y" } } ] },
      { "mode": "managed", "type": "aws_instance", "name": "a", "instances": [] } ] }"#;
    let folder = module();
    std::fs::write(folder.0.join("other.tfstate"), state).unwrap();
    let warned = |expression: &str| folder.ask("-state other.tfstate", format!("{expression}\n"));
    let (code, out, _) = warned("terraform_data.one.input");
    assert!(code == 0 && out.ends_with("\ntolist([\n  \"a\",\n])\n"), "{out}");
    assert!(out.contains("State objects without a schema") && out.contains("aws_instance"), "{out}");
    assert!(warned("terraform_data.one.id").1.ends_with("\n(sensitive value)\n"));
    // What lies before the last key and is not there is unknown.
    assert!(warned("terraform_data.many[0]").1.ends_with("\n(known after apply)\n"));
    assert!(warned("terraform_data.many[1].id").1.ends_with("\n\"y\"\n"));
    std::fs::write(folder.0.join("terraform.tfstate"), "{").unwrap();
    let (code, out, err) = folder.ask("", "1\n");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("\nError: Failed to load state\n"), "{err}");
}

#[test]
fn only_the_last_value_is_printed() {
    let folder = module();
    let ask = |input: &str| {
        let (code, out, err) = folder.ask("", input);
        assert_eq!((code, err.as_str()), (0, ""), "{input}");
        out
    };
    assert_eq!(ask("1\n\n2\n"), "2\n");
    assert_eq!(ask("1"), "1\n");
    assert_eq!(ask("1\r\n"), "1\n");
    assert_eq!(ask(""), "\n");
    assert_eq!(ask("1\n\n"), "\n");
    assert_eq!(ask("1\nexit\n2\n"), "");
    assert_eq!(ask("\u{feff}1\n"), "1\n");
    assert!(ask(" help \n").contains("Control-D"));
}

#[test]
fn the_first_error_ends_it() {
    let folder = module();
    let (code, out, err) = folder.ask("", "1\nnope\n2\n");
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(
        err,
        "\nError: Invalid reference\n\n  on <console-input> line 1:\n  (source code not available)\n\nA reference to a \
         resource type must be followed by at least one attribute\naccess, specifying the resource name.\n\n"
    );
    for wrong in ["# comment", "[", "x = 1", "local", "type()", "type(1, 2)", "[type(1)]", "1 +"] {
        assert_eq!(folder.ask("", format!("{wrong}\n")).0, 1, "{wrong}");
    }
}

#[test]
fn every_line_is_answered_on_request() {
    let folder = module();
    let (code, out, err) = folder.ask("--each", "1\nnope\n\"a\"\n");
    assert_eq!((code, out.as_str()), (1, "1\n\"a\"\n"));
    assert!(err.contains("Invalid reference"), "{err}");
    let (code, out, err) = folder.ask("--json", "1 + 1\n1 + true\ntype([])\n\nexit\n9\n");
    assert_eq!((code, err.as_str()), (1, ""));
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert_eq!(lines[0], serde_json::json!({ "line": 1, "value": "2", "type": "number" }));
    assert_eq!(lines[1]["diagnostics"][0]["range"]["start"]["column"], 5);
    assert_eq!(lines[2], serde_json::json!({ "line": 3, "value": "tuple([])", "type": "type" }));
    assert_eq!(lines[3], serde_json::json!({ "line": 4 }));
}

/// What is shown of a line begins with its first character that is no blank, and places count from there.
#[test]
fn places_count_in_what_is_shown() {
    let folder = module();
    for (input, offset) in [(&b"   \xff + 1\n"[..], 0), (&b"   1 + nope\n"[..], 4)] {
        let (_, out, _) = folder.ask("--json", input);
        let line: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(line["diagnostics"][0]["snippet"]["highlight_start_offset"], offset, "{line}");
    }
}

#[test]
fn what_is_wrong_around_the_expressions_is_said() {
    let folder = module();
    let fails = |args: &str, summary: &str| {
        let (code, out, err) = folder.ask(args, "1\n");
        assert_eq!((code, out.as_str()), (1, ""), "{args}");
        assert!(err.starts_with(&format!("\nError: {summary}\n")), "{args}: {err}");
    };
    fails("-var nothing", "Invalid -var option");
    fails("-var other=1", "Value for undeclared variable");
    fails("-var-file none.tfvars", "Failed to read variables file");
    let (code, out, err) = folder.ask("-var size=x", "1\n");
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.starts_with("\nError: Invalid value for input variable\n"), "{err}");
    std::fs::write(folder.0.join("terraform.tfvars"), "a = 1\nb = 1\nc = 1\nd = 1\nname = \"file\"\n")
        .unwrap();
    let (code, out, err) = folder.ask("", "local.greeting\n");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out.matches("Warning: Value for undeclared variable\n").count(), 2, "{out}");
    assert!(out.contains("2 other variable(s) defined"), "{out}");
    assert!(
        out.contains("Warning: Due to the problems above, some expressions may produce unexpected"),
        "{out}"
    );
    assert!(out.ends_with("\n\"hello file\"\n"), "{out}");
    let mut env = Environment::new(folder.0.to_path_buf());
    env.vars.insert("TF_VAR_size".into(), "7".into());
    env.vars.insert("TF_VAR_unknown".into(), "7".into());
    assert!(folder.ask_in(&env, "", "var.size\n").1.ends_with("\n7\n"));
}

#[test]
fn an_error_in_the_module_leaves_the_rest() {
    let folder = Folder::new(&[("main.tf", "locals {\n  bad = 1 + \"a\"\n  good = 1\n}\n")]);
    let (code, out, err) = folder.ask("", "[local.good, local.bad]\n");
    assert_eq!(code, 0);
    assert!(out.ends_with("\n[\n  1,\n  (known after apply),\n]\n"), "{out}");
    assert!(err.contains("Unsuitable value for right operand"), "{err}");
    let folder = Folder::new(&[("main.tf", "locals {\n")]);
    assert_eq!(folder.ask("", "1\n").0, 1);
    let folder = Folder::new(&[("main.tf", "locals {\n  a = local.b\n  b = local.a\n}\n")]);
    assert_eq!(folder.ask("", "1\n").0, 1);
}

#[test]
fn any_bytes_have_an_answer() {
    let folder = module();
    let long = format!("length(\"{}\")\n", "a".repeat(1 << 20));
    assert_eq!(folder.ask("", long), (0, "1048576\n".to_owned(), String::new()));
    assert_eq!(folder.ask("", "\"a\0b\"\n").1, "\"a\\x00b\"\n");
    let (code, out, err) = folder.ask("", b"\"a\xff\"\n".as_slice());
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("\nError: Invalid character encoding\n"), "{err}");
    for deep in ["[", "(", "!", "-", "{a=", "\"${", "upper("] {
        for count in [500, 100_000] {
            let (code, ..) = folder.ask("", format!("{}\n", deep.repeat(count)));
            assert_eq!(code, 1, "{deep}");
        }
    }
    let closed = format!("{}{}\n", "[".repeat(200), "]".repeat(200));
    assert_eq!(folder.ask("", closed).0, 0);
    let many = "1 + 1\n".repeat(20_000);
    assert_eq!(folder.ask("--each", many).1.len(), 40_000);
}

#[test]
fn a_prompt_goes_on_while_something_is_open() {
    let folder = module();
    let mut env = Environment::new(folder.0.to_path_buf());
    env.stdin_is_terminal = true;
    let (code, out, err) = folder.ask_in(&env, "", "[\n1,\n2]\nnope\n<<E\na\nE\n(1 +\n\n\nlocal.greeting\n");
    assert_eq!(code, 0);
    assert_eq!(out, "> : : [\n  1,\n  2,\n]\n> > : : <<EOT\na\n\nEOT\n> : > > \"hello world\"\n> \n");
    assert!(err.contains("Invalid reference") && err.contains("Missing expression"), "{err}");
}

#[test]
fn misuse_is_told() {
    let folder = module();
    for args in ["extra", "--bogus", "-plan=maybe", "-state"] {
        assert_eq!(folder.ask(args, "").0, 2, "{args}");
    }
    assert!(folder.ask("-h", "").1.starts_with("Evaluate expressions"));
}
