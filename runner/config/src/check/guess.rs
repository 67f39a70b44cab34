//! What is not said while a part of a file cannot be read: names in it are about to become others, and what it may yet
//! declare nobody is told to miss.

use syntax::{Diagnostic, Diagnostics, Span};

use crate::test_file::TestFile;

/// Whether something could not be read, so that what seems to be missing may be there.
pub fn has_syntax_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(is_syntax_error)
}

/// Whether a diagnostic of that code is about a name that leads nowhere, or about something that is not there.
pub fn is_guess(code: &str) -> bool {
    const PREFIXES: &[&str] =
        &["misplaced-", "unavailable-", "undeclared-", "undefined-", "unknown-", "unused-"];
    const CODES: &[&str] = &[
        "invalid-attribute",
        "invalid-dependency",
        "invalid-module-source",
        "invalid-reference",
        "later-run",
        "missing-expected-failure",
        "missing-instance-key",
        "missing-provider",
        "missing-provider-configuration",
        "missing-variable",
        "module-not-installed",
        "reserved-name",
        "unreadable-mocks",
        "unsupported-attribute",
    ];
    CODES.contains(&code) || PREFIXES.iter().any(|prefix| code.starts_with(prefix))
}

/// What is sure of a test file: in the whole of it nothing that something else may yet declare, and in a run block that
/// cannot be read whole nothing about names.
pub fn without_guesses(file: &TestFile, mut found: Diagnostics) -> Diagnostics {
    if !has_syntax_errors(&file.diagnostics) {
        return found;
    }
    let unread: Vec<Span> =
        file.diagnostics.iter().filter(|it| is_syntax_error(it)).filter_map(place).collect();
    let half_read: Vec<Span> = file
        .runs
        .iter()
        .map(|run| run.span)
        .filter(|run| unread.iter().any(|error| run.touches(error.start)))
        .collect();
    let is_inside =
        |it: &Diagnostic| place(it).is_some_and(|at| half_read.iter().any(|run| run.touches(at.start)));
    found.retain(|it| {
        !it.code.is_some_and(|code| OF_THE_FILE.contains(&code) || (is_guess(code) && is_inside(it)))
    });
    found
}

/// What is said because something is not in the test file.
const OF_THE_FILE: &[&str] = &[
    "later-run",
    "missing-provider",
    "missing-variable",
    "unavailable-variable",
    "undeclared-variable",
    "unknown-run",
    "unknown-run-output",
    "unused-variable",
];

fn is_syntax_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.is_error() && diagnostic.code == Some("syntax")
}

fn place(diagnostic: &Diagnostic) -> Option<Span> {
    diagnostic.subject.as_ref().map(|subject| subject.span)
}
