//! Operators on values, with unknown, null and mark propagation as in cty and HCL.
//!
//! The caller has converted the operands to the operator's type; a value of another type is an error here, not a
//! conversion.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use crate::convert::convert;
use crate::marks::Marks;
use crate::number::{Number, NumberError};
use crate::refine::Refinements;
use crate::ty::Type;
use crate::value::{Value, View, hash_bytes};

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
    arithmetic(a, b, Number::rem, false, "can't use modulo with zero and infinity")
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

/// The number of elements. `None` for null and for what has none. Unknown collections give an unknown with bounds.
pub fn length(value: &Value) -> Option<Value> {
    let length = |length: usize| Value::number(Number::from_usize(length));
    let ty = value.ty();
    let result = match value.view() {
        View::Null => return None,
        View::Unknown(refinements) => match &ty {
            Type::Tuple(elements) => length(elements.len()),
            Type::Object(object) => length(object.attributes.len()),
            Type::List(_) | Type::Set(_) | Type::Map(_) => Value::unknown_refined(
                Type::Number,
                Refinements::range(
                    Some(Number::from_usize(refinements.length_lower.unwrap_or(0))),
                    // Without a bound of its own a collection still has at most as many elements as memory allows.
                    Some(
                        refinements
                            .length_upper
                            .map_or_else(|| Number::from_i64(i64::MAX), Number::from_usize),
                    ),
                ),
            ),
            Type::Dynamic => Value::unknown_refined(Type::Number, Refinements::not_null()),
            _ => return None,
        },
        // Unknown elements of a set may turn out to be equal to others.
        View::Set(items) if items.len() > 1 && !value.is_wholly_known() => Value::unknown_refined(
            Type::Number,
            Refinements::range(Some(Number::from_i64(1)), Some(Number::from_usize(items.len()))),
        ),
        _ => length(value.len()?),
    };
    Some(result.with_marks(value.marks()))
}

/// Whether `collection[key]` exists, as far as it can be known. False where there is nothing to index.
pub fn has_index(collection: &Value, key: &Value) -> Value {
    let marks = collection.marks() | key.marks();
    let ty = collection.ty();
    let unknown = ty.is_dynamic() || key.ty().is_dynamic() || !key.is_known();
    let result = match &ty {
        Type::Dynamic => None,
        Type::List(_) | Type::Map(_) | Type::Tuple(_) if key.ty().is_dynamic() => None,
        Type::List(_) | Type::Tuple(_) if key.ty() != Type::Number => Some(false),
        Type::Map(_) if key.ty() != Type::String => Some(false),
        Type::List(_) | Type::Tuple(_) | Type::Map(_) if unknown => None,
        Type::Tuple(elements) => Some(position(key).is_some_and(|at| at < elements.len())),
        Type::List(_) => collection
            .len()
            .filter(|_| collection.is_known())
            .map(|length| position(key).is_some_and(|at| at < length)),
        Type::Map(_) => collection
            .as_map()
            .map(|items| key.as_str().is_some_and(|key| items.contains_key(key)))
            .or(if collection.is_known() { Some(false) } else { None }),
        _ => Some(false),
    };
    truth(result, marks)
}

/// Whether a set has an element, as far as it can be known.
pub fn has_element(set: &Value, element: &Value) -> Value {
    let marks = set.marks() | element.marks_deep();
    let (element, _) = element.unmark_deep();
    let result = match (set.view(), set.ty()) {
        (View::Set(items), Type::Set(want)) => {
            if !element.ty().is_dynamic() && !want.is_dynamic() && element.ty() != *want {
                Some(false)
            } else if !element.is_known() {
                None
            } else if element.ty() == *want
                && items.iter().any(|item| {
                    equal(item, &element) == Some(true) && hash_bytes(item) == hash_bytes(&element)
                })
            {
                Some(true)
            } else if set.is_wholly_known() {
                Some(false)
            } else {
                None
            }
        }
        (View::Null, _) => Some(false),
        _ => None,
    };
    truth(result, marks)
}

