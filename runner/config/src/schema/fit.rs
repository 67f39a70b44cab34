//! A given value as the value of an attribute: converted, and with everything that it leaves out made up.
//!
//! These are the rules of Terraform's mocks. Parts that the attribute does not have are left out without a word.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::{Path, Type, Value};
use syntax::with_stack;

use super::{AttributeSchema, NestedNesting};

/// A part that is not given, for which somebody has to make a value up.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    Attribute(&'a AttributeSchema),
    Type(&'a Type),
}

/// Makes values up.
pub type Make<'m> = &'m mut dyn FnMut(Wanted<'_>) -> Value;

/// Why a value cannot be the value of an attribute.
#[derive(Debug)]
pub struct Misfit {
    pub message: String,
    /// The part at fault, from the attribute on. Only the parts of nested attributes count as attributes.
    pub path: Path,
}

/// The value of an attribute that is given.
pub fn fit(value: &Value, attribute: &AttributeSchema, make: Make<'_>) -> Result<Value, Misfit> {
    fit_attribute(value, attribute, &Path::root(), make)
}

fn fit_attribute(
    value: &Value,
    attribute: &AttributeSchema,
    path: &Path,
    make: Make<'_>,
) -> Result<Value, Misfit> {
    let Some(nested) = &attribute.nested else { return fit_type(value, &attribute.ty, path, make) };
    let Some(given) = value.as_map().filter(|_| value.ty().is_object()) else {
        let found = value.ty().friendly_name();
        return Err(misfit(format!("incompatible types; expected object type, found {found}"), path));
    };
    if nested.nesting != NestedNesting::Single {
        // Which elements there are is not for the given value to say.
        return Ok(make(Wanted::Type(&attribute.ty)));
    }
    with_stack(|| {
        let mut names: Vec<_> = nested.attributes.iter().collect();
        names.sort_unstable_by_key(|(name, _)| *name);
        let parts = names.into_iter().map(|(name, part)| {
            let made = match given.get(name.as_str()) {
                Some(value) => fit_attribute(value, part, &path.attr(name.as_str()), make)?,
                None => make(Wanted::Attribute(part)),
            };
            Ok((Arc::from(name.as_str()), made))
        });
        Ok(Value::object(parts.collect::<Result<BTreeMap<_, _>, Misfit>>()?))
    })
}

fn fit_type(value: &Value, want: &Type, path: &Path, make: Make<'_>) -> Result<Value, Misfit> {
    with_stack(|| match want {
        Type::Object(object) => {
            let Some(given) = value.as_map() else { return Err(incompatible(value, want, path)) };
            let parts = object.attributes.iter().map(|(name, ty)| {
                let made = match given.get(name) {
                    Some(value) => fit_type(value, ty, &path.index(Value::string(name)), make)?,
                    None => make(Wanted::Type(ty)),
                };
                Ok((Arc::clone(name), made))
            });
            Ok(Value::object(parts.collect::<Result<_, Misfit>>()?))
        }
        Type::List(element) | Type::Set(element) if element.is_object() => {
            let Some(given) = value.as_slice() else { return Err(incompatible(value, want, path)) };
            let items = given.iter().enumerate().map(|(at, item)| {
                let key = Value::int(i64::try_from(at).unwrap_or(i64::MAX));
                fit_type(item, element, &path.index(key), make)
            });
            let items = items.collect::<Result<Vec<_>, Misfit>>()?;
            Ok(if want.is_list() {
                Value::list(Type::clone(element), items)
            } else {
                Value::set(Type::clone(element), items)
            })
        }
        Type::Map(element) if element.is_object() => {
            let Some(given) = value.as_map() else { return Err(incompatible(value, want, path)) };
            let items = given.iter().map(|(key, item)| {
                Ok((Arc::clone(key), fit_type(item, element, &path.index(Value::string(key)), make)?))
            });
            Ok(Value::map(Type::clone(element), items.collect::<Result<_, Misfit>>()?))
        }
        Type::Tuple(elements) => match value.as_slice().filter(|_| value.ty().is_tuple()) {
            Some(given) => fit_tuple(value, given, want, elements, path, make),
            None => converted(value, want, path),
        },
        _ => converted(value, want, path),
    })
}

fn fit_tuple(
    value: &Value,
    given: &[Value],
    want: &Type,
    elements: &[Type],
    path: &Path,
    make: Make<'_>,
) -> Result<Value, Misfit> {
    if given.len() != elements.len() {
        let message = format!(
            "incompatible types; expected {} with length {}, found {} with length {}",
            want.friendly_name(),
            elements.len(),
            value.ty().friendly_name(),
            given.len()
        );
        return Err(misfit(message, path));
    }
    let items = given.iter().zip(elements).enumerate().map(|(at, (item, ty))| {
        let key = Value::int(i64::try_from(at).unwrap_or(i64::MAX));
        fit_type(item, ty, &path.index(key), make)
    });
    Ok(Value::tuple(items.collect::<Result<_, Misfit>>()?))
}

fn converted(value: &Value, want: &Type, path: &Path) -> Result<Value, Misfit> {
    lang::convert(value, want).map_err(|error| misfit(error.message, path))
}

fn incompatible(value: &Value, want: &Type, path: &Path) -> Misfit {
    let (expected, found) = (want.friendly_name(), value.ty().friendly_name());
    misfit(format!("incompatible types; expected {expected}, found {found}"), path)
}

fn misfit(message: String, path: &Path) -> Misfit {
    Misfit { message, path: path.clone() }
}
