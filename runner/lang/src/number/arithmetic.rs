//! Sums, products, quotients and whole parts, each with the precision that Go's `big.Float` and cty give it.

use std::cmp::Ordering;

use num_traits::Zero;

use super::float::{Magnitude, round_sticky};
use super::{FLOAT_PRECISION, INTEGER_PRECISION, LITERAL_PRECISION, Number, NumberError, Repr};

/// The quotient of integers below this, rounded to no less than a float64's 53 bits, has the whole part of the exact one:
/// at most 24 bits stand before the point, and the fraction differs from 1 by more than what the others round away.
const EXACT_QUOTIENT: u64 = 1 << 24;

impl Number {
    pub fn add(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
            && fits(sum, precision)
        {
            return Ok(Number::small(sum, precision));
        }
        let (Some(a), Some(b)) = (self.magnitude(), other.magnitude()) else {
            return match (self.is_infinite(), other.is_infinite()) {
                (true, true) if self.is_sign_negative() != other.is_sign_negative() => {
                    Err(NumberError::NotANumber)
                }
                (true, _) => Ok(Number::infinity(self.is_sign_negative(), precision)),
                _ => Ok(Number::infinity(other.is_sign_negative(), precision)),
            };
        };
        let (a_negative, b_negative) = (self.is_sign_negative(), other.is_sign_negative());
        match (a.is_zero(), b.is_zero()) {
            (true, true) => return Ok(Number::zero(a_negative && b_negative, precision)),
            (true, false) => return Number::finite(b_negative, b.round(precision.into()), precision),
            (false, true) => return Number::finite(a_negative, a.round(precision.into()), precision),
            (false, false) => {}
        }
        let (x, y, exponent) = a.align(&b);
        let (negative, sum) = if a_negative == b_negative {
            (a_negative, x + y)
        } else {
            match x.cmp(&y) {
                Ordering::Equal => return Ok(Number::zero(false, precision)),
                Ordering::Greater => (a_negative, x - y),
                Ordering::Less => (b_negative, y - x),
            }
        };
        Number::finite(negative, round_sticky(sum, exponent, precision.into(), false), precision)
    }

    pub fn sub(&self, other: &Number) -> Result<Number, NumberError> {
        self.add(&other.neg())
    }

    pub fn mul(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && *a != 0
            && *b != 0
            && let Some(product) = a.checked_mul(*b)
        {
            // A product that needs more bits than its operands had keeps them, up to 512.
            let needed = 64 - product.unsigned_abs().leading_zeros() - product.trailing_zeros();
            let precision = precision.max(needed);
            if fits(product, precision) {
                return Ok(Number::small(product, precision));
            }
        }
        let negative = self.is_sign_negative() != other.is_sign_negative();
        let (Some(a), Some(b)) = (self.magnitude(), other.magnitude()) else {
            return if self.is_zero() || other.is_zero() {
                Err(NumberError::NotANumber)
            } else {
                Ok(Number::infinity(negative, precision))
            };
        };
        let product = a.mul(&b).round(LITERAL_PRECISION.into());
        let needed = u32::try_from(product.min_precision()).unwrap_or(LITERAL_PRECISION);
        Number::finite(negative, product, precision.max(needed))
    }

    /// Division; by zero it gives an infinity, except `0/0`.
    pub fn div(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && *a != 0
            && a.checked_rem(*b) == Some(0)
            && let Some(quotient) = a.checked_div(*b)
        {
            return Ok(Number::small(quotient, precision));
        }
        let negative = self.is_sign_negative() != other.is_sign_negative();
        match (self.magnitude(), other.magnitude()) {
            (None, None) => Err(NumberError::NotANumber),
            (None, Some(_)) => Ok(Number::infinity(negative, precision)),
            (Some(_), None) => Ok(Number::zero(negative, precision)),
            (Some(a), Some(b)) if b.is_zero() => {
                if a.is_zero() {
                    Err(NumberError::NotANumber)
                } else {
                    Ok(Number::infinity(negative, precision))
                }
            }
            (Some(a), Some(_)) if a.is_zero() => Ok(Number::zero(negative, precision)),
            (Some(a), Some(b)) => Number::finite(negative, a.div(&b, precision.into()), precision),
        }
    }

