//! Strings and objects of the JSON profile: templates where names count, texts where they do not.

use lang::expr::{Node, lower, lower_constant};
use lang::functions::{FileReader, NoFiles};
use lang::{Resolved, Scope, Traversal, Value, evaluate, render};
use syntax::ast::{Expr, ExprKind};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, parse_body};

/// The value of the property `v` of an object.
fn property(text: &str) -> Expr {
    let file = FileName::new("main.tf.json");
    let value = parse_body(&file, &format!("{{\"v\": {text}}}")).tree.json.expect("a JSON body").value;
    match value.kind {
        ExprKind::Object(mut items) => items.remove(0).value,
        other => panic!("{other:?}"),
    }
}

/// The value, or what is wrong with it.
fn check(text: &str, expected: &str) {
    let expr = lower(&property(text));
    let mut found = Diagnostics::new();
    let value = evaluate(&expr, &Origin::default(), &Names, &mut found);
    let said: Vec<String> = found.iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect();
    let shown = if said.is_empty() { render::json(&value).unwrap_or_default() } else { said.join(" / ") };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn strings_are_templates() {
    check(r#""plain""#, r#""plain""#);
    check(r#""""#, r#""""#);
    check(r#""${var.x}""#, "5");
    check(r#""(${var.x})\n""#, r#""(5)\n""#);
    check(r#""$${var.x}""#, r#""${var.x}""#);
    check(r#"["${var.x}", "${[var.x, \"é\"]}"]"#, r#"[5,[5,"é"]]"#);
    check(r#"{"a-${var.x}": {"${\"b\"}": null}}"#, r#"{"a-5":{"b":null}}"#);
}

#[test]
fn broken_templates_say_so_when_they_are_evaluated() {
    let expr = lower(&property(r#""${1 +}""#));
    assert!(matches!(expr.node(expr.root()), Node::Invalid(_)));
    assert!(expr.traversals().is_empty());
    check(
        r#"["${1 +}"]"#,
        "Invalid expression: Expected the start of an expression, but found an invalid expression token.",
    );
}

#[test]
fn keys_of_objects_are_set_once() {
    check(
        r#"{"a": 1, "${\"a\"}": 2}"#,
        "Duplicate object attribute: An attribute named \"a\" was already defined at here.",
    );
    check(r#"{"${null}": 1}"#, "Invalid object key expression: Cannot use null value as an object key.");
    check(
        r#"{"${[]}": 1}"#,
        "Invalid object key expression: Cannot use this expression as an object key: string required.",
    );
}

#[test]
fn constants_are_texts() {
    let expr = lower_constant(&property(r#"{"${x}": ["$${y}", "%{ if }", "\u00e9"]}"#));
    let value = evaluate(&expr, &Origin::default(), &Names, &mut Diagnostics::new());
    assert_eq!(render::json(&value).unwrap_or_default(), r#"{"${x}":["$${y}","%{ if }","é"]}"#);
}

struct Names;

impl Scope for Names {
    fn resolve(&self, traversal: &Traversal, _: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        if traversal.to_string() != "var.x" {
            sink.push(Diagnostic::error("unknown", traversal.to_string()));
            return None;
        }
        Some(Resolved { value: Value::int(5), consumed: 1 })
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn place(&self, _: &Location) -> String {
        "here".to_owned()
    }
}
