//! What is wrong with a schema document, and where.

use std::fmt;

/// A document, or a part of it, that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaError {
    /// The way to the part at fault: `provider_schemas["…"].resource_schemas.a_b.block.attributes.c.type`. Empty for the
    /// document as a whole.
    pub path: String,
    /// What is wrong, without a full stop.
    pub message: String,
}

impl SchemaError {
    pub(super) fn new(path: &str, message: impl Into<String>) -> SchemaError {
        SchemaError { path: path.to_owned(), message: message.into() }
    }

    /// An error of reading `text`, which `path` leads to.
    pub(super) fn of_json(error: &serde_json::Error, text: &str, path: &str) -> SchemaError {
        let (line, column) = (error.line(), error.column());
        if error.is_eof() {
            return SchemaError::new(
                path,
                format!("the document is cut off at line {line}, column {column}"),
            );
        }
        let said = error.to_string();
        let said = said.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&said);
        if error.is_syntax() {
            return SchemaError::new(path, format!("not JSON at line {line}, column {column}: {said}"));
        }
        let end = offset(text, line, column);
        // An array is read up to what follows the wrong element.
        let inner = path_at(text.get(..end).unwrap_or(text).trim_end_matches([',', ' ', '\n', '\r', '\t']));
        let path =
            if path.is_empty() { inner.trim_start_matches('.').to_owned() } else { format!("{path}{inner}") };
        SchemaError { path, message: said.to_owned() }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for SchemaError {}

/// The byte before the one that a line and a column lead to, both counted from one; it is part of what was read last.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut end = (before + column).saturating_sub(1).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// The way to where a JSON text ends that is right as far as it goes: `.a.b[0]`.
fn path_at(text: &str) -> String {
    /// An object with the name that was read last, or an array with a position.
    enum Level {
        Object(String),
        Array(usize),
    }
    let mut levels: Vec<Level> = Vec::new();
    let mut rest = text.char_indices();
    let mut last = "";
    while let Some((start, c)) = rest.next() {
        match c {
            '{' => levels.push(Level::Object(String::new())),
            '[' => levels.push(Level::Array(0)),
            '}' | ']' => drop(levels.pop()),
            ',' => {
                if let Some(Level::Array(index)) = levels.last_mut() {
                    *index += 1;
                }
            }
            ':' => {
                if let Some(Level::Object(name)) = levels.last_mut() {
                    last.clone_into(name);
                }
            }
            '"' => {
                let mut escaped = false;
                let end = rest.find(|(_, c)| {
                    let ends = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
                last = end.and_then(|(end, _)| text.get(start + 1..end)).unwrap_or_default();
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for level in &levels {
        match level {
            Level::Object(name) if name.is_empty() => {}
            Level::Object(name) if name.contains(['.', '/']) => path.push_str(&format!("[{name:?}]")),
            Level::Object(name) => path.push_str(&format!(".{name}")),
            Level::Array(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
