//! Where decoding puts its diagnostics: relative to the chunk, and finished when the file is merged.

use syntax::{Diagnostic, FileName, Location, Origin, Severity, Span};

use crate::sources::Sources;

/// A diagnostic of one chunk. Its spans are relative; a place that its detail names is filled in when the
/// chunk's position in the file is known, so that facts stay the same when text above the chunk is edited.
#[derive(Clone, Debug)]
pub struct Finding {
    diagnostic: Diagnostic,
    /// What [`PLACE`] in the detail stands for.
    previous: Option<Span>,
}

/// Stands in a detail for the range of an earlier declaration of the same chunk.
pub(super) const PLACE: &str = "\u{1}";

impl Finding {
    /// The absolute diagnostic.
    pub fn place(&self, origin: &Origin, sources: &Sources) -> Diagnostic {
        let mut diagnostic = self.diagnostic.clone().shifted(origin.base);
        if let Some(previous) = self.previous {
            let range = sources.range(&origin.locate(previous));
            diagnostic.detail = diagnostic.detail.replace(PLACE, &range);
        }
        diagnostic
    }
}

/// Collects the findings of one chunk.
pub(super) struct Sink {
    file: FileName,
    findings: Vec<Finding>,
}

impl Sink {
    pub(super) fn new(file: &FileName) -> Sink {
        Sink { file: file.clone(), findings: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// The origin of everything in the chunk while its place is not known.
    pub(super) fn origin(&self) -> Origin {
        Origin::new(self.file.clone(), 0)
    }

    fn locate(&self, span: Span) -> Location {
        Location { file: self.file.clone(), span }
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.findings.push(Finding { diagnostic, previous: None });
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
    ) {
        let subject = self.locate(subject);
        self.push(Diagnostic::error(summary, detail).at(subject).with_code(code));
    }

    pub(super) fn error_within(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
        context: Span,
    ) {
        let (subject, context) = (self.locate(subject), self.locate(context));
        self.push(Diagnostic::error(summary, detail).at(subject).within(context).with_code(code));
    }

    pub(super) fn warning(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
    ) {
        let subject = self.locate(subject);
        self.push(Diagnostic::warning(summary, detail).at(subject).with_code(code));
    }

    /// An error whose detail names the range of something declared earlier, as [`PLACE`].
    pub(super) fn error_with_previous(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
        previous: Span,
    ) {
        let subject = self.locate(subject);
        let diagnostic = Diagnostic::error(summary, detail).at(subject).with_code(code);
        self.findings.push(Finding { diagnostic, previous: Some(previous) });
    }

    /// How many errors there are, to see whether a part of the decoding added one.
    pub(super) fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.diagnostic.severity == Severity::Error).count()
    }
}
