//! Functions on collections of any kind: looking things up, counting, combining maps.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::args::{ANY, BOOL, NUMBER, STRING, STRING_LIST, arg, count, integer, items};
use super::{Call, Function, FunctionError, Param, ParamType, Returns, text};
use crate::quote;
use crate::{Marks, NULL_NEEDLE, Number, Refinements, Type, Value, View, convert, ops, unify_unsafe};

const BOOL_LIST: ParamType = ParamType::List(&BOOL);
const GROUPS: ParamType = ParamType::Map(&STRING_LIST);
const LIST: Param = Param::new("list", ANY, "A list, set or tuple.");
const MAP: Param = Param::new("inputMap", ANY, "A map or an object.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "alltrue",
        "Tells whether all elements are true. An empty list gives true; a null counts as false.", r#"alltrue([true, "false"]) # false"#,
        &[Param::new("list", BOOL_LIST, "The booleans to look at.")],
        Returns::Type(BOOL),
        |args, _, _| Ok(decide(items(args, 0), false)),
    ),
    Function::new(
        "anytrue",
        "Tells whether at least one element is true. An empty list gives false.", "anytrue([true, false]) # true",
        &[Param::new("list", BOOL_LIST, "The booleans to look at.")],
        Returns::Type(BOOL),
        |args, _, _| Ok(decide(items(args, 0), true)),
    ),
    Function::new(
        "coalesce",
        "Returns the first argument that is neither null nor an empty string.", r#"coalesce(null, "", "b") # "b""#,
        &[],
        Returns::Rule(|args| {
            unify_unsafe(&args.iter().map(Value::ty).collect::<Vec<_>>())
                .filter(|_| !args.is_empty())
                .ok_or_else(|| FunctionError::call("all arguments must have the same type"))
        }),
        coalesce,
    )
    .variadic(Param::new("vals", ANY, "The values to choose from, in order.").nullable().unknown().dynamic().marked()),
    Function::new(
        "coalescelist",
        "Returns the first list or tuple that is neither null nor empty.", r#"coalescelist([], ["a"]) # ["a"]"#,
        &[],
        Returns::Rule(coalesce_list_type),
        coalesce_list,
    )
    .variadic(Param::new("vals", ANY, "The lists to choose from, in order.").nullable().unknown().dynamic()),
    Function::new(
        "contains",
        "Tells whether a list, set or tuple has an element that equals a value.", r#"contains(["a", "b"], "a") # true"#,
        &[LIST, Param::new("value", ANY, "The value to look for; its type matters.").nullable_since(NULL_NEEDLE)],
        Returns::Type(BOOL),
        contains,
    ),
    Function::new(
        "element",
        "Returns one element of a list or tuple; an index past the end starts again at the beginning.", r#"element(["a", "b", "c"], 4) # "b""#,
        &[LIST.marked(), Param::new("index", NUMBER, "Which element, counted from zero.")],
        Returns::Rule(element_type),
        element,
    )
    .nullable_result(),
    Function::new(
        "index",
        "Returns the position of the first element that equals a value.", r#"index(["a", "b", "c"], "b") # 1"#,
        &[LIST, Param::new("value", ANY, "The value to look for; its type matters.")],
        Returns::Type(NUMBER),
        index,
    ),
    Function::new(
        "keys",
        "Returns the keys of a map or the attribute names of an object, sorted.", r#"keys({ b = 1, a = 2 }) # ["a", "b"]"#,
        &[MAP.unknown().marked()],
        Returns::Rule(|args| match arg(args, 0).ty() {
            Type::Map(_) => Ok(Type::list(Type::String)),
            Type::Object(object) => Ok(Type::tuple(vec![Type::String; object.attributes.len()])),
            _ => Err(FunctionError::argument(0, "must have map or object type")),
        }),
        keys,
    ),
    Function::new(
        "length",
        "Returns the number of elements of a collection, or of characters of a string.", r#"length(["a", "b"]) # 2"#,
        &[Param::new("value", ANY, "A string, list, set, tuple, map or object.").unknown().dynamic().marked()],
        Returns::Rule(|args| {
            let ty = arg(args, 0).ty();
            if matches!(ty, Type::Bool | Type::Number | Type::Type) {
                return Err(FunctionError::call(
                    "argument must be a string, a collection type, or a structural type",
                ));
            }
            Ok(Type::Number)
        }),
        |args, _, _| Ok(length(arg(args, 0))),
    ),
    Function::new(
        "lookup",
        "Returns the element of a map or the attribute of an object with a given key, or a default when there is none.", r#"lookup({ a = "x" }, "b", "none") # "none""#,
        &[MAP.marked().sticky(), Param::new("key", STRING, "The key to look for.").marked().sticky()],
        Returns::Rule(lookup_type),
        lookup,
    )
    .variadic(Param::new("default", ANY, "What to return when there is no such key.").nullable().unknown().dynamic().marked())
    .nullable_result(),
    Function::new(
        "matchkeys",
        "Returns the elements of one list whose counterparts in a second list are in a third one.", r#"matchkeys(["i-1", "i-2"], ["west", "east"], ["east"]) # ["i-2"]"#,
        &[
            Param::new("values", super::args::ANY_LIST, "The elements to choose from."),
            Param::new("keys", super::args::ANY_LIST, "Their counterparts, one for each."),
            Param::new("searchset", super::args::ANY_LIST, "The counterparts that are wanted."),
        ],
        Returns::Rule(|args| {
            if unify_unsafe(&[arg(args, 1).ty(), arg(args, 2).ty()]).is_none() {
                return Err(FunctionError::call("keys and searchset must be of the same type"));
            }
            Ok(arg(args, 0).ty())
        }),
        match_keys,
    ),
    Function::new(
        "merge",
        "Combines maps or objects into one; where keys meet, the later argument wins.", "merge({ a = 1, b = 1 }, { b = 2 }) # { a = 1, b = 2 }",
        &[],
        Returns::Rule(merge_type),
        merge,
    )
    .variadic(Param::new("maps", ANY, "Maps or objects; nulls are left out.").nullable().dynamic().marked()),
    Function::new(
        "one",
        "Returns the only element of a list, set or tuple, or null when it is empty.", r#"one(["a"]) # "a""#,
        &[LIST.unknown().dynamic().marked()],
        Returns::Rule(one_type),
        one,
    )
    .nullable_result(),
    Function::new(
        "sum",
        "Adds up the numbers of a list, set or tuple.", "sum([10, 13, 6.5]) # 29.5",
        &[LIST],
        Returns::Type(NUMBER),
        sum,
    ),
    Function::new(
        "transpose",
        "Turns a map of lists of strings around: every string becomes a key, every key an element.", r#"transpose({ a = ["1", "2"], b = ["2"] }) # { "1" = ["a"], "2" = ["a", "b"] }"#,
        &[Param::new("values", GROUPS, "A map of lists of strings.")],
        Returns::Type(GROUPS),
        transpose,
    ),
    Function::new(
        "values",
        "Returns the values of a map or an object, in the order of the sorted keys.", "values({ b = 1, a = 2 }) # [2, 1]",
        &[Param::new("mapping", ANY, "A map or an object.").marked()],
        Returns::Rule(|args| match arg(args, 0).ty() {
            Type::Map(element) => Ok(Type::List(element)),
            Type::Object(object) => Ok(Type::tuple(object.attributes.values().cloned().collect())),
            _ => Err(FunctionError::call("values() requires a map as the first argument")),
        }),
        values,
    ),
];

