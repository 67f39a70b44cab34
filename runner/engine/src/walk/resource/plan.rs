//! Planning one instance: what will become of its object.

use std::sync::Arc;

use config::Schema;
use config::schema::propose::proposed_new;
use lang::{Marks, Path, Value, path};

use provider::{Answer, PlanRequest, Planned, Private, Provider};

use super::ignored::{find, ignore};
use super::lifecycle::{Trigger, prevented};
use super::refresh::{Seen, merged};
use super::{At, Phase, Walk};
use crate::change::{Action, Change, ForcedBy, ImportedBy, Why};
use crate::finding::Finding;
use crate::state::Object;
use crate::walk::configuration::without_write_only;
use crate::walk::waiting::Wait;

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

/// An instance that is being planned.
pub(in crate::walk) struct Planning<'a> {
    pub at: At<'a>,
    pub provider: Arc<dyn Provider>,
    triggers: Arc<[Trigger]>,
    /// By what an object is taken over that the state does not have.
    import: Option<ImportedBy>,
}

impl<'a> Walk<'a> {
    /// Plans an instance, and keeps the value that references to it read; none when it could not be planned.
    pub(super) fn plan_instance(
        &mut self,
        provider: &Arc<dyn Provider>,
        at: At<'a>,
        triggers: &Arc<[Trigger]>,
        import: Option<ImportedBy>,
    ) -> Option<Wait<'a>> {
        let object = self.state.get(&at.addr).cloned();
        let import = import.filter(|_| object.is_none());
        let planning =
            Planning { at, provider: Arc::clone(provider), triggers: Arc::clone(triggers), import };
        match (object, planning.import.clone()) {
            (Some(object), _) if !self.inputs.options.skip_refresh => self.refresh(planning, &object),
            (None, Some(by)) => self.take_over(planning, by),
            _ => self.plan_change(planning),
        }
    }

    /// Looks at the object before it plans what becomes of it.
    fn refresh(&mut self, planning: Planning<'a>, object: &Arc<Object>) -> Option<Wait<'a>> {
        let before = Arc::clone(object);
        let (provider, addr) = (Arc::clone(&planning.provider), planning.at.addr.clone());
        self.look_at(&provider, &addr, object, move |walk, seen, mut reports| {
            let Planning { at, provider, .. } = &planning;
            let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
            walk.hear(at, schema, &mut reports);
            let seen = match seen? {
                Seen::Gone => Seen::Gone,
                Seen::Object(now) => Seen::Object(walk.with_origins(at, now)),
            };
            walk.write_seen(&at.addr, &before, seen);
            walk.plan_change(planning)
        })
    }

    /// The object with what the configuration says of it beside what the state says.
    fn with_origins(&self, at: &At<'_>, object: Arc<Object>) -> Arc<Object> {
        let dependencies = merged(&object.dependencies, &self.dependencies(at));
        let create_before_destroy = self.creates_first(at);
        let same =
            dependencies == object.dependencies && create_before_destroy == object.create_before_destroy;
        match same {
            true => object,
            false => Arc::new(Object { dependencies, create_before_destroy, ..Object::clone(&object) }),
        }
    }

    /// Plans what becomes of the object that the state has now.
    pub(in crate::walk) fn plan_change(&mut self, planning: Planning<'a>) -> Option<Wait<'a>> {
        let Planning { at, provider, triggers, import } = planning;
        let object = self.state.get(&at.addr).cloned();
        let before = self.findings.len();
        self.preconditions(&at);
        if self.inputs.options.refresh_only {
            if let Some(object) = object {
                self.is_as_wanted(&at, object.value.clone());
            }
            return None;
        }
        if self.failed_since(before) {
            return None;
        }
        let forced = object.as_ref().and_then(|_| self.forced(&at, &triggers));
        self.propose(&provider, at, object.clone(), forced, move |walk, at, proposal| {
            let Proposal { mut change, .. } = proposal?;
            if change.action.destroys() && at.resource.lifecycle.prevent_destroy == Some(true) {
                walk.findings.push(Finding::plain(prevented(at.resource, at.origin, &at.addr)));
                return None;
            }
            if let Some(object) = object.filter(|_| change.action == Action::NoOp) {
                walk.remember_origin(&at, &object);
            }
            change.moved_from = walk.moves.came_from.get(&at.addr).cloned();
            change.imported = import;
            let after = change.after.clone();
            walk.changes.insert(&at.addr, change);
            walk.is_as_wanted(&at, after);
            None
        })
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

    /// Asks the provider what it would make of the configuration, and hands it on; nothing after an error. `object` is what
    /// there is.
    pub(super) fn propose(
        &mut self,
        provider: &Arc<dyn Provider>,
        at: At<'a>,
        object: Option<Arc<Object>>,
        forced: Option<Why>,
        then: impl FnOnce(&mut Walk<'a>, At<'a>, Option<Proposal>) -> Option<Wait<'a>> + Send + 'a,
    ) -> Option<Wait<'a>> {
        let Some(draft) = self.draft(&**provider, &at, object, forced) else { return then(self, at, None) };
        let by = Arc::clone(provider);
        let question = Question::about(&draft);
        self.ask_plan(provider, at, question, move |walk, at, planned| {
            let planned = planned.zip(by.schema(at.resource.mode, &at.addr.resource.kind));
            let Some((planned, schema)) = planned else { return then(walk, at, None) };
            let cannot_update = !draft.base.is_null()
                && planned.requires_replace.iter().any(|path| draft.changes(path, &planned));
            let replaces = !draft.base.is_null() && (draft.forced.is_some() || cannot_update);
            if !replaces {
                let proposal = walk.settled(&at, schema, draft, planned);
                return then(walk, at, Some(proposal));
            }
            let forced_by = draft.forced_by(schema, &planned);
            // There is nothing left to compare with, so nothing is ignored.
            let (config, _) = draft.original.unmark_deep();
            let base = Value::null(draft.original.ty());
            let question = Question { prior: base.clone(), config: config.clone(), private: planned.private };
            walk.ask_plan(&by.clone(), at, question, move |walk, at, planned| {
                let planned = planned.zip(by.schema(at.resource.mode, &at.addr.resource.kind));
                let Some((planned, schema)) = planned else { return then(walk, at, None) };
                let draft = Draft { base, config, ..draft };
                let mut proposal = walk.settled(&at, schema, draft, planned);
                proposal.change.forced_by = forced_by;
                then(walk, at, Some(proposal))
            })
        })
    }

    /// What the provider is asked to plan. `None` after an error.
    fn draft(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        object: Option<Arc<Object>>,
        forced: Option<Why>,
    ) -> Option<Draft> {
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let original = self.configuration(at, schema)?;
        let is_right = self.may_be_kept(at, schema, &original)
            && (self.phase != Phase::Plan || self.validated(provider, at, schema, &original));
        if !is_right || (self.phase == Phase::Plan && !self.may_be_told(provider, at)) {
            return None;
        }
        // A tainted object is planned anew as if there were none.
        let kept = object.as_ref().filter(|object| !object.tainted);
        let prior = kept.map_or_else(|| Value::null(original.ty()), |object| object.value.clone());
        let config = ignore(&at.resource.lifecycle, schema, &prior, &original);
        let marked = without_write_only(schema, &config).marked_paths();
        let (config, _) = config.unmark_deep();
        let (base, _) = prior.unmark_deep();
        Some(Draft { object, original, prior, base, config, marked, forced })
    }

    /// What becomes of an object that a provider has planned.
    fn settled(&mut self, at: &At<'_>, schema: &Schema, draft: Draft, planned: Planned) -> Proposal {
        let Draft { object, prior, base, config, marked, forced, .. } = draft;
        // What the arguments are marked with, and what the schema says is sensitive.
        let after = schema.with_sensitive(&planned.value.with_marks_at(&marked));
        let tainted = object.filter(|object| object.tainted).map(|object| object.value.clone());
        let (action, before, why) = match tainted {
            Some(tainted) => (Action::Replace, tainted, Some(Why::Tainted)),
            None if prior.is_null() => (Action::Create, prior, None),
            None if base.is_null() => (Action::Replace, prior, forced),
            None if planned.value.raw_eq(&base) && after.raw_eq(&prior) => (Action::NoOp, prior, None),
            None => (Action::Update, prior, None),
        };
        let change = Change {
            why,
            private: planned.private,
            create_before_destroy: self.creates_first(at),
            ..Change::new(action, before, after)
        };
        Proposal { change, config, base, marked }
    }

    /// Asks the provider for a plan, and hands on what it planned; nothing after an error.
    fn ask_plan(
        &mut self,
        provider: &Arc<dyn Provider>,
        at: At<'a>,
        question: Question,
        then: impl FnOnce(&mut Walk<'a>, At<'a>, Option<Planned>) -> Option<Wait<'a>> + Send + 'a,
    ) -> Option<Wait<'a>> {
        let kind = at.addr.resource.kind.clone();
        let Some(schema) = provider.schema(at.resource.mode, &kind) else { return then(self, at, None) };
        let Question { prior, config, private } = question;
        let proposed = without_write_only(schema, &proposed_new(schema, &prior, &config));
        let (asked, by) = (Arc::clone(provider), Arc::clone(provider));
        self.ask_of(
            provider,
            move |outside| {
                let answer = asked.plan(&PlanRequest {
                    kind: &kind,
                    prior: &prior,
                    proposed: &proposed,
                    config: &config,
                    private: &private,
                    outside,
                });
                (answer, prior, config)
            },
            move |walk, (answer, prior, config)| {
                let planned = walk.planned(&*by, &at, answer, (&prior, &config));
                then(walk, at, planned)
            },
        )
    }

    /// What a provider has planned, where that may be.
    fn planned(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        answer: Answer<Planned>,
        (prior, config): (&Value, &Value),
    ) -> Option<Planned> {
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let planned = self.ask(at, schema, answer)?;
        let value = without_write_only(schema, &planned.value);
        let config = without_write_only(schema, config);
        let may = self.may_be_planned(provider, schema, at, (prior, &config, &value));
        may.then_some(Planned { value, ..planned })
    }
}

