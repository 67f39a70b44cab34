//! A document's chunks, put together, are the tree of the whole text.

mod outline;

use syntax::{Document, FileName, parse_body};

fn check(text: &str) {
    let file = FileName::new("main.tf");
    let parsed = parse_body(&file, text);
    let document = Document::new(file, text);
    let in_chunks: String = document.chunks().map(|(_, chunk)| outline::outline(&chunk.body)).collect();
    assert_eq!(in_chunks, outline::outline(&parsed.tree), "{text:?}");
    // Every span of every item, counted from the beginning of the text.
    let spans: Vec<_> = document
        .chunks()
        .flat_map(|(origin, chunk)| {
            chunk.body.items.iter().map(move |item| item.span().shifted(origin.base)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(spans, parsed.tree.items.iter().map(|item| item.span()).collect::<Vec<_>>(), "{text:?}");
    assert_eq!(document.diagnostics().is_empty(), parsed.diagnostics.is_empty(), "{text:?}");
}

/// Each recorded text alone, and pairs of them one after the other.
#[test]
fn recorded_texts() {
    let cases: Vec<serde_json::Value> = serde_json::from_str(include_str!("data/recorded.json")).unwrap();
    let valid: Vec<&str> = cases
        .iter()
        .filter(|case| case["diagnostics"].as_array().is_some_and(Vec::is_empty))
        .map(|case| case["text"].as_str().unwrap())
        .filter(|text| text.ends_with('\n') && !text.starts_with('\u{feff}'))
        .collect();
    assert!(valid.len() > 100);
    for (index, first) in valid.iter().enumerate() {
        check(first);
        for second in valid.iter().skip(index % 7).step_by(7) {
            check(&format!("{first}z {{\n{second}}}\n"));
        }
    }
}
