//! `check "name" { … }`.

use std::sync::Arc;

use syntax::ast::Block;

use super::condition::condition;
use super::content::{BodySchema, block, content};
use super::names::check_identifier;
use super::resource::nested_data;
use super::sink::{PLACE, Sink};
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
        let before = sink.mark();
        let decoded = nested_data(nested, sink).map(Arc::new);
        // What is wrong with it is said, and it counts for nothing.
        data = decoded.filter(|_| !sink.failed_since(before));
    }
    let mut asserts = Vec::new();
    let mut faultless = 0;
    for nested in content.blocks_of("assert") {
        let before = sink.mark();
        asserts.extend(condition(nested, sink));
        faultless += usize::from(!sink.failed_since(before));
    }
    if faultless == 0 && block.close_brace.is_some() {
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
