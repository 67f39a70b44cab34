//! Diagnostics as the objects of Terraform's machine-readable output, its key order included.

use serde::Serialize;
use syntax::{Diagnostic, FunctionCall, Operand, Severity};

use super::Sources;
use super::snippet::{Place, place};
use super::source::Position;

/// The value of a `diagnostic` message's key of the same name.
#[derive(Serialize, Clone, Debug)]
pub struct JsonDiagnostic {
    severity: &'static str,
    summary: String,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<JsonSnippet>,
}

#[derive(Serialize, Clone, Debug)]
struct Range {
    filename: String,
    start: Point,
    end: Point,
}

#[derive(Serialize, Clone, Debug)]
struct Point {
    line: usize,
    column: usize,
    byte: usize,
}

#[derive(Serialize, Clone, Debug)]
struct JsonSnippet {
    context: Option<String>,
    code: String,
    start_line: usize,
    highlight_start_offset: u32,
    highlight_end_offset: u32,
    values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<Call>,
}

#[derive(Serialize, Clone, Debug)]
struct Value {
    traversal: String,
    statement: String,
}

#[derive(Serialize, Clone, Debug)]
struct Call {
    called_as: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

#[derive(Serialize, Clone, Debug)]
struct Signature {
    name: String,
    params: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variadic_param: Option<Parameter>,
}

#[derive(Serialize, Clone, Debug)]
struct Parameter {
    name: String,
}

impl JsonDiagnostic {
    pub fn new(diagnostic: &Diagnostic, sources: &dyn Sources) -> JsonDiagnostic {
        let place = place(diagnostic, sources);
        JsonDiagnostic {
            severity: if diagnostic.severity == Severity::Error { "error" } else { "warning" },
            summary: diagnostic.summary.clone(),
            detail: diagnostic.detail.clone(),
            address: diagnostic.address.clone(),
            range: place.as_ref().map(range),
            snippet: place.and_then(|place| snippet(diagnostic, place)),
        }
    }
}

fn range(place: &Place) -> Range {
    let point = |at: Position| Point { line: at.line, column: at.column, byte: at.byte };
    Range { filename: place.file.to_string(), start: point(place.start), end: point(place.end) }
}

fn snippet(diagnostic: &Diagnostic, place: Place) -> Option<JsonSnippet> {
    let snippet = place.snippet?;
    Some(JsonSnippet {
        context: snippet.context,
        code: snippet.code,
        start_line: snippet.start_line,
        highlight_start_offset: snippet.highlight.start,
        highlight_end_offset: snippet.highlight.end,
        values: diagnostic.operands.iter().map(value).collect(),
        function_call: diagnostic.function_call.as_ref().map(call),
    })
}

fn value(operand: &Operand) -> Value {
    Value { traversal: operand.traversal.clone(), statement: operand.statement.clone() }
}

fn call(call: &FunctionCall) -> Call {
    let parameter = |name: &str| Parameter { name: name.to_owned() };
    let (variadic, params): (Vec<_>, Vec<_>) = call.parameters.iter().partition(|name| name.ends_with("..."));
    Call {
        called_as: call.name.clone(),
        signature: (!call.parameters.is_empty()).then(|| Signature {
            name: call.name.clone(),
            params: params.into_iter().map(|name| parameter(name)).collect(),
            variadic_param: variadic.first().map(|name| parameter(name.trim_end_matches("..."))),
        }),
    }
}
