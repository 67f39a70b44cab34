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

/// The schemas of everything that the providers at hand offer.
pub trait Schemas {
    fn resource(&self, mode: ResourceMode, kind: &str) -> Option<&Schema>;

    /// The configuration of a provider, by its local name.
    fn provider(&self, name: &str) -> Option<&Schema> {
        let _ = name;
        None
    }

    /// The source address (`terraform.io/builtin/terraform`) and the resource types of the provider that a type's name
    /// belongs to; `None` when that provider is not at hand, so that nothing can be said about the type.
    fn offered(&self, mode: ResourceMode, kind: &str) -> Option<Offered<'_>> {
        let _ = (mode, kind);
        None
    }
}

/// What a provider offers of one mode.
#[derive(Clone, Debug)]
pub struct Offered<'a> {
    pub provider: SmolStr,
    pub kinds: Vec<&'a str>,
}

/// No schemas: nothing is known about any resource.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSchemas;

impl Schemas for NoSchemas {
    fn resource(&self, _mode: ResourceMode, _kind: &str) -> Option<&Schema> {
        None
    }
}

impl Schema {
    /// Whether the schema has an attribute or a block of that name.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name) || self.blocks.contains_key(name)
    }
}
