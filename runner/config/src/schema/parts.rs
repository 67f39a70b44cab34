//! Reading values by their schema, where any of them may be null or unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Type, Value, View};

use super::{AttributeSchema, NestedNesting, NestedType, Nesting, Schema};

/// Something that is described attribute by attribute: a body, or an object of a nested attribute.
#[derive(Clone, Copy)]
pub(super) enum Level<'s> {
    Body(&'s Schema),
    Object(&'s NestedType),
}

impl<'s> Level<'s> {
    pub fn attributes(self) -> impl Iterator<Item = (&'s str, &'s AttributeSchema)> {
        let attributes = match self {
            Level::Body(schema) => &schema.attributes,
            Level::Object(nested) => &nested.attributes,
        };
        attributes.iter().map(|(name, attribute)| (name.as_str(), attribute))
    }

    /// The type of one of them.
    pub fn ty(self) -> Type {
        match self {
            Level::Body(schema) => schema.ty().clone(),
            Level::Object(nested) => nested.object_ty(),
        }
    }
}

/// How several of them stand in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Single,
    List,
    Set,
    Map,
}

impl From<Nesting> for Shape {
    fn from(nesting: Nesting) -> Shape {
        match nesting {
            Nesting::Single | Nesting::Group => Shape::Single,
            Nesting::List => Shape::List,
            Nesting::Set => Shape::Set,
            Nesting::Map => Shape::Map,
        }
    }
}

impl From<NestedNesting> for Shape {
    fn from(nesting: NestedNesting) -> Shape {
        match nesting {
            NestedNesting::Single => Shape::Single,
            NestedNesting::List => Shape::List,
            NestedNesting::Set => Shape::Set,
            NestedNesting::Map => Shape::Map,
        }
    }
}

/// An attribute of an object: null of a null object, unknown of an unknown one.
pub(super) fn attribute(object: &Value, name: &str, ty: &Type) -> Value {
    match object.as_map() {
        Some(values) => values.get(name).cloned().unwrap_or_else(|| Value::null(ty.clone())),
        None if object.is_known() => Value::null(ty.clone()),
        None => Value::unknown(ty.clone()),
    }
}

/// The element at a key or an index as [`Value::elements`] gives it: `None` where there is none, unknown where that is
/// not known. Sets have no such elements.
pub(super) fn element(collection: &Value, key: &Value, ty: &Type) -> Option<Value> {
    match collection.view() {
        View::Null | View::Set(_) => None,
        View::Unknown(_) => Some(Value::unknown(ty.clone())),
        View::List(items) | View::Tuple(items) => {
            let index = key.as_number()?.to_i64().and_then(|index| usize::try_from(index).ok())?;
            items.get(index).cloned()
        }
        View::Map(items) | View::Object(items) => items.get(key.as_str()?).cloned(),
        _ => None,
    }
}

/// A container of the same kind and element type, with the elements that `replace` makes of its own.
pub(super) fn rebuilt(container: &Value, mut replace: impl FnMut(&Value, &Value) -> Value) -> Value {
    if container.is_empty() {
        return container.clone();
    }
    let ty = container.ty();
    let element = || ty.element_type().cloned().unwrap_or(Type::Dynamic);
    let elements = container.elements().into_iter().flatten().map(|(key, element)| {
        let value = replace(&key, &element);
        (key, value)
    });
    let named = |elements: &mut dyn Iterator<Item = (Value, Value)>| -> BTreeMap<Arc<str>, Value> {
        elements.filter_map(|(key, value)| Some((key.as_arc_str()?, value))).collect()
    };
    let mut elements = elements;
    let value = match container.view() {
        View::List(_) => Value::list(element(), elements.map(|(_, value)| value).collect()),
        View::Set(_) => Value::set(element(), elements.map(|(_, value)| value).collect()),
        View::Tuple(_) => Value::tuple(elements.map(|(_, value)| value).collect()),
        View::Map(_) => Value::map(element(), named(&mut elements)),
        View::Object(_) => Value::object(named(&mut elements)),
        _ => return container.clone(),
    };
    value.with_marks(container.marks())
}

/// The value with every unknown in it stripped of what is promised about it.
pub(super) fn unrefined(value: &Value) -> Value {
    match value.view() {
        View::Unknown(_) => Value::unknown(value.ty()),
        _ if value.is_wholly_known() => value.clone(),
        _ => rebuilt(value, |_, element| unrefined(element)),
    }
}
