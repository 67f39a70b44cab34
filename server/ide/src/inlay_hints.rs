//! Inlay hints in test files: what an assertion's operands are, and after a run what they were.

use lang::{Expr, Traversal};
use syntax::{FileName, Origin, Span};

use crate::results::RunResults;
use crate::snapshot::Snapshot;
use crate::types::{Known, Types, brief};

/// A text that is shown in a line and is not part of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlayHint {
    /// Behind which byte.
    pub offset: u32,
    pub label: String,
    pub tooltip: Option<String>,
    pub kind: InlayHintKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InlayHintKind {
    Type,
    /// What it was in the last run.
    Value,
}

/// The longest value that is shown in a line; more is in the tooltip.
const LONGEST: usize = 40;

/// The hints in `range` of a test file, from top to bottom.
///
/// Types of what is read from other runs and of what assertions are about; in an assertion of a run block that has run as
/// it stands, the values instead.
pub fn inlay_hints(
    snapshot: &Snapshot,
    results: &RunResults,
    file: &FileName,
    range: Span,
) -> Vec<InlayHint> {
    let project = snapshot.project(file);
    let Some(test_file) = project.test_file(file) else { return Vec::new() };
    let known = Known::default();
    let mut found = Vec::new();
    for (index, run) in test_file.runs.touching(range) {
        let of_file = Types::of_test(&project, test_file, project.tree(), &known);
        for value in run.variables.values() {
            let mut hints = Hints { types: &of_file, range, found: &mut found };
            hints.types_in(&value.value, &run.origin, &["run"]);
        }
        let values = snapshot.values_of(results, file, index).unwrap_or_default();
        let Some(tree) = project.module_of(&run) else { continue };
        let types = Types::of_test(&project, test_file, tree, &known);
        for (number, assert) in run.asserts.iter().enumerate() {
            let mut hints = Hints { types: &types, range, found: &mut found };
            match values.get(number).filter(|operands| !operands.is_empty()) {
                Some(operands) => hints.values_in(&assert.condition, &run.origin, operands),
                None => hints.types_in(&assert.condition, &run.origin, &["run", "output", "local", "module"]),
            }
        }
    }
    found.sort_by_key(|hint| hint.offset);
    found
}

struct Hints<'a> {
    types: &'a Types<'a>,
    range: Span,
    found: &'a mut Vec<InlayHint>,
}

impl Hints<'_> {
    fn types_in(&mut self, expr: &Expr, origin: &Origin, roots: &[&str]) {
        for (traversal, offset) in places(expr, origin, self.range) {
            if !roots.contains(&traversal.root.as_str()) {
                continue;
            }
            let Some(ty) = self.types.of_traversal(traversal) else { continue };
            let (label, whole) = (format!(": {}", brief(&ty)), ty.constraint_name());
            let tooltip = (label.get(2..) != Some(whole.as_str())).then_some(whole);
            self.found.push(InlayHint { offset, label, tooltip, kind: InlayHintKind::Type });
        }
    }

    fn values_in(&mut self, expr: &Expr, origin: &Origin, operands: &[syntax::Operand]) {
        let mut shown: Vec<String> = Vec::new();
        for (traversal, offset) in places(expr, origin, self.range) {
            let name = traversal.to_string();
            let Some(operand) = operands.iter().find(|operand| operand.traversal == name) else { continue };
            // A name that is read twice has one value.
            if shown.contains(&name) {
                continue;
            }
            let value = said(&operand.statement);
            let line = value.lines().next().unwrap_or_default();
            let short: String = line.chars().take(LONGEST).collect();
            let is_whole = short == value;
            let label = format!(" {short}{}", if is_whole { "" } else { "…" });
            let tooltip = (!is_whole).then_some(value);
            self.found.push(InlayHint { offset, label, tooltip, kind: InlayHintKind::Value });
            shown.push(name);
        }
    }
}

/// What a statement about a value says, in few words: `is "a"`, `is a string, known only after apply`.
pub(crate) fn said(statement: &str) -> String {
    if statement.ends_with("known only after apply") {
        return "(known after apply)".to_owned();
    }
    match statement.strip_prefix("is ") {
        Some(value) => format!("= {value}"),
        None => statement.to_owned(),
    }
}

