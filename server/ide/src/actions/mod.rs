//! Code actions: what can be done about what stands at a place, as edits of files.
//!
//! Each action is in a file of its own, as a function that looks at what was asked and offers what fits. Whether there is
//! something to offer is told quickly; what it changes is worked out when somebody wants it.

mod add_variables;
mod assert_output;
mod assertion;
mod convert;
mod create_run;
mod editing;
mod expect_failure;
mod extract_mocks;
mod fix;
mod fix_all;
mod insert;
mod mock_provider;
mod nearest_name;
mod override_target;
mod plan_value;

use std::sync::Arc;

use config::{Dialect, FileRole, Item, Run, TestFile};
use syntax::{Diagnostic, Document, Edit, FileName, Span, tidy};

use self::editing::{Editing, Found};
use crate::project::Project;
use crate::rename::{FileEdits, Refusal};
use crate::snapshot::Snapshot;

/// Something that can be done.
#[derive(Clone, PartialEq, Debug)]
pub struct Action {
    /// What it does, in the imperative.
    pub title: String,
    pub kind: ActionKind,
    /// Whether it is what most people want here.
    pub preferred: bool,
    /// What it mends.
    pub diagnostics: Vec<Diagnostic>,
    /// What changes, or why it cannot be done. `None` where that is worked out later, by [`resolve`].
    pub changes: Option<Result<Vec<Change>, Refusal>>,
}

/// What sort of action it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionKind {
    /// It mends a diagnostic.
    QuickFix,
    /// It adds something.
    Generate,
    /// It moves something elsewhere.
    Extract,
    /// It writes something in another way.
    Rewrite,
    /// It mends everything in the file that leaves no doubt.
    FixAll,
}

/// One step of what an action changes. They are made in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// In a file that is there.
    Edit(FileEdits),
    /// A file that is not there yet.
    Create { file: FileName, text: String },
    /// A file gets another name and another text.
    Replace { from: FileName, to: FileName, text: String },
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct ActionRequest<'a> {
    pub file: &'a FileName,
    /// What is selected, or the cursor.
    pub range: Span,
    /// Everything that is said of the file.
    pub diagnostics: &'a [Diagnostic],
    /// Which kinds are wanted.
    pub wanted: &'a dyn Fn(ActionKind) -> bool,
    /// Whether somebody has asked, and not only moved the cursor. What takes longer to find is offered only then.
    pub invoked: bool,
}

impl ActionKind {
    /// The protocol's name.
    pub fn name(self) -> &'static str {
        match self {
            ActionKind::QuickFix => "quickfix",
            ActionKind::Generate => "refactor.generate",
            ActionKind::Extract => "refactor.extract",
            ActionKind::Rewrite => "refactor.rewrite",
            ActionKind::FixAll => "source.fixAll.runblock",
        }
    }
}

/// What can be done at a place. With `later`, what an action changes is left to [`resolve`].
pub fn actions(snapshot: &Snapshot, request: &ActionRequest<'_>, later: bool) -> Vec<Action> {
    let Some(asked) = Asked::new(snapshot, request) else { return Vec::new() };
    let offers = asked.offers().into_iter();
    let action = |offer: Offer<'_>| Action {
        changes: (!later).then(|| (offer.make)()),
        title: offer.title,
        kind: offer.kind,
        preferred: offer.preferred,
        diagnostics: offer.diagnostics,
    };
    // What turns out to change nothing is not worth offering.
    let offers =
        offers.map(action).filter(|it| !matches!(&it.changes, Some(Ok(changes)) if changes.is_empty()));
    offers.collect()
}

/// What an action changes that [`actions`] has given for the same request; `None` when it is not there any more.
pub fn resolve(
    snapshot: &Snapshot,
    request: &ActionRequest<'_>,
    kind: ActionKind,
    title: &str,
) -> Option<Result<Vec<Change>, Refusal>> {
    let asked = Asked::new(snapshot, request)?;
    let offer = asked.offers().into_iter().find(|offer| offer.kind == kind && offer.title == title)?;
    Some((offer.make)())
}

/// An action before anybody wants to know what it changes.
struct Offer<'a> {
    title: String,
    kind: ActionKind,
    preferred: bool,
    diagnostics: Vec<Diagnostic>,
    make: Make<'a>,
}

type Make<'a> = Box<dyn Fn() -> Result<Vec<Change>, Refusal> + 'a>;

