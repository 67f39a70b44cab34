//! Operators on values, with unknown, null and mark propagation as in cty and HCL.
//!
//! The caller has converted the operands to the operator's type; a value of another type is an error here, not a
//! conversion.

mod equality;
mod index;

use std::cmp::Ordering;
use std::fmt;

use equality::equal;
pub use index::{get_attr, has_element, has_index, index, length};

use crate::marks::Marks;
use crate::number::{Number, NumberError};
use crate::refine::Refinements;
use crate::ty::Type;
use crate::value::{Value, View};

/// Why an operation failed, in Terraform's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpError {
    pub summary: String,
    pub detail: String,
}

impl OpError {
    fn new(summary: &str, detail: impl Into<String>) -> OpError {
        OpError { summary: summary.into(), detail: detail.into() }
    }

    fn operation(reason: &str) -> OpError {
        OpError::new("Operation failed", format!("Error during operation: {reason}."))
    }
}

impl fmt::Display for OpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl std::error::Error for OpError {}

pub type OpResult = Result<Value, OpError>;

/// `a == b`. Never converts: values of different types are not equal, except that all nulls are.
pub fn equals(a: &Value, b: &Value) -> Value {
    truth(equal(a, b), a.marks_deep() | b.marks_deep())
}

/// `a != b`.
pub fn not_equals(a: &Value, b: &Value) -> Value {
    truth(equal(a, b).map(|equal| !equal), a.marks_deep() | b.marks_deep())
}

/// `!a`.
pub fn not(a: &Value) -> OpResult {
    Ok(truth(boolean(a)?.map(|value| !value), a.marks()))
}

/// `a && b`; false wins over an unknown.
pub fn and(a: &Value, b: &Value) -> OpResult {
    let result = match (boolean(a)?, boolean(b)?) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    };
    Ok(truth(result, a.marks() | b.marks()))
}

/// `a || b`; true wins over an unknown.
pub fn or(a: &Value, b: &Value) -> OpResult {
    let result = match (boolean(a)?, boolean(b)?) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    };
    Ok(truth(result, a.marks() | b.marks()))
}

/// `a + b`.
pub fn add(a: &Value, b: &Value) -> OpResult {
    arithmetic(a, b, Number::add, true, "can't compute sum of opposing infinities")
}

/// `a - b`.
pub fn subtract(a: &Value, b: &Value) -> OpResult {
    arithmetic(a, b, Number::sub, true, "can't subtract infinity from itself")
}

/// `a * b`.
pub fn multiply(a: &Value, b: &Value) -> OpResult {
    arithmetic(a, b, Number::mul, true, "can't multiply zero by infinity")
}

/// `a / b`. A division by zero gives an infinity, except of zero.
pub fn divide(a: &Value, b: &Value) -> OpResult {
    arithmetic(a, b, Number::div, false, "can't divide zero by zero or infinity by infinity")
}

/// `a % b`. By zero it is `a`.
pub fn modulo(a: &Value, b: &Value) -> OpResult {
    let infinite = |value: &Value| value.unmark().0.as_number().is_some_and(Number::is_infinite);
    let impossible = match (infinite(a), infinite(b)) {
        // Terraform dies inside on the remainder of an infinity and reports that as the operation's failure.
        (true, false) => {
            "panic in function implementation: runtime error: invalid memory address or nil pointer dereference"
        }
        _ => "can't use modulo with zero and infinity",
    };
    arithmetic(a, b, Number::rem, false, impossible)
}

/// `-a`.
pub fn negate(a: &Value) -> OpResult {
    let value = match numeric(a)? {
        Some(number) => Value::number(number.neg()),
        None => Value::unknown_refined(Type::Number, Refinements::not_null()),
    };
    Ok(value.with_marks(a.marks()))
}

/// `a < b`.
pub fn less(a: &Value, b: &Value) -> OpResult {
    compare(a, b, Ordering::Less)
}

/// `a > b`.
pub fn greater(a: &Value, b: &Value) -> OpResult {
    compare(a, b, Ordering::Greater)
}

/// `a <= b`.
pub fn less_or_equal(a: &Value, b: &Value) -> OpResult {
    or(&less(a, b)?, &equals(a, b))
}

