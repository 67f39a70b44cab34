//! Reading arguments. [`super::call`] has converted them, refused nulls and kept unknowns away, so for a parameter that
//! asks for nothing else the value is there.

use num_bigint::BigInt;

use super::FunctionError;
use super::signature::ParamType;
use crate::{Number, Value};

pub(super) const ANY: ParamType = ParamType::Any;
pub(super) const BOOL: ParamType = ParamType::Bool;
pub(super) const NUMBER: ParamType = ParamType::Number;
pub(super) const STRING: ParamType = ParamType::String;
pub(super) const STRING_LIST: ParamType = ParamType::List(&ParamType::String);
pub(super) const ANY_LIST: ParamType = ParamType::List(&ParamType::Any);

/// Argument `index`; a parameter's own index is always there.
pub(super) fn arg(args: &[Value], index: usize) -> &Value {
    args.get(index).expect("the number of arguments was checked before the call")
}

/// The text of a `string` parameter.
pub(super) fn text(args: &[Value], index: usize) -> &str {
    arg(args, index).as_str().expect("a string parameter holds a known string")
}

/// The number of a `number` parameter.
pub(super) fn number(args: &[Value], index: usize) -> &Number {
    arg(args, index).as_number().expect("a number parameter holds a known number")
}

/// The elements of a known list, set or tuple.
pub(super) fn items(args: &[Value], index: usize) -> &[Value] {
    arg(args, index).as_slice().unwrap_or_default()
}

/// A number that must fit 64 bits; the message is Go's.
pub(super) fn integer(value: &Value) -> Result<i64, String> {
    value
        .as_number()
        .and_then(Number::to_i64)
        .ok_or_else(|| format!("value must be a whole number, between {} and {}", i64::MIN, i64::MAX))
}

/// A `number` parameter that must be a 64-bit integer; the call as a whole is blamed when it is not.
pub(super) fn int(args: &[Value], index: usize) -> Result<i64, FunctionError> {
    integer(arg(args, index)).map_err(FunctionError::Call)
}

/// A `number` parameter that must be an integer of any size.
pub(super) fn big_int(args: &[Value], index: usize) -> Result<BigInt, FunctionError> {
    number(args, index).to_bigint().ok_or_else(|| FunctionError::call("value must be a whole number"))
}

/// A length as a value.
pub(super) fn count(count: usize) -> Value {
    Value::number(Number::from_usize(count))
}
