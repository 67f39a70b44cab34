//! What there is to evaluate in a body, in the order of its schema.

use std::sync::Arc;

use lang::expr::NodeId;
use lang::{Expr, Scope, Type, Value};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr, Span, with_stack};

use crate::dynamic::dynamic;
use crate::module::{Attribute, Block, Body};
use crate::schema::{AttributeSchema, BlockSchema, Nesting, Schema, element_schema};

/// A body and its schema, matched.
#[derive(Debug)]
pub(super) struct BodyPlan {
    pub ty: Type,
    pub slots: Vec<(Arc<str>, Slot)>,
    /// The place of what is missing.
    pub missing: Span,
}

/// One attribute of the value.
#[derive(Debug)]
pub(super) enum Slot {
    /// What is the same for every instance: what is not set, and literals of the right type. `set` when the body sets it.
    Constant {
        value: Value,
        set: bool,
    },
    Attribute(AttributePlan),
    Blocks(BlocksPlan),
    /// An attribute that is written as blocks.
    AsBlocks(BlocksPlan),
}

#[derive(Debug)]
pub(super) struct AttributePlan {
    pub name: SmolStr,
    pub name_span: Span,
    pub value: Expr,
    /// What the value is converted to.
    pub constraint: Type,
    pub ty: Type,
}

/// All blocks of one type.
#[derive(Debug)]
pub(super) struct BlocksPlan {
    pub kind: SmolStr,
    pub nesting: Nesting,
    pub min_items: u64,
    pub max_items: u64,
    /// The type of one block.
    pub body_ty: Type,
    /// The type of them all.
    pub ty: Type,
    /// The value without any.
    pub empty: Value,
    pub sources: Vec<Source>,
}

/// Where blocks come from.
#[derive(Debug)]
pub(super) enum Source {
    Block(BlockPlan),
    Dynamic(Box<DynamicPlan>),
}

#[derive(Debug)]
pub(super) struct BlockPlan {
    /// The label of a block that is an element of a map.
    pub key: Option<SmolStr>,
    pub header: Span,
    /// As for [`Block::taken_from`].
    pub taken_from: Option<Arc<Origin>>,
    pub body: BodyPlan,
}

/// `dynamic "kind" { … }` that is complete enough to be expanded.
#[derive(Debug)]
pub(super) struct DynamicPlan {
    pub header: Span,
    pub taken_from: Option<Arc<Origin>>,
    pub for_each: Expr,
    pub iterator: SmolStr,
    /// The list of labels and the one element of it, where the blocks are elements of a map.
    pub key: Option<(Expr, NodeId)>,
    pub body: BodyPlan,
}

impl BodyPlan {
    pub fn new(body: &Body, schema: &Schema, origin: &Origin) -> BodyPlan {
        let body = &*body.shaped(schema, origin, &mut Diagnostics::new());
        let mut slots: Vec<(Arc<str>, Slot)> =
            Vec::with_capacity(schema.attributes.len() + schema.blocks.len());
        for (name, attribute) in &schema.attributes {
            let given = body.attributes.iter().find(|given| given.name == *name);
            let slot = match given {
                Some(given) => set(given, attribute),
                None if schema.may_be_blocks(name) => as_blocks(body, name, attribute, origin),
                None => Slot::Constant { value: attribute.null(), set: false },
            };
            slots.push((Arc::from(name.as_str()), slot));
        }
        for (name, block) in &schema.blocks {
            if !schema.attributes.contains_key(name) {
                slots.push((Arc::from(name.as_str()), blocks(body, name, block, origin)));
            }
        }
        // In the order of the value's attributes, which is then put together without a search.
        slots.sort_by(|(one, _), (other, _)| one.cmp(other));
        BodyPlan { ty: schema.ty().clone(), slots, missing: body.missing_item_span }
    }

    /// Resolves every name, and says of which ones there is nothing.
    pub fn resolve(&self, origin: &Origin, scope: &dyn Scope, sink: &mut Diagnostics) {
        self.resolve_with(origin, scope, &mut Vec::new(), sink);
    }

