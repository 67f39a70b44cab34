//! The declarations of a test file. All spans are relative to the declaration's chunk.

use indexmap::IndexMap;
use lang::Expr;
use syntax::{Diagnostics, FileName, SmolStr, Span};

use crate::address::ResourceMode;
use crate::dialect::{Dialect, Reason};
use crate::item::Item;
use crate::module::{Condition, PassedProvider, ProviderConfig, Variable};
use crate::runs::Runs;
use crate::sources::Sources;
use crate::target::Target;

/// One `.tftest.hcl` file.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    pub name: FileName,
    /// The dialect that it was read in, whose rules its runs follow.
    pub dialect: Dialect,
    /// Why it is that one.
    pub reason: Reason,
    /// The `test` block. (Terraform 1.12.)
    pub settings: Option<Item<TestSettings>>,
    /// The file-level `variables` block.
    pub variables: IndexMap<SmolStr, Item<VariableValue>>,
    /// The `variable` blocks, whose values come from outside only. (Terraform 1.13.)
    pub variable_blocks: IndexMap<SmolStr, Item<Variable>>,
    pub providers: Vec<Item<ProviderConfig>>,
    pub mock_providers: Vec<Item<MockProvider>>,
    /// For each of the mock providers, what the mock files hold that it names, in the order of their names.
    pub mock_files: Vec<Vec<Item<MockFile>>>,
    pub overrides: Vec<Item<Override>>,
    /// In source order; runs with errors of their own are kept and marked by their diagnostics.
    pub runs: Runs,
    /// The document of the file, and those of mock files it names.
    pub sources: Sources,
    /// Syntax errors and errors of the declarations, absolute: what Terraform's loader reports.
    pub diagnostics: Diagnostics,
}

impl TestFile {
    /// Whether a run may be executed beside others: what it says itself, else what the `test` block says.
    pub fn is_parallel(&self, run: &Run) -> bool {
        run.parallel.unwrap_or_else(|| self.settings.as_ref().is_some_and(|settings| settings.parallel))
    }
}

/// `test { … }`: settings of the whole file. (Terraform 1.12.)
#[derive(Debug)]
pub struct TestSettings {
    /// What runs are that do not say whether they are parallel.
    pub parallel: bool,
    pub header: Span,
    pub span: Span,
}

/// `name = value` in a `variables` block.
#[derive(Clone, Debug)]
pub struct VariableValue {
    pub name: SmolStr,
    pub name_span: Span,
    pub span: Span,
    pub value: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Command {
    Plan,
    #[default]
    Apply,
}

#[derive(Debug)]
pub struct Run {
    pub name: SmolStr,
    pub name_span: Span,
    /// `run "x"`.
    pub header: Span,
    pub span: Span,
    pub command: Command,
    pub command_span: Option<Span>,
    pub variables: IndexMap<SmolStr, VariableValue>,
    /// Another module than the one under test.
    pub module: Option<ModuleSource>,
    pub asserts: Vec<Condition>,
    /// One traversal each; what they may name is checked against the module.
    pub expect_failures: Vec<Expr>,
    pub plan_options: PlanOptions,
    pub overrides: Vec<Override>,
    pub providers: Option<Expr>,
    /// The same, read.
    pub passed_providers: Vec<PassedProvider>,
    pub state_key: Option<(SmolStr, Span)>,
    /// What the run says itself; see [`TestFile::is_parallel`]. (Terraform 1.12.)
    pub parallel: Option<bool>,
    /// `skip_cleanup`, which experimental builds take, and the place of its name.
    pub skip_cleanup: Option<(bool, Span)>,
    /// The header of the first `backend` block, which experimental builds take.
    pub backend: Option<Span>,
}

impl Run {
    /// Every variable that its values and assertions read, as often as they do.
    pub(crate) fn for_each_variable_read<'r>(&'r self, found: &mut dyn FnMut(&'r SmolStr)) {
        let conditions = self.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
        for expr in conditions.chain(self.variables.values().map(|value| &value.value)) {
            let variables = expr.traversals().iter().filter(|traversal| traversal.root == "var");
            variables.filter_map(|traversal| traversal.attr(0)).for_each(&mut *found);
        }
    }

    pub(crate) fn reads_variable(&self, name: &str) -> bool {
        let mut reads = false;
        self.for_each_variable_read(&mut |read| reads |= read == name);
        reads
    }
}

#[derive(Clone, Debug)]
pub struct ModuleSource {
    pub source: SmolStr,
    pub source_span: Span,
    /// `source = "…"`.
    pub source_argument: Span,
    pub version: Option<(SmolStr, Span)>,
    /// The `module` block's header.
    pub header: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum PlanMode {
    #[default]
    Normal,
    RefreshOnly,
}

#[derive(Clone, Debug)]
pub struct PlanOptions {
    pub mode: PlanMode,
    pub refresh: bool,
    pub target: Vec<Expr>,
    pub replace: Vec<Expr>,
    /// The block's header, when there is one.
    pub header: Option<Span>,
}

impl Default for PlanOptions {
    fn default() -> PlanOptions {
        PlanOptions {
            mode: PlanMode::Normal,
            refresh: true,
            target: Vec::new(),
            replace: Vec::new(),
            header: None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OverrideKind {
    Resource,
    Data,
    Module,
}

/// `override_resource`, `override_data` or `override_module`.
#[derive(Clone, Debug)]
pub struct Override {
    pub kind: OverrideKind,
    pub target: Expr,
    /// `target = …`.
    pub target_argument: Span,
    /// What `target` names; `None` when that is not an address, which a diagnostic says.
    pub address: Option<Target>,
    /// `values` or `outputs`.
    pub values: Option<Expr>,
    /// `values = …`.
    pub values_argument: Option<Span>,
    /// `override_during = plan`.
    pub during: Option<Command>,
    pub header: Span,
    pub span: Span,
}

/// `mock_provider "name" { … }`.
#[derive(Debug)]
pub struct MockProvider {
    pub name: SmolStr,
    pub name_span: Span,
    pub alias: Option<SmolStr>,
    /// The alias as it is written.
    pub alias_span: Option<Span>,
    /// One mock for each element, by `each.key`. (OpenTofu 1.11.)
    pub for_each: Option<Expr>,
    /// A directory of mock files, relative to the directory the tool runs in.
    pub source: Option<(SmolStr, Span)>,
    pub during: Option<Command>,
    pub mocks: Vec<Mock>,
    pub overrides: Vec<Override>,
    pub header: Span,
    pub span: Span,
}

/// `mock_resource "type"` or `mock_data "type"`: default values for every object of a type.
#[derive(Clone, Debug)]
pub struct Mock {
    pub mode: ResourceMode,
    pub kind: SmolStr,
    pub kind_span: Span,
    pub defaults: Option<Expr>,
    /// `defaults = …`.
    pub defaults_argument: Option<Span>,
    pub during: Option<Command>,
    pub header: Span,
    pub span: Span,
}

impl Mock {
    pub fn block_name(&self) -> &'static str {
        if self.mode == ResourceMode::Data { "mock_data" } else { "mock_resource" }
    }
}

/// What a `.tfmock.hcl` file holds. Spans count from the file's beginning.
#[derive(Debug, Default)]
pub struct MockFile {
    pub mocks: Vec<Mock>,
    pub overrides: Vec<Override>,
}