/// Whether some (or all) are true: the first element that equals `deciding` settles it; null counts as false.
fn decide(items: &[Value], deciding: bool) -> Value {
    let mut unknown = false;
    for item in items {
        if !item.is_known() {
            unknown = true;
            if !deciding {
                // `alltrue` of Terraform looks no further, `anytrue` does.
                break;
            }
        } else if item.as_bool().unwrap_or(false) == deciding {
            return deciding.into();
        }
    }
    if unknown { Value::unknown(Type::Bool) } else { (!deciding).into() }
}

fn coalesce(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    // Which argument is chosen says something about those before it, and cty marks the result for all of them.
    let marks = args.iter().fold(Marks::EMPTY, |marks, value| marks | value.marks());
    for value in args {
        let (value, _) = value.unmark();
        if !value.is_known() {
            return Ok(Value::unknown(ty.clone()).with_marks(marks));
        }
        if value.is_null() || value.as_str() == Some("") {
            continue;
        }
        let value = convert(&value, ty).map_err(|error| FunctionError::call(error.to_string()))?;
        return Ok(value.with_marks(marks));
    }
    Err(FunctionError::call("no non-null, non-empty-string arguments"))
}

fn coalesce_list_type(args: &[Value]) -> Result<Type, FunctionError> {
    let Some(first) = args.first() else {
        return Err(FunctionError::call("at least one argument is required"));
    };
    for value in args {
        if !value.is_known() {
            return Ok(Type::Dynamic);
        }
        if !matches!(value.ty(), Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::call("coalescelist arguments must be lists or tuples"));
        }
    }
    let ty = first.ty();
    Ok(if args.iter().all(|value| value.ty() == ty) { ty } else { Type::Dynamic })
}

