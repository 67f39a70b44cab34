//! What the properties of each kind of body are: blocks with so many labels, or arguments that are read in some way.

use crate::dialect::{Dialect, Feature};
use crate::file_role::FileRole;

/// A kind of body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    TestFile,
    MockFile,
    ModuleFile,
    /// The `test` block.
    Settings,
    Run,
    PlanOptions,
    /// The `module` block of a run.
    RunModule,
    /// `assert`, `validation`, `precondition`, `postcondition`.
    Condition,
    /// Names of the user's choice with values.
    Values,
    MockProvider,
    /// `mock_resource`, `mock_data`.
    Mock,
    Override,
    Variable,
    Output,
    Provider,
    Resource,
    Lifecycle,
    Provisioner,
    ModuleCall,
    Check,
    Terraform,
    RequiredProviders,
    /// What is read before anything can be referred to: a backend.
    Constants,
    /// `moved`, `removed`, `import`.
    Refactoring,
    /// What a schema describes.
    Free,
}

/// How an argument is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// An expression; in JSON every string is a template.
    Value,
    /// A value without references; in JSON every string is nothing but its text.
    Constant,
    /// A keyword, a reference or an address; in JSON in a string.
    Word,
    /// A list of those.
    Words,
    /// An object with such keys and values.
    Pairs,
    /// What a module says of a provider that it needs.
    Requirement,
}

impl Place {
    pub(super) fn of_file(role: FileRole) -> Option<Place> {
        match role {
            FileRole::Test => Some(Place::TestFile),
            FileRole::Mocks => Some(Place::MockFile),
            FileRole::Module => Some(Place::ModuleFile),
            FileRole::Variables => None,
        }
    }

    /// What blocks of that type hold here, and how many labels they have; `None` where no such block stands.
    pub(super) fn block(self, kind: &str) -> Option<(Place, usize)> {
        use Place::*;
        Some(match (self, kind) {
            (TestFile, "run") => (Run, 1),
            (TestFile, "test") => (Settings, 0),
            (TestFile, "mock_provider") => (MockProvider, 1),
            (TestFile | Run, "variables") | (ModuleFile, "locals") => (Values, 0),
            (TestFile | ModuleFile, "variable") => (Variable, 1),
            (TestFile | ModuleFile, "provider") => (Provider, 1),
            (Run, "module") => (RunModule, 0),
            (Run, "plan_options") => (PlanOptions, 0),
            (Run | Check, "assert")
            | (Variable, "validation")
            | (Output | Lifecycle, "precondition" | "postcondition") => (Condition, 0),
            (
                TestFile | Run | MockProvider | MockFile,
                "override_resource" | "override_data" | "override_module",
            ) => (Override, 0),
            (MockProvider | MockFile, "mock_resource" | "mock_data") => (Mock, 1),
            (ModuleFile, "output") => (Output, 1),
            (ModuleFile, "resource" | "data" | "ephemeral") | (Check, "data") => (Resource, 2),
            (ModuleFile, "module") => (ModuleCall, 1),
            (ModuleFile, "check") => (Check, 1),
            (ModuleFile, "terraform") => (Terraform, 0),
            (ModuleFile, "moved" | "removed" | "import") => (Refactoring, 0),
            (Resource | Refactoring, "lifecycle") => (Lifecycle, 0),
            (Resource | Refactoring, "provisioner") => (Provisioner, 1),
            (Resource | Refactoring | Provisioner, "connection") => (Free, 0),
            (Terraform, "required_providers") => (RequiredProviders, 0),
            (Terraform, "backend") => (Constants, 1),
            (Terraform, "cloud") => (Constants, 0),
            (Terraform, "provider_meta") => (Free, 1),
            (Constants, "workspaces") => (Constants, 0),
            (Free | Resource | Provider, "dynamic") => (Free, 1),
            _ => return None,
        })
    }

    /// How the argument is read.
    pub(super) fn reading(self, name: &str, dialect: Dialect) -> Reading {
        use Place::*;
        match (self, name) {
            (Run, "command")
            | (PlanOptions, "mode")
            | (MockProvider | Mock | Override, "override_during")
            | (Override, "target")
            | (Variable, "type")
            | (Resource, "provider")
            | (Provisioner, "when" | "on_failure")
            | (Terraform, "language")
            | (Refactoring, "from" | "to" | "provider") => Reading::Word,
            (Run, "expect_failures")
            | (PlanOptions, "target" | "replace")
            | (Output | Resource | ModuleCall, "depends_on")
            | (Lifecycle, "ignore_changes" | "replace_triggered_by")
            | (Terraform, "experiments") => Reading::Words,
            (Run | ModuleCall, "providers") => Reading::Pairs,
            (RequiredProviders, _) => Reading::Requirement,
            // Where functions may be called, they are evaluated; before that they were only read.
            (Mock | Override, _) if dialect.has(Feature::FunctionsInMocks) => Reading::Value,
            (Mock | Override | Settings | RunModule | Variable | Constants | Terraform, _)
            | (Run, "state_key" | "parallel" | "skip_cleanup")
            | (PlanOptions, "refresh")
            | (MockProvider, "alias" | "source")
            | (Output, "description" | "sensitive" | "ephemeral" | "deprecated")
            | (Provider, "alias" | "version")
            | (ModuleCall, "source" | "version")
            | (Lifecycle, "create_before_destroy" | "prevent_destroy" | "destroy") => Reading::Constant,
            _ => Reading::Value,
        }
    }
}
