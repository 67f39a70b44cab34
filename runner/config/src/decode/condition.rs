//! Conditions with messages: `validation`, `precondition`, `postcondition`, `assert`.

use lang::Expr;
use syntax::Span;
use syntax::ast::Block;

use super::content::{BodySchema, content, required};
use super::expression::{half_typed, lower};
use super::sink::Sink;
use crate::module::Condition;

const CONDITION: BodySchema =
    BodySchema { attributes: &[required("condition"), required("error_message")], blocks: &[] };

/// Reads the block; `None` when an argument is missing, which an error says.
pub(super) fn condition(block: &Block, sink: &mut Sink) -> Option<Condition> {
    let content = content(block, &CONDITION, sink);
    let condition = content.attribute("condition").map(|attribute| lower(&attribute.value, sink));
    let error_message = content.attribute("error_message").map(|attribute| lower(&attribute.value, sink));
    if let Some(condition) = &condition
        && condition.traversals().iter().all(half_typed)
    {
        sink.error(
            "constant-condition",
            format!("Invalid {} expression", block.kind.text),
            "The condition expression must refer to at least one object from elsewhere in the configuration, or else \
             its result would not be checking anything.",
            seen(condition.whole_span()),
        );
    }
    Some(Condition {
        condition: condition?,
        error_message: error_message?,
        header: block.header_span(),
        span: block.span,
    })
}

/// The place of what is missing: where it should have been begun.
fn seen(span: Span) -> Span {
    if span.is_empty() { Span::new(span.start, span.start + 1) } else { span }
}

/// Whether an expression refers to `root.name`.
pub(super) fn mentions(expr: &Expr, root: &str, name: &str) -> bool {
    expr.traversals()
        .iter()
        .any(|traversal| traversal.root == root && traversal.attr(0).is_some_and(|step| step == name))
}
