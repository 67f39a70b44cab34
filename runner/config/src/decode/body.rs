//! Bodies whose meaning a provider's schema gives: kept whole, with lowered expressions.

use std::borrow::Cow;
use std::sync::Arc;

use syntax::ast::{self, Item};
use syntax::{Diagnostics, Origin, Span, with_stack};

use super::content::{items, missing_item_span};
use super::expression::lower;
use super::json;
use super::sink::Sink;
use crate::module::{Attribute, Block, Body};
use crate::schema::{Nesting, Schema};

/// How many `dynamic` blocks may stand inside each other in JSON, where each level is a copy of what is in it. Nobody
/// writes more than two; further ones stay properties that no schema knows.
const MOST_DYNAMIC: u32 = 16;

/// Lowers the given items of a block's body.
pub(super) fn lower_items<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    missing_item_span: Span,
    sink: &mut Sink,
) -> Body {
    lower_level(items, missing_item_span, 0, sink)
}

/// The same inside of `level` dynamic blocks.
fn lower_level<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    missing_item_span: Span,
    level: u32,
    sink: &mut Sink,
) -> Body {
    let json = sink.origin().file.is_json();
    let mut body = Body { missing_item_span, json, dialect: sink.dialect(), ..Body::default() };
    for item in items {
        match item {
            Item::Attribute(attribute) if attribute.equals.is_none() => {}
            // Every schema has it, as a block.
            Item::Attribute(attribute)
                if json && attribute.name.text == "dynamic" && level < MOST_DYNAMIC =>
            {
                for block in json::blocks_of(attribute.name.clone(), &attribute.value, &["type"], sink) {
                    let mut dynamic = lower_block(&block, level, sink);
                    contents_as_blocks(&mut dynamic.body, level + 1, sink);
                    body.blocks.push(dynamic);
                }
            }
            Item::Attribute(attribute) => body.attributes.push(lower_attribute(attribute, json, sink)),
            Item::Block(block) => body.blocks.push(lower_block(block, level, sink)),
        }
    }
    body
}

/// `json` keeps the value as it was read, so that a schema can make blocks of it.
pub(super) fn lower_attribute(attribute: &ast::Attribute, json: bool, sink: &Sink) -> Attribute {
    use ast::ExprKind::{Object, Tuple};
    let may_be_blocks = json && matches!(attribute.value.kind, Object(_) | Tuple(_));
    Attribute {
        name: attribute.name.text.clone(),
        name_span: attribute.name.span,
        span: attribute.span,
        value: lower(&attribute.value, sink),
        json: may_be_blocks.then(|| Arc::new(attribute.value.clone())),
        added: false,
    }
}

pub(super) fn lower_block(block: &ast::Block, level: u32, sink: &mut Sink) -> Block {
    Block {
        taken_from: None,
        kind: block.kind.text.clone(),
        labels: block.labels.iter().map(|label| (label.text.clone(), label.span)).collect(),
        kind_span: block.kind.span,
        header: block.header_span(),
        span: block.span,
        body: with_stack(|| {
            let inside = items(&block.body, sink);
            lower_level(inside.iter().map(AsRef::as_ref), missing_item_span(block), level, sink)
        }),
    }
}

impl Body {
    /// The body as a schema has it. In the JSON profile every property is kept as an attribute until a schema tells
    /// which of them are blocks; a native body is what it is. Properties of the wrong shape are reported. Of a body that
    /// an override file changed, what the schema does not know is dropped.
    pub fn shaped(&self, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) -> Cow<'_, Body> {
        let is_block = |attribute: &Attribute| schema.blocks.contains_key(&attribute.name);
        let holds_blocks = self.json && self.attributes.iter().any(is_block);
        if !holds_blocks && !self.overridden {
            return Cow::Borrowed(self);
        }
        let mut shaped = self.clone();
        if self.overridden {
            shaped.attributes.retain(|attribute| schema.has(&attribute.name));
            shaped.blocks.retain(|block| schema.has(block.makes()));
        }
        if !holds_blocks {
            return Cow::Owned(shaped);
        }
        shaped.attributes.retain(|attribute| !is_block(attribute));
        for attribute in self.attributes.iter().filter(|attribute| is_block(attribute)) {
            let origin = attribute.origin(origin);
            let mut found = Sink::new(&origin.file, self.dialect);
            let labels: &[&str] = match schema.blocks.get(&attribute.name) {
                Some(known) if known.nesting == Nesting::Map => &["key"],
                _ => &[],
            };
            let blocks = as_blocks(attribute, labels, 0, &mut found);
            shaped.blocks.extend(blocks.into_iter().map(|block| match attribute.value.is_taken() {
                true => block.taken_from(&Arc::new(origin.clone())),
                false => block,
            }));
            sink.extend(found.finish().into_iter().map(|finding| finding.diagnostic.shifted(origin.base)));
        }
        shaped.blocks.sort_by_key(|block| block.span.start);
        Cow::Owned(shaped)
    }
}

/// The blocks that a property stands for.
fn as_blocks(attribute: &Attribute, labels: &[&str], level: u32, sink: &mut Sink) -> Vec<Block> {
    let value = match &attribute.json {
        Some(value) => value.as_ref().clone(),
        None => {
            let span = attribute.value.whole_span();
            let is_null = attribute.value.as_literal().is_some_and(lang::Value::is_null);
            let kind = if is_null { ast::ExprKind::Null } else { ast::ExprKind::Missing };
            ast::Expr { kind, span }
        }
    };
    let name = ast::Ident { text: attribute.name.clone(), span: attribute.name_span };
    let found = json::blocks_of(name, &value, labels, sink);
    found.iter().map(|block| lower_block(block, level, sink)).collect()
}

/// Of a `dynamic` block, `content` is a block whatever the schema is.
fn contents_as_blocks(body: &mut Body, level: u32, sink: &mut Sink) {
    let (contents, attributes) =
        std::mem::take(&mut body.attributes).into_iter().partition(|attribute| attribute.name == "content");
    body.attributes = attributes;
    let contents: Vec<Attribute> = contents;
    for content in &contents {
        body.blocks.extend(as_blocks(content, &[], level, sink));
    }
}
