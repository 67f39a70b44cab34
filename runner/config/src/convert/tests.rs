//! Both ways, as data.

use super::*;
use lang::Dialect;

fn json(name: &str, text: &str) -> Result<String, String> {
    to_json(&FileName::new(name), text, Dialect::default())
        .map(|it| it.text)
        .map_err(|Unconvertible(why)| why)
}

fn native(name: &str, text: &str) -> Result<String, String> {
    let found = to_native(&FileName::new(name), text, Dialect::default(), &|_| None);
    found.map(|it| it.text).map_err(|Unconvertible(why)| why)
}

const NATIVE: &str = r##"# Tests of
# everything.

variables {
  name = "bob"
  size = -1.5
}

provider "aws" {
  region = var.region
}

mock_provider "aws" {
  alias = "west"

  # Buckets.
  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws:s3:::x"
    }
  }
}

# The set-up.
run "setup" {
  module {
    source = "./setup"
  }
}

run "main" {
  command         = plan
  expect_failures = [check.health, terraform_data.main]
  providers = {
    aws = aws.west
  }

  variables {
    name = run.setup.bucket["name"]
    both = "${run.setup.bucket.name}-$${x}\"\\"
    list = [1, true, null, {
      "a b" = "x"
    }]
  }

  plan_options {
    mode   = refresh-only
    target = [terraform_data.main]
  }

  override_module {
    target = module.child
    outputs = {
      twice = 2
    }
  }

  assert {
    condition     = output.greeting == "${var.name} ${upper(local.box.left)}"
    error_message = <<EOT
no ${path.module}
%{if true}"$${y}"%{endif}
EOT
  }

  assert {
    condition     = length([for x in module.child[*].twice : x]) > 0
    error_message = "%{if true}\"a\"%{endif}"
  }
}
"##;

const JSON: &str = r##"{
  "//": "Tests of\neverything.",
  "variables": {
    "name": "bob",
    "size": -1.5
  },
  "provider": {
    "aws": {
      "region": "${var.region}"
    }
  },
  "mock_provider": {
    "aws": {
      "alias": "west",
      "mock_resource": {
        "aws_s3_bucket": {
          "//": "Buckets.",
          "defaults": {
            "arn": "arn:aws:s3:::x"
          }
        }
      }
    }
  },
  "run": {
    "setup": {
      "//": "The set-up.",
      "module": {
        "source": "./setup"
      }
    },
    "main": {
      "command": "plan",
      "expect_failures": ["check.health", "terraform_data.main"],
      "providers": {
        "aws": "aws.west"
      },
      "variables": {
        "name": "${run.setup.bucket[\"name\"]}",
        "both": "${run.setup.bucket.name}-$${x}\"\\",
        "list": [
          1,
          true,
          null,
          {
            "a b": "x"
          }
        ]
      },
      "plan_options": {
        "mode": "refresh-only",
        "target": ["terraform_data.main"]
      },
      "override_module": {
        "target": "module.child",
        "outputs": {
          "twice": 2
        }
      },
      "assert": [
        {
          "condition": "${output.greeting == \"${var.name} ${upper(local.box.left)}\"}",
          "error_message": "${<<EOT\nno ${path.module}\n%{if true}\"$${y}\"%{endif}\nEOT\n}"
        },
        {
          "condition": "${length([for x in module.child[*].twice : x]) > 0}",
          "error_message": "${\"%{if true}\\\"a\\\"%{endif}\"}"
        }
      ]
    }
  }
}
"##;

#[test]
fn a_file_says_the_same_in_both_syntaxes() {
    assert_eq!(json("a.tftest.hcl", NATIVE).as_deref(), Ok(JSON));
    let back = native("a.tftest.json", JSON).unwrap();
    assert_eq!(back, NATIVE);
}

