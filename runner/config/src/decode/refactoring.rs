//! `moved`, `removed` and `import` blocks, as far as their form goes.

use syntax::ast::Block;

use super::content::{BodySchema, block, content, optional, partial_content, required};
use super::expression::{as_written, lower, reference};
use super::sink::Sink;
use crate::module::{Import, Moved, Removed};

const MOVED: BodySchema = BodySchema { attributes: &[required("from"), required("to")], blocks: &[] };

const REMOVED: BodySchema = BodySchema {
    attributes: &[required("from")],
    blocks: &[block("lifecycle", &[]), block("provisioner", &["type"]), block("connection", &[])],
};

const REMOVED_LIFECYCLE: BodySchema = BodySchema { attributes: &[optional("destroy")], blocks: &[] };

const IMPORT: BodySchema = BodySchema {
    attributes: &[optional("provider"), optional("for_each"), required("id"), required("to")],
    blocks: &[],
};

pub(super) fn moved(block: &Block, sink: &mut Sink) -> Option<Moved> {
    let content = content(block, &MOVED, sink);
    let from = content.attribute("from").and_then(|attribute| reference(&attribute.value, sink));
    let to = content.attribute("to").and_then(|attribute| reference(&attribute.value, sink));
    Some(Moved { from: from?, to: to?, header: block.header_span(), span: block.span })
}

pub(super) fn removed(block: &Block, sink: &mut Sink) -> Option<Removed> {
    let content = partial_content(block, &REMOVED, sink);
    let from = content.attribute("from").and_then(|attribute| reference(&attribute.value, sink));
    let mut destroy = true;
    for lifecycle in content.blocks_of("lifecycle") {
        let inner = self::content(lifecycle, &REMOVED_LIFECYCLE, sink);
        if let Some(value) = inner
            .attribute("destroy")
            .and_then(|attribute| super::expression::constant_bool(&attribute.value, sink))
        {
            destroy = value;
        }
    }
    Some(Removed { from: from?, destroy, header: block.header_span(), span: block.span })
}

pub(super) fn import(block: &Block, sink: &mut Sink) -> Option<Import> {
    let content = content(block, &IMPORT, sink);
    // The target may have an index that `for_each` computes, so it is kept as an expression.
    let to = content.attribute("to");
    let to = to.map(|to| {
        as_written(&to.value, sink).map_or_else(|| lower(&to.value, sink), |written| lower(&written, sink))
    });
    let id = content.attribute("id").map(|attribute| lower(&attribute.value, sink));
    let for_each = content.attribute("for_each").map(|attribute| lower(&attribute.value, sink));
    Some(Import { to: to?, id: id?, for_each, header: block.header_span(), span: block.span })
}
