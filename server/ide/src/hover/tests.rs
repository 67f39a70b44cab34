use expect_test::{Expect, expect};

use super::*;
use crate::testing::{MODULE, at_cursor};

#[track_caller]
fn check(files: &str, expected: Expect) {
    let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{files}"));
    let shown = hover(&snapshot, &RunResults::default(), &file, offset).map(|it| {
        let document = snapshot.document(&file).unwrap();
        format!("{}\n---\n{}\n", it.span.text(&document.text()), it.text)
    });
    expected.assert_eq(&shown.unwrap_or_default());
}

#[track_caller]
fn check_condition(condition: &str, expected: Expect) {
    check(
        &format!(
            "//- /main.tftest.hcl\nrun \"first\" {{\n  command = plan\n}}\nrun \"last\" {{\n  assert {{\n    \
             condition = {condition}\n    error_message = \"\"\n  }}\n}}\n"
        ),
        expected,
    );
}

/// A no-break space is no indentation, and has more than one byte.
#[test]
fn blanks_of_several_bytes() {
    check(
        "//- /a.tf\nlocals {\n  odd = <<EOT\n \u{a0}b\nEOT\n  use = local.o$0dd\n}\n",
        expect![[r#"
            local.odd
            ---
            ```hcl
            odd = <<EOT
             b
            EOT
            ```

            Type: `string`
        "#]],
    );
}

#[test]
fn functions() {
    check_condition(
        "upp$0er(var.name) == \"A\"",
        expect![[r#"
        upper
        ---
        ```hcl
        upper(str: string) -> string
        ```

        Converts all cased letters to upper case.

        - `str`: The string to work on.

        ```hcl
        upper("hello")
        # "HELLO"
        ```
    "#]],
    );
    check_condition(
        "templatestring$0(var.name, {}) == \"A\"",
        expect![[r#"
            templatestring
            ---
            ```hcl
            templatestring(template: string, vars: any) -> string
            ```

            Evaluates a string as a template.

            - `template`: The template: a reference to a value, not a literal.
            - `vars`: A map or an object: the names that the template can use.

            ```hcl
            templatestring(local.greeting, { name = "Ann" })
            # "Hello, Ann!"
            ```

            Since Terraform 1.9, OpenTofu 1.7.
        "#]],
    );
    check_condition(
        "\"${core::lengt$0h([1])}\" == \"A\"",
        expect![[r#"
            core::length
            ---
            ```hcl
            length(value: any) -> number
            ```

            Returns the number of elements of a collection, or of characters of a string.

            - `value`: A string, list, set, tuple, map or object.

            ```hcl
            length(["a", "b"])
            # 2
            ```
        "#]],
    );
    check_condition("\"upp$0er(x)\" == \"A\"", expect![[""]]);
    check_condition(
        "urldec$0ode(\"x\") == \"A\"",
        expect![[r#"
            urldecode
            ---
            ```hcl
            urldecode(str: string) -> string
            ```

            Decodes percent-encoded text.

            - `str`: The string to work on.

            ```hcl
            urldecode("a%20b%2Fc")
            # "a b/c"
            ```

            Not in Terraform 1.15.9: since OpenTofu 1.7.
        "#]],
    );
    check_condition(
        "conv$0ert(var.name, list(string)) == []",
        expect![[r#"
            convert
            ---
            ```hcl
            convert(value: any, type: type constraint) -> any
            ```

            Converts a value to a type, which is written as the `type` of a variable is. Optional attributes take their defaults.

            - `value`: The value to convert.
            - `type`: The type, such as `list(string)`.

            ```hcl
            convert({}, object({ name = optional(string, "x") }))
            # { name = "x" }
            ```

            Since Terraform 1.15.
        "#]],
    );
    check(
        "//- /more.tf\nlocals {\n  x = mat$0chkeys([], [], [])\n}\n",
        expect![[r#"
            matchkeys
            ---
            ```hcl
            matchkeys(values: list(any), keys: list(any), searchset: list(any)) -> list(any)
            ```

            Returns the elements of one list whose counterparts in a second list are in a third one.

            - `values`: The elements to choose from.
            - `keys`: Their counterparts, one for each.
            - `searchset`: The counterparts that are wanted.

            ```hcl
            matchkeys(["i-1", "i-2"], ["west", "east"], ["east"])
            # ["i-2"]
            ```
        "#]],
    );
}

#[test]
fn names() {
    check_condition(
        "var.na$0me == \"A\"",
        expect![[r#"
        var.name
        ---
        ```hcl
        variable "name" {
          type        = string
          description = "Whom to greet."
          validation {
            condition     = var.name != ""
            error_message = "Empty."
          }
        }
        ```

        `main.tf`
    "#]],
    );
    check_condition(
        "local.bo$0x.left == 1",
        expect![[r#"
            local.box
            ---
            ```hcl
            box      = { left = 1, right = var.size }
            ```

            Type: `object({left=number,right=object({height=number,width=number})})`

            `main.tf`
        "#]],
    );
    check_condition(
        "output.greet$0ing == 1",
        expect![[r#"
            output.greeting
            ---
            ```hcl
            output "greeting" {
              description = "The whole greeting."
              value       = local.greeting
            }
            ```

            Type: `string`

            `main.tf`
        "#]],
    );
    check_condition(
        "run.fir$0st.greeting == 1",
        expect![[r#"
        run.first
        ---
        ```hcl
        run "first" {
          command = plan
        }
        ```
    "#]],
    );
    check_condition(
        "terraform_data.ma$0in.id == 1",
        expect![[r#"
        terraform_data.main
        ---
        ```hcl
        resource "terraform_data" "main" {
          input = local.greeting
          lifecycle {
            precondition {
              condition     = var.size.width > 0
              error_message = "Flat."
            }
          }
        }
        ```

        `main.tf`
    "#]],
    );
    check_condition(
        "var.nowhere$0 == 1",
        expect![[r#"
        var.nowhere
        ---
        Input variables: those of the module, and in a test those of the file and of the run.
    "#]],
    );
}

#[test]
fn required_versions_say_whose_rules_count() {
    check(
        "//- /versions.tf\nterraform {\n  required_ver$0sion = \"~> 1.9.0\"\n}\n",
        expect![[r#"
        required_version = "~> 1.9.0"
        ---
        The tests of this module run by the rules of **Terraform 1.9.8** (required_version "~> 1.9.0").
    "#]],
    );
}

/// What a hover says, on one line each.
#[track_caller]
fn check_brief(files: &str, expected: Expect) {
    let (snapshot, file, offset) = at_cursor(&format!("{MODULE}{files}"));
    let shown = hover(&snapshot, &RunResults::default(), &file, offset).map(|it| {
        let document = snapshot.document(&file).unwrap();
        format!("{}: {}\n", document.slice(it.span), it.text.replace('\n', "|"))
    });
    expected.assert_eq(&shown.unwrap_or_default());
}

#[test]
fn words_of_test_files() {
    let check = |text: &str, expected| check_brief(&format!("//- /a.tftest.hcl\n{text}"), expected);
    check(
        "ru$0n \"a\" {\n}\n",
        expect![[r#"
        run: One test: plans or applies the module and checks conditions on the result. Runs execute in the order they are written.
    "#]],
    );
    check(
        "run \"a\" {\n  state$0_key = \"x\"\n}\n",
        expect![[r#"
            state_key: Runs with the same key share a state. Without it, runs of the same module do.||Since Terraform 1.11.
        "#]],
    );
    check(
        "run \"a\" {\n  command = pl$0an\n}\n",
        expect![[r#"
        plan: Plan only: nothing is created, values that only an apply makes are unknown.
    "#]],
    );
    check(
        "run \"a\" {\n  plan_options {\n    mode = refresh-o$0nly\n  }\n}\n",
        expect![[r#"
        refresh-only: Only take over what changed outside.
    "#]],
    );
    check(
        "mock_provider \"x\" {\n  mock_re$0source \"y\" {\n  }\n}\n",
        expect![[r#"
        mock_resource: Default values for computed attributes of one resource type.
    "#]],
    );
    check(
        "run \"a\" {\n  assert {\n    condition = path.mod$0ule == \"\"\n    error_message = \"\"\n  }\n}\n",
        expect![[r#"
            path.module: The directory of the module that the expression stands in.
        "#]],
    );
    check("run \"a\" {\n  no$0thing = 1\n}\n", expect![[""]]);
    check("run \"a\" {\n  assert {\n    error_message = \"path.mo$0dule\"\n  }\n}\n", expect![[""]]);
    let mocks = "//- /tests/mocks/a.tfmock.hcl\nmock_data \"x\" {\n  def$0aults = {}\n}\n";
    check_brief(
        mocks,
        expect![[r#"
        defaults: Values for computed attributes.
    "#]],
    );
    let json = "//- /a.tftest.json\n{\"run\": {\"a\": {\"comm$0and\": \"plan\"}}}\n";
    check_brief(
        json,
        expect![[r#"
        "command": What this run does: `plan`, or `apply`, which is the default.
    "#]],
    );
    let module =
        "//- /more.tf\nresource \"terraform_data\" \"x\" {\n  count = 2\n  input = count.in$0dex\n}\n";
    check_brief(
        module,
        expect![[r#"
        count.index: The number of this instance of a block with `count`, from zero.
    "#]],
    );
}

#[test]
fn attributes_of_schemas() {
    let check = |text: &str, expected| check_brief(&format!("//- /a.tftest.hcl\n{text}"), expected);
    check(
        "run \"a\" {\n  assert {\n    condition = terraform_data.main.i$0d == \"\"\n    error_message = \"\"\n  }\n}\n",
        expect![[r#"
            id: ```hcl|id: string|```||Computed.
        "#]],
    );
    check(
        "mock_provider \"terraform\" {\n  mock_resource \"terraform_data\" {\n    defaults = {\n      i$0d = 1\n    }\n  }\n}\n",
        expect![[r#"
            id: ```hcl|id: string|```||Computed.
        "#]],
    );
    check(
        "mock_provider \"terraform\" {\n  mock_resource \"terraform$0_data\" {\n  }\n}\n",
        expect![[r#"
        "terraform_data": ```hcl|mock_resource "terraform_data"|```
    "#]],
    );
    check(
        "override_resource {\n  target = terraform_data.main\n  values = {\n    out$0put = 1\n  }\n}\n",
        expect![[r#"
            output: ```hcl|output: any|```||Computed.
        "#]],
    );
    check(
        "override_resource {\n  target = terraform_data.main\n  values = {\n    x = { i$0d = 1 }\n  }\n}\n",
        expect![[""]],
    );
    check_brief(
        "//- /more.tf\nresource \"terraform_data\" \"x\" {\n  inp$0ut = 1\n}\n",
        expect![[r#"
        input: ```hcl|input: any|```||Optional.
    "#]],
    );
    check_brief(
        "//- /a.tftest.json\n{\"override_resource\": {\"target\": \"terraform_data.main\", \"values\": {\"i$0d\": 1}}}\n",
        expect![[r#"
            "id": ```hcl|id: string|```||Computed.
        "#]],
    );
}

#[test]
fn types_of_outputs() {
    check_brief(
        "//- /a.tftest.hcl\nrun \"s\" {\n  module {\n    source = \"./setup\"\n  }\n}\nrun \"a\" {\n  variables {\n    name = run.s.buc$0ket.name\n  }\n}\n",
        expect![[r#"
            bucket: ```hcl|output "bucket" {|  value = { name = var.seed, size = 1 }|}|```||Type: `object({name=string,size=number})`||`setup/main.tf`
        "#]],
    );
    check_brief(
        "//- /more.tf\noutput \"x\" {\n  value = module.child.tw$0ice\n}\n",
        expect![[r#"
        twice: ```hcl|output "twice" {|  value = var.depth * 2|}|```||Type: `number`||`child/main.tf`
    "#]],
    );
}

/// What is declared in JSON is shown as it stands there.
#[test]
fn declarations_in_json() {
    check_brief(
        "//- /more.tf.json\n{\n  \"variable\": {\n    \"more\": {\n      \"type\": \"string\"\n    }\n  },\n  \"output\": \
         {\n    \"more\": { \"value\": \"${var.mo$0re}\" }\n  }\n}\n",
        expect![[r#"
            var.more: ```json|"more": {|  "type": "string"|}|```
        "#]],
    );
    check_brief(
        "//- /more.tf.json\n{\"locals\": {\"one\": 1, \"two\": \"${local.o$0ne + 1}\"}}\n",
        expect![[r#"
            local.one: ```json|"one": 1|```||Type: `number`
        "#]],
    );
    check_brief(
        "//- /a.tftest.json\n{\"run\": {\"one\": {}, \"two\": {\"variables\": {\"name\": \"${run.on$0e.greeting}\"}}}}\n",
        expect![[r#"
            run.one: ```json|"one": {}|```
        "#]],
    );
}

/// Backends, connections and provisioners: what their types have, and the types themselves.
#[test]
fn words_about_the_world_outside() {
    let backend = |body: &str| format!("//- /backend.tf\nterraform {{\n  backend {body}\n}}\n");
    check_brief(
        &backend("\"s3\" {\n    buc$0ket = \"x\"\n  }"),
        expect![[r#"
        bucket: The bucket.
    "#]],
    );
    check_brief(
        &backend("\"gc$0s\" {\n  }"),
        expect![[r#"
        "gcs": A bucket in Google Cloud.
    "#]],
    );
    let data = |body: &str| format!("//- /data.tf\nresource \"terraform_data\" \"x\" {{\n  {body}\n}}\n");
    check_brief(
        &data("provisioner \"local-exec\" {\n    working_$0dir = \"x\"\n  }"),
        expect![[r#"
        working_dir: The directory that it runs in. Without it, where the tool runs.
    "#]],
    );
    check_brief(
        &data("provisioner \"fi$0le\" {\n  }"),
        expect![[r#"
        "file": Copies files to the object.
    "#]],
    );
    check_brief(
        &data("provisioner \"file\" {\n    on_fail$0ure = continue\n  }"),
        expect![[r#"
        on_failure: What happens when it fails.
    "#]],
    );
    check_brief(
        &data("provisioner \"file\" {\n    connection {\n      bastion_h$0ost = \"x\"\n    }\n  }"),
        expect![[r#"
            bastion_host: By SSH: a machine on the way, through which the other one is reached.
        "#]],
    );
    let json =
        |body: &str| format!("//- /x.tf.json\n{{\"resource\": {{\"terraform_data\": {{\"x\": {body}}}}}}}\n");
    check_brief(
        &json("{\"provisioner\": [{\"file\": {\"connection\": {\"ho$0st\": \"x\"}}}]}"),
        expect![[r#"
            "host": The machine's address.
        "#]],
    );
    check_brief(
        &json("{\"provisioner\": {\"remote-exec\": {\"scri$0pts\": []}}}"),
        expect![[r#"
        "scripts": Several such scripts, one after the other.
    "#]],
    );
    check_brief(
        "//- /x.tf.json\n{\"terraform\": {\"backend\": {\"local\": {\"pa$0th\": \"x\"}}}}\n",
        expect![[r#"
            "path": The file of the state.
        "#]],
    );
}

/// Of a provider's function its schema tells what it takes.
#[test]
fn functions_of_providers() {
    let required = "//- /versions.tf\nterraform {\n  required_providers {\n    cloud = {\n      source = \"hashicorp/cloud\"\n    }\n  }\n}\n";
    let call = "//- /more.tf\nlocals {\n  more = provider::cloud::region$0_of(\"x\")\n}\n";
    check_brief(
        &format!("{required}{call}"),
        expect![[r#"
        provider::cloud::region_of: ```hcl|provider::cloud::region_of(name: string) -> string|```||Where a machine is.
    "#]],
    );
    let json = "//- /a.tftest.json\n{\"run\": {\"a\": {\"assert\": {\"condition\": \"${provider::cloud::region$0_of(\\\"x\\\") == upper(\\\"y\\\")}\"}}}}\n";
    check_brief(
        &format!("{required}{json}"),
        expect![[r#"
        provider::cloud::region_of: ```hcl|provider::cloud::region_of(name: string) -> string|```||Where a machine is.
    "#]],
    );
    let json = json.replace("$0", "").replace("upper", "upp$0er");
    check_brief(
        &format!("{required}{json}"),
        expect![[r#"
        upper: ```hcl|upper(str: string) -> string|```||Converts all cased letters to upper case.||- `str`: The string to work on.||```hcl|upper("hello")|# "HELLO"|```
    "#]],
    );
    check_brief(call, expect![[r#""#]]);
}
