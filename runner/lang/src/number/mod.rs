//! Numbers: binary floats of arbitrary exponent in which every value carries its own precision.
//!
//! The rules are those of Go's `math/big.Float` as cty uses it: a literal has 512 bits, an integer made by a function
//! has 64, a value that went through a float64 has 53, and an operation's result has the larger precision of its
//! operands. The precision shows in the text: `1/3` prints 155 digits, `length([1])/length([1,2,3])` prints 20.
//!
//! Limits of ours: a finite value lies below `2^MAX_EXPONENT` and a text has at most `MAX_DIGITS` digits; beyond that
//! every operation fails with a message instead of taking gigabytes.

mod arithmetic;
mod float;
mod parse;
mod text;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{ToPrimitive, Zero};

use float::Magnitude;
pub use parse::ParseNumberError;
use text::Decimal;

/// Precision of literals and of text converted to a number, in bits.
pub const LITERAL_PRECISION: u32 = 512;
/// Precision of integers that functions make, in bits.
pub const INTEGER_PRECISION: u32 = 64;
/// Precision of values that come from a float64, in bits.
pub const FLOAT_PRECISION: u32 = 53;
/// Finite values lie between `2^-MAX_EXPONENT` and `2^MAX_EXPONENT` (about 78,900 decimal digits).
pub const MAX_EXPONENT: i64 = 1 << 18;
/// The longest mantissa that is read from text, in decimal digits.
pub const MAX_DIGITS: usize = 100_000;

/// A number of the language.
///
/// Equality is cty's: integers by value, everything else by the text that it prints, so a float64's 0.1 equals the
/// literal. Ordering is by exact value ([`Number::cmp`]), which is why there is no `Ord`.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    /// An integer that fits its precision; never negative zero.
    Small {
        value: i64,
        precision: u32,
    },
    Big(Arc<Big>),
}

struct Big {
    negative: bool,
    precision: u32,
    /// `None` is infinity.
    value: Option<Magnitude>,
}

/// Why an operation has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberError {
    /// The result would not be a number: `0/0`, `Inf - Inf`, …
    NotANumber,
    /// The result is beyond [`MAX_EXPONENT`].
    TooLarge,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumberError::NotANumber => "the result is not a number",
            NumberError::TooLarge => "the result is too large to represent",
        })
    }
}

impl Number {
    /// Reads a decimal number with 512 bits of precision; `None` when it is none or beyond the limits.
    pub fn parse(text: &str) -> Option<Number> {
        parse::parse(text).ok()
    }

    /// As [`Number::parse`], saying whether the syntax or a limit is at fault.
    pub fn parse_checked(text: &str) -> Result<Number, ParseNumberError> {
        parse::parse(text)
    }

    /// An integer as functions make it, with 64 bits of precision.
    pub fn from_i64(value: i64) -> Number {
        Number::small(value, INTEGER_PRECISION)
    }

    pub fn from_u64(value: u64) -> Number {
        match i64::try_from(value) {
            Ok(value) => Number::from_i64(value),
            Err(_) => Number::from_parts(false, Magnitude::new(value.into(), 0), INTEGER_PRECISION),
        }
    }

    pub fn from_usize(value: usize) -> Number {
        Number::from_u64(value as u64)
    }

