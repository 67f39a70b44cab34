//! Native configuration written again in the JSON profile, to see that it means the same.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use syntax::ast::{Block, Body, Expr, ExprKind, ObjectItem};
use syntax::{FileName, parse_body};

/// Arguments that hold a keyword, a reference or a type.
const WORDS: &[&str] =
    &["command", "mode", "override_during", "type", "when", "on_failure", "provider", "from", "to"];

/// Arguments that hold a list of references.
const LISTS: &[&str] = &[
    "expect_failures",
    "target",
    "replace",
    "depends_on",
    "replace_triggered_by",
    "ignore_changes",
    "configuration_aliases",
];

/// Blocks whose other arguments are values, whatever their names mean elsewhere: the `command` of a provisioner is no
/// keyword.
const OF_VALUES: &[&str] = &["provisioner", "connection"];
const WORDS_OF_VALUES: &[&str] = &["when", "on_failure"];

/// Arguments that are read without names, where a string is nothing but its text.
const CONSTANTS: &[&str] = &[
    "default",
    "description",
    "sensitive",
    "ephemeral",
    "nullable",
    "source",
    "version",
    "required_version",
    "alias",
    "state_key",
    "prevent_destroy",
    "create_before_destroy",
    "refresh",
    "destroy",
];

/// The files of a suite with every module file and test file in JSON. `None` when one of them cannot be written so.
pub fn in_json(files: &BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    let mut converted = BTreeMap::new();
    for (path, text) in files {
        let stem =
            path.strip_suffix(".hcl").or_else(|| Some(path.as_str()).filter(|path| path.ends_with(".tf")));
        match stem {
            Some(stem) => {
                let parsed = parse_body(&FileName::new(path), text);
                let body = parsed.diagnostics.is_empty().then(|| body(&parsed.tree, "", text)).flatten()?;
                converted.insert(format!("{stem}.json"), format!("{body:#}\n"));
            }
            None => {
                converted.insert(path.clone(), text.clone());
            }
        }
    }
    Some(converted)
}

/// The body of a block of type `kind`, or of a file.
fn body(body: &Body, kind: &str, text: &str) -> Option<Value> {
    let mut properties = Map::new();
    for attribute in body.attributes() {
        let name = attribute.name.text.as_str();
        let value = match kind {
            _ if OF_VALUES.contains(&kind) && !WORDS_OF_VALUES.contains(&name) => {
                value(&attribute.value, text)
            }
            "required_providers" => requirement(&attribute.value, text)?,
            _ => argument(name, &attribute.value, text)?,
        };
        properties.insert(name.to_owned(), value);
    }
    for block in body.blocks() {
        let blocks = properties.entry(block.kind.text.as_str()).or_insert_with(|| json!([]));
        blocks.as_array_mut()?.push(labelled(block, text)?);
    }
    Some(Value::Object(properties))
}

/// The block's body inside an object for each of its labels.
fn labelled(block: &Block, text: &str) -> Option<Value> {
    let kind = block.kind.text.as_str();
    // In JSON its first property would be taken for the label that is missing.
    if kind == "dynamic" && block.labels.is_empty() {
        return None;
    }
    let free = ["variables", "locals"].contains(&kind);
    let inner = if free { values(&block.body, text)? } else { body(&block.body, kind, text)? };
    let wrap = |inner, label: &syntax::ast::Label| json!({ label.text.as_str(): inner });
    Some(block.labels.iter().rev().fold(inner, wrap))
}

/// A body whose arguments have names of the user's choice.
fn values(body: &Body, text: &str) -> Option<Value> {
    if body.blocks().next().is_some() {
        return None;
    }
    let values = body.attributes().map(|it| (it.name.text.to_string(), value(&it.value, text)));
    Some(Value::Object(values.collect()))
}

/// What a module says of a provider that it needs: an object whose properties have fixed meanings.
fn requirement(expr: &Expr, text: &str) -> Option<Value> {
    let ExprKind::Object(items) = &expr.kind else { return constant(expr) };
    let property = |item: &ObjectItem| {
        let name = item.key.as_keyword().or_else(|| item.key.as_plain_string())?;
        Some((name.to_owned(), argument(name, &item.value, text)?))
    };
    Some(Value::Object(items.iter().map(property).collect::<Option<_>>()?))
}

fn argument(name: &str, expr: &Expr, text: &str) -> Option<Value> {
    // A reference in quotes is one without them.
    let source = |expr: &Expr| {
        Value::String(expr.as_plain_string().unwrap_or_else(|| expr.span.text(text)).to_owned())
    };
    match name {
        name if WORDS.contains(&name) => Some(source(expr)),
        name if LISTS.contains(&name) => Some(match &expr.kind {
            ExprKind::Tuple(items) => Value::Array(items.iter().map(source).collect()),
            _ => source(expr),
        }),
        "providers" => match &expr.kind {
            ExprKind::Object(items) => {
                let pairs = items.iter().map(|it| (it.key.span.text(text).to_owned(), source(&it.value)));
                Some(Value::Object(pairs.collect()))
            }
            _ => None,
        },
        name if CONSTANTS.contains(&name) => constant(expr),
        _ => Some(value(expr, text)),
    }
}

/// A value in which every string is a template.
fn value(expr: &Expr, text: &str) -> Value {
    // A heredoc ends with its line.
    let interpolated = || Value::String(format!("${{{}\n}}", expr.span.text(text)));
    match &expr.kind {
        ExprKind::String(plain) => Value::String(escaped(plain)),
        ExprKind::Tuple(items) => Value::Array(items.iter().map(|item| value(item, text)).collect()),
        ExprKind::Object(items) => {
            let mut properties = Map::new();
            for item in items {
                let key = item.key.as_keyword().or_else(|| item.key.as_plain_string());
                // A key that is set twice is no mistake in the native syntax alone.
                match key.filter(|key| !properties.contains_key(*key)) {
                    Some(key) => properties.insert(escaped(key), value(&item.value, text)),
                    None => return interpolated(),
                };
            }
            Value::Object(properties)
        }
        _ => constant(expr).unwrap_or_else(interpolated),
    }
}

/// A value in which every string is a text.
fn constant(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(value) => json!(value),
        ExprKind::Number(text) => json!(text.parse::<i64>().ok()?),
        ExprKind::String(plain) => json!(plain.as_str()),
        ExprKind::Tuple(items) => Value::Array(items.iter().map(constant).collect::<Option<_>>()?),
        ExprKind::Object(items) => {
            let pair = |item: &ObjectItem| {
                let key = item.key.as_keyword().or_else(|| item.key.as_plain_string())?;
                Some((key.to_owned(), constant(&item.value)?))
            };
            Value::Object(items.iter().map(pair).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// A text as the template that is that text.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
