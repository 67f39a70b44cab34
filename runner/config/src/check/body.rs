//! A block's body against its schema: the arguments and blocks that it has, and the values that are constants.

use std::borrow::Cow;

use syntax::{Diagnostic, Diagnostics, Location, Origin, Span, with_stack};

use crate::dynamic::{Dynamic, dynamic};
use crate::encode::Encoder;
use crate::module::{Attribute, Block, Body};
use crate::schema::{BlockSchema, Nesting, Schema};
use crate::suggest::{did_you_mean, suggest};

/// Reports whatever `validate` would say of the body when nothing outside of it is known. `place` names a place as
/// messages do.
pub fn check(
    body: &Body,
    schema: &Schema,
    origin: &Origin,
    place: &dyn Fn(&Location) -> String,
    sink: &mut Diagnostics,
) {
    shape(body, schema, origin, sink);
    Encoder::new(body, schema, origin).check(place, sink);
}

/// What the schema does not know and what it misses.
fn shape(body: &Body, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) {
    let body = &*body.shaped(schema, origin, sink);
    arguments(body, schema, origin, sink);
    for block in &body.blocks {
        let origin = block.origin(origin);
        match dynamic(block) {
            Some(dynamic) => generated(block, &dynamic, body, schema, origin, sink),
            None if block.kind == "dynamic" => {
                labels(block, &["type"], origin, sink);
            }
            None => written(block, body, schema, origin, sink),
        }
    }
}

/// The labels and the schema of blocks of one type: those that the schema has, and those that are elements of an
/// attribute. Where an argument sets the attribute, there are none.
fn known<'s>(
    kind: &str,
    body: &Body,
    schema: &'s Schema,
) -> Option<(&'static [&'static str], Cow<'s, Schema>)> {
    if let Some(known) = schema.blocks.get(kind) {
        return Some((label_names(known), Cow::Borrowed(&known.body)));
    }
    let may_be = schema.may_be_blocks(kind) && body.attributes.iter().all(|set| set.name != kind);
    may_be.then(|| (&[] as &[&str], Cow::Owned(schema.of_block_like(kind))))
}

/// A block that is written out.
fn written(block: &Block, body: &Body, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) {
    let Some((names, inner)) = known(&block.kind, body, schema) else {
        return unknown_block(block, schema, origin, sink);
    };
    if labels(block, names, origin, sink) {
        with_stack(|| shape(&block.body, &inner, origin, sink));
    }
}

/// A block that a `dynamic` block generates.
fn generated(
    block: &Block,
    dynamic: &Dynamic<'_>,
    body: &Body,
    schema: &Schema,
    origin: &Origin,
    sink: &mut Diagnostics,
) {
    if !labels(block, &["type"], origin, sink) {
        return;
    }
    let Some((names, inner)) = known(dynamic.kind, body, schema) else {
        let detail = format!("Blocks of type {} are not expected here.", lang::quote(dynamic.kind));
        let error = Diagnostic::error("Unsupported block type", detail);
        sink.push(error.at(origin.locate(dynamic.kind_span)).with_code("unsupported-block"));
        return;
    };
    // What is generated never is not looked at.
    if let Some(parts) = dynamic.parts(names.len(), origin, sink)
        && !parts.generates_nothing()
    {
        with_stack(|| shape(&parts.content.body, &inner, origin, sink));
    }
}

fn label_names(known: &BlockSchema) -> &'static [&'static str] {
    if known.nesting == Nesting::Map { &["key"] } else { &[] }
}

