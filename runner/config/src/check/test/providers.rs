//! The providers that a run hands to its module.

use syntax::{Diagnostic, Diagnostics};

use crate::item::Item;
use crate::module::PassedProvider;
use crate::test_file::{Run, TestFile};

/// Entries of a run's `providers` whose right side no provider block of the test file defines. Terraform says so when
/// the run begins.
pub fn missing_providers(file: &TestFile, run: &Item<Run>) -> Diagnostics {
    let missing = |passed: &&PassedProvider| {
        let wanted = &passed.parent.reference;
        let real = file.providers.iter().any(|it| it.name == wanted.name && it.alias == wanted.alias);
        !real && !file.mock_providers.iter().any(|it| it.name == wanted.name && it.alias == wanted.alias)
    };
    let error = |passed: &PassedProvider| {
        let wanted = &passed.parent.reference;
        let detail = "This provider block references a provider definition that does not exist.";
        Diagnostic::error(format!("Missing provider definition for {wanted}"), detail)
            .at(run.locate(passed.parent.name_span()))
            .with_code("missing-provider")
    };
    run.passed_providers.iter().filter(missing).map(error).collect()
}
