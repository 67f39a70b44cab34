//! Replays the recorded layouts byte for byte, and holds the formatter to what must be true of any text.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use runblock_conformance::recorded;
use serde::Deserialize;
use syntax::{
    Document, Edit, FileName, Span, Token, TokenKind, apply_edits, format, format_on_type, format_range,
};

/// What terraform made of a text.
#[derive(Deserialize)]
struct Recorded {
    group: String,
    input: String,
    /// `None` when it is the input.
    output: Option<String>,
    #[serde(default)]
    refused: bool,
}

/// The group of texts in which terraform loses something that is kept here.
const KEPT: &str = "kept";

fn file() -> FileName {
    FileName::new("main.tf")
}

/// The formatted text; `None` when it has syntax errors.
fn formatted(text: &str) -> Option<String> {
    let formatted = format(&file(), text);
    formatted.diagnostics.is_empty().then(|| apply_edits(text, &formatted.edits))
}

fn recorded_texts() -> Vec<Recorded> {
    recorded::read_json("format.json")
}

#[test]
fn texts_are_formatted_as_terraform_formats_them() {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for case in recorded_texts() {
        *groups.entry(case.group.clone()).or_default() += 1;
        let expected = (!case.refused).then(|| case.output.unwrap_or_else(|| case.input.clone()));
        let ours = formatted(&case.input);
        if case.group == KEPT {
            assert_ne!(ours, expected, "this one is no longer special: {:?}", case.input);
        } else {
            assert_eq!(ours, expected, "{}: {:?}", case.group, case.input);
        }
    }
    println!("{groups:?}");
    assert!(groups.values().sum::<usize>() >= 700);
}

/// Every text of the recordings, and every configuration file of this repository that has no syntax errors.
fn parseable() -> Vec<String> {
    let mut paths = Vec::new();
    for folder in ["runner", "server", "tests", "editors"] {
        collect(&recorded::home().join("../..").join(folder), &mut paths);
    }
    let files = paths.iter().filter_map(|path| fs::read_to_string(path).ok());
    let texts = recorded_texts().into_iter().map(|case| case.input);
    files.chain(texts).filter(|text| formatted(text).is_some()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" && name != "target" {
            collect(&path, paths);
        } else if name.ends_with(".tf") || name.ends_with(".hcl") || name.ends_with(".tfvars") {
            paths.push(path);
        }
    }
}

#[test]
fn formatting_twice_changes_nothing_more() {
    for text in parseable() {
        let once = formatted(&text).unwrap();
        // An interpolation of nothing but an interpolation is unwrapped once each time.
        if once.contains("= \"${") {
            continue;
        }
        assert_eq!(formatted(&once).as_deref(), Some(once.as_str()), "{text:?}");
    }
}

#[test]
fn comments_and_tokens_are_kept() {
    let texts = parseable();
    assert!(texts.len() > 500, "{}", texts.len());
    for text in texts {
        let once = formatted(&text).unwrap();
        assert_eq!(words(&text, is_comment), words(&once, is_comment), "{text:?}");
        assert_eq!(words(&text, is_fixed), words(&once, is_fixed), "{text:?}");
    }
}

fn words(text: &str, counts: impl Fn(&Token) -> bool) -> Vec<&str> {
    syntax::tokens(text).iter().filter(|token| counts(token)).map(|token| token.span.text(text)).collect()
}

fn is_comment(token: &Token) -> bool {
    token.kind == TokenKind::Comment
}

/// Whether no rewriting adds, drops or changes such a token: labels get quotes, interpolations lose theirs, and legacy
/// types become calls.
fn is_fixed(token: &Token) -> bool {
    use TokenKind as K;
    !matches!(
        token.kind,
        K::Newline
            | K::OpenQuote
            | K::CloseQuote
            | K::OpenInterpolation
            | K::CloseSequence
            | K::OpenParen
            | K::CloseParen
            | K::QuotedText
            | K::Ident
    )
}

#[test]
fn the_range_of_everything_is_everything() {
    for text in parseable() {
        let document = Document::new(file(), &text);
        let edits = format_range(&document, Span::new(0, document.len()));
        assert_eq!(Some(apply_edits(&text, &edits)), formatted(&text), "{text:?}");
    }
}

/// At every place of every text, whole or cut off there, typing moves blank space at most.
#[test]
fn typing_disturbs_nothing() {
    // A byte order mark is blank space to the formatter.
    let solid = |text: &str| text.replace('\u{feff}', "").split_whitespace().collect::<String>();
    for text in recorded_texts().into_iter().map(|case| case.input).filter(|text| text.len() < 200) {
        for (at, ch) in text.char_indices().filter(|(_, ch)| matches!(ch, '\n' | '}')) {
            let end = at + ch.len_utf8();
            for typed in [&text[..end], text.as_str()] {
                let document = Document::new(file(), typed);
                let edits = format_on_type(&document, end as u32, ch);
                assert!(in_order(&edits), "{typed:?} {end}: {edits:?}");
                assert_eq!(solid(&apply_edits(typed, &edits)), solid(typed), "{typed:?} {end}");
                let edits = format_range(&document, Span::at(end as u32));
                assert!(in_order(&edits), "{typed:?} {end}: {edits:?}");
            }
        }
    }
}

fn in_order(edits: &[Edit]) -> bool {
    edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start)
}

#[test]
fn large_and_deep_texts_take_little_time() {
    let block = "resource \"a\" \"b\" {\n  name=var.name # why\n  longer_name = [for x in y: x]\n}\n";
    let large = formatted(&block.repeat(20_000)).unwrap();
    assert!(large.starts_with("resource \"a\" \"b\" {\n  name        = var.name # why\n"));
    let deep = format!("a={}1{}\n", "[".repeat(1000), "]".repeat(1000));
    assert_eq!(formatted(&deep).map(|text| text.len()), Some(deep.len() + 2));
    assert_eq!(formatted(&format!("a={}\n", "(".repeat(100_000))), None);
    let blocks = format!("{}{}", "a {\n".repeat(900), "}\n".repeat(900));
    assert!(formatted(&blocks).is_some());
}
