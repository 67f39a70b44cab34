//! Values and types as state files have them in JSON.

use std::sync::Arc;

use lang::{Number, Type, Value, View};
use serde_json::{Value as Json, json};

/// A value of a known type. Where the type is open, the file tells it beside the value.
///
/// # Errors
///
/// Why the value is none of that type.
pub fn value(json: &Json, ty: &Type) -> Result<Value, lang::ConvertError> {
    if json.is_null() {
        return Ok(Value::null(ty.clone()));
    }
    if !ty.is_dynamic() {
        return lang::convert(&untyped(json), ty);
    }
    match (json.get("value"), json.get("type").and_then(type_of)) {
        (Some(inner), Some(ty)) if !ty.is_dynamic() => value(inner, &ty),
        _ => Ok(untyped(json)),
    }
}

/// A value as the file has it: what [`value`] reads. What is unknown is null, because a state knows everything.
pub fn of_value(value: &Value, ty: &Type) -> Json {
    let value = value.unmark().0;
    if ty.is_dynamic() && !value.is_null() && !value.ty().is_dynamic() {
        let ty = value.ty();
        return json!({ "value": of_value(&value, &ty), "type": of_type(&ty) });
    }
    let items = |items: &[Value], ty: &dyn Fn(usize) -> Type| {
        items.iter().enumerate().map(|(at, item)| of_value(item, &ty(at))).collect::<Vec<_>>()
    };
    let element = match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => (**element).clone(),
        _ => Type::Dynamic,
    };
    match value.view() {
        View::Null | View::Unknown(_) => Json::Null,
        View::Bool(value) => value.into(),
        View::Number(number) => {
            let text = number.to_json().unwrap_or_default();
            serde_json::from_str(&text).unwrap_or(Json::Null)
        }
        View::String(text) => text.into(),
        View::List(list) | View::Set(list) => items(list, &|_| element.clone()).into(),
        View::Tuple(list) => {
            let types = if let Type::Tuple(types) = ty { &types[..] } else { &[] };
            items(list, &|at| types.get(at).cloned().unwrap_or(Type::Dynamic)).into()
        }
        View::Map(map) => map.iter().map(|(key, item)| (key.to_string(), of_value(item, &element))).collect(),
        View::Object(object) => {
            let attribute = |name: &Arc<str>| match ty {
                Type::Object(ty) => ty.attributes.get(name).cloned().unwrap_or(Type::Dynamic),
                _ => Type::Dynamic,
            };
            object.iter().map(|(name, item)| (name.to_string(), of_value(item, &attribute(name)))).collect()
        }
    }
}

/// A type as the file has it: what [`type_of`] reads.
pub fn of_type(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(element) => json!(["list", of_type(element)]),
        Type::Set(element) => json!(["set", of_type(element)]),
        Type::Map(element) => json!(["map", of_type(element)]),
        Type::Tuple(elements) => json!(["tuple", elements.iter().map(of_type).collect::<Vec<_>>()]),
        Type::Object(object) => {
            let attributes = object.attributes.iter().map(|(name, ty)| (name.to_string(), of_type(ty)));
            json!(["object", attributes.collect::<Json>()])
        }
    }
}

/// A type as it stands in the file: `"string"`, `["list", "string"]`, `["object", {…}]`.
pub fn type_of(json: &Json) -> Option<Type> {
    if let Some(name) = json.as_str() {
        return match name {
            "string" => Some(Type::String),
            "number" => Some(Type::Number),
            "bool" => Some(Type::Bool),
            "dynamic" => Some(Type::Dynamic),
            _ => None,
        };
    }
    let [kind, inner, ..] = json.as_array()?.as_slice() else { return None };
    match kind.as_str()? {
        "list" => Some(Type::list(type_of(inner)?)),
        "set" => Some(Type::set(type_of(inner)?)),
        "map" => Some(Type::map(type_of(inner)?)),
        "tuple" => Some(Type::tuple(inner.as_array()?.iter().map(type_of).collect::<Option<Vec<_>>>()?)),
        "object" => {
            let attributes = inner.as_object()?.iter();
            let attributes = attributes.map(|(name, ty)| Some((Arc::from(name.as_str()), type_of(ty)?)));
            Some(Type::object(attributes.collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// A JSON value as the language has it: arrays are tuples, and nothing in a string has a meaning.
pub(crate) fn untyped(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Dynamic),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => {
            // Everything that JSON takes for a number can be read, except exponents beyond all use.
            Number::parse(&number.to_string()).map_or_else(Value::dynamic, Value::number)
        }
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::tuple(items.iter().map(untyped).collect()),
        Json::Object(items) => Value::object(
            items.iter().map(|(name, value)| (Arc::from(name.as_str()), untyped(value))).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_that_the_file_tells() {
        let read = |text: &str| value(&serde_json::from_str(text).unwrap(), &Type::Dynamic).unwrap();
        let set = read(r#"{ "value": ["b", "a", "b"], "type": ["set", "string"] }"#);
        assert_eq!(lang::render::console(&set), "toset([\n  \"a\",\n  \"b\",\n])");
        let object = read(r#"{ "value": { "a": 1 }, "type": ["object", { "a": "number" }] }"#);
        assert_eq!(lang::render::console(&object), "{\n  \"a\" = 1\n}");
        assert!(read("null").is_null());
    }
}