impl<'a> Offer<'a> {
    fn new(
        kind: ActionKind,
        title: impl Into<String>,
        make: impl Fn() -> Result<Vec<Change>, Refusal> + 'a,
    ) -> Offer<'a> {
        let (title, make) = (title.into(), Box::new(make));
        Offer { title, kind, preferred: false, diagnostics: Vec::new(), make }
    }
}

/// What every action looks at.
struct Asked<'a> {
    snapshot: &'a Snapshot,
    file: &'a FileName,
    document: Arc<Document>,
    project: Arc<Project>,
    role: FileRole,
    dialect: Dialect,
    range: Span,
    diagnostics: &'a [Diagnostic],
    wanted: &'a dyn Fn(ActionKind) -> bool,
    invoked: bool,
}

impl<'a> Asked<'a> {
    fn new(snapshot: &'a Snapshot, request: &ActionRequest<'a>) -> Option<Asked<'a>> {
        let ActionRequest { file, range, diagnostics, wanted, invoked } = *request;
        let document = snapshot.document(file)?;
        let end = range.end.min(document.len());
        Some(Asked {
            snapshot,
            file,
            role: FileRole::of(file.as_str())?,
            project: snapshot.project(file),
            dialect: snapshot.dialect(file),
            range: Span::new(range.start.min(end), end),
            document,
            diagnostics,
            wanted,
            invoked,
        })
    }

    fn offers(&self) -> Vec<Offer<'_>> {
        let mut offers = Vec::new();
        type Source = for<'s> fn(&'s Asked<'_>, &mut Vec<Offer<'s>>);
        let sources: [(&[ActionKind], Source); 12] = [
            (&[ActionKind::QuickFix], fix::offer),
            (&[ActionKind::QuickFix], nearest_name::offer),
            (&[ActionKind::QuickFix], plan_value::offer),
            (&[ActionKind::QuickFix, ActionKind::Generate], add_variables::offer),
            (&[ActionKind::Generate], create_run::offer),
            (&[ActionKind::Generate], assert_output::offer),
            (&[ActionKind::Generate], expect_failure::offer),
            (&[ActionKind::Generate], override_target::offer),
            (&[ActionKind::Generate], mock_provider::offer),
            (&[ActionKind::Extract], extract_mocks::offer),
            (&[ActionKind::Rewrite], convert::offer),
            (&[ActionKind::FixAll], fix_all::offer),
        ];
        for (kinds, source) in sources {
            if kinds.iter().any(|kind| (self.wanted)(*kind)) {
                source(self, &mut offers);
            }
        }
        offers.retain(|offer| (self.wanted)(offer.kind));
        offers
    }

    /// The file as its project has read it, when it is a test file.
    fn test_file(&self) -> Option<&TestFile> {
        self.project.test_file(self.file).map(|file| &**file)
    }

    /// The module's test files.
    fn test_files(&self) -> impl Iterator<Item = &TestFile> {
        self.project.tests().iter().map(|file| &**file)
    }

    /// The run block that the selection begins in, and its index.
    fn run_here(&self, test_file: &TestFile) -> Option<(usize, Item<Run>)> {
        test_file.runs.touching(Span::at(self.range.start)).next()
    }

    /// The run block around a place.
    fn run_at(&self, test_file: &TestFile, at: u32) -> Option<Item<Run>> {
        test_file.runs.touching(Span::at(at)).next().map(|(_, run)| run)
    }

    /// The block at the file's root around a place.
    fn block_at(&self, at: u32) -> Option<Found<'_>> {
        editing::block_at(&self.document, at)
    }

    /// The block of a run.
    fn block_of(&self, run: &Item<Run>) -> Option<Found<'_>> {
        self.block_at(run.locate(run.header).span.start)
    }

    /// Changes of the document.
    fn editing(&self) -> Editing<'_> {
        Editing::new(&self.document, self.dialect)
    }

    /// The diagnostics that touch what is selected.
    fn diagnostics_here(&self) -> impl Iterator<Item = &'a Diagnostic> {
        let (start, end) = (self.range.start, self.range.end);
        self.diagnostics.iter().filter(move |it| {
            it.subject.as_ref().is_some_and(|subject| subject.span.start <= end && start <= subject.span.end)
        })
    }
}

/// Edits of one document, which stays laid out where it was.
fn edited(document: &Document, mut edits: Vec<Edit>) -> Change {
    edits.sort_by_key(|edit| edit.span);
    Change::Edit(FileEdits { file: document.file().clone(), edits: tidy(document, edits) })
}

#[cfg(test)]
mod tests;
