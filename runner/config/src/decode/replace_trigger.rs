//! Entries of `replace_triggered_by`: a resource each, perhaps with an index of `count.index` or `each.key`.

use std::borrow::Cow;

use syntax::Diagnostic;
use syntax::ast::Expr;

use super::expression::{is_broken, lower, static_list};
use super::sink::Sink;
use crate::reference::{Grammar, Subject, parse_reference_for};

/// Reads the list. As in Terraform, it counts up to its first mistake; the strings of JSON are read before all of it.
pub(super) fn triggers(list: &Expr, sink: &mut Sink) -> Vec<lang::Expr> {
    let written: Vec<Cow<'_, Expr>> =
        static_list(list, sink).iter().filter_map(|item| as_written(item, sink)).collect();
    let mut triggers = Vec::new();
    for item in &written {
        match trigger(item, sink) {
            Ok(trigger) => triggers.extend(trigger),
            Err(Refused) => break,
        }
    }
    triggers
}

/// A mistake was reported.
struct Refused;

/// `None` for an entry that is half-typed.
fn trigger(item: &Expr, sink: &mut Sink) -> Result<Option<lang::Expr>, Refused> {
    let lowered = lower(item, sink);
    if is_broken(&lowered) {
        return Ok(None);
    }
    let mut faults: Vec<(String, &str)> = Vec::new();
    let mut resources = 0;
    for traversal in lowered.traversals() {
        let reference = parse_reference_for(traversal, &sink.origin(), Grammar::Module, sink.dialect().tool)
            .map_err(|found| {
                sink.error("invalid-reference", found.summary, found.detail, lowered.whole_span());
                Refused
            })?;
        match reference.subject {
            Subject::Resource(..) => resources += 1,
            Subject::Count(name) if name != "index" => {
                faults.push((fault("count "), "Only count.index may be used in replace_triggered_by."));
            }
            Subject::Each(name) if name != "key" => {
                faults.push((fault("each "), "Only each.key may be used in replace_triggered_by."));
            }
            Subject::Count(_) | Subject::Each(_) => {}
            _ => {
                let detail = "Only resources, count.index, and each.key may be used in replace_triggered_by.";
                faults.push((fault(""), detail));
            }
        }
    }
    let summary = || "Invalid replace_triggered_by expression".to_owned();
    match resources {
        0 => faults.push((summary(), "Missing resource reference in replace_triggered_by expression.")),
        1 => {}
        _ => faults.push((summary(), "Multiple resource references in replace_triggered_by expression.")),
    }
    for (summary, detail) in &faults {
        sink.error("invalid-replace-trigger", summary, *detail, lowered.whole_span());
    }
    if faults.is_empty() { Ok(Some(lowered)) } else { Err(Refused) }
}

fn fault(what: &str) -> String {
    format!("Invalid {what}reference in replace_triggered_by expression")
}

/// A trigger in a JSON string is an expression like any other, and its syntax errors are reported.
fn as_written<'e>(item: &'e Expr, sink: &mut Sink) -> Option<Cow<'e, Expr>> {
    let Some(text) = item.as_json_text() else {
        if sink.origin().file.is_json() && !item.is_missing() {
            sink.error(
                "invalid-replace-trigger",
                "Invalid reference expression",
                "A single reference string is required.",
                item.span,
            );
            return None;
        }
        return Some(Cow::Borrowed(item));
    };
    let parsed = text.expression(&sink.origin().file);
    let broken = parsed.diagnostics.iter().any(Diagnostic::is_error);
    parsed.diagnostics.into_iter().for_each(|diagnostic| sink.push(diagnostic));
    (!broken).then_some(Cow::Owned(parsed.tree))
}
