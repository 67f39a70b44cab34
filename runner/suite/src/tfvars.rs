//! Variable files: `.tfvars` in native syntax, `.tfvars.json` in JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{FileError, FileKind, Files, join};
use engine::VariableSource;
use lang::{Number, Type, Value};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, SmolStr, Span};

use crate::outside::Given;

/// The variable files of a directory that are read without being asked for, lowest precedence first.
pub(crate) fn automatic(files: &dyn Files, directory: &str) -> Vec<String> {
    let directory = if directory.is_empty() { "." } else { directory };
    let Ok(entries) = files.list(directory) else { return Vec::new() };
    let names: Vec<String> =
        entries.into_iter().filter(|entry| !entry.is_dir).map(|entry| entry.name).collect();
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let fixed = fixed.into_iter().filter(|name| names.iter().any(|other| other == name));
    let automatic = names.iter().map(String::as_str);
    let automatic =
        automatic.filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    fixed.chain(automatic).map(|name| join(directory, name)).collect()
}

/// The values of a variable file.
pub(crate) fn read(files: &dyn Files, path: &str, sink: &mut Diagnostics) -> Vec<(SmolStr, Given)> {
    let text = match files.read(path) {
        Ok(text) => text,
        Err(error) => {
            sink.push(unreadable(files, path, &error));
            return Vec::new();
        }
    };
    let file = FileName::new(path);
    if path.ends_with(".json") {
        return json(&file, &text, sink);
    }
    let parse = syntax::parse_body(&file, &text);
    let broken = parse.diagnostics.iter().any(Diagnostic::is_error);
    sink.extend(parse.diagnostics);
    if broken {
        return Vec::new();
    }
    let origin = Origin::new(file, 0);
    for block in parse.tree.blocks() {
        sink.push(misplaced_block(path, block).at(origin.locate(block.kind.span)));
    }
    parse
        .tree
        .attributes()
        .map(|attribute| {
            let expr = lang::expr::lower(&attribute.value);
            (attribute.name.text.clone(), Given::Expression { expr, origin: origin.clone() })
        })
        .collect()
}

fn misplaced_block(path: &str, block: &syntax::ast::Block) -> Diagnostic {
    match (block.kind.text.as_str(), block.label(0)) {
        ("variable", Some(name)) => Diagnostic::error(
            "Variable declaration in .tfvars file",
            format!(
                "A .tfvars file is used to assign values to variables that have already been declared in .tf files, \
                 not to declare new variables. To declare variable {}, place this block in one of your .tf files, \
                 such as variables.tf.\n\nTo set a value for this variable in {path}, use the definition syntax \
                 instead:\n    {name} = <value>",
                lang::quote(name)
            ),
        ),
        (kind, _) => Diagnostic::error(
            format!("Unexpected {} block", lang::quote(kind)),
            "Blocks are not allowed here.",
        ),
    }
}

/// In JSON every value is taken as it is: a `${` in a string has no meaning here.
fn json(file: &FileName, text: &str, sink: &mut Diagnostics) -> Vec<(SmolStr, Given)> {
    let source = VariableSource::File(Location { file: file.clone(), span: Span::default() });
    match serde_json::from_str::<BTreeMap<String, serde_json::Value>>(text) {
        Ok(values) => values
            .into_iter()
            .filter(|(name, _)| name != "//")
            .map(|(name, value)| {
                let given = Given::Value { value: value_of(&value), source: source.clone() };
                (SmolStr::new(name), given)
            })
            .collect(),
        Err(error) => {
            let offset = offset_of(text, error.line(), error.column());
            let place = Location { file: file.clone(), span: Span::new(offset, offset + 1) };
            let detail = format!("The file is not a JSON object that sets variables: {error}.");
            sink.push(Diagnostic::error("Invalid JSON in variables file", detail).at(place));
            Vec::new()
        }
    }
}

/// A JSON value as the language has it: arrays are tuples, and nothing in a string has a meaning.
pub(crate) fn value_of(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(Type::Dynamic),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            // Everything that JSON takes for a number can be read, except exponents beyond all use.
            Number::parse(&number.to_string()).map_or_else(Value::dynamic, Value::number)
        }
        serde_json::Value::String(text) => Value::string(text),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(value_of).collect()),
        serde_json::Value::Object(items) => Value::object(
            items.iter().map(|(name, value)| (Arc::from(name.as_str()), value_of(value))).collect(),
        ),
    }
}

/// The byte offset of a line and column that both count from 1.
fn offset_of(text: &str, line: usize, column: usize) -> u32 {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    u32::try_from((before + column.saturating_sub(1)).min(text.len())).unwrap_or(u32::MAX)
}

fn unreadable(files: &dyn Files, path: &str, error: &FileError) -> Diagnostic {
    let detail = match error {
        FileError::NotFound => format!("Given variables file {path} does not exist."),
        _ if files.kind(path) == Some(FileKind::Directory) => {
            format!("Error while reading {path}: read {path}: is a directory.")
        }
        error => format!("Error while reading {path}: {error}."),
    };
    Diagnostic::error("Failed to read variables file", detail)
}
