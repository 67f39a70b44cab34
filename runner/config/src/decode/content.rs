//! Reading a block's body against a fixed list of what it may hold, in HCL's words.

use syntax::Span;
use syntax::ast::{Attribute, Block, Body, Item};

use super::sink::Sink;
use crate::suggest::suggest;

/// What a body may hold.
pub(super) struct BodySchema {
    pub(super) attributes: &'static [AttributeSchema],
    pub(super) blocks: &'static [BlockSchema],
}

pub(super) struct AttributeSchema {
    pub(super) name: &'static str,
    pub(super) required: bool,
}

pub(super) struct BlockSchema {
    pub(super) kind: &'static str,
    pub(super) labels: &'static [&'static str],
}

pub(super) const fn optional(name: &'static str) -> AttributeSchema {
    AttributeSchema { name, required: false }
}

pub(super) const fn required(name: &'static str) -> AttributeSchema {
    AttributeSchema { name, required: true }
}

pub(super) const fn block(kind: &'static str, labels: &'static [&'static str]) -> BlockSchema {
    BlockSchema { kind, labels }
}

/// The parts of a body that its schema names.
#[derive(Default)]
pub(super) struct Content<'a> {
    attributes: Vec<&'a Attribute>,
    /// In source order; those with wrong labels are left out.
    pub(super) blocks: Vec<&'a Block>,
    /// What the schema does not name, in source order.
    pub(super) rest: Vec<&'a Item>,
}

impl<'a> Content<'a> {
    /// The attribute of that name.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a Attribute> {
        self.attributes.iter().copied().find(|attribute| attribute.name.text == name)
    }

    pub(super) fn blocks_of(&self, kind: &str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().copied().filter(move |block| block.kind.text == kind)
    }
}

/// Reads a whole body: whatever the schema does not name is an error.
pub(super) fn content<'a>(block: &'a Block, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let content = partial_content(block, schema, sink);
    for item in &content.rest {
        unexpected(item, schema, &content, sink);
    }
    content
}

/// Reads the parts of a body that the schema names and leaves the rest.
pub(super) fn partial_content<'a>(block: &'a Block, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let content = read(&block.body, schema, sink);
    for attribute in schema.attributes.iter().filter(|attribute| attribute.required) {
        if content.attribute(attribute.name).is_none() {
            missing_argument(attribute.name, missing_item_span(block), sink);
        }
    }
    content
}

/// Sorts a body's items by whether the schema names them, and checks the labels of blocks.
pub(super) fn read<'a>(body: &'a Body, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let mut content = Content::default();
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                let known = schema.attributes.iter().any(|known| known.name == attribute.name.text);
                // A lone name sets nothing.
                if known && attribute.equals.is_some() {
                    content.attributes.push(attribute);
                } else {
                    content.rest.push(item);
                }
            }
            Item::Block(block) => match schema.blocks.iter().find(|known| known.kind == block.kind.text) {
                Some(known) => {
                    if check_labels(block, known.labels, sink) {
                        content.blocks.push(block);
                    }
                }
                None => content.rest.push(item),
            },
        }
    }
    content
}

/// The place of "missing argument", which is where HCL says that the body begins: at the opening brace; at the
/// argument of a block on one line; at the block's type when no brace follows its header.
pub(super) fn missing_item_span(block: &Block) -> Span {
    let argument = block.body.items.first().filter(|_| block.body.on_one_line);
    match argument {
        Some(Item::Attribute(attribute)) => Span::at(attribute.span.start),
        _ => block.open_brace.unwrap_or_else(|| Span::at(block.kind.span.start)),
    }
}

pub(super) fn missing_argument(name: &str, subject: Span, sink: &mut Sink) {
    sink.error(
        "missing-argument",
        "Missing required argument",
        format!("The argument {name:?} is required, but no definition was found."),
        subject,
    );
}

pub(super) fn unexpected(item: &Item, schema: &BodySchema, content: &Content<'_>, sink: &mut Sink) {
    match item {
        // A lone name is the beginning of something; the parser has said that it is incomplete.
        Item::Attribute(attribute) if attribute.equals.is_none() => {}
        Item::Attribute(attribute) => {
            let name = attribute.name.text.as_str();
            let open = schema.attributes.iter().map(|known| known.name);
            let open = open.filter(|known| content.attribute(known).is_none());
            let hint = match suggest(name, open) {
                Some(near) => format!(" Did you mean {near:?}?"),
                None if schema.blocks.iter().any(|known| known.kind == name) => {
                    format!(" Did you mean to define a block of type {name:?}?")
                }
                None => String::new(),
            };
            sink.error(
                "unsupported-argument",
                "Unsupported argument",
                format!("An argument named {} is not expected here.{hint}", lang::quote(name)),
                attribute.name.span,
            );
        }
        // `naem "x"` while its brace is not typed yet.
        Item::Block(block) if block.open_brace.is_none() => {}
        Item::Block(block) => {
            let name = block.kind.text.as_str();
            let hint = match suggest(name, schema.blocks.iter().map(|known| known.kind)) {
                Some(near) => format!(" Did you mean {near:?}?"),
                None if schema.attributes.iter().any(|known| known.name == name) => format!(
                    " Did you mean to define argument {name:?}? If so, use the equals sign to assign it a value."
                ),
                None => String::new(),
            };
            sink.error(
                "unsupported-block",
                "Unsupported block type",
                format!("Blocks of type {} are not expected here.{hint}", lang::quote(name)),
                block.kind.span,
            );
        }
    }
}

/// The attributes of a body that may hold no blocks.
pub(super) fn just_attributes<'a>(body: &'a Body, sink: &mut Sink) -> Vec<&'a Attribute> {
    if let Some(block) = body.blocks().next().filter(|block| block.open_brace.is_some()) {
        sink.error_within(
            "unexpected-block",
            format!("Unexpected {} block", lang::quote(&block.kind.text)),
            "Blocks are not allowed here.",
            block.kind.span,
            block.header_span(),
        );
    }
    body.attributes().filter(|attribute| attribute.equals.is_some()).collect()
}

/// Whether the block has exactly the labels it must have.
fn check_labels(block: &Block, names: &[&str], sink: &mut Sink) -> bool {
    let kind = block.kind.text.as_str();
    let Some(open) = block.open_brace else {
        // Half-typed; usable when the labels that count are there.
        return block.labels.len() >= names.len();
    };
    let context = block.kind.span.to(open);
    if let Some(missing) = names.get(block.labels.len()) {
        sink.error_within(
            "missing-label",
            format!("Missing {missing} for {kind}"),
            format!("All {kind} blocks must have {} labels ({}).", names.len(), names.join(", ")),
            open,
            context,
        );
        return false;
    }
    if let Some(extra) = block.labels.get(names.len()) {
        let detail = if names.is_empty() {
            format!("No labels are expected for {kind} blocks.")
        } else {
            format!("Only {} labels ({}) are expected for {kind} blocks.", names.len(), names.join(", "))
        };
        sink.error_within(
            "extraneous-label",
            format!("Extraneous label for {kind}"),
            detail,
            extra.span,
            context,
        );
        return false;
    }
    true
}