/// What a provider is to plan, and what becomes of its answer.
struct Draft {
    /// What there is.
    object: Option<Arc<Object>>,
    /// The arguments as they are written.
    original: Value,
    /// What the plan starts from: null for a new object and for one that is tainted. Then the same without marks; null for
    /// a replacement too.
    prior: Value,
    base: Value,
    /// The arguments, without marks and without changes that are ignored.
    config: Value,
    /// Where the arguments are marked.
    marked: Vec<(Path, Marks)>,
    /// Why a new object is wanted, whatever the provider says.
    forced: Option<Why>,
}

impl Draft {
    /// Whether something in the object will not be what it was.
    fn changes(&self, path: &Path, planned: &Planned) -> bool {
        match (find(&self.base, &path.0), find(&planned.value, &path.0)) {
            (Some(before), Some(after)) => !before.is_known() || !before.raw_eq(after),
            _ => true,
        }
    }

    /// What makes a replacement necessary.
    fn forced_by(&self, schema: &Schema, planned: &Planned) -> Vec<ForcedBy> {
        let is_open = |path: &Path| match path.0.first() {
            Some(path::Step::Attr(name)) => {
                schema.attributes.get(&**name).is_some_and(|attribute| attribute.ty.is_dynamic())
            }
            _ => false,
        };
        let is_unknown = |path: &Path| find(&planned.value, &path.0).is_some_and(|value| !value.is_known());
        let told = |path: &Path| !is_open(path) || is_unknown(path);
        let paths = planned.requires_replace.iter().filter(|path| self.changes(path, planned));
        paths.map(|path| ForcedBy { path: path.clone(), told: told(path) }).collect()
    }
}

/// What a provider is asked to plan from.
struct Question {
    prior: Value,
    config: Value,
    private: Private,
}

impl Question {
    fn about(draft: &Draft) -> Question {
        let kept = draft.object.as_ref().filter(|object| !object.tainted);
        Question {
            prior: draft.base.clone(),
            config: draft.config.clone(),
            private: kept.map(|object| Arc::clone(&object.private)).unwrap_or_default(),
        }
    }
}
