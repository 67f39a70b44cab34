//! A test file against the modules that its runs execute.

mod expected;
mod file_level;
mod keys;
mod mock_needs;
mod mock_values;
mod mocks;
mod module_change;
mod plan_time;
mod providers;
mod run;
mod siblings;
mod targets;
mod unused;
mod values;
mod variables;

use std::sync::Arc;

use syntax::Diagnostics;

use crate::check::guess::{has_syntax_errors, without_guesses};
use crate::module::ModuleTree;
use crate::schema::Schemas;
use crate::test_file::{ModuleSource, Run, TestFile};

pub use expected::{expected_failure, missing_expected_failure};
pub use file_level::check_file_level;
pub use mocks::check_mock_file;
pub use module_change::ChangedModule;
pub use plan_time::{LeftOpen, left_open, unknown_condition};
pub use providers::{missing_providers, not_passed_on, provider_not_present, undefined_configuration};
pub use run::check_run;
pub use siblings::{Answers, Asked, Siblings, Standing, Subjects};
pub use targets::{missing_targets, plan_target, refused_replacement, replaced_resource};
pub use variables::missing_variable;
pub(super) use variables::reads;

/// What a test file is checked against.
#[derive(Clone, Copy)]
pub struct TestContext<'a> {
    /// The module under test for `None`, and the module that a run names in its place. `None` when it cannot be loaded;
    /// then nothing is said about names in it.
    pub resolve: &'a dyn Fn(Option<&ModuleSource>) -> Option<Arc<ModuleTree>>,
    pub schemas: &'a dyn Schemas,
    /// Whether a variable has a value from outside: command line, environment, value files.
    pub external: &'a dyn Fn(&str) -> bool,
    /// Where the check writes down what it asks about runs; `None` when nobody keeps what it finds.
    pub asked: Option<&'a Asked>,
}

impl TestContext<'_> {
    /// The module that a run executes. One that has syntax errors counts as one that cannot be loaded: what is
    /// half-typed declares less than it is about to.
    fn module_of(&self, source: Option<&ModuleSource>) -> Option<Arc<ModuleTree>> {
        let tree = (self.resolve)(source);
        if let Some(asked) = self.asked {
            asked.module(source);
        }
        tree.filter(|tree| !has_syntax_errors(&tree.module.diagnostics))
    }

    /// The module under test and those that runs name, each once; `None` for one that cannot be loaded.
    fn modules(&self, file: &TestFile) -> Vec<Option<Arc<ModuleTree>>> {
        let named = file.runs.naming_modules().map(|run| self.module_of(run.module.as_ref()));
        std::iter::once(self.module_of(None)).chain(named).collect()
    }
}

/// Checks a whole file: what stands outside the runs, then each run.
pub fn check_test_file(file: &TestFile, context: &TestContext<'_>) -> Diagnostics {
    let mut sink = check_file_level(file, context);
    for index in 0..file.runs.len() {
        sink.extend(check_run(file, index, context));
    }
    without_guesses(file, sink)
}

/// What separates the states that a file's runs work on.
pub fn state_key(run: &Run) -> &str {
    match (&run.state_key, &run.module) {
        (Some((key, _)), _) => key,
        (None, Some(module)) => &module.source,
        (None, None) => "",
    }
}
