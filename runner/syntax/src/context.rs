//! The block around a place, in the words that diagnostics put above a snippet.

use crate::ast::{Block, Body, Expr, ExprKind, JsonBody};
use crate::quote::quote;
use crate::span::Span;

/// The header of the top-level block around `offset`, as in `on main.tftest.hcl line 3, in run "fails":`.
///
/// Terraform names the outermost block, however deep the place is. In a JSON text it names the path to the innermost
/// object or array, as in `run.fails.assert[0]`.
pub fn context_at(body: &Body, offset: u32) -> Option<String> {
    if let Some(json) = &body.json {
        return path_to(json, offset);
    }
    body.blocks().find(|block| extent(block).contains(offset)).map(header)
}

/// Of a block whose header no brace follows, only the type counts.
fn extent(block: &Block) -> Span {
    if block.open_brace.is_some() { block.span } else { block.kind.span }
}

/// The block's type and its labels in quotes.
fn header(block: &Block) -> String {
    let mut header = block.kind.text.to_string();
    for label in &block.labels {
        header.push(' ');
        header.push_str(&quote(&label.text));
    }
    header
}

fn path_to(json: &JsonBody, offset: u32) -> Option<String> {
    if json.dropped.iter().any(|dropped| dropped.contains(json.value.span.start)) {
        return None;
    }
    let holds = |expr: &Expr| {
        matches!(expr.kind, ExprKind::Object(_) | ExprKind::Tuple(_))
            && expr.span.contains(offset)
            && json.dropped.binary_search(&expr.span).is_err()
    };
    let mut path = String::new();
    let mut current = &json.value;
    loop {
        current = match &current.kind {
            ExprKind::Object(items) => {
                let Some(item) = items.iter().find(|item| holds(&item.value)) else { break };
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(item.key.as_json_text().map_or("", |key| &key.text));
                &item.value
            }
            ExprKind::Tuple(items) => {
                let Some((index, item)) = items.iter().enumerate().find(|(_, item)| holds(item)) else {
                    break;
                };
                path.push_str(&format!("[{index}]"));
                item
            }
            _ => break,
        };
    }
    (!path.is_empty()).then_some(path)
}