fn coalesce_list(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    for value in args {
        if !value.is_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        if !value.is_null() && !value.is_empty() {
            return Ok(value.clone());
        }
    }
    Err(FunctionError::call("no non-null arguments"))
}

fn contains(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    if !matches!(arg(args, 0).ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) {
        return Err(FunctionError::call("argument must be list, tuple, or set"));
    }
    let mut unknown = false;
    for item in items(args, 0) {
        match ops::equals(arg(args, 1), item).as_bool() {
            Some(true) => return Ok(true.into()),
            Some(false) => {}
            None => unknown = true,
        }
    }
    Ok(if unknown { Value::unknown(Type::Bool) } else { false.into() })
}

fn element_type(args: &[Value]) -> Result<Type, FunctionError> {
    match arg(args, 0).ty() {
        Type::List(element) => Ok((*element).clone()),
        Type::Tuple(types) => {
            let index = arg(args, 1);
            if !index.is_known() {
                return Ok(Type::Dynamic);
            }
            let position = element_position(index, types.len())?;
            let count = i64::try_from(types.len()).unwrap_or(i64::MAX);
            if let Ok(rest @ ..0) = integer(index).map(|index| index % count) {
                // Fails inside Terraform up to 1.11, though a list accepts it.
                return Err(FunctionError::call(format!(
                    "panic in function implementation: runtime error: index out of range [{rest}]"
                )));
            }
            Ok(types.get(position).cloned().unwrap_or(Type::Dynamic))
        }
        other => Err(FunctionError::call(format!("cannot read elements from {}", other.friendly_name()))),
    }
}

fn element_position(index: &Value, length: usize) -> Result<usize, FunctionError> {
    let index = integer(index).map_err(|message| FunctionError::call(format!("invalid index: {message}")))?;
    match i64::try_from(length) {
        Ok(length) if length > 0 => Ok(usize::try_from(index.rem_euclid(length)).unwrap_or(0)),
        _ => Err(FunctionError::call("cannot use element function with an empty list")),
    }
}

fn element(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = arg(args, 0).unmark();
    let Some(items) = list.as_slice() else {
        return Ok(Value::unknown(ty.clone()).with_marks(marks));
    };
    let position = element_position(arg(args, 1), items.len())?;
    let item = items.get(position).cloned().unwrap_or_else(|| Value::unknown(ty.clone()));
    Ok(item.with_marks(marks))
}

fn index(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    if !matches!(arg(args, 0).ty(), Type::List(_) | Type::Tuple(_)) {
        return Err(FunctionError::call("argument must be a list or tuple"));
    }
    if items(args, 0).is_empty() {
        return Err(FunctionError::call("cannot search an empty list"));
    }
    for (position, item) in items(args, 0).iter().enumerate() {
        match ops::equals(item, arg(args, 1)).as_bool() {
            Some(true) => return Ok(count(position)),
            Some(false) => {}
            None => return Ok(Value::unknown(Type::Number)),
        }
    }
    Err(FunctionError::call("item not found"))
}

fn keys(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (map, marks) = arg(args, 0).unmark();
    let keys = match map.ty() {
        Type::Object(object) => Value::tuple(object.attributes.keys().map(|key| (&**key).into()).collect()),
        _ => match map.as_map() {
            Some(map) => Value::list(Type::String, map.keys().map(|key| (&**key).into()).collect()),
            None => Value::unknown(ty.clone()),
        },
    };
    Ok(keys.with_marks(marks))
}

