//! `check "name" { … }`.

use std::sync::Arc;

use syntax::ast::Block;

use super::condition::condition;
use super::content::{BodySchema, block, content};
use super::names::check_identifier;
use super::resource::resource;
use super::sink::{PLACE, Sink};
use crate::address::ResourceMode;
use crate::module::Check;

const CHECK: BodySchema =
    BodySchema { attributes: &[], blocks: &[block("data", &["type", "name"]), block("assert", &[])] };

pub(super) fn check(block: &Block, sink: &mut Sink) -> Option<Check> {
    let label = block.labels.first()?;
    let content = content(block, &CHECK, sink);
    check_identifier(label, "check block", sink);
    let mut data: Option<Arc<crate::module::Resource>> = None;
    for nested in content.blocks_of("data") {
        if let Some(first) = &data {
            let previous = first.header;
            sink.error_with_previous(
                "duplicate-block",
                "Multiple data resource blocks",
                format!("This check block already has a data resource defined at {PLACE}."),
                nested.header_span(),
                previous,
            );
            continue;
        }
        data = resource(nested, ResourceMode::Data, sink).map(Arc::new);
    }
    let asserts: Vec<_> = content.blocks_of("assert").filter_map(|block| condition(block, sink)).collect();
    if asserts.is_empty() && block.close_brace.is_some() {
        sink.error(
            "missing-assert",
            "Zero assert blocks",
            "Check blocks must have at least one assert block.",
            block.header_span(),
        );
    }
    Some(Check {
        name: label.text.clone(),
        name_span: label.span,
        header: block.header_span(),
        span: block.span,
        asserts,
        data,
    })
}