/// `collection[key]`, with conversion of the key, and HCL's errors.
pub fn index(collection: &Value, key: &Value) -> OpResult {
    const SUMMARY: &str = "Invalid index";
    const NO_ELEMENT: &str = "The given key does not identify an element in this collection value";
    if collection.is_null() {
        return Err(OpError::new(
            "Attempt to index null value",
            "This value is null, so it does not have any indices.",
        ));
    }
    if key.is_null() {
        return Err(OpError::new(SUMMARY, "Can't use a null value as an indexing key."));
    }
    let ty = collection.ty();
    if ty.is_dynamic() || key.ty().is_dynamic() {
        return Ok(Value::dynamic().with_marks(collection.marks()));
    }
    let converted = |want: &Type| {
        convert(key, want).map_err(|error| OpError::new(SUMMARY, format!("{NO_ELEMENT}: {}.", error.message)))
    };
    match &ty {
        Type::List(_) | Type::Tuple(_) => {
            let key = converted(&Type::Number)?;
            element_at(collection, &ty, &key)
        }
        Type::Map(element) => {
            let key = converted(&Type::String)?;
            let (Some(items), Some(name)) = (collection.as_map(), key.as_str()) else {
                return Ok(Value::unknown((**element).clone()).with_marks(collection.marks()));
            };
            let Some(item) = items.get(name) else {
                return Err(OpError::new(SUMMARY, format!("{NO_ELEMENT}.")));
            };
            Ok(item.clone().with_marks(collection.marks() | key.marks()))
        }
        Type::Object(object) => {
            let by_number = key.ty() == Type::Number;
            let key = converted(&Type::String)?;
            let Some(name) = key.as_str() else {
                return Ok(Value::dynamic().with_marks(collection.marks()));
            };
            let Some(ty) = object.attributes.get(name) else {
                let hint = if by_number {
                    " An object only supports looking up attributes by name, not by numeric index."
                } else {
                    ""
                };
                return Err(OpError::new(SUMMARY, format!("{NO_ELEMENT}.{hint}")));
            };
            let item = collection.as_map().and_then(|items| items.get(name));
            let item = item.cloned().unwrap_or_else(|| Value::unknown(ty.clone()));
            Ok(item.with_marks(collection.marks()))
        }
        Type::Set(_) => Err(OpError::new(
            SUMMARY,
            "Elements of a set are identified only by their value and don't have any separate index or key to \
             select with, so it's only possible to perform operations across all elements of the set.",
        )),
        _ => Err(OpError::new(SUMMARY, "This value does not have any indices.")),
    }
}

/// `object.name`, with HCL's errors. Works on maps too.
pub fn get_attr(object: &Value, name: &str) -> OpResult {
    const SUMMARY: &str = "Unsupported attribute";
    if object.is_null() {
        return Err(OpError::new(
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        ));
    }
    let marked = |value: Value| Ok(value.with_marks(object.marks()));
    let ty = object.ty();
    let detail = match &ty {
        Type::Object(attributes) => {
            if let Some(ty) = attributes.attributes.get(name) {
                let item = object.as_map().and_then(|items| items.get(name));
                return marked(item.cloned().unwrap_or_else(|| Value::unknown(ty.clone())));
            }
            format!("This object does not have an attribute named {}.", crate::render::quote_go(name))
        }
        Type::Map(element) => {
            let Some(items) = object.as_map() else { return marked(Value::unknown((**element).clone())) };
            if let Some(item) = items.get(name) {
                return marked(item.clone());
            }
            return Err(OpError::new(
                "Missing map element",
                format!("This map does not have an element with the key {}.", crate::render::quote_go(name)),
            ));
        }
        Type::Dynamic => return marked(Value::dynamic()),
        Type::List(element) if element.is_object() => {
            let what = if element.attribute(name).is_some() {
                format!("attribute {}", crate::render::quote_go(name))
            } else {
                "an attribute".into()
            };
            format!(
                "Can't access attributes on a list of objects. Did you mean to access {what} for a specific \
                 element of the list, or across all elements of the list?"
            )
        }
        Type::Set(element) if element.is_object() => {
            "Can't access attributes on a set of objects. Did you mean \
             to access an attribute across all elements of the set?"
                .into()
        }
        ty if ty.is_primitive() => {
            format!("Can't access attributes on a primitive-typed value ({}).", ty.friendly_name())
        }
        _ => "This value does not have any attributes.".into(),
    };
    Err(OpError::new(SUMMARY, detail))
}

fn element_at(collection: &Value, ty: &Type, key: &Value) -> OpResult {
    const SUMMARY: &str = "Invalid index";
    let error = |reason: &str| {
        Err(OpError::new(
            SUMMARY,
            format!("The given key does not identify an element in this collection value{reason}."),
        ))
    };
    let unknown = match ty {
        Type::List(element) => Value::unknown((**element).clone()),
        _ => Value::dynamic(),
    };
    let unknown = || Ok(unknown.clone().with_marks(collection.marks()));
    let Some(number) = key.as_number() else { return unknown() };
    let length = match ty {
        Type::Tuple(elements) => Some(elements.len()),
        _ => collection.len(),
    };
    let Some(length) = length else { return unknown() };
    let Some(at) = position(key).filter(|at| *at < length) else {
        return if !number.is_integer() {
            error(": indexing a sequence requires a whole number, but the given index has a fractional part")
        } else if number.signum() < 0 {
            error(": a negative number is not a valid index for a sequence")
        } else if collection.marks() != Marks::EMPTY
            || number.cmp(&Number::from_usize(length)) == Ordering::Greater
        {
            // The length of a marked collection is as private as its contents; and HCL explains an index only if it
            // is not beyond the length.
            error("")
        } else if length == 0 {
            error(": the collection has no elements")
        } else {
            error(": the given index is greater than or equal to the length of the collection")
        };
    };
    let item = match (collection.as_slice().and_then(|items| items.get(at)), ty) {
        (Some(item), _) => item.clone(),
        (None, Type::Tuple(elements)) => {
            elements.get(at).map_or_else(Value::dynamic, |ty| Value::unknown(ty.clone()))
        }
        (None, _) => return unknown(),
    };
    Ok(item.with_marks(collection.marks() | key.marks()))
}

