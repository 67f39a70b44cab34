//! What holds of every answer about any file, on the recorded cases of `tests/conformance`, in both syntaxes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::convert::to_json;
use config::{Dialect, FileRole, MemoryFiles};
use serde_json::Value;
use syntax::{Document, Encoding, FileName, Span, TokenKind, apply_edits};

use crate::testing::{surroundings, workspace};
use crate::{Cache, Outline, Snapshot};

/// Texts by the names of their files.
type Texts = BTreeMap<String, String>;

/// The cases' files, each case once as it is and once in JSON.
fn projects() -> Vec<(String, Texts)> {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../tests/conformance/cases.json")).unwrap();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, case) in recorded["cases"].as_object().unwrap() {
        let files = case["files"].as_object().unwrap().iter();
        let texts: Texts =
            files.filter_map(|(path, text)| Some((path.clone(), text.as_str()?.to_owned()))).collect();
        // Several cases differ only in their arguments.
        if !seen.insert(texts.clone()) {
            continue;
        }
        let converted: Option<Texts> = texts
            .iter()
            .map(|(path, text)| match path.strip_suffix(".tftest.hcl") {
                Some(stem) => {
                    let json = to_json(&FileName::new(path), text, Dialect::default()).ok()?;
                    Some((format!("{stem}.tftest.json"), json.text))
                }
                None => Some((path.clone(), text.clone())),
            })
            .collect();
        found.push((name.clone(), texts));
        found.extend(converted.map(|texts| (format!("{name}, in JSON"), texts)));
    }
    assert!(found.len() > 200, "{}", found.len());
    found
}

fn snapshot_of(texts: &Texts) -> Snapshot {
    let files = MemoryFiles::new(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let open: Vec<Arc<Document>> =
        tests_of(texts).map(|(file, text)| Arc::new(Document::new(file, text))).collect();
    Snapshot::new(Arc::new(files), &open, Arc::new(Cache::new()), surroundings())
}

fn tests_of(texts: &Texts) -> impl Iterator<Item = (FileName, &str)> {
    let is_test = |path: &String| FileRole::of(path) == Some(FileRole::Test);
    texts
        .iter()
        .filter(move |(path, _)| is_test(path))
        .map(|(path, text)| (FileName::new(path), text.as_str()))
}

/// Where words are, in the middle of each.
fn words(text: &str) -> Vec<u32> {
    let starts = text.char_indices().filter(|(at, char)| {
        char.is_alphabetic()
            && !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
    });
    starts.map(|(at, char)| (at + char.len_utf8()) as u32).collect()
}

#[test]
fn places_around_a_place_nest() {
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            for offset in words(text) {
                let spans = crate::selection(&snapshot, &file, offset);
                assert!(!spans.is_empty(), "{name}: {offset}");
                let nested = |pair: &[Span]| {
                    pair[1].start <= pair[0].start && pair[0].end <= pair[1].end && pair[0] != pair[1]
                };
                assert!(spans.windows(2).all(nested), "{name}: {offset}: {spans:?}\n{text}");
                assert!(spans[0].start <= offset && offset <= spans[0].end, "{name}: {offset}: {spans:?}");
            }
        }
    }
}

#[test]
fn folds_and_symbols_nest() {
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let folds = crate::folds(&snapshot, &file);
            for (index, a) in folds.iter().enumerate() {
                for b in &folds[index + 1..] {
                    let apart = a.span.end <= b.span.start || b.span.end <= a.span.start;
                    let inside = |a: Span, b: Span| b.start <= a.start && a.end <= b.end;
                    assert!(apart || inside(a.span, b.span) || inside(b.span, a.span), "{name}: {a:?} {b:?}");
                }
            }
            nested(&name, Span::new(0, text.len() as u32), &crate::outline(&snapshot, &file));
        }
    }
}

fn nested(name: &str, around: Span, items: &[Outline]) {
    let inside = |a: Span, b: Span| b.start <= a.start && a.end <= b.end;
    for item in items {
        assert!(inside(item.span, around) && inside(item.selection, item.span), "{name}: {item:?}");
        nested(name, item.span, &item.children);
    }
    let apart = |pair: &[Outline]| pair[0].span.end <= pair[1].span.start;
    assert!(items.windows(2).all(apart), "{name}: {items:?}");
}

