//! Where decoding puts its diagnostics: relative to the chunk, and finished when the file is merged.

pub use lang::constant::{Finding, PLACE};
use syntax::ast::Body;
use syntax::{Diagnostic, FileName, Location, Origin, Span};

use super::json::WRONG_TYPE;
use crate::dialect::Dialect;
use crate::file_role::is_override;

/// Collects the findings of one chunk.
pub(super) struct Sink {
    file: FileName,
    dialect: Dialect,
    findings: Vec<Finding>,
    /// The parts of a JSON text that Terraform drops because they are not well-formed, in order.
    dropped: Vec<Span>,
    /// Those of them that were missed where they stand.
    told: Vec<Span>,
}

impl Sink {
    pub(super) fn new(file: &FileName, dialect: Dialect) -> Sink {
        Sink { file: file.clone(), dialect, findings: Vec::new(), dropped: Vec::new(), told: Vec::new() }
    }

    /// A sink for what is found in a body: about its dropped parts nothing is said.
    pub(super) fn of_body(file: &FileName, body: &Body, dialect: Dialect) -> Sink {
        let Some(json) = &body.json else { return Sink::new(file, dialect) };
        // Of a root that counts for nothing the syntax error says all there is to say.
        Sink { dropped: json.dropped.clone(), told: vec![json.value.span], ..Sink::new(file, dialect) }
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        if !self.dropped.is_empty() {
            self.findings.retain(|finding| {
                let diagnostic = &finding.diagnostic;
                let Some(subject) = diagnostic.subject.as_ref().map(|subject| subject.span) else {
                    return false;
                };
                // That a value is missing where it was dropped is said, once.
                let about_the_gap = diagnostic.code == Some(WRONG_TYPE);
                !self.dropped.iter().any(|dropped| {
                    dropped.contains(subject.start) && !(about_the_gap && subject.start == dropped.start)
                })
            });
        }
        self.findings
    }

    /// How many errors were found so far.
    pub(super) fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.diagnostic.is_error()).count()
    }

    /// Whether Terraform dropped the JSON value with that span, so that it misses it where it stood.
    pub(super) fn lacks(&self, span: Span) -> bool {
        self.dropped.binary_search(&span).is_ok() && !self.told.contains(&span)
    }

    /// That the value is missing has been said, and is not to be said again of what is in it.
    pub(super) fn lack_is_told(&mut self, span: Span) {
        self.told.push(span);
    }

    /// The origin of everything in the chunk while its place is not known.
    pub(super) fn origin(&self) -> Origin {
        Origin::new(self.file.clone(), 0)
    }

    /// The dialect that the file is read in.
    /// Whether the file only changes what other files declare.
    pub(super) fn is_override(&self) -> bool {
        is_override(self.file.as_str())
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How much there is so far.
    pub(super) fn mark(&self) -> usize {
        self.findings.len()
    }

    /// Whether there are errors among what came after a mark.
    pub(super) fn failed_since(&self, mark: usize) -> bool {
        self.findings.iter().skip(mark).any(|finding| finding.diagnostic.is_error())
    }

    fn locate(&self, span: Span) -> Location {
        Location { file: self.file.clone(), span }
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic.into());
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
    ) {
        self.error_within(code, summary, detail, subject, subject);
    }

    /// An error with the construct around it, where that is more than the subject.
    pub(super) fn error_within(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
        context: Span,
    ) {
        let diagnostic = Diagnostic::error(summary, detail).with_code(code);
        let diagnostic = self.placed(diagnostic, subject, context);
        self.push(diagnostic);
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
        self.error_with_previous_within(code, summary, detail, subject, previous, subject);
    }

    pub(super) fn error_with_previous_within(
        &mut self,
        code: &'static str,
        summary: impl Into<String>,
        detail: impl Into<String>,
        subject: Span,
        previous: Span,
        context: Span,
    ) {
        let diagnostic = Diagnostic::error(summary, detail).with_code(code);
        let diagnostic = self.placed(diagnostic, subject, context);
        self.findings.push(Finding { diagnostic, previous: Some(previous) });
    }

    fn placed(&self, diagnostic: Diagnostic, subject: Span, context: Span) -> Diagnostic {
        let placed = diagnostic.at(self.locate(subject));
        if context == subject { placed } else { placed.within(self.locate(context)) }
    }

    /// Adds what the language found in a part of the chunk.
    pub(super) fn extend(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }
}
