//! Functions on numbers.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::args::{ANY, NUMBER, arg, int, integer, number, text};
use super::{Function, FunctionError, Param, Returns};
use crate::number::MAX_DIGITS;
use crate::quote;
use crate::{Number, ParseNumberError, Type, Value};

const NUM: Param = Param::new("num", NUMBER, "The number to work on.");
const NUMBERS: Param = Param::new("numbers", NUMBER, "The numbers to choose from.").dynamic();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "abs",
        "Returns the number without its sign.",
        "abs(-3) # 3",
        // Of an unknown number the result loses the marks, as in cty.
        &[NUM.dynamic().marked()],
        Returns::Type(NUMBER),
        |args, _, _| Ok(Value::number(number(args, 0).abs()).with_marks(arg(args, 0).marks())),
    ),
    Function::new(
        "ceil",
        "Returns the nearest whole number that is not less than the given one.",
        "ceil(5.1) # 6",
        &[NUM],
        Returns::Type(NUMBER),
        |args, _, _| Ok(number(args, 0).ceil().into()),
    ),
    Function::new(
        "floor",
        "Returns the nearest whole number that is not greater than the given one.",
        "floor(4.9) # 4",
        &[NUM],
        Returns::Type(NUMBER),
        |args, _, _| Ok(number(args, 0).floor().into()),
    ),
    Function::new(
        "log",
        "Returns the logarithm of a number in a given base, with the precision of a 64-bit float.",
        "log(16, 2) # 4",
        &[NUM, Param::new("base", NUMBER, "The base of the logarithm.")],
        Returns::Type(NUMBER),
        |args, _, _| from_float(libm::log(float(args, 0)?) / libm::log(float(args, 1)?)),
    ),
    Function::new(
        "max",
        "Returns the greatest of the given numbers.",
        "max(5, 12, 9) # 12",
        &[],
        Returns::Rule(some_number),
        |args, _, _| Ok(extreme(args, Ordering::Greater)),
    )
    .variadic(NUMBERS),
    Function::new(
        "min",
        "Returns the least of the given numbers.",
        "min(5, 12, 9) # 5",
        &[],
        Returns::Rule(some_number),
        |args, _, _| Ok(extreme(args, Ordering::Less)),
    )
    .variadic(NUMBERS),
    Function::new(
        "parseint",
        "Reads a string as a whole number in a base between 2 and 62.",
        r#"parseint("ff", 16) # 255"#,
        &[
            Param::new("number", ANY, "The digits, with an optional sign."),
            Param::new("base", NUMBER, "The base, from 2 to 62."),
        ],
        Returns::Rule(|args| match arg(args, 0).ty() {
            Type::String => Ok(Type::Number),
            other => Err(FunctionError::argument(
                0,
                format!("first argument must be a string, not {}", other.friendly_name()),
            )),
        }),
        parse_int,
    ),
    Function::new(
        "pow",
        "Raises a number to a power, with the precision of a 64-bit float.",
        "pow(3, 2) # 9",
        &[NUM, Param::new("power", NUMBER, "The exponent.")],
        Returns::Type(NUMBER),
        |args, _, _| from_float(pow(float(args, 0)?, float(args, 1)?)),
    ),
    Function::new(
        "signum",
        "Returns -1, 0 or 1 for a negative, zero or positive whole number.",
        "signum(-13) # -1",
        &[NUM],
        Returns::Type(NUMBER),
        |args, _, _| Ok(Value::int(int(args, 0)?.signum())),
    ),
];

fn some_number(args: &[Value]) -> Result<Type, FunctionError> {
    if args.is_empty() {
        return Err(FunctionError::call("must pass at least one number"));
    }
    Ok(Type::Number)
}

/// The first of the numbers that is `better` than all before it.
fn extreme(args: &[Value], better: Ordering) -> Value {
    let mut numbers = args.iter().filter(|value| value.as_number().is_some());
    let Some(mut best) = numbers.next() else { return Value::unknown(Type::Number) };
    for candidate in numbers {
        let order = candidate.as_number().zip(best.as_number()).map(|(a, b)| a.cmp(b));
        if order == Some(better) {
            best = candidate;
        }
    }
    best.clone()
}

fn parse_int(args: &[Value], _: &Type, _: &mut super::Call<'_>) -> Result<Value, FunctionError> {
    let base = integer(arg(args, 1)).map_err(|message| FunctionError::argument(1, message))?;
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)).ok_or_else(|| {
        FunctionError::argument(1, "base must be a whole number between 2 and 62 inclusive")
    })?;
    let digits = text(args, 0);
    // Conversion takes quadratic time, so its input is bounded as number literals are.
    if digits.len() > MAX_DIGITS + 1 {
        return Err(FunctionError::argument(0, ParseNumberError::TooLarge.to_string()));
    }
    let value = read_digits(digits, base).ok_or_else(|| {
        FunctionError::argument(0, format!("cannot parse {} as a base {base} integer", quote(digits)))
    })?;
    Number::from_bigint(&value)
        .map(Value::number)
        .map_err(|error| FunctionError::argument(0, error.to_string()))
}

/// Digits as Go's big integers read them: up to base 36 letters of both cases are the same, above that lower case
/// comes first.
fn read_digits(text: &str, base: u32) -> Option<BigInt> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut values = Vec::with_capacity(digits.len());
    for byte in digits.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        if u32::from(digit) >= base {
            return None;
        }
        values.push(digit);
    }
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_radix_be(sign, &values, base)
}

/// A number as a 64-bit float; one that is too large for it is refused.
fn float(args: &[Value], index: usize) -> Result<f64, FunctionError> {
    let number = number(args, index);
    let float = number.to_f64();
    if float.is_infinite() && !number.is_infinite() {
        let largest = format!("{:.6}", f64::MAX);
        return Err(FunctionError::call(format!("value must be between -{largest} and {largest} inclusive")));
    }
    Ok(float)
}

/// Terraform dies inside on what is not a number and reports that as the call's failure.
fn from_float(value: f64) -> Result<Value, FunctionError> {
    Number::from_f64(value)
        .map(Value::number)
        .ok_or_else(|| FunctionError::call("panic in function implementation: Float.SetFloat64(NaN)"))
}

/// Go's `math.Pow`, whose last bit differs from the C library's for many whole powers.
fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x == 0.0 || !x.is_finite() || !y.is_finite() {
        return x.powf(y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9_223_372_036_854_775_807_f64 {
        return x.powf(y);
    }
    let mut mantissa = 1.0;
    let mut exponent = 0_i32;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        mantissa = libm::exp(fraction * libm::log(x));
    }
    // Square and multiply on a mantissa between one half and one, so that nothing overflows on the way.
    let (mut square, mut square_exponent) = libm::frexp(x);
    let mut bits = whole as u64;
    while bits != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&square_exponent) {
            exponent = exponent.saturating_add(square_exponent);
            break;
        }
        if bits & 1 == 1 {
            mantissa *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        mantissa = 1.0 / mantissa;
        exponent = -exponent;
    }
    libm::ldexp(mantissa, exponent)
}
