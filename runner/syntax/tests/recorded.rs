//! Accepting, refusing and wording as recorded from terraform (`data/record.py`).

use serde_json::Value;
use syntax::{Diagnostic, Document, FileName, parse_body};

/// Terraform reads on to the next quote; this parser sees on the next line that the template was left unclosed, and
/// says so where it was opened.
const SAID_BETTER: &[&str] = &["a {\n b = \"${x\n}\n"];

/// Terraform stops at the first fault of a file, this parser at the first fault of an item. So what Terraform says
/// must come first, and where it says nothing, nothing may be said.
#[test]
fn says_first_what_terraform_says() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/recorded.json")).unwrap();
    assert!(cases.len() >= 150);
    let file = FileName::new("main.tf");
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        if SAID_BETTER.contains(&text) {
            continue;
        }
        let expected: Vec<String> = case["diagnostics"].as_array().unwrap().iter().map(recorded).collect();
        let parsed = parse_body(&file, text);
        let found: Vec<String> = parsed.diagnostics.iter().map(shown).collect();
        if expected.first() != found.first() {
            wrong.push(format!("{text:?}\n  terraform {expected:#?}\n  runblock {found:#?}"));
        }
        let document = Document::new(file.clone(), text);
        // A chunk does not know where the file ends, which some subjects point at.
        if document.chunks().len() > 1
            && parsed.diagnostics.first().is_some_and(|one| one.summary.contains("index"))
        {
            continue;
        }
        let in_chunks: Vec<String> = document.diagnostics().iter().map(shown).collect();
        if expected.first() != in_chunks.first() {
            wrong.push(format!("in chunks: {text:?}\n  terraform {expected:#?}\n  runblock {in_chunks:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn recorded(said: &Value) -> String {
    let text = |key: &str| said[key].as_str().expect("a recorded text").to_owned();
    format!("{}..{} {} | {}", said["start"], said["end"], text("summary"), text("detail"))
}

fn shown(diagnostic: &Diagnostic) -> String {
    let span = diagnostic.subject.as_ref().map(|subject| subject.span).expect("syntax faults have a place");
    // Terraform widens an empty range for showing it.
    let end = span.end.max(span.start + 1);
    format!("{}..{end} {} | {}", span.start, diagnostic.summary, diagnostic.detail)
}
