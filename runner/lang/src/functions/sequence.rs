//! Functions on lists and tuples.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::args::{ANY, ANY_LIST, NUMBER, STRING_LIST, arg, integer, items};
use super::{Call, Function, FunctionError, Param, Returns};
use crate::{Marks, Number, Type, Value, convert, unify_unsafe};

const LIST: Param = Param::new("list", ANY, "A list or tuple.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "chunklist",
        "Cuts a list into lists of a given length; the last one may be shorter.", r#"chunklist(["a", "b", "c"], 2) # [["a", "b"], ["c"]]"#,
        &[
            Param::new("list", ANY_LIST, "The list to cut.").marked(),
            Param::new("size", NUMBER, "The greatest length of a part; 0 keeps everything in one.").marked(),
        ],
        Returns::Rule(|args| Ok(Type::list(arg(args, 0).ty()))),
        chunk_list,
    ),
    Function::new(
        "compact",
        "Leaves out the empty strings and nulls of a list of strings.", r#"compact(["a", "", "b"]) # ["a", "b"]"#,
        &[Param::new("list", STRING_LIST, "The strings to look at.")],
        Returns::Type(STRING_LIST),
        |args, ty, _| {
            if !arg(args, 0).is_wholly_known() {
                return Ok(Value::unknown(ty.clone()));
            }
            let filled = |item: &&Value| item.as_str().is_some_and(|text| !text.is_empty());
            Ok(Value::list(Type::String, items(args, 0).iter().filter(filled).cloned().collect()))
        },
    ),
    Function::new(
        "concat",
        "Puts lists or tuples one after the other.", r#"concat(["a"], ["b", "c"]) # ["a", "b", "c"]"#,
        &[],
        Returns::Rule(concat_type),
        concat,
    )
    .variadic(Param::new("seqs", ANY, "Lists or tuples to join.").marked()),
    Function::new(
        "distinct",
        "Leaves out the elements of a list that equal an earlier one.", r#"distinct(["a", "b", "a"]) # ["a", "b"]"#,
        &[Param::new("list", ANY_LIST, "The list to look at.")],
        Returns::Rule(|args| Ok(arg(args, 0).ty())),
        distinct,
    ),
    Function::new(
        "flatten",
        "Replaces elements that are lists, sets or tuples by their own elements, at every depth.", r#"flatten([["a"], [["b"], "c"]]) # ["a", "b", "c"]"#,
        &[Param::new("list", ANY, "A list, set or tuple.").marked()],
        Returns::Rule(flatten_type),
        flatten,
    ),
    Function::new(
        "range",
        "Returns the numbers from a start (0 if left out) up to but without a limit, in steps of 1 or of a given size. \
         More than 1024 numbers are refused.", "range(1, 4) # [1, 2, 3]",
        &[],
        Returns::Type(super::ParamType::List(&NUMBER)),
        range,
    )
    .variadic(Param::new("params", NUMBER, "The limit; start and limit; or start, limit and step.")),
    Function::new(
        "reverse",
        "Reverses the order of a list or tuple.", r#"reverse(["a", "b"]) # ["b", "a"]"#,
        &[LIST.marked()],
        Returns::Rule(|args| match arg(args, 0).ty() {
            Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned().collect())),
            Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
            other => Err(FunctionError::argument(
                0,
                format!("can only reverse list or tuple values, not {}", other.friendly_name()),
            )),
        }),
        |args, ty, _| {
            let (list, marks) = arg(args, 0).unmark();
            let items = list.as_slice().unwrap_or_default().iter().rev().cloned().collect();
            Ok(sequence_of(ty, items).with_marks(marks))
        },
    ),
    Function::new(
        "slice",
        "Returns the elements from one index up to but without another.", r#"slice(["a", "b", "c"], 1, 3) # ["b", "c"]"#,
        &[
            LIST.marked(),
            Param::new("start_index", NUMBER, "The first element to take, counted from zero."),
            Param::new("end_index", NUMBER, "The element before which to stop."),
        ],
        Returns::Rule(slice_type),
        slice,
    ),
    Function::new(
        "zipmap",
        "Makes a map or an object of a list of keys and a list or tuple of as many values.", r#"zipmap(["a", "b"], [1, 2]) # { a = 1, b = 2 }"#,
        &[
            Param::new("keys", STRING_LIST, "The keys.").marked(),
            Param::new("values", ANY, "The values, in the order of the keys.").marked(),
        ],
        Returns::Rule(zipmap_type),
        zipmap,
    ),
];

/// A list or a tuple, as the type says.
fn sequence_of(ty: &Type, items: Vec<Value>) -> Value {
    match ty {
        Type::List(element) => Value::list((**element).clone(), items),
        _ => Value::tuple(items),
    }
}

