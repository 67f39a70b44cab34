//! Values and the differences between them, laid out as in `terraform show` and `terraform plan`.
//!
//! A layout is given by the column in which names stand; the marker of a change (`+`, `-`, `~`) stands two columns
//! before. Unchanged text has no marker.

use std::collections::BTreeSet;

use lang::{Value, View};

pub(super) const STEP: usize = 4;

/// The text in `column`, behind its marker.
pub(super) fn marked(marker: char, column: usize, text: &str) -> String {
    match column.checked_sub(2) {
        Some(before) => format!("{:before$}{marker} {text}\n", ""),
        None => format!("{text}\n"),
    }
}

/// A value with all its parts under one marker. Its first line has no indentation, the others are indented for a name
/// in `column`.
pub(super) fn whole(value: &Value, marker: char, column: usize) -> String {
    if value.marks().is_sensitive() {
        return "(sensitive value)".to_owned();
    }
    let inner = column + STEP;
    match value.view() {
        View::Null => "null".to_owned(),
        View::Unknown(_) => "(known after apply)".to_owned(),
        View::Bool(value) => value.to_string(),
        View::Number(value) => value.to_string(),
        View::String(text) => match json(text) {
            Some(value) => {
                let inner = column + STEP;
                format!("jsonencode(\n{:inner$}{}\n{:column$})", "", whole(&value, marker, inner), "")
            }
            None => string(text, column),
        },
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            let lines =
                items.iter().map(|item| marked(marker, inner, &format!("{},", whole(item, marker, inner))));
            enclosed('[', &lines.collect::<String>(), ']', column)
        }
        View::Map(items) | View::Object(items) => {
            let names: Vec<String> = items.keys().map(|name| key(name)).collect();
            let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
            let lines = names.iter().zip(items.values()).map(|(name, item)| {
                marked(marker, inner, &format!("{name:width$} = {}", whole(item, marker, inner)))
            });
            enclosed('{', &lines.collect::<String>(), '}', column)
        }
    }
}

/// What becomes of `before`: the marker and the text, as [`whole`] lays it out.
pub(super) fn difference(before: &Value, after: &Value, column: usize) -> (char, String) {
    let sensitive = before.marks().is_sensitive() || after.marks().is_sensitive();
    if before.raw_eq(after) {
        return (' ', whole(after, ' ', column));
    }
    if before.is_null() {
        return ('+', whole(after, '+', column));
    }
    if after.is_null() {
        return ('-', format!("{} -> null", whole(before, '-', column)));
    }
    if sensitive {
        return ('~', "(sensitive value)".to_owned());
    }
    if !after.is_known() {
        return ('~', format!("{} -> (known after apply)", whole(before, '-', column)));
    }
    let text = match (before.view(), after.view()) {
        (View::Object(_), View::Object(_)) | (View::Map(_), View::Map(_)) => members(before, after, column),
        (View::List(old), View::List(new)) | (View::Tuple(old), View::Tuple(new)) => {
            elements(old, new, column)
        }
        (View::String(old), View::String(new)) if json(old).is_some() && json(new).is_some() => {
            json_texts(old, new, column)
        }
        (View::String(old), View::String(new)) if old.contains('\n') && new.contains('\n') => {
            lines(old, new, column)
        }
        _ => format!("{} -> {}", whole(before, '-', column), whole(after, '+', column)),
    };
    ('~', text)
}

