//! The outputs in a state file of format version 4; those of older versions are read in a module of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Dialect, Value};
use serde_json::Value as Json;

use super::old_state;
use crate::answer::Report;
use crate::json;

/// The version that is read.
const VERSION: u64 = 4;
const UNSUPPORTED: &str = "Unsupported state file format";

/// The outputs of the root module. That an output is sensitive is not told: Terraform does not either.
pub(super) fn read(text: &[u8], dialect: Dialect) -> Result<BTreeMap<Arc<str>, Value>, Vec<Report>> {
    let unsupported = |detail: String| Report::without_place(UNSUPPORTED, detail);
    let no_version = || {
        unsupported(
            "The state file does not have a \"version\" attribute, which is required to identify the format version."
                .to_owned(),
        )
    };
    let file: Json = serde_json::from_slice(text).map_err(|error| {
        let offset = offset(text, &error);
        let detail =
            format!("The state file could not be parsed as JSON: syntax error at byte offset {offset}.");
        vec![unsupported(detail), no_version()]
    })?;
    match file.get("version").and_then(Json::as_u64) {
        Some(VERSION) => {}
        Some(version) if version > VERSION => {
            let tool = dialect.tool;
            let origin = match file.get("terraform_version").and_then(Json::as_str) {
                Some(made_by) => format!("This state file was created by {tool} {made_by}."),
                None => format!("This state file may have been created by a newer version of {tool}."),
            };
            let detail = format!(
                "The state file uses format version {version}, which is not supported by {dialect}. {origin}"
            );
            return Err(vec![unsupported(detail)]);
        }
        Some(0) => {
            let detail = "The state file uses JSON syntax but has a version number of zero. There was never a JSON-based \
                          state format zero, so this state file is invalid and cannot be processed.";
            return Err(vec![unsupported(detail.to_owned())]);
        }
        Some(version) => return old_state::read(&file, version),
        None => {
            let version = file.get("version").filter(|version| !version.is_null());
            let wrong = version.map(|version| {
                let detail = format!(
                    "The version in the state file is {}. A positive whole number is required.",
                    kind(version)
                );
                unsupported(detail)
            });
            return Err(wrong.into_iter().chain([no_version()]).collect());
        }
    }
    let mut outputs = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, output) in file.get("outputs").and_then(Json::as_object).into_iter().flatten() {
        match self::output(output) {
            Ok(value) => {
                outputs.insert(Arc::from(name.as_str()), value);
            }
            Err((what, reason)) => {
                let summary = format!("Invalid output {what} in state");
                let what = if what == VALUE { "value" } else { "type" };
                let detail = format!(
                    "The state file has an invalid {what} for output {}: {reason}.",
                    lang::quote(name)
                );
                wrong.push(Report::without_place(summary, detail));
            }
        }
    }
    if wrong.is_empty() { Ok(outputs) } else { Err(wrong) }
}

const VALUE: &str = "value saved";

fn output(output: &Json) -> Result<Value, (&'static str, String)> {
    let ty = output.get("type").and_then(json::type_of);
    let ty = ty.ok_or_else(|| ("type", "it is no type constraint".to_owned()))?;
    let given = output.get("value").unwrap_or(&Json::Null);
    json::value(given, &ty).map_err(|error| (VALUE, error.with_path()))
}

/// What messages call a JSON value that is no whole number.
fn kind(value: &Json) -> String {
    match value {
        Json::Number(number) => format!("number {number}"),
        Json::String(_) => "string".to_owned(),
        Json::Bool(_) => "bool".to_owned(),
        Json::Array(_) => "array".to_owned(),
        Json::Object(_) => "object".to_owned(),
        Json::Null => "null".to_owned(),
    }
}

/// How many bytes were read up to the error.
fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    before + error.column()
}

#[cfg(test)]
mod tests {
    use lang::Type;

    use super::*;

    #[test]
    fn faults_are_told_with_their_place() {
        let refused = |text: &str| read(text.as_bytes(), Dialect::default()).unwrap_err().remove(0).detail;
        assert!(refused("not json").ends_with("byte offset 2."));
        assert!(refused("{\"version\": 4,\n").ends_with("byte offset 15."));
        assert!(refused("{}").contains("does not have a \"version\" attribute"));
    }

    #[test]
    fn outputs_have_the_types_that_are_stored() {
        let outputs = read(
            br#"{"version": 4, "outputs": {"a": {"value": ["x"], "type": ["set", "string"], "sensitive": true}}}"#,
            Dialect::default(),
        );
        let outputs = outputs.unwrap();
        assert_eq!(outputs["a"].ty(), Type::set(Type::String));
        assert!(outputs["a"].marks_deep().is_empty());
    }
}
