//! A plan as `terraform plan` prints it: what `-verbose` shows after a run with `command = plan`.

use std::collections::{BTreeMap, BTreeSet};

use config::{InstanceKey, ResourceInstance};
use lang::{Value, View};
use suite::{Action, Change, RunFinished};
use syntax::SmolStr;

use super::value::{STEP, difference, hidden_note, marked};

/// Where the names of attributes stand.
const COLUMN: usize = 2 * STEP;
/// Attributes that are shown although they stay the same, because they say which object it is.
const IDENTIFYING: [&str; 3] = ["id", "name", "tags"];

/// The text, with the empty lines that Terraform puts between its parts.
pub(super) fn text(finished: &RunFinished) -> String {
    let changes: Vec<_> =
        finished.changes.iter().filter(|(_, change)| change.action != Action::NoOp).collect();
    let no_outputs = BTreeMap::new();
    let before = finished.state.as_ref().map_or(&no_outputs, |state| state.outputs());
    let outputs = outputs(before, &finished.outputs);
    match (changes.is_empty(), outputs.is_empty()) {
        (true, true) => NO_CHANGES.to_owned(),
        (true, false) => format!("{outputs}{ONLY_OUTPUTS}"),
        (false, _) => format!("{}{outputs}", resources(&changes)),
    }
}

fn resources(changes: &[(&ResourceInstance, &Change)]) -> String {
    let mut out = INTRODUCTION.to_owned();
    let legend = [
        (Action::Create, "  + create\n"),
        (Action::Update, "  ~ update in-place\n"),
        (Action::Delete, "  - destroy\n"),
        (Action::Replace, "-/+ destroy and then create replacement\n"),
    ];
    let used = |action| changes.iter().any(|(_, change)| change.action == action);
    legend.into_iter().filter(|(action, _)| used(*action)).for_each(|(_, line)| out.push_str(line));
    out.push_str("\nTerraform will perform the following actions:\n\n");
    changes.iter().for_each(|(addr, change)| out.push_str(&resource(addr, change)));
    let count =
        |wanted: [Action; 2]| changes.iter().filter(|(_, change)| wanted.contains(&change.action)).count();
    let add = count([Action::Create, Action::Replace]);
    let change = count([Action::Update, Action::Update]);
    let destroy = count([Action::Delete, Action::Replace]);
    out + &format!("Plan: {add} to add, {change} to change, {destroy} to destroy.\n")
}

fn resource(addr: &ResourceInstance, change: &Change) -> String {
    let (what, marker) = match change.action {
        Action::Create | Action::NoOp => ("will be created".to_owned(), "  +"),
        Action::Update => ("will be updated in-place".to_owned(), "  ~"),
        Action::Delete => (format!("will be destroyed\n  # (because {})", reason(addr)), "  -"),
        Action::Replace => ("must be replaced".to_owned(), "-/+"),
    };
    let (kind, name) = (lang::quote(&addr.resource.kind), lang::quote(&addr.resource.name));
    let body = attributes(change);
    format!("  # {addr} {what}\n{marker} resource {kind} {name} {{\n{body}    }}\n\n")
}

/// Why an object that exists is no longer declared.
fn reason(addr: &ResourceInstance) -> String {
    match &addr.key {
        InstanceKey::None => format!("{addr} is not in configuration"),
        InstanceKey::Int(_) => format!("index {} is out of range for count", addr.key),
        InstanceKey::String(_) => format!("key {} is not in for_each map", addr.key),
    }
}

fn attributes(change: &Change) -> String {
    let null = Value::null(lang::Type::Dynamic);
    let empty = BTreeMap::new();
    let items = |value: &Value| match value.view() {
        View::Object(items) => items.clone(),
        _ => empty.clone(),
    };
    let (old, new) = (items(&change.before), items(&change.after));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut lines = Vec::new();
    let mut hidden = 0;
    for name in names {
        let (old, new) = (old.get(name).unwrap_or(&null), new.get(name).unwrap_or(&null));
        match difference(old, new, COLUMN) {
            (' ', _) if old.is_null() => {}
            (' ', _) if !IDENTIFYING.contains(&&**name) => hidden += 1,
            (marker, text) => lines.push((marker, name, text)),
        }
    }
    let width = lines.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or(0);
    let text: String = lines
        .iter()
        .map(|(marker, name, text)| marked(*marker, COLUMN, &format!("{name:width$} = {text}")))
        .collect();
    text + &hidden_note(hidden, "attribute", COLUMN)
}

fn outputs(before: &BTreeMap<SmolStr, Value>, after: &Value) -> String {
    let null = Value::null(lang::Type::Dynamic);
    let empty = BTreeMap::new();
    let after = match after.view() {
        View::Object(items) => items,
        _ => &empty,
    };
    let changed: Vec<_> = after
        .iter()
        .map(|(name, value)| (name, difference(before.get(&**name).unwrap_or(&null), value, STEP)))
        .filter(|(_, (marker, _))| *marker != ' ')
        .collect();
    if changed.is_empty() {
        return String::new();
    }
    let width = changed.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = changed
        .iter()
        .map(|(name, (marker, text))| marked(*marker, STEP, &format!("{name:width$} = {text}")));
    format!("\nChanges to Outputs:\n{}", lines.collect::<String>())
}

const INTRODUCTION: &str = "
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
";

const NO_CHANGES: &str = "
No changes. Your infrastructure matches the configuration.

Terraform has compared your real infrastructure against your configuration
and found no differences, so no changes are needed.
";

const ONLY_OUTPUTS: &str = "
You can apply this plan to save these new output values to the Terraform
state, without changing any real infrastructure.
";
