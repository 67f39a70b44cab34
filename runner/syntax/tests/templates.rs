//! The literal text of templates, as recorded from terraform (`data/record.py`): escapes, `~`, `<<-`, directives.

use serde_json::Value;
use syntax::ast::{Expr, ExprKind, ForDirective, IfDirective, TemplatePart};
use syntax::{FileName, parse_expression, parse_template};

#[test]
fn templates_mean_what_terraform_says() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/values.json")).unwrap();
    assert!(cases.len() > 100);
    let mut wrong = Vec::new();
    for case in &cases {
        let text = format!("{}\n", case["text"].as_str().unwrap());
        let parsed = parse_expression(&FileName::new("a.hcl"), &text);
        assert_eq!(parsed.diagnostics, [], "{text:?}");
        let found = value(&parsed.tree, &[]);
        // Values are normalised later than in the tree.
        let expected = match &case["value"] {
            Value::String(text) => text.replace("e\u{301}", "\u{e9}"),
            other => other.to_string(),
        };
        if found.replace("e\u{301}", "\u{e9}") != expected {
            wrong.push(format!("{text:?}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Just enough evaluation for the recorded templates.
fn value(expr: &Expr, scope: &[(String, String)]) -> String {
    match &expr.kind {
        ExprKind::Number(text) => text.to_string(),
        ExprKind::Bool(truth) => truth.to_string(),
        ExprKind::Variable(name) => {
            scope.iter().rev().find(|(known, _)| known == name.as_str()).expect("a bound name").1.clone()
        }
        ExprKind::String(text) => text.to_string(),
        ExprKind::Template(template) => text(&template.parts, scope),
        other => panic!("no value for {other:?}"),
    }
}

fn text(parts: &[TemplatePart], scope: &[(String, String)]) -> String {
    let one = |part: &TemplatePart| match part {
        TemplatePart::Literal { text, .. } => text.to_string(),
        TemplatePart::Interpolation { expr, .. } => value(expr, scope),
        TemplatePart::If(directive) => {
            let IfDirective { condition, then, otherwise, .. } = &**directive;
            let chosen = if value(condition, scope) == "true" { Some(then) } else { otherwise.as_ref() };
            chosen.map_or(String::new(), |parts| text(parts, scope))
        }
        TemplatePart::For(directive) => {
            let ForDirective { value_var, collection, body, .. } = &**directive;
            let ExprKind::Tuple(items) = &collection.kind else { panic!("not a tuple") };
            let name = value_var.as_ref().expect("a name").text.to_string();
            let bound = |item| [scope, &[(name.clone(), value(item, scope))]].concat();
            items.iter().map(|item| text(body, &bound(item))).collect()
        }
    };
    parts.iter().map(one).collect()
}

#[test]
fn a_bare_template_is_the_whole_text() {
    let parsed =
        parse_template(&FileName::new("a.tftpl"), "\"x\" \\n ${ 1 ~}\n  y $${z}\n%{ if true }a%{ endif }\n");
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(text(&parsed.tree.parts, &[]), "\"x\" \\n 1  y ${z}\na\n");
    let parsed = parse_template(&FileName::new("a.tftpl"), "a\n%{ if true }\n");
    assert_eq!(parsed.diagnostics.len(), 1);
    assert!(
        parsed.diagnostics[0].detail.contains("at a.tftpl:2,1-13 is missing"),
        "{:?}",
        parsed.diagnostics
    );
}
