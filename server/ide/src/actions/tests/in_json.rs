//! Every action does the same in JSON.
//!
//! The test and mock files of each case are converted, and whatever can be done at the cursor can be done somewhere in the
//! converted file. What it makes of it is what the converted file of the native syntax says afterwards.

use config::Dialect;
use config::convert::{other_syntax, to_json, to_native};

use super::*;

/// The names of a test file's runs, in order.
fn runs(texts: &Texts, path: &str) -> Vec<String> {
    let file = FileName::new(path);
    let project = snapshot(texts).project(&file);
    let file = project.test_file(&file);
    file.map(|file| file.runs.decls().map(|run| run.name.to_string()).collect()).unwrap_or_default()
}

/// How the converted file is written.
#[derive(Clone, Copy, Debug)]
enum Style {
    AsConverted,
    Tabs,
    OneLine,
}

const STYLES: [Style; 3] = [Style::AsConverted, Style::Tabs, Style::OneLine];

/// A file as JSON, whichever syntax it is in: through the native one, so that it is always written in the same way. `None`
/// where an argument of a wrong name was converted as one of no meaning.
fn normal(path: &str, text: &str) -> Option<serde_json::Value> {
    let (mut file, mut text) = (FileName::new(path), text.to_owned());
    if path.ends_with(".json") {
        let _: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|it| panic!("{it}: {text}"));
        text = to_native(&file, &text, Dialect::default(), &|_| None).ok()?.text;
        file = other_syntax(&file).expect("it has another syntax");
    }
    let json = to_json(&file, &text, Dialect::default()).ok()?.text;
    Some(without_comments(serde_json::from_str(&json).expect("it is JSON")))
}

/// Comments have other places.
fn without_comments(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(items) => {
            let items = items.into_iter().filter(|(name, _)| name != "//");
            Value::Object(items.map(|(name, value)| (name, without_comments(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_comments).collect()),
        value => value,
    }
}

fn styled(json: &str, style: Style) -> String {
    match style {
        Style::AsConverted => json.to_owned(),
        Style::Tabs => {
            let lines = json.lines().map(|line| {
                let text = line.trim_start_matches(' ');
                format!("{}{text}\n", "\t".repeat((line.len() - text.len()) / 2))
            });
            lines.collect()
        }
        Style::OneLine => json.lines().map(str::trim_start).collect(),
    }
}

/// The case with its test and mock files in JSON; `None` where there is something in them that JSON cannot say.
fn converted(texts: &Texts, style: Style) -> Option<Texts> {
    let mut converted = Texts::new();
    for (path, text) in texts {
        let file = FileName::new(path);
        let other = match (other_syntax(&file), path.strip_suffix(".tf")) {
            // Modules too, once. Without a schema, a block of a resource is an argument there.
            (None, Some(stem)) if matches!(style, Style::Tabs) && !text.contains("vpc_config") => {
                Some(FileName::new(&format!("{stem}.tf.json")))
            }
            (other, _) => other,
        };
        match other.filter(|_| !file.is_json()) {
            None => _ = converted.insert(path.clone(), text.clone()),
            Some(other) => {
                let json = to_json(&file, text, Dialect::default()).ok()?.text;
                converted.insert(other.to_string(), styled(&json, style));
            }
        }
    }
    Some(converted)
}

/// What can be done anywhere in a file, by its title.
fn everywhere(texts: &Texts, file: &FileName) -> Vec<(String, Result<Texts, String>)> {
    let snapshot = snapshot(texts);
    let diagnostics = crate::diagnostics(&snapshot, file);
    let text = texts.get(file.as_str()).expect("the file is there");
    let mut found: Vec<(String, Result<Texts, String>)> = Vec::new();
    let places = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
    for at in places.filter_map(|at| u32::try_from(at).ok()) {
        let request = ActionRequest {
            file,
            range: Span::at(at),
            diagnostics: &diagnostics,
            wanted: &|_| true,
            invoked: true,
        };
        for action in actions(&snapshot, &request, true) {
            if found.iter().any(|(title, _)| *title == action.title) {
                continue;
            }
            let changes = resolve(&snapshot, &request, action.kind, &action.title).expect("it is offered");
            let after = changes.map(|it| changed(texts, &it)).map_err(|Refusal(why)| why);
            found.push((action.title, after));
        }
    }
    found
}

fn check(name: &str, text: &str, compared: &mut usize) {
    for (title, case) in text.split("=== ").skip(1).filter_map(|case| case.split_once('\n')) {
        let case = Case::read(case.strip_suffix('\n').unwrap_or(case));
        if case.file.is_json() || name == "convert" {
            continue;
        }
        let native = case.actions(true);
        for style in STYLES {
            let Some(texts) = converted(&case.texts, style) else { continue };
            let in_json = FileName::new(&format!("{}.json", case.file));
            let there = [other_syntax(&case.file), Some(in_json), Some(case.file.clone())];
            let file = there.into_iter().flatten().find(|file| texts.contains_key(file.as_str()));
            let file = file.expect("the file is there");
            let found = everywhere(&texts, &file);
            for action in native.iter().filter(|action| action.kind != ActionKind::Rewrite) {
                let wanted = action.title.replace("test.hcl", "test.json").replace("mock.hcl", "mock.json");
                let wanted = if found.iter().any(|(title, _)| *title == wanted) {
                    wanted
                } else {
                    in_quotes(&action.title)
                };
                let Some((_, after)) = found.iter().find(|(title, _)| *title == wanted) else {
                    let titles: Vec<_> = found.iter().map(|(title, _)| title).collect();
                    panic!(
                        "{name}: {title}: {style:?}: {wanted}: not offered in JSON, but {titles:#?}\n{texts:#?}"
                    );
                };
                let Some(Ok(changes)) = &action.changes else { continue };
                let after = after.as_ref().unwrap_or_else(|why| panic!("{name}: {title}: {wanted}: {why}"));
                for (path, text) in &changed(&case.texts, changes) {
                    if Some(text) == case.texts.get(path) {
                        continue;
                    }
                    let other = other_syntax(&FileName::new(path)).map(|it| it.to_string());
                    let path_there = other.filter(|it| after.contains_key(it)).unwrap_or(path.clone());
                    let there = after.get(&path_there);
                    let there = there.unwrap_or_else(|| panic!("{name}: {title}: {wanted}: no {path}"));
                    let context = format!("{name}: {title}: {style:?}: {wanted}:\n{there}");
                    let (Some(there), Some(text)) = (normal(&path_there, there), normal(path, text)) else {
                        continue;
                    };
                    assert_eq!(there, text, "{context}");
                    // Where a new run goes depends on the cursor; the others stay in order.
                    let there_before = runs(&case.texts, path);
                    let mut others = runs(after, &path_there);
                    others.retain(|run| there_before.contains(run));
                    assert_eq!(others, there_before, "{context}");
                    *compared += 1;
                }
            }
        }
    }
}

/// Keywords have quotes there.
fn in_quotes(title: &str) -> String {
    match title.strip_prefix("Change ").and_then(|rest| rest.split_once(" to ")) {
        Some((wrong, meant)) if !wrong.starts_with('"') => format!("Change \"{wrong}\" to {meant}"),
        _ => title.to_owned(),
    }
}

/// Of every case of every action.
#[test]
fn actions_do_the_same_in_json() {
    let mut compared = 0;
    for (name, text) in CASES {
        check(name, text, &mut compared);
    }
    assert!(compared > 190, "{compared}");
}
