//! A plan, as `terraform plan` prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use config::{InstanceKey, ResourceInstance, ResourceMode};
use engine::{Deed, ImportedBy, Plan, PlannedOutput, PlannedResource, WhyDeleted, WhyRead, WhyReplaced};
use lang::{Value, path};
use syntax::{Shown, SmolStr};

use super::Page;
use super::compare::{Change, Keys, Member, Sign, compare};
use super::node::Node;
use super::state::header;
use super::write::{Layout, name};
use crate::diagnostics::paragraphs;

/// The text of a plan, after an empty line.
pub(crate) fn plan(plan: &Plan, page: Page) -> String {
    let mut resources = in_order(plan);
    resources.retain(|planned| !planned.stays());
    let outputs = outputs(&plan.outputs);
    let mut out = "\n".to_owned();
    if resources.is_empty() && outputs.is_empty() {
        out.push_str(&nothing(plan, page));
    }
    if !resources.is_empty() {
        write_resources(&resources, plan.errored, page, &mut out);
    }
    if !outputs.is_empty() {
        if !resources.is_empty() {
            out.push('\n');
        }
        let _ = write!(out, "Changes to Outputs:\n{outputs}");
        if resources.iter().all(|planned| planned.deed == Deed::Keep) {
            out.push('\n');
            out.push_str(&paragraphs(&only_outputs(page), page.width));
        }
    }
    out
}

/// What becomes of `before` on the way to `after`, as outputs show it.
pub(crate) fn change(before: &Shown, after: &Shown) -> String {
    let node = |value: &Shown| Some(Node::shown(value)).filter(|node| !node.is_null());
    let (before, after) = (node(before), node(after));
    let mut out = String::new();
    Layout::PLAN.value(&compare(before.as_ref(), after.as_ref()), 0, &mut out);
    out
}

/// The objects of a plan, modules after what contains them, data first in each.
pub(super) fn in_order(plan: &Plan) -> Vec<&PlannedResource> {
    let mut resources: Vec<&PlannedResource> = plan.resources.iter().collect();
    resources.sort_by_key(|planned| {
        let addr = &planned.addr;
        (addr.module.0.len(), &addr.module, addr.resource.mode != ResourceMode::Data, addr)
    });
    resources
}

fn write_resources(resources: &[&PlannedResource], errored: bool, page: Page, out: &mut String) {
    let count =
        |wanted: Symbol| resources.iter().filter(|planned| Symbol::of(planned.deed) == wanted).count();
    if resources.iter().any(|planned| planned.deed != Deed::Keep) {
        out.push_str(&paragraphs(&legend(page), page.width));
    } else {
        // The line between the two goes with the legend.
        out.truncate(out.trim_end_matches('\n').len());
    }
    for symbol in SYMBOLS {
        if count(symbol) > 0 {
            let _ = writeln!(out, "{} {}", symbol.text(), symbol.meaning());
        }
    }
    let tool = page.tool;
    out.push_str(&match errored {
        true => format!("\n{tool} planned the following actions, but then encountered a problem:\n"),
        false => format!("\n{tool} will perform the following actions:\n"),
    });
    for planned in resources {
        write_comments(planned, tool, out);
        let _ = write!(out, "{} {} ", Symbol::of(planned.deed).text(), header(&planned.addr));
        Layout::PLAN.block(&attributes(planned), out);
        out.push('\n');
    }
    let replaced = count(Symbol::DeleteCreate) + count(Symbol::CreateDelete);
    let (added, changed) = (count(Symbol::Create) + replaced, count(Symbol::Update));
    let destroyed = count(Symbol::Delete) + replaced;
    let imported = resources.iter().filter(|planned| planned.imported.is_some()).count();
    let imported = if imported > 0 { format!("{imported} to import, ") } else { String::new() };
    let _ = writeln!(out, "\nPlan: {imported}{added} to add, {changed} to change, {destroyed} to destroy.");
}

