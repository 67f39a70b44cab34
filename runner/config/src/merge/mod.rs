//! From the facts of chunks to modules and test files; finds what is declared twice.

mod merged;
mod mock_file;
mod module;
mod overrides;
mod test_file;

use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use std::hash::Hash;
use syntax::{Diagnostic, Diagnostics, Document, Location, Origin, Span};

use crate::decode::Finding;
use crate::item::Item;
use crate::sources::Sources;

/// Collects absolute diagnostics.
struct Reporter {
    sources: Sources,
    diagnostics: Diagnostics,
}

impl Reporter {
    fn new(sources: Sources) -> Reporter {
        Reporter { sources, diagnostics: Vec::new() }
    }

    /// The syntax errors of a file.
    fn syntax(&mut self, document: &Document) {
        self.diagnostics.extend(document.diagnostics().into_iter().map(|diagnostic| match diagnostic.code {
            Some(_) => diagnostic,
            None => diagnostic.with_code("syntax"),
        }));
    }

    fn findings(&mut self, findings: &[Finding], origin: &Origin) {
        let range = |place: &_| self.sources.range(place);
        let placed = findings.iter().map(|finding| finding.place(origin, range));
        self.diagnostics.extend(placed);
    }

    /// A block of an override file need not be complete.
    fn findings_of_override(&mut self, findings: &[Finding], origin: &Origin) {
        let range = |place: &_| self.sources.range(place);
        let placed = findings.iter().map(|finding| finding.place(origin, range));
        self.diagnostics.extend(placed.filter(|found| found.code != Some("missing-argument")));
    }

    fn error(&mut self, code: &'static str, summary: String, detail: String, subject: Location) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(subject).with_code(code));
    }

    /// Inserts a declaration unless its key is taken; then `texts` gives the summary and, from the place of the first
    /// one, the detail.
    fn insert<K: Hash + Eq, T>(
        &mut self,
        map: &mut IndexMap<K, Item<T>>,
        key: K,
        decl: &Arc<T>,
        origin: &Origin,
        span: impl Fn(&T) -> Span,
        texts: impl FnOnce(&T, &str) -> (String, String),
    ) {
        match map.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(Item::new(Arc::clone(decl), origin.clone()));
            }
            Entry::Occupied(mut entry) => {
                // A third declaration is compared with the second.
                let before = entry.insert(Item::new(Arc::clone(decl), origin.clone()));
                let previous = self.sources.range(&before.locate(span(&before.decl)));
                let (summary, detail) = texts(decl, &previous);
                let subject = origin.locate(span(decl));
                self.error("duplicate-declaration", summary, detail, subject);
            }
        }
    }

    /// In the order of the text, as Terraform prints them. In JSON, Terraform reads a body as a whole before it reads
    /// the blocks in it, and says what it finds in that order.
    fn finish(mut self) -> Diagnostics {
        if self.sources.iter().any(|document| document.file().is_json()) {
            return self.diagnostics;
        }
        self.diagnostics.sort_by(|a, b| {
            let place = |diagnostic: &Diagnostic| {
                diagnostic.subject.as_ref().map(|place| (place.file.clone(), place.span))
            };
            place(a).cmp(&place(b))
        });
        self.diagnostics
    }
}
