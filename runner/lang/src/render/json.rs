//! Values as JSON, byte for byte as `jsonencode` writes them.

use std::fmt;
use std::fmt::Write as _;

use crate::path::{Path, Step};
use crate::value::{Value, View};

/// Why a value has no JSON form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// The part at fault.
    pub path: Path,
    pub message: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for JsonError {}

/// The value as compact JSON with `<`, `>`, `&`, U+2028 and U+2029 escaped. Marks are ignored; unknown values and
/// infinities have no JSON form.
pub fn json(value: &Value) -> Result<String, JsonError> {
    let mut out = String::new();
    let mut path = Vec::new();
    write_value(value, &mut path, &mut out)?;
    Ok(out)
}

/// One string as a JSON string, with the escapes of [`json`].
pub fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    out
}

fn write_value(value: &Value, path: &mut Vec<Step>, out: &mut String) -> Result<(), JsonError> {
    let fail = |path: &[Step], message| Err(JsonError { path: Path(path.to_vec()), message });
    match value.view() {
        View::Null => out.push_str("null"),
        View::Unknown(_) => return fail(path, "value is not known"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) => match number.to_json() {
            Some(text) => out.push_str(&text),
            None => return fail(path, "cannot serialize infinity as JSON"),
        },
        View::String(text) => write_string(text, out),
        View::Type(ty) => write_string(&ty.constraint_name(), out),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                path.push(Step::Index(Value::int(i64::try_from(index).unwrap_or(i64::MAX))));
                write_value(item, path, out)?;
                path.pop();
            }
            out.push(']');
        }
        View::Map(items) | View::Object(items) => {
            out.push('{');
            for (index, (key, item)) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                path.push(Step::Attr(key.clone()));
                write_value(item, path, out)?;
                path.pop();
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