/// What is said above an object: what happens to it, and why.
fn write_comments(planned: &PlannedResource, tool: &str, out: &mut String) {
    let PlannedResource { addr, deed, moved_from, imported, .. } = planned;
    if let Deed::Forget = deed {
        let _ = writeln!(out, "\n # {addr} will no longer be managed by {tool}, but will not be destroyed");
        let _ = writeln!(out, " # (destroy = false is set in the configuration)");
        return;
    }
    match (deed, moved_from) {
        (Deed::Keep, Some(from)) => {
            let _ = writeln!(out, "\n  # {from} has moved to {addr}");
            return;
        }
        _ => {
            let _ = writeln!(out, "\n  # {addr} {}", comment(*deed));
        }
    }
    match (deed, moved_from) {
        (Deed::Delete(WhyDeleted::NoResource), Some(from)) => {
            let _ = writeln!(
                out,
                "  # (because {} was moved to {}, which is not in configuration)",
                from.whole(),
                addr.whole()
            );
        }
        (Deed::Delete(why), _) => {
            let _ = writeln!(out, "  # (because {})", because(*why, addr));
        }
        (Deed::Read(why), _) => {
            let why = match why {
                WhyRead::Unknown => "config refers to values not yet known",
                WhyRead::Pending => "depends on a resource or a module with changes pending",
                WhyRead::Checked => "config will be reloaded to verify a check block",
            };
            let _ = writeln!(out, "  # ({why})");
        }
        _ => {}
    }
    if let Some(from) = moved_from {
        let _ = writeln!(out, "  # (moved from {from})");
    }
    if let (Some(by), false) = (imported, matches!(deed, Deed::Keep)) {
        let _ = match by {
            ImportedBy::Id(id) => writeln!(out, "  # (imported from {})", lang::quote(id)),
            ImportedBy::Identity(_) => writeln!(out, "  # (will be imported first)"),
        };
        if let Deed::Replace { .. } = deed {
            let _ = writeln!(out, "  # Warning: this will destroy the imported resource");
        }
    }
}

/// The attributes that are not null both before and after.
fn attributes(planned: &PlannedResource) -> Vec<Member> {
    let nodes = |value: &Value| -> BTreeMap<_, _> {
        let attributes = value.as_map().into_iter().flatten();
        attributes
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), Node::of(value)))
            .collect()
    };
    let (before, after) = (nodes(&planned.before), nodes(&planned.after));
    let forces = |name: &Arc<str>| {
        let step = path::Step::Attr(name.clone());
        planned.forced_by.iter().any(|it| it.told && it.path.0.first() == Some(&step))
    };
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .map(|name| Member {
            name: name.clone(),
            change: compare(before.get(name), after.get(name)),
            forces: forces(name),
        })
        .collect()
}

