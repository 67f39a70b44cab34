//! `output "name" { … }` and `locals { … }`.

use syntax::ast::Block;

use super::condition::condition;
use super::content::{BodySchema, block, content, just_attributes, optional, required};
use super::expression::{constant_bool, lower, reference_list};
use super::names::{IDENTIFIER_RULE, check_identifier, is_identifier};
use super::sink::Sink;
use super::variable::{NOT_EMPTY, deprecation, description, is_refused};
use crate::dialect::Feature;
use crate::module::{FlagsSet, Local, Output};

const OUTPUT: BodySchema = BodySchema {
    attributes: &[
        optional("description"),
        required("value"),
        optional("depends_on"),
        optional("sensitive"),
        optional("ephemeral").needs(Feature::Ephemeral),
        optional("deprecated").needs(Feature::Deprecation),
    ],
    blocks: &[block("precondition", &[]), block("postcondition", &[])],
};

pub(super) fn output(block: &Block, sink: &mut Sink) -> Option<Output> {
    let label = block.labels.first()?;
    let content = content(block, &OUTPUT, sink);
    check_identifier(label, "output", sink);
    let described = description(content.attribute("description"), sink);
    let deprecated = deprecation(content.attribute("deprecated"), sink);
    if let Some(attribute) =
        content.attribute("deprecated").filter(|_| deprecated.as_ref().is_some_and(|it| is_refused(it, sink)))
    {
        let detail = format!("{NOT_EMPTY} output value.");
        sink.error("empty-deprecation", "Invalid `deprecated` attribute", detail, attribute.value.span);
    }
    let mut flag = |name| {
        let attribute = content.attribute(name);
        attribute.and_then(|attribute| constant_bool(&attribute.value, sink)).unwrap_or(false)
    };
    let sensitive = flag("sensitive");
    let ephemeral = flag("ephemeral");
    for postcondition in content.blocks_of("postcondition") {
        sink.error(
            "misplaced-postcondition",
            "Postconditions are not allowed",
            "Output values can only have preconditions, not postconditions.",
            postcondition.kind.span,
        );
    }
    Some(Output {
        name: label.text.clone(),
        name_span: label.span,
        header: block.header_span(),
        span: block.span,
        value: content.attribute("value").map(|attribute| lower(&attribute.value, sink)),
        description: described,
        sensitive,
        ephemeral,
        deprecated,
        set: FlagsSet {
            sensitive: content.attribute("sensitive").is_some(),
            ephemeral: content.attribute("ephemeral").is_some(),
            nullable: false,
        },
        depends_on: content
            .attribute("depends_on")
            .map(|attribute| reference_list(&attribute.value, sink))
            .unwrap_or_default(),
        preconditions: content.blocks_of("precondition").filter_map(|block| condition(block, sink)).collect(),
    })
}

pub(super) fn locals(block: &Block, sink: &mut Sink) -> Vec<Local> {
    let mut locals = Vec::new();
    for attribute in just_attributes(&block.body, sink) {
        if !is_identifier(&attribute.name.text) {
            sink.error("invalid-name", "Invalid local value name", IDENTIFIER_RULE, attribute.name.span);
        }
        locals.push(Local {
            name: attribute.name.text.clone(),
            name_span: attribute.name.span,
            span: attribute.span,
            value: lower(&attribute.value, sink),
        });
    }
    locals
}
