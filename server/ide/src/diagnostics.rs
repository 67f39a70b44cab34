//! What is wrong with a file, without running anything.

use syntax::{Diagnostic, FileName, Location};

use crate::snapshot::{Snapshot, is_module_file, is_test_file};

/// The diagnostics of `file`, from top to bottom.
pub fn diagnostics(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let mut found = if is_test_file(file) {
        of_test_file(snapshot, file)
    } else if is_module_file(file.as_str()) {
        of_module_file(snapshot, file)
    } else if file.as_str().ends_with(".tfmock.hcl") {
        snapshot.document(file).map(|document| document.diagnostics()).unwrap_or_default()
    } else {
        // The JSON forms are not read.
        Vec::new()
    };
    found.retain(|it| it.subject.as_ref().is_none_or(|subject| subject.file == *file));
    found.sort_by_key(|it| it.subject.as_ref().map(|subject| (subject.span, it.severity)));
    found.dedup();
    found
}

/// Places that the detail of a diagnostic mentions, with a word about each: the first of two declarations.
pub fn related(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<(Location, String)> {
    if !diagnostic.code.is_some_and(|code| code.starts_with("duplicate-")) {
        return Vec::new();
    }
    let Some(subject) = &diagnostic.subject else { return Vec::new() };
    let first = snapshot.occurrence_at(&subject.file, subject.span.end).and_then(|again| {
        let others = snapshot.occurrences_of(&subject.file, &again.symbol).into_iter();
        others.filter(|it| it.definition && it.location != again.location).map(|it| it.location).next()
    });
    first.map(|place| (place, "first declared here".to_owned())).into_iter().collect()
}

fn of_test_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let project = snapshot.project(file);
    let Some(test_file) = project.test_file(file) else {
        return snapshot.document(file).map(|document| document.diagnostics()).unwrap_or_default();
    };
    test_file.diagnostics.iter().chain(&project.problems).cloned().collect()
}

/// What is wrong with the declarations of the module, and with those of modules that it calls.
fn of_module_file(snapshot: &Snapshot, file: &FileName) -> Vec<Diagnostic> {
    let project = snapshot.project(file);
    let tree = project.tree();
    tree.module.diagnostics.iter().chain(&tree.diagnostics).cloned().collect()
}
