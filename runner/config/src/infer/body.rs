//! How the bodies of a type are written. In JSON, arguments and blocks look alike: there, objects are taken for blocks where
//! they are read as such.

use indexmap::IndexMap;
use lang::Type;
use lang::expr::Node;
use syntax::ast::{self, ExprKind};
use syntax::{FileName, Origin, SmolStr, with_stack};

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
    /// What the values are if they are blocks; `None` where one of them cannot be.
    blocks: Option<Blocks>,
}

/// Blocks of one type.
#[derive(Default)]
struct Blocks {
    body: BodyUse,
    /// Whether a body may have more than one.
    many: bool,
    labelled: bool,
    /// Whether some stand in an array.
    listed: bool,
}

impl BodyUse {
    pub fn add(&mut self, body: &Body) {
        self.bodies += 1;
        for attribute in &body.attributes {
            let new = Set { blocks: Some(Blocks::default()), ..Set::default() };
            let set = self.attributes.entry(attribute.name.clone()).or_insert(new);
            set.times += 1;
            set.blocks = set.blocks.take().and_then(|mut blocks| {
                blocks.add_property(body, attribute)?;
                Some(blocks)
            });
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
        let (as_blocks, attributes): (Vec<_>, Vec<_>) = self.attributes.iter().partition(|(name, set)| {
            let written = self.blocks.contains_key(*name);
            set.blocks
                .as_ref()
                .is_some_and(|it| written || reads.parts.get(*name).is_some_and(|read| it.are_read(read)))
        });
        for (name, set) in attributes {
            let read = reads.parts.get(name);
            let computed = read.is_some_and(|read| read.given || set.times < self.bodies);
            let ty = set.ty.clone().unwrap_or(Type::Dynamic);
            let attribute = AttributeSchema { computed, ..AttributeSchema::optional(ty) };
            schema.attributes.insert(name.clone(), attribute);
        }
        let none = Usage::default();
        let properties = as_blocks.into_iter().filter_map(|(name, set)| Some((name, set.blocks.as_ref()?)));
        for (name, blocks) in self.blocks.iter().chain(properties) {
            if schema.has(name) {
                continue;
            }
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

impl Blocks {
    /// Adds a property of a body as the blocks that it may stand for. `None` where it cannot stand for any.
    fn add_property(&mut self, body: &Body, attribute: &Attribute) -> Option<()> {
        let is_object = |value: &ast::Expr| matches!(value.kind, ExprKind::Object(_));
        match &attribute.json.as_ref()?.kind {
            ExprKind::Object(_) => {}
            ExprKind::Tuple(elements) if !elements.is_empty() && elements.iter().all(is_object) => {
                self.listed = true;
                self.many |= elements.len() > 1;
            }
            _ => return None,
        }
        let mut schema = Schema::default();
        schema.blocks.insert(attribute.name.clone(), BlockSchema::default());
        // Which file it is does not matter as long as it is one in JSON: nobody is told of places.
        let origin = Origin::new(FileName::new(".tf.json"), 0);
        let shaped = body.shaped(&schema, &origin, &mut Vec::new());
        for block in shaped.blocks.iter().filter(|block| block.kind == attribute.name) {
            with_stack(|| self.body.add(&block.body));
        }
        Some(())
    }

    /// Whether properties are read as only blocks can be: an object by a number, or what an element does not set.
    fn are_read(&self, read: &Usage) -> bool {
        let Some(elements) = read.elements.as_deref().filter(|_| !read.given) else { return false };
        let is_set =
            |name: &SmolStr| self.body.attributes.get(name).is_some_and(|set| set.times == self.body.bodies);
        let is_deep = || self.body.attributes.values().any(|set| set.blocks.is_some());
        let reads_more = || elements.parts.keys().any(|name| !is_set(name));
        let inner = || {
            self.body.attributes.iter().any(|(name, set)| {
                let (blocks, read) = (set.blocks.as_ref(), elements.parts.get(name));
                blocks.zip(read).is_some_and(|(blocks, read)| with_stack(|| blocks.are_read(read)))
            })
        };
        match self.listed {
            true => reads_more() || inner(),
            // What is looked up in an object of objects may be any of them.
            false => read.is_indexed() || (reads_more() && !is_deep()),
        }
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
