//! The encoder beyond what was recorded: marks, limits, and the names that `dynamic` blocks bind.

use std::cell::Cell;
use std::sync::Arc;

use config::schema::document::{ProviderSchemas, read};
use config::{
    Dialect, Encoder, FactsCache, MemoryFiles, ModuleTree, References, ResourceMode, Schema, load_module,
};
use expect_test::{Expect, expect};
use lang::functions::{FileReader, NoFiles};
use lang::{Marks, Resolved, Scope, Traversal, Type, Value};
use syntax::{Diagnostic, Diagnostics, Location, Origin};

const SCHEMAS: &str = r#"{"format_version": "1.0", "provider_schemas": {"registry.terraform.io/hashicorp/x": {
  "resource_schemas": {"x_thing": {"version": 0, "block": {
    "attributes": {"name": {"type": "string", "optional": true}},
    "block_types": {
      "disk": {"nesting_mode": "list", "block": {
        "attributes": {"name": {"type": "string", "optional": true}, "size": {"type": "number", "optional": true}},
        "block_types": {"part": {"nesting_mode": "list", "block": {
          "attributes": {"name": {"type": "string", "optional": true}}}}}}},
      "rule": {"nesting_mode": "set", "block": {"attributes": {"port": {"type": "number", "optional": true}}}}}}}}}}}"#;

struct Loaded {
    tree: Arc<ModuleTree>,
    provider: ProviderSchemas,
}

impl Loaded {
    fn new(file: &str, text: &str) -> Loaded {
        Loaded::of([(file, text)])
    }

    fn of<const N: usize>(files: [(&str, &str); N]) -> Loaded {
        let files = MemoryFiles::new(files);
        let tree = load_module(&files, ".", Dialect::default(), &FactsCache::new());
        let provider = read(SCHEMAS.as_bytes().to_vec()).expect("the schemas can be read").remove(0);
        Loaded { tree, provider }
    }

    fn body(body: &str) -> Loaded {
        Loaded::new("main.tf", &format!("resource \"x_thing\" \"a\" {{\n{body}\n}}\n"))
    }

    fn schema(&self) -> &Schema {
        let schema = self.provider.resource(ResourceMode::Managed, "x_thing");
        schema.expect("the schema can be read").expect("the type is there")
    }

    fn encode(&self, scope: &dyn Scope) -> (Value, Diagnostics) {
        let resource = self.tree.module.resources.values().next().expect("there is a resource");
        let mut sink = Diagnostics::new();
        let value = Encoder::new(&resource.body, self.schema(), &resource.origin).encode(scope, &mut sink);
        (value, sink)
    }
}

/// Knows `var.secret`, which is sensitive, and `var.many`, and counts what it is asked.
#[derive(Default)]
struct Names {
    asked: Cell<usize>,
}

impl Scope for Names {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        self.asked.set(self.asked.get() + 1);
        let value = match traversal.attr(0).map(|name| name.as_str()) {
            Some("secret") => {
                let items = vec![Value::string("a"), Value::string("b")];
                Value::list(Type::String, items).with_marks(Marks::SENSITIVE)
            }
            Some("many") => Value::list(Type::Number, (0..2_000).map(Value::int).collect()),
            _ => {
                sink.push(Diagnostic::error("No such thing", "").at(origin.locate(traversal.span())));
                return None;
            }
        };
        Some(Resolved { value, consumed: 1 })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, location: &Location) -> String {
        location.file.to_string()
    }
}

