//! What `lifecycle` and the plan options say about replacing and keeping objects.

use config::{AbsResource, InstanceKey, Item, Resource, ResourceAddr, ResourceInstance, ResourceMode};
use lang::{Path, StepKind, Value, path};
use syntax::{Diagnostic, Origin};

use super::ignored::find;
use super::{At, Walk};
use crate::change::{Action, Change, Why};
use crate::finding::Finding;
use crate::walk::Expansion;

/// An entry of `replace_triggered_by`, as far as it does not depend on the instance.
pub(super) enum Trigger {
    /// It is met, or not, for every instance.
    Settled(bool),
    /// The instance of the same key is meant, and what is behind it.
    SameKey(ResourceAddr, Path),
}

impl<'a> Walk<'a> {
    /// The entries of a resource's `replace_triggered_by`, looked up once for all of its instances.
    pub(super) fn triggered(&mut self, instance: usize, resource: &Item<Resource>) -> Vec<Trigger> {
        let mut triggers = Vec::new();
        for expr in &resource.lifecycle.replace_triggered_by {
            // With `count.index` or `each.key` as the key, the instance of the same key is meant.
            let computed = lang::static_traversal(expr).is_none();
            let Some(traversal) = expr.traversals().first() else { continue };
            // `resource.kind.name` and `kind.name`.
            let named = usize::from(traversal.root == "resource");
            let kind = if named == 1 { traversal.attr(0) } else { Some(&traversal.root) };
            let (Some(kind), Some(name)) = (kind, traversal.attr(named)) else { continue };
            let addr = ResourceAddr { mode: ResourceMode::Managed, kind: kind.clone(), name: name.clone() };
            let mut steps = traversal.steps.get(named + 1..).unwrap_or_default();
            let mut key = None;
            if let Some((first, rest)) = steps.split_first().filter(|_| !computed) {
                key = match &first.kind {
                    StepKind::Number(index) => index.to_i64().map(InstanceKey::Int),
                    StepKind::Key(key) => Some(InstanceKey::String(key.clone())),
                    StepKind::Attr(_) | StepKind::Missing => None,
                };
                if key.is_some() {
                    steps = rest;
                }
            }
            let path = path_of(steps.iter().map(|step| &step.kind));
            if computed {
                triggers.push(Trigger::SameKey(addr, path));
                continue;
            }
            if !self.module_of(instance).resources.contains_key(&addr) {
                let module = &self.instances[instance].addr;
                let module = if module.is_root() { "the root module".to_owned() } else { module.to_string() };
                let detail = format!("A resource {addr} has not been declared in {module}");
                let summary = "Reference to undeclared resource";
                let place = expr.location(&resource.origin);
                self.findings.push(Finding::plain(Diagnostic::error(summary, detail).at(place)));
                continue;
            }
            let whole = self.address(instance, &addr);
            let changes = self.changes.of_resource(&whole);
            let found: Vec<&Change> = match (&key, changes) {
                (_, None) => Vec::new(),
                (Some(key), Some(changes)) => changes.get(key).into_iter().collect(),
                (None, Some(changes)) => changes.values().collect(),
            };
            if found.is_empty() {
                let module = &self.instances[instance].addr;
                let module = if module.is_root() { "the root module".to_owned() } else { module.to_string() };
                let key = key.unwrap_or(InstanceKey::None);
                let summary = format!("no change found for {addr}{key} in {module}");
                self.findings.push(Finding::plain(Diagnostic::error(summary, "")));
                continue;
            }
            triggers.push(Trigger::Settled(match path.is_root() {
                true => found.iter().any(|change| change.triggers(&path)),
                // An attribute belongs to one instance.
                false => found.first().is_some_and(|change| change.triggers(&path)),
            }));
        }
        triggers
    }

    /// Whether the plan options or a trigger ask for a new object.
    pub(super) fn forced(&self, at: &At<'_>, triggers: &[Trigger]) -> Option<Why> {
        let met = |trigger: &Trigger| match trigger {
            Trigger::Settled(met) => *met,
            Trigger::SameKey(addr, path) => {
                let other = self.address(at.instance, addr).instance(at.addr.key.clone());
                self.changes.get(&other).is_some_and(|change| change.triggers(path))
            }
        };
        if triggers.iter().any(met) {
            return Some(Why::Triggered);
        }
        self.inputs.options.replace.contains(&at.addr).then_some(Why::Requested)
    }

    /// Warns of replacements that are asked for without the key of an instance: nothing is replaced then. Terraform looks
    /// at the resource alone, in whichever module it is.
    pub(super) fn incomplete_replacements(&mut self, whole: &AbsResource, expansion: &Expansion) {
        if matches!(expansion, Expansion::Single) {
            return;
        }
        let options = expansion.instances().into_iter().map(|(key, _)| {
            let instance = whole.instance(key).to_string();
            format!("  -replace={}", lang::quote(&instance))
        });
        let options: Vec<String> = options.collect();
        for wanted in &self.inputs.options.replace {
            if wanted.key != InstanceKey::None || wanted.resource != whole.resource {
                continue;
            }
            let why = match options.len() {
                0 => "this resource doesn't have any instances.".to_owned(),
                1 => format!(
                    "{KEYLESS} the single declared instance, use the following option instead:\n{}",
                    options[0]
                ),
                _ => format!(
                    "{KEYLESS} particular instances, use one or more of the following options instead:\n{}",
                    options.join("\n")
                ),
            };
            let detail = format!(
                "Your force-replace request for {wanted} doesn't match any resource instances because {why}"
            );
            let summary = "Incompletely-matched force-replace resource instance";
            self.findings.push(Finding::plain(Diagnostic::warning(summary, detail)));
        }
    }
}

const KEYLESS: &str = "it lacks an instance key.\n\nTo force replacement of";

impl Change {
    /// Whether `replace_triggered_by` an instance, or a place in it, is met. Only a change of the object counts: what is
    /// new or goes away triggers nothing.
    fn triggers(&self, path: &Path) -> bool {
        if !matches!(self.action, Action::Update | Action::Replace) {
            return false;
        }
        if path.is_root() {
            return true;
        }
        match (find(&self.before, &path.0), find(&self.after, &path.0)) {
            (Some(before), Some(after)) => !before.raw_eq(after),
            (before, after) => before.is_some() != after.is_some(),
        }
    }
}

fn path_of<'s>(steps: impl Iterator<Item = &'s StepKind>) -> Path {
    let step = |step: &StepKind| match step {
        StepKind::Attr(name) => Some(path::Step::Attr(name.as_str().into())),
        StepKind::Key(key) => Some(path::Step::Index(Value::string(key))),
        StepKind::Number(number) => Some(path::Step::Index(Value::number(number.clone()))),
        StepKind::Missing => None,
    };
    Path(steps.filter_map(step).collect())
}

/// An object that must not be destroyed is about to be. `origin` is where its resource stands.
pub(crate) fn prevented(resource: &Resource, origin: &Origin, addr: &ResourceInstance) -> Diagnostic {
    let detail = format!(
        "Resource {addr} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To \
         avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of \
         the plan using the -target option."
    );
    Diagnostic::error("Instance cannot be destroyed", detail).at(origin.locate(resource.header))
}
