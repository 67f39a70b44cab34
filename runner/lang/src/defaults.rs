//! Default values of `optional(type, default)`, applied before a value is converted.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::convert::convert;
use crate::ty::Type;
use crate::unify::unify_unsafe;
use crate::value::{Value, View};

/// The defaults of a type constraint, in the shape of the constraint.
#[derive(Clone, PartialEq, Debug)]
pub struct Defaults {
    /// The constraint that this node belongs to.
    pub ty: Type,
    /// Defaults of an object's own attributes.
    pub values: BTreeMap<Arc<str>, Value>,
    /// Defaults further inside: by attribute name for objects, by decimal index for tuples, and under the empty name
    /// for the elements of a collection.
    pub children: BTreeMap<Arc<str>, Defaults>,
}

impl Defaults {
    pub fn new(ty: Type) -> Defaults {
        Defaults { ty, values: BTreeMap::new(), children: BTreeMap::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.values().all(Defaults::is_empty)
    }

    /// Fills in attributes that are missing or null. Permissive: what does not fit the constraint stays as it is, for
    /// the conversion to report. Unknown and null values stay.
    pub fn apply(&self, value: &Value) -> Value {
        if !value.is_known() || value.is_null() || (self.values.is_empty() && self.children.is_empty()) {
            return value.clone();
        }
        let ty = value.ty();
        let element = || ty.element_type().cloned().unwrap_or(Type::Dynamic);
        let result = match value.view() {
            View::List(items) => {
                let items = self.sequence(items);
                match converted(&items) {
                    _ if items.is_empty() => Value::list(element(), items),
                    Some((element, items)) => Value::list(element, items),
                    None => Value::tuple(items),
                }
            }
            View::Set(items) => {
                let items = self.sequence(items);
                match converted(&items) {
                    _ if items.is_empty() => Value::set(element(), items),
                    Some((element, items)) => Value::set(element, items),
                    None => Value::tuple(items),
                }
            }
            View::Tuple(items) => Value::tuple(self.sequence(items)),
            View::Object(items) => Value::object(self.attributes(items)),
            View::Map(items) => {
                let items = self.attributes(items);
                let values: Vec<Value> = items.values().cloned().collect();
                match converted(&values) {
                    _ if items.is_empty() => Value::map(element(), items),
                    Some((element, values)) => Value::map(element, items.into_keys().zip(values).collect()),
                    None => Value::object(items),
                }
            }
            _ => return value.clone(),
        };
        result.with_marks(value.marks())
    }

    fn sequence(&self, items: &[Value]) -> Vec<Value> {
        let child = |index: usize| match &self.ty {
            Type::Tuple(_) => self.children.get(index.to_string().as_str()),
            _ => self.children.get(""),
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| child(index).map_or_else(|| item.clone(), |child| child.apply(item)))
            .collect()
    }

    fn attributes(&self, items: &BTreeMap<Arc<str>, Value>) -> BTreeMap<Arc<str>, Value> {
        let child = |name: &str| match &self.ty {
            Type::Object(_) => self.children.get(name),
            _ => self.children.get(""),
        };
        let mut result: BTreeMap<Arc<str>, Value> = items
            .iter()
            .map(|(name, item)| {
                let item = child(name).map_or_else(|| item.clone(), |child| child.apply(item));
                (name.clone(), item)
            })
            .collect();
        for (name, default) in &self.values {
            let given = result.get(name).filter(|value| !value.is_null());
            let filled = match given {
                None => match self.children.get(name) {
                    Some(child) => child.apply(default),
                    None => default.clone(),
                },
                // An unknown that turns out to be null will take the default, so it is not null in the end.
                Some(value) if default.is_definitely_not_null() => value.refine_not_null(),
                Some(_) => continue,
            };
            result.insert(name.clone(), filled);
        }
        result
    }
}

/// The items as elements of one collection, if they have a common type.
fn converted(items: &[Value]) -> Option<(Type, Vec<Value>)> {
    let types: Vec<Type> = items.iter().map(Value::ty).collect();
    let element = unify_unsafe(&types)?;
    let items = items.iter().map(|item| convert(item, &element).ok()).collect::<Option<Vec<_>>>()?;
    Some((element, items))
}
