//! The structure of the tree against hcl-edit's, where both parsers accept a text.

mod outline;

use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Directive, Element, StringTemplate};
use syntax::{FileName, parse_body};

/// Compares, and says whether there was something to compare.
fn check(text: &str) -> bool {
    let parsed = parse_body(&FileName::new("a.hcl"), text);
    let Ok(other) = hcl_edit::parser::parse_body(text) else { return false };
    if !parsed.diagnostics.is_empty() {
        return false;
    }
    let mut expected = String::new();
    body(&other, 0, &mut expected);
    assert_eq!(outline::outline(&parsed.tree), expected, "{text:?}");
    true
}

#[test]
fn recorded_texts() {
    let cases: Vec<serde_json::Value> = serde_json::from_str(include_str!("data/recorded.json")).unwrap();
    let compared = cases
        .iter()
        .filter_map(|case| case["text"].as_str())
        // hcl-edit reads heredocs and white space markers in ways of its own.
        .filter(|text| !text.contains("<<") && !text.contains('~'))
        .filter(|text| check(text))
        .count();
    assert!(compared > 90, "{compared}");
}

#[test]
fn random_expressions() {
    let mut random = Random(42);
    let mut compared = 0;
    for _ in 0..3000 {
        let text = format!(
            "a = {}\nb \"c\" d {{\n  e = {}\n}}\n",
            expression(&mut random, 4),
            expression(&mut random, 3)
        );
        compared += usize::from(check(&text));
    }
    assert!(compared > 2900, "{compared}");
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

fn expression(random: &mut Random, depth: usize) -> String {
    const OPERATORS: &[&str] = &["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"];
    if depth == 0 {
        let leaves =
            ["x", "1", "2.5", "\"s\"", "true", "null", "y.z", "w[0]", "v[*].u", "t.*.s", "r.0", "\"\""];
        return leaves[random.below(leaves.len())].to_owned();
    }
    let choice = random.below(14);
    let mut inner = || expression(random, depth - 1);
    match choice {
        0..=4 => {
            let (left, right) = (inner(), inner());
            format!("{left} {} {right}", OPERATORS[random.below(OPERATORS.len())])
        }
        5 => format!("({} ? {} : {})", inner(), inner(), inner()),
        6 => format!("({})", inner()),
        7 => format!("!({})", inner()),
        8 => format!("-({})", inner()),
        9 => format!("[{}, {}]", inner(), inner()),
        10 => format!("{{ k = {}, \"l\" = {} }}", inner(), inner()),
        11 => format!("f({}, n::g({}))", inner(), inner()),
        12 => format!("[for i, j in {} : {} if {}]", inner(), inner(), inner()),
        _ => format!("\"p${{{}}}%{{ if {} }}q%{{ endif }}\"", inner(), inner()),
    }
}

fn body(node: &Body, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for structure in node {
        match structure {
            Structure::Attribute(attribute) => {
                out.push_str(&format!("{indent}{} = {}\n", attribute.key.as_str(), expr(&attribute.value)));
            }
            Structure::Block(block) => {
                let labels: String =
                    block.labels.iter().map(|label| format!(" {:?}", label.as_str())).collect();
                out.push_str(&format!("{indent}{}{labels} {{}}\n", block.ident.as_str()));
                body(&block.body, depth + 1, out);
            }
        }
    }
}

fn expr(node: &Expression) -> String {
    match node {
        Expression::Null(_) => "null".to_owned(),
        Expression::Bool(truth) => truth.to_string(),
        // A sign before a number is part of it there.
        Expression::Number(number) => {
            let text = number.as_repr().map_or_else(|| number.to_string(), |raw| raw.to_string());
            if text.starts_with('-') { format!("({text})") } else { text }
        }
        Expression::String(text) => format!("\"{}\"", text.escape_debug()),
        Expression::Array(items) => format!("[{}]", items.iter().map(expr).collect::<Vec<_>>().join(", ")),
        Expression::Object(items) => {
            let item = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                let key = match key {
                    ObjectKey::Ident(name) => name.to_string(),
                    ObjectKey::Expression(key) => expr(key),
                };
                format!("{key} = {}", expr(value.expr()))
            };
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        Expression::StringTemplate(template) => quoted(template),
        Expression::HeredocTemplate(_) => "heredoc".to_owned(),
        Expression::Parenthesis(inner) => format!("({})", expr(inner.inner())),
        Expression::Variable(name) => name.to_string(),
        Expression::Conditional(node) => {
            format!("({} ? {} : {})", expr(&node.cond_expr), expr(&node.true_expr), expr(&node.false_expr))
        }
        Expression::FuncCall(call) => {
            let mut name: Vec<_> = call.name.namespace.iter().map(|part| part.to_string()).collect();
            name.push(call.name.name.to_string());
            let args: Vec<_> = call.args.iter().map(expr).collect();
            let dots = if call.args.expand_final() { "..." } else { "" };
            format!("{}({}{dots})", name.join("::"), args.join(", "))
        }
        Expression::Traversal(traversal) => {
            let mut text = expr(&traversal.expr);
            for operator in &traversal.operators {
                text.push_str(&match operator.value() {
                    TraversalOperator::AttrSplat(_) => ".*".to_owned(),
                    TraversalOperator::FullSplat(_) => "[*]".to_owned(),
                    TraversalOperator::GetAttr(name) => format!(".{}", name.as_str()),
                    TraversalOperator::Index(key) => format!("[{}]", expr(key)),
                    TraversalOperator::LegacyIndex(index) => format!(".{}", index.value()),
                });
            }
            text
        }
        Expression::UnaryOp(node) => {
            let sign = if *node.operator.value() == UnaryOperator::Not { "!" } else { "-" };
            format!("({sign}{})", expr(&node.expr))
        }
        Expression::BinaryOp(node) => {
            format!("({} {} {})", expr(&node.lhs_expr), node.operator.value(), expr(&node.rhs_expr))
        }
        Expression::ForExpr(node) => {
            let names: Vec<_> = node
                .intro
                .key_var
                .iter()
                .chain([&node.intro.value_var])
                .map(|name| name.to_string())
                .collect();
            let key = node.key_expr.as_ref().map_or(String::new(), |key| format!("{} => ", expr(key)));
            let group = if node.grouping { "..." } else { "" };
            let condition =
                node.cond.as_ref().map_or(String::new(), |cond| format!(" if {}", expr(&cond.expr)));
            let inner = format!(
                "for {} in {} : {key}{}{group}{condition}",
                names.join(", "),
                expr(&node.intro.collection_expr),
                expr(&node.value_expr)
            );
            if node.key_expr.is_some() { format!("{{{inner}}}") } else { format!("[{inner}]") }
        }
    }
}

fn quoted(template: &StringTemplate) -> String {
    format!("\"{}\"", template.iter().map(element).collect::<String>())
}

fn element(node: &Element) -> String {
    match node {
        Element::Literal(text) => text.escape_debug().to_string(),
        Element::Interpolation(inner) => format!("${{{}}}", expr(&inner.expr)),
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(node) => {
                let part = |template: &hcl_edit::template::Template| -> String {
                    template.iter().map(element).collect()
                };
                let otherwise = node
                    .else_expr
                    .as_ref()
                    .map_or(String::new(), |inner| format!("%{{else}}{}", part(&inner.template)));
                format!(
                    "%{{if {}}}{}{otherwise}%{{endif}}",
                    expr(&node.if_expr.cond_expr),
                    part(&node.if_expr.template)
                )
            }
            Directive::For(node) => {
                let head = &node.for_expr;
                let names: Vec<_> =
                    head.key_var.iter().chain([&head.value_var]).map(|name| name.to_string()).collect();
                let inner: String = head.template.iter().map(element).collect();
                format!("%{{for {} in {}}}{inner}%{{endfor}}", names.join(", "), expr(&head.collection_expr))
            }
        },
    }
}
