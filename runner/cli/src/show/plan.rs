//! A plan, as `terraform plan` prints it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use config::{InstanceKey, ResourceInstance, ResourceMode};
use engine::{Deed, ImportedBy, Plan, PlannedOutput, PlannedResource, WhyDeleted, WhyRead, WhyReplaced};
use lang::Value;
use provider::Providers;
use syntax::{Shown, SmolStr};

use super::Page;
use super::compare::{Change, Keys, Sign, compare, whole};
use super::node::Node;
use super::object::object;
use super::state::{header, schema};
use super::write::{Layout, name};
use crate::diagnostics::paragraphs;
use crate::style::Paint;

/// The text of a plan, after an empty line.
pub(crate) fn plan(plan: &Plan, providers: &Providers, page: Page) -> String {
    let mut resources = in_order(plan);
    resources.retain(|planned| !planned.stays());
    let outputs = outputs(&plan.outputs, page.paint);
    let mut out = "\n".to_owned();
    if resources.is_empty() && outputs.is_empty() {
        out.push_str(&nothing(plan, page));
    }
    if !resources.is_empty() {
        write_resources(&resources, plan.errored, providers, page, &mut out);
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
pub(crate) fn change(before: &Shown, after: &Shown, paint: Paint) -> String {
    let node = |value: &Shown| Some(Node::shown(value)).filter(|node| !node.is_null());
    let (before, after) = (node(before), node(after));
    let mut out = String::new();
    Layout::plan(paint).value(&compare(before.as_ref(), after.as_ref()), 0, &mut out);
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

fn write_resources(
    resources: &[&PlannedResource],
    errored: bool,
    providers: &Providers,
    page: Page,
    out: &mut String,
) {
    let Page { tool, paint, .. } = page;
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
            let meaning = format!(" {}", symbol.meaning());
            let parts = [symbol.parts(), &[("", &meaning)]].concat();
            let _ = writeln!(out, "{}", paint.format(&parts));
        }
    }
    out.push_str(&match errored {
        true => format!("\n{tool} planned the following actions, but then encountered a problem:\n"),
        false => format!("\n{tool} will perform the following actions:\n"),
    });
    for planned in resources {
        out.push('\n');
        out.push_str(&comments(planned, page));
        let symbol = paint.format(Symbol::of(planned.deed).parts());
        let _ = write!(out, "{symbol} {} ", header(&planned.addr));
        let (before, after) = (Node::of(&planned.before), Node::of(&planned.after));
        let schema = schema(providers, &planned.provider, &planned.addr);
        let body = object(Some(&before), Some(&after), schema, &planned.forced_by);
        Layout::plan(paint).body(&body, 0, out);
        out.push('\n');
    }
    let replaced = count(Symbol::DeleteCreate) + count(Symbol::CreateDelete);
    let (added, changed) = (count(Symbol::Create) + replaced, count(Symbol::Update));
    let destroyed = count(Symbol::Delete) + replaced;
    let imported = resources.iter().filter(|planned| planned.imported.is_some()).count();
    let imported = if imported > 0 { format!("{imported} to import, ") } else { String::new() };
    let counts = format!(" {imported}{added} to add, {changed} to change, {destroyed} to destroy.\n");
    out.push_str(&paint.format(&[("", "\n"), ("bold", "Plan:"), ("reset", &counts)]));
}

/// Texts and their styles.
#[derive(Default)]
struct Parts(Vec<(&'static str, String)>);

impl Parts {
    fn push(&mut self, style: &'static str, text: impl Into<String>) {
        self.0.push((style, text.into()));
    }

    fn text(&self, page: Page) -> String {
        page.paint.format(&self.0.iter().map(|(style, text)| (*style, text.as_str())).collect::<Vec<_>>())
    }
}

/// What is said above an object: what happens to it, and why.
fn comments(planned: &PlannedResource, page: Page) -> String {
    let PlannedResource { addr, deed, moved_from, imported, .. } = planned;
    let mut parts = Parts::default();
    if let Deed::Forget = deed {
        parts.push("bold", format!(" # {addr}"));
        parts.push("reset", format!(" will no longer be managed by {}, but ", page.tool));
        parts.push("bold", "");
        parts.push("red", "will not be destroyed");
        parts.push("reset", "\n # (destroy = false is set in the configuration)\n");
        return parts.text(page);
    }
    match (deed, moved_from) {
        (Deed::Keep, Some(from)) => {
            parts.push("bold", format!("  # {from}"));
            parts.push("reset", " has moved to ");
            parts.push("bold", addr.to_string());
            parts.push("reset", "\n");
            return parts.text(page);
        }
        _ => {
            parts.push("bold", format!("  # {addr}"));
            comment(*deed, &mut parts);
        }
    }
    match (deed, moved_from) {
        (Deed::Delete(WhyDeleted::NoResource), Some(from)) => {
            let (from, to) = (from.whole(), addr.whole());
            parts
                .push("", format!("  # (because {from} was moved to {to}, which is not in configuration)\n"));
        }
        (Deed::Delete(why), _) => parts.push("", format!("  # (because {})\n", because(*why, addr))),
        (Deed::Read(why), _) => {
            let why = match why {
                WhyRead::Unknown => "config refers to values not yet known",
                WhyRead::Pending => "depends on a resource or a module with changes pending",
                WhyRead::Checked => "config will be reloaded to verify a check block",
            };
            parts.push("", format!("  # ({why})\n"));
        }
        _ => {}
    }
    if let Some(from) = moved_from {
        parts.push("", "  # ");
        parts.push("reset", format!("(moved from {from})\n"));
    }
    if let (Some(by), false) = (imported, matches!(deed, Deed::Keep)) {
        parts.push("", "  # ");
        parts.push(
            "reset",
            match by {
                ImportedBy::Id(id) => format!("(imported from {})\n", lang::quote(id)),
                ImportedBy::Identity(_) => "(will be imported first)\n".to_owned(),
            },
        );
        if let Deed::Replace { .. } = deed {
            parts.push("", "  # ");
            parts.push("reset", "");
            parts.push("yellow", "Warning: this will destroy the imported resource");
            parts.push("reset", "\n");
        }
    }
    parts.text(page)
}

/// The changed outputs, empty when none has changed.
fn outputs(outputs: &BTreeMap<SmolStr, PlannedOutput>, paint: Paint) -> String {
    let node = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(Node::of);
    let changes: Vec<(String, Change)> = outputs
        .iter()
        .filter_map(|(output, planned)| {
            let (before, after) = (node(planned.before.as_ref()), node(planned.after.as_ref()));
            if before.is_none() && after.is_none() {
                return None;
            }
            let (before, after) = (before.as_ref(), after.as_ref());
            let change = whole(before, after, || compare(before, after));
            Some((name(output, Keys::Attributes), change))
        })
        .collect();
    // Also as wide as the names of outputs that stay away.
    let names = outputs.keys().map(|output| name(output, Keys::Attributes).len());
    let width = names.max().unwrap_or(0);
    let mut out = String::new();
    for (name, change) in changes.iter().filter(|(_, change)| change.sign != Sign::Same) {
        Layout::plan(paint).start(0, change.sign, &mut out);
        let _ = write!(out, "{name:width$} = ");
        Layout::plan(paint).value(change, 0, &mut out);
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

    /// Three columns, with their styles.
    fn parts(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Symbol::Create => &[("", "  "), ("green", "+"), ("reset", "")],
            Symbol::Update => &[("", "  "), ("yellow", "~"), ("reset", "")],
            Symbol::Delete => &[("", "  "), ("red", "-"), ("reset", "")],
            Symbol::DeleteCreate => &[("red", "-"), ("reset", "/"), ("green", "+"), ("reset", "")],
            Symbol::CreateDelete => &[("green", "+"), ("reset", "/"), ("red", "-"), ("reset", "")],
            Symbol::Read => &[("", " "), ("cyan", "<="), ("reset", "")],
            Symbol::Keep => &[("", "   ")],
            Symbol::Forget => &[("", " "), ("red", "."), ("reset", "")],
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
fn comment(deed: Deed, parts: &mut Parts) {
    let (before, loud, after) = match deed {
        Deed::Create => (" will be created", "", ""),
        Deed::Update => (" will be updated in-place", "", ""),
        Deed::Replace { why: WhyReplaced::CannotUpdate, .. } => (" must be ", "replaced", ""),
        Deed::Replace { why: WhyReplaced::Requested, .. } => (" will be ", "replaced", ", as requested"),
        Deed::Replace { why: WhyReplaced::Triggered, .. } => {
            (" will be ", "replaced", " due to changes in replace_triggered_by")
        }
        Deed::Replace { why: WhyReplaced::Tainted, .. } => (" is tainted, so must be ", "replaced", ""),
        Deed::Delete(_) => (" will be ", "destroyed", ""),
        Deed::Read(_) => (" will be read during apply", "", ""),
        Deed::Keep => (" will be imported", "", ""),
        // What is forgotten has lines of its own.
        Deed::Forget => ("", "", ""),
    };
    parts.push("reset", before);
    if loud.is_empty() {
        parts.push("", format!("{after}\n"));
        return;
    }
    parts.push("bold", "");
    parts.push("red", loud);
    parts.push("reset", format!("{after}\n"));
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
    let (state, text) = match (plan.errored, plan.refresh_only) {
        (true, _) => {
            let failed = format!(" {tool} encountered an error while generating this plan.");
            return headline("red", "Planning failed.", &failed, page);
        }
        (false, true) => (
            " Your infrastructure still matches the configuration.",
            format!(
                "{tool} has checked that the real remote objects still match the result of your most recent changes, and \
                 found no differences."
            ),
        ),
        (false, false) => (
            " Your infrastructure matches the configuration.",
            format!(
                "{tool} has compared your real infrastructure against your configuration and found no differences, so no \
                 changes are needed."
            ),
        ),
    };
    headline("green", "No changes.", state, page) + &paragraphs(&text, page.width)
}

fn headline(hue: &'static str, loud: &'static str, rest: &str, page: Page) -> String {
    let parts = [("reset", ""), ("bold", ""), (hue, loud), ("reset", ""), ("bold", rest), ("reset", "\n\n")];
    page.paint.format(&parts)
}

fn only_outputs(page: Page) -> String {
    let tool = page.tool;
    format!(
        "You can apply this plan to save these new output values to the {tool} state, without changing any real \
         infrastructure."
    )
}
