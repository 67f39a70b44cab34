//! What an operand of an assertion was when its run block last ran.

use syntax::{FileName, Span};

use super::Hover;
use crate::inlay_hints::said;
use crate::results::RunResults;
use crate::snapshot::Snapshot;

/// The most lines of a value that are shown.
const MOST_LINES: usize = 24;

/// The value of the traversal at `offset`, which a condition of the run block around reads.
pub(super) fn hover(
    snapshot: &Snapshot,
    results: &RunResults,
    file: &FileName,
    offset: u32,
) -> Option<Hover> {
    if results.is_empty() {
        return None;
    }
    let project = snapshot.project(file);
    let test_file = project.test_file(file)?;
    let (index, run) = test_file.runs.touching(Span::at(offset)).next()?;
    let values = snapshot.values_of(results, file, index)?;
    for (assert, operands) in run.asserts.iter().zip(values) {
        let base = assert.condition.origin(&run.origin).base;
        for traversal in assert.condition.traversals() {
            let span = traversal.span().shifted(base);
            if !span.touches(offset) {
                continue;
            }
            let name = traversal.to_string();
            let Some(operand) = operands.iter().find(|operand| operand.traversal == name) else { continue };
            let said = said(&operand.statement);
            let lines: Vec<&str> = said.lines().collect();
            let mut value = lines.iter().take(MOST_LINES).copied().collect::<Vec<_>>().join("\n");
            if lines.len() > MOST_LINES {
                value.push_str("\n…");
            }
            return Some(Hover { span, text: format!("Last run:\n```hcl\n{name} {value}\n```") });
        }
    }
    None
}
