//! A state as `terraform show` prints it: what `-verbose` shows after an apply.

use std::fmt::Write as _;

use lang::{Value, View};
use suite::State;

use super::value::{STEP, marked, whole};

/// The text, with the empty lines that Terraform puts between its parts.
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
            let _ = writeln!(out, "{name} = {}", whole(value, ' ', 0));
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
        out.push_str(&marked(' ', STEP, &format!("{name:width$} = {}", whole(value, ' ', STEP))));
    }
}