fn chunk_list(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (list, list_marks) = arg(args, 0).unmark();
    let (size, size_marks) = arg(args, 1).unmark();
    let size = integer(&size).map_err(|message| FunctionError::call(format!("invalid size: {message}")))?;
    let size =
        usize::try_from(size).map_err(|_| FunctionError::call("the size argument must be positive"))?;
    let element = list.ty().element_type().cloned().unwrap_or(Type::Dynamic);
    let parts = match list.as_slice().unwrap_or_default() {
        [] => Vec::new(),
        _ if size == 0 => vec![list.clone()],
        items => items.chunks(size).map(|part| Value::list(element.clone(), part.to_vec())).collect(),
    };
    Ok(Value::list(list.ty(), parts).with_marks(list_marks | size_marks))
}

fn concat_type(args: &[Value]) -> Result<Type, FunctionError> {
    if args.is_empty() {
        return Err(FunctionError::call("at least one argument is required"));
    }
    if args.iter().all(|value| value.ty().is_list()) {
        let types: Vec<Type> = args.iter().map(Value::ty).collect();
        if let Some(common) = unify_unsafe(&types) {
            return Ok(common);
        }
    }
    let mut elements = Vec::new();
    for (index, value) in args.iter().enumerate() {
        match value.ty() {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            Type::List(element) => match value.len() {
                Some(length) => elements.extend(std::iter::repeat_n((*element).clone(), length)),
                None => return Ok(Type::Dynamic),
            },
            other => {
                return Err(FunctionError::argument(
                    index,
                    format!("all arguments must be lists or tuples; got {}", other.friendly_name()),
                ));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(args: &[Value], ty: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let mut marks = Marks::EMPTY;
    let mut joined = Vec::new();
    for (index, value) in args.iter().enumerate() {
        let value = match ty {
            Type::List(_) => {
                convert(value, ty).map_err(|error| FunctionError::argument(index, error.to_string()))?
            }
            _ => value.clone(),
        };
        let (value, own) = value.unmark();
        marks = marks | own;
        let items = value.as_slice().unwrap_or_default();
        call.limits.check_elements(joined.len().saturating_add(items.len()))?;
        joined.extend_from_slice(items);
    }
    Ok(sequence_of(ty, joined).with_marks(marks))
}

fn distinct(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    if !arg(args, 0).is_wholly_known() {
        return Ok(Value::unknown(ty.clone()));
    }
    let mut seen = HashSet::new();
    let kept = items(args, 0).iter().filter(|item| seen.insert((*item).clone())).cloned().collect();
    Ok(Value::list(ty.element_type().cloned().unwrap_or(Type::Dynamic), kept))
}

fn is_sequence(value: &Value) -> bool {
    matches!(value.ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

fn flatten_type(args: &[Value]) -> Result<Type, FunctionError> {
    let list = arg(args, 0);
    if !list.is_wholly_known() {
        return Ok(Type::Dynamic);
    }
    if !is_sequence(list) {
        return Err(FunctionError::call("can only flatten lists, sets and tuples"));
    }
    // The types of the elements are those of the result, which is made once, in the body.
    Ok(Type::Dynamic)
}

fn flatten(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let mut flat = Flattened { items: Vec::new(), marks: Marks::EMPTY, known: true };
    flat.add(arg(args, 0), call)?;
    let result = if flat.known { Value::tuple(flat.items) } else { Value::dynamic() };
    Ok(result.with_marks(flat.marks))
}

struct Flattened {
    items: Vec<Value>,
    /// Marks of the sequences that were opened.
    marks: Marks,
    /// All lengths are known.
    known: bool,
}

impl Flattened {
    /// As deep as the value is; values have a bounded depth.
    fn add(&mut self, list: &Value, call: &Call<'_>) -> Result<(), FunctionError> {
        let (list, marks) = list.unmark();
        self.marks = self.marks | marks;
        // A set with unknown elements may have fewer of them than it seems.
        if !list.is_known() || (list.ty().is_set() && !list.is_wholly_known() && list.len() > Some(1)) {
            self.known = false;
            return Ok(());
        }
        for item in list.as_slice().unwrap_or_default() {
            // What has a mark counts as an element, whatever it may turn out to be.
            if !item.is_known() && item.ty().is_dynamic() && item.marks().is_empty() {
                self.known = false;
            }
            if is_sequence(item) && !item.is_null() {
                self.add(item, call)?;
            } else {
                self.items.push(item.clone());
                call.limits.check_elements(self.items.len())?;
            }
        }
        Ok(())
    }
}

fn range(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    /// Terraform's limit.
    const MOST: usize = 1024;
    let numbers: Vec<&Number> = args.iter().filter_map(Value::as_number).collect();
    let zero = Number::from_i64(0);
    let unit = |down: bool| Number::from_i64(if down { -1 } else { 1 });
    let (start, end, step) = match numbers.as_slice() {
        [end] => (&zero, *end, unit(end.cmp(&zero) == Ordering::Less)),
        [start, end] => (*start, *end, unit(end.cmp(start) == Ordering::Less)),
        [start, end, step] => (*start, *end, (*step).clone()),
        _ => return Err(FunctionError::call("must have one, two, or three arguments")),
    };
    // A step of zero goes up for ever, until there are too many.
    let down = step.signum() < 0;
    let before_end = if down { Ordering::Greater } else { Ordering::Less };
    if end.cmp(start) == before_end {
        let message = if down {
            "end must be less than start when step is negative"
        } else {
            "end must be greater than start when step is positive"
        };
        return Err(FunctionError::argument(1, message));
    }
    let mut values = Vec::new();
    let mut number = start.clone();
    while number.cmp(end) == before_end {
        if values.len() >= MOST {
            return Err(FunctionError::call(
                "more than 1024 values were generated; either decrease the difference between start and end or use \
                 a smaller step",
            ));
        }
        let next = number.add(&step).map_err(|error| FunctionError::call(error.to_string()))?;
        values.push(Value::number(std::mem::replace(&mut number, next)));
    }
    Ok(Value::list(Type::Number, values))
}

fn slice_type(args: &[Value]) -> Result<Type, FunctionError> {
    let ty = arg(args, 0).ty();
    let fail = |message: &str| Err(FunctionError::argument(0, message));
    let types = match &ty {
        Type::Set(_) => {
            return fail(
                "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the \
                 ordering of the result is not important",
            );
        }
        Type::List(_) => None,
        Type::Tuple(types) => Some(types.clone()),
        _ => return fail("must be a list or tuple value"),
    };
    let bounds = slice_bounds(args)?;
    Ok(match (types, bounds) {
        (None, _) => ty,
        (Some(_), None) => Type::Dynamic,
        (Some(types), Some((start, end))) => Type::tuple(types.get(start..end).unwrap_or_default().to_vec()),
    })
}

/// The two indices, checked as far as they are known; `None` when one of them is not.
fn slice_bounds(args: &[Value]) -> Result<Option<(usize, usize)>, FunctionError> {
    let list = arg(args, 0);
    let length = match list.ty() {
        Type::Tuple(types) => Some(types.len()),
        _ => list.len(),
    };
    let bound = |index: usize, name: &str| -> Result<Option<usize>, FunctionError> {
        if !arg(args, index).is_known() {
            return Ok(None);
        }
        let value = integer(arg(args, index))
            .map_err(|message| FunctionError::argument(index, format!("invalid {name} index: {message}")))?;
        let value = usize::try_from(value).map_err(|_| {
            FunctionError::argument(index, format!("{name} index must not be less than zero"))
        })?;
        if length.is_some_and(|length| value > length) {
            let message = format!("{name} index must not be greater than the length of the list");
            return Err(FunctionError::argument(index, message));
        }
        Ok(Some(value))
    };
    let bounds = bound(1, "start")?.zip(bound(2, "end")?);
    if bounds.is_some_and(|(start, end)| start > end) {
        return Err(FunctionError::argument(1, "start index must not be greater than end index"));
    }
    Ok(bounds)
}

fn slice(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = arg(args, 0).unmark();
    let Some((start, end)) = slice_bounds(args)? else {
        return Ok(Value::unknown(ty.clone()).with_marks(marks));
    };
    let items = list.as_slice().and_then(|items| items.get(start..end)).unwrap_or_default();
    Ok(sequence_of(ty, items.to_vec()).with_marks(marks))
}

fn zipmap_type(args: &[Value]) -> Result<Type, FunctionError> {
    let keys = arg(args, 0);
    match arg(args, 1).ty() {
        Type::List(element) => Ok(Type::Map(element)),
        Type::Tuple(types) => {
            if !keys.is_wholly_known() {
                return Ok(Type::Dynamic);
            }
            let keys = keys.as_slice().unwrap_or_default();
            check_zip(keys.len(), types.len())?;
            let mut attributes = BTreeMap::new();
            for (index, (key, ty)) in keys.iter().zip(types.iter()).enumerate() {
                let key = key.as_arc_str().ok_or_else(|| {
                    FunctionError::call(format!("keys list has null value at index {index}"))
                })?;
                attributes.insert(key, ty.clone());
            }
            Ok(Type::object(attributes))
        }
        _ => Err(FunctionError::call("values argument must be a list or tuple value")),
    }
}

fn check_zip(keys: usize, values: usize) -> Result<(), FunctionError> {
    if keys == values {
        return Ok(());
    }
    Err(FunctionError::call(format!("number of keys ({keys}) does not match number of values ({values})")))
}

fn zipmap(args: &[Value], ty: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let (keys, key_marks) = arg(args, 0).unmark();
    let (values, value_marks) = arg(args, 1).unmark();
    let mut marks = key_marks | value_marks;
    if !keys.is_wholly_known() {
        return Ok(Value::unknown(ty.clone()).with_marks(marks));
    }
    let keys = keys.as_slice().unwrap_or_default();
    let values = values.as_slice().unwrap_or_default();
    check_zip(keys.len(), values.len())?;
    let mut zipped: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (key, value) in keys.iter().zip(values) {
        let (key, own) = key.unmark();
        marks = marks | own;
        let key = key
            .as_arc_str()
            .ok_or_else(|| FunctionError::call("panic in function implementation: value is null"))?;
        zipped.insert(key, value.clone());
    }
    let zipped = match ty {
        Type::Map(element) => Value::map((**element).clone(), zipped),
        _ => Value::object(zipped),
    };
    Ok(zipped.with_marks(marks))
}
