//! The notation of the data files: `[kind, contents]` for values, names and `[kind, element]` for types.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lang::{Defaults, Marks, Number, Type, Value, convert, ops};
use serde_json::{Value as Json, json};

pub(crate) fn value(json: &Json) -> Value {
    let (kind, inner) = (json[0].as_str().expect("a kind"), &json[1]);
    let items = || inner.as_array().expect("elements").iter().map(value).collect::<Vec<_>>();
    let attributes = || -> BTreeMap<Arc<str>, Value> {
        let object = inner.as_object().expect("attributes");
        object.iter().map(|(key, item)| (lang::value::normalize(key), value(item))).collect()
    };
    let to = |value: Value, ty: Type| convert(&value, &ty).expect("elements of one type");
    match kind {
        "string" => Value::string(inner.as_str().expect("a text")),
        "number" => Value::number(Number::parse(inner.as_str().expect("digits")).expect("a number")),
        "bool" => Value::bool(inner.as_bool().expect("a boolean")),
        "null" => Value::null(ty(inner)),
        "tuple" => Value::tuple(items()),
        "object" => Value::object(attributes()),
        "list" => to(Value::tuple(items()), Type::list(Type::Dynamic)),
        "set" => to(Value::tuple(items()), Type::set(Type::Dynamic)),
        "map" => to(Value::object(attributes()), Type::map(Type::Dynamic)),
        "sensitive" => value(inner).with_marks(Marks::SENSITIVE),
        _ => panic!("unknown kind {kind}"),
    }
}

pub(crate) fn ty(json: &Json) -> Type {
    match json.as_str() {
        Some("any") => return Type::Dynamic,
        Some("string") => return Type::String,
        Some("number") => return Type::Number,
        Some("bool") => return Type::Bool,
        _ => {}
    }
    let (kind, inner) = (json[0].as_str().expect("a kind"), &json[1]);
    match kind {
        "list" => Type::list(ty(inner)),
        "set" => Type::set(ty(inner)),
        "map" => Type::map(ty(inner)),
        "tuple" => Type::tuple(inner.as_array().expect("elements").iter().map(ty).collect()),
        "object" => {
            let mut attributes = BTreeMap::new();
            let mut optional = BTreeSet::new();
            for (name, attribute) in inner.as_object().expect("attributes") {
                let name: Arc<str> = name.as_str().into();
                if attribute[0] == "optional" {
                    optional.insert(name.clone());
                    attributes.insert(name, ty(&attribute[1]));
                } else {
                    attributes.insert(name, ty(attribute));
                }
            }
            Type::object_with_optional(attributes, optional)
        }
        _ => panic!("unknown kind {kind}"),
    }
}

/// A type as terraform writes it in JSON.
pub(crate) fn type_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::Type => json!("type"),
        Type::List(element) => json!(["list", type_json(element)]),
        Type::Set(element) => json!(["set", type_json(element)]),
        Type::Map(element) => json!(["map", type_json(element)]),
        Type::Tuple(elements) => json!(["tuple", elements.iter().map(type_json).collect::<Vec<_>>()]),
        Type::Object(object) => {
            let attributes: BTreeMap<String, Json> =
                object.attributes.iter().map(|(name, ty)| (name.to_string(), type_json(ty))).collect();
            json!(["object", attributes])
        }
    }
}

/// The defaults of `["optional", type, default]` in a type.
pub(crate) fn defaults(json: &Json, constraint: &Type) -> Defaults {
    let mut defaults = Defaults::new(constraint.clone());
    let (kind, inner) = (json[0].as_str(), &json[1]);
    let mut child = |name: &str, json: &Json, ty: &Type| {
        let child = self::defaults(json, ty);
        if !child.is_empty() {
            defaults.children.insert(name.into(), child);
        }
    };
    match (kind, constraint) {
        (Some("list" | "set" | "map"), _) => {
            child("", inner, constraint.element_type().expect("a collection"));
        }
        (Some("tuple"), Type::Tuple(types)) => {
            for (index, ty) in types.iter().enumerate() {
                child(&index.to_string(), &inner[index], ty);
            }
        }
        (Some("object"), Type::Object(object)) => {
            for (name, attribute) in inner.as_object().expect("attributes") {
                let ty = &object.attributes[name.as_str()];
                child(name, if attribute[0] == "optional" { &attribute[1] } else { attribute }, ty);
            }
            for (name, attribute) in inner.as_object().expect("attributes") {
                if attribute[0] == "optional" && !attribute[2].is_null() {
                    let default = convert(&value(&attribute[2]), &object.attributes[name.as_str()]);
                    defaults.values.insert(name.as_str().into(), default.expect("a fitting default"));
                }
            }
        }
        _ => {}
    }
    defaults
}

/// `None` when the operation fails.
pub(crate) fn arithmetic(tree: &Json) -> Option<Value> {
    if let Some(text) = tree.as_str() {
        return Number::parse(text).map(Value::number);
    }
    let unary = || arithmetic(&tree[1]);
    let binary = |operation: fn(&Value, &Value) -> ops::OpResult| {
        operation(&arithmetic(&tree[1])?, &arithmetic(&tree[2])?).ok()
    };
    match tree[0].as_str().expect("an operator") {
        "len" => Some(Value::int(tree[1].as_i64().expect("a length"))),
        "f64" => {
            let float = tree[1].as_str().expect("digits").parse().expect("a float");
            Number::from_f64(float).map(Value::number)
        }
        "n" => ops::negate(&unary()?).ok(),
        "+" => binary(ops::add),
        "-" => binary(ops::subtract),
        "*" => binary(ops::multiply),
        "/" => binary(ops::divide),
        "%" => binary(ops::modulo),
        "==" => binary(|a, b| Ok(ops::equals(a, b))),
        "!=" => binary(|a, b| Ok(ops::not_equals(a, b))),
        "<" => binary(ops::less),
        ">" => binary(ops::greater),
        "<=" => binary(ops::less_or_equal),
        ">=" => binary(ops::greater_or_equal),
        operator => panic!("unknown operator {operator}"),
    }
}
