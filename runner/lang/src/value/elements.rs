//! Iteration over containers in cty's order.

use std::collections::btree_map;
use std::sync::Arc;

use super::{Repr, Value, View};

/// Keys and values of a container. See [`Value::elements`].
pub struct Elements<'a>(Inner<'a>);

enum Inner<'a> {
    Sequence(std::iter::Enumerate<std::slice::Iter<'a, Value>>),
    Set(std::slice::Iter<'a, Value>),
    Keyed(btree_map::Iter<'a, Arc<str>, Value>),
}

impl<'a> Elements<'a> {
    pub(super) fn of(view: View<'a>) -> Option<Elements<'a>> {
        let inner = match view {
            View::List(items) | View::Tuple(items) => Inner::Sequence(items.iter().enumerate()),
            View::Set(items) => Inner::Set(items.iter()),
            View::Map(items) | View::Object(items) => Inner::Keyed(items.iter()),
            _ => return None,
        };
        Some(Elements(inner))
    }
}

impl Iterator for Elements<'_> {
    type Item = (Value, Value);

    fn next(&mut self) -> Option<(Value, Value)> {
        match &mut self.0 {
            Inner::Sequence(items) => {
                let (index, item) = items.next()?;
                Some((Value::int(i64::try_from(index).unwrap_or(i64::MAX)), item.clone()))
            }
            Inner::Set(items) => items.next().map(|item| (item.clone(), item.clone())),
            Inner::Keyed(items) => {
                let (key, item) = items.next()?;
                // Keys are normalised when they are made, so this only shares the text.
                Some((Value::from_repr(Repr::String(key.clone())), item.clone()))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Inner::Sequence(items) => items.size_hint(),
            Inner::Set(items) => items.size_hint(),
            Inner::Keyed(items) => items.size_hint(),
        }
    }
}

impl ExactSizeIterator for Elements<'_> {}