fn position(key: &Value) -> Option<usize> {
    usize::try_from(key.as_number()?.to_i64()?).ok()
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

/// Equality without marks; `None` is unknown.
fn equal(a: &Value, b: &Value) -> Option<bool> {
    if (a.is_null() && b.is_definitely_not_null()) || (b.is_null() && a.is_definitely_not_null()) {
        return Some(false);
    }
    match (a.is_known(), b.is_known()) {
        (false, false) => return None,
        (true, false) => return equal_to_unknown(a, b),
        (false, true) => return equal_to_unknown(b, a),
        (true, true) => {}
    }
    match (a.is_null(), b.is_null()) {
        (true, true) => return Some(true),
        (false, false) => {}
        _ => return Some(false),
    }
    let (a_type, b_type) = (a.ty(), b.ty());
    if !has_known_type(a) || !has_known_type(b) {
        let could_conform = a_type.conforms_to(&b_type) || b_type.conforms_to(&a_type);
        return if could_conform { None } else { Some(false) };
    }
    if a_type != b_type {
        return Some(false);
    }
    match (a.view(), b.view()) {
        (View::Bool(a), View::Bool(b)) => Some(a == b),
        (View::Number(a), View::Number(b)) => Some(a == b),
        (View::String(a), View::String(b)) => Some(a == b),
        (View::List(a), View::List(b)) | (View::Tuple(a), View::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            for (a, b) in a.iter().zip(b) {
                match equal(a, b) {
                    Some(true) => {}
                    decided => return decided,
                }
            }
            Some(true)
        }
        (View::Set(a), View::Set(b)) => equal_sets(a, b),
        (View::Map(a), View::Map(b)) | (View::Object(a), View::Object(b)) => {
            if a.len() != b.len() || !a.keys().eq(b.keys()) {
                return Some(false);
            }
            // One difference decides, wherever the unknowns are.
            let mut result = Some(true);
            for (a, b) in a.values().zip(b.values()) {
                match equal(a, b) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => result = None,
                }
            }
            result
        }
        _ => Some(false),
    }
}

fn equal_to_unknown(known: &Value, unknown: &Value) -> Option<bool> {
    if is_excluded(known, unknown) {
        return Some(false);
    }
    let ty = unknown.ty();
    if known.is_null() || ty.has_dynamic() || known.ty() == ty { None } else { Some(false) }
}

/// The promises about the unknown value rule the known one out.
fn is_excluded(known: &Value, unknown: &Value) -> bool {
    let View::Unknown(refinements) = unknown.view() else { return false };
    if known.is_null() {
        return refinements.not_null;
    }
    if !known.ty().conforms_to(&unknown.ty()) {
        return true;
    }
    match known.view() {
        View::String(text) => refinements.prefix.as_deref().is_some_and(|prefix| !text.starts_with(prefix)),
        View::Number(number) => {
            let beyond = |bound: &Option<crate::refine::Bound>, side: Ordering| {
                bound.as_ref().is_some_and(|bound| {
                    let order = number.cmp(&bound.value);
                    order == side || (order == Ordering::Equal && !bound.inclusive)
                })
            };
            beyond(&refinements.number_lower, Ordering::Less)
                || beyond(&refinements.number_upper, Ordering::Greater)
        }
        _ if unknown.ty().is_collection() => {
            let most = known.len().unwrap_or(0);
            let least = match known.view() {
                View::Set(items) if !known.is_wholly_known() => items.len().min(1),
                _ => most,
            };
            most < refinements.length_lower.unwrap_or(0)
                || refinements.length_upper.is_some_and(|upper| least > upper)
        }
        _ => false,
    }
}

fn has_known_type(value: &Value) -> bool {
    if value.is_wholly_known() {
        return true;
    }
    if !value.is_known() {
        return !value.ty().is_dynamic();
    }
    value.as_slice().is_none_or(|items| items.iter().all(has_known_type))
        && value.as_map().is_none_or(|items| items.values().all(has_known_type))
}

fn equal_sets(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.iter().chain(b).any(|item| !item.is_known()) {
        return None;
    }
    if a.len() != b.len() {
        return Some(false);
    }
    if a.iter().zip(b).all(|(a, b)| matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if a == b)) {
        return Some(true);
    }
    let mut buckets: HashMap<Vec<u8>, Vec<&Value>> = HashMap::new();
    for item in b {
        buckets.entry(hash_bytes(item)).or_default().push(item);
    }
    let found = |item: &Value| {
        buckets
            .get(&hash_bytes(item))
            .is_some_and(|bucket| bucket.iter().any(|other| equal(item, other) == Some(true)))
    };
    Some(a.iter().all(found))
}