/// They stand one behind the other, each in one line, and those of a range are among those of the file.
#[test]
fn tokens_do_not_overlap() {
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let lengths: Vec<u32> = text.split('\n').map(|line| line.encode_utf16().count() as u32).collect();
            let placed = |tokens: &[crate::SemanticToken]| {
                let (mut line, mut start, mut end) = (0, 0, 0);
                let mut found = Vec::new();
                for token in tokens {
                    if token.delta_line > 0 {
                        (start, end) = (0, 0);
                    }
                    line += token.delta_line;
                    start += token.delta_start;
                    assert!(start >= end && token.length > 0, "{name}: {token:?} in line {line} of\n{text}");
                    end = start + token.length;
                    assert!(end <= lengths[line as usize], "{name}: {token:?} in line {line} of\n{text}");
                    found.push((line, start, token.length, token.token_type, token.modifiers));
                }
                found
            };
            let all = crate::semantic_tokens(&snapshot, &file, Encoding::Utf16);
            let whole = placed(&all.tokens());
            let middle = Span::new(text.len() as u32 / 3, text.len() as u32 / 3 * 2);
            let part = placed(&crate::semantic_tokens_in(&snapshot, &file, middle, Encoding::Utf16));
            assert!(part.iter().all(|token| whole.contains(token)), "{name}: {part:?} of {whole:?}");
        }
    }
}

/// What is sent of an edited file makes of the tokens before the tokens now.
#[test]
fn edits_of_tokens_make_the_new_ones() {
    for (name, texts) in projects() {
        let tokens = |texts: &Texts, file: &FileName| {
            crate::semantic_tokens(&snapshot_of(texts), file, Encoding::Utf16)
        };
        for (file, text) in tests_of(&texts) {
            let before = tokens(&texts, &file);
            for cut in [text.len() / 2, text.len() / 3, 0] {
                let mut changed = texts.clone();
                let cut = (cut..).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
                let rest = text.get(cut + 20..).unwrap_or_default();
                changed.insert(file.to_string(), format!("{}{rest}", &text[..cut]));
                let now = tokens(&changed, &file);
                let mut made = before.tokens();
                if let Some(edit) = now.edit_from(&before) {
                    made.splice(edit.start..edit.start + edit.delete, edit.insert);
                }
                assert_eq!(made, now.tokens(), "{name}: {cut} of\n{text}");
            }
        }
    }
}

/// A name that is changed and changed back is what it was, everywhere.
#[test]
fn names_can_be_changed_back() {
    let mut renamed = 0;
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let mut seen = BTreeSet::new();
            for offset in words(text) {
                let Some(here) = snapshot.occurrence_at(&file, offset) else { continue };
                if !seen.insert(format!("{:?}", here.symbol)) {
                    continue;
                }
                let old = here.word.text(text).to_owned();
                let Some(there) = renamed_to(&texts, &snapshot, &file, offset, "renamed_here") else {
                    continue;
                };
                renamed += 1;
                let snapshot = snapshot_of(&there);
                // What stands before it in the file may have changed too.
                let at = there[file.as_str()].match_indices("renamed_here").map(|(at, _)| at as u32 + 1);
                let back = at.filter_map(|at| renamed_to(&there, &snapshot, &file, at, &old)).next();
                assert_eq!(back.as_ref(), Some(&texts), "{name}: {old}, by way of\n{}", there[file.as_str()]);
            }
        }
    }
    assert!(renamed > 200, "{renamed}");
}

fn renamed_to(texts: &Texts, snapshot: &Snapshot, file: &FileName, offset: u32, new: &str) -> Option<Texts> {
    let edits = crate::rename(&workspace(snapshot), 0, file, offset, new).ok()??;
    let mut texts = texts.clone();
    for place in edits {
        let edited = texts.get_mut(place.it.file.as_str())?;
        *edited = apply_edits(edited, &place.it.edits);
    }
    Some(texts)
}

