//! Reading a block's body against a fixed list of what it may hold, in HCL's words.
//!
//! A body in the JSON profile has no items of its own: its properties become attributes and blocks here, as the list
//! says.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use syntax::ast::{Attribute, Block, Body, Item, JsonBody};
use syntax::{SmolStr, Span, ast};

use super::json;
use super::sink::{PLACE, Sink};
use crate::dialect::{Dialect, Feature};
use crate::suggest::suggest;

/// The code of the error about a label too many.
pub(crate) const EXTRANEOUS_LABEL: &str = "extraneous-label";

/// What a body may hold.
pub(super) struct BodySchema {
    pub(super) attributes: &'static [AttributeSchema],
    pub(super) blocks: &'static [BlockSchema],
}

pub(super) struct AttributeSchema {
    pub(super) name: &'static str,
    pub(super) required: bool,
    /// What a dialect must have for the attribute to be one.
    needs: Option<Feature>,
}

pub(super) struct BlockSchema {
    pub(super) kind: &'static str,
    pub(super) labels: &'static [&'static str],
    /// What a dialect must have for the block to be one.
    needs: Option<Feature>,
}

pub(super) const fn optional(name: &'static str) -> AttributeSchema {
    AttributeSchema { name, required: false, needs: None }
}

pub(super) const fn required(name: &'static str) -> AttributeSchema {
    AttributeSchema { name, required: true, needs: None }
}

pub(super) const fn block(kind: &'static str, labels: &'static [&'static str]) -> BlockSchema {
    BlockSchema { kind, labels, needs: None }
}

impl AttributeSchema {
    pub(super) const fn needs(mut self, feature: Feature) -> AttributeSchema {
        self.needs = Some(feature);
        self
    }
}

impl BlockSchema {
    pub(super) const fn needs(mut self, feature: Feature) -> BlockSchema {
        self.needs = Some(feature);
        self
    }
}

impl BodySchema {
    /// The attributes that a dialect knows.
    fn attributes(&self, dialect: Dialect) -> impl Iterator<Item = &AttributeSchema> {
        self.attributes.iter().filter(move |known| has(dialect, known.needs))
    }

    /// The blocks that a dialect knows.
    fn blocks(&self, dialect: Dialect) -> impl Iterator<Item = &BlockSchema> {
        self.blocks.iter().filter(move |known| has(dialect, known.needs))
    }

    /// The code of the error about something of this name that the dialect does not know: the missing feature's where
    /// another dialect knows it.
    fn code(&self, name: &str, otherwise: &'static str) -> &'static str {
        let attributes = self.attributes.iter().map(|known| (known.name, known.needs));
        let mut all = attributes.chain(self.blocks.iter().map(|known| (known.kind, known.needs)));
        all.find(|known| known.0 == name).and_then(|known| known.1).map_or(otherwise, Feature::code)
    }
}

fn has(dialect: Dialect, needs: Option<Feature>) -> bool {
    needs.is_none_or(|feature| dialect.has(feature))
}

/// The parts of a body that its schema names.
#[derive(Default)]
pub(super) struct Content<'a> {
    attributes: Vec<Cow<'a, Attribute>>,
    /// In source order; those with wrong labels are left out.
    pub(super) blocks: Vec<Cow<'a, Block>>,
    /// What the schema does not name, in source order.
    pub(super) rest: Vec<Cow<'a, Item>>,
}

impl Content<'_> {
    /// The attribute of that name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().map(AsRef::as_ref).find(|attribute| attribute.name.text == name)
    }

    pub(super) fn blocks_of(&self, kind: &str) -> impl Iterator<Item = &Block> {
        self.blocks.iter().map(AsRef::as_ref).filter(move |block| block.kind.text == kind)
    }
}

/// Reads a whole body: whatever the schema does not name is an error.
pub(super) fn content<'a>(block: &'a Block, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let content = partial_content(block, schema, sink);
    refuse_rest(&block.body, schema, &content, sink);
    content
}