/// The changed outputs, empty when none has changed.
fn outputs(outputs: &BTreeMap<SmolStr, PlannedOutput>) -> String {
    let node = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(Node::of);
    let changes: Vec<(String, Change)> = outputs
        .iter()
        .filter_map(|(output, planned)| {
            let (before, after) = (node(planned.before.as_ref()), node(planned.after.as_ref()));
            if before.is_none() && after.is_none() {
                return None;
            }
            Some((name(output, Keys::Attributes), compare(before.as_ref(), after.as_ref())))
        })
        .collect();
    let width = changes.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, change) in changes.iter().filter(|(_, change)| change.sign != Sign::Same) {
        Layout::PLAN.start(0, change.sign, &mut out);
        let _ = write!(out, "{name:width$} = ");
        Layout::PLAN.value(change, 0, &mut out);
        out.push('\n');
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Symbol {
    Create,
    Update,
    Delete,
    DeleteCreate,
    CreateDelete,
    Read,
    Keep,
    Forget,
}

/// In the order of the legend, which does not tell of what is kept or forgotten.
const SYMBOLS: [Symbol; 6] = [
    Symbol::Create,
    Symbol::Update,
    Symbol::Delete,
    Symbol::DeleteCreate,
    Symbol::CreateDelete,
    Symbol::Read,
];

impl Symbol {
    fn of(deed: Deed) -> Symbol {
        match deed {
            Deed::Create => Symbol::Create,
            Deed::Update => Symbol::Update,
            Deed::Replace { create_first: false, .. } => Symbol::DeleteCreate,
            Deed::Replace { create_first: true, .. } => Symbol::CreateDelete,
            Deed::Delete(_) => Symbol::Delete,
            Deed::Read(_) => Symbol::Read,
            Deed::Keep => Symbol::Keep,
            Deed::Forget => Symbol::Forget,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Symbol::Create => "  +",
            Symbol::Update => "  ~",
            Symbol::Delete => "  -",
            Symbol::DeleteCreate => "-/+",
            Symbol::CreateDelete => "+/-",
            Symbol::Read => " <=",
            Symbol::Keep => "   ",
            Symbol::Forget => " .",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Symbol::Create => "create",
            Symbol::Update => "update in-place",
            Symbol::Delete => "destroy",
            Symbol::DeleteCreate => "destroy and then create replacement",
            Symbol::CreateDelete => "create replacement and then destroy",
            Symbol::Read => "read (data resources)",
            Symbol::Keep | Symbol::Forget => "",
        }
    }
}

/// What is said of an object behind its address.
fn comment(deed: Deed) -> &'static str {
    match deed {
        Deed::Create => "will be created",
        Deed::Update => "will be updated in-place",
        Deed::Replace { why: WhyReplaced::CannotUpdate, .. } => "must be replaced",
        Deed::Replace { why: WhyReplaced::Requested, .. } => "will be replaced, as requested",
        Deed::Replace { why: WhyReplaced::Triggered, .. } => {
            "will be replaced due to changes in replace_triggered_by"
        }
        Deed::Replace { why: WhyReplaced::Tainted, .. } => "is tainted, so must be replaced",
        Deed::Delete(_) => "will be destroyed",
        Deed::Read(_) => "will be read during apply",
        Deed::Keep => "will be imported",
        // What is forgotten has a line of its own.
        Deed::Forget => "",
    }
}

/// The reason in the line after, which begins with "because".
fn because(why: WhyDeleted, addr: &ResourceInstance) -> String {
    match (why, &addr.key) {
        (WhyDeleted::NoModule, _) => format!("{} is not in configuration", addr.module),
        (WhyDeleted::NoResource, _) => format!("{} is not in configuration", addr.resource),
        (WhyDeleted::WrongRepetition, InstanceKey::Int(_)) => "resource does not use count".to_owned(),
        (WhyDeleted::WrongRepetition, InstanceKey::String(_)) => "resource does not use for_each".to_owned(),
        (WhyDeleted::NoSuchKey, InstanceKey::Int(index)) => {
            format!("index [{index}] is out of range for count")
        }
        (WhyDeleted::NoSuchKey, InstanceKey::String(key)) => {
            format!("key [{}] is not in for_each map", lang::render::json_string(key))
        }
        (WhyDeleted::WrongRepetition | WhyDeleted::NoSuchKey, InstanceKey::None) => {
            "resource uses count or for_each".to_owned()
        }
    }
}

fn legend(page: Page) -> String {
    let tool = page.tool;
    format!(
        "{tool} used the selected providers to generate the following execution plan. Resource actions are indicated with \
         the following symbols:"
    )
}

/// What is said of a plan in which nothing happens.
fn nothing(plan: &Plan, page: Page) -> String {
    let tool = page.tool;
    let (headline, text) = match (plan.errored, plan.refresh_only) {
        (true, _) => {
            let failed = format!("Planning failed. {tool} encountered an error while generating this plan.");
            return paragraphs(&failed, page.width) + "\n";
        }
        (false, true) => (
            "No changes. Your infrastructure still matches the configuration.",
            format!(
                "{tool} has checked that the real remote objects still match the result of your most recent changes, and \
                 found no differences."
            ),
        ),
        (false, false) => (
            "No changes. Your infrastructure matches the configuration.",
            format!(
                "{tool} has compared your real infrastructure against your configuration and found no differences, so no \
                 changes are needed."
            ),
        ),
    };
    format!("{headline}\n\n{}", paragraphs(&text, page.width))
}

fn only_outputs(page: Page) -> String {
    let tool = page.tool;
    format!(
        "You can apply this plan to save these new output values to the {tool} state, without changing any real \
         infrastructure."
    )
}