fn said(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

/// Terraform 1.11.4 marks what a generated block sets, and not what blocks inside of it set; a set is marked whole.
#[test]
fn the_marks_of_what_is_iterated_over() {
    let marked = |body: &str, expected: Expect| {
        let (value, sink) = Loaded::body(body).encode(&Names::default());
        assert_eq!(said(&sink), Vec::<String>::new());
        let paths: Vec<String> = value.marked_paths().iter().map(|(path, _)| path.to_string()).collect();
        expected.assert_eq(&paths.join(" "));
    };
    marked(
        r#"dynamic "disk" {
             for_each = var.secret
             content {
               name = "x"
               part { name = "y" }
               dynamic "part" {
                 for_each = [1]
                 content { name = disk.value }
               }
             }
           }"#,
        expect![[r#".disk[0].name .disk[1].name"#]],
    );
    marked(
        r#"dynamic "rule" {
             for_each = var.secret
             content { port = rule.key == "a" ? 1 : 2 }
           }"#,
        expect![[r#".rule"#]],
    );
}

#[test]
fn a_name_that_leads_nowhere_is_all_that_is_said() {
    let body = r#"name = nope.x
                  dynamic "disk" {
                    for_each = "no collection"
                    content { name = nope.y }
                  }"#;
    let loaded = Loaded::body(body);
    let (value, sink) = loaded.encode(&Names::default());
    assert_eq!(said(&sink), ["No such thing: ", "No such thing: "]);
    assert_eq!(value, Value::unknown(loaded.schema().ty().clone()));
}

/// What an override file brings is found there, at every depth, and the rest where it was.
#[test]
fn what_an_override_file_brings_keeps_its_places() {
    const BASE: &str = r#"resource "x_thing" "a" {
  name = ["base"]
  disk { name = "gone" }
  rule { port = "base" }
}
"#;
    let found_in = |file: &str, text: &str, expected: Expect| {
        let loaded = Loaded::of([("main.tf", BASE), (file, text)]);
        let (_, sink) = loaded.encode(&Names::default());
        let told = |found: &Diagnostic| {
            let place = found.subject.as_ref().expect("it has a place");
            let text = if place.file.as_str() == file { text } else { BASE };
            format!("{}: {} at {}\n", place.file, found.detail, place.span.text(text))
        };
        expected.assert_eq(&sink.iter().map(told).collect::<String>());
    };
    found_in(
        "override.tf",
        r#"# The same text stands at other offsets.
resource "x_thing" "a" {
  disk { size = "big" }
  disk {
    part { name = ["p"] }
    dynamic "part" {
      for_each = "none"
      content {}
    }
  }
  dynamic "disk" {
    for_each = [1]
    content { size = disk }
  }
}
"#,
        expect![[r#"
            override.tf: Inappropriate value for attribute "size": a number is required. at "big"
            override.tf: Cannot use a string value in for_each. An iterable collection is required. at "none"
            override.tf: Inappropriate value for attribute "name": string required. at ["p"]
            override.tf: Inappropriate value for attribute "size": number required. at disk
            main.tf: Inappropriate value for attribute "name": string required. at ["base"]
            main.tf: Inappropriate value for attribute "port": a number is required. at "base"
        "#]],
    );
    found_in(
        "override.tf.json",
        r#"{"resource": {"x_thing": {"a": {"name": "fine", "disk": [{}, {"part": {"name": ["p"]}}]}}}}"#,
        expect![[r#"
            override.tf.json: Inappropriate value for attribute "name": string required. at ["p"]
            main.tf: Inappropriate value for attribute "port": a number is required. at "base"
        "#]],
    );
    found_in(
        "override.tf",
        r#"resource "x_thing" "a" {
  disk {
    part { name = nope.here }
  }
}
"#,
        expect![[r#"
            override.tf:  at nope.here
        "#]],
    );
}

#[test]
fn blocks_without_end_are_an_error() {
    let body = r#"dynamic "disk" {
                    for_each = var.many
                    content {
                      dynamic "part" {
                        for_each = var.many
                        content {}
                      }
                    }
                  }"#;
    let (_, sink) = Loaded::body(body).encode(&Names::default());
    assert_eq!(
        said(&sink),
        [
            "Too many blocks: The dynamic blocks in this block come to more than 100000 blocks, which is the limit."
        ]
    );
}

/// Constants are evaluated once for all instances, names once for each.
#[test]
fn encoding_asks_for_each_name_once() {
    let names = Names::default();
    Loaded::body(
        r#"name = "x"
                    disk { name = var.secret[0] }
                    disk { size = 3 }"#,
    )
    .encode(&names);
    assert_eq!(names.asked.get(), 1);
}

#[test]
fn iterators_are_no_references() {
    let references = |loaded: &Loaded| {
        let resource = loaded.tree.module.resources.values().next().expect("there is a resource");
        References::of_resource(resource).subjects().iter().map(|it| format!("{it:?}")).collect::<Vec<_>>()
    };
    let native = Loaded::body(
        r#"dynamic "disk" {
             for_each = var.a
             iterator = it
             content {
               name = it.value
               size = disk.value
               dynamic "part" {
                 for_each = it.value
                 content { name = "${part.key}${it.key}${var.b}" }
               }
             }
           }"#,
    );
    let json = Loaded::new(
        "main.tf.json",
        r#"{"resource": {"x_thing": {"a": {"dynamic": {"disk": {
             "for_each": "${var.a}", "iterator": "it",
             "content": {"name": "${it.value}", "size": "${disk.value}", "part": {"name": "${it.key}${var.b}"}}}}}}}}"#,
    );
    let expected = expect![[r#"
        Variable("a")
        Resource(ResourceAddr { mode: Managed, kind: "disk", name: "value" }, None)
        Variable("b")"#]];
    expected.assert_eq(&references(&native).join("\n"));
    assert_eq!(references(&native), references(&json));
}