#[test]
fn comments_without_a_place_are_counted() {
    let found = |text: &str| to_json(&FileName::new("a.tftest.hcl"), text, Dialect::default()).unwrap();
    let kept = found(
        "variables { # one\n  a = 1 // two\n  /* three\n   * four */\n  b = [ for x in y : # five\n x]\n}\n# six\n",
    );
    assert_eq!(kept.dropped_comments, 0);
    assert!(kept.text.contains(r#""//": "one\ntwo\nthree\nfour""#), "{}", kept.text);
    assert!(kept.text.starts_with("{\n  \"//\": \"six\","), "{}", kept.text);
    assert_eq!(found("variables {\n  a = [ # one\n    1, # two\n  ]\n}\n").dropped_comments, 2);
}

#[test]
fn repeated_blocks_keep_their_order() {
    let text =
        "mock_provider \"a\" {\n}\n\nmock_provider \"b\" {\n}\n\nmock_provider \"a\" {\n  alias = \"x\"\n}\n";
    let converted = json("a.tftest.hcl", text).unwrap();
    assert_eq!(
        converted,
        "{\n  \"mock_provider\": [\n    {\n      \"a\": {}\n    },\n    {\n      \"b\": {}\n    },\n    {\n      \"a\": {\n        \"alias\": \"x\"\n      }\n    }\n  ]\n}\n"
    );
    assert_eq!(native("a.tftest.json", &converted).as_deref(), Ok(text));
}

#[test]
fn templates_become_expressions() {
    let converted = |value: &str| {
        let text = format!("{{\"variables\": {{\"x\": {value}}}}}");
        native("a.tftest.json", &text)
            .map(|text| text.replace("variables {\n  x = ", "").replace("\n}\n", ""))
    };
    for (value, expected) in [
        (r#""a""#, r#""a""#),
        (r#""""#, r#""""#),
        (r#""${var.x}""#, "var.x"),
        (r#""${~ var.x ~}""#, "var.x"),
        (r#""${var.x} ${var.y}""#, r#""${var.x} ${var.y}""#),
        (r#""a\"${upper(\"é\")}""#, r#""a\"${upper("é")}""#),
        (r#""${1 +\n 2}""#, "(\n    1 +\n    2\n  )"),
        (r#""a\nb\n""#, "<<EOT\na\nb\nEOT"),
        (r#""EOT\n""#, "<<TEXT\nEOT\nTEXT"),
        (r#""%{if var.x}a\n%{endif}b""#, r#""%{if var.x}a\n%{endif}b""#),
        (r#"{"a-${var.x}": 1, "for": 2}"#, "{\n    \"a-${var.x}\" = 1\n    \"for\"        = 2\n  }"),
        (r#"1e3"#, "1e3"),
    ] {
        assert_eq!(converted(value).as_deref(), Ok(expected), "{value}");
    }
}

#[test]
fn what_cannot_be_converted_is_said() {
    for (name, text, why) in [
        ("a.tftest.hcl", "run {", "The file has syntax errors."),
        ("a.tfvars", "a = 1", "Only files of modules, tests and mocks can be converted."),
        (
            "a.tftest.hcl",
            "run \"a\" {\n  state_key = run.b.x\n}\n",
            "In \"state_key\": JSON has no expressions here.",
        ),
        ("a.tftest.hcl", "run {\n}\n", "A block of type \"run\" has no label."),
    ] {
        assert_eq!(json(name, text), Err(why.to_owned()), "{text}");
    }
    for (text, why) in [
        ("{", "The file has syntax errors."),
        (r#"{"run": {"a": {"command": 1}}}"#, "In \"command\": A string is wanted."),
        (r#"{"run": []}"#, ""),
        (r#"{"run": 1}"#, "An object is wanted."),
        (
            r#"{"provider": {"a": {"b": {}}}}"#,
            "Without the schema of the provider it cannot be told whether \"b\" is an argument or a block.",
        ),
        (r#"{"variables": {"x": "${"}}"#, "In \"x\": A template cannot be read."),
    ] {
        let expected = if why.is_empty() { Ok(String::new()) } else { Err(why.to_owned()) };
        assert_eq!(native("a.tftest.json", text), expected, "{text}");
    }
    let deep = format!("{{\"variables\": {{\"x\": {}{}}}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(native("a.tftest.json", &deep), Err("Values are nested too deeply.".to_owned()));
}

#[test]
fn names_of_files() {
    let other = |name: &str| other_syntax(&FileName::new(name)).map(|it| it.to_string());
    assert_eq!(other("tests/a.tftest.hcl").as_deref(), Some("tests/a.tftest.json"));
    assert_eq!(other("a.tofutest.json").as_deref(), Some("a.tofutest.hcl"));
    assert_eq!(other("a.tfmock.hcl").as_deref(), Some("a.tfmock.json"));
    assert_eq!(other("main.tf"), None);
}
