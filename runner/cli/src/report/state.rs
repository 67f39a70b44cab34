//! A state as `terraform show` prints it: what `-verbose` shows after an apply.

use std::fmt::Write as _;

use lang::{Marks, Value, View};
use suite::State;

const STEP: usize = 4;

/// The text, starting and ending without empty lines around it but with those that Terraform puts between its parts.
pub(super) fn text(state: &State) -> String {
    let mut out = String::new();
    let mut module = None;
    for (addr, object) in state.objects() {
        if module.as_ref().is_some_and(|module| *module != &addr.module) {
            out.push('\n');
        }
        module = Some(&addr.module);
        let block = if addr.resource.mode == config::ResourceMode::Data { "data" } else { "resource" };
        let (kind, name) = (lang::quote(&addr.resource.kind), lang::quote(&addr.resource.name));
        let _ = writeln!(out, "# {addr}:\n{block} {kind} {name} {{");
        attributes(&object.value, &mut out);
        out.push_str("}\n\n");
    }
    let outputs: Vec<_> = state.outputs().iter().filter(|(_, value)| !value.is_null()).collect();
    if !outputs.is_empty() {
        out.push_str("\nOutputs:\n\n");
        for (name, value) in outputs {
            let _ = writeln!(out, "{name} = {}", expression(value, 0));
        }
    }
    if out.is_empty() {
        out.push_str("The state file is empty. No resources are represented.\n");
    }
    out
}

/// The attributes of an object that are set, by name.
fn attributes(object: &Value, out: &mut String) {
    let View::Object(items) = object.view() else { return };
    let shown: Vec<_> = items.iter().filter(|(_, value)| !value.is_null()).collect();
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in shown {
        let _ = writeln!(out, "{:STEP$}{name:width$} = {}", "", expression(value, STEP));
    }
}

/// A value, its following lines indented by `indent`.
fn expression(value: &Value, indent: usize) -> String {
    if value.marks().contains(Marks::SENSITIVE) {
        return "(sensitive value)".to_owned();
    }
    match value.view() {
        View::Null => "null".to_owned(),
        View::Unknown(_) => "(known after apply)".to_owned(),
        View::Bool(value) => value.to_string(),
        View::Number(value) => value.to_string(),
        View::String(text) => string(text, indent),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            let items = items.iter().map(|item| expression(item, indent + STEP) + ",");
            enclosed('[', items, ']', indent)
        }
        View::Map(items) => {
            let items = items.iter().map(|(key, value)| (lang::quote(key), value));
            enclosed('{', pairs(items, indent), '}', indent)
        }
        View::Object(items) => {
            let items = items.iter().map(|(key, value)| (attribute_name(key), value));
            enclosed('{', pairs(items, indent), '}', indent)
        }
    }
}

fn enclosed(open: char, items: impl Iterator<Item = String>, close: char, indent: usize) -> String {
    let lines: String = items.map(|item| format!("{:1$}{item}\n", "", indent + STEP)).collect();
    match lines.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{lines}{:indent$}{close}", ""),
    }
}

/// `name = value` with the equals signs under each other.
fn pairs<'a>(
    items: impl Iterator<Item = (String, &'a Value)>,
    indent: usize,
) -> impl Iterator<Item = String> {
    let items: Vec<_> = items.collect();
    let width = items.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    items.into_iter().map(move |(key, value)| format!("{key:width$} = {}", expression(value, indent + STEP)))
}

fn attribute_name(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let plain = starts && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if plain { name.to_owned() } else { lang::quote(name) }
}

/// A quoted string, or a heredoc when it has several lines.
fn string(text: &str, indent: usize) -> String {
    if !text.contains('\n') {
        return lang::quote(text);
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines: String = body.split('\n').map(|line| format!("{:1$}{line}\n", "", indent + STEP)).collect();
    format!("<<-EOT\n{lines}{:indent$}EOT", "")
}
