//! Resources that name themselves: no plan gets past them.

use config::{InstanceKey, Item, Resource, SelfReference, self_references, self_references_of_body};
use syntax::Diagnostic;

use crate::finding::Finding;
use crate::walk::{Expansion, Walk};

impl Walk<'_> {
    /// Whether the number of a resource's instances is asked of these, which is reported.
    pub(super) fn counts_itself(&mut self, resource: &Item<Resource>) -> bool {
        let repetition = [&resource.count, &resource.for_each].into_iter().flatten();
        let found = self_references(repetition, resource, &resource.origin);
        self.report(found.iter().map(|reference| reference.diagnostic.clone()).collect());
        !found.is_empty()
    }

    /// Whether instances of a resource read each other or themselves, which is reported.
    pub(super) fn reads_itself(
        &mut self,
        instance: usize,
        resource: &Item<Resource>,
        expansion: &Expansion,
    ) -> bool {
        let found = self_references_of_body(resource, &resource.origin);
        if found.is_empty() {
            return false;
        }
        let keys = expansion.keys();
        // A key that no instance has stands for all of them.
        let whole = |reference: &SelfReference| reference.key.as_ref().is_none_or(|key| !keys.contains(key));
        let named = |key: &&InstanceKey| found.iter().any(|it| whole(it) || it.key.as_ref() == Some(*key));
        let named: Vec<&InstanceKey> = keys.iter().filter(named).collect();
        if named.len() > 1 {
            let whole = self.address(instance, &resource.addr);
            let members: Vec<String> =
                named.into_iter().map(|key| whole.instance(key.clone()).to_string()).collect();
            let cycle = Diagnostic::error(format!("Cycle: {}", members.join(", ")), "").with_code("cycle");
            self.findings.push(Finding::plain(cycle));
            return true;
        }
        let before = self.findings.len();
        for key in &keys {
            for reference in &found {
                // Terraform compares with the resource and with its instance, and without a key these have one address.
                let times = match (key, &reference.key) {
                    (InstanceKey::None, None) => 2,
                    (_, None) => 1,
                    (key, Some(named)) => usize::from(key == named),
                };
                let times = std::iter::repeat_n(&reference.diagnostic, times);
                self.findings.extend(times.map(|diagnostic| Finding::plain(diagnostic.clone())));
            }
        }
        self.failed_since(before)
    }
}