/// `a >= b`.
pub fn greater_or_equal(a: &Value, b: &Value) -> OpResult {
    or(&greater(a, b)?, &equals(a, b))
}

fn truth(result: Option<bool>, marks: Marks) -> Value {
    let value = match result {
        Some(value) => Value::bool(value),
        None => Value::unknown_refined(Type::Bool, Refinements::not_null()),
    };
    value.with_marks(marks)
}

/// `None` is unknown.
fn boolean(value: &Value) -> Result<Option<bool>, OpError> {
    match value.view() {
        View::Bool(value) => Ok(Some(value)),
        View::Unknown(_) if matches!(value.ty(), Type::Bool | Type::Dynamic) => Ok(None),
        View::Null => Err(OpError::operation("argument must not be null")),
        _ => Err(OpError::new("Invalid operand", "Unsuitable value for operand: bool required.")),
    }
}

/// `None` is unknown.
fn numeric(value: &Value) -> Result<Option<&Number>, OpError> {
    match value.view() {
        View::Number(value) => Ok(Some(value)),
        View::Unknown(_) if matches!(value.ty(), Type::Number | Type::Dynamic) => Ok(None),
        View::Null => Err(OpError::operation("argument must not be null")),
        _ => Err(OpError::new("Invalid operand", "Unsuitable value for operand: number required.")),
    }
}

fn arithmetic(
    a: &Value,
    b: &Value,
    operation: fn(&Number, &Number) -> Result<Number, NumberError>,
    monotone: bool,
    not_a_number: &str,
) -> OpResult {
    let marks = a.marks() | b.marks();
    if let (Some(x), Some(y)) = (numeric(a)?, numeric(b)?) {
        return match operation(x, y) {
            Ok(number) => Ok(Value::number(number).with_marks(marks)),
            Err(NumberError::NotANumber) => Err(OpError::operation(not_a_number)),
            Err(error @ NumberError::TooLarge) => Err(OpError::operation(&error.to_string())),
        };
    }
    let refinements = if monotone { range_of_result(a, b, operation) } else { None };
    let refinements = refinements.unwrap_or_else(Refinements::not_null);
    Ok(Value::unknown_refined(Type::Number, refinements).with_marks(marks))
}

/// The result lies between the results at the corners of both ranges, if all four exist.
fn range_of_result(
    a: &Value,
    b: &Value,
    operation: fn(&Number, &Number) -> Result<Number, NumberError>,
) -> Option<Refinements> {
    let (a, b) = (bounds(a)?, bounds(b)?);
    let mut corners = Vec::with_capacity(4);
    for x in [&a.0, &a.1] {
        for y in [&b.0, &b.1] {
            corners.push(operation(x, y).ok()?);
        }
    }
    let lower = corners.iter().min_by(|x, y| x.cmp(y)).cloned();
    let upper = corners.iter().max_by(|x, y| x.cmp(y)).cloned();
    Some(Refinements::range(lower, upper))
}

/// The least and the greatest number that a value can be; `None` when it may be no number.
fn bounds(value: &Value) -> Option<(Number, Number)> {
    match value.view() {
        View::Number(number) => Some((number.clone(), number.clone())),
        View::Unknown(refinements) if value.ty() == Type::Number => {
            let bound = |bound: &Option<crate::refine::Bound>, negative| {
                bound.as_ref().map_or_else(
                    || Number::infinity(negative, crate::number::INTEGER_PRECISION),
                    |bound| bound.value.clone(),
                )
            };
            Some((bound(&refinements.number_lower, true), bound(&refinements.number_upper, false)))
        }
        _ => None,
    }
}

fn compare(a: &Value, b: &Value, wanted: Ordering) -> OpResult {
    let marks = a.marks() | b.marks();
    if let (Some(x), Some(y)) = (numeric(a)?, numeric(b)?) {
        return Ok(truth(Some(x.cmp(y) == wanted), marks));
    }
    // Ranges that do not touch decide even for unknown values.
    let result = match (bounds(a), bounds(b)) {
        (Some(a), Some(b)) if a.1.cmp(&b.0) == Ordering::Less => Some(wanted == Ordering::Less),
        (Some(a), Some(b)) if a.0.cmp(&b.1) == Ordering::Greater => Some(wanted == Ordering::Greater),
        _ => None,
    };
    Ok(truth(result, marks))
}
