//! What runs share of mocks and overrides: with the other runs of their file, and with those of later files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::provider::{MockDefaults, Replacement};
use config::{Feature, Run, Target, TestFile};
use lang::Value;
use syntax::Diagnostics;

use super::values::Evaluator;
use super::{MockData, Table};
use crate::host::{Cancel, Host};

/// The values of a file's mock providers where they are evaluated once for the file, and not by each run.
/// (Terraform 1.15.)
#[derive(Clone, Debug, Default)]
pub struct FileMocks {
    /// By the index of the mock provider in the file.
    defaults: BTreeMap<usize, Arc<MockDefaults>>,
}

/// Overrides that a module has from runs that are over. OpenTofu writes overrides into the module that a run executes and
/// takes back only what the run itself had said, so that those of its file stay for everything that executes the module
/// later, in whatever file.
#[derive(Clone, Debug, Default)]
pub struct Lingering(Table);

impl FileMocks {
    /// Evaluates the values of one of the file's mock providers, and says what is wrong with them.
    pub fn evaluate(
        &mut self,
        file: &TestFile,
        index: usize,
        host: &dyn Host,
        cancel: &Cancel,
    ) -> Diagnostics {
        let mut found = Diagnostics::new();
        if let Some(mock) = file.mock_providers.get(index) {
            let evaluator = Evaluator { file, host, cancel };
            let defaults = MockData::defaults(file, index, mock, &evaluator, &mut found);
            self.defaults.insert(index, Arc::new(defaults));
        }
        found
    }

    /// The values of a mock provider, for a run of its file. `None` where the run has to evaluate them itself.
    pub(super) fn of(&self, file: &TestFile, index: usize) -> Option<Arc<MockDefaults>> {
        let once = file.dialect.has(Feature::FunctionsInMocks);
        once.then(|| self.defaults.get(&index).cloned().unwrap_or_default())
    }
}

impl Lingering {
    /// Puts what is left of earlier runs behind what a run and its file say. Of a module both count: an output that is not
    /// given keeps the value that it has.
    pub(super) fn remain_in(&self, local: &mut Table) {
        for (target, old) in self.0.iter() {
            let merged = match local.get(target) {
                None => Arc::clone(old),
                Some(new) if target.resource.is_none() => Arc::new(both(old, new)),
                Some(_) => continue,
            };
            local.set(target.clone(), merged);
        }
    }

    /// What a run leaves: everything that was overridden, without what it has overridden itself. A resource is put
    /// right as a whole, whichever of its instances the run has named.
    pub(super) fn after(run: &Run, local: &Table) -> Lingering {
        let whole =
            |target: &Target| (target.module.clone(), target.resource.as_ref().map(|it| it.0.clone()));
        let own: BTreeSet<_> =
            run.overrides.iter().filter_map(|over| over.address.as_ref()).map(whole).collect();
        let mut left = Table::default();
        for (target, values) in local.iter().filter(|(target, _)| !own.contains(&whole(target))) {
            left.set(target.clone(), Arc::clone(values));
        }
        Lingering(left)
    }
}

/// The outputs of both, those of the second before those of the first.
fn both(old: &Replacement, new: &Replacement) -> Replacement {
    let outputs = |it: &Replacement| it.values.as_ref().and_then(Value::as_map).cloned().unwrap_or_default();
    let mut values = outputs(old);
    values.extend(outputs(new));
    Replacement { values: Some(Value::object(values)), ..new.clone() }
}
