//! The order in which diagnostics of one print appear, and which warnings are folded into one.

use std::cmp::Ordering;

use syntax::{Diagnostic, Location, Severity};

/// Sorted as Terraform prints them: warnings first, then those without a place, then by file (fewer path
/// segments first) and position. Hints are for editors and are left out.
pub fn sorted(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut sorted: Vec<Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.severity > Severity::Hint).cloned().collect();
    sorted.sort_by(|a, b| {
        a.severity.cmp(&b.severity).then_with(|| by_place(a.subject.as_ref(), b.subject.as_ref()))
    });
    sorted
}

fn by_place(a: Option<&Location>, b: Option<&Location>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => {
            let segments = |place: &Location| place.file.as_str().matches('/').count();
            segments(a).cmp(&segments(b)).then_with(|| a.file.cmp(&b.file)).then_with(|| a.span.cmp(&b.span))
        }
    }
}

/// Folds warnings, as the tools do unless they are told not to: see `consolidated_of`.
pub fn consolidated(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    consolidated_of(diagnostics, Severity::Warning)
}

/// Folds diagnostics of one severity with the same summary and group into the first of them, which then says how many there were.
/// Those without a place are never folded, nor are those of checks.
pub(crate) fn consolidated_of(diagnostics: Vec<Diagnostic>, severity: Severity) -> Vec<Diagnostic> {
    folded(diagnostics, severity).into_iter().map(|(diagnostic, more)| with_count(diagnostic, more)).collect()
}

/// The same, with the number of diagnostics that were folded into each.
pub(crate) fn folded(diagnostics: Vec<Diagnostic>, severity: Severity) -> Vec<(Diagnostic, usize)> {
    let mut kept: Vec<(Diagnostic, usize)> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let foldable =
            |other: &Diagnostic| other.severity == severity && other.subject.is_some() && !other.alone;
        let first = kept.iter_mut().find(|(first, _)| {
            let similar = first.summary == diagnostic.summary && group(first) == group(&diagnostic);
            foldable(first) && foldable(&diagnostic) && similar
        });
        match first {
            Some((_, more)) => *more += 1,
            None => kept.push((diagnostic, 0)),
        }
    }
    kept
}

fn group(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic.deprecation.as_ref()?.group.as_deref()
}

fn with_count(mut diagnostic: Diagnostic, more: usize) -> Diagnostic {
    let word = if diagnostic.is_error() { "error" } else { "warning" };
    let note = match more {
        0 => return diagnostic,
        1 => format!("(and one more similar {word} elsewhere)"),
        n => format!("(and {n} more similar {word}s elsewhere)"),
    };
    if !diagnostic.detail.is_empty() {
        diagnostic.detail.push_str("\n\n");
    }
    diagnostic.detail.push_str(&note);
    diagnostic
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use syntax::{Diagnostic, FileName, Location, Span};

    use super::{consolidated, sorted};

    fn at(diagnostic: Diagnostic, file: &str, start: u32) -> Diagnostic {
        diagnostic.at(Location { file: FileName::new(file), span: Span::new(start, start + 1) })
    }

    fn list(diagnostics: &[Diagnostic]) -> String {
        let line =
            |d: &Diagnostic| format!("{:?} {} {}\n", d.severity, d.summary, d.detail.replace('\n', "|"));
        diagnostics.iter().map(line).collect()
    }

    #[test]
    fn sorts_by_severity_place_and_position() {
        let found = [
            at(Diagnostic::error("deep", ""), "m/x/a.tf", 0),
            at(Diagnostic::error("late", ""), "main.tf", 9),
            at(Diagnostic::error("early", ""), "main.tf", 2),
            Diagnostic::error("nowhere", ""),
            Diagnostic::hint("editor only", ""),
            at(Diagnostic::warning("warned", ""), "z.tf", 1),
        ];
        expect![[r#"
            Warning warned 
            Error nowhere 
            Error early 
            Error late 
            Error deep 
        "#]]
        .assert_eq(&list(&sorted(&found)));
    }

    #[test]
    fn folds_warnings_of_one_summary() {
        let found = vec![
            at(Diagnostic::warning("same", "why"), "a.tf", 1),
            Diagnostic::warning("same", "without a place"),
            at(Diagnostic::warning("other", ""), "a.tf", 2),
            at(Diagnostic::warning("same", ""), "a.tf", 3),
            at(Diagnostic::warning("other", ""), "a.tf", 4),
            at(Diagnostic::warning("other", ""), "a.tf", 5),
            at(Diagnostic::error("wrong", ""), "a.tf", 6),
            at(Diagnostic::error("wrong", ""), "a.tf", 7),
        ];
        expect![[r#"
            Warning same why||(and one more similar warning elsewhere)
            Warning same without a place
            Warning other (and 2 more similar warnings elsewhere)
            Error wrong 
            Error wrong 
        "#]]
        .assert_eq(&list(&consolidated(found)));
    }
}
