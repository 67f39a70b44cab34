//! The order of sets, and which elements are the same.
//!
//! Primitives have their natural order. Everything else is ordered by cty's hash bytes, a text that is part of no
//! promise but shows wherever Terraform prints a set of objects, so it is reproduced exactly.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Value, View};
use crate::ops;
use crate::ty::Type;

/// Sorted and without duplicates. Unknown elements are equal to nothing, not even to themselves.
pub(super) fn sorted(element: &Type, mut items: Vec<Value>) -> Vec<Value> {
    if matches!(element, Type::String) && items.iter().all(|item| item.as_str().is_some()) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        items.dedup_by(|a, b| a.as_str() == b.as_str());
        return items;
    }
    // Candidates for equality have the same checksum, and ties of the order below stay in checksum order.
    let mut buckets: BTreeMap<u32, Vec<(Vec<u8>, Value)>> = BTreeMap::new();
    for item in items {
        let bytes = hash_bytes(&item);
        let bucket = buckets.entry(crc32(&bytes)).or_default();
        if !bucket.iter().any(|(_, known)| ops::equals(known, &item).as_bool() == Some(true)) {
            bucket.push((bytes, item));
        }
    }
    let mut entries: Vec<(Vec<u8>, Value)> = buckets.into_values().flatten().collect();
    entries.sort_by(compare);
    entries.into_iter().map(|(_, value)| value).collect()
}

/// Known values, then unknown ones, then null.
fn compare(a: &(Vec<u8>, Value), b: &(Vec<u8>, Value)) -> Ordering {
    let rank = |value: &Value| match value.view() {
        View::Null => 2,
        View::Unknown(_) => 1,
        _ => 0,
    };
    rank(&a.1).cmp(&rank(&b.1)).then_with(|| match (a.1.view(), b.1.view()) {
        (View::Unknown(_), _) | (View::Null, _) => Ordering::Equal,
        (View::String(a), View::String(b)) => a.cmp(b),
        (View::Number(a), View::Number(b)) => a.cmp(b),
        (View::Bool(a), View::Bool(b)) => a.cmp(&b),
        _ => a.0.cmp(&b.0),
    })
}

/// The bytes that cty hashes and orders compound values by. Marks are ignored.
pub(crate) fn hash_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    append(value, &mut out);
    out
}

fn append(value: &Value, out: &mut Vec<u8>) {
    match value.view() {
        View::Unknown(_) => out.push(b'?'),
        View::Null => out.push(b'~'),
        View::Number(number) => out.extend_from_slice(number.to_general(10).as_bytes()),
        View::Bool(value) => out.push(if value { b'T' } else { b'F' }),
        View::String(text) => out.extend_from_slice(crate::quote(text).as_bytes()),
        View::Map(items) => {
            out.push(b'{');
            for (key, item) in items {
                out.extend_from_slice(crate::quote(key).as_bytes());
                out.push(b':');
                append(item, out);
                out.push(b';');
            }
            out.push(b'}');
        }
        View::List(items) | View::Set(items) => sequence(items.iter(), [b'[', b']'], out),
        View::Tuple(items) => sequence(items.iter(), [b'<', b'>'], out),
        View::Object(items) => sequence(items.values(), [b'<', b'>'], out),
    }
}

fn sequence<'a>(items: impl Iterator<Item = &'a Value>, [open, close]: [u8; 2], out: &mut Vec<u8>) {
    out.push(open);
    for item in items {
        append(item, out);
        out.push(b';');
    }
    out.push(close);
}

/// CRC-32 (IEEE 802.3).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