/// Two objects or two maps: what is the same is only counted.
fn members(before: &Value, after: &Value, column: usize) -> String {
    let inner = column + STEP;
    let null = Value::null(lang::Type::Dynamic);
    let empty = std::collections::BTreeMap::new();
    let items = |value: &Value| value.as_map().cloned().unwrap_or_else(|| empty.clone());
    let (old, new) = (items(before), items(after));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let width = names.iter().map(|name| key(name).chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut hidden = 0;
    for name in &names {
        let (old, new) = (old.get(name).unwrap_or(&null), new.get(name).unwrap_or(&null));
        match difference(old, new, inner) {
            (' ', _) => hidden += 1,
            // What is null in the new object is still there, with another value.
            ('-', line) if after.as_map().is_some_and(|items| items.contains_key(name)) => {
                text += &marked('~', inner, &format!("{:width$} = {line}", key(name)));
            }
            (marker, line) => text += &marked(marker, inner, &format!("{:width$} = {line}", key(name))),
        }
    }
    text += &hidden_note(hidden, "attribute", inner);
    enclosed('{', &text, '}', column)
}

/// Two lists, element by element; of what is the same, only the neighbours of changes are shown.
fn elements(old: &[Value], new: &[Value], column: usize) -> String {
    let inner = column + STEP;
    let null = Value::null(lang::Type::Dynamic);
    let pairs: Vec<(char, String)> = (0..old.len().max(new.len()))
        .map(|index| match (old.get(index), new.get(index)) {
            (Some(old), Some(new)) => difference(old, new, inner),
            (Some(old), None) => ('-', whole(old, '-', inner)),
            (None, new) => ('+', whole(new.unwrap_or(&null), '+', inner)),
        })
        .collect();
    let changed = |index: usize| pairs.get(index).is_some_and(|(marker, _)| *marker != ' ');
    let mut text = String::new();
    let mut hidden = 0;
    for (index, (marker, line)) in pairs.iter().enumerate() {
        if changed(index) || changed(index + 1) || index.checked_sub(1).is_some_and(changed) {
            text += &hidden_note(std::mem::take(&mut hidden), "element", inner);
            text += &marked(*marker, inner, &format!("{line},"));
        } else {
            hidden += 1;
        }
    }
    text += &hidden_note(hidden, "element", inner);
    enclosed('[', &text, ']', column)
}

/// Two texts that are JSON.
fn json_texts(old: &str, new: &str, column: usize) -> String {
    let null = || Value::null(lang::Type::Dynamic);
    let (old, new) = (json(old).unwrap_or_else(null), json(new).unwrap_or_else(null));
    let (marker, text) = difference(&old, &new, column + STEP);
    format!("jsonencode(\n{}{:column$})", marked(marker, column + STEP, &text), "")
}

/// Two texts of several lines.
fn lines(old: &str, new: &str, column: usize) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (body(old).split('\n').collect(), body(new).split('\n').collect());
    let same = common(&old, &new);
    let mut text = String::new();
    let (mut at_old, mut at_new) = (0, 0);
    for (in_old, in_new) in same.into_iter().chain([(old.len(), new.len())]) {
        let removed = old.get(at_old..in_old).unwrap_or_default();
        let added = new.get(at_new..in_new).unwrap_or_default();
        removed.iter().for_each(|line| text += &marked('-', column + STEP, line));
        added.iter().for_each(|line| text += &marked('+', column + STEP, line));
        if let Some(line) = old.get(in_old) {
            text += &marked(' ', column + STEP, line);
        }
        (at_old, at_new) = (in_old + 1, in_new + 1);
    }
    format!("<<-EOT\n{text}{:column$}EOT", "")
}

/// The places of a longest common subsequence. Texts too long for that have only their beginnings compared.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    const MOST: usize = 1000;
    if old.len() > MOST || new.len() > MOST {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        return (0..same).map(|index| (index, index)).collect();
    }
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    let at = |table: &[usize], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, from) in old.iter().enumerate().rev() {
        for (j, to) in new.iter().enumerate().rev() {
            let best = match from == to {
                true => at(&longest, i + 1, j + 1) + 1,
                false => at(&longest, i + 1, j).max(at(&longest, i, j + 1)),
            };
            if let Some(cell) = longest.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut same) = (0, 0, Vec::new());
    while let (Some(from), Some(to)) = (old.get(i), new.get(j)) {
        if from == to {
            same.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&longest, i + 1, j) >= at(&longest, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    same
}

pub(super) fn hidden_note(count: usize, noun: &str, column: usize) -> String {
    match count {
        0 => String::new(),
        1 => format!("{:column$}# (1 unchanged {noun} hidden)\n", ""),
        n => format!("{:column$}# ({n} unchanged {noun}s hidden)\n", ""),
    }
}

fn enclosed(open: char, lines: &str, close: char, column: usize) -> String {
    match lines.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{lines}{:column$}{close}", ""),
    }
}

/// A key is quoted where it is no identifier. Values of no fixed type, as all here are, do not tell maps from objects.
fn key(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let plain = starts && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if plain { name.to_owned() } else { lang::quote(name) }
}

/// The value of a text that is a JSON object or array, which is shown as a call of `jsonencode`.
fn json(text: &str) -> Option<Value> {
    let container = text.starts_with(['{', '[']);
    container.then(|| serde_json::from_str(text).ok()).flatten().map(|json| of_json(&json))
}

fn of_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(lang::Type::Dynamic),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            lang::Number::parse(&number.to_string()).map_or_else(Value::dynamic, Value::number)
        }
        serde_json::Value::String(text) => Value::string(text),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(of_json).collect()),
        serde_json::Value::Object(items) => {
            Value::object(items.iter().map(|(name, value)| (name.as_str().into(), of_json(value))).collect())
        }
    }
}

/// A quoted string, or a heredoc when it has several lines.
fn string(text: &str, column: usize) -> String {
    if !text.contains('\n') {
        return lang::quote(text);
    }
    let lines: String = body(text).split('\n').map(|line| marked(' ', column + STEP, line)).collect();
    format!("<<-EOT\n{lines}{:column$}EOT", "")
}

fn body(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}