/// Reports what a schema does not name of a whole body.
pub(super) fn refuse_rest(body: &Body, schema: &BodySchema, content: &Content<'_>, sink: &mut Sink) {
    if let Some(json) = &body.json {
        // HCL looks at the whole value again, and says again what is wrong with it.
        json::properties(&json.value, None, sink);
    }
    for item in &content.rest {
        match (item.as_ref(), &body.json) {
            (Item::Attribute(attribute), Some(_)) => extraneous(attribute, schema, content, sink),
            (item, _) => unexpected(item, schema, content, sink),
        }
    }
}

/// Reads the parts of a body that the schema names and leaves the rest.
pub(super) fn partial_content<'a>(block: &'a Block, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let content = read(&block.body, schema, sink);
    for attribute in schema.attributes(sink.dialect()).filter(|attribute| attribute.required) {
        if content.attribute(attribute.name).is_none() {
            missing_argument(attribute.name, missing_item_span(block), sink);
        }
    }
    content
}

/// Sorts a body's items by whether the schema names them, and checks the labels of blocks.
pub(super) fn read<'a>(body: &'a Body, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    if let Some(json) = &body.json {
        return read_json(json, schema, sink);
    }
    let mut content = Content::default();
    let dialect = sink.dialect();
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                let known = schema.attributes(dialect).any(|known| known.name == attribute.name.text);
                // A lone name sets nothing.
                if known && attribute.equals.is_some() {
                    content.attributes.push(Cow::Borrowed(attribute));
                } else {
                    content.rest.push(Cow::Borrowed(item));
                }
            }
            Item::Block(block) => match schema.blocks(dialect).find(|known| known.kind == block.kind.text) {
                Some(known) => {
                    if check_labels(block, known.labels, sink) {
                        content.blocks.push(Cow::Borrowed(block));
                    }
                }
                None => content.rest.push(Cow::Borrowed(item)),
            },
        }
    }
    content
}

fn read_json<'a>(body: &JsonBody, schema: &BodySchema, sink: &mut Sink) -> Content<'a> {
    let mut content = Content::default();
    let dialect = sink.dialect();
    for property in json::properties(&body.value, None, sink) {
        let name = json::name(property);
        if schema.attributes(dialect).any(|known| known.name == name.text) {
            let attribute = json::attribute(property);
            match content.attribute(&name.text).map(|first| first.span) {
                None => content.attributes.push(Cow::Owned(attribute)),
                Some(first) => {
                    let context = name.span.to(json::start_of(&attribute.value));
                    set_twice("Duplicate argument", &attribute, context, first, sink);
                }
            }
        } else if let Some(known) = schema.blocks(dialect).find(|known| known.kind == name.text) {
            let blocks = json::blocks_of(name, &property.value, known.labels, sink);
            content.blocks.extend(blocks.into_iter().map(Cow::Owned));
        } else if !json::is_comment(&name.text) {
            content.rest.push(Cow::Owned(Item::Attribute(json::attribute(property))));
        }
    }
    content
}

fn set_twice(summary: &str, attribute: &Attribute, context: Span, first: Span, sink: &mut Sink) {
    let detail = format!("The argument {} was already set at {PLACE}.", lang::quote(&attribute.name.text));
    sink.error_with_previous_within(
        "duplicate-argument",
        summary,
        detail,
        attribute.name.span,
        first,
        context,
    );
}

/// The items of a body that is kept for later. In JSON, all of them are attributes.
pub(super) fn items<'a>(body: &'a Body, sink: &mut Sink) -> Vec<Cow<'a, Item>> {
    if body.json.is_none() {
        return body.items.iter().map(Cow::Borrowed).collect();
    }
    read(body, &BodySchema { attributes: &[], blocks: &[] }, sink).rest
}

