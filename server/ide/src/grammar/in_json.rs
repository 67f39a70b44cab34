//! The snippets of entries as the JSON profile writes them, made of those for the native syntax: the two say the same.

use super::{Entry, EntryKind, Place, Takes};

/// What is inserted for a block of `place`.
pub(crate) fn block(place: Place, entry: &Entry) -> String {
    let mut written = Written::default();
    let mut open: Vec<(usize, Option<Place>, &str)> = Vec::new();
    for line in entry.snippet.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let around = open.last().map_or(Some(place), |(_, inside, _)| *inside);
        let block = open.last().map_or("", |(_, _, block)| block);
        if line == "}" {
            let levels = open.pop().map_or(0, |(levels, ..)| levels);
            (0..levels).for_each(|_| written.close());
        } else if let Some((name, value)) = line.split_once('=') {
            let (name, value) = (name.trim(), value.trim());
            if value == "{" {
                written.open(name);
                open.push((1, None, ""));
            } else {
                let takes = around.map_or(Takes::Expression, |place| place.takes(block, name));
                written.item(&format!("\"{name}\": {}", value_of(value, takes)));
            }
        } else if let Some(header) = line.strip_suffix('{') {
            let mut words = header.split_whitespace();
            let kind = words.next().unwrap_or_default();
            written.open(kind);
            let labels = words.map(|label| written.open(label.trim_matches('"'))).count();
            open.push((labels + 1, around.and_then(|place| place.inside(kind)), kind));
        } else {
            written.item(line);
        }
    }
    written.text
}

/// The value that is inserted for an attribute.
pub(crate) fn value(entry: &Entry) -> String {
    let EntryKind::Attribute(takes) = entry.kind else { return "$0".to_owned() };
    let value = entry.snippet.split_once('=').map_or("$0", |(_, value)| value.trim_start());
    value_of(value, takes)
}

fn value_of(value: &str, takes: Takes) -> String {
    match takes {
        Takes::Keyword([("true", _), ..]) => value.to_owned(),
        Takes::Condition => format!("\"\\${{{value}}}\""),
        Takes::Checkables
        | Takes::Resources
        | Takes::Managed
        | Takes::Dependencies
        | Takes::OwnAttributes => "[\"$1\"]".to_owned(),
        Takes::Keyword(_)
        | Takes::Resource
        | Takes::Data
        | Takes::Call
        | Takes::Object
        | Takes::Provider
        | Takes::Type => format!("\"{value}\""),
        _ if value.starts_with("file(") => "\"$1\"".to_owned(),
        // A tab stop in quotes is numbered already.
        _ => value.to_owned(),
    }
}

/// An object that is being written.
struct Written {
    text: String,
    depth: usize,
    /// Whether nothing stands in the innermost object yet.
    fresh: bool,
}

impl Default for Written {
    fn default() -> Written {
        Written { text: String::new(), depth: 0, fresh: true }
    }
}

impl Written {
    fn item(&mut self, text: &str) {
        if !self.fresh {
            self.text.push(',');
        }
        self.line(text);
        self.fresh = false;
    }

    fn open(&mut self, name: &str) {
        self.item(&format!("\"{name}\": {{"));
        self.depth += 1;
        self.fresh = true;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
        self.fresh = false;
    }

    fn line(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.text.push_str(&"  ".repeat(self.depth));
        }
        self.text.push_str(text);
    }
}
