//! What operations and conversions know about unknown, null and marked values (cty's rules, as in Terraform 1.11).

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::path::Step;
use lang::{Marks, Number, Refinements, Type, Value, convert, ops};

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

fn number(text: &str) -> Value {
    Value::number(Number::parse(text).expect("a number"))
}

fn between(lower: i64, upper: i64) -> Value {
    let bound = |value| Some(Number::from_i64(value));
    Value::unknown_refined(Type::Number, Refinements::range(bound(lower), bound(upper)))
}

fn object(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect())
}

fn strings(items: &[&str]) -> Value {
    Value::list(Type::String, items.iter().map(Value::string).collect())
}

/// `None` for unknown.
fn truth(value: &Value) -> Option<bool> {
    assert_eq!(value.ty(), Type::Bool);
    assert!(value.is_definitely_not_null());
    value.as_bool()
}

#[test]
fn equality() {
    let prefixed = Value::unknown_refined(Type::String, Refinements::prefix("ab"));
    let not_null = Value::unknown_refined(Type::String, Refinements::not_null());
    let no_type = Value::dynamic();
    let null = Value::null(Type::Dynamic);
    let three = Value::unknown_refined(Type::list(Type::String), Refinements::length(3, Some(5)));
    let with_unknown = Value::tuple(vec![Value::int(1), unknown(Type::Number)]);
    let cases: Vec<(Value, Value, Option<bool>)> = vec![
        (Value::int(1), number("1.0"), Some(true)),
        (Value::int(1), Value::string("1"), Some(false)),
        (Value::null(Type::String), Value::null(Type::Number), Some(true)),
        (null.clone(), Value::int(1), Some(false)),
        (null.clone(), unknown(Type::String), None),
        (null.clone(), not_null.clone(), Some(false)),
        (null.clone(), no_type.clone(), None),
        (unknown(Type::String), unknown(Type::String), None),
        (unknown(Type::String), Value::string("a"), None),
        (unknown(Type::String), Value::int(1), Some(false)),
        (no_type.clone(), Value::int(1), None),
        (prefixed.clone(), Value::string("abc"), None),
        (prefixed, Value::string("b"), Some(false)),
        (between(1, 3), Value::int(2), None),
        (between(1, 3), Value::int(4), Some(false)),
        (three.clone(), strings(&["a"]), Some(false)),
        (three, strings(&["a", "b", "c"]), None),
        (with_unknown.clone(), Value::tuple(vec![Value::int(1), Value::int(2)]), None),
        (with_unknown.clone(), Value::tuple(vec![Value::int(2), Value::int(2)]), Some(false)),
        (with_unknown.clone(), Value::tuple(vec![Value::int(1)]), Some(false)),
        (with_unknown.clone(), with_unknown, None),
        (Value::tuple(vec![no_type.clone()]), Value::tuple(vec![Value::int(1)]), None),
        (Value::tuple(vec![no_type]), object(&[]), Some(false)),
        (Value::empty_tuple(), Value::list(Type::String, vec![]), Some(false)),
        (object(&[("a", unknown(Type::Bool))]), object(&[("a", Value::bool(true))]), None),
        (object(&[("a", Value::int(1))]), object(&[("b", Value::int(1))]), Some(false)),
    ];
    for (a, b, expected) in cases {
        assert_eq!(truth(&ops::equals(&a, &b)), expected, "{a:?} == {b:?}");
        assert_eq!(truth(&ops::equals(&b, &a)), expected, "{b:?} == {a:?}");
        assert_eq!(truth(&ops::not_equals(&a, &b)), expected.map(|it| !it), "{a:?} != {b:?}");
    }
}

#[test]
fn logic() {
    let (yes, no, maybe) = (Value::bool(true), Value::bool(false), unknown(Type::Bool));
    let and = |a, b| truth(&ops::and(a, b).expect("booleans"));
    let or = |a, b| truth(&ops::or(a, b).expect("booleans"));
    assert_eq!(and(&yes, &maybe), None);
    assert_eq!(and(&no, &maybe), Some(false));
    assert_eq!(and(&maybe, &no), Some(false));
    assert_eq!(or(&yes, &maybe), Some(true));
    assert_eq!(or(&maybe, &no), None);
    assert_eq!(truth(&ops::not(&maybe).expect("a boolean")), None);
    let error = ops::and(&yes, &Value::null(Type::Bool)).expect_err("null is no boolean");
    assert_eq!(error.to_string(), "Operation failed: Error during operation: argument must not be null.");
}

