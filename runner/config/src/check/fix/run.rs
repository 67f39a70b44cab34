//! Changes of the run block around a place.

use lang::Dialect;
use syntax::ast::{Block, Expr, ExprKind};
use syntax::{Document, Edit, Origin, Span};

use super::Fix;
use crate::compose::{Body, Expression};
use crate::convert::{At, JsonChanges};

/// The run with another command. A diagnostic about a module has none.
pub(super) fn with_command(document: &Document, at: Span, command: &str, dialect: Dialect) -> Option<Fix> {
    let title = format!("Set command = {command}");
    if let Some(mut json) = JsonChanges::new(document, dialect) {
        let run = json.block_at("run", at.start)?;
        match json.argument(run, "command") {
            Some(value) => json.set_text(value, command),
            None => add_first(&mut json, &["run"], run, "command", command)?,
        }
        return Some(Fix { title, edits: json.edits()?, safe: false });
    }
    let (origin, run) = run_around(document, at)?;
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
pub(super) fn with_overrides_in_plan(document: &Document, at: Span, dialect: Dialect) -> Option<Fix> {
    let kinds = ["override_resource", "override_data"];
    let title = "Let the overrides of this run give their values while planning".to_owned();
    if let Some(mut json) = JsonChanges::new(document, dialect) {
        let run = json.block_at("run", at.start)?;
        for kind in kinds {
            let blocks = match json.argument(run, kind) {
                Some(Expr { kind: ExprKind::Tuple(blocks), .. }) => blocks.as_slice(),
                Some(block) => std::slice::from_ref(block),
                None => &[],
            };
            for block in blocks {
                if json.argument(block, "override_during").is_none() {
                    add_first(&mut json, &["run", kind], block, "override_during", "plan")?;
                }
            }
        }
        let edits = json.edits()?;
        return (!edits.is_empty()).then_some(Fix { title, edits, safe: false });
    }
    let (origin, run) = run_around(document, at)?;
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
    (!edits.is_empty()).then_some(Fix { title, edits, safe: false })
}

/// A keyword as the first argument of a block in JSON.
fn add_first<'t>(
    json: &mut JsonChanges<'t>,
    kinds: &[&str],
    block: &'t Expr,
    name: &str,
    word: &str,
) -> Option<()> {
    let mut argument = Body::new();
    argument.attribute(name, Expression::written(word));
    json.add(kinds, block, &argument, At::Before(block.span.start)).ok()
}

/// The text without a variable; in the native syntax when it has its lines for itself.
pub(super) fn without_variable(document: &Document, span: Span, dialect: Dialect) -> Option<Fix> {
    let title = "Remove the variable";
    if let Some(mut json) = JsonChanges::new(document, dialect) {
        let variables = json.argument(json.root(), "variables")?;
        json.remove(variables, span);
        let edits = json.edits()?;
        return (!edits.is_empty()).then_some(Fix { title: title.to_owned(), edits, safe: false });
    }
    let text = document.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let before = text.get(..start)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let behind = text.get(end..)?;
    let newline = behind.find('\n')? + 1;
    let alone = before.get(line..)?.trim().is_empty() && behind.get(..newline)?.trim().is_empty();
    let whole = Span::new(u32::try_from(line).ok()?, u32::try_from(end + newline).ok()?);
    alone.then(|| Fix::offered(title, whole, ""))
}

/// The run block in whose text `at` is. Its spans count from the origin.
fn run_around(document: &Document, at: Span) -> Option<(Origin, &Block)> {
    let (origin, chunk) = document.chunk_at(at.start)?;
    let inside = |block: &&Block| block.span.shifted(origin.base).contains(at.start);
    let run = chunk.body.blocks().find(inside).filter(|block| block.kind.text == "run")?;
    Some((origin, run))
}
