//! From one chunk of syntax to what it declares.
//!
//! Everything here is a pure function of a chunk and its file's name: spans count from the chunk's first byte, so that
//! the result can be kept as long as the chunk is. Nothing here sees another chunk; duplicates are found by the merge.

mod body;
mod call;
mod check_block;
mod condition;
mod content;
mod expression;
mod json;
mod language;
mod lifecycle;
mod mock;
mod module_file;
mod names;
mod opentofu;
mod output;
mod overrides;
mod provider;
mod provider_source;
mod provisioner;
mod quoted;
mod refactoring;
mod replace_trigger;
mod requirements;
mod resource;
mod run;
mod sink;
mod terraform;
mod test_file;
mod types;
mod variable;
mod variable_file;

use std::sync::Arc;

use syntax::{SmolStr, Span};

use crate::module::{
    Check, Import, Local, ModuleCall, Moved, Output, ProviderConfig, Removed, RequiredProvider,
    RequiredVersion, Resource, Variable,
};
use crate::runs::TestSum;
use crate::test_file::{MockFile, MockProvider, Override, Run, TestSettings, VariableValue};

pub(crate) use content::EXTRANEOUS_LABEL;
pub use mock::{mock_facts, mock_file};
pub use module_file::module_facts;
pub use names::{is_identifier, is_provider_name};
pub(crate) use requirements::requirements;
pub use sink::Finding;
pub(crate) use terraform::REQUIRED_VERSION;
pub use test_file::test_facts;
pub use variable::RESERVED_VARIABLES;
pub use variable_file::variable_file;

/// What one chunk of a module's file declares.
#[derive(Debug, Default)]
pub struct ModuleFacts {
    /// In source order.
    pub declarations: Vec<ModuleDeclaration>,
    pub findings: Vec<Finding>,
}

/// One declaration of a module. A `locals` block is one for each value.
#[derive(Clone, Debug)]
pub enum ModuleDeclaration {
    Variable(Arc<Variable>),
    Local(Arc<Local>),
    Output(Arc<Output>),
    Resource(Arc<Resource>),
    Call(Arc<ModuleCall>),
    Check(Arc<Check>),
    Provider(Arc<ProviderConfig>),
    /// The header of a `required_providers` block, of which a module may have one.
    RequiredProviders(Span),
    RequiredProvider(Arc<RequiredProvider>),
    RequiredVersion(Arc<RequiredVersion>),
    /// The label of a `provider_meta` block.
    ProviderMeta(SmolStr, Span),
    /// The header of a `backend` block.
    Backend(Span),
    /// The header of a `cloud` block.
    Cloud(Span),
    Moved(Arc<Moved>),
    Removed(Arc<Removed>),
    Import(Arc<Import>),
}

/// What one chunk of a test file declares.
#[derive(Debug, Default)]
pub struct TestFacts {
    /// In source order.
    pub declarations: Vec<TestDeclaration>,
    /// What is wrong with `test` blocks, which count before the rest does: after an error among these nothing is said
    /// about the rest of the file.
    pub settings_findings: Vec<Finding>,
    pub findings: Vec<Finding>,
    pub(crate) sum: TestSum,
}

impl TestFacts {
    pub(crate) fn has_no_findings(&self) -> bool {
        self.findings.is_empty() && self.settings_findings.is_empty()
    }

    pub(crate) fn runs(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.declarations.iter().filter_map(|declaration| match declaration {
            TestDeclaration::Run(run) => Some(run),
            _ => None,
        })
    }
}

/// One block at the root of a test file.
#[derive(Clone, Debug)]
pub enum TestDeclaration {
    Settings(Arc<TestSettings>),
    Run(Arc<Run>),
    /// A `variables` block: its header and its values.
    Variables(Span, Vec<Arc<VariableValue>>),
    Variable(Arc<Variable>),
    Provider(Arc<ProviderConfig>),
    MockProvider(Arc<MockProvider>),
    Override(Arc<Override>),
}

/// What one `.tfmock.hcl` file declares, as far as loading needs it.
pub(crate) type MockFacts = (Arc<MockFile>, Vec<Finding>);

macro_rules! wrap {
    ($($name:ident: $kind:ident => $variant:ident),* $(,)?) => {
        impl ModuleDeclaration {
            $(fn $name(value: $kind) -> ModuleDeclaration {
                ModuleDeclaration::$variant(Arc::new(value))
            })*
        }
    };
}

wrap! {
    variable: Variable => Variable,
    local: Local => Local,
    output: Output => Output,
    call: ModuleCall => Call,
    check: Check => Check,
    provider: ProviderConfig => Provider,
    moved: Moved => Moved,
    removed: Removed => Removed,
    import: Import => Import,
}
