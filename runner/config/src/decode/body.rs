//! Bodies whose meaning a provider's schema gives: kept whole, with lowered expressions.

use lang::lower;
use syntax::ast::{self, Item};
use syntax::{Span, with_stack};

use super::content::missing_item_span;
use crate::module::{Attribute, Block, Body};

/// Lowers the given items of a block's body.
pub(super) fn lower_items<'a>(items: impl IntoIterator<Item = &'a Item>, missing_item_span: Span) -> Body {
    let mut body = Body { missing_item_span, ..Body::default() };
    for item in items {
        match item {
            Item::Attribute(attribute) if attribute.equals.is_none() => {}
            Item::Attribute(attribute) => body.attributes.push(lower_attribute(attribute)),
            Item::Block(block) => body.blocks.push(lower_block(block)),
        }
    }
    body
}

pub(super) fn lower_attribute(attribute: &ast::Attribute) -> Attribute {
    Attribute {
        name: attribute.name.text.clone(),
        name_span: attribute.name.span,
        span: attribute.span,
        value: lower(&attribute.value),
    }
}

pub(super) fn lower_block(block: &ast::Block) -> Block {
    Block {
        kind: block.kind.text.clone(),
        labels: block.labels.iter().map(|label| (label.text.clone(), label.span)).collect(),
        kind_span: block.kind.span,
        header: block.header_span(),
        span: block.span,
        body: with_stack(|| lower_items(&block.body.items, missing_item_span(block))),
    }
}