/// Terraform's `length`: of a string in grapheme clusters; of something unknown as exactly as its type and
/// refinements allow.
fn length(value: &Value) -> Value {
    let (value, marks) = value.unmark();
    let ty = value.ty();
    let length = match (&ty, value.view()) {
        (_, View::String(string)) => count(text::length(string)),
        (Type::Tuple(types), _) => count(types.len()),
        (Type::Object(object), _) => count(object.attributes.len()),
        (Type::Dynamic, View::Unknown(_)) => Value::unknown_refined(Type::Number, Refinements::not_null()),
        (_, View::Unknown(known)) => {
            let (lower, upper) = match &known.prefix {
                Some(prefix) => (text::length(prefix), None),
                None => (known.length_lower.unwrap_or(0), known.length_upper),
            };
            let upper = upper.map(Number::from_usize);
            let range = Refinements::range(Some(Number::from_usize(lower)), upper);
            Value::unknown_refined(Type::Number, range)
        }
        (Type::Set(_), View::Set(items)) if items.len() > 1 && !value.is_wholly_known() => {
            // Unknown elements may turn out to be the same.
            let (one, most) = (Number::from_i64(1), Number::from_usize(items.len()));
            Value::unknown_refined(Type::Number, Refinements::range(Some(one), Some(most)))
        }
        _ => count(value.len().unwrap_or(0)),
    };
    length.with_marks(marks)
}

fn lookup_type(args: &[Value]) -> Result<Type, FunctionError> {
    if args.len() > 3 {
        return Err(FunctionError::call(format!(
            "lookup() takes two or three arguments, got {}",
            args.len()
        )));
    }
    let default = args.get(2);
    match arg(args, 0).ty() {
        Type::Object(object) => {
            let Some(key) = arg(args, 1).as_str() else { return Ok(Type::Dynamic) };
            match (object.attributes.get(key), default) {
                (Some(ty), _) => Ok(ty.clone()),
                (None, Some(default)) => Ok(default.ty()),
                (None, None) => Err(FunctionError::argument(
                    0,
                    format!("the given object has no attribute {}", quote(key)),
                )),
            }
        }
        Type::Map(element) => {
            if default.is_some_and(|default| convert(default, &element).is_err()) {
                return Err(FunctionError::argument(
                    2,
                    "the default value must have the same type as the map elements",
                ));
            }
            Ok((*element).clone())
        }
        _ => Err(FunctionError::argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (map, map_marks) = arg(args, 0).unmark();
    let (key, key_marks) = arg(args, 1).unmark();
    let marks = map_marks | key_marks;
    let key = key.as_str().unwrap_or_default();
    if let Some(value) = map.as_map().and_then(|map| map.get(key)) {
        return Ok(value.clone().with_marks(marks));
    }
    let Some(default) = args.get(2) else {
        return Err(FunctionError::call(format!("lookup failed to find key {}", quote(key))));
    };
    let default = convert(default, ty).map_err(|error| FunctionError::call(error.to_string()))?;
    Ok(default.with_marks(marks))
}

fn match_keys(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (values, keys) = (items(args, 0), items(args, 1));
    if values.len() != keys.len() {
        return Err(FunctionError::call("length of keys and values should be equal"));
    }
    if !args.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(ty.clone()));
    }
    let common = unify_unsafe(&[arg(args, 1).ty(), arg(args, 2).ty()]).unwrap_or(Type::Dynamic);
    let converted = |index: usize| {
        convert(arg(args, index), &common).map_err(|error| FunctionError::call(error.to_string()))
    };
    let (keys, wanted) = (converted(1)?, converted(2)?);
    let wanted: HashSet<&Value> = wanted.as_slice().unwrap_or_default().iter().collect();
    let chosen = values
        .iter()
        .zip(keys.as_slice().unwrap_or_default())
        .filter(|(_, key)| wanted.contains(key))
        .map(|(value, _)| value.clone())
        .collect();
    Ok(Value::list(ty.element_type().cloned().unwrap_or(Type::Dynamic), chosen))
}

fn merge_type(args: &[Value]) -> Result<Type, FunctionError> {
    let mut attributes = BTreeMap::new();
    let mut all_known = true;
    for value in args {
        let ty = value.ty();
        match (&ty, value.view()) {
            (Type::Dynamic, View::Null) | (Type::Map(_), View::Null) | (Type::Object(_), View::Null) => {}
            (Type::Dynamic, _) => return Ok(Type::Dynamic),
            (Type::Object(object), _) => attributes.extend(object.attributes.clone()),
            (Type::Map(element), View::Map(map)) => {
                attributes.extend(map.keys().map(|key| (key.clone(), (**element).clone())));
            }
            (Type::Map(_), _) => all_known = false,
            _ => {
                return Err(FunctionError::call(format!(
                    "arguments must be maps or objects, got {}",
                    quote(&ty.friendly_name())
                )));
            }
        }
    }
    match args.first().map(Value::ty) {
        Some(first) if !first.is_dynamic() && args.iter().all(|value| value.ty() == first) => Ok(first),
        // A null without a type leaves the type open, though not the value.
        _ if args.iter().any(|value| value.ty().is_dynamic()) || !all_known => Ok(Type::Dynamic),
        _ => Ok(Type::object(attributes)),
    }
}