    fn resolve_with<'p>(
        &'p self,
        origin: &Origin,
        scope: &dyn Scope,
        bound: &mut Vec<&'p SmolStr>,
        sink: &mut Diagnostics,
    ) {
        let names = |expr: &Expr, bound: &[&SmolStr], sink: &mut Diagnostics| {
            for traversal in expr.traversals().iter().filter(|it| !bound.contains(&&it.root)) {
                let mut found = Vec::new();
                if scope.resolve(traversal, expr.origin(origin), &mut found).is_none() {
                    sink.extend(found.into_iter().filter(Diagnostic::is_error));
                }
            }
        };
        for (_, slot) in &self.slots {
            match slot {
                Slot::Constant { .. } => {}
                Slot::Attribute(attribute) => names(&attribute.value, bound, sink),
                Slot::Blocks(blocks) | Slot::AsBlocks(blocks) => {
                    for source in &blocks.sources {
                        match source {
                            Source::Block(block) => block.body.resolve_with(origin, scope, bound, sink),
                            Source::Dynamic(dynamic) => {
                                names(&dynamic.for_each, bound, sink);
                                bound.push(&dynamic.iterator);
                                dynamic.key.iter().for_each(|(labels, _)| names(labels, bound, sink));
                                dynamic.body.resolve_with(origin, scope, bound, sink);
                                bound.pop();
                            }
                        }
                    }
                }
            }
        }
    }
}

fn set(given: &Attribute, attribute: &AttributeSchema) -> Slot {
    let constraint = attribute.constraint();
    if let Some(literal) = given.value.as_literal()
        && let Ok(value) = lang::convert(literal, constraint)
    {
        return Slot::Constant { value, set: true };
    }
    Slot::Attribute(AttributePlan {
        name: given.name.clone(),
        name_span: given.name_span,
        value: given.value.clone(),
        constraint: constraint.clone(),
        ty: attribute.ty.clone(),
    })
}

/// An attribute that no argument sets, but perhaps blocks of its name.
fn as_blocks(body: &Body, name: &SmolStr, attribute: &AttributeSchema, origin: &Origin) -> Slot {
    let schema = BlockSchema {
        nesting: if attribute.ty.is_set() { Nesting::Set } else { Nesting::List },
        body: element_schema(&attribute.ty),
        ..BlockSchema::default()
    };
    match blocks(body, name, &schema, origin) {
        Slot::Blocks(blocks) => Slot::AsBlocks(BlocksPlan { empty: attribute.null(), ..blocks }),
        _ => Slot::Constant { value: attribute.null(), set: false },
    }
}

fn blocks(body: &Body, name: &SmolStr, schema: &BlockSchema, origin: &Origin) -> Slot {
    let sources: Vec<Source> =
        body.blocks.iter().filter_map(|block| source(block, name, schema, origin)).collect();
    let empty = schema.empty_value();
    if sources.is_empty() && schema.min_items == 0 {
        return Slot::Constant { value: empty, set: false };
    }
    Slot::Blocks(BlocksPlan {
        kind: name.clone(),
        nesting: schema.nesting,
        min_items: schema.min_items,
        max_items: schema.max_items,
        body_ty: schema.body.ty().clone(),
        ty: schema.ty(),
        empty,
        sources,
    })
}

fn source(block: &Block, name: &SmolStr, schema: &BlockSchema, origin: &Origin) -> Option<Source> {
    let labels = usize::from(schema.nesting == Nesting::Map);
    let origin = block.origin(origin);
    let taken_from = block.taken_from.clone();
    if block.kind == *name {
        // One with other labels is none.
        let key = block.labels.first().map(|(label, _)| label.clone());
        return (block.labels.len() == labels).then(|| {
            let body = with_stack(|| BodyPlan::new(&block.body, &schema.body, origin));
            Source::Block(BlockPlan { key, header: block.header, taken_from, body })
        });
    }
    let dynamic = dynamic(block).filter(|dynamic| dynamic.kind == name)?;
    // Whatever is missing of it, the checks have said.
    let parts = dynamic.parts(labels, origin, &mut Diagnostics::new())?;
    Some(Source::Dynamic(Box::new(DynamicPlan {
        header: block.header,
        taken_from,
        for_each: parts.for_each.clone(),
        iterator: dynamic.iterator.clone(),
        key: parts.labels.and_then(|(list, items)| Some((list.clone(), *items.first()?))),
        body: with_stack(|| BodyPlan::new(&parts.content.body, &schema.body, origin)),
    })))
}
