//! When two values are equal, as far as it can be known.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::refine::Bound;
use crate::value::{Value, View, hash_bytes};

/// Equality without marks; `None` is unknown.
pub(super) fn equal(a: &Value, b: &Value) -> Option<bool> {
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
            let sign = if number.is_sign_negative() { Ordering::Less } else { Ordering::Greater };
            let beyond = |bound: &Option<Bound>, side: Ordering| match bound {
                Some(bound) => {
                    let order = number.cmp(&bound.value);
                    order == side || (order == Ordering::Equal && !bound.inclusive)
                }
                // As soon as anything is promised, an open side ends before infinity.
                None => !refinements.is_none() && number.is_infinite() && sign == side,
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
