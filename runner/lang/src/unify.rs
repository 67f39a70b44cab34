//! The common type of several: what the elements of a list or the arms of a conditional become.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::convert::{can_convert, can_convert_safely};
use crate::ty::Type;

/// The type to which all of them convert without loss, or `None`. Of no types there is none.
pub fn unify(types: &[Type]) -> Option<Type> {
    find(&distinct(types), false)
}

/// As [`unify`], allowing conversions that depend on the value, such as string to number.
pub fn unify_unsafe(types: &[Type]) -> Option<Type> {
    find(&distinct(types), true)
}

/// Each type once, in order of first appearance: equal types never change the result, but they would cost a
/// comparison of every pair.
fn distinct(types: &[Type]) -> Vec<Type> {
    let mut seen = std::collections::HashSet::with_capacity(types.len().min(64));
    types.iter().filter(|ty| seen.insert(*ty)).cloned().collect()
}

fn find(types: &[Type], unsafely: bool) -> Option<Type> {
    if let [only] = types {
        // A single object or tuple type still loses its optional attributes below; anything else is itself.
        if !only.has_optional() {
            return Some(only.clone());
        }
    }
    if types.is_empty() {
        return None;
    }
    let count = |is: fn(&Type) -> bool| types.iter().filter(|ty| is(ty)).count();
    let (maps, lists, sets) = (count(Type::is_map), count(Type::is_list), count(Type::is_set));
    let (objects, tuples, dynamics) =
        (count(Type::is_object), count(Type::is_tuple), count(Type::is_dynamic));
    let all = types.len();
    if maps > 0 && maps + dynamics == all {
        return collections(Type::map, types, unsafely);
    } else if maps > 0 && maps + objects + dynamics == all {
        if let Some(ty) = structural_as(types, Type::is_object, objects_to_map, unsafely).filter(Type::is_map)
        {
            return Some(ty);
        }
    } else if lists > 0 && lists + dynamics == all {
        return collections(Type::list, types, unsafely);
    } else if lists > 0 && lists + tuples + dynamics == all {
        if let Some(ty) = structural_as(types, Type::is_tuple, tuples_to_list, unsafely).filter(Type::is_list)
        {
            return Some(ty);
        }
    } else if sets > 0 && sets + dynamics == all {
        return collections(Type::set, types, unsafely);
    } else if objects > 0 && objects + dynamics == all {
        return object_types(types, unsafely);
    } else if tuples > 0 && tuples + dynamics == all {
        return tuple_types(types, unsafely);
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    preference(types)
        .into_iter()
        .map(|index| &types[index])
        .find(|want| all_convert(types, want, unsafely))
        .cloned()
}

fn all_convert(types: &[Type], want: &Type, unsafely: bool) -> bool {
    types
        .iter()
        .all(|ty| ty == want || if unsafely { can_convert(ty, want) } else { can_convert_safely(ty, want) })
}

fn collections(kind: fn(Type) -> Type, types: &[Type], unsafely: bool) -> Option<Type> {
    if types.iter().any(Type::is_dynamic) {
        return Some(Type::Dynamic);
    }
    let elements: Vec<Type> = types.iter().filter_map(Type::element_type).cloned().collect();
    let ty = kind(find(&distinct(&elements), unsafely)?);
    all_convert(types, &ty, unsafely).then_some(ty)
}

/// Turns the objects (or tuples) among maps (or lists) into one collection type first.
fn structural_as(
    types: &[Type],
    is_structural: fn(&Type) -> bool,
    to_collection: fn(&[Type], bool) -> Option<Type>,
    unsafely: bool,
) -> Option<Type> {
    let structural: Vec<Type> = types.iter().filter(|ty| is_structural(ty)).cloned().collect();
    let collection = to_collection(&structural, unsafely)?;
    let replaced: Vec<Type> =
        types.iter().map(|ty| if is_structural(ty) { collection.clone() } else { ty.clone() }).collect();
    find(&distinct(&replaced), unsafely)
}

fn object_types(types: &[Type], unsafely: bool) -> Option<Type> {
    if types.iter().any(Type::is_dynamic) {
        return Some(Type::Dynamic);
    }
    let objects: Vec<_> = types.iter().filter_map(Type::as_object).collect();
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|other| !other.attributes.keys().eq(first.attributes.keys())) {
        return objects_to_map(types, unsafely);
    }
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    for name in first.attributes.keys() {
        let across: Vec<Type> =
            objects.iter().filter_map(|object| object.attributes.get(name)).cloned().collect();
        attributes.insert(name.clone(), find(&distinct(&across), unsafely)?);
    }
    let ty = Type::object(attributes);
    if all_convert(types, &ty, unsafely) { Some(ty) } else { objects_to_map(types, unsafely) }
}

