//! Verdicts of test runs, laid over a snapshot: they fade as soon as the text that they are about changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use config::TestId;
use syntax::{Diagnostic, FileName, Location, Span};

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
    /// The version of the document that ran; `None` when it was not open.
    pub version: Option<i32>,
}

/// A diagnostic of a run, tied to the text of the chunk that its subject lies in.
#[derive(Clone, Debug)]
pub struct Anchored {
    /// Spans are relative to the chunk when there is an anchor.
    pub diagnostic: Diagnostic,
    pub anchor: Option<Anchor>,
}

/// A chunk of a file by its text, and where it began.
#[derive(Clone, Debug)]
pub struct Anchor {
    pub file: FileName,
    pub text: Arc<str>,
    pub base: u32,
}

/// The verdicts of a workspace folder. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RunResults(Arc<HashMap<TestId, RunResult>>);

impl RunResults {
    pub fn get(&self, id: &TestId) -> Option<&RunResult> {
        self.0.get(id)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn insert(&mut self, id: TestId, result: RunResult) {
        Arc::make_mut(&mut self.0).insert(id, result);
    }

    pub fn remove(&mut self, id: &TestId) {
        Arc::make_mut(&mut self.0).remove(id);
    }

    /// Whether the two are the very same state.
    pub fn same(a: &RunResults, b: &RunResults) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// Forgets verdicts whose run block has been edited or is gone, and those that never ended.
    pub fn retain_current(&mut self, snapshot: &Snapshot) {
        if self.0.iter().all(|(id, result)| result.is_current(id, snapshot)) {
            return;
        }
        Arc::make_mut(&mut self.0).retain(|id, result| result.is_current(id, snapshot));
    }

    /// The diagnostics that still stand, with absolute places in the snapshot's texts.
    pub fn diagnostics(&self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let mut current: Vec<(&TestId, &RunResult)> =
            self.0.iter().filter(|(id, result)| result.is_current(id, snapshot)).collect();
        current.sort_by(|a, b| a.0.cmp(b.0));
        let all = current.into_iter().flat_map(|(_, result)| &result.diagnostics);
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
            let (base, text) = snapshot.chunk_at(&subject.file, subject.span.start)?;
            Some(Anchor { file: subject.file.clone(), text, base })
        });
        let diagnostic = match &anchor {
            Some(anchor) => moved(diagnostic, &anchor.file, |offset| offset.saturating_sub(anchor.base)),
            None => diagnostic,
        };
        Anchored { diagnostic, anchor }
    }

    /// The diagnostic where its chunk stands now; `None` when the chunk has changed.
    fn place(&self, snapshot: &Snapshot) -> Option<Diagnostic> {
        let Some(anchor) = &self.anchor else { return Some(self.diagnostic.clone()) };
        let base = snapshot.find_chunk(&anchor.file, &anchor.text, anchor.base)?;
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
