//! Object constructors, `for` expressions and splats.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use syntax::Span;

use super::Evaluator;
use crate::expr::{ForNode, NodeId};
use crate::{Marks, Refinements, Type, Value, convert};

impl Evaluator<'_> {
    pub(super) fn object(&mut self, items: &[(NodeId, NodeId)]) -> Value {
        let mut attributes = BTreeMap::new();
        let mut marks = Marks::EMPTY;
        let mut known = true;
        for (key_id, value_id) in items {
            let (key, key_failed) = self.eval_checked(*key_id);
            let value = self.eval(*value_id);
            if key_failed {
                known = false;
                continue;
            }
            if key.is_null() {
                let span = self.span(*value_id);
                self.error(*key_id, "Null value as key", "Can't use a null value as a key.", span, span);
                known = false;
                continue;
            }
            let (key, key_marks) = key.unmark();
            marks = marks.union(key_marks);
            match convert(&key, &Type::String) {
                Ok(key) => match key.as_str() {
                    Some(key) => {
                        attributes.insert(Arc::from(key), value);
                    }
                    None => known = false,
                },
                Err(error) => {
                    let span = self.span(*key_id);
                    let detail = format!("Can't use this value as a key: {error}.");
                    self.error(*key_id, "Incorrect key type", detail, span, span);
                    known = false;
                }
            }
        }
        if known { Value::object(attributes).with_marks(marks) } else { Value::dynamic() }
    }

    /// A JSON object: unlike in the native syntax a key may not be set twice.
    pub(super) fn json_object(&mut self, id: NodeId, items: &[(NodeId, NodeId)]) -> Value {
        const SUMMARY: &str = "Invalid object key expression";
        let mut attributes: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut places: BTreeMap<Arc<str>, Span> = BTreeMap::new();
        let mut marks = Marks::EMPTY;
        let mut known = true;
        for (key_id, value_id) in items {
            let key = self.eval(*key_id);
            let value = self.eval(*value_id);
            let (key, key_marks) = key.unmark();
            marks = marks.union(key_marks);
            let at = self.span(*key_id);
            let key = match convert(&key, &Type::String) {
                Ok(key) => key,
                Err(error) => {
                    let detail = format!("Cannot use this expression as an object key: {error}.");
                    self.error(*value_id, SUMMARY, detail, at, at);
                    continue;
                }
            };
            if key.is_null() {
                self.error(*value_id, SUMMARY, "Cannot use null value as an object key.", at, at);
                continue;
            }
            let Some(key) = key.as_str() else {
                known = false;
                continue;
            };
            if let Some(first) = places.get(key) {
                let first = self.scope.place(&self.origin.locate(*first));
                let detail =
                    format!("An attribute named {} was already defined at {first}.", crate::quote(key));
                self.error(id, "Duplicate object attribute", detail, at, at);
                continue;
            }
            let key: Arc<str> = Arc::from(key);
            places.insert(Arc::clone(&key), at);
            attributes.insert(key, value);
        }
        let value = if known { Value::object(attributes) } else { Value::dynamic() };
        value.with_marks(marks)
    }

    pub(super) fn for_expr(&mut self, id: NodeId, node: &ForNode) -> Value {
        let collection = self.eval(node.collection);
        let at = self.span(node.collection);
        if collection.is_null() {
            let detail = "A null value cannot be used as the collection in a 'for' expression.";
            self.error(node.collection, "Iteration over null value", detail, at, self.span(id));
            return Value::dynamic();
        }
        let ty = collection.ty();
        if ty == Type::Dynamic {
            // What comes of a value of which not even the type is known is not marked, as HCL has it.
            return Value::dynamic();
        }
        let (collection, mut marks) = collection.unmark();
        if ty.is_primitive() || ty == Type::Type {
            let detail = format!(
                "A value of type {} cannot be used as the collection in a 'for' expression.",
                ty.friendly_name()
            );
            self.error(node.collection, "Iteration over non-iterable value", detail, at, self.span(id));
            return Value::dynamic();
        }
        if !self.condition_is_usable(id, node) {
            return Value::dynamic();
        }
        let Some(elements) = collection.elements() else {
            return Value::dynamic().with_marks(marks);
        };
        let elements: Vec<(Value, Value)> = elements.collect();
        let mut result = match node.object {
            true => Built::Object { values: BTreeMap::new(), groups: BTreeMap::new() },
            false => Built::Tuple(Vec::with_capacity(elements.len())),
        };
        let mut known = true;
        let mut weight = 0usize;
        for (key, value) in elements {
            if !self.iterate(id) || !self.fits_in_depth_and_weight(id, 0, weight) {
                return Value::dynamic();
            }
            self.set_local(node.key_slot, key);
            self.set_local(Some(node.value_slot), value);
            match self.included(id, node, &mut marks, known) {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    known = false;
                    continue;
                }
            }
            match &mut result {
                Built::Tuple(items) => {
                    // An element that failed is unknown; the tuple is there all the same.
                    let value = self.eval(node.value);
                    weight = weight.saturating_add(value.weight());
                    items.push(value);
                }
                Built::Object { values, groups } => {
                    let Some(key) = self.object_key(id, node, &mut marks, known) else {
                        known = false;
                        continue;
                    };
                    let value = self.eval(node.value);
                    weight = weight.saturating_add(key.len()).saturating_add(value.weight());
                    if node.group {
                        groups.entry(key).or_default().push(value);
                    } else {
                        match values.entry(key) {
                            Entry::Vacant(entry) => {
                                entry.insert(value);
                            }
                            // The first one stays, as far as anyone looks at the result.
                            Entry::Occupied(entry) => self.duplicate_key(id, node, entry.key()),
                        }
                    }
                }
            }
        }
        let value = match result {
            _ if !known => Value::dynamic(),
            Built::Tuple(items) => Value::tuple(items),
            Built::Object { values, .. } if !node.group => Value::object(values),
            Built::Object { groups, .. } => {
                Value::object(groups.into_iter().map(|(key, items)| (key, Value::tuple(items))).collect())
            }
        };
        value.with_marks(marks)
    }

    /// Tries the condition on unknown elements, so that a wrong one is reported once and not per element.
    fn condition_is_usable(&mut self, id: NodeId, node: &ForNode) -> bool {
        let Some(condition) = node.condition else { return true };
        self.set_local(node.key_slot, Value::dynamic());
        self.set_local(Some(node.value_slot), Value::dynamic());
        let (value, failed) = self.eval_checked(condition);
        self.condition_value(id, condition, &value).is_ok() && !failed
    }

    /// `Ok(None)` for unknown; `Err` after a diagnostic.
    fn condition_value(&mut self, id: NodeId, condition: NodeId, value: &Value) -> Result<Option<bool>, ()> {
        let at = self.span(condition);
        if value.is_null() {
            let detail = "The value of the 'if' clause must not be null.";
            self.error(condition, "Condition is null", detail, at, self.span(id));
            return Err(());
        }
        match convert(value, &Type::Bool) {
            Ok(value) => Ok(value.unmark().0.as_bool()),
            Err(error) => {
                let detail = format!("The 'if' clause value is invalid: {error}.");
                self.error(condition, "Invalid 'for' condition", detail, at, self.span(id));
                Err(())
            }
        }
    }

    /// Whether the current element passes the `if` clause; `None` when that cannot be known. A clause that is wrong
    /// for one element is not reported again for the next: nothing is `known` then.
    fn included(&mut self, id: NodeId, node: &ForNode, marks: &mut Marks, known: bool) -> Option<bool> {
        let Some(condition) = node.condition else { return Some(true) };
        let (value, failed) = self.eval_checked(condition);
        if failed {
            return None;
        }
        *marks = marks.union(value.marks());
        let before = self.sink.len();
        let included = self.condition_value(id, condition, &value).ok().flatten();
        if !known {
            self.sink.truncate(before);
        }
        included
    }

    /// The key for the current element; `None` when there is none or it is not known. As with conditions, what is wrong
    /// with it is said only while everything before is `known`.
    fn object_key(&mut self, id: NodeId, node: &ForNode, marks: &mut Marks, known: bool) -> Option<Arc<str>> {
        let key_id = node.key?;
        let (key, failed) = self.eval_checked(key_id);
        if failed {
            return None;
        }
        let at = self.span(key_id);
        if key.is_null() {
            if known {
                let detail = "Key expression in 'for' expression must not produce a null value.";
                self.error(key_id, "Invalid object key", detail, at, self.span(id));
            }
            return None;
        }
        let (key, key_marks) = key.unmark();
        *marks = marks.union(key_marks);
        match convert(&key, &Type::String) {
            Ok(key) => key.as_str().map(Arc::from),
            Err(error) => {
                if known {
                    let detail = format!("The key expression produced an invalid result: {error}.");
                    self.error(key_id, "Invalid object key", detail, at, self.span(id));
                }
                None
            }
        }
    }

    fn duplicate_key(&mut self, id: NodeId, node: &ForNode, key: &str) {
        let key_id = node.key.unwrap_or(id);
        let detail = format!(
            "Two different items produced the key {} in this 'for' expression. If duplicates are expected, use \
             the ellipsis (...) after the value expression to enable grouping by key.",
            crate::quote(key)
        );
        self.error(key_id, "Duplicate object key", detail, self.span(key_id), self.span(id));
    }

    pub(super) fn set_local(&mut self, slot: Option<u32>, value: Value) {
        if let Some(local) = slot.and_then(|slot| self.locals.get_mut(slot as usize)) {
            *local = value;
        }
    }

    pub(super) fn splat(
        &mut self,
        id: NodeId,
        source_id: NodeId,
        each: NodeId,
        slot: u32,
        marker: Span,
    ) -> Value {
        let (source, failed) = self.eval_checked(source_id);
        if failed {
            // Whatever else is wrong with it is said as well.
            self.set_local(Some(slot), Value::dynamic());
            self.eval(each);
            return Value::dynamic();
        }
        let ty = source.ty();
        let sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
        if source.is_null() {
            if !sequence {
                return Value::empty_tuple().with_marks(source.marks());
            }
            let at = self.span(source_id);
            let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences.";
            self.error(id, "Splat of null value", detail, at, at.to(marker));
            return Value::dynamic();
        }
        if ty == Type::Dynamic {
            return Value::dynamic().with_marks(source.marks());
        }
        let (source, marks) = source.unmark();
        if !sequence {
            // Anything else counts as a sequence of one; an unknown that may be null may also be one of none.
            let certain = source.is_known() || source.refinements().is_some_and(|r| r.not_null);
            self.set_local(Some(slot), source);
            let (item, failed) = self.eval_checked(each);
            let value = match (certain, failed) {
                (true, false) => Value::tuple(vec![item]),
                (true, true) => Value::unknown(Type::tuple(vec![item.ty()])),
                (false, _) => Value::dynamic(),
            };
            return value.with_marks(marks);
        }
        let Some(elements) = source.elements() else {
            return self.unknown_splat(&source, &ty, each, slot).with_marks(marks);
        };
        let elements: Vec<Value> = elements.map(|(_, value)| value).collect();
        let mut items = Vec::with_capacity(elements.len());
        let mut known = true;
        let mut weight = 0usize;
        for element in elements {
            if !self.iterate(id) || !self.fits_in_depth_and_weight(id, 0, weight) {
                return Value::dynamic();
            }
            self.set_local(Some(slot), element);
            let (item, failed) = self.eval_checked(each);
            weight = weight.saturating_add(item.weight());
            known &= !failed;
            items.push(item);
        }
        if !known {
            // The type is told by unknown elements; what is wrong with them has been said.
            let before = self.sink.len();
            let ty = self.unknown_splat(&source, &ty, each, slot).ty();
            self.sink.truncate(before);
            return Value::unknown(ty).with_marks(marks);
        }
        let value = match &ty {
            Type::Tuple(_) => Value::tuple(items),
            _ => match items.first() {
                None => {
                    let element = self.splat_element_type(&ty, each, slot);
                    Value::list(element, Vec::new())
                }
                Some(first) => {
                    let element = first.ty();
                    match items.iter().all(|item| item.ty() == element) {
                        true => Value::list(element, items),
                        false => Value::tuple(items),
                    }
                }
            },
        };
        value.with_marks(marks)
    }

    fn unknown_splat(&mut self, source: &Value, ty: &Type, each: NodeId, slot: u32) -> Value {
        match ty {
            Type::Tuple(items) => {
                let items = items
                    .iter()
                    .map(|item| {
                        self.set_local(Some(slot), Value::unknown(item.clone()));
                        self.eval(each).ty()
                    })
                    .collect::<Vec<_>>();
                Value::unknown_refined(Type::Tuple(items.into()), Refinements::not_null())
            }
            _ => {
                let element = self.splat_element_type(ty, each, slot);
                let mut refinements = Refinements::not_null();
                if let (Type::List(_), Some(known)) = (ty, source.refinements()) {
                    refinements.length_lower = known.length_lower;
                    refinements.length_upper = known.length_upper;
                }
                Value::unknown_refined(Type::List(Arc::new(element)), refinements)
            }
        }
    }

    /// What `each` would make of an element that nothing is known of.
    fn splat_element_type(&mut self, ty: &Type, each: NodeId, slot: u32) -> Type {
        let (Type::List(element) | Type::Set(element)) = ty else { return Type::Dynamic };
        self.set_local(Some(slot), Value::unknown((**element).clone()));
        self.eval(each).ty()
    }
}

enum Built {
    Tuple(Vec<Value>),
    Object { values: BTreeMap<Arc<str>, Value>, groups: BTreeMap<Arc<str>, Vec<Value>> },
}
