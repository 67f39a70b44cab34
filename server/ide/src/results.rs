//! Verdicts of test runs, laid over a snapshot: they fade as soon as the text that they are about changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use config::TestId;
use lang::Operands;
use syntax::{Diagnostic, FileName, Location, Operand, Span};

use crate::snapshot::Snapshot;

/// How one run block ended, or that it has not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunStatus {
    Running,
    Pass,
    Fail,
    Error,
    Skip,
}

/// The verdict of one run block.
#[derive(Clone, Debug)]
pub struct RunResult {
    pub status: RunStatus,
    pub elapsed: Duration,
    /// Of the `assert` blocks.
    pub asserts: usize,
    pub failed_asserts: usize,
    /// The run block's own text when it ran.
    pub text: Arc<str>,
    pub diagnostics: Vec<Anchored>,
    /// The operands of each `assert` block's condition, with their values; in order.
    pub operands: Vec<Vec<Operand>>,
    /// What each condition read, as values.
    pub read: Vec<Operands>,
    /// The version of the document that ran; `None` when it was not open.
    pub version: Option<i32>,
}

/// A diagnostic of a run, tied to the text of the block that its subject lies in.
#[derive(Clone, Debug)]
pub struct Anchored {
    /// Spans are relative to the block when there is an anchor.
    pub diagnostic: Diagnostic,
    pub anchor: Option<Anchor>,
}

/// A block of a file by its text, and where it began.
#[derive(Clone, Debug)]
pub struct Anchor {
    pub file: FileName,
    pub text: Arc<str>,
    pub base: u32,
}

/// The verdicts of a workspace folder. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RunResults(Arc<Results>);

#[derive(Clone, Debug, Default)]
struct Results {
    runs: BTreeMap<TestId, RunResult>,
    /// Problems of no particular run, by the test file that was run.
    problems: BTreeMap<FileName, Vec<Anchored>>,
}

impl RunResults {
    pub fn get(&self, id: &TestId) -> Option<&RunResult> {
        self.0.runs.get(id)
    }

    pub fn is_empty(&self) -> bool {
        self.0.runs.is_empty() && self.0.problems.is_empty()
    }

    pub fn insert(&mut self, id: TestId, result: RunResult) {
        Arc::make_mut(&mut self.0).runs.insert(id, result);
    }

    /// Forgets the verdicts of some run blocks.
    pub fn forget(&mut self, which: impl Fn(&TestId) -> bool) {
        Arc::make_mut(&mut self.0).runs.retain(|id, _| !which(id));
    }

    /// Forgets those among them that have no verdict yet.
    pub fn forget_running(&mut self, which: impl Fn(&TestId) -> bool) {
        let running = |id: &TestId, result: &RunResult| result.status == RunStatus::Running && which(id);
        Arc::make_mut(&mut self.0).runs.retain(|id, result| !running(id, result));
    }

    /// Replaces the problems of no particular run that came up when `file` was run.
    pub fn set_problems(&mut self, file: &FileName, problems: Vec<Anchored>) {
        let all = &mut Arc::make_mut(&mut self.0).problems;
        if problems.is_empty() {
            all.remove(file);
        } else {
            all.insert(file.clone(), problems);
        }
    }

    /// Whether the two are the very same state.
    pub fn same(a: &RunResults, b: &RunResults) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// The diagnostics that still stand, with absolute places in the snapshot's texts.
    pub fn diagnostics(&self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let current = self.0.runs.iter().filter(|(id, result)| result.is_current(id, snapshot));
        let of_runs = current.flat_map(|(_, result)| &result.diagnostics);
        let all = of_runs.chain(self.0.problems.values().flatten());
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for diagnostic in all.filter_map(|anchored| anchored.place(snapshot)) {
            // Several runs may fail for one reason in the module.
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
        diagnostics
    }
}

impl RunResult {
    /// Whether the run block is still the text that ran.
    pub fn is_current(&self, id: &TestId, snapshot: &Snapshot) -> bool {
        snapshot.run_text(id).is_some_and(|text| *text == *self.text)
    }
}

impl Anchored {
    /// Ties a diagnostic with absolute places to the texts of `snapshot`.
    pub fn new(diagnostic: Diagnostic, snapshot: &Snapshot) -> Anchored {
        let anchor = diagnostic.subject.as_ref().and_then(|subject| {
            let (base, text) = snapshot.piece_at(&subject.file, subject.span.start)?;
            Some(Anchor { file: subject.file.clone(), text, base })
        });
        let diagnostic = match &anchor {
            Some(anchor) => moved(diagnostic, &anchor.file, |offset| offset.saturating_sub(anchor.base)),
            None => diagnostic,
        };
        Anchored { diagnostic, anchor }
    }

    /// The diagnostic where its block stands now; `None` when the block has changed.
    fn place(&self, snapshot: &Snapshot) -> Option<Diagnostic> {
        let Some(anchor) = &self.anchor else { return Some(self.diagnostic.clone()) };
        let base = snapshot.find_piece(&anchor.file, &anchor.text, anchor.base)?;
        Some(moved(self.diagnostic.clone(), &anchor.file, |offset| offset.saturating_add(base)))
    }
}

/// The diagnostic with every offset in `file` changed.
fn moved(mut diagnostic: Diagnostic, file: &FileName, change: impl Fn(u32) -> u32) -> Diagnostic {
    let change = |place: &mut Location| {
        if place.file == *file {
            place.span = Span::new(change(place.span.start), change(place.span.end));
        }
    };
    diagnostic.subject.iter_mut().for_each(&change);
    diagnostic.context.iter_mut().for_each(&change);
    diagnostic
}