fn merge(args: &[Value], ty: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let mut merged: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut marks = Marks::EMPTY;
    for value in args {
        let (value, own) = value.unmark();
        marks = marks | own;
        if let Some(map) = value.as_map() {
            merged.extend(map.iter().map(|(key, item)| (key.clone(), item.clone())));
            call.limits.check_elements(merged.len())?;
        }
    }
    let merged = match ty {
        Type::Map(element) => Value::map((**element).clone(), merged),
        _ => Value::object(merged),
    };
    Ok(merged.with_marks(marks))
}

fn one_type(args: &[Value]) -> Result<Type, FunctionError> {
    match arg(args, 0).ty() {
        Type::Dynamic => Ok(Type::Dynamic),
        Type::List(element) | Type::Set(element) => Ok((*element).clone()),
        Type::Tuple(types) => match &*types {
            [] => Ok(Type::Dynamic),
            [only] => Ok(only.clone()),
            _ => Err(not_one()),
        },
        _ => Err(not_one()),
    }
}

fn one(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = arg(args, 0).unmark();
    let value = match list.as_slice() {
        None => Value::unknown(ty.clone()),
        Some([]) => Value::null(ty.clone()),
        Some([only]) => only.clone(),
        // The elements of a set that are still unknown may turn out to be the same.
        Some(_) if list.ty().is_set() && !list.is_wholly_known() => Value::unknown(ty.clone()),
        Some(_) => return Err(not_one()),
    };
    Ok(value.with_marks(marks))
}

fn not_one() -> FunctionError {
    FunctionError::argument(0, "must be a list, set, or tuple value with either zero or one elements")
}

fn sum(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let list = arg(args, 0);
    let fail = |message: String| Err(FunctionError::argument(0, message));
    match list.ty() {
        Type::Bool | Type::Number | Type::String | Type::Type => {
            return fail("cannot sum noniterable".into());
        }
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => {}
        other => {
            return fail(format!("argument must be list, set, or tuple. Received {}", other.friendly_name()));
        }
    }
    if items(args, 0).is_empty() {
        return fail("cannot sum an empty list".into());
    }
    if !list.is_wholly_known() {
        return Ok(Value::unknown(Type::Number));
    }
    let mut total: Option<Number> = None;
    for item in items(args, 0) {
        let number = convert(item, &Type::Number).ok();
        let Some(number) = number.as_ref().and_then(Value::as_number) else {
            return fail("argument must be list, set, or tuple of number values".into());
        };
        total = Some(match total {
            None => number.clone(),
            Some(total) => total
                .add(number)
                .map_err(|_| FunctionError::call("can't compute sum of opposing infinities"))?,
        });
    }
    Ok(total.map_or_else(|| Value::unknown(Type::Number), Value::number))
}

fn transpose(args: &[Value], ty: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    if !arg(args, 0).is_wholly_known() {
        return Ok(Value::unknown(ty.clone()));
    }
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    let mut total = 0;
    for (key, group) in arg(args, 0).as_map().into_iter().flatten() {
        let Some(group) = group.as_slice() else {
            return Err(FunctionError::call("input must not contain null list"));
        };
        for item in group {
            let Some(item) = item.as_arc_str() else {
                return Err(FunctionError::call("input list must not contain null string"));
            };
            total += 1;
            call.limits.check_elements(total)?;
            turned.entry(item).or_default().push((&**key).into());
        }
    }
    let turned = turned.into_iter().map(|(key, group)| (key, Value::list(Type::String, group))).collect();
    Ok(Value::map(Type::list(Type::String), turned))
}

fn values(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (map, marks) = arg(args, 0).unmark();
    let values: Vec<Value> = map.as_map().into_iter().flatten().map(|(_, value)| value.clone()).collect();
    let values = match ty {
        Type::List(element) => Value::list((**element).clone(), values),
        _ => Value::tuple(values),
    };
    Ok(values.with_marks(marks))
}