/// The traversals of an expression that end in the range, and where they do.
fn places<'e>(expr: &'e Expr, origin: &Origin, range: Span) -> Vec<(&'e Traversal, u32)> {
    let base = expr.origin(origin).base;
    let end = |traversal: &'e Traversal| (traversal, traversal.span().shifted(base).end);
    expr.traversals().iter().map(end).filter(|(_, end)| range.touches(*end)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use expect_test::{Expect, expect};
    use syntax::Operand;

    use super::*;
    use crate::results::{RunResult, RunStatus};
    use crate::testing::{MODULE, snapshot};

    const TEST: &str = r#"run "setup" {
  module {
    source = "./setup"
  }
}
run "main" {
  variables {
    name = run.setup.bucket.name
    size = run.setup.bucket
  }
  assert {
    condition     = output.greeting == "x" && output.greeting != run.setup.bucket.name
    error_message = output.greeting
  }
  assert {
    condition     = length(local.box) > 1 && terraform_data.main.id == var.name && module.child.twice == output.nope
    error_message = ""
  }
}
"#;

    fn shown(snapshot: &Snapshot, results: &RunResults, range: Span) -> String {
        let mut text = TEST.to_owned();
        let hints = inlay_hints(snapshot, results, &FileName::new("a.tftest.hcl"), range);
        for hint in hints.iter().rev() {
            text.insert_str(hint.offset as usize, &format!("‹{}›", hint.label));
        }
        text.lines().filter(|line| line.contains('‹')).map(|line| format!("{}\n", line.trim())).collect()
    }

    #[track_caller]
    fn check(results: &RunResults, range: Span, expected: Expect) {
        let (snapshot, _) = snapshot(&format!("{MODULE}//- /a.tftest.hcl\n{TEST}"));
        expected.assert_eq(&shown(&snapshot, results, range));
    }

    #[test]
    fn types_of_operands() {
        check(
            &RunResults::default(),
            Span::new(0, 10_000),
            expect![[r#"
            name = run.setup.bucket.name‹: string›
            size = run.setup.bucket‹: object({name=string,size=number})›
            condition     = output.greeting‹: string› == "x" && output.greeting‹: string› != run.setup.bucket.name‹: string›
            condition     = length(local.box‹: object›) > 1 && terraform_data.main.id == var.name && module.child.twice‹: number› == output.nope
        "#]],
        );
        let last = TEST.rfind("condition").unwrap() as u32;
        check(
            &RunResults::default(),
            Span::new(last, last + 50),
            expect![[r#"
            condition     = length(local.box‹: object›) > 1 && terraform_data.main.id == var.name && module.child.twice == output.nope
        "#]],
        );
    }

    #[test]
    fn values_after_a_run() {
        let (before, _) = snapshot(&format!("{MODULE}//- /a.tftest.hcl\n{TEST}"));
        let (id, _) = before.runs(&FileName::new("a.tftest.hcl")).swap_remove(1);
        let operand = |traversal: &str, statement: &str| Operand {
            traversal: traversal.to_owned(),
            statement: statement.to_owned(),
        };
        let result = RunResult {
            status: RunStatus::Pass,
            elapsed: Duration::ZERO,
            asserts: 2,
            failed_asserts: 0,
            text: before.run_text(&id).unwrap_or_else(|| Arc::from("")),
            diagnostics: Vec::new(),
            operands: vec![vec![
                operand("output.greeting", "is \"hello\""),
                operand("run.setup.bucket.name", "is a string, known only after apply"),
            ]],
            read: Vec::new(),
            version: None,
        };
        let mut results = RunResults::default();
        results.insert(id, result);
        check(
            &results,
            Span::new(0, 10_000),
            expect![[r#"
                name = run.setup.bucket.name‹: string›
                size = run.setup.bucket‹: object({name=string,size=number})›
                condition     = output.greeting‹ = "hello"› == "x" && output.greeting != run.setup.bucket.name‹ (known after apply)›
                condition     = length(local.box‹: object›) > 1 && terraform_data.main.id == var.name && module.child.twice‹: number› == output.nope
            "#]],
        );
        let (edited, _) = snapshot(&format!("{MODULE}//- /a.tftest.hcl\n{}", TEST.replace("> 1", "> 2")));
        assert!(!shown(&edited, &results, Span::new(0, 10_000)).contains("hello"));
    }
}
