//! Static checks: what can be said about a configuration without running it.
//!
//! Errors of single declarations are with the declarations (`Module::diagnostics`, `TestFile::diagnostics`) and errors
//! of loading with the tree; here is what needs more than one declaration to see. Each diagnostic has Terraform's words
//! and place, and a code.

mod body;
mod cost;
mod expression;
mod fix;
mod guess;
mod ignore_changes;
mod instances;
mod lookups;
mod module;
mod opentofu;
mod planned;
mod refactoring;
mod rules;
mod rules_of_variable;
mod self_reference;
mod test;
mod test_providers;
mod unevaluated;
mod variable_file;
mod version;

pub use body::check as check_body;
pub use fix::{Fix, fixes, safe_edits};
pub use guess::{has_syntax_errors, is_guess, without_guesses};
pub use module::{Declared, check_declarations, check_module};
pub use opentofu::check_overrides;
pub use planned::{check_plan, invalid_to, missing_import_target, wrong_import_key};
pub use refactoring::check_refactoring;
pub use rules::{Rule, rule, rules};
pub use self_reference::{SelfReference, check_self_references, self_references, self_references_of_body};
pub use test::{
    Answers, Asked, ChangedModule, LeftOpen, Siblings, Standing, Subjects, TestContext, check_file_level,
    check_mock_file, check_run, check_test_file, expected_failure, left_open, missing_expected_failure,
    missing_providers, missing_targets, missing_variable, not_passed_on, plan_target, provider_not_present,
    refused_replacement, replaced_resource, state_key, undefined_configuration, unknown_condition,
};
pub use test_providers::check_test_providers;
pub use variable_file::{ValuesContext, ValuesFor, check_variable_file};
pub use version::check_versions;
pub(crate) use version::{incompatible, prereleased};
