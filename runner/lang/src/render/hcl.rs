//! Values as expressions of the language, laid out as `terraform fmt` lays them out.

use std::fmt::Write as _;

use crate::{Value, View};

/// A wholly known value as an expression. Types beyond those of the syntax are lost: a list becomes a tuple.
/// `None` when it takes more than `limit` bytes, of which deep values need many for their indentation.
pub fn hcl_expression(value: &Value, limit: usize) -> Option<String> {
    let mut lines = Lines::default();
    lines.value(value);
    lines.finish(limit)
}

/// `name = value` lines, with a line end behind each; `None` when they take more than `limit` bytes.
pub fn hcl_attributes<'v>(
    attributes: impl Iterator<Item = (&'v str, &'v Value)>,
    limit: usize,
) -> Option<String> {
    let mut lines = Lines::default();
    attributes.for_each(|(name, value)| lines.attribute(name, value));
    lines.finish(limit)
}

/// The lines of a text before they are indented and aligned.
#[derive(Default)]
struct Lines {
    done: Vec<Line>,
    current: Line,
}

#[derive(Default)]
struct Line {
    text: String,
    /// How long the name before ` = ` is, in characters, where the line is a whole attribute.
    name: Option<Name>,
    /// Brackets that the line opens less those that it closes.
    opens: i32,
}

struct Name {
    bytes: usize,
    columns: usize,
}

impl Lines {
    fn value(&mut self, value: &Value) {
        // A value may be deeper than a thread's stack allows.
        syntax::with_stack(|| self.value_here(value));
    }

    fn value_here(&mut self, value: &Value) {
        match value.view() {
            View::Object(items) | View::Map(items) if !items.is_empty() => {
                self.bracket("{", 1);
                self.end_line();
                items.iter().for_each(|(name, value)| self.attribute(name, value));
                self.bracket("}", -1);
            }
            View::Object(_) | View::Map(_) => self.current.text.push_str("{}"),
            View::List(items) | View::Tuple(items) | View::Set(items) => {
                self.bracket("[", 1);
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.current.text.push_str(", ");
                    }
                    self.value(item);
                }
                self.bracket("]", -1);
            }
            _ => self.scalar(value),
        }
    }

    fn scalar(&mut self, value: &Value) {
        let out = &mut self.current.text;
        match (value.as_str(), value.as_bool(), value.as_number()) {
            (Some(text), ..) => out.push_str(&quoted(text)),
            (_, Some(bool), _) => out.push_str(if bool { "true" } else { "false" }),
            (_, _, Some(number)) => out.push_str(&number.to_string()),
            _ => out.push_str("null"),
        }
    }

    fn attribute(&mut self, name: &str, value: &Value) {
        let name = if crate::ty::is_identifier(name) { name.to_owned() } else { quoted(name) };
        let lines = self.done.len();
        let length = Name { bytes: name.len(), columns: syntax::characters(&name).count() };
        self.current.text = format!("{name} = ");
        self.value(value);
        // Only attributes of one line are aligned.
        if self.done.len() == lines {
            self.current.name = Some(length);
        }
        self.end_line();
    }

    fn bracket(&mut self, text: &str, opens: i32) {
        self.current.text.push_str(text);
        self.current.opens += opens;
    }

    fn end_line(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    fn finish(mut self, limit: usize) -> Option<String> {
        let aligned = |line: &Line| line.name.is_some();
        for group in self.done.chunk_by_mut(|a, b| aligned(a) && aligned(b)) {
            let widest = group.iter().filter_map(|line| line.name.as_ref()).map(|name| name.columns).max();
            let widest = widest.unwrap_or(0);
            // One long name makes every line of its group long.
            if widest.saturating_mul(group.len()) > limit {
                return None;
            }
            for line in group {
                let Some(name) = &line.name else { continue };
                line.text.insert_str(name.bytes, &" ".repeat(widest - name.columns));
            }
        }
        let mut out = String::new();
        let mut levels: Vec<i32> = Vec::new();
        for line in &self.done {
            indent(&mut out, line, &mut levels);
            out.push('\n');
            if out.len() > limit {
                return None;
            }
        }
        indent(&mut out, &self.current, &mut levels);
        (out.len() <= limit).then_some(out)
    }
}

/// Writes a line behind its indentation: one level for each line that opened brackets and is not closed yet, however
/// many brackets it opened.
fn indent(out: &mut String, line: &Line, levels: &mut Vec<i32>) {
    let mut closes = -line.opens;
    while closes > 0 {
        match levels.last_mut() {
            Some(open) if *open > closes => {
                *open -= closes;
                closes = 0;
            }
            Some(open) => {
                closes -= *open;
                levels.pop();
            }
            None => closes = 0,
        }
    }
    if !line.text.is_empty() {
        out.push_str(&"  ".repeat(levels.len()));
        out.push_str(&line.text);
    }
    if line.opens > 0 {
        levels.push(line.opens);
    }
}

/// A string as a template in quotes, with `${` and `%{` doubled.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' => {
                out.push(c);
                if chars.peek() == Some(&'{') {
                    out.push(c);
                }
            }
            _ if syntax::is_printable(c) => out.push(c),
            // Writing to a string cannot fail.
            '\0'..='\u{ffff}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => drop(write!(out, "\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}
