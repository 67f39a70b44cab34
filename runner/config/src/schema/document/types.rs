//! Types as JSON: `"string"`, `["list", "string"]`, `["object", {"a": "bool"}, ["a"]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use lang::Type;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use syntax::SmolStr;

/// A type to be read. How deep it may be is limited by the reader of the JSON.
pub(super) struct TypeJson(pub Type);

impl<'de> Deserialize<'de> for TypeJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TypeJson, D::Error> {
        deserializer.deserialize_any(TypeVisitor).map(TypeJson)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = Type;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type: a name, or an array that begins with one")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Type, E> {
        match name {
            "string" => Ok(Type::String),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            "dynamic" => Ok(Type::Dynamic),
            _ => Err(E::custom(format!("unknown type {name:?}"))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Type, A::Error> {
        let ty = match next(&mut items, "the kind of a type")? {
            Kind::List => Type::list(next::<TypeJson, _>(&mut items, ELEMENT)?.0),
            Kind::Set => Type::set(next::<TypeJson, _>(&mut items, ELEMENT)?.0),
            Kind::Map => Type::map(next::<TypeJson, _>(&mut items, ELEMENT)?.0),
            Kind::Tuple => {
                let elements: Vec<TypeJson> = next(&mut items, "the types of a tuple's elements")?;
                Type::tuple(elements.into_iter().map(|element| element.0).collect())
            }
            Kind::Object => {
                let attributes: BTreeMap<String, TypeJson> =
                    next(&mut items, "the types of an object's attributes")?;
                let attributes = attributes.into_iter().map(|(name, ty)| (Arc::from(name), ty.0)).collect();
                let optional: BTreeSet<String> = items.next_element()?.unwrap_or_default();
                Type::object_with_optional(attributes, optional.into_iter().map(Arc::from).collect())
            }
        };
        match items.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(ty),
            Some(_) => Err(A::Error::custom("more parts than a type has")),
        }
    }
}

/// The kinds of types that have parts.
enum Kind {
    List,
    Set,
    Map,
    Tuple,
    Object,
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        let kind = SmolStr::deserialize(deserializer)?;
        match kind.as_str() {
            "list" => Ok(Kind::List),
            "set" => Ok(Kind::Set),
            "map" => Ok(Kind::Map),
            "tuple" => Ok(Kind::Tuple),
            "object" => Ok(Kind::Object),
            _ => Err(D::Error::custom(format!("unknown kind of type {kind:?}"))),
        }
    }
}

const ELEMENT: &str = "the type of a collection's elements";

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(items: &mut A, what: &str) -> Result<T, A::Error> {
    items.next_element()?.ok_or_else(|| A::Error::custom(format!("{what} is missing")))
}
