//! `csvdecode`, with the rules and the words of Go's `encoding/csv`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{STRING, text};
use super::{Call, Function, FunctionError, Param, Returns};
use crate::quote;
use crate::value::normalize;
use crate::{Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "csvdecode",
    "Reads comma-separated values: a list of objects whose attributes are named in the first line.",
    r#"csvdecode("a,b\n1,2") # [{ a = "1", b = "2" }]"#,
    &[Param::new("str", STRING, "The text to read.")],
    Returns::Result,
    decode,
)];

fn decode(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let mut reader = Reader { rest: text(args, 0), line: 0 };
    let Some(headers) = reader.record()? else {
        return Err(FunctionError::call("missing header line"));
    };
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    let names: Vec<Arc<str>> = headers.iter().map(|name| normalize(name)).collect();
    for name in &names {
        if attributes.insert(name.clone(), Type::String).is_some() {
            return Err(FunctionError::call(format!("duplicate column name {}", quote(name))));
        }
    }
    let mut rows = Vec::new();
    while let Some(fields) = reader.record()? {
        if fields.len() != names.len() {
            return Err(reader.error("wrong number of fields"));
        }
        let row = names.iter().cloned().zip(fields.iter().map(|field| Value::from(field.as_str()))).collect();
        rows.push(Value::object(row));
        call.limits.check_elements(rows.len())?;
    }
    Ok(Value::list(Type::object(attributes), rows))
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl Reader<'_> {
    /// The next record that is no empty line.
    fn record(&mut self) -> Result<Option<Vec<String>>, FunctionError> {
        loop {
            let Some(line) = self.next_line() else { return Ok(None) };
            if !line.trim_end_matches('\n').is_empty() {
                return self.fields(line).map(Some);
            }
        }
    }

    /// A line with its newline; `\r\n` counts as `\n`.
    fn next_line(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let length = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += 1;
        Some(match line.strip_suffix("\r\n") {
            Some(body) => format!("{body}\n"),
            // A carriage return before the end of the text is dropped as well.
            None if rest.is_empty() => line.strip_suffix('\r').unwrap_or(line).to_owned(),
            None => line.to_owned(),
        })
    }

    fn fields(&mut self, line: String) -> Result<Vec<String>, FunctionError> {
        const QUOTE: &str = "extraneous or missing \" in quoted-field";
        let mut fields = Vec::new();
        let mut line = line;
        let mut at = 0;
        loop {
            let rest = line.get(at..).unwrap_or_default();
            if !rest.starts_with('"') {
                let end = rest.find(',').unwrap_or(rest.len());
                let field = rest.get(..end).unwrap_or_default().trim_end_matches('\n');
                if field.contains('"') {
                    return Err(self.error("bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                if end == rest.len() {
                    return Ok(fields);
                }
                at += end + 1;
                continue;
            }
            at += 1;
            let mut field = String::new();
            loop {
                let rest = line.get(at..).unwrap_or_default();
                let Some(quote) = rest.find('"') else {
                    // The field goes on in the next line.
                    field.push_str(rest);
                    line = self.next_line().ok_or_else(|| self.error(QUOTE))?;
                    at = 0;
                    continue;
                };
                field.push_str(rest.get(..quote).unwrap_or_default());
                let after = rest.get(quote + 1..).unwrap_or_default();
                at += quote + 1;
                if after.starts_with('"') {
                    field.push('"');
                    at += 1;
                    continue;
                }
                fields.push(field);
                if after.starts_with(',') {
                    at += 1;
                    break;
                }
                if after.trim_end_matches('\n').is_empty() {
                    return Ok(fields);
                }
                return Err(self.error(QUOTE));
            }
        }
    }

    fn error(&self, reason: &str) -> FunctionError {
        FunctionError::call(format!("CSV parse error on line {}: {reason}", self.line))
    }
}
