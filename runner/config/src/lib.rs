//! What files declare: modules, test files, addresses, references, static checks and test ids.
//!
//! Nothing here runs anything, and nothing touches the operating system except [`DiskFiles`], the one
//! implementation of [`Files`] that does.

mod address;
mod calls;
mod check;
pub mod compose;
mod configuration;
pub mod convert;
pub mod decode;
mod dialect;
mod dynamic;
mod early;
pub mod encode;
mod facts;
mod file_role;
pub mod files;
mod infer;
mod item;
mod load;
mod members;
mod merge;
mod module;
mod names;
mod reference;
mod refs;
mod runs;
pub mod schema;
mod served;
mod source;
mod sources;
mod static_values;
mod suggest;
mod suitable;
mod target;
mod test_file;
mod test_id;
mod tested;
mod variable_files;
mod version;

pub use address::{
    AbsResource, ConfigResource, InstanceKey, ModuleInstance, ResourceAddr, ResourceInstance, ResourceMode,
};
pub use calls::{
    describe_unknown_function, describe_unknown_in_assertion, describe_unknown_in_variables, offers_function,
    offers_in_variables, provider_function,
};
pub use check::{
    Answers, Asked, ChangedModule, Declared, Fix, LeftOpen, Rule, SelfReference, Siblings, Standing,
    Subjects, TestContext, ValuesContext, ValuesFor, check_body, check_declarations, check_file_level,
    check_mock_file, check_module, check_overrides, check_plan, check_refactoring, check_run,
    check_self_references, check_test_file, check_test_providers, check_variable_file, check_versions,
    expected_failure, fixes, has_syntax_errors, invalid_to, is_guess, left_open, missing_expected_failure,
    missing_import_target, missing_providers, missing_targets, missing_variable, not_passed_on, plan_target,
    provider_not_present, refused_replacement, replaced_resource, rule, rules, safe_edits, self_references,
    self_references_of_body, state_key, undefined_configuration, unknown_condition, without_guesses,
    wrong_import_key,
};
pub use configuration::{Configuration, Modules};
pub use dialect::{Choice, Dialect, Dialects, Feature, Reason, Tool, Version};
pub use dynamic::{Dynamic, dynamic};
pub use early::{Defaults, Early, unasked};
pub use encode::Encoder;
pub use facts::{FactsCache, Work};
pub use file_role::{FileRole, is_leftover};
pub use files::{
    DiskFiles, Entry, FileError, FileKind, Files, MemoryFiles, Overlay, Stamp, join, normalize, reason,
};
pub use infer::Inferred;
pub use item::Item;
pub use load::{
    find_tests, load_module, load_module_with, load_run_module, load_run_module_with, load_test_file,
    load_tests,
};
pub use module::{
    Attribute, Block, Body, Check, Condition, Deprecation, FlagsSet, Import, Lifecycle, Local, Module,
    ModuleCall, ModuleTree, Moved, OnFailure, Output, PassedProvider, ProviderConfig, ProviderKey,
    ProviderRef, ProviderUse, Provisioner, ProvisionerWhen, Removed, RequiredProvider, RequiredVersion,
    Resource, Variable,
};
pub use names::{
    Names, Place, TestNames, User, is_about_name, is_static, looked_up_in_order, nameless, resolve,
    unavailable_run, unknown_root,
};
pub use reference::{Grammar, Reference, Subject, parse_reference, parse_reference_for};
pub use refs::{References, for_each_expr};
pub use runs::{ChangedRuns, Runs};
pub use schema::{
    AttributeSchema, BlockSchema, NestedNesting, NestedType, Nesting, NoSchemas, Schema, Schemas, TextKind,
};
pub use served::{BUILT_IN_PROVIDER, full_source, implied_provider};
pub use source::ModuleAddress;
pub use sources::Sources;
pub use static_values::{Asked as AskedEarly, Frame, StaticScope, StaticValues};
pub use suggest::{did_you_mean, suggest};
pub use suitable::{NOT_NULL, Unsuitable, unsuitable_value};
pub use target::{Target, TargetError};
pub use test_file::{
    Command, Mock, MockFile, MockProvider, ModuleSource, Override, OverrideKind, PlanMode, PlanOptions, Run,
    TestFile, TestSettings, VariableValue,
};
pub use test_id::TestId;
pub use tested::Tested;
pub use variable_files::automatic_variable_files;
pub use version::Constraint;
