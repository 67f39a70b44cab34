//! The declarations of a module. All spans are relative to the declaration's chunk.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use lang::{Defaults, Expr, Marks, Type, Value};
use syntax::{Diagnostics, FileName, Location, Origin, SmolStr, Span};

use crate::address::{ResourceAddr, ResourceMode};
use crate::dialect::Dialect;
use crate::item::Item;
use crate::schema::Schema;
use crate::sources::Sources;
use crate::target::Target;

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
    /// What the module tells providers about itself: their local names, each with the place of its `provider_meta`
    /// block's label.
    pub provider_metas: IndexMap<SmolStr, Location>,
    /// The `backend` and the `cloud` block, of which a module may have one. Tests keep their states elsewhere.
    pub backend: Option<Location>,
    pub cloud: Option<Location>,
    pub required_versions: Vec<Item<RequiredVersion>>,
    pub moved: Vec<Item<Moved>>,
    pub removed: Vec<Item<Removed>>,
    pub imports: Vec<Item<Import>>,
    /// Files named `override.tf` or `…_override.tf`. They change declarations of the other files and declare nothing
    /// themselves. What a declaration takes from them keeps its own places: see [`Expr::taken_from`].
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
    /// What could not be read of the module itself, absolute.
    pub unread: Diagnostics,
    /// What went wrong in finding the children, absolute.
    pub diagnostics: Diagnostics,
}

/// `terraform { required_version = "…" }`, or `language { compatible_with { opentofu = "…" } }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequiredVersion {
    /// The argument's name: `required_version` or `opentofu`.
    pub argument: &'static str,
    /// As written.
    pub constraint: SmolStr,
    /// The whole argument.
    pub span: Span,
}

#[derive(Clone, Debug)]
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
    /// Whether it is known when modules are loaded, where it says so. (Terraform 1.15, OpenTofu 1.12.)
    pub constant: Option<bool>,
    /// What whoever still sets it is told.
    pub deprecated: Option<Deprecation>,
    pub set: FlagsSet,
    pub validations: Vec<Condition>,
}

impl Variable {
    /// What every value of the variable is marked with.
    pub fn marks(&self) -> Marks {
        let sensitive = if self.sensitive { Marks::SENSITIVE } else { Marks::EMPTY };
        let ephemeral = if self.ephemeral { Marks::EPHEMERAL } else { Marks::EMPTY };
        sensitive.union(ephemeral)
    }
}

/// `deprecated = "message"`.
#[derive(Clone, Debug)]
pub struct Deprecation {
    pub message: SmolStr,
    /// The whole argument.
    pub span: Span,
}

/// Which flags a variable or output sets, to whatever value: those are what its block in an override file changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FlagsSet {
    pub sensitive: bool,
    pub ephemeral: bool,
    pub nullable: bool,
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

#[derive(Clone, Debug)]
pub struct Output {
    pub name: SmolStr,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    pub value: Option<Expr>,
    pub description: Option<SmolStr>,
    pub sensitive: bool,
    pub ephemeral: bool,
    /// What callers that still read it are told.
    pub deprecated: Option<Deprecation>,
    pub set: FlagsSet,
    pub depends_on: Vec<Expr>,
    pub preconditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
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
    pub provider: Option<ProviderUse>,
    pub depends_on: Vec<Expr>,
    pub lifecycle: Lifecycle,
    /// How the provisioners reach the object, where they do not say it themselves.
    pub connection: Option<Block>,
    pub provisioners: Vec<Provisioner>,
    /// Everything that is not a meta-argument; the provider's schema gives it meaning.
    pub body: Body,
}

#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    pub create_before_destroy: Option<bool>,
    pub prevent_destroy: Option<bool>,
    /// `ignore_changes = all`
    pub ignore_all: bool,
    /// Attribute paths.
    pub ignore_changes: Vec<Expr>,
    pub replace_triggered_by: Vec<Expr>,
    pub preconditions: Vec<Condition>,
    pub postconditions: Vec<Condition>,
}