#[test]
fn ranges_of_unknown_numbers() {
    let refined =
        |value: lang::ops::OpResult| value.expect("numbers").refinements().cloned().expect("unknown");
    let range = |lower: i64, upper: i64| {
        Refinements::range(Some(Number::from_i64(lower)), Some(Number::from_i64(upper)))
    };
    assert_eq!(refined(ops::add(&between(1, 3), &Value::int(10))), range(11, 13));
    assert_eq!(refined(ops::subtract(&Value::int(10), &between(1, 3))), range(7, 9));
    assert_eq!(refined(ops::multiply(&between(-1, 3), &between(2, 5))), range(-5, 15));
    assert_eq!(refined(ops::divide(&between(1, 3), &Value::int(2))), Refinements::not_null());
    assert_eq!(refined(ops::add(&unknown(Type::Number), &Value::int(1))), Refinements::not_null());
    assert_eq!(refined(ops::add(&Value::dynamic(), &Value::int(1))), Refinements::not_null());
    let truth_of = |value: lang::ops::OpResult| truth(&value.expect("numbers"));
    assert_eq!(truth_of(ops::less(&between(1, 3), &Value::int(4))), Some(true));
    assert_eq!(truth_of(ops::less(&between(1, 3), &Value::int(0))), Some(false));
    assert_eq!(truth_of(ops::less(&between(1, 3), &Value::int(2))), None);
    assert_eq!(truth_of(ops::greater(&between(1, 3), &Value::int(0))), Some(true));
    assert_eq!(truth_of(ops::greater_or_equal(&unknown(Type::Number), &Value::int(0))), None);
}

#[test]
fn refinements_that_leave_one_value_are_that_value() {
    assert_eq!(between(4, 4), Value::int(4));
    let exactly = |ty: Type, count| Value::unknown_refined(ty, Refinements::length(count, Some(count)));
    assert_eq!(exactly(Type::list(Type::String), 0), Value::list(Type::String, vec![]));
    assert_eq!(exactly(Type::map(Type::String), 0), Value::map(Type::String, BTreeMap::new()));
    assert_eq!(exactly(Type::list(Type::String), 2).len(), Some(2));
    assert_eq!(exactly(Type::set(Type::String), 1).len(), Some(1));
    assert!(!exactly(Type::set(Type::String), 2).is_known());
    assert!(!exactly(Type::map(Type::String), 1).is_known());
    assert_eq!(Value::unknown_refined(Type::Dynamic, Refinements::not_null()), Value::dynamic());
}

#[test]
fn lengths() {
    let length = |value: &Value| ops::length(value).expect("a container");
    assert_eq!(length(&Value::unknown(Type::tuple(vec![Type::Bool, Type::Bool]))), Value::int(2));
    assert_eq!(length(&object(&[("a", Value::int(1))])), Value::int(1));
    let set = Value::set(Type::String, vec![unknown(Type::String), unknown(Type::String)]);
    assert_eq!(set.len(), Some(2), "unknown elements are equal to nothing");
    let count = length(&set);
    let one_or_two = Refinements::range(Some(Number::from_i64(1)), Some(Number::from_i64(2)));
    assert_eq!(count.refinements(), Some(&one_or_two));
    assert!(ops::length(&Value::null(Type::list(Type::String))).is_none());
    assert!(ops::length(&Value::string("abc")).is_none());
}

#[test]
fn indexing_unknowns() {
    let list = unknown(Type::list(Type::String));
    assert_eq!(ops::index(&list, &Value::int(0)), Ok(unknown(Type::String)));
    assert_eq!(ops::index(&strings(&["a"]), &unknown(Type::Number)), Ok(unknown(Type::String)));
    let tuple = Value::tuple(vec![Value::int(1), Value::string("a")]);
    assert_eq!(ops::index(&tuple, &unknown(Type::Number)), Ok(Value::dynamic()));
    let unknown_tuple = unknown(tuple.ty());
    assert_eq!(ops::index(&unknown_tuple, &Value::int(1)), Ok(unknown(Type::String)));
    let record = unknown(Type::object(BTreeMap::from([(Arc::from("a"), Type::Bool)])));
    assert_eq!(ops::get_attr(&record, "a"), Ok(unknown(Type::Bool)));
    assert_eq!(ops::get_attr(&Value::dynamic(), "a"), Ok(Value::dynamic()));
    assert_eq!(truth(&ops::has_index(&list, &Value::int(0))), None);
    assert_eq!(truth(&ops::has_index(&unknown_tuple, &Value::int(2))), Some(false));
    assert_eq!(truth(&ops::has_index(&strings(&["a"]), &Value::string("a"))), Some(false));
}

