//! The declarations of a module. All spans are relative to the declaration's chunk.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use lang::{Defaults, Expr, Type, Value};
use syntax::{Diagnostics, FileName, SmolStr, Span};

use crate::address::{ResourceAddr, ResourceMode};
use crate::dialect::Dialect;
use crate::item::Item;
use crate::sources::Sources;

/// One module directory: the merge of its files, each thing in source order (files by name).
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The directory, relative to where the tool runs, with `/`; `.` for that place itself.
    pub dir: SmolStr,
    /// The dialect that its files were read in, whose rules it is checked and run by.
    pub dialect: Dialect,
    pub variables: IndexMap<SmolStr, Item<Variable>>,
    pub locals: IndexMap<SmolStr, Item<Local>>,
    pub outputs: IndexMap<SmolStr, Item<Output>>,
    pub resources: IndexMap<ResourceAddr, Item<Resource>>,
    pub calls: IndexMap<SmolStr, Item<ModuleCall>>,
    pub checks: IndexMap<SmolStr, Item<Check>>,
    pub providers: Vec<Item<ProviderConfig>>,
    pub required_providers: IndexMap<SmolStr, Item<RequiredProvider>>,
    /// Version constraints of `terraform { required_version }`, as written, each with its whole argument's place.
    pub required_versions: Vec<Item<(SmolStr, Span)>>,
    pub moved: Vec<Item<Moved>>,
    pub removed: Vec<Item<Removed>>,
    pub imports: Vec<Item<Import>>,
    /// Files named `override.tf` or `…_override.tf`. They change declarations of the other files and declare nothing
    /// themselves. Merged are local values, and what variables and outputs say; of other blocks a warning says that
    /// they have no effect.
    pub override_files: Vec<FileName>,
    /// The documents that the declarations stand in, override files too.
    pub sources: Sources,
    /// Syntax errors and errors of the declarations themselves, absolute.
    pub diagnostics: Diagnostics,
}

/// A module with the modules that its calls lead to.
#[derive(Clone, Debug, Default)]
pub struct ModuleTree {
    pub module: Arc<Module>,
    /// By call name. A call whose module cannot be loaded is absent and has a diagnostic.
    pub children: IndexMap<SmolStr, Arc<ModuleTree>>,
    /// What went wrong in finding the children, absolute.
    pub diagnostics: Diagnostics,
}

#[derive(Debug)]
pub struct Variable {
    pub name: SmolStr,
    pub name_span: Span,
    /// The block's header, `variable "x"`.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// `Dynamic` when no type is given.
    pub ty: Type,
    pub type_span: Option<Span>,
    /// Defaults of `optional(type, default)` attributes in the type.
    pub type_defaults: Option<Defaults>,
    /// Already converted to the type; `None` makes the variable required.
    pub default: Option<Value>,
    pub default_span: Option<Span>,
    pub description: Option<SmolStr>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub nullable: bool,
    pub validations: Vec<Condition>,
}

/// A condition with its message: `validation`, `precondition`, `postcondition`, `assert`.
#[derive(Clone, Debug)]
pub struct Condition {
    pub condition: Expr,
    pub error_message: Expr,
    /// The block's header.
    pub header: Span,
    pub span: Span,
}

#[derive(Debug)]
pub struct Local {
    pub name: SmolStr,
    pub name_span: Span,
    /// `name = value`.
    pub span: Span,
    pub value: Expr,
}

#[derive(Debug)]
pub struct Output {
    pub name: SmolStr,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    pub value: Option<Expr>,
    pub description: Option<SmolStr>,
    pub sensitive: bool,
    pub ephemeral: bool,
    pub depends_on: Vec<Expr>,
    pub preconditions: Vec<Condition>,
}

#[derive(Debug)]
pub struct Resource {
    pub addr: ResourceAddr,
    pub mode: ResourceMode,
    pub kind_span: Span,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    pub count: Option<Expr>,
    pub for_each: Option<Expr>,
    /// `provider = name.alias`, with the place of the value.
    pub provider: Option<(ProviderRef, Span)>,
    pub depends_on: Vec<Expr>,
    pub lifecycle: Lifecycle,
    /// Everything that is not a meta-argument; the provider's schema gives it meaning.
    pub body: Body,
}