/// `provisioner "type" { … }`: work to be done when an object was created or is about to be destroyed.
#[derive(Clone, Debug)]
pub struct Provisioner {
    pub kind: SmolStr,
    pub when: ProvisionerWhen,
    pub on_failure: OnFailure,
    pub connection: Option<Block>,
    /// The whole block. Its body has the arguments that the provisioner's own schema gives meaning.
    pub block: Block,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ProvisionerWhen {
    #[default]
    Create,
    Destroy,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnFailure {
    #[default]
    Fail,
    Continue,
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
    /// Whether an override file changed it. Terraform does not notice then what no schema knows in it.
    pub overridden: bool,
}

impl Body {
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.blocks.is_empty()
    }

    /// The body without the arguments that the schema does not have.
    pub fn known_to(&self, schema: &Schema) -> Body {
        let mut body = self.clone();
        match body.json {
            // What is no argument may be a block.
            true if body.overridden => body.attributes.retain(|attribute| schema.has(&attribute.name)),
            true => {}
            false => body.attributes.retain(|attribute| schema.attributes.contains_key(&*attribute.name)),
        }
        body
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
    /// Whether the declaration got it from an override alone. For Terraform, what is required is missing then.
    pub added: bool,
}

impl Attribute {
    /// The origin of the attribute's spans, in a declaration with that origin.
    pub fn origin<'o>(&'o self, declaration: &'o Origin) -> &'o Origin {
        self.value.origin(declaration)
    }
}

#[derive(Clone, Debug)]
pub struct Block {
    pub kind: SmolStr,
    pub labels: Vec<(SmolStr, Span)>,
    pub kind_span: Span,
    pub header: Span,
    pub span: Span,
    pub body: Body,
    /// Where the spans count from, when the block was taken from an override file.
    pub taken_from: Option<Arc<Origin>>,
}

impl Block {
    /// The origin of the block's spans and of everything in it, in a declaration with that origin.
    pub fn origin<'o>(&'o self, declaration: &'o Origin) -> &'o Origin {
        self.taken_from.as_deref().unwrap_or(declaration)
    }

    /// The type of the blocks that it stands for: a `dynamic` block makes blocks of the type in its label.
    pub fn makes(&self) -> &SmolStr {
        match self.labels.first() {
            Some((kind, _)) if self.kind == "dynamic" => kind,
            _ => &self.kind,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ModuleCall {
    pub name: SmolStr,
    pub name_span: Span,
    pub header: Span,
    pub span: Span,
    /// `None` when missing, wrong (a diagnostic says so), or an expression.
    pub source: Option<(SmolStr, Span)>,
    pub version: Option<(SmolStr, Span)>,
    /// The two where one of them is made of what is known when modules are loaded.
    pub source_expr: Option<Expr>,
    pub version_expr: Option<Expr>,
    /// Where the spans of the source and the version count from, when an override file gave one of them.
    pub source_taken_from: Option<Arc<Origin>>,
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
    /// As for [`Body::overridden`].
    pub overridden: bool,
}

impl Item<ModuleCall> {
    /// The origin of the spans of the source and the version.
    pub fn source_origin(&self) -> &Origin {
        self.source_taken_from.as_deref().unwrap_or(&self.origin)
    }
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

/// What an argument means by a provider: a configuration, and which of its instances.
#[derive(Clone, Debug)]
pub struct ProviderUse {
    pub reference: ProviderRef,
    /// The reference as it is written, without the key.
    pub span: Span,
    /// Of a configuration with `for_each`. (OpenTofu 1.9.)
    pub key: Option<ProviderKey>,
}

/// The `[each.key]` of `cloud.by_region[each.key]`.
#[derive(Clone, Debug)]
pub struct ProviderKey {
    /// Evaluated for each instance of what the argument belongs to.
    pub value: Expr,
    /// What errors about it point at: it alone, and of a literal the whole reference.
    pub span: Span,
}

/// One `child = parent` of a `providers` argument.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    pub child: ProviderUse,
    pub parent: ProviderUse,
    pub span: Span,
}

impl ProviderUse {
    /// The place of the provider's name alone, which most errors point at.
    pub fn name_span(&self) -> Span {
        let length = u32::try_from(self.reference.name.len()).unwrap_or(self.span.len());
        Span::new(self.span.start, self.span.start.saturating_add(length).min(self.span.end))
    }
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

#[derive(Clone, Debug)]
pub struct ProviderConfig {
    pub name: SmolStr,
    pub name_span: Span,
    pub alias: Option<SmolStr>,
    /// The alias as it is written.
    pub alias_span: Option<Span>,
    /// Whether it has a `version`, as it might have in old configurations.
    pub versioned: bool,
    /// One configuration for each element, by `each.key`. (OpenTofu 1.9.)
    pub for_each: Option<Expr>,
    pub header: Span,
    pub span: Span,
    pub body: Body,
}

impl ProviderConfig {
    /// The configuration by its name in the module.
    pub fn reference(&self) -> ProviderRef {
        ProviderRef { name: self.name.clone(), alias: self.alias.clone() }
    }

    /// Whether it configures nothing. In a module that is called, such a block once asked for a configuration.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty() && !self.versioned
    }
}

#[derive(Debug)]
pub struct RequiredProvider {
    pub name: SmolStr,
    pub name_span: Span,
    pub source: Option<SmolStr>,
    pub version: Option<SmolStr>,
    /// `configuration_aliases`: the configurations that callers have to pass.
    pub aliases: Vec<ProviderRef>,
    /// Where each of them stands.
    pub alias_spans: Vec<Span>,
    /// What is required, without the name.
    pub value_span: Span,
    pub span: Span,
}

/// `moved { from, to }`.
#[derive(Debug)]
pub struct Moved {
    pub from: Expr,
    pub to: Expr,
    /// The two ends, counted from the module that the statement stands in: both modules, or both resources. `None` where
    /// they are wrong, which an error says.
    pub addresses: Option<(Target, Target)>,
    pub header: Span,
    pub span: Span,
}

/// `removed { from }`.
#[derive(Debug)]
pub struct Removed {
    pub from: Expr,
    /// A module or a managed resource without any instance keys, counted from the module that the statement stands in.
    /// `None` where it is neither, which an error says.
    pub address: Option<Target>,
    /// Whether the object is destroyed or only forgotten.
    pub destroy: bool,
    pub connection: Option<Block>,
    /// Of these, all run before the object is destroyed.
    pub provisioners: Vec<Provisioner>,
    pub header: Span,
    pub span: Span,
}

/// `import { to, id }`.
#[derive(Debug)]
pub struct Import {
    pub to: Expr,
    /// What `to` names, without an instance key that has to be computed. `None` where it is no managed resource, which an
    /// error says.
    pub address: Option<Target>,
    /// Missing where there is an identity, or where an error says so.
    pub id: Option<Expr>,
    pub identity: Option<Expr>,
    pub for_each: Option<Expr>,
    /// `provider = name.alias`.
    pub provider: Option<ProviderUse>,
    pub header: Span,
    pub span: Span,
}
