//! Text to number, bit for bit as Go's `big.ParseFloat(text, 10, 512, ToNearestEven)` does it.

use num_bigint::BigUint;
use num_traits::Num;

use super::float::Magnitude;
use super::{LITERAL_PRECISION, MAX_DIGITS, MAX_EXPONENT, Number};

/// Why a text is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParseNumberError {
    /// Not the syntax of a number.
    Syntax,
    /// A number, but beyond [`MAX_EXPONENT`] or [`MAX_DIGITS`].
    TooLarge,
}

impl std::fmt::Display for ParseNumberError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ParseNumberError::Syntax => f.write_str("a number is required"),
            ParseNumberError::TooLarge => {
                write!(f, "the number is too large: at most {MAX_DIGITS} digits are supported")
            }
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Number, ParseNumberError> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(rest, "Inf" | "inf") {
        return Ok(Number::infinity(negative, LITERAL_PRECISION));
    }
    if rest.len() <= 18 && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        let value: i64 = rest.parse().map_err(|_| ParseNumberError::Syntax)?;
        if value != 0 || !negative {
            return Ok(Number::small(if negative { -value } else { value }, LITERAL_PRECISION));
        }
    }
    let literal = scan(rest)?;
    if literal.digits.len() > MAX_DIGITS {
        return Err(ParseNumberError::TooLarge);
    }
    let mantissa = if literal.digits.is_empty() {
        BigUint::ZERO
    } else {
        BigUint::from_str_radix(&literal.digits, 10).map_err(|_| ParseNumberError::Syntax)?
    };
    if mantissa == BigUint::ZERO {
        return Ok(Number::zero(negative, LITERAL_PRECISION));
    }
    let start = literal.tens.saturating_add(literal.twos).saturating_add_unsigned(mantissa.bits());
    if i32::try_from(start).is_err() {
        return Err(ParseNumberError::Syntax);
    }
    // 5^n is 2^(n × 2.3219…); Terraform's exponents are 32 bits wide, ours are bounded far below that.
    let top = start.saturating_add(literal.tens.saturating_mul(23_219) / 10_000);
    if top > i64::from(i32::MAX) {
        return Ok(Number::infinity(negative, LITERAL_PRECISION));
    }
    if top < i64::from(i32::MIN) {
        return Ok(Number::zero(negative, LITERAL_PRECISION));
    }
    if top.abs() > MAX_EXPONENT * 2 {
        return Err(ParseNumberError::TooLarge);
    }
    let value = Magnitude::new(mantissa, literal.tens + literal.twos);
    // 10^n is 2^n × 5^n; only the second factor can need rounding.
    let precision = u64::from(LITERAL_PRECISION);
    let fives = literal.tens;
    let value = match fives {
        0 => value.round(precision),
        1.. => value.mul(&power_of_five(fives.unsigned_abs(), precision + 64)).round(precision),
        _ => value.div(&power_of_five(fives.unsigned_abs(), precision + 64), precision),
    };
    Number::finite(negative, value, LITERAL_PRECISION).map_err(|_| ParseNumberError::TooLarge)
}

struct Literal {
    /// All mantissa digits, without the point.
    digits: String,
    /// The power of ten, with the digits after the point taken into account.
    tens: i64,
    /// The power of two of a `p` exponent.
    twos: i64,
}

fn scan(text: &str) -> Result<Literal, ParseNumberError> {
    let error = ParseNumberError::Syntax;
    let split = text.find(['e', 'E', 'p', 'P']);
    let (mantissa, exponent) = match split {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error);
    }
    let (mut tens, mut twos) = (0i64, 0i64);
    if let Some(exponent) = exponent {
        let number = &exponent[1..];
        let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
        if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error);
        }
        // An exponent that does not fit is far beyond every limit.
        let value = unsigned.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        let value = if number.starts_with('-') { -value } else { value };
        if exponent.starts_with(['e', 'E']) { tens = value } else { twos = value }
    }
    tens = tens.saturating_sub_unsigned(fraction.len() as u64);
    Ok(Literal { digits, tens, twos })
}

/// 5^n with the intermediate roundings of Go's implementation, which show in the last bits of large powers.
fn power_of_five(n: u64, precision: u64) -> Magnitude {
    const TABLE: u64 = 27;
    let exact = |n: u64| Magnitude::new(BigUint::from(5u8).pow(u32::try_from(n).unwrap_or(0)), 0);
    if n <= TABLE {
        return exact(n).round(precision);
    }
    let mut result = exact(TABLE).round(precision);
    let mut left = n - TABLE;
    let mut factor = exact(1);
    while left > 0 {
        if left % 2 == 1 {
            result = result.mul(&factor).round(precision);
        }
        factor = factor.mul(&factor).round(precision + 64);
        left /= 2;
    }
    result
}