#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    pub create_before_destroy: Option<bool>,
    pub prevent_destroy: Option<bool>,
    /// Attribute paths, or `all`.
    pub ignore_changes: Vec<Expr>,
    pub replace_triggered_by: Vec<Expr>,
    pub preconditions: Vec<Condition>,
    pub postconditions: Vec<Condition>,
}

/// A lowered body whose meaning a schema gives.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
    /// The place for "missing argument": the end of the block's header.
    pub missing_item_span: Span,
    /// Whether it was read from JSON, where arguments and blocks look alike: see [`Body::shaped`].
    pub json: bool,
    /// The dialect it was read in.
    pub dialect: Dialect,
}

impl Body {
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.blocks.is_empty()
    }
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: SmolStr,
    pub name_span: Span,
    pub span: Span,
    pub value: Expr,
    /// The value as it was read, where it is a JSON object or array that may turn out to be blocks.
    pub json: Option<Arc<syntax::ast::Expr>>,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub kind: SmolStr,
    pub labels: Vec<(SmolStr, Span)>,
    pub kind_span: Span,
    pub header: Span,
    pub span: Span,
    pub body: Body,
}

#[derive(Debug)]
pub struct ModuleCall {
    pub name: SmolStr,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    /// `None` when missing or not a plain string (a diagnostic says so).
    pub source: Option<(SmolStr, Span)>,
    pub version: Option<(SmolStr, Span)>,
    pub count: Option<Expr>,
    pub for_each: Option<Expr>,
    pub depends_on: Vec<Expr>,
    /// `providers = { child = parent }`, keys and values as written.
    pub providers: Option<Expr>,
    /// The same, read.
    pub passed_providers: Vec<PassedProvider>,
    /// The arguments that set the child's variables.
    pub arguments: IndexMap<SmolStr, Attribute>,
    /// Nested blocks, which no variable can take: their types and where those stand.
    pub blocks: Vec<(SmolStr, Span)>,
    /// The place for "missing argument": the block's opening brace.
    pub missing_item_span: Span,
}

/// A provider configuration by its name in a module: `aws` or `aws.west`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProviderRef {
    pub name: SmolStr,
    pub alias: Option<SmolStr>,
}

impl fmt::Display for ProviderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}"),
            None => Ok(()),
        }
    }
}

/// One `child = parent` of a `providers` argument.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    pub child: ProviderRef,
    pub child_span: Span,
    pub parent: ProviderRef,
    pub parent_span: Span,
    pub span: Span,
}

#[derive(Debug)]
pub struct Check {
    pub name: SmolStr,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    pub asserts: Vec<Condition>,
    /// The scoped `data` block.
    pub data: Option<Arc<Resource>>,
}

#[derive(Debug)]
pub struct ProviderConfig {
    pub name: SmolStr,
    pub name_span: Span,
    pub alias: Option<SmolStr>,
    pub header: Span,
    pub span: Span,
    pub body: Body,
}

#[derive(Debug)]
pub struct RequiredProvider {
    pub name: SmolStr,
    pub name_span: Span,
    pub source: Option<SmolStr>,
    pub version: Option<SmolStr>,
    pub span: Span,
}

/// `moved { from, to }`.
#[derive(Debug)]
pub struct Moved {
    pub from: Expr,
    pub to: Expr,
    pub header: Span,
    pub span: Span,
}

/// `removed { from }`.
#[derive(Debug)]
pub struct Removed {
    pub from: Expr,
    /// Whether the object is destroyed or only forgotten.
    pub destroy: bool,
    pub header: Span,
    pub span: Span,
}

/// `import { to, id }`.
#[derive(Debug)]
pub struct Import {
    pub to: Expr,
    pub id: Expr,
    pub for_each: Option<Expr>,
    pub header: Span,
    pub span: Span,
}
