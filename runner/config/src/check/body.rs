//! A resource's body against its schema.

use syntax::{Diagnostic, Diagnostics, Origin, Span, with_stack};

use crate::module::{Attribute, Block, Body};
use crate::refs::dynamic;
use crate::schema::{Nesting, Schema};
use crate::suggest::{did_you_mean, suggest};

/// Reports what the schema does not know and what it misses.
pub(super) fn check(body: &Body, schema: &Schema, origin: &Origin, sink: &mut Diagnostics) {
    let body = &*body.shaped(schema, origin, sink);
    arguments(body, schema, origin, sink);
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let mut uncertain = false;
    for block in &body.blocks {
        let origin = block.origin(origin);
        let (kind, kind_span, inner) = match dynamic(block) {
            Some(dynamic) => {
                uncertain = true;
                (dynamic.kind, dynamic.kind_span, dynamic.content)
            }
            None => (&block.kind, block.kind_span, Some(block)),
        };
        match schema.blocks.get(kind) {
            Some(known) => {
                if let Some(inner) = inner {
                    with_stack(|| check(&inner.body, &known.body, origin, sink));
                }
                match counts.iter_mut().find(|(name, _)| name == kind) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((kind, 1)),
                }
            }
            // Attributes whose type is a collection of objects may be written as blocks.
            None if is_blocks_as_attribute(schema, kind) => {}
            None => unknown_block(block, kind, kind_span, schema, origin, sink),
        }
    }
    if uncertain {
        return;
    }
    for (name, known) in &schema.blocks {
        let count = counts.iter().find(|(kind, _)| kind == name).map_or(0, |(_, count)| *count);
        let quoted = lang::quote(name);
        let (summary, detail) = if count < known.min_items {
            (
                format!("Insufficient {name} blocks"),
                format!("At least {} {quoted} blocks are required.", known.min_items),
            )
        } else if known.max_items > 0 && count > known.max_items && known.nesting != Nesting::Map {
            (
                format!("Too many {name} blocks"),
                format!("No more than {} {quoted} blocks are allowed", known.max_items),
            )
        } else {
            continue;
        };
        sink.push(
            Diagnostic::error(summary, detail)
                .at(origin.locate(body.missing_item_span))
                .with_code("block-count"),
        );
    }
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
            .at(origin.locate(attribute.name_span))
            .with_code("unsupported-argument"),
        );
    }
    for (name, known) in &schema.attributes {
        if known.required && body.attributes.iter().all(|set| set.name != *name) {
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
    let begin = if attribute.json.is_some() { Span::new(value.start, value.start + 1) } else { value };
    Diagnostic::error("Extraneous JSON object property", detail)
        .at(origin.locate(at))
        .within(origin.locate(at.to(begin)))
        .with_code("unsupported-argument")
}

fn is_blocks_as_attribute(schema: &Schema, kind: &str) -> bool {
    schema
        .attributes
        .get(kind)
        .is_some_and(|attribute| attribute.ty.element_type().is_some_and(|element| element.is_object()))
}

fn unknown_block(
    block: &Block,
    kind: &str,
    kind_span: Span,
    schema: &Schema,
    origin: &Origin,
    sink: &mut Diagnostics,
) {
    let mut names: Vec<&str> = schema.blocks.keys().map(AsRef::as_ref).collect();
    names.sort_unstable();
    let name = lang::quote(kind);
    let hint = match suggest(kind, names) {
        Some(near) => format!(" Did you mean {}?", lang::quote(near)),
        None if block.kind != "dynamic" && schema.attributes.contains_key(kind) => format!(
            " Did you mean to define argument {name}? If so, use the equals sign to assign it a value."
        ),
        None => String::new(),
    };
    sink.push(
        Diagnostic::error(
            "Unsupported block type",
            format!("Blocks of type {name} are not expected here.{hint}"),
        )
        .at(origin.locate(kind_span))
        .with_code("unsupported-block"),
    );
}
