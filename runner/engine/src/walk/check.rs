//! `check` blocks: assertions that warn instead of stopping anything.

use super::Walk;
use crate::conditions::Kind;
use crate::finding::CheckableObject;

impl Walk<'_> {
    pub(super) fn check(&mut self, instance: usize, index: usize) {
        let module = self.module_of(instance);
        let Some((name, check)) = module.checks.get_index(index) else { return };
        let object = CheckableObject::Check(name.clone());
        self.conditions(Kind::Check, &check.asserts, &check.origin, instance, &object, |scope| {
            scope.with_check(name)
        });
    }
}
