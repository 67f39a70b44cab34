//! What a provider says about the arguments of its resources.

use indexmap::IndexMap;
use lang::Type;
use syntax::SmolStr;

use crate::address::ResourceMode;

/// The arguments of a resource, a data source, a provider, or a nested block.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub attributes: IndexMap<SmolStr, AttributeSchema>,
    pub blocks: IndexMap<SmolStr, BlockSchema>,
    pub description: Option<SmolStr>,
    pub deprecated: bool,
    /// The version of the resource's stored form.
    pub version: u64,
}

#[derive(Clone, Debug)]
pub struct AttributeSchema {
    pub ty: Type,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    /// Set in the configuration and never stored.
    pub write_only: bool,
    pub deprecated: bool,
    pub description: Option<SmolStr>,
}

#[derive(Clone, Debug)]
pub struct BlockSchema {
    pub nesting: Nesting,
    pub min_items: u64,
    /// Zero means no limit.
    pub max_items: u64,
    pub body: Schema,
}

/// How several blocks of one type become a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Nesting {
    Single,
    /// Like `Single`, and an absent block is an object of nulls.
    Group,
    List,
    Set,
    /// By the block's label.
    Map,
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
}
