//! Replays the expressions that the real tool was asked about and holds the evaluator to its answers.
//!
//! `tests/conformance/expressions.json` was recorded from terraform 1.11.4. An expression that is known to disagree
//! stands in `tests/data/disagreements.txt`; one that newly agrees must be taken off it (`UPDATE_EXPECT=1` does).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use lang::functions::{FileError, FileReader};
use lang::{Resolved, Scope, Traversal, render};
use serde::Deserialize;
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin};

#[derive(Deserialize)]
struct Case {
    expr: String,
    console: Option<String>,
    error: Option<RecordedError>,
}

#[derive(Deserialize)]
struct RecordedError {
    summary: String,
    detail: String,
    range: Option<RecordedRange>,
}

#[derive(Deserialize)]
struct RecordedRange {
    start: RecordedPosition,
    end: RecordedPosition,
}

#[derive(Deserialize)]
struct RecordedPosition {
    byte: i64,
}

/// No names, and the files beside the recording.
struct Bare<'t> {
    text: &'t str,
}

impl Scope for Bare<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(Diagnostic::error("Invalid reference", "").at(origin.locate(traversal.span())));
        None
    }

    fn files(&self) -> &dyn FileReader {
        self
    }

    fn pure(&self) -> bool {
        false
    }

    fn place(&self, location: &Location) -> String {
        lang::place_in(self.text, location.file.as_str(), location.span)
    }
}

impl FileReader for Bare<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(folder().join(path)).map_err(|_| FileError::NotFound)
    }

    fn is_file(&self, path: &str) -> Result<bool, FileError> {
        Ok(folder().join(path).is_file())
    }

    fn read_dir(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let entries = std::fs::read_dir(folder().join(path)).map_err(|_| FileError::NotFound)?;
        Ok(entries
            .flatten()
            .map(|e| (e.file_name().to_string_lossy().into_owned(), e.path().is_dir()))
            .collect())
    }

    fn absolute(&self, path: &str) -> String {
        folder().join(path).to_string_lossy().into_owned()
    }

    fn home(&self) -> Option<String> {
        None
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/expressions/files")
}

/// What we say, in the form of the recording: the printed value, or the error. `None` when the expression has
/// names in it: those belong to `config`.
fn answer(expr: &str) -> Option<Result<String, Vec<Diagnostic>>> {
    let file = FileName::new("expression.tf");
    let text = format!("{PREFIX}{expr}\n}}\n");
    let parse = syntax::parse_body(&file, &text);
    if parse.diagnostics.iter().any(Diagnostic::is_error) {
        return Some(Err(parse.diagnostics));
    }
    let locals = parse.tree.blocks().next()?;
    let lowered = lang::lower(&locals.body.attribute("x")?.value);
    if !lowered.traversals().is_empty() {
        return None;
    }
    let mut sink = Diagnostics::new();
    let value = lang::evaluate(&lowered, &Origin::new(file, 0), &Bare { text: &text }, &mut sink);
    Some(match sink.iter().any(Diagnostic::is_error) {
        true => Err(sink),
        // The recording has no carriage returns: it went through a text file.
        false => Ok(render::console(&value).replace("\r\n", "\n").replace('\r', "\n")),
    })
}

/// Where the recorded expressions stood.
const PREFIX: &str = "locals {\n  x = ";

fn disagreement(case: &Case, ours: Result<String, Vec<Diagnostic>>) -> Option<String> {
    match (ours, &case.console, &case.error) {
        (Ok(ours), Some(theirs), _) if ours.trim_end() == theirs.trim_end() => None,
        (Err(found), None, Some(error)) => {
            let first = found.iter().find(|d| d.is_error())?;
            if first.summary != error.summary {
                return Some(format!("summary {:?}, want {:?}", first.summary, error.summary));
            }
            if first.detail != error.detail {
                return Some(format!("detail {:?}, want {:?}", first.detail, error.detail));
            }
            let range = error.range.as_ref()?;
            let span = first.subject.as_ref().map(|subject| subject.span)?;
            let want = (range.start.byte, range.end.byte);
            let found = [span.start, span.end].map(|at| i64::from(at) - PREFIX.len() as i64);
            (found != [want.0, want.1]).then(|| format!("range {found:?}, want {}..{}", want.0, want.1))
        }
        (Ok(ours), Some(theirs), _) => Some(format!("value {ours:?}, want {theirs:?}")),
        (Ok(ours), None, Some(error)) => Some(format!("value {ours:?}, want error {:?}", error.summary)),
        (Err(found), Some(theirs), _) => {
            let first = found.first().map(|d| format!("{}: {}", d.summary, d.detail));
            Some(format!("error {first:?}, want {theirs:?}"))
        }
        _ => None,
    }
}

#[test]
fn expressions_evaluate_as_terraform_evaluates_them() {
    let text =
        std::fs::read_to_string(folder().join("../../expressions.json")).expect("the recording is there");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("the recording is JSON");
    let mut wrong = BTreeMap::new();
    let mut named = 0;
    for case in &cases {
        let Some(ours) = answer(&case.expr) else {
            named += 1;
            continue;
        };
        if let Some(reason) = disagreement(case, ours) {
            wrong.insert(case.expr.clone(), reason);
        }
    }
    let compared = cases.len() - named;
    let agree = compared - wrong.len();
    let mut list = String::new();
    for (expr, reason) in &wrong {
        writeln!(list, "{expr:?}\n    {reason}").expect("writing to a string");
    }
    eprintln!("{agree} of {compared} expressions agree; {named} have names in them");
    expect_test::expect_file!["data/disagreements.txt"].assert_eq(&list);
}
