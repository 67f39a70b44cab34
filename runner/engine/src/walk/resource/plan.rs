//! Planning one instance: what will become of its object.

use std::sync::Arc;

use config::Schema;
use config::schema::propose::proposed_new;
use lang::{Marks, Path, Value, path};

use provider::{PlanRequest, Planned, Private, Provider};

use super::ignored::{find, ignore};
use super::lifecycle::{Trigger, prevented};
use super::refresh::{Seen, merged};
use super::{At, Phase, Walk};
use crate::change::{Action, Change, ForcedBy, ImportedBy, Why};
use crate::finding::Finding;
use crate::host::ForProviders;
use crate::state::Object;
use crate::walk::configuration::without_write_only;

/// What a provider planned for an instance.
pub(super) struct Proposal {
    pub change: Change,
    /// The arguments, without marks.
    pub config: Value,
    /// What the plan starts from, without marks: null for a new object.
    pub base: Value,
    /// Where the arguments are marked.
    pub marked: Vec<(Path, Marks)>,
}

impl Walk<'_> {
    /// Plans an instance. The value that references to it read is returned; none when it could not be planned.
    pub(super) fn plan_instance(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        triggers: &[Trigger],
        import: Option<ImportedBy>,
    ) -> Option<Value> {
        let managed = self.state.get(&at.addr).is_some();
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let object = match (self.state.get(&at.addr).cloned(), &import) {
            (Some(object), _) => self.refreshed(provider, schema, at, object)?,
            (None, Some(by)) if !self.take_over(provider, schema, at, by) => return None,
            (None, _) => self.state.get(&at.addr).cloned(),
        };
        if self.inputs.options.refresh_only {
            let value = object.map(|object| object.value.clone());
            self.preconditions(at);
            if let Some(value) = &value {
                self.postconditions(at, value);
            }
            return value;
        }
        let before = self.findings.len();
        self.preconditions(at);
        if self.failed_since(before) {
            return None;
        }
        let forced = object.as_ref().and_then(|_| self.forced(at, triggers));
        let Proposal { mut change, .. } = self.propose(provider, schema, at, object.as_deref(), forced)?;
        if change.action.destroys() && at.resource.lifecycle.prevent_destroy == Some(true) {
            self.findings.push(Finding::plain(prevented(at.resource, &at.addr)));
            return None;
        }
        if let Some(object) = object.filter(|_| change.action == Action::NoOp) {
            self.remember_origin(at, &object);
        }
        change.moved_from = self.moves.came_from.get(&at.addr).cloned();
        change.imported = import.filter(|_| !managed);
        let after = change.after.clone();
        self.changes.insert(&at.addr, change);
        self.postconditions(at, &after);
        Some(after)
    }

    /// The object as it is now, unless nobody wants to know. `None` after an error; inside, `None` when it is gone.
    fn refreshed(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        object: Arc<Object>,
    ) -> Option<Option<Arc<Object>>> {
        if self.inputs.options.skip_refresh {
            return Some(Some(object));
        }
        let (seen, mut reports) = match self.look_at(provider, &at.addr, &object) {
            Ok(seen) => seen,
            Err(mut reports) => {
                self.hear(at, schema, &mut reports);
                return None;
            }
        };
        self.hear(at, schema, &mut reports);
        let seen = match seen {
            Seen::Gone => Seen::Gone,
            Seen::Object(now) => {
                let configured = self.dependencies(at);
                let dependencies = merged(&now.dependencies, &configured);
                let create_before_destroy = self.creates_first(at);
                let same =
                    dependencies == now.dependencies && create_before_destroy == now.create_before_destroy;
                Seen::Object(match same {
                    true => now,
                    false => Arc::new(Object { dependencies, create_before_destroy, ..Object::clone(&now) }),
                })
            }
        };
        self.write_seen(&at.addr, &object, seen);
        Some(self.state.get(&at.addr).cloned())
    }

    /// An object that stays as it is was made from what the configuration says now.
    fn remember_origin(&mut self, at: &At<'_>, object: &Arc<Object>) {
        let dependencies = self.dependencies(at);
        if object.dependencies != dependencies {
            let object = Object { dependencies, ..Object::clone(object) };
            self.state.set(&at.addr, Arc::new(object));
        }
    }

    /// The resources that an instance is made from.
    pub(in crate::walk) fn dependencies(&self, at: &At<'_>) -> Arc<[config::ConfigResource]> {
        let program = self.inputs.program;
        match program.resource_node(&at.addr.module, &at.addr.resource) {
            Some(node) => program.dependencies(node),
            None => Arc::from([]),
        }
    }

    pub(super) fn creates_first(&self, at: &At<'_>) -> bool {
        let program = self.inputs.program;
        let node = program.resource_node(&at.addr.module, &at.addr.resource);
        node.is_some_and(|node| program.creates_first(node))
    }

    /// Asks the provider what it would make of the configuration. `object` is what there is.
    pub(super) fn propose(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        object: Option<&Object>,
        forced: Option<Why>,
    ) -> Option<Proposal> {
        let original = self.configuration(at, schema)?;
        let is_right = self.may_be_kept(at, schema, &original)
            && (self.phase != Phase::Plan || self.validated(provider, at, schema, &original));
        if !is_right || (self.phase == Phase::Plan && !self.may_be_told(provider, at)) {
            return None;
        }
        let nothing = Value::null(original.ty());
        // A tainted object is planned anew as if there were none.
        let kept = object.filter(|object| !object.tainted);
        let prior = kept.map_or_else(|| nothing.clone(), |object| object.value.clone());
        let config = ignore(&at.resource.lifecycle, schema, &prior, &original);
        let marked = without_write_only(schema, &config).marked_paths();
        let (config, _) = config.unmark_deep();
        let (base, _) = prior.unmark_deep();
        let private = kept.map(|object| Arc::clone(&object.private)).unwrap_or_default();
        let planned = self.ask_plan(provider, schema, at, (&base, &config, &private))?;
        let changed = |path: &Path| match (find(&base, &path.0), find(&planned.value, &path.0)) {
            (Some(before), Some(after)) => !before.is_known() || !before.raw_eq(after),
            _ => true,
        };
        let is_open = |path: &Path| match path.0.first() {
            Some(path::Step::Attr(name)) => {
                schema.attributes.get(&**name).is_some_and(|attribute| attribute.ty.is_dynamic())
            }
            _ => false,
        };
        let is_unknown = |path: &Path| find(&planned.value, &path.0).is_some_and(|value| !value.is_known());
        let cannot_update = !base.is_null() && planned.requires_replace.iter().any(changed);
        let create_before_destroy = self.creates_first(at);
        // What the arguments are marked with, and what the schema says is sensitive.
        let marked_value = |value: &Value| schema.with_sensitive(&value.with_marks_at(&marked));
        let settled = |action, before: Value, why, planned: Planned, base, config| Proposal {
            change: Change {
                why,
                private: planned.private,
                create_before_destroy,
                ..Change::new(action, before, marked_value(&planned.value))
            },
            config,
            base,
            marked: marked.clone(),
        };
        if let Some(tainted) = object.filter(|object| object.tainted) {
            let (action, why) = (Action::Replace, Some(Why::Tainted));
            return Some(settled(action, tainted.value.clone(), why, planned, base, config));
        }
        if base.is_null() {
            return Some(settled(Action::Create, prior, None, planned, base, config));
        }
        if forced.is_some() || cannot_update {
            let told = |path: &Path| !is_open(path) || is_unknown(path);
            let forced_by = planned.requires_replace.iter().filter(|path| changed(path));
            let forced_by = forced_by.map(|path| ForcedBy { path: path.clone(), told: told(path) }).collect();
            // There is nothing left to compare with, so nothing is ignored.
            let (config, _) = original.unmark_deep();
            let planned = self.ask_plan(provider, schema, at, (&nothing, &config, &planned.private))?;
            let mut proposal = settled(Action::Replace, prior, forced, planned, nothing, config);
            proposal.change.forced_by = forced_by;
            return Some(proposal);
        }
        let same = planned.value.raw_eq(&base) && marked_value(&planned.value).raw_eq(&prior);
        let action = if same { Action::NoOp } else { Action::Update };
        Some(settled(action, prior, None, planned, base, config))
    }

    fn ask_plan(
        &mut self,
        provider: &dyn Provider,
        schema: &Schema,
        at: &At<'_>,
        (prior, config, private): (&Value, &Value, &Private),
    ) -> Option<Planned> {
        let proposed = without_write_only(schema, &proposed_new(schema, prior, config));
        let kind = &at.addr.resource.kind;
        let outside = ForProviders(self.inputs.host, self.inputs.dialect);
        let request = PlanRequest { kind, prior, proposed: &proposed, config, private, outside: &outside };
        let planned = self.ask(at, schema, provider.plan(&request))?;
        let value = without_write_only(schema, &planned.value);
        let config = without_write_only(schema, config);
        let may = self.may_be_planned(provider, schema, at, (prior, &config, &value));
        may.then_some(Planned { value, ..planned })
    }
}
