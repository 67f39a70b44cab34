//! Types, and the three ways in which messages name them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// A type or, where it contains [`Type::Dynamic`] or optional attributes, a type constraint.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Type {
    /// Not known yet; `any` in a constraint.
    Dynamic,
    Bool,
    Number,
    String,
    List(Arc<Type>),
    Set(Arc<Type>),
    Map(Arc<Type>),
    Tuple(Arc<[Type]>),
    Object(Arc<ObjectType>),
    /// The type of types. Only the console's `type` makes values of it, and nothing accepts them.
    Type,
}

/// The attributes of an object type, by name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct ObjectType {
    pub attributes: BTreeMap<Arc<str>, Type>,
    /// The names that a value may leave out when it is converted to this type.
    pub optional: BTreeSet<Arc<str>>,
}

impl Type {
    pub fn list(element: Type) -> Type {
        Type::List(Arc::new(element))
    }

    pub fn set(element: Type) -> Type {
        Type::Set(Arc::new(element))
    }

    pub fn map(element: Type) -> Type {
        Type::Map(Arc::new(element))
    }

    pub fn tuple(elements: Vec<Type>) -> Type {
        Type::Tuple(elements.into())
    }

    /// An object type without optional attributes.
    pub fn object(attributes: BTreeMap<Arc<str>, Type>) -> Type {
        Type::Object(Arc::new(ObjectType { attributes, optional: BTreeSet::new() }))
    }

    pub fn object_with_optional(attributes: BTreeMap<Arc<str>, Type>, optional: BTreeSet<Arc<str>>) -> Type {
        Type::Object(Arc::new(ObjectType { attributes, optional }))
    }

    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::Bool | Type::Number | Type::String)
    }

    /// A list, set or map; tuples and objects are not collections.
    pub fn is_collection(&self) -> bool {
        matches!(self, Type::List(_) | Type::Set(_) | Type::Map(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self, Type::List(_))
    }

    pub fn is_set(&self) -> bool {
        matches!(self, Type::Set(_))
    }

    pub fn is_map(&self) -> bool {
        matches!(self, Type::Map(_))
    }

    pub fn is_tuple(&self) -> bool {
        matches!(self, Type::Tuple(_))
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Type::Object(_))
    }

    pub fn is_dynamic(&self) -> bool {
        matches!(self, Type::Dynamic)
    }

    /// The element type of a collection.
    pub fn element_type(&self) -> Option<&Type> {
        match self {
            Type::List(element) | Type::Set(element) | Type::Map(element) => Some(element),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&ObjectType> {
        match self {
            Type::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn as_tuple(&self) -> Option<&[Type]> {
        match self {
            Type::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The type of an object's attribute.
    pub fn attribute(&self, name: &str) -> Option<&Type> {
        self.as_object()?.attributes.get(name)
    }

    /// Contains `Dynamic` anywhere.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Type::Dynamic => true,
            Type::Bool | Type::Number | Type::String | Type::Type => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_dynamic(),
            Type::Tuple(elements) => elements.iter().any(Type::has_dynamic),
            Type::Object(object) => object.attributes.values().any(Type::has_dynamic),
        }
    }

    /// Has an optional attribute anywhere, which only constraints have.
    pub fn has_optional(&self) -> bool {
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::Type => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_optional(),
            Type::Tuple(elements) => elements.iter().any(Type::has_optional),
            Type::Object(object) => {
                !object.optional.is_empty() || object.attributes.values().any(Type::has_optional)
            }
        }
    }

    /// The type of values that a constraint makes: the same without "optional", at every depth.
    pub fn without_optional(&self) -> Type {
        if !self.has_optional() {
            return self.clone();
        }
        match self {
            Type::Dynamic | Type::Bool | Type::Number | Type::String | Type::Type => self.clone(),
            Type::List(element) => Type::list(element.without_optional()),
            Type::Set(element) => Type::set(element.without_optional()),
            Type::Map(element) => Type::map(element.without_optional()),
            Type::Tuple(elements) => Type::tuple(elements.iter().map(Type::without_optional).collect()),
            Type::Object(object) => Type::object(
                object.attributes.iter().map(|(name, ty)| (name.clone(), ty.without_optional())).collect(),
            ),
        }
    }

    /// Whether a value of this type can be a value of the constraint, where `Dynamic` accepts everything.
    pub fn conforms_to(&self, constraint: &Type) -> bool {
        match (self, constraint) {
            (_, Type::Dynamic) => true,
            (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
                a.conforms_to(b)
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.conforms_to(b))
            }
            (Type::Object(a), Type::Object(b)) => {
                a.attributes.len() == b.attributes.len()
                    && a.attributes
                        .iter()
                        .all(|(name, ty)| b.attributes.get(name).is_some_and(|want| ty.conforms_to(want)))
            }
            _ => self == constraint,
        }
    }

    /// The English name that messages use for the type of a value: `list of string`, `object`, `dynamic`.
    pub fn friendly_name(&self) -> String {
        self.name(false)
    }

    /// The English name that messages use for what is wanted: `list of any single type`, `any type`.
    pub fn friendly_name_for_constraint(&self) -> String {
        self.name(true)
    }

    /// The type as it is written in a `type =` argument: `list(object({a=optional(string)}))`.
    pub fn constraint_name(&self) -> String {
        let mut out = String::new();
        self.write_constraint(&mut out);
        out
    }

    fn name(&self, constraint: bool) -> String {
        let collection = |kind: &str, element: &Type| {
            if constraint && element.is_dynamic() {
                format!("{kind} of any single type")
            } else {
                format!("{kind} of {}", element.name(constraint))
            }
        };
        match self {
            Type::Dynamic if constraint => "any type".into(),
            Type::Dynamic => "dynamic".into(),
            Type::Bool => "bool".into(),
            Type::Number => "number".into(),
            Type::String => "string".into(),
            Type::List(element) => collection("list", element),
            Type::Set(element) => collection("set", element),
            Type::Map(element) => collection("map", element),
            Type::Tuple(_) => "tuple".into(),
            Type::Object(_) => "object".into(),
            Type::Type => "type".into(),
        }
    }

    fn write_constraint(&self, out: &mut String) {
        let mut collection = |kind: &str, element: &Type| {
            out.push_str(kind);
            out.push('(');
            element.write_constraint(out);
            out.push(')');
        };
        match self {
            Type::Dynamic => out.push_str("any"),
            Type::Bool => out.push_str("bool"),
            Type::Number => out.push_str("number"),
            Type::String => out.push_str("string"),
            Type::List(element) => collection("list", element),
            Type::Set(element) => collection("set", element),
            Type::Map(element) => collection("map", element),
            Type::Tuple(elements) => {
                out.push_str("tuple([");
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write_constraint(out);
                }
                out.push_str("])");
            }
            Type::Object(object) => {
                out.push_str("object({");
                for (index, (name, ty)) in object.attributes.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    if is_identifier(name) {
                        out.push_str(name);
                    } else {
                        // Writing to a string cannot fail.
                        let _ = write!(out, "{:?}", &**name);
                    }
                    out.push('=');
                    if object.optional.contains(name) {
                        out.push_str("optional(");
                        ty.write_constraint(out);
                        out.push(')');
                    } else {
                        ty.write_constraint(out);
                    }
                }
                out.push_str("})");
            }
            Type::Type => out.push_str("type"),
        }
    }
}

/// Whether a name can be written without quotes: a letter or underscore, then letters, digits, `_` and `-`.
pub fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|rest| rest.is_alphanumeric() || rest == '_' || rest == '-')
}
