//! The sentence that says why values of one type never convert to another.

use super::{can_convert, can_convert_safely};
use crate::quote;
use crate::ty::{ObjectType, Type};

/// What is wrong with a value of the one type where the other is wanted: `string required`,
/// `attribute "x" is required`, `element 0: number required`. Terraform 1.11's words.
pub fn mismatch_message(from: &Type, to: &Type) -> String {
    let required = || format!("{} required", to.friendly_name_for_constraint());
    match (from, to) {
        (Type::Object(from), Type::Object(to)) => objects(from, to),
        (Type::Tuple(_), Type::List(element)) if element.is_dynamic() => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(element)) if element.is_dynamic() => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(element)) if element.is_dynamic() => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(from), Type::List(want) | Type::Set(want)) => {
            let labels = (0..from.len()).map(|index| index.to_string());
            elements(labels.zip(from.iter()), want)
        }
        (Type::Object(from), Type::Map(want)) => {
            let labels = from.attributes.iter().map(|(name, ty)| (quote(name), ty));
            elements(labels, want)
        }
        (Type::List(from) | Type::Set(from), Type::List(want)) => inner("list", from, want),
        (Type::List(from) | Type::Set(from), Type::Set(want)) => inner("set", from, want),
        (Type::Map(from), Type::Map(want)) => inner("map", from, want),
        _ => required(),
    }
}

fn inner(kind: &str, from: &Type, want: &Type) -> String {
    format!("incorrect {kind} element type: {}", mismatch_message(from, want))
}

fn elements<'a>(from: impl Iterator<Item = (String, &'a Type)>, want: &Type) -> String {
    for (label, ty) in from {
        if ty != want && !can_convert(ty, want) {
            return format!("element {label}: {}", mismatch_message(ty, want));
        }
    }
    format!("all elements must be {}", want.friendly_name_for_constraint())
}

fn objects(from: &ObjectType, to: &ObjectType) -> String {
    let missing: Vec<String> = to
        .attributes
        .keys()
        .filter(|name| !from.attributes.contains_key(*name) && !to.optional.contains(*name))
        .map(|name| quote(name))
        .collect();
    match missing.as_slice() {
        [] => {}
        [only] => return format!("attribute {only} is required"),
        [first, second] => return format!("attributes {first} and {second} are required"),
        [rest @ .., last] => return format!("attributes {}, and {last} are required", rest.join(", ")),
    }
    let mismatch = |converts: fn(&Type, &Type) -> bool| {
        to.attributes.iter().find_map(|(name, want)| {
            let have = from.attributes.get(name)?;
            (have != want && !converts(have, want))
                .then(|| format!("attribute {}: {}", quote(name), mismatch_message(have, want)))
        })
    };
    mismatch(can_convert)
        .or_else(|| mismatch(can_convert_safely))
        .unwrap_or_else(|| "incorrect object attributes".into())
}