    /// A float64 with its 53 bits; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Number> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Number::infinity(value < 0.0, FLOAT_PRECISION));
        }
        if value == 0.0 {
            return Some(Number::zero(value.is_sign_negative(), FLOAT_PRECISION));
        }
        let bits = value.to_bits();
        let raw_exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) =
            if raw_exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, raw_exponent - 1075) };
        let magnitude = Magnitude::new(mantissa.into(), exponent);
        Some(Number::from_parts(value < 0.0, magnitude, FLOAT_PRECISION))
    }

    /// A whole number with as much precision as it needs, at least 64 bits.
    pub fn from_bigint(value: &BigInt) -> Result<Number, NumberError> {
        let magnitude = Magnitude::new(value.magnitude().clone(), 0);
        let precision =
            u32::try_from(value.bits()).map_err(|_| NumberError::TooLarge)?.max(INTEGER_PRECISION);
        Number::finite(value.sign() == Sign::Minus, magnitude, precision)
    }

    pub fn infinity(negative: bool, precision: u32) -> Number {
        Number(Repr::Big(Arc::new(Big { negative, precision, value: None })))
    }

    /// The bits of mantissa that results of operations with this value keep.
    pub fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Small { precision, .. } => *precision,
            Repr::Big(big) => big.precision,
        }
    }

    pub fn is_infinite(&self) -> bool {
        matches!(&self.0, Repr::Big(big) if big.value.is_none())
    }

    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small { .. } => true,
            Repr::Big(big) => big.value.as_ref().is_some_and(Magnitude::is_integer),
        }
    }

    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value == 0,
            Repr::Big(big) => big.value.as_ref().is_some_and(Magnitude::is_zero),
        }
    }

    /// Has a minus sign; true for negative zero.
    pub fn is_sign_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { value, .. } => *value < 0,
            Repr::Big(big) => big.negative,
        }
    }

    /// -1, 0 or 1; both zeros give 0.
    pub fn signum(&self) -> i32 {
        match (self.is_zero(), self.is_sign_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Order by exact value; both zeros are equal.
    #[expect(
        clippy::should_implement_trait,
        reason = "equality goes by text, so the order is not the one of `Ord`"
    )]
    pub fn cmp(&self, other: &Number) -> Ordering {
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let (a_sign, b_sign) = (self.signum(), other.signum());
        if a_sign != b_sign || a_sign == 0 {
            return a_sign.cmp(&b_sign);
        }
        let by_magnitude = match (self.magnitude(), other.magnitude()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => a.cmp(&b),
        };
        if a_sign < 0 { by_magnitude.reverse() } else { by_magnitude }
    }

    /// The value as an `i64`, if it is one.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { value, .. } => Some(*value),
            Repr::Big(_) => self.to_bigint()?.to_i64(),
        }
    }

    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Small { value, .. } => u64::try_from(*value).ok(),
            Repr::Big(_) => self.to_bigint()?.to_u64(),
        }
    }

    /// The nearest float64, ties to even.
    pub fn to_f64(&self) -> f64 {
        let sign = if self.is_sign_negative() { -1.0 } else { 1.0 };
        let Some(magnitude) = self.magnitude() else { return sign * f64::INFINITY };
        if magnitude.is_zero() {
            return sign * 0.0;
        }
        let top = magnitude.top();
        // Below 2^-1022 a float64 loses one bit per halving.
        let lost = (-1021 - top).max(0).unsigned_abs();
        if top > 1024 {
            return sign * f64::INFINITY;
        }
        if lost > 53 {
            return sign * 0.0;
        }
        let rounded = magnitude.round(53 - lost);
        if rounded.top() > 1024 {
            return sign * f64::INFINITY;
        }
        let mantissa = rounded.mantissa.to_u64().unwrap_or(0) as f64;
        sign * mantissa * power_of_two(rounded.exponent)
    }

    /// The exact whole number, if it is one.
    pub fn to_bigint(&self) -> Option<BigInt> {
        match &self.0 {
            Repr::Small { value, .. } => Some(BigInt::from(*value)),
            Repr::Big(big) => {
                let value = big.value.as_ref().filter(|value| value.is_integer())?;
                let sign = if big.negative { Sign::Minus } else { Sign::Plus };
                Some(BigInt::from_biguint(sign, value.integer_part()))
            }
        }
    }

    /// The text of a number in JSON; `None` for an infinity, which JSON cannot write.
    pub fn to_json(&self) -> Option<String> {
        if self.is_infinite() { None } else { Some(self.to_string()) }
    }

    /// C's `%.{digits}g`, as diagnostics and set hashes use it with 10 digits.
    pub fn to_general(&self, digits: usize) -> String {
        match self.exact_decimal() {
            None => self.to_string(),
            Some(decimal) => decimal.general(self.is_sign_negative(), digits),
        }
    }

    /// C's `%.{places}f`.
    pub fn to_fixed(&self, places: usize) -> String {
        match self.exact_decimal() {
            None => self.to_string(),
            Some(decimal) => decimal.fixed(self.is_sign_negative(), places),
        }
    }

    /// The digits of the shortest text (empty for zero) and the decimal point's place: `0.d1d2… × 10^point`.
    /// `None` for an infinity.
    pub fn shortest_digits(&self) -> Option<(Vec<u8>, i64)> {
        let magnitude = self.magnitude()?;
        let decimal = Decimal::shortest(&magnitude, self.precision().into());
        let (digits, point) = decimal.parts();
        Some((digits.to_vec(), point))
    }

    /// All digits of the exact value (empty for zero) and the decimal point's place: `0.d1d2… × 10^point`.
    /// `None` for an infinity.
    pub fn exact_digits(&self) -> Option<(Vec<u8>, i64)> {
        let decimal = self.exact_decimal()?;
        let (digits, point) = decimal.parts();
        Some((digits.to_vec(), point))
    }

    /// The same value rounded to another precision.
    pub fn with_precision(&self, precision: u32) -> Result<Number, NumberError> {
        match self.magnitude() {
            None => Ok(Number::infinity(self.is_sign_negative(), precision)),
            Some(value) if value.is_zero() => Ok(Number::zero(self.is_sign_negative(), precision)),
            Some(value) => Number::finite(self.is_sign_negative(), value.round(precision.into()), precision),
        }
    }

    fn small(value: i64, precision: u32) -> Number {
        Number(Repr::Small { value, precision })
    }

    fn zero(negative: bool, precision: u32) -> Number {
        if negative {
            let value = Some(Magnitude::new(BigUint::zero(), 0));
            Number(Repr::Big(Arc::new(Big { negative, precision, value })))
        } else {
            Number::small(0, precision)
        }
    }

    /// A non-zero value that already fits its precision, within the limits.
    fn finite(negative: bool, value: Magnitude, precision: u32) -> Result<Number, NumberError> {
        if value.top().abs() > MAX_EXPONENT || value.exponent < -MAX_EXPONENT - i64::from(precision) {
            return Err(NumberError::TooLarge);
        }
        Ok(Number::from_parts(negative, value, precision))
    }

    fn from_parts(negative: bool, value: Magnitude, precision: u32) -> Number {
        if value.exponent >= 0
            && value.top() <= i64::from(precision.min(63))
            && !(value.is_zero() && negative)
            && let Some(small) = value.integer_part().to_i64()
        {
            return Number::small(if negative { -small } else { small }, precision);
        }
        Number(Repr::Big(Arc::new(Big { negative, precision, value: Some(value) })))
    }

    /// `None` for an infinity.
    fn magnitude(&self) -> Option<Magnitude> {
        match &self.0 {
            Repr::Small { value, .. } => Some(Magnitude::new(value.unsigned_abs().into(), 0)),
            Repr::Big(big) => big.value.clone(),
        }
    }

    fn exact_decimal(&self) -> Option<Decimal> {
        let magnitude = self.magnitude()?;
        Some(Decimal::exact(&magnitude.mantissa, magnitude.exponent))
    }
}

impl fmt::Display for Number {
    /// The shortest decimal text without an exponent; infinities are `+Inf` and `-Inf`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small { value, .. } => write!(f, "{value}"),
            Repr::Big(big) => match &big.value {
                None => f.write_str(if big.negative { "-Inf" } else { "+Inf" }),
                Some(value) => {
                    f.write_str(&Decimal::shortest(value, big.precision.into()).plain(big.negative))
                }
            },
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0) {
            return a == b;
        }
        if self.signum() != other.signum() {
            return false;
        }
        if self.signum() == 0 {
            return true;
        }
        if self.is_integer() && other.is_integer() {
            return self.cmp(other) == Ordering::Equal;
        }
        self.to_string() == other.to_string()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.is_zero() {
            return 0u8.hash(state);
        }
        match self.to_bigint() {
            Some(value) => value.hash(state),
            None => self.to_string().hash(state),
        }
    }
}

/// 2^exponent for every exponent that a float64 has, subnormal ones too.
fn power_of_two(exponent: i64) -> f64 {
    if exponent >= -1022 {
        f64::from_bits(u64::try_from(exponent + 1023).unwrap_or(0) << 52)
    } else {
        f64::from_bits(1 << u64::try_from(exponent + 1074).unwrap_or(0))
    }
}
