//! Static checks: what can be said about a configuration without running it.
//!
//! Errors of single declarations are with the declarations (`Module::diagnostics`, `TestFile::diagnostics`) and errors
//! of loading with the tree; here is what needs more than one declaration to see. Each diagnostic has Terraform's words
//! and place, and a code.

mod body;
mod deprecation;
mod expression;
mod fix;
mod ignore_changes;
mod module;
mod opentofu;
mod refactoring;
mod rules;
mod self_reference;
mod test;
mod test_providers;
mod unevaluated;
mod version;

pub use body::check as check_body;
pub use fix::{Fix, fixes, safe_edits};
pub use module::{Declared, check_declarations, check_module};
pub use opentofu::check_overrides;
pub use refactoring::check_refactoring;
pub use rules::{Rule, rule};
pub use self_reference::{SelfReference, check_self_references, self_references, self_references_of_body};
pub use test::{
    Answers, Asked, LeftOpen, Siblings, Standing, TestContext, check_file_level, check_mock_file, check_run,
    check_test_file, expected_failure, left_open, missing_expected_failure, missing_providers,
    missing_targets, missing_variable, plan_target, replaced_resource, state_key, unknown_condition,
    without_guesses,
};
pub use test_providers::check_test_providers;
pub use version::check_versions;
pub(crate) use version::incompatible;

/// Whether something could not be read, so that what seems to be missing may be there.
fn has_syntax_errors(diagnostics: &[syntax::Diagnostic]) -> bool {
    diagnostics.iter().any(|it| it.is_error() && it.code == Some("syntax"))
}
