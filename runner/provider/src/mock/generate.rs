//! Values that nobody has given, by their types: Terraform's rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{AttributeSchema, NestedNesting};
use lang::{Type, Value};
use syntax::with_stack;

use crate::request::Outside;

/// The characters of a string that is made up, and how many of them it has.
const CHARACTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH: usize = 8;

/// A value for an attribute.
pub(super) fn of_attribute(attribute: &AttributeSchema, outside: &dyn Outside) -> Value {
    match &attribute.nested {
        Some(nested) if nested.nesting == NestedNesting::Single => with_stack(|| {
            let parts = nested.attributes.iter();
            Value::object(
                parts
                    .map(|(name, part)| (Arc::from(name.as_str()), of_attribute(part, outside)))
                    .collect::<BTreeMap<_, _>>(),
            )
        }),
        _ => of_type(&attribute.ty, outside),
    }
}

/// A value of a type: a random string, zero, false, an empty collection, and of what may be anything a null.
pub(super) fn of_type(ty: &Type, outside: &dyn Outside) -> Value {
    match ty {
        Type::Dynamic | Type::Type => Value::null(ty.clone()),
        Type::Bool => Value::bool(false),
        Type::Number => Value::int(0),
        Type::String => Value::string(text(outside)),
        Type::List(element) => Value::list(Type::clone(element), Vec::new()),
        Type::Set(element) => Value::set(Type::clone(element), Vec::new()),
        Type::Map(element) => Value::map(Type::clone(element), BTreeMap::new()),
        // Terraform knows no value for a tuple, and ends.
        Type::Tuple(elements) => {
            with_stack(|| Value::tuple(elements.iter().map(|element| of_type(element, outside)).collect()))
        }
        Type::Object(object) => with_stack(|| {
            let attributes = object.attributes.iter();
            Value::object(attributes.map(|(name, ty)| (Arc::clone(name), of_type(ty, outside))).collect())
        }),
    }
}

fn text(outside: &dyn Outside) -> String {
    let mut random = u128::from_le_bytes(outside.random());
    let mut text = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let at = usize::try_from(random % 36).unwrap_or_default();
        text.extend(CHARACTERS.get(at).copied().map(char::from));
        random /= 36;
    }
    text
}
