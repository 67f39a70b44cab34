//! Planning and applying without a provider: everything that the provider would set is not known, and then made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::path::Step;
use lang::{Path, Value, View};

use super::parts::{Level, Shape, rebuilt};
use super::{AttributeSchema, BlockSchema, Schema};

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
pub type Replace<'f> = dyn FnMut(&Path, &AttributeSchema, &Value) -> Option<Value> + 'f;

/// The object with other values for some of its attributes, those of nested blocks and nested attributes among them.
/// Marks stay where they are.
pub fn fill(schema: &Schema, object: &Value, replace: &mut Replace<'_>) -> Value {
    fill_object(Level::Body(schema), object, &Path::root(), replace)
}

fn fill_object(level: Level<'_>, object: &Value, path: &Path, replace: &mut Replace<'_>) -> Value {
    let Some(values) = object.as_map() else { return object.clone() };
    let mut filled: BTreeMap<Arc<str>, Value> = values.clone();
    for (name, schema) in level.attributes() {
        let Some(value) = filled.get_mut(name) else { continue };
        let path = path.attr(name);
        if let Some(new) = replace(&path, schema, value) {
            *value = new.with_marks(value.marks());
        } else if let Some(nested) = &schema.nested {
            *value = fill_all(nested.nesting.into(), Level::Object(nested), value, &path, replace);
        }
    }
    if let Level::Body(schema) = level {
        for (name, BlockSchema { nesting, body, .. }) in &schema.blocks {
            if let Some(value) = filled.get_mut(name.as_str())
                && !schema.attributes.contains_key(name)
            {
                let path = path.attr(name.as_str());
                *value = fill_all((*nesting).into(), Level::Body(body), value, &path, replace);
            }
        }
    }
    match level {
        Level::Body(schema) => Value::object_like(schema.ty(), filled),
        Level::Object(_) => Value::object(filled),
    }
    .with_marks(object.marks())
}

fn fill_all(shape: Shape, level: Level<'_>, value: &Value, path: &Path, replace: &mut Replace<'_>) -> Value {
    if shape == Shape::Single {
        return fill_object(level, value, path, replace);
    }
    let is_object = matches!(value.view(), View::Object(_));
    rebuilt(value, |key, element| {
        let step = match key.as_arc_str() {
            Some(name) if is_object => Step::Attr(name),
            _ => Step::Index(key.clone()),
        };
        fill_object(level, element, &path.child(step), replace)
    })
}