#[test]
fn errors_of_indexing() {
    const NO_ELEMENT: &str = "The given key does not identify an element in this collection value";
    let detail = |collection: &Value, key: &Value| {
        let error = ops::index(collection, key).expect_err("should fail");
        (error.summary, error.detail)
    };
    let invalid = |reason: &str| ("Invalid index".to_string(), format!("{NO_ELEMENT}{reason}."));
    let list = strings(&["a", "b"]);
    let beyond = ": the given index is greater than or equal to the length of the collection";
    assert_eq!(detail(&list, &Value::int(2)), invalid(beyond));
    assert_eq!(detail(&list, &Value::int(3)), invalid(""));
    assert_eq!(detail(&strings(&[]), &Value::int(0)), invalid(": the collection has no elements"));
    assert_eq!(
        detail(&list, &Value::int(-1)),
        invalid(": a negative number is not a valid index for a sequence")
    );
    assert_eq!(
        detail(&list, &number("0.5")),
        invalid(": indexing a sequence requires a whole number, but the given index has a fractional part")
    );
    assert_eq!(detail(&list, &Value::string("x")), invalid(": a number is required"));
    assert_eq!(detail(&list.clone().with_marks(Marks::SENSITIVE), &Value::int(2)), invalid(""));
    assert_eq!(detail(&object(&[]), &Value::string("x")), invalid(""));
    assert_eq!(detail(&Value::null(Type::Dynamic), &Value::int(0)).0, "Attempt to index null value");
    assert_eq!(detail(&Value::int(1), &Value::int(0)).1, "This value does not have any indices.");
}

#[test]
fn marks_travel() {
    let secret = Value::int(1).with_marks(Marks::SENSITIVE);
    let sum = ops::add(&secret, &Value::int(1)).expect("numbers");
    assert_eq!(sum, Value::int(2).with_marks(Marks::SENSITIVE));
    let inside = Value::tuple(vec![secret.clone(), Value::int(2)]);
    assert!(inside.marks().is_empty());
    assert_eq!(inside.marks_deep(), Marks::SENSITIVE);
    assert_eq!(ops::equals(&inside, &inside).marks(), Marks::SENSITIVE);
    assert_eq!(ops::index(&inside, &Value::int(1)), Ok(Value::int(2)));
    assert_eq!(ops::length(&inside), Some(Value::int(2)));
    assert_eq!(Value::set(Type::Number, vec![secret.clone()]).marks(), Marks::SENSITIVE);

    let (plain, marks) = inside.unmark_deep();
    assert_eq!((plain.clone(), marks), (Value::tuple(vec![Value::int(1), Value::int(2)]), Marks::SENSITIVE));
    let paths = inside.marked_paths();
    assert_eq!(paths.len(), 1);
    assert_eq!(paths[0].0.0, vec![Step::Index(Value::int(0))]);
    assert_eq!(plain.with_marks_at(&paths), inside);

    let both = Value::string("x").with_marks(Marks::SENSITIVE).with_marks(Marks::EPHEMERAL);
    assert_eq!(both.marks(), Marks::SENSITIVE | Marks::EPHEMERAL);
    let list = convert(&inside, &Type::list(Type::String)).expect("converts");
    let secret_text = Value::string("1").with_marks(Marks::SENSITIVE);
    assert_eq!(list, Value::list(Type::String, vec![secret_text, Value::string("2")]));
}

#[test]
fn conversion_of_unknowns() {
    let to = |value: &Value, ty: &Type| convert(value, ty).expect("converts");
    let strings = Type::list(Type::String);
    assert_eq!(to(&unknown(Type::Number), &Type::String), unknown(Type::String));
    let not_null = Value::unknown_refined(Type::Number, Refinements::not_null());
    assert_eq!(to(&not_null, &Type::String), Value::unknown_refined(Type::String, Refinements::not_null()));
    assert_eq!(to(&Value::dynamic(), &strings), unknown(strings.clone()));
    assert_eq!(to(&unknown(strings.clone()), &Type::list(Type::Dynamic)), unknown(strings.clone()));

    // A promise about the length is kept, but a tuple that may be null is no list of two elements yet.
    let pair = Value::unknown_refined(Type::tuple(vec![Type::Number, Type::Bool]), Refinements::not_null());
    assert_eq!(to(&pair, &strings).len(), Some(2));
    let maybe_null = to(&unknown(pair.ty()), &strings);
    assert_eq!(
        maybe_null.refinements().map(|it| (it.length_lower, it.length_upper)),
        Some((Some(2), Some(2)))
    );
    let set = to(&pair, &Type::set(Type::String));
    assert_eq!(set.refinements().map(|it| (it.length_lower, it.length_upper)), Some((Some(1), Some(2))));

    let null = to(&Value::null(Type::Dynamic), &strings);
    assert_eq!(null, Value::null(strings.clone()));
    let elements = Value::tuple(vec![Value::dynamic(), Value::null(Type::Dynamic), Value::int(1)]);
    let list = to(&elements, &strings);
    assert_eq!(
        list,
        Value::list(Type::String, vec![unknown(Type::String), Value::null(Type::String), Value::string("1")])
    );
    let optional = Type::object_with_optional(
        BTreeMap::from([(Arc::from("a"), Type::String)]),
        std::collections::BTreeSet::from([Arc::from("a")]),
    );
    let unknown_object = to(&unknown(Type::object(BTreeMap::new())), &optional);
    assert_eq!(unknown_object.ty(), optional.without_optional());
}
