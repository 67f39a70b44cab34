//! Looking into containers: elements, attributes, lengths, with HCL's errors.

use std::cmp::Ordering;

use super::equality::equal;
use super::{OpError, OpResult, truth};
use crate::convert::convert;
use crate::marks::Marks;
use crate::number::Number;
use crate::refine::Refinements;
use crate::ty::Type;
use crate::value::{Value, View, hash_bytes};

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
            format!("This object does not have an attribute named {}.", crate::quote(name))
        }
        Type::Map(element) => {
            let Some(items) = object.as_map() else { return marked(Value::unknown((**element).clone())) };
            if let Some(item) = items.get(name) {
                return marked(item.clone());
            }
            return Err(OpError::new(
                "Missing map element",
                format!("This map does not have an element with the key {}.", crate::quote(name)),
            ));
        }
        Type::Dynamic => return marked(Value::dynamic()),
        Type::List(element) if element.is_object() => {
            let what = if element.attribute(name).is_some() {
                format!("attribute {}", crate::quote(name))
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
