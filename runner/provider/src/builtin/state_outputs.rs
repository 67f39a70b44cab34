//! The outputs in a state file of format version 4.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::Value;
use serde_json::Value as Json;

use crate::answer::Report;
use crate::json;

/// The version that is read, and the tool whose answers are given.
const VERSION: u64 = 4;
const TOOL: &str = "Terraform 1.11.4";
const UNSUPPORTED: &str = "Unsupported state file format";

/// The outputs of the root module. That an output is sensitive is not told: Terraform does not either.
pub(super) fn read(text: &[u8]) -> Result<BTreeMap<Arc<str>, Value>, Vec<Report>> {
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
            let origin = match file.get("terraform_version").and_then(Json::as_str) {
                Some(made_by) => format!("This state file was created by Terraform {made_by}."),
                None => "This state file may have been created by a newer version of Terraform.".to_owned(),
            };
            let detail = format!(
                "The state file uses format version {version}, which is not supported by {TOOL}. {origin}"
            );
            return Err(vec![unsupported(detail)]);
        }
        Some(version) if version > 0 => {
            let detail = format!(
                "The state file uses format version {version}. This version of runblock reads format version \
                 {VERSION}, which Terraform has written since version 0.12."
            );
            return Err(vec![unsupported(detail)]);
        }
        _ => return Err(vec![no_version()]),
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
        let refused = |text: &str| read(text.as_bytes()).unwrap_err().remove(0).detail;
        assert!(refused("not json").ends_with("byte offset 2."));
        assert!(refused("{\"version\": 4,\n").ends_with("byte offset 15."));
        assert!(refused("{}").contains("does not have a \"version\" attribute"));
    }

    #[test]
    fn outputs_have_the_types_that_are_stored() {
        let outputs = read(
            br#"{"version": 4, "outputs": {"a": {"value": ["x"], "type": ["set", "string"], "sensitive": true}}}"#,
        );
        let outputs = outputs.unwrap();
        assert_eq!(outputs["a"].ty(), Type::set(Type::String));
        assert!(outputs["a"].marks_deep().is_empty());
    }
}
