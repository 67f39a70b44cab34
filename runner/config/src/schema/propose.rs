//! What Terraform proposes to a provider as the new object: the configuration, and for what it leaves to the provider
//! the values that the object has already.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::Value;

use super::parts::{Level, Shape, attribute, element, rebuilt, unrefined};
use super::{AttributeSchema, BlockSchema, NestedType, Nesting, Schema};

/// The proposed new object. Both values are objects of the schema's type without marks, or null; parts of the
/// configuration may be unknown.
///
/// Elements of lists are taken for the prior ones of the same index, elements of maps for those of the same key. An
/// element of a set is taken for a prior one that only differs from it by what a provider may have added.
pub fn proposed_new(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if prior.is_null() && config.is_null() {
        return prior.clone();
    }
    match prior.is_null() {
        // There is nothing to keep.
        true if config.is_known() => config.clone(),
        true => schema.empty_value(),
        false => body(schema, prior, config),
    }
}

fn body(schema: &Schema, prior: &Value, config: &Value) -> Value {
    let Some(given) = config.as_map() else { return prior.clone() };
    let mut values = attributes(Level::Body(schema), prior, given);
    for (name, nested) in &schema.blocks {
        if let (Some(given), Some(ty)) = (given.get(name.as_str()), schema.ty().attribute(name))
            && !schema.attributes.contains_key(name)
        {
            let prior = attribute(prior, name, ty);
            values.insert(Arc::from(name.as_str()), block(nested, &prior, given));
        }
    }
    Value::object_like(schema.ty(), values)
}

fn block(schema: &BlockSchema, prior: &Value, config: &Value) -> Value {
    // A `dynamic` block over something unknown.
    if !config.is_known() {
        return config.clone();
    }
    match schema.nesting {
        Nesting::Single if config.is_null() => config.clone(),
        Nesting::Single | Nesting::Group => proposed_new(&schema.body, prior, config),
        _ if config.is_null() => schema.empty_value(),
        nesting => elements(nesting.into(), Level::Body(&schema.body), prior, config),
    }
}

fn attributes(
    level: Level<'_>,
    prior: &Value,
    config: &BTreeMap<Arc<str>, Value>,
) -> BTreeMap<Arc<str>, Value> {
    let mut values = BTreeMap::new();
    for (name, schema) in level.attributes() {
        let Some((name, given)) = config.get_key_value(name) else { continue };
        let prior = attribute(prior, name, &schema.ty);
        let value = match &schema.nested {
            _ if schema.computed && given.is_null() => match was_configured(schema, &prior) {
                true => given.clone(),
                false => prior,
            },
            Some(nested) if given.is_known() => nested_attribute(nested, &prior, given),
            _ => given.clone(),
        };
        values.insert(Arc::clone(name), value);
    }
    values
}

/// Whether a prior value that the provider might have computed holds something that only a configuration can have set.
/// It has been taken out of the configuration then.
fn was_configured(schema: &AttributeSchema, prior: &Value) -> bool {
    fn holds(nested: &NestedType, value: &Value) -> bool {
        let object = |object: &Value| {
            let Some(values) = object.as_map() else { return false };
            nested.attributes.iter().any(|(name, schema)| {
                values.get(name.as_str()).is_some_and(|value| match &schema.nested {
                    _ if value.is_null() => false,
                    _ if !schema.computed => true,
                    Some(nested) => holds(nested, value),
                    None => false,
                })
            })
        };
        match Shape::from(nested.nesting) {
            Shape::Single => object(value),
            _ => value.elements().into_iter().flatten().any(|(_, element)| object(&element)),
        }
    }
    schema.optional && schema.nested.as_ref().is_some_and(|nested| holds(nested, prior))
}

fn nested_attribute(schema: &NestedType, prior: &Value, config: &Value) -> Value {
    match Shape::from(schema.nesting) {
        _ if config.is_null() => config.clone(),
        Shape::Single => one(Level::Object(schema), prior, config),
        shape => elements(shape, Level::Object(schema), prior, config),
    }
}

fn one(level: Level<'_>, prior: &Value, config: &Value) -> Value {
    match (level, config.as_map()) {
        (Level::Body(schema), _) => proposed_new(schema, prior, config),
        (Level::Object(_), Some(given)) => Value::object(attributes(level, prior, given)),
        (Level::Object(_), None) => config.clone(),
    }
}

/// The elements of a collection that is known.
fn elements(shape: Shape, level: Level<'_>, prior: &Value, config: &Value) -> Value {
    let ty = level.ty();
    if shape != Shape::Set {
        return rebuilt(config, |key, given| match element(prior, key, &ty) {
            Some(prior) => one(level, &prior, given),
            None => given.clone(),
        });
    }
    let priors = prior.as_slice().unwrap_or_default();
    let mut taken = vec![false; priors.len()];
    rebuilt(config, |_, given| {
        let mut free = priors.iter().zip(&mut taken).filter(|(_, taken)| !**taken);
        let found = free.find(|(prior, _)| could_come_from(level, prior, given)).map(|(prior, taken)| {
            *taken = true;
            prior.clone()
        });
        one(level, &found.unwrap_or_else(|| Value::null(ty.clone())), given)
    })
}

/// Whether a prior element can be what a provider made of a configured one: it differs only where the provider may set a
/// value and the configuration did not.
fn could_come_from(level: Level<'_>, prior: &Value, config: &Value) -> bool {
    if unrefined(prior).raw_eq(&unrefined(config)) {
        return true;
    }
    let (Some(prior), Some(config)) = (prior.as_map(), config.as_map()) else { return false };
    let same = |name: &str| match (prior.get(name), config.get(name)) {
        (Some(prior), Some(config)) => Some((prior, config)),
        _ => None,
    };
    let attributes = level.attributes().all(|(name, schema)| {
        let Some((prior, config)) = same(name) else { return false };
        match &schema.nested {
            _ if unrefined(prior).raw_eq(&unrefined(config)) => true,
            Some(nested) => {
                // A nested value that is not configured at all may be wholly computed.
                let computed = schema.computed && config.is_null();
                computed || parts_could_come_from(nested.nesting.into(), Level::Object(nested), prior, config)
            }
            None => schema.computed && config.is_null(),
        }
    });
    let blocks = match level {
        Level::Object(_) => true,
        Level::Body(schema) => schema.blocks.iter().all(|(name, block)| {
            same(name).is_some_and(|(prior, config)| {
                parts_could_come_from(block.nesting.into(), Level::Body(&block.body), prior, config)
            })
        }),
    };
    attributes && blocks
}

fn parts_could_come_from(shape: Shape, level: Level<'_>, prior: &Value, config: &Value) -> bool {
    if unrefined(prior).raw_eq(&unrefined(config)) {
        return true;
    }
    match shape {
        // Nothing says which element would be which.
        Shape::Set => false,
        // Only what the prior one has is looked at, as Terraform does: the configuration may have more.
        _ if prior.is_null() => true,
        Shape::Single => could_come_from(level, prior, config),
        Shape::List | Shape::Map => {
            let ty = level.ty();
            prior.elements().into_iter().flatten().all(|(key, prior)| {
                element(config, &key, &ty).is_some_and(|config| could_come_from(level, &prior, &config))
            })
        }
    }
}
