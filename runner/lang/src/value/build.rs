//! How values are put together: element types, facts about contents, what promises amount to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Container, Facts, Repr, Value};
use crate::refine::Refinements;
use crate::ty::Type;

pub(super) trait Items {
    fn facts(&self) -> Facts;
}

impl Items for Vec<Value> {
    fn facts(&self) -> Facts {
        Facts::of(self.iter())
    }
}

impl Items for BTreeMap<Arc<str>, Value> {
    fn facts(&self) -> Facts {
        Facts::of(self.values())
    }
}

pub(super) fn container<T: Items>(ty: Type, items: T) -> Arc<Container<T>> {
    Arc::new(Container { facts: items.facts(), ty, items })
}

pub(super) fn typed(element: Type, items: Vec<Value>) -> (Type, Vec<Value>) {
    let element = element_type_of(element, items.iter());
    let items = if items.iter().any(|item| item.ty_is_dynamic()) {
        items.into_iter().map(|item| retyped(item, &element)).collect()
    } else {
        items
    };
    (element, items)
}

pub(super) fn element_type_of<'a>(element: Type, mut items: impl Iterator<Item = &'a Value>) -> Type {
    if !element.is_dynamic() {
        return element;
    }
    items.find(|item| !item.ty_is_dynamic()).map_or(element, Value::ty)
}

/// Unknowns and nulls of unknown type take the element type of the collection that they are put into.
pub(super) fn retyped(item: Value, element: &Type) -> Value {
    if element.is_dynamic() || !item.ty_is_dynamic() {
        return item;
    }
    let value = if item.is_null() { Value::null(element.clone()) } else { Value::unknown(element.clone()) };
    value.with_marks(item.marks)
}

impl Value {
    fn ty_is_dynamic(&self) -> bool {
        matches!(self.repr, Repr::Dynamic | Repr::Null(Type::Dynamic))
    }
}

/// Only the promises that say something about this type.
pub(super) fn fitting(ty: &Type, refinements: Refinements) -> Refinements {
    let mut kept = refinements;
    if !matches!(ty, Type::String) {
        kept.prefix = None;
    }
    if kept.prefix.as_deref() == Some("") {
        kept.prefix = None;
    }
    if !matches!(ty, Type::Number) {
        kept.number_lower = None;
        kept.number_upper = None;
    }
    if !ty.is_collection() {
        kept.length_lower = None;
        kept.length_upper = None;
    }
    if kept.length_lower == Some(0) {
        kept.length_lower = None;
    }
    kept
}

/// The value, if the promises leave exactly one that can be written down.
pub(super) fn only_value(ty: &Type, refinements: &Refinements) -> Option<Value> {
    /// More unknown elements than this are not spelled out.
    const MAX_SPELLED_OUT: usize = 100_000;
    if let (Some(lower), Some(upper)) = (&refinements.number_lower, &refinements.number_upper)
        && lower.inclusive
        && upper.inclusive
        && lower.value == upper.value
    {
        return Some(Value::number(lower.value.clone()));
    }
    let length = refinements.length_upper?;
    if length != refinements.length_lower.unwrap_or(0) || length > MAX_SPELLED_OUT {
        return None;
    }
    match (ty, length) {
        (Type::List(element), _) => {
            Some(Value::list((**element).clone(), vec![Value::unknown((**element).clone()); length]))
        }
        (Type::Set(element), 0) => Some(Value::set((**element).clone(), Vec::new())),
        (Type::Set(element), 1) => {
            Some(Value::set((**element).clone(), vec![Value::unknown((**element).clone())]))
        }
        (Type::Map(element), 0) => Some(Value::map((**element).clone(), BTreeMap::new())),
        _ => None,
    }
}
