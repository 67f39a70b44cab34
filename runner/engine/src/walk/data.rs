//! Data sources: read while planning where that is possible, and otherwise while applying.

use std::sync::Arc;

use config::{Nesting, ResourceInstance, Schema};
use lang::Value;
use provider::{Answer, Provider};
use syntax::Diagnostic;

use super::resource::At;
use super::waiting::Wait;
use super::{Phase, Walk};
use crate::change::{Action, Change, Why};
use crate::finding::Finding;
use crate::program::ModuleId;
use crate::state::Object;

impl<'a> Walk<'a> {
    /// Reads an instance of a data source, or plans to read it. What a reference to it reads is kept; nothing after errors.
    pub(super) fn plan_data(&mut self, provider: &Arc<dyn Provider>, at: At<'a>) -> Option<Wait<'a>> {
        let schema = provider.schema(at.resource.mode, &at.resource.addr.kind)?;
        let config = self.data_arguments(&**provider, schema, &at)?;
        let node = self.inputs.program.resource_node(&at.addr.module, &at.addr.resource);
        if let Some(why) = self.must_wait(node, &config) {
            let planned = schema.with_sensitive(&planned(schema, &config));
            self.plan_to_read(&at.addr, why, &planned);
            self.is_as_wanted(&at, planned);
            return None;
        }
        self.read_and_keep(provider, at, config)
    }

    /// Reads what the plan could not read yet.
    pub(super) fn apply_data(&mut self, provider: &Arc<dyn Provider>, at: At<'a>) -> Option<Wait<'a>> {
        let schema = provider.schema(at.resource.mode, &at.resource.addr.kind)?;
        let config = self.data_arguments(&**provider, schema, &at)?;
        self.read_and_keep(provider, at, config)
    }

    fn read_and_keep(&mut self, provider: &Arc<dyn Provider>, at: At<'a>, config: Value) -> Option<Wait<'a>> {
        self.read(provider, at, config, |walk, at, value| {
            let value = value?;
            walk.keep_data(&at, &value);
            walk.is_as_wanted(&at, value);
            None
        })
    }

    /// The arguments, once the preconditions hold.
    fn data_arguments(&mut self, provider: &dyn Provider, schema: &Schema, at: &At<'_>) -> Option<Value> {
        let before = self.findings.len();
        self.preconditions(at);
        if self.failed_since(before) {
            return None;
        }
        let config = self.configuration(at, schema)?;
        let is_right = self.may_be_kept(at, schema, &config) && self.validated(provider, at, schema, &config);
        let may_be_told = self.phase != Phase::Plan || self.may_be_told(provider, at);
        (is_right && may_be_told).then_some(config)
    }

    /// Why a data source cannot be read in the plan; `None` when it can.
    pub(super) fn must_wait(&self, node: Option<usize>, config: &Value) -> Option<Why> {
        if !config.is_wholly_known() {
            return Some(Why::Unknown);
        }
        let waits_for = node.map(|node| self.inputs.program.waits_for(node)).unwrap_or_default();
        waits_for.iter().any(|(module, resource)| self.is_pending(*module, *resource)).then_some(Why::Pending)
    }

    /// Whether something will be done to an object of a resource, in any instance of its module.
    fn is_pending(&self, module: ModuleId, resource: usize) -> bool {
        let Some((addr, _)) = self.inputs.program.module(module).resources.get_index(resource) else {
            return false;
        };
        self.by_module[module].iter().any(|instance| {
            let whole = self.address(*instance, addr);
            let changes = self.changes.of_resource(&whole).into_iter().flatten();
            let expansion = self.instances[*instance]
                .resources
                .get(resource)
                .and_then(|values| values.expansion.as_ref());
            // What has lost its place is planned to go only when everything else is planned.
            let loses_place = |expansion: &super::Expansion| {
                let mut there = self.state.instances(&whole).into_iter().flatten();
                there.any(|(key, _)| !expansion.has(key))
            };
            changes.into_iter().any(|(_, change)| change.action != Action::NoOp)
                || (!self.inputs.options.refresh_only && expansion.is_some_and(loses_place))
        })
    }

    pub(super) fn plan_to_read(&mut self, addr: &ResourceInstance, why: Why, planned: &Value) {
        self.state.remove(addr);
        if !self.inputs.options.refresh_only {
            let change = Change::new(Action::Read, Value::null(planned.ty()), planned.clone());
            self.changes.insert(addr, Change { why: Some(why), ..change });
        }
    }

    /// Asks the provider for the data, and hands it on; nothing after errors. `config` is wholly known.
    pub(super) fn read(
        &mut self,
        provider: &Arc<dyn Provider>,
        at: At<'a>,
        config: Value,
        then: impl FnOnce(&mut Walk<'a>, At<'a>, Option<Value>) -> Option<Wait<'a>> + Send + 'a,
    ) -> Option<Wait<'a>> {
        let (plain, _) = config.unmark_deep();
        let (asked, by) = (Arc::clone(provider), Arc::clone(provider));
        let kind = at.resource.addr.kind.clone();
        self.ask_of(
            provider,
            move |outside| asked.read_data(&kind, &plain, outside),
            move |walk, answer| {
                let value = walk.was_read(&*by, &at, &config, answer);
                then(walk, at, value)
            },
        )
    }

    /// What a provider has read for these arguments.
    fn was_read(
        &mut self,
        provider: &dyn Provider,
        at: &At<'_>,
        config: &Value,
        answer: Answer<Value>,
    ) -> Option<Value> {
        let schema = provider.schema(at.resource.mode, &at.resource.addr.kind)?;
        let value = self.ask(at, schema, answer)?;
        let fault = match () {
            () if value.is_null() => Some(("Provider produced null object", "a null value for", "")),
            () if !value.is_wholly_known() => {
                Some(("Provider produced invalid object", "a value for", " that is not wholly known"))
            }
            () => None,
        };
        if let Some((summary, what, which)) = fault {
            let detail = format!(
                "Provider {} produced {what} {}{which}.\n\nThis is a bug in the provider, which should be reported in \
                 the provider's own issue tracker.",
                lang::quote(provider.address()),
                at.addr
            );
            self.findings.push(Finding::plain(Diagnostic::error(summary, detail)));
            return None;
        }
        Some(schema.with_sensitive(&value.with_marks_at(&config.marked_paths())))
    }

    /// Writes data into the state.
    pub(super) fn keep_data(&mut self, at: &At<'_>, value: &Value) {
        let provider = self.provider_address(at.instance, at.index);
        let dependencies = self.dependencies(at);
        let provider_key = self.provider_key(at);
        let object = Object { dependencies, provider_key, ..Object::new(value.clone(), provider) };
        self.state.set(&at.addr, Arc::new(object));
    }
}

/// What is known of the data before it is read: its arguments.
pub(super) fn planned(schema: &Schema, config: &Value) -> Value {
    let Some(arguments) = config.as_map() else { return config.clone() };
    let mut object = arguments.clone();
    for (name, value) in &mut object {
        if let Some(attribute) = schema.attributes.get(&**name) {
            if attribute.computed && value.is_null() {
                *value = Value::unknown(attribute.ty.clone()).with_marks(value.marks());
            }
        } else if let Some(block) = schema.blocks.get(&**name) {
            *value = match block.nesting {
                Nesting::Single | Nesting::Group => planned(&block.body, value),
                _ => value.map_elements(|_, element| planned(&block.body, element)),
            };
        }
    }
    Value::object(object).with_marks(config.marks())
}
