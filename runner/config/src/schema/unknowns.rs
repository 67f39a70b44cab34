//! Planning without a provider: everything that the provider would set is not known yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::Value;

use super::parts::{Level, Shape, rebuilt};
use super::{AttributeSchema, BlockSchema, Schema};

/// The object with an unknown value for every computed attribute that is null, at every depth: the plan of a provider
/// that only knows its schemas. Write-only attributes are null in every plan.
pub fn set_unknowns(schema: &Schema, object: &Value) -> Value {
    fill(schema, object, &mut |attribute| Value::unknown(attribute.ty.clone()))
}

/// The object with what `make` gives for every computed attribute that is null, at every depth; write-only attributes
/// become null.
pub fn fill(schema: &Schema, object: &Value, make: &mut dyn FnMut(&AttributeSchema) -> Value) -> Value {
    fill_object(Level::Body(schema), object, make)
}

fn fill_object(level: Level<'_>, object: &Value, make: &mut dyn FnMut(&AttributeSchema) -> Value) -> Value {
    let Some(values) = object.as_map() else { return object.clone() };
    let mut filled: BTreeMap<Arc<str>, Value> = values.clone();
    for (name, schema) in level.attributes() {
        let Some(value) = filled.get_mut(name) else { continue };
        if schema.write_only {
            *value = schema.null().with_marks(value.marks());
        } else if schema.computed && value.is_null() {
            *value = make(schema).with_marks(value.marks());
        } else if let Some(nested) = &schema.nested {
            *value = fill_all(nested.nesting.into(), Level::Object(nested), value, make);
        }
    }
    if let Level::Body(schema) = level {
        for (name, BlockSchema { nesting, body, .. }) in &schema.blocks {
            if let Some(value) = filled.get_mut(name.as_str())
                && !schema.attributes.contains_key(name)
            {
                *value = fill_all((*nesting).into(), Level::Body(body), value, make);
            }
        }
    }
    match level {
        Level::Body(schema) => Value::object_like(schema.ty(), filled),
        Level::Object(_) => Value::object(filled),
    }
    .with_marks(object.marks())
}

fn fill_all(
    shape: Shape,
    level: Level<'_>,
    value: &Value,
    make: &mut dyn FnMut(&AttributeSchema) -> Value,
) -> Value {
    match shape {
        Shape::Single => fill_object(level, value, make),
        _ => rebuilt(value, |_, element| fill_object(level, element, make)),
    }
}
