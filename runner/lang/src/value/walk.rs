//! Walks over whole values: removing marks, listing them, putting them back.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Value, View};
use crate::marks::Marks;
use crate::path::{Path, Step};

impl Value {
    /// The value without any marks inside, and all of them. Shares everything that had none.
    pub fn unmark_deep(&self) -> (Value, Marks) {
        let marks = self.marks_deep();
        if marks.is_empty() {
            return (self.clone(), marks);
        }
        (self.unmarked(), marks)
    }

    /// Where the marks are: the paths of marked values, outermost first, in the order of iteration.
    pub fn marked_paths(&self) -> Vec<(Path, Marks)> {
        let mut found = Vec::new();
        self.collect_marks(&Path::root(), &mut found);
        found
    }

    /// The value with marks put on the values at the given paths. A path that leads nowhere, or into a set, marks the
    /// innermost value that it reaches.
    pub fn with_marks_at(&self, paths: &[(Path, Marks)]) -> Value {
        paths.iter().fold(self.clone(), |value, (path, marks)| value.mark_at(&path.0, *marks))
    }

    /// The same container with every element replaced, keys kept. Other values are returned as they are.
    ///
    /// The element type of a collection is found anew from the elements.
    pub fn map_elements(&self, mut replace: impl FnMut(&Step, &Value) -> Value) -> Value {
        let index = |index: usize| Step::Index(Value::int(i64::try_from(index).unwrap_or(i64::MAX)));
        let mut sequence = |items: &[Value]| -> Vec<Value> {
            items.iter().enumerate().map(|(at, item)| replace(&index(at), item)).collect()
        };
        let element = self.ty().element_type().cloned();
        let element_of = |first: Option<&Value>| match (first, element) {
            (Some(first), _) => first.ty(),
            (None, Some(element)) => element,
            (None, None) => crate::ty::Type::Dynamic,
        };
        let value = match self.view() {
            View::List(items) => {
                let items = sequence(items);
                Value::list(element_of(items.first()), items)
            }
            View::Tuple(items) => Value::tuple(sequence(items)),
            View::Set(items) => {
                let items: Vec<Value> =
                    items.iter().map(|item| replace(&Step::Index(item.clone()), item)).collect();
                Value::set(element_of(items.first()), items)
            }
            View::Map(items) => {
                let items: BTreeMap<Arc<str>, Value> = items
                    .iter()
                    .map(|(key, item)| (key.clone(), replace(&Step::Index(Value::string(key)), item)))
                    .collect();
                Value::map(element_of(items.values().next()), items)
            }
            View::Object(items) => Value::object(
                items
                    .iter()
                    .map(|(key, item)| (key.clone(), replace(&Step::Attr(key.clone()), item)))
                    .collect(),
            ),
            _ => return self.clone(),
        };
        value.with_marks(self.marks())
    }

    fn unmarked(&self) -> Value {
        if self.marks_deep().is_empty() {
            return self.clone();
        }
        let (own, _) = self.unmark();
        if own.marks_deep().is_empty() {
            return own;
        }
        own.map_elements(|_, item| item.unmarked())
    }

    fn collect_marks(&self, path: &Path, found: &mut Vec<(Path, Marks)>) {
        if !self.marks().is_empty() {
            found.push((path.clone(), self.marks()));
        }
        if self.facts().marks.is_empty() {
            return;
        }
        let is_object = matches!(self.view(), View::Object(_));
        for (key, item) in self.elements().into_iter().flatten() {
            if item.marks_deep().is_empty() {
                continue;
            }
            let step = match (is_object, key.as_arc_str()) {
                (true, Some(name)) => Step::Attr(name),
                _ => Step::Index(key),
            };
            item.collect_marks(&path.child(step), found);
        }
    }

    fn mark_at(&self, path: &[Step], marks: Marks) -> Value {
        let Some((first, rest)) = path.split_first() else { return self.clone().with_marks(marks) };
        if matches!(self.view(), View::Set(_)) {
            return self.clone().with_marks(marks);
        }
        let mut reached = false;
        let value = self.map_elements(|step, item| {
            if same_step(step, first) {
                reached = true;
                item.mark_at(rest, marks)
            } else {
                item.clone()
            }
        });
        if reached { value } else { self.clone().with_marks(marks) }
    }
}

/// Attributes and string keys are the same step: a path may have been made for the map that became an object.
fn same_step(a: &Step, b: &Step) -> bool {
    fn name(step: &Step) -> Option<&str> {
        match step {
            Step::Attr(name) => Some(name),
            Step::Index(key) => key.as_str(),
        }
    }
    match (name(a), name(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}
