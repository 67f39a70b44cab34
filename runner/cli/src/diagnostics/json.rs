//! Diagnostics as the objects of Terraform's machine-readable output, its key order included.

use lang::Type;
use lang::functions::{Function, Param, lookup};
use serde::Serialize;
use serde_json::value::RawValue;
use syntax::{Diagnostic, FunctionCall, Operand, Severity};

use super::evidence::{DIFFERENT_TYPES, Sides};
use super::snippet::{Place, place};
use super::source::Position;
use super::{Explain, Sources};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_origin_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Box<RawValue>>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    test_assertion_expr: Option<AssertionSides>,
}

/// The two sides of a failed comparison.
#[derive(Serialize, Clone, Debug)]
struct AssertionSides {
    lhs: String,
    rhs: String,
    warning: &'static str,
    show_verbose: bool,
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
    name: &'static str,
    params: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variadic_param: Option<Parameter>,
    return_type: serde_json::Value,
}

#[derive(Serialize, Clone, Debug)]
struct Parameter {
    name: &'static str,
    #[serde(rename = "type")]
    ty: serde_json::Value,
}

impl JsonDiagnostic {
    pub fn new(diagnostic: &Diagnostic, sources: &dyn Sources, explain: Explain) -> JsonDiagnostic {
        let place = place(diagnostic, sources);
        JsonDiagnostic {
            severity: if diagnostic.severity == Severity::Error { "error" } else { "warning" },
            summary: diagnostic.summary.clone(),
            detail: diagnostic.detail.clone(),
            address: diagnostic.address.clone(),
            range: place.as_ref().map(range),
            deprecation_origin_description: diagnostic
                .deprecation
                .as_ref()
                .and_then(|it| it.originates_from.clone()),
            // The text is JSON, so it can be taken as it is.
            difference: explain.change_in_json(diagnostic).and_then(|text| RawValue::from_string(text).ok()),
            snippet: place.and_then(|place| snippet(diagnostic, place, explain)),
        }
    }
}

fn range(place: &Place) -> Range {
    let point = |at: Position| Point { line: at.line, column: at.column, byte: at.byte };
    Range { filename: place.file.to_string(), start: point(place.start), end: point(place.end) }
}

fn snippet(diagnostic: &Diagnostic, place: Place, explain: Explain) -> Option<JsonSnippet> {
    let snippet = place.snippet?;
    Some(JsonSnippet {
        context: snippet.context,
        code: snippet.code,
        start_line: snippet.start_line,
        highlight_start_offset: snippet.highlight.start,
        highlight_end_offset: snippet.highlight.end,
        values: explain.operands(diagnostic).into_iter().map(value).collect(),
        function_call: diagnostic.function_call.as_ref().map(call),
        test_assertion_expr: explain.sides(diagnostic).map(assertion_sides),
    })
}

fn value(operand: Operand) -> Value {
    Value { traversal: operand.traversal, statement: operand.statement }
}

fn assertion_sides(sides: Sides) -> AssertionSides {
    let Sides { left, right, different_types, verbose } = sides;
    let warning = if different_types { DIFFERENT_TYPES } else { "" };
    AssertionSides { lhs: left, rhs: right, warning, show_verbose: verbose }
}

fn call(call: &FunctionCall) -> Call {
    // Where the parameters are not known, as inside a `for` expression, Terraform does not say them either.
    let known = !call.parameters.is_empty();
    let function = lookup(&call.name).filter(|_| known);
    Call { called_as: call.name.clone(), signature: function.map(signature) }
}

fn signature(function: &Function) -> Signature {
    let parameter = |param: &Param| Parameter { name: param.name, ty: type_json(&param.ty.to_type()) };
    Signature {
        name: function.name,
        params: function.params.iter().map(parameter).collect(),
        variadic_param: function.variadic.as_ref().map(parameter),
        return_type: type_json(&lang::functions::return_type(function)),
    }
}

/// A type as cty writes it: `"string"`, `["list","string"]`.
fn type_json(ty: &Type) -> serde_json::Value {
    match ty {
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => vec!["list".into(), type_json(element)].into(),
        Type::Set(element) => vec!["set".into(), type_json(element)].into(),
        Type::Map(element) => vec!["map".into(), type_json(element)].into(),
        // Functions have no parameters of structural types.
        Type::Type => "type".into(),
        Type::Dynamic | Type::Tuple(_) | Type::Object(_) => "dynamic".into(),
    }
}
