//! Planning and applying without a provider: everything that the provider would set is not known, and then made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::path::Step;
use lang::{Value, View};

use super::parts::{Level, Shape, rebuilt};
use super::{AttributeSchema, BlockSchema, Schema, Trail};

/// The object with an unknown value for every computed attribute that is null, at every depth: the plan of a provider
/// that only knows its schemas. Write-only attributes are null in every plan.
pub fn set_unknowns(schema: &Schema, object: &Value) -> Value {
    fill(schema, object, &mut |_, attribute, value| {
        if attribute.write_only {
            return Some(attribute.null());
        }
        (attribute.computed && value.is_null()).then(|| Value::unknown(attribute.ty.clone()))
    })
}

/// What becomes of an attribute: its place, its schema and the value that it has. `None` leaves the value; of a nested
/// attribute, the parts are asked about then.
pub type Replace<'f> = dyn FnMut(&Trail<'_>, &AttributeSchema, &Value) -> Option<Value> + 'f;

/// The object with other values for some of its attributes, those of nested blocks and nested attributes among them.
/// Marks stay where they are, and what does not change is shared.
pub fn fill(schema: &Schema, object: &Value, replace: &mut Replace<'_>) -> Value {
    let filled = fill_object(Level::Body(schema), object, &Trail::ROOT, replace);
    filled.unwrap_or_else(|| object.clone())
}

/// `None` when nothing changes.
fn fill_object(
    level: Level<'_>,
    object: &Value,
    trail: &Trail<'_>,
    replace: &mut Replace<'_>,
) -> Option<Value> {
    let values = object.as_map()?;
    let mut changed: Vec<(&Arc<str>, Value)> = Vec::new();
    for (name, schema) in level.attributes() {
        let Some((name, value)) = values.get_key_value(name) else { continue };
        let trail = trail.attr(name);
        let new = match (replace(&trail, schema, value), &schema.nested) {
            (Some(new), _) => Some(new.with_marks(value.marks())),
            (None, Some(nested)) => {
                fill_all(nested.nesting.into(), Level::Object(nested), value, &trail, replace)
            }
            (None, None) => None,
        };
        changed.extend(new.map(|new| (name, new)));
    }
    if let Level::Body(schema) = level {
        for (name, BlockSchema { nesting, body, .. }) in &schema.blocks {
            if schema.attributes.contains_key(name) {
                continue;
            }
            let Some((name, value)) = values.get_key_value(name.as_str()) else { continue };
            let new = fill_all((*nesting).into(), Level::Body(body), value, &trail.attr(name), replace);
            changed.extend(new.map(|new| (name, new)));
        }
    }
    if changed.is_empty() {
        return None;
    }
    let mut filled: BTreeMap<Arc<str>, Value> = values.clone();
    filled.extend(changed.into_iter().map(|(name, value)| (Arc::clone(name), value)));
    Some(Value::object_like(&object.ty(), filled).with_marks(object.marks()))
}

fn fill_all(
    shape: Shape,
    level: Level<'_>,
    value: &Value,
    trail: &Trail<'_>,
    replace: &mut Replace<'_>,
) -> Option<Value> {
    if shape == Shape::Single {
        return fill_object(level, value, trail, replace);
    }
    let is_object = matches!(value.view(), View::Object(_));
    let mut changed = false;
    let filled = rebuilt(value, |key, element| {
        let step = match key.as_arc_str() {
            Some(name) if is_object => Step::Attr(name),
            _ => Step::Index(key.clone()),
        };
        let new = fill_object(level, element, &trail.step(&step), replace);
        changed |= new.is_some();
        new.unwrap_or_else(|| element.clone())
    });
    changed.then_some(filled)
}
