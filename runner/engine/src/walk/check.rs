//! `check` blocks: assertions that warn instead of stopping anything, and the data that only they see.

use std::sync::Arc;

use config::InstanceKey;
use lang::Value;
use provider::Provider;
use syntax::Severity;

use super::data::planned;
use super::resource::{At, without_unknown};
use super::waiting::Wait;
use super::{Phase, Repetition, Walk};
use crate::change::Why;
use crate::checks::CheckStatus;
use crate::conditions::Kind;
use crate::finding::{Checkable, CheckableObject};

impl<'a> Walk<'a> {
    /// Looks at a check, after its data is read. Without its data there is nothing to assert.
    pub(super) fn check(&mut self, instance: usize, index: usize) -> Option<Wait<'a>> {
        let (_, check) = self.module_of(instance).checks.get_index(index)?;
        let Some(data) = &check.data else {
            self.asserted(instance, index);
            return None;
        };
        // Scoped data come after the resources of the module.
        let at_index = self.module_of(instance).resources.len() + index;
        let addr = self.address(instance, &data.addr).instance(InstanceKey::None);
        let (resource, origin, repetition) = (&**data, &check.origin, Repetition::default());
        let at = At { instance, index: at_index, resource, origin, repetition, addr };
        let provider = self.serving(instance, at_index)?;
        let provider = self.serving_instance(&provider, &at)?;
        self.scoped_data(&provider, at, index)
    }

    /// Looks at the assertions of a check.
    fn asserted(&mut self, instance: usize, index: usize) {
        let Some((name, check)) = self.module_of(instance).checks.get_index(index) else { return };
        let object = CheckableObject::Check(name.clone());
        self.conditions(Kind::Check, &check.asserts, &check.origin, instance, &object, |scope| {
            scope.with_check(name)
        });
    }

    /// Goes on with the data of a check.
    fn is_scoped(&mut self, at: &At<'_>, index: usize, value: Option<Value>) {
        let is_there = value.is_some();
        if let Some(scoped) = self.instances[at.instance].scoped.get_mut(index) {
            *scoped = value;
        }
        if is_there {
            self.asserted(at.instance, index);
        }
    }

    /// Reads the data of a check. When it cannot be read the check fails.
    fn scoped_data(&mut self, provider: &Arc<dyn Provider>, at: At<'a>, index: usize) -> Option<Wait<'a>> {
        let schema = provider.schema(at.resource.mode, &at.resource.addr.kind)?;
        let config = self.configuration(&at, schema);
        let config = config.filter(|config| {
            self.may_be_kept(&at, schema, config) && self.validated(&**provider, &at, schema, config)
        });
        let Some(config) = config else {
            self.is_scoped(&at, index, None);
            return None;
        };
        let unread = schema.with_sensitive(&planned(schema, &config));
        if self.phase == Phase::Validate {
            self.is_scoped(&at, index, Some(unread));
            return None;
        }
        let module = self.instances[at.instance].module;
        let node = self.inputs.program.check_node(module, index);
        let waits = self.phase == Phase::Plan && self.must_wait(node, &config).is_some();
        if waits || !config.is_wholly_known() {
            self.plan_to_read(&at.addr, Why::Checked, &unread);
            self.is_scoped(&at, index, Some(unread));
            return None;
        }
        let before = self.findings.len();
        self.read(provider, at, config, move |walk, at, value| {
            walk.was_checked(&at, index, value.is_some(), before);
            if walk.phase == Phase::Plan {
                // It is read again when everything is applied.
                walk.plan_to_read(&at.addr, Why::Checked, value.as_ref().unwrap_or(&unread));
            }
            let kept = value.clone().unwrap_or_else(|| without_unknown(&unread));
            walk.keep_data(&at, &kept);
            walk.is_scoped(&at, index, value);
            None
        })
    }

    /// What was found since `before` is about the data of a check: that it cannot be read is a failure of the check.
    fn was_checked(&mut self, at: &At<'_>, index: usize, read: bool, before: usize) {
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
            let status = if read { CheckStatus::Pass } else { CheckStatus::Fail };
            self.remember(check, status, (!read).then(|| all_of(&reasons)));
        }
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
