//! Changes of the run block around a place.

use syntax::ast::Block;
use syntax::{Document, Edit, Origin, Span};

use super::Fix;

/// The run with another command. A diagnostic about a module has none.
pub(super) fn with_command(document: &Document, at: Span, command: &str) -> Option<Fix> {
    let (origin, run) = run_around(document, at)?;
    let title = format!("Set command = {command}");
    match run.body.attribute("command") {
        Some(attribute) => {
            Some(Fix::offered(&title, attribute.value.span.shifted(origin.base), command.to_owned()))
        }
        None => {
            let open = run.open_brace?.shifted(origin.base);
            Some(Fix::offered(&title, Span::at(open.end), format!("\n  command = {command}")))
        }
    }
}

/// The run whose own overrides give their values while planning.
pub(super) fn with_overrides_in_plan(document: &Document, at: Span) -> Option<Fix> {
    let (origin, run) = run_around(document, at)?;
    let kinds = ["override_resource", "override_data"];
    let late = run.body.blocks().filter(|block| {
        kinds.contains(&block.kind.text.as_str()) && block.body.attribute("override_during").is_none()
    });
    let edits: Vec<Edit> = late
        .filter_map(|block| {
            let open = block.open_brace?.shifted(origin.base);
            let new_text = "\n    override_during = plan".to_owned();
            Some(Edit { span: Span::at(open.end), new_text })
        })
        .collect();
    let title = "Let the overrides of this run give their values while planning".to_owned();
    (!edits.is_empty()).then_some(Fix { title, edits, safe: false })
}

/// The text without the lines of a declaration that has them for itself.
pub(super) fn without_line(document: &Document, span: Span) -> Option<Fix> {
    let text = document.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let before = text.get(..start)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let behind = text.get(end..)?;
    let newline = behind.find('\n')? + 1;
    let alone = before.get(line..)?.trim().is_empty() && behind.get(..newline)?.trim().is_empty();
    let whole = Span::new(u32::try_from(line).ok()?, u32::try_from(end + newline).ok()?);
    alone.then(|| Fix::offered("Remove the variable", whole, ""))
}

/// The run block in whose text `at` is. Its spans count from the origin.
fn run_around(document: &Document, at: Span) -> Option<(Origin, &Block)> {
    let (origin, chunk) = document.chunk_at(at.start)?;
    let inside = |block: &&Block| block.span.shifted(origin.base).contains(at.start);
    let run = chunk.body.blocks().find(inside).filter(|block| block.kind.text == "run")?;
    Some((origin, run))
}
