//! How the bodies of a type are written.

use indexmap::IndexMap;
use lang::Type;
use lang::expr::Node;
use syntax::{SmolStr, with_stack};

use super::usage::Usage;
use crate::dynamic::dynamic;
use crate::module::{Attribute, Block, Body};
use crate::schema::{AttributeSchema, BlockSchema, Nesting, Schema};

/// Everything that bodies of one type have.
#[derive(Default)]
pub(super) struct BodyUse {
    /// How many bodies there are.
    bodies: usize,
    attributes: IndexMap<SmolStr, Set>,
    blocks: IndexMap<SmolStr, Blocks>,
}

/// An argument.
#[derive(Default)]
struct Set {
    /// How many of the bodies have it.
    times: usize,
    /// The type of all of its values where that can be seen; else dynamic.
    ty: Option<Type>,
}

/// Blocks of one type.
#[derive(Default)]
struct Blocks {
    body: BodyUse,
    /// Whether a body may have more than one.
    many: bool,
    labelled: bool,
}

impl BodyUse {
    pub fn add(&mut self, body: &Body) {
        self.bodies += 1;
        for attribute in &body.attributes {
            let set = self.attributes.entry(attribute.name.clone()).or_default();
            set.times += 1;
            let ty = ty(attribute);
            set.ty = match set.ty.take() {
                Some(other) if other != ty => Some(Type::Dynamic),
                _ => Some(ty),
            };
        }
        for block in &body.blocks {
            let same = body.blocks.iter().filter(|other| other.makes() == block.makes()).count();
            self.add_block(block, same > 1);
        }
    }

    fn add_block(&mut self, block: &Block, many: bool) {
        let generated = dynamic(block);
        let kind = generated.as_ref().map_or(&block.kind, |generated| generated.kind);
        let blocks = self.blocks.entry(kind.clone()).or_default();
        blocks.many |= many || generated.is_some();
        blocks.labelled |= match &generated {
            Some(generated) => generated.labels.is_some(),
            None => !block.labels.is_empty(),
        };
        let body = match &generated {
            Some(generated) => generated.content.map(|content| &content.body),
            None => Some(&block.body),
        };
        if let Some(body) = body {
            with_stack(|| blocks.body.add(body));
        }
    }

    /// The schema of such bodies whose values are read like that.
    pub fn schema(&self, reads: &Usage) -> Schema {
        let mut schema = Schema::default();
        for (name, set) in &self.attributes {
            let read = reads.parts.get(name);
            let computed = read.is_some_and(|read| read.given || set.times < self.bodies);
            let ty = set.ty.clone().unwrap_or(Type::Dynamic);
            let attribute = AttributeSchema { computed, ..AttributeSchema::optional(ty) };
            schema.attributes.insert(name.clone(), attribute);
        }
        let none = Usage::default();
        for (name, blocks) in self.blocks.iter().filter(|(name, _)| !self.attributes.contains_key(*name)) {
            let read = reads.parts.get(name).unwrap_or(&none);
            let nesting = match () {
                () if blocks.labelled => Nesting::Map,
                // One that is read without an index is no list.
                () if !blocks.many && read.elements.is_none() && !read.parts.is_empty() && !read.given => {
                    Nesting::Single
                }
                () => Nesting::List,
            };
            let body = with_stack(|| blocks.body.schema(read.of_blocks()));
            let block = BlockSchema { nesting, body, ..BlockSchema::default() };
            schema.blocks.insert(name.clone(), block);
        }
        for (name, read) in &reads.parts {
            if !schema.has(name) {
                schema.attributes.insert(name.clone(), AttributeSchema::computed(read.ty()));
            }
        }
        schema
    }
}

/// The type of an argument's value, where it can be seen.
fn ty(attribute: &Attribute) -> Type {
    match attribute.value.node(attribute.value.root()) {
        Node::Literal(value) if value.ty().is_primitive() => value.ty(),
        Node::Template(_) => Type::String,
        _ => Type::Dynamic,
    }
}
