//! The renderers against what terraform 1.11.4 printed: `recorded.json` holds, for a few dozen small modules, the
//! diagnostics of `terraform test -json` and the text of the same command without `-json`, plain and coloured.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use syntax::{Diagnostic, FileName, FunctionCall, Location, Operand, Span};

use super::{Explain, JsonDiagnostic, Source, Style, consolidated, render, sorted};

#[derive(Deserialize)]
struct Case {
    name: String,
    files: BTreeMap<String, String>,
    diagnostics: Vec<Recorded>,
    /// Standard output and standard error.
    plain: [String; 2],
    boxed: [String; 2],
}

#[derive(Deserialize)]
struct Recorded {
    run: Option<String>,
    file: Option<String>,
    diagnostic: Value,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("recorded.json")).unwrap()
}

fn diagnostic(recorded: &Value) -> Diagnostic {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (summary, detail) = (text(&recorded["summary"]), text(&recorded["detail"]));
    let mut diagnostic = match recorded["severity"].as_str() {
        Some("error") => Diagnostic::error(summary, detail),
        _ => Diagnostic::warning(summary, detail),
    };
    let snippet = &recorded["snippet"];
    if let Some(range) = recorded.get("range") {
        let byte = |point: &str| range[point]["byte"].as_u64().unwrap() as u32;
        let file = FileName::new(range["filename"].as_str().unwrap());
        let span = Span::new(byte("start"), byte("end"));
        diagnostic.subject = Some(Location { file: file.clone(), span });
        // The snippet shows more than the subject only where a context was given.
        if let Some(code) = snippet["code"].as_str() {
            let start = (span.start + 1)
                .saturating_sub(1 + snippet["highlight_start_offset"].as_u64().unwrap() as u32);
            diagnostic.context =
                Some(Location { file, span: Span::new(start, start + code.trim_end().len() as u32) });
        }
    }
    diagnostic.address = recorded["address"].as_str().map(str::to_owned);
    for value in snippet["values"].as_array().into_iter().flatten() {
        diagnostic
            .operands
            .push(Operand { traversal: text(&value["traversal"]), statement: text(&value["statement"]) });
    }
    if let Some(call) = snippet.get("function_call") {
        let signature = &call["signature"];
        let names = signature["params"].as_array().into_iter().flatten().map(|param| text(&param["name"]));
        let variadic = signature["variadic_param"]["name"].as_str().map(|name| format!("{name}..."));
        diagnostic.function_call = Some(FunctionCall {
            name: text(&call["called_as"]),
            parameters: names.chain(variadic).collect(),
        });
    }
    diagnostic
}

/// The diagnostics that were printed together.
fn groups(case: &Case) -> Vec<Vec<Diagnostic>> {
    let mut groups: Vec<(&Recorded, Vec<Diagnostic>)> = Vec::new();
    for recorded in &case.diagnostics {
        match groups.last_mut() {
            Some((first, group)) if (&first.run, &first.file) == (&recorded.run, &recorded.file) => {
                group.push(diagnostic(&recorded.diagnostic));
            }
            _ => groups.push((recorded, vec![diagnostic(&recorded.diagnostic)])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn sources(case: &Case) -> impl Fn(&FileName) -> Option<Arc<Source>> {
    move |name| case.files.get(name.as_str()).map(|text| Arc::new(Source::new(name, text.as_str().into())))
}

#[track_caller]
fn compare(case: &Case, style: Style, recorded: &[String; 2]) {
    let sources = sources(case);
    let [mut stdout, mut stderr] = recorded.clone();
    let mut errors = String::new();
    for group in groups(case) {
        for diagnostic in consolidated(sorted(&group)) {
            let text = render(&diagnostic, &sources, style);
            if diagnostic.is_error() {
                errors.push_str(&text);
            } else {
                assert!(stdout.contains(&text), "{}: not printed:\n{text}\n--- by\n{stdout}", case.name);
                stdout = stdout.replacen(&text, "", 1);
            }
        }
    }
    // What remains on standard error is the left-over report, which is not a diagnostic.
    if !stderr.contains("Terraform left the following") {
        assert_eq!(errors, stderr, "{}", case.name);
    }
    stderr.clear();
    assert!(!stdout.contains("Warning: "), "{}: a warning is missing:\n{stdout}", case.name);
}

#[test]
fn prints_what_terraform_prints() {
    for case in cases() {
        compare(&case, Style::new(false, 78), &case.plain);
    }
}

#[test]
fn draws_the_box_that_terraform_draws() {
    for case in cases() {
        compare(&case, Style::new(true, 78), &case.boxed);
    }
}

#[test]
fn writes_the_json_that_terraform_writes() {
    for case in cases() {
        let sources = sources(&case);
        for recorded in &case.diagnostics {
            let written =
                JsonDiagnostic::new(&diagnostic(&recorded.diagnostic), &sources, Explain::default());
            let written = serde_json::to_value(written).unwrap();
            assert_eq!(written, recorded.diagnostic, "{}", case.name);
        }
    }
}

#[test]
fn a_line_too_long_to_read_is_cut_around_its_subject() {
    let text = format!("a = \"{}\" + nope + \"{}\"\n", "ä".repeat(20_000), "x".repeat(20_000));
    let start = text.find("nope").unwrap() as u32;
    let place = Location { file: FileName::new("main.tf"), span: Span::new(start, start + 4) };
    let diagnostic = Diagnostic::error("Wrong", "").at(place);
    let sources = |name: &FileName| Some(Arc::new(Source::new(name, text.as_str().into())));
    let shown = render(&diagnostic, &sources, Style::new(true, 78));
    assert!(shown.len() < 1000, "{}", shown.len());
    assert!(shown.contains("\x1b[4mnope\x1b[0m"), "{shown}");
    let json = serde_json::to_value(JsonDiagnostic::new(&diagnostic, &sources, Explain::default())).unwrap();
    let code = json["snippet"]["code"].as_str().unwrap();
    let offset = |key: &str| json["snippet"][key].as_u64().unwrap() as usize;
    assert_eq!(&code[offset("highlight_start_offset")..offset("highlight_end_offset")], "nope");
}