/// Whatever is proposed in the middle of a word, taking it breaks nothing, and it replaces what a client would think it
/// replaces.
#[test]
fn proposals_for_a_word_break_nothing() {
    let mut taken = 0;
    let mut wrong = Vec::new();
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let errors = syntax_errors(&file, text);
            for (count, offset) in words(text).into_iter().enumerate() {
                if in_comment(&file, text, offset) {
                    continue;
                }
                // The word that makes a `for` expression of what is around it.
                if text[offset as usize - 1..].starts_with("for ") {
                    continue;
                }
                let items = crate::completion(&snapshot, &file, offset).items;
                for (nth, item) in items.iter().enumerate() {
                    assert!(item.replace.start <= offset && offset <= item.replace.end, "{name}: {item:?}");
                    assert!(!item.replace.text(text).contains('\n'), "{name}: {item:?}");
                    // The cases are much alike.
                    if (nth + count) % 3 != 0 {
                        continue;
                    }
                    taken += 1;
                    let new = item.snippet.as_deref().map_or(item.insert.clone(), filled);
                    let mut changed = text.to_owned();
                    changed.replace_range(item.replace.start as usize..item.replace.end as usize, &new);
                    if syntax_errors(&file, &changed) > errors {
                        let (kind, label) = (item.kind, &item.label);
                        let old = item.replace.text(text);
                        wrong.push(format!("{name}: {kind:?} {label} for {old:?} at {offset}: {new:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {taken}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken > 4_000, "{taken}");
}

fn syntax_errors(file: &FileName, text: &str) -> usize {
    Document::new(file.clone(), text).diagnostics().len()
}

fn in_comment(file: &FileName, text: &str, offset: u32) -> bool {
    let is_comment = |token: &syntax::Token| token.kind == TokenKind::Comment && token.span.touches(offset);
    !file.is_json() && syntax::tokens(text).iter().any(is_comment)
}

/// A snippet of which somebody has filled the stops: the default, the first choice, and nothing where nothing must stand.
fn filled(snippet: &str) -> String {
    let mut text = String::new();
    let mut rest = snippet;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            '\\' => {
                text.extend(rest.chars().next());
                rest = rest.get(1..).unwrap_or_default();
            }
            '$' if rest.starts_with('{') => {
                let end = rest.find('}').unwrap();
                let stop = rest[1..end].trim_start_matches(|char: char| char.is_ascii_digit());
                let choice = stop.trim_matches('|').split(',').next().unwrap_or_default();
                let default = stop.strip_prefix(':').unwrap_or(choice);
                text.push_str(if default.is_empty() { filler(&text) } else { default });
                rest = &rest[end + 1..];
            }
            '$' => {
                rest = rest.trim_start_matches(|char: char| char.is_ascii_digit());
                text.push_str(filler(&text));
            }
            char => text.push(char),
        }
    }
    text
}

fn filler(before: &str) -> &'static str {
    match before.trim_end_matches(' ').chars().next_back() {
        Some('\n' | '{' | '[') | None => "",
        _ => "0",
    }
}

/// What is proposed at the end of a block or of an object may stand there: it breaks nothing, and neither is it something
/// that nobody knows there, nor something that is there already.
#[test]
fn proposals_for_a_body_may_stand_there() {
    let mut taken = 0;
    let mut wrong = Vec::new();
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let problems = problems(&snapshot, &file);
            let errors = syntax_errors(&file, text);
            for (count, (at, _)) in text.match_indices('}').enumerate() {
                let Some(place) = Ending::of(&file, text, at) else { continue };
                let asked = place.with("");
                let mut asking = texts.clone();
                asking.insert(file.to_string(), asked);
                let asking = snapshot_of(&asking);
                let items = crate::completion(&asking, &file, place.cursor()).items;
                for (nth, item) in items.iter().enumerate() {
                    if item.kind == crate::CompletionKind::Function || (nth + count) % 3 != 0 {
                        continue;
                    }
                    taken += 1;
                    let new = item.snippet.as_deref().map_or(item.insert.clone(), filled);
                    let mut changed = texts.clone();
                    changed.insert(file.to_string(), place.with(&new));
                    let text = &changed[file.as_str()];
                    let more: Vec<String> = self::problems(&snapshot_of(&changed), &file)
                        .into_iter()
                        .filter(|it| !problems.contains(it))
                        .collect();
                    if syntax_errors(&file, text) > errors || !more.is_empty() {
                        wrong.push(format!("{name}: {} at {at}: {new:?}: {more:?}", item.label));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {taken}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken > 1_000, "{taken}");
}

/// Where something may be added at the end of a body: before a closing brace.
struct Ending<'t> {
    before: &'t str,
    /// What separates it from what is there.
    between: String,
    after: &'t str,
}

impl<'t> Ending<'t> {
    fn of(file: &FileName, text: &'t str, at: usize) -> Option<Ending<'t>> {
        let before = text[..at].trim_end();
        let after = &text[at..];
        let begins_line = text[..at].trim_end_matches(' ').ends_with('\n');
        let between = match file.is_json() {
            // Not one in a text.
            true if !begins_line && !before.ends_with('{') => return None,
            true if before.ends_with('{') => "\n",
            true => ",\n",
            // A block that is open over several lines.
            false if begins_line => "\n",
            false => return None,
        };
        Some(Ending { before, between: between.to_owned(), after })
    }

    fn with(&self, new: &str) -> String {
        format!("{}{}{new}\n{}", self.before, self.between, self.after)
    }

    fn cursor(&self) -> u32 {
        (self.before.len() + self.between.len()) as u32
    }
}

/// What is wrong with names and blocks in a file.
fn problems(snapshot: &Snapshot, file: &FileName) -> BTreeSet<String> {
    let kinds = ["Unsupported", "Extraneous", "Duplicate", "Multiple", "Attribute redefined", "Missing name"];
    let of_names = |summary: &str| kinds.iter().any(|kind| summary.starts_with(kind));
    let found = crate::diagnostics(snapshot, file).into_iter();
    found.filter(|it| of_names(&it.summary)).map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

/// A value that is proposed in the place of another is one that can be read there.
#[test]
fn proposals_for_a_value_lead_somewhere() {
    let mut taken = 0;
    let mut wrong = Vec::new();
    for (name, texts) in projects() {
        let snapshot = snapshot_of(&texts);
        for (file, text) in tests_of(&texts) {
            let errors = errors(&snapshot, &file);
            for offset in words(text) {
                if in_comment(&file, text, offset) {
                    continue;
                }
                let items = crate::completion(&snapshot, &file, offset).items;
                for item in &items {
                    let (before, after) =
                        (&text[..item.replace.start as usize], &text[item.replace.end as usize..]);
                    let is_whole = before.ends_with('.') || item.label.contains('.');
                    let is_name =
                        after.trim_start().starts_with('=') && !after.trim_start().starts_with("==");
                    // A name alone is the beginning of a reference, and keys and blocks are asked for elsewhere.
                    if !is_whole || is_name || after.starts_with(['.', '[', '(']) {
                        continue;
                    }
                    taken += 1;
                    let mut changed = texts.clone();
                    changed.insert(file.to_string(), format!("{before}{}{after}", item.insert));
                    let more: Vec<String> = self::errors(&snapshot_of(&changed), &file)
                        .into_iter()
                        .filter(|it| !errors.contains(it))
                        .collect();
                    if !more.is_empty() {
                        let old = item.replace.text(text);
                        wrong.push(format!("{name}: {} for {old:?} at {offset}: {more:?}", item.label));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {taken}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken > 300, "{taken}");
}

/// What is wrong with references in a file.
fn errors(snapshot: &Snapshot, file: &FileName) -> BTreeSet<String> {
    let kinds =
        ["Reference to", "Invalid reference", "Unsupported attribute", "Invalid target", "Invalid address"];
    let found = crate::diagnostics(snapshot, file).into_iter();
    let found = found.filter(|it| kinds.iter().any(|kind| it.summary.starts_with(kind)));
    found.map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}