fn objects_to_map(types: &[Type], unsafely: bool) -> Option<Type> {
    let attributes: Vec<Type> = types
        .iter()
        .filter_map(Type::as_object)
        .flat_map(|object| object.attributes.values())
        .cloned()
        .collect();
    let ty = Type::map(find(&distinct(&attributes), unsafely)?);
    all_convert(types, &ty, unsafely).then_some(ty)
}

fn tuple_types(types: &[Type], unsafely: bool) -> Option<Type> {
    if types.iter().any(Type::is_dynamic) {
        return Some(Type::Dynamic);
    }
    let tuples: Vec<_> = types.iter().filter_map(Type::as_tuple).collect();
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|other| other.len() != first.len()) {
        return tuples_to_list(types, unsafely);
    }
    let mut elements = Vec::with_capacity(first.len());
    for index in 0..first.len() {
        let across: Vec<Type> = tuples.iter().filter_map(|tuple| tuple.get(index)).cloned().collect();
        elements.push(find(&distinct(&across), unsafely)?);
    }
    let ty = Type::tuple(elements);
    if all_convert(types, &ty, unsafely) { Some(ty) } else { tuples_to_list(types, unsafely) }
}

fn tuples_to_list(types: &[Type], unsafely: bool) -> Option<Type> {
    let elements: Vec<Type> = types.iter().filter_map(Type::as_tuple).flatten().cloned().collect();
    let ty = Type::list(find(&distinct(&elements), unsafely)?);
    all_convert(types, &ty, unsafely).then_some(ty)
}

/// Indices with the most general types first: a topological order of [`compare`], stable otherwise.
fn preference(types: &[Type]) -> Vec<usize> {
    let count = types.len();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut before = vec![0usize; count];
    for i in 0..count {
        for j in i + 1..count {
            match compare(&types[i], &types[j]) {
                Ordering::Less => {
                    after[i].push(j);
                    before[j] += 1;
                }
                Ordering::Greater => {
                    after[j].push(i);
                    before[i] += 1;
                }
                Ordering::Equal => {}
            }
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|index| before[*index] == 0).collect();
    let mut next = 0;
    while let Some(index) = order.get(next).copied() {
        next += 1;
        for other in &after[index] {
            before[*other] -= 1;
            if before[*other] == 0 {
                order.push(*other);
            }
        }
    }
    order
}

/// Less is more general: the second converts to the first. Equal means that neither is preferred.
fn compare(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        (Type::Dynamic, Type::Dynamic) => Ordering::Equal,
        (_, Type::Dynamic) => Ordering::Less,
        (Type::Dynamic, _) => Ordering::Greater,
        (Type::String, Type::String) => Ordering::Equal,
        (Type::String, Type::Bool | Type::Number) => Ordering::Less,
        (Type::Bool | Type::Number, Type::String) => Ordering::Greater,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            compare(a, b)
        }
        // Sequences: list before tuple, and either before set; maps before objects.
        (Type::List(_), Type::Tuple(_)) | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Tuple(_), Type::List(_)) | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (Type::Tuple(_) | Type::List(_), Type::Set(_)) => Ordering::Less,
        (Type::Set(_), Type::Tuple(_) | Type::List(_)) => Ordering::Greater,
        (Type::Object(a), Type::Object(b)) => {
            if a.attributes.keys().eq(b.attributes.keys()) {
                compare_all(a.attributes.values().zip(b.attributes.values()))
            } else {
                Ordering::Equal
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => compare_all(a.iter().zip(b.iter())),
        _ => Ordering::Equal,
    }
}

fn compare_all<'a>(pairs: impl Iterator<Item = (&'a Type, &'a Type)>) -> Ordering {
    let (mut less, mut greater) = (false, false);
    for (a, b) in pairs {
        match compare(a, b) {
            Ordering::Less => less = true,
            Ordering::Greater => greater = true,
            Ordering::Equal => {}
        }
    }
    match (less, greater) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