/// Whether a block has the labels that it must have.
fn labels(block: &Block, names: &[&str], origin: &Origin, sink: &mut Diagnostics) -> bool {
    let kind = &block.kind;
    let listed = || format!("{} labels ({})", names.len(), names.join(", "));
    let (summary, detail, span, code) = if let Some(missing) = names.get(block.labels.len()) {
        (
            format!("Missing {missing} for {kind}"),
            format!("All {kind} blocks must have {}.", listed()),
            block.body.missing_item_span,
            "missing-label",
        )
    } else if let Some((_, span)) = block.labels.get(names.len()) {
        let detail = match names {
            [] => format!("No labels are expected for {kind} blocks."),
            _ => format!("Only {} are expected for {kind} blocks.", listed()),
        };
        (format!("Extraneous label for {kind}"), detail, *span, "extraneous-label")
    } else {
        return true;
    };
    let context = block.kind_span.to(block.body.missing_item_span);
    sink.push(
        Diagnostic::error(summary, detail)
            .at(origin.locate(span))
            .within(origin.locate(context))
            .with_code(code),
    );
    false
}

fn arguments(body: &Body, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) {
    for attribute in &body.attributes {
        if schema.attributes.contains_key(&attribute.name) {
            continue;
        }
        let unset = schema.attributes.keys().map(AsRef::as_ref);
        let unset = unset.filter(|name| body.attributes.iter().all(|set| set.name != *name));
        let mut unset: Vec<&str> = unset.collect();
        unset.sort_unstable();
        let name = lang::quote(&attribute.name);
        let mut hint = did_you_mean(&attribute.name, unset);
        if body.json {
            let mut names: Vec<&str> = schema.blocks.keys().map(AsRef::as_ref).collect();
            names.sort_unstable();
            if hint.is_empty() {
                hint = did_you_mean(&attribute.name, names);
            }
            sink.push(extraneous(&name, &hint, attribute, origin));
            continue;
        }
        if hint.is_empty() && schema.blocks.contains_key(&attribute.name) {
            hint = format!(" Did you mean to define a block of type {name}?");
        }
        sink.push(
            Diagnostic::error(
                "Unsupported argument",
                format!("An argument named {name} is not expected here.{hint}"),
            )
            .at(attribute.origin(origin).locate(attribute.name_span))
            .with_code("unsupported-argument"),
        );
    }
    for (name, known) in &schema.attributes {
        // What may be written as blocks is not asked for.
        let missing = known.required && body.attributes.iter().all(|set| set.name != *name || set.added);
        if missing && !schema.may_be_blocks(name) {
            sink.push(
                Diagnostic::error(
                    "Missing required argument",
                    format!("The argument {} is required, but no definition was found.", lang::quote(name)),
                )
                .at(origin.locate(body.missing_item_span))
                .with_code("missing-argument"),
            );
        }
    }
}

/// A JSON property that the schema has neither as an argument nor as a block; `name` is in quotes.
pub(super) fn extraneous(name: &str, hint: &str, attribute: &Attribute, origin: &Origin) -> Diagnostic {
    let detail = format!("No argument or block type is named {name}.{hint}");
    let at = attribute.name_span;
    let value = attribute.value.whole_span();
    // Up to where the value begins.
    let origin = attribute.origin(origin);
    let begin = if attribute.json.is_some() { Span::new(value.start, value.start + 1) } else { value };
    Diagnostic::error("Extraneous JSON object property", detail)
        .at(origin.locate(at))
        .within(origin.locate(at.to(begin)))
        .with_code("unsupported-argument")
}

fn unknown_block(block: &Block, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) {
    let kind = block.kind.as_str();
    let mut names: Vec<&str> = schema.blocks.keys().map(AsRef::as_ref).collect();
    names.sort_unstable();
    // Every schema has it.
    names.push("dynamic");
    let name = lang::quote(kind);
    let hint = match suggest(kind, names) {
        Some(near) => format!(" Did you mean {}?", lang::quote(near)),
        None if schema.attributes.contains_key(kind) => format!(
            " Did you mean to define argument {name}? If so, use the equals sign to assign it a value."
        ),
        None => String::new(),
    };
    sink.push(
        Diagnostic::error(
            "Unsupported block type",
            format!("Blocks of type {name} are not expected here.{hint}"),
        )
        .at(origin.locate(block.kind_span))
        .with_code("unsupported-block"),
    );
}