    /// The remainder of a division that truncates. By zero it is the dividend, as in Terraform.
    pub fn rem(&self, other: &Number) -> Result<Number, NumberError> {
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (Repr::Small { value: a, .. }, Repr::Small { value: b, .. }) = (&self.0, &other.0)
            && a.unsigned_abs().max(b.unsigned_abs()) < EXACT_QUOTIENT
            && self.precision().max(other.precision()) >= FLOAT_PRECISION
        {
            return Ok(Number::small(a % b, self.precision()));
        }
        if self.is_infinite() || other.is_infinite() {
            return Err(NumberError::NotANumber);
        }
        // The quotient is rounded to the operands' precision first and the whole part to the dividend's.
        let quotient = self.div(other)?;
        let Some(magnitude) = quotient.magnitude() else { return Err(NumberError::NotANumber) };
        let whole = Magnitude::new(magnitude.integer_part(), 0);
        let precision = self.precision();
        let work = if whole.is_zero() {
            Number::zero(false, precision)
        } else {
            Number::finite(quotient.is_sign_negative(), whole.round(precision.into()), precision)?
        };
        let negative = work.is_sign_negative() != other.is_sign_negative();
        let (Some(a), Some(b)) = (work.magnitude(), other.magnitude()) else {
            return Err(NumberError::NotANumber);
        };
        let product = if a.is_zero() {
            Number::zero(negative, precision)
        } else {
            Number::finite(negative, a.mul(&b).round(precision.into()), precision)?
        };
        self.sub(&product)?.with_precision(precision)
    }

    pub fn neg(&self) -> Number {
        match &self.0 {
            Repr::Small { value, precision } if *value != 0 => match value.checked_neg() {
                Some(value) => Number::small(value, *precision),
                None => Number::from_parts(false, Magnitude::new(value.unsigned_abs().into(), 0), *precision),
            },
            Repr::Small { precision, .. } => Number::zero(true, *precision),
            Repr::Big(big) => match &big.value {
                None => Number::infinity(!big.negative, big.precision),
                Some(value) if value.is_zero() => Number::zero(!big.negative, big.precision),
                Some(value) => Number::from_parts(!big.negative, value.clone(), big.precision),
            },
        }
    }

    pub fn abs(&self) -> Number {
        if self.is_sign_negative() { self.neg() } else { self.clone() }
    }

    /// The largest integer that is not larger, at this value's precision. Infinities stay.
    pub fn floor(&self) -> Number {
        let whole = self.to_integer(self.is_sign_negative());
        whole.with_precision(self.precision()).unwrap_or(whole)
    }

    /// The smallest integer that is not smaller, at this value's precision. Infinities stay.
    pub fn ceil(&self) -> Number {
        let whole = self.to_integer(!self.is_sign_negative());
        whole.with_precision(self.precision()).unwrap_or(whole)
    }

    /// The value without its fraction, at the precision that it needs, at least 64 bits. Infinities stay.
    pub fn trunc(&self) -> Number {
        self.to_integer(false)
    }

    fn to_integer(&self, away_from_zero: bool) -> Number {
        let Repr::Big(big) = &self.0 else { return self.clone() };
        let Some(value) = big.value.as_ref().filter(|value| !value.is_integer()) else { return self.clone() };
        let mut whole = value.integer_part();
        if away_from_zero {
            whole += 1u8;
        }
        let precision = u32::try_from(whole.bits()).unwrap_or(u32::MAX).max(INTEGER_PRECISION);
        let negative = big.negative && !whole.is_zero();
        Number::from_parts(negative, Magnitude::new(whole, 0), precision)
    }
}

/// Small integers are below `2^precision`: only then is their plain text also the shortest one.
fn fits(value: i64, precision: u32) -> bool {
    let magnitude = value.unsigned_abs();
    magnitude == 0 || 64 - magnitude.leading_zeros() <= precision
}