/// The place of "missing argument", which is where HCL says that the body begins: at the opening brace; at the
/// argument of a block on one line; at the block's type when no brace follows its header.
pub(super) fn missing_item_span(block: &Block) -> Span {
    if let Some(json) = &block.body.json {
        return json::missing_item_span(&json.value);
    }
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

fn unexpected(item: &Item, schema: &BodySchema, content: &Content<'_>, sink: &mut Sink) {
    let dialect = sink.dialect();
    match item {
        // A lone name is the beginning of something; the parser has said that it is incomplete.
        Item::Attribute(attribute) if attribute.equals.is_none() => {}
        Item::Attribute(attribute) => {
            let name = attribute.name.text.as_str();
            let open = schema.attributes(dialect).map(|known| known.name);
            let open = open.filter(|known| content.attribute(known).is_none());
            let hint = match suggest(name, open) {
                Some(near) => format!(" Did you mean {near:?}?"),
                None if schema.blocks(dialect).any(|known| known.kind == name) => {
                    format!(" Did you mean to define a block of type {name:?}?")
                }
                None => String::new(),
            };
            sink.error(
                schema.code(name, "unsupported-argument"),
                "Unsupported argument",
                format!("An argument named {} is not expected here.{hint}", lang::quote(name)),
                attribute.name.span,
            );
        }
        // `naem "x"` while its brace is not typed yet.
        Item::Block(block) if block.open_brace.is_none() => {}
        Item::Block(block) => {
            let name = block.kind.text.as_str();
            let hint = match suggest(name, schema.blocks(dialect).map(|known| known.kind)) {
                Some(near) => format!(" Did you mean {near:?}?"),
                None if schema.attributes(dialect).any(|known| known.name == name) => format!(
                    " Did you mean to define argument {name:?}? If so, use the equals sign to assign it a value."
                ),
                None => String::new(),
            };
            sink.error(
                schema.code(name, "unsupported-block"),
                "Unsupported block type",
                format!("Blocks of type {} are not expected here.{hint}", lang::quote(name)),
                block.kind.span,
            );
        }
    }
}

/// A property that is neither argument nor block.
fn extraneous(attribute: &Attribute, schema: &BodySchema, content: &Content<'_>, sink: &mut Sink) {
    let (name, dialect) = (attribute.name.text.as_str(), sink.dialect());
    let open = schema.attributes(dialect).map(|known| known.name);
    let open = open.filter(|known| content.attribute(known).is_none());
    let hint = match suggest(name, open.chain(schema.blocks(dialect).map(|known| known.kind))) {
        Some(near) => format!(" Did you mean {near:?}?"),
        None => String::new(),
    };
    sink.error_within(
        schema.code(name, "unsupported-argument"),
        "Extraneous JSON object property",
        format!("No argument or block type is named {}.{hint}", lang::quote(name)),
        attribute.name.span,
        attribute.name.span.to(json::start_of(&attribute.value)),
    );
}

/// The attributes of a body that may hold no blocks.
pub(super) fn just_attributes<'a>(body: &'a Body, sink: &mut Sink) -> Vec<Cow<'a, Attribute>> {
    if let Some(json) = &body.json {
        return just_json_attributes(json, sink);
    }
    if let Some(block) = body.blocks().next().filter(|block| block.open_brace.is_some()) {
        sink.error_within(
            "unexpected-block",
            format!("Unexpected {} block", lang::quote(&block.kind.text)),
            "Blocks are not allowed here.",
            block.kind.span,
            block.header_span(),
        );
    }
    body.attributes().filter(|attribute| attribute.equals.is_some()).map(Cow::Borrowed).collect()
}

fn just_json_attributes<'a>(body: &JsonBody, sink: &mut Sink) -> Vec<Cow<'a, Attribute>> {
    let ast::ExprKind::Object(properties) = &body.value.kind else {
        let detail = "A JSON object is required here, setting the arguments for this block.";
        json::wrong_type(detail, &body.value, sink);
        return Vec::new();
    };
    let mut attributes: Vec<Cow<'_, Attribute>> = Vec::new();
    let mut first: HashMap<SmolStr, Span> = HashMap::new();
    for property in properties.iter().filter(|property| !property.key.is_missing()) {
        let attribute = json::attribute(property);
        if json::is_comment(&attribute.name.text) {
            continue;
        }
        match first.entry(attribute.name.text.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(attribute.span);
                attributes.push(Cow::Owned(attribute));
            }
            Entry::Occupied(first) => {
                let name = attribute.name.span;
                set_twice("Duplicate attribute definition", &attribute, name, *first.get(), sink);
            }
        }
    }
    attributes
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
            EXTRANEOUS_LABEL,
            format!("Extraneous label for {kind}"),
            detail,
            extra.span,
            context,
        );
        return false;
    }
    true
}
