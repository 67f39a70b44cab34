//! `check` blocks: assertions that warn instead of stopping anything, and the data that only they see.

use std::sync::Arc;

use config::{Check, InstanceKey, Item, Resource};
use lang::Value;
use provider::Provider;
use syntax::Severity;

use super::data::planned;
use super::resource::{At, without_unknown};
use super::{Phase, Repetition, Walk};
use crate::change::Why;
use crate::checks::CheckStatus;
use crate::conditions::Kind;
use crate::finding::{Checkable, CheckableObject};

impl<'a> Walk<'a> {
    pub(super) fn check(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((name, check)) = module.checks.get_index(index) else { return };
        if let Some(data) = &check.data
            && !self.scoped_data(instance, index, check, data)
        {
            // Without its data there is nothing to assert.
            return;
        }
        let object = CheckableObject::Check(name.clone());
        self.conditions(Kind::Check, &check.asserts, &check.origin, instance, &object, |scope| {
            scope.with_check(name)
        });
    }

    /// Reads the data of a check. Whether the assertions can be evaluated: not when the data could not be read, for which
    /// the check fails.
    fn scoped_data(
        &mut self,
        instance: usize,
        index: usize,
        check: &Item<Check>,
        data: &Arc<Resource>,
    ) -> bool {
        let resource = Item::new(Arc::clone(data), check.origin.clone());
        // Scoped data come after the resources of the module.
        let at_index = self.module_of(instance).resources.len() + index;
        let addr = self.address(instance, &data.addr).instance(InstanceKey::None);
        let at =
            At { instance, index: at_index, resource: &resource, repetition: Repetition::default(), addr };
        let Some(provider) = self.serving(instance, at_index) else { return false };
        let Some(provider) = self.serving_instance(&provider, &at) else { return false };
        let before = self.findings.len();
        let value = self.scoped_value(&*provider, &at, index);
        let read = value.is_some();
        if let Some(scoped) = self.instances[instance].scoped.get_mut(index) {
            *scoped = value;
        }
        read && !self.failed_since(before)
    }

    fn scoped_value(&mut self, provider: &dyn Provider, at: &At<'_>, index: usize) -> Option<Value> {
        let schema = provider.schema(at.resource.mode, &at.resource.addr.kind)?;
        let config = self.configuration(at, schema)?;
        if !self.may_be_kept(at, schema, &config) || !self.validated(provider, at, schema, &config) {
            return None;
        }
        let unread = schema.with_sensitive(&planned(schema, &config));
        if self.phase == Phase::Validate {
            return Some(unread);
        }
        let module = self.instances[at.instance].module;
        let node = self.inputs.program.check_node(module, index);
        let waits = self.phase == Phase::Plan && self.must_wait(node, &config).is_some();
        if waits || !config.is_wholly_known() {
            self.plan_to_read(&at.addr, Why::Checked, &unread);
            return Some(unread);
        }
        let before = self.findings.len();
        let value = self.read(provider, schema, at, &config);
        // What cannot be read is a failure of the check.
        let check = self.module_of(at.instance).checks.get_index(index).map(|(name, _)| name.clone());
        let check = check.map(|name| Checkable {
            module: self.instances[at.instance].addr.clone(),
            object: CheckableObject::Check(name),
        });
        let mut reasons = Vec::new();
        for found in &mut self.findings[before..] {
            found.diagnostic.severity = Severity::Warning;
            found.diagnostic.alone = true;
            found.check.clone_from(&check);
            reasons.push(format!("{}: {}", found.diagnostic.summary, found.diagnostic.detail));
        }
        if let Some(check) = &check {
            let status = if value.is_some() { CheckStatus::Pass } else { CheckStatus::Fail };
            self.remember(check, status, value.is_none().then(|| all_of(&reasons)));
        }
        if self.phase == Phase::Plan {
            // It is read again when everything is applied.
            self.plan_to_read(&at.addr, Why::Checked, value.as_ref().unwrap_or(&unread));
        }
        let kept = value.clone().unwrap_or_else(|| without_unknown(&unread));
        self.keep_data(at, &kept);
        value
    }
}

/// Several errors as one text.
fn all_of(reasons: &[String]) -> String {
    match reasons {
        [reason] => reason.clone(),
        _ => {
            let items: String = reasons.iter().map(|reason| format!("\n- {reason}")).collect();
            format!("{} problems:\n{items}", reasons.len())
        }
    }
}
