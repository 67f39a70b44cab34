//! Objects that a configuration takes over: what `import` blocks ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{
    Dialect, Feature, Grammar, Import, InstanceKey, Item, ModuleInstance, Resource, ResourceInstance,
    Subject, Tool,
};
use lang::expr::NodeId;
use lang::{Cause, Marks, Type};
use provider::{ImportBy, ImportRequest, Object as Answered, Private};
use syntax::{Diagnostic, Diagnostics, SmolStr};

use super::resource::{At, Planning};
use super::waiting::Wait;
use super::{Phase, Repetition, Walk, not_yet_known};
use crate::change::ImportedBy;
use crate::finding::Finding;
use crate::host::ForProviders;
use crate::program::{ImportTarget, ModuleId, TargetKey, import_targets};
use crate::state::Object;

/// The ids by which the instances of one resource are taken over.
pub(super) type Ids = BTreeMap<ResourceInstance, ImportedBy>;

impl<'a> Walk<'a> {
    /// Imports into what is nowhere in the configuration: those that keep the walk from being made, because there is no
    /// such module, and those that are told of besides, each with its module. What could be made up by other commands is
    /// missing in a plan only.
    pub(super) fn missing_import_targets(&self) -> (Diagnostics, Vec<(ModuleId, Diagnostic)>) {
        let program = self.inputs.program;
        let (mut without_module, mut found) = (Diagnostics::new(), Vec::new());
        if !matches!(self.phase, Phase::Validate | Phase::Plan) {
            return (without_module, found);
        }
        for (import, target) in import_targets(program.root()) {
            let child = |module: usize, (call, _): &(SmolStr, TargetKey)| {
                program.modules.get(module)?.children.get(call).copied()
            };
            let Some(module) = target.calls.iter().try_fold(0, child) else {
                let detail = format!(
                    "The configuration for the given import target {} does not exist. All target instances must have an \
                     associated configuration to be imported.",
                    target.config()
                );
                let place = import.to.location(&import.origin);
                without_module.push(Diagnostic::error(MISSING, detail).at(place).with_code("import"));
                continue;
            };
            let has_key = !matches!(target.key, TargetKey::Written(InstanceKey::None));
            let validated = self.inputs.dialect.tool == Tool::Terraform
                && (has_key || import.for_each.is_some() || !target.calls.is_empty());
            if self.phase == Phase::Plan || validated {
                let missing = config::missing_import_target(import, program.tree());
                found.extend(missing.map(|diagnostic| (module, diagnostic)));
            }
        }
        (without_module, found)
    }

    /// The ids for the instances of a resource, in whatever module instance.
    pub(super) fn import_ids(&mut self, calls: &[SmolStr], resource: &Resource) -> Ids {
        let mut ids = Ids::new();
        if !matches!(self.phase, Phase::Validate | Phase::Plan) {
            return ids;
        }
        for (import, target) in import_targets(self.inputs.program.root()) {
            let same = target.resource == resource.addr
                && target.calls.len() == calls.len()
                && target.calls.iter().zip(calls).all(|((name, _), call)| name == call);
            if !same {
                continue;
            }
            let mut sink = self.names_its_target(import, resource);
            let repetitions = match sink.is_empty() {
                true => self.repetitions(import, &mut sink),
                false => Vec::new(),
            };
            for repetition in repetitions {
                let addr = self.target(import, &target, resource, &repetition, &mut sink);
                let id =
                    addr.as_ref().and_then(|_| self.imported_by(import, resource, &repetition, &mut sink));
                if sink.iter().any(Diagnostic::is_error) {
                    break;
                }
                ids.extend(addr.zip(id));
            }
            let failed = sink.iter().any(Diagnostic::is_error);
            self.report(sink);
            if failed {
                // After the first mistake nothing else about the resource's imports is looked at.
                break;
            }
        }
        match self.phase {
            Phase::Validate => Ids::new(),
            _ => ids,
        }
    }

    /// An id cannot be read from what it is the id of.
    fn names_its_target(&self, import: &Item<Import>, resource: &Resource) -> Diagnostics {
        let Some(id) = import.id.as_ref().filter(|_| self.phase == Phase::Validate) else {
            return Diagnostics::new();
        };
        let origin = id.origin(&import.origin);
        let own = id.traversals().iter().filter_map(|traversal| {
            let reference = config::parse_reference(traversal, origin, Grammar::Module).ok()?;
            let is_own = matches!(&reference.subject, Subject::Resource(addr, _) if *addr == resource.addr);
            is_own.then(|| origin.locate(reference.span))
        });
        let detail = "The import ID cannot reference the resource being imported.";
        let error =
            |place| Diagnostic::error("Invalid import id argument", detail).at(place).with_code("import");
        own.map(error).collect()
    }

