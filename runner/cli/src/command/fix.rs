//! `runblock check --fix`: making the fixes that leave no doubt.

use std::collections::{BTreeMap, BTreeSet};

use config::{Dialect, DiskFiles, Files, Fix, fixes, safe_edits};
use syntax::{Diagnostic, Document, Edit, FileName, apply_edits};

use super::save::replace;

/// What was changed, and what could not be.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    /// How many fixes were made.
    pub(super) count: usize,
    pub(super) files: BTreeSet<FileName>,
    /// Sentences.
    pub(super) problems: Vec<String>,
}

/// The file's text as a document, when it is exactly that text and the module's own.
pub(super) fn document(files: &DiskFiles, file: &FileName) -> Option<Document> {
    let name = file.as_str();
    if name.is_empty() || name.starts_with(['/', '<']) || name.split('/').any(|part| part == "..") {
        return None;
    }
    let bytes = files.read_bytes(name).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let document = Document::new(file.clone(), text);
    (document.text() == text).then_some(document)
}

/// Everything that can be done about a diagnostic.
pub(super) fn fixes_of(files: &DiskFiles, dialect: Dialect, diagnostic: &Diagnostic) -> Vec<Fix> {
    let document = diagnostic.subject.as_ref().and_then(|subject| document(files, &subject.file));
    document.map(|document| fixes(diagnostic, &document, dialect)).unwrap_or_default()
}

/// How many safe fixes could be made.
pub(super) fn fixable(files: &DiskFiles, dialect: Dialect, found: &[Diagnostic]) -> usize {
    edits(files, dialect, found).map(|it| it.count).sum()
}

/// Makes the safe fixes of the diagnostics. Of two that meet, the first is made.
pub(super) fn fix(files: &DiskFiles, dialect: Dialect, found: &[Diagnostic]) -> Fixed {
    let mut fixed = Fixed::default();
    for FileEdits { file, document, edits, count } in edits(files, dialect, found) {
        let old = document.text();
        let new = apply_edits(&old, &edits);
        match replace(&files.locate(file.as_str()), old.as_bytes(), new.as_bytes()) {
            // Somebody has saved the file in the meantime, and knows better.
            Ok(false) => {}
            Ok(true) => {
                fixed.count += count;
                fixed.files.insert(file.clone());
            }
            Err(error) => fixed.problems.push(format!("{file} cannot be written: {error}.")),
        }
    }
    fixed
}

/// The safe fixes of one file.
struct FileEdits<'d> {
    file: &'d FileName,
    document: Document,
    /// Some.
    edits: Vec<Edit>,
    count: usize,
}

fn edits<'d>(
    files: &'d DiskFiles,
    dialect: Dialect,
    found: &'d [Diagnostic],
) -> impl Iterator<Item = FileEdits<'d>> {
    let mut by_file: BTreeMap<&FileName, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in found {
        if let Some(subject) = &diagnostic.subject {
            by_file.entry(&subject.file).or_default().push(diagnostic);
        }
    }
    by_file.into_iter().filter_map(move |(file, found)| {
        let document = document(files, file)?;
        let (edits, count) = safe_edits(&found, &document, dialect);
        (!edits.is_empty()).then_some(FileEdits { file, document, edits, count })
    })
}
