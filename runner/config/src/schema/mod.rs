//! What a provider says about the arguments of what it offers: attributes, nested attributes and blocks.
//!
//! A schema is data. It comes from the JSON that `terraform providers schema -json` prints ([`document`]) or is put
//! together by hand, and everything else follows from it: the type of a decoded body ([`Schema::ty`]) and which of its
//! values are sensitive. Nothing here reads files or knows which providers there are.

pub mod compatible;
pub mod document;
pub mod fit;
mod go_syntax;
mod implied;
mod parts;
mod paths;
mod problem;
pub mod propose;
pub mod provider;
mod trail;
pub mod unknowns;
pub mod valid;

use std::sync::Arc;

use indexmap::IndexMap;
use lang::Type;
use syntax::SmolStr;

use crate::address::ResourceMode;
use provider::FunctionSchema;

pub use implied::Implied;
pub use problem::Problem;
pub use trail::Trail;

/// The arguments of a resource, a data source, a provider, or a nested block.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub attributes: IndexMap<SmolStr, AttributeSchema>,
    pub blocks: IndexMap<SmolStr, BlockSchema>,
    pub description: Option<SmolStr>,
    pub description_kind: TextKind,
    pub deprecated: bool,
    /// The version of the resource's stored form.
    pub version: u64,
    /// What follows from the attributes and blocks. They must not change once it was asked for.
    pub implied: Implied,
}

/// One argument or result.
#[derive(Clone, Debug)]
pub struct AttributeSchema {
    /// The type of its values. Of a nested attribute it is the one that [`NestedType::ty`] gives.
    pub ty: Type,
    /// Set where configured values may leave out parts of an object: the type with those marked, at any depth.
    pub optional_parts: Option<Type>,
    /// Set where the parts of the value have a schema of their own.
    pub nested: Option<Arc<NestedType>>,
    pub required: bool,
    pub optional: bool,
    /// The provider gives it a value where the configuration does not.
    pub computed: bool,
    pub sensitive: bool,
    /// Set in the configuration and never stored.
    pub write_only: bool,
    pub deprecated: bool,
    pub description: Option<SmolStr>,
    pub description_kind: TextKind,
}

/// The schema of an attribute that is an object, or a collection of objects.
#[derive(Clone, Debug, Default)]
pub struct NestedType {
    pub nesting: NestedNesting,
    pub attributes: IndexMap<SmolStr, AttributeSchema>,
}

#[derive(Clone, Debug, Default)]
pub struct BlockSchema {
    pub nesting: Nesting,
    pub min_items: u64,
    /// Zero means no limit.
    pub max_items: u64,
    pub body: Schema,
}

/// How several blocks of one type become a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Nesting {
    #[default]
    Single,
    /// Like `Single`, and an absent block is an object of nulls.
    Group,
    List,
    Set,
    /// By the block's label.
    Map,
}

/// How the objects of a nested attribute stand in its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum NestedNesting {
    #[default]
    Single,
    List,
    Set,
    Map,
}

/// How a description is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum TextKind {
    #[default]
    Plain,
    Markdown,
}

/// The schemas of everything that the providers at hand offer. Providers go by their source addresses
/// (`registry.terraform.io/hashicorp/aws`), which a module's declarations tell: see [`Module::provider_of`].
///
/// [`Module::provider_of`]: crate::Module::provider_of
pub trait Schemas {
    /// The arguments of a type; `None` when the provider has no such type or is not at hand.
    fn resource(&self, provider: &str, mode: ResourceMode, kind: &str) -> Option<&Schema>;

    /// The arguments of the provider's own configuration.
    fn provider(&self, provider: &str) -> Option<&Schema> {
        let _ = provider;
        None
    }

    /// Why the schema of a type that the provider has cannot be used, without a full stop: what describes it is wrong.
    /// Without a type, of the provider's own configuration.
    fn unreadable(&self, provider: &str, kind: Option<(ResourceMode, &str)>) -> Option<String> {
        let _ = (provider, kind);
        None
    }

    /// The names of the provider's functions, without its own; none when it is not at hand.
    fn functions(&self, provider: &str) -> Vec<&str> {
        let _ = provider;
        Vec::new()
    }

    /// The signature of one of them.
    fn function(&self, provider: &str, name: &str) -> Option<&FunctionSchema> {
        let _ = (provider, name);
        None
    }

    /// The types that the provider has; `None` when it is not at hand, so that nothing can be said about a type.
    fn kinds(&self, provider: &str, mode: ResourceMode) -> Option<Vec<&str>> {
        let _ = (provider, mode);
        None
    }
}

/// No schemas: nothing is known about any resource.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSchemas;

impl Schemas for NoSchemas {
    fn resource(&self, _provider: &str, _mode: ResourceMode, _kind: &str) -> Option<&Schema> {
        None
    }
}

impl Schema {
    /// Whether the schema has an attribute or a block of that name.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name) || self.blocks.contains_key(name)
    }

    /// The names that an attribute could have been meant to be a block by: Terraform lets providers that were made for
    /// its old language declare lists and sets of objects as attributes, and their users write blocks. A schema with
    /// anything in it that those providers could not declare has no such names.
    pub fn may_be_blocks(&self, name: &str) -> bool {
        self.attributes.get(name).is_some_and(|attribute| is_block_like(&attribute.ty)) && self.is_legacy()
    }

    /// The schema of the blocks that stand for the elements of such an attribute: everything may be left out.
    pub fn of_block_like(&self, name: &str) -> Schema {
        self.attributes.get(name).map(|attribute| element_schema(&attribute.ty)).unwrap_or_default()
    }
}

/// The schema of a block that stands for an element of a collection of objects.
pub(crate) fn element_schema(collection: &Type) -> Schema {
    let object = collection.element_type().and_then(Type::as_object);
    let attributes = object.into_iter().flat_map(|object| &object.attributes);
    let attributes = attributes.map(|(name, ty)| (SmolStr::new(name), AttributeSchema::optional(ty.clone())));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}

/// A list or set of objects.
pub(crate) fn is_block_like(ty: &Type) -> bool {
    matches!(ty, Type::List(element) | Type::Set(element) if element.is_object())
}

impl AttributeSchema {
    /// An attribute of that type that is neither required nor optional nor computed.
    pub fn of_type(ty: Type) -> AttributeSchema {
        AttributeSchema {
            optional_parts: ty.has_optional().then(|| ty.clone()),
            ty: ty.without_optional(),
            nested: None,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: false,
            description: None,
            description_kind: TextKind::Plain,
        }
    }

    pub fn required(ty: Type) -> AttributeSchema {
        AttributeSchema { required: true, ..AttributeSchema::of_type(ty) }
    }

    pub fn optional(ty: Type) -> AttributeSchema {
        AttributeSchema { optional: true, ..AttributeSchema::of_type(ty) }
    }

    /// What only the provider sets.
    pub fn computed(ty: Type) -> AttributeSchema {
        AttributeSchema { computed: true, ..AttributeSchema::of_type(ty) }
    }

    /// An attribute whose value has a schema.
    pub fn nested(nested: NestedType) -> AttributeSchema {
        let constraint = nested.constraint();
        AttributeSchema { nested: Some(Arc::new(nested)), ..AttributeSchema::of_type(constraint) }
    }

    /// Neither the configuration's to set.
    pub fn is_read_only(&self) -> bool {
        self.computed && !self.optional && !self.required
    }

    /// What a value in the configuration is converted to.
    pub fn constraint(&self) -> &Type {
        self.optional_parts.as_ref().unwrap_or(&self.ty)
    }
}