    /// Says which of the instances to take over are not in the configuration.
    pub(super) fn unmatched_imports(&mut self, left: &Ids) {
        for addr in left.keys() {
            let detail = format!(
                "The configuration for the given import {addr} does not exist. All target instances must have an \
                 associated configuration to be imported."
            );
            self.findings.push(Finding::plain(Diagnostic::error(MISSING, detail).with_code("import")));
        }
    }

    /// Takes over the object of an instance that has none, and plans what becomes of it.
    pub(super) fn take_over(&mut self, planning: Planning<'a>, by: ImportedBy) -> Option<Wait<'a>> {
        let Planning { at, provider, .. } = &planning;
        let kind = at.addr.resource.kind.clone();
        if let Some(values) = self.values_in_place(at).cloned() {
            // Whatever the id, it stands for what the configuration says, which is read again and told of then.
            let schema = provider.schema(at.resource.mode, &kind)?;
            let before = self.findings.len();
            let (config, _) = self.configuration(at, schema)?.unmark_deep();
            self.findings.truncate(before);
            let outside = ForProviders(self.inputs.host, self.inputs.dialect);
            let answer = values.object(schema, &kind, &config, self.inputs.dialect, &outside);
            let value = self.ask(at, schema, answer)?;
            return self.is_imported(planning, Answered { value, private: Private::default() });
        }
        let (provider, asked) = (Arc::clone(provider), Arc::clone(provider));
        self.ask_of(
            &provider,
            move |_| {
                let by = match &by {
                    ImportedBy::Id(id) => ImportBy::Id(id),
                    ImportedBy::Identity(identity) => ImportBy::Identity(identity),
                };
                asked.import(&ImportRequest { kind: &kind, by })
            },
            move |walk, mut answer| {
                let Planning { at, provider, .. } = &planning;
                let kind = &at.addr.resource.kind;
                let failed = walk.hear(at, provider.schema(at.resource.mode, kind)?, &mut answer);
                let mut objects = answer.value.unwrap_or_default().into_iter().filter(|_| !failed);
                match objects.find(|object| object.kind == *kind) {
                    Some(imported) => walk.is_imported(planning, imported.object),
                    None => {
                        if !failed {
                            walk.nothing_to_take_over(at);
                        }
                        None
                    }
                }
            },
        )
    }

    /// Looks at an object that was imported, and plans what becomes of it.
    fn is_imported(&mut self, planning: Planning<'a>, imported: Answered) -> Option<Wait<'a>> {
        let Planning { at, provider, .. } = &planning;
        let schema = provider.schema(at.resource.mode, &at.addr.resource.kind)?;
        let object = Arc::new(Object {
            private: imported.private,
            schema_version: schema.version,
            provider_key: self.provider_key(at),
            ..Object::new(imported.value, provider.address().into())
        });
        let (provider, addr) = (Arc::clone(provider), at.addr.clone());
        let kept = Arc::clone(&object);
        self.look_at(&provider, &addr, &object, move |walk, seen, mut reports| {
            let Planning { at, provider, .. } = &planning;
            walk.hear(at, provider.schema(at.resource.mode, &at.addr.resource.kind)?, &mut reports);
            let seen = seen?;
            // What is new here has not drifted.
            walk.drift.remove(&at.addr);
            walk.state.set(&at.addr, Arc::clone(&kept));
            walk.write_seen(&at.addr, &kept, seen);
            if walk.state.get(&at.addr).is_none() {
                walk.nothing_to_take_over(at);
                return None;
            }
            walk.plan_change(planning)
        })
    }

    fn nothing_to_take_over(&mut self, at: &At<'_>) {
        let dialect = self.inputs.dialect;
        let id = if dialect.has(Feature::ImportByIdentity) && dialect.tool == Tool::OpenTofu {
            "id or identity"
        } else {
            "id"
        };
        let detail = format!(
            "While attempting to import an existing object to {}, the provider detected that no object exists with the \
             given {id}. Only pre-existing objects can be imported; check that the {id} is correct and that it is \
             associated with the provider's configured region or endpoint, or use \"{} apply\" to create a new remote \
             object for this resource.",
            lang::quote(&at.addr.to_string()),
            dialect.tool.command()
        );
        let diagnostic = Diagnostic::error("Cannot import non-existent remote object", detail);
        self.findings.push(Finding::plain(diagnostic.with_code("import")));
    }

    /// `each` for every element of the block's `for_each`, or nothing once.
    fn repetitions(&self, import: &Item<Import>, sink: &mut Diagnostics) -> Vec<Repetition> {
        const SUMMARY: &str = "Invalid for_each argument";
        let Some(for_each) = &import.for_each else { return vec![Repetition::default()] };
        let before = sink.len();
        let (value, operands) = lang::evaluate_with_operands(for_each, &import.origin, &self.scope(0), sink);
        if sink[before..].iter().any(Diagnostic::is_error) {
            return Vec::new();
        }
        let mut refuse = |detail: &str, cause: Cause| {
            let place = for_each.location(&import.origin);
            let mut diagnostic = Diagnostic::error(SUMMARY, detail).at(place).with_code("import");
            diagnostic.operands = operands.shown(cause);
            sink.push(diagnostic);
            Vec::new()
        };
        if value.marks().contains(Marks::SENSITIVE) && self.phase != Phase::Validate {
            return refuse(SENSITIVE, Cause::Sensitive);
        }
        let (value, _) = value.unmark();
        if value.is_null() {
            return Vec::new();
        }
        if !value.is_known() {
            return match self.phase {
                Phase::Validate => Vec::new(),
                _ => refuse(&unknown_elements(&value.ty(), self.inputs.dialect), Cause::Unknown),
            };
        }
        let Some(elements) = value.elements() else {
            return refuse("The \"for_each\" expression must be a collection.", Cause::Other);
        };
        elements.map(|(key, value)| Repetition { count_index: None, each: Some((key, value)) }).collect()
    }

    /// The address that the block means for one repetition.
    fn target(
        &self,
        import: &Item<Import>,
        target: &ImportTarget,
        resource: &Resource,
        repetition: &Repetition,
        sink: &mut Diagnostics,
    ) -> Option<ResourceInstance> {
        let mut module = ModuleInstance::root();
        for (name, key) in &target.calls {
            let key = self.target_key(import, key, repetition, sink)?;
            module = module.child(name.clone(), key);
        }
        let key = self.target_key(import, &target.key, repetition, sink)?;
        if let Some(wrong) = config::wrong_import_key(import, &key, resource) {
            sink.push(wrong);
            return None;
        }
        Some(ResourceInstance { module, resource: target.resource.clone(), key })
    }

    fn target_key(
        &self,
        import: &Item<Import>,
        key: &TargetKey,
        repetition: &Repetition,
        sink: &mut Diagnostics,
    ) -> Option<InstanceKey> {
        let node: NodeId = match key {
            TargetKey::Written(key) => return Some(key.clone()),
            TargetKey::Computed(node) => *node,
        };
        let before = sink.len();
        let scope = self.scope(0).with_repetition(repetition);
        let value = lang::evaluate_part(&import.to, node, &import.origin, &scope, sink);
        if sink[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        let (value, marks) = value.unmark();
        if marks.contains(Marks::SENSITIVE) {
            let place = import.to.origin(&import.origin).locate(import.to.span(node));
            let detail = "Import address index expression cannot be sensitive.";
            sink.push(Diagnostic::error("Invalid index expression", detail).at(place).with_code("import"));
            return None;
        }
        let detail = if !value.is_known() {
            "Import block 'to' address contains an invalid key: the value is not known."
        } else if marks.contains(Marks::EPHEMERAL) {
            "Import block 'to' address contains an invalid key: ephemeral values cannot be keys."
        } else if let Some(key) = value.as_str() {
            return Some(InstanceKey::String(key.into()));
        } else if let Some(index) = value.as_number().and_then(|number| number.to_i64()) {
            return Some(InstanceKey::Int(index));
        } else {
            "Import block 'to' address contains an invalid key: a string or an integer is required."
        };
        sink.push(config::invalid_to(import, detail));
        None
    }
}

const MISSING: &str = "Configuration for import target does not exist";

fn unknown_elements(ty: &Type, dialect: Dialect) -> String {
    match dialect.tool {
        Tool::Terraform => "The \"for_each\" expression includes values derived from other resource attributes that cannot \
                            be determined until apply, and so Terraform cannot determine the full set of values that \
                            might be used to import this resource."
            .to_owned(),
        Tool::OpenTofu => not_yet_known::for_each(ty, dialect, None),
    }
}

const SENSITIVE: &str = "Sensitive values, or values derived from sensitive values, cannot be used as for_each \
    arguments. If used, the sensitive value could be exposed as a resource instance key.";
