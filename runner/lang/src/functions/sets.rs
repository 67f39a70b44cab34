//! Functions on sets.

use std::collections::HashSet;

use super::args::{ANY, items};
use super::{Call, Function, FunctionError, Param, ParamType, Returns};
use crate::{Marks, Refinements, Type, Value, convert, unify_unsafe};

const SET: ParamType = ParamType::Set(&ANY);
const FIRST: Param = Param::new("first_set", SET, "The set to begin with.").dynamic();
const OTHERS: Param = Param::new("other_sets", SET, "The sets to combine it with.").dynamic();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "setintersection",
        "Returns the elements that all of the given sets have.",
        r#"setintersection(["a", "b"], ["b", "c"]) # ["b"]"#,
        &[FIRST],
        Returns::Rule(common_set),
        |args, ty, _| {
            combine(args, ty, false, |kept, other| {
                let other: HashSet<&Value> = other.iter().collect();
                kept.retain(|item| other.contains(item));
            })
        },
    )
    .variadic(OTHERS),
    Function::new(
        "setproduct",
        "Returns all combinations of one element of each of two or more sets, lists or tuples.",
        r#"setproduct(["a", "b"], ["x"]) # [["a", "x"], ["b", "x"]]"#,
        &[],
        Returns::Rule(product_type),
        product,
    )
    .variadic(
        Param::new("sets", ANY, "What to combine; lists and tuples only give a list.").marked().unknown(),
    ),
    Function::new(
        "setsubtract",
        "Returns the elements of the first set that the second has not.",
        r#"setsubtract(["a", "b"], ["b"]) # ["a"]"#,
        &[
            Param::new("a", SET, "The set to take from.").dynamic(),
            Param::new("b", SET, "The elements to take away.").dynamic(),
        ],
        Returns::Rule(common_set),
        |args, ty, _| {
            combine(args, ty, false, |kept, other| {
                let other: HashSet<&Value> = other.iter().collect();
                kept.retain(|item| !other.contains(item));
            })
        },
    ),
    Function::new(
        "setunion",
        "Returns the elements that any of the given sets has.",
        r#"setunion(["a"], ["b"]) # ["a", "b"]"#,
        &[FIRST],
        Returns::Rule(common_set),
        |args, ty, _| combine(args, ty, true, |kept, other| kept.extend_from_slice(other)),
    )
    .variadic(OTHERS),
];

fn common_set(args: &[Value]) -> Result<Type, FunctionError> {
    let elements: Vec<Type> = args
        .iter()
        .filter_map(|set| {
            let element = set.ty().element_type().cloned()?;
            (!(element.is_dynamic() && set.is_empty())).then_some(element)
        })
        .collect();
    if elements.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    unify_unsafe(&elements)
        .map(Type::set)
        .ok_or_else(|| FunctionError::call("given sets must all have compatible element types"))
}

fn combine(
    args: &[Value],
    ty: &Type,
    allow_unknown: bool,
    step: fn(&mut Vec<Value>, &[Value]),
) -> Result<Value, FunctionError> {
    let mut kept: Option<Vec<Value>> = None;
    for (index, set) in args.iter().enumerate() {
        let set = convert(set, ty).map_err(|error| FunctionError::argument(index, error.to_string()))?;
        if !allow_unknown && !set.is_wholly_known() {
            return Ok(Value::unknown(ty.clone()));
        }
        let items = set.as_slice().unwrap_or_default();
        match &mut kept {
            None => kept = Some(items.to_vec()),
            Some(kept) => step(kept, items),
        }
    }
    Ok(Value::set(ty.element_type().cloned().unwrap_or(Type::Dynamic), kept.unwrap_or_default()))
}

fn product_type(args: &[Value]) -> Result<Type, FunctionError> {
    if args.len() < 2 {
        return Err(FunctionError::call("at least two arguments are required"));
    }
    let mut elements = Vec::with_capacity(args.len());
    let mut ordered = true;
    for (index, value) in args.iter().enumerate() {
        elements.push(match value.ty() {
            Type::Set(element) => {
                ordered = false;
                (*element).clone()
            }
            Type::List(element) => (*element).clone(),
            Type::Tuple(types) if types.is_empty() => Type::Dynamic,
            Type::Tuple(types) => unify_unsafe(&types)
                .ok_or_else(|| FunctionError::argument(index, "all elements must be of the same type"))?,
            _ => return Err(FunctionError::argument(index, "a set or a list is required")),
        });
    }
    let element = Type::tuple(elements);
    Ok(if ordered { Type::list(element) } else { Type::set(element) })
}

fn product(args: &[Value], ty: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let marks: Marks = args.iter().map(Value::marks).collect();
    let uncounted = |value: &Value| {
        !value.is_known() || (value.ty().is_set() && !value.is_wholly_known() && value.len() > Some(1))
    };
    if args.iter().any(uncounted) {
        return Ok(Value::unknown_refined(ty.clone(), product_bounds(args)).with_marks(marks));
    }
    let total = args.iter().fold(1_usize, |total, value| total.saturating_mul(value.len().unwrap_or(0)));
    call.limits.check_elements(total.saturating_mul(args.len()))?;
    let element = ty.element_type().cloned().unwrap_or(Type::Dynamic);
    let types = element.as_tuple().unwrap_or_default();
    let mut columns: Vec<Vec<Value>> = Vec::with_capacity(args.len());
    for (index, ty) in types.iter().enumerate() {
        let column: Result<Vec<Value>, _> = items(args, index).iter().map(|item| convert(item, ty)).collect();
        columns.push(column.map_err(|error| FunctionError::argument(index, error.to_string()))?);
    }
    // The last argument changes fastest.
    let mut rows: Vec<Value> = Vec::with_capacity(total);
    for row in 0..total {
        let mut rest = row;
        let mut cells: Vec<Value> = Vec::with_capacity(columns.len());
        for column in columns.iter().rev() {
            cells.extend(column.get(rest % column.len()).cloned());
            rest /= column.len();
        }
        cells.reverse();
        rows.push(Value::tuple(cells));
    }
    let product = if ty.is_list() { Value::list(element, rows) } else { Value::set(element, rows) };
    Ok(product.with_marks(marks))
}

/// How many combinations there can be when a length is unknown, if that is no large number.
fn product_bounds(args: &[Value]) -> Refinements {
    let mut most = 1_usize;
    for value in args {
        let upper = match (value.ty(), value.len(), value.refinements()) {
            (Type::Tuple(types), _, _) => Some(types.len()),
            (_, Some(length), _) => Some(length),
            (_, None, Some(known)) => known.length_upper,
            _ => None,
        };
        match upper.filter(|&upper| upper <= 1024).map(|upper| most * upper) {
            Some(product) if product <= 2048 => most = product,
            _ => return Refinements::not_null(),
        }
    }
    Refinements::length(usize::from(most > 0), Some(most))
}
