//! The arithmetic core: finite binary floats `mantissa × 2^exponent`, rounded to nearest even at a given precision.
//!
//! This file knows no infinities, no signs of zero and no text.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{One, Zero};

/// A non-negative finite value. The mantissa is odd, or zero with exponent zero, so equal values are equal structs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Magnitude {
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
}

impl Magnitude {
    pub(super) fn new(mut mantissa: BigUint, mut exponent: i64) -> Magnitude {
        match mantissa.trailing_zeros() {
            None => exponent = 0,
            Some(0) => {}
            Some(zeros) => {
                mantissa >>= zeros;
                exponent = exponent.saturating_add_unsigned(zeros);
            }
        }
        Magnitude { mantissa, exponent }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// The position of the highest bit: the value lies in `[2^(top-1), 2^top)`.
    pub(super) fn top(&self) -> i64 {
        self.exponent.saturating_add_unsigned(self.mantissa.bits())
    }

    /// The number of mantissa bits that the value needs.
    pub(super) fn min_precision(&self) -> u64 {
        self.mantissa.bits()
    }

    /// The nearest value with at most `precision` bits, ties to even.
    pub(super) fn round(self, precision: u64) -> Magnitude {
        round_sticky(self.mantissa, self.exponent, precision, false)
    }

    pub(super) fn mul(&self, other: &Magnitude) -> Magnitude {
        Magnitude::new(&self.mantissa * &other.mantissa, self.exponent.saturating_add(other.exponent))
    }

    /// The quotient rounded to `precision` bits. The divisor is not zero.
    pub(super) fn div(&self, other: &Magnitude, precision: u64) -> Magnitude {
        if self.is_zero() {
            return self.clone();
        }
        // Two more bits than asked for, so that the remainder only has to say "not exact".
        let shift = (precision + 2 + other.mantissa.bits()).saturating_sub(self.mantissa.bits());
        let (quotient, remainder) = (&self.mantissa << shift).div_rem(&other.mantissa);
        let exponent = self.exponent.saturating_sub(other.exponent).saturating_sub_unsigned(shift);
        round_sticky(quotient, exponent, precision, !remainder.is_zero())
    }

    /// Both mantissas at the smaller exponent of the two.
    pub(super) fn align(&self, other: &Magnitude) -> (BigUint, BigUint, i64) {
        let exponent = self.exponent.min(other.exponent);
        let left = &self.mantissa << self.exponent.abs_diff(exponent);
        let right = &other.mantissa << other.exponent.abs_diff(exponent);
        (left, right, exponent)
    }

    pub(super) fn cmp(&self, other: &Magnitude) -> std::cmp::Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return std::cmp::Ordering::Equal,
            (true, false) => return std::cmp::Ordering::Less,
            (false, true) => return std::cmp::Ordering::Greater,
            (false, false) => {}
        }
        self.top().cmp(&other.top()).then_with(|| {
            let (left, right, _) = self.align(other);
            left.cmp(&right)
        })
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The value without its fraction.
    pub(super) fn integer_part(&self) -> BigUint {
        if self.exponent >= 0 {
            &self.mantissa << self.exponent.unsigned_abs()
        } else {
            &self.mantissa >> self.exponent.unsigned_abs()
        }
    }
}

/// Rounds `mantissa × 2^exponent`, of which `sticky` says that a non-zero tail was cut off below.
pub(super) fn round_sticky(mantissa: BigUint, exponent: i64, precision: u64, sticky: bool) -> Magnitude {
    let excess = mantissa.bits().saturating_sub(precision);
    if excess == 0 {
        return Magnitude::new(mantissa, exponent);
    }
    let half_bit = excess - 1;
    let half = mantissa.bit(half_bit);
    let below_half = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < half_bit);
    let mut kept = mantissa >> excess;
    if half && (below_half || kept.bit(0)) {
        kept += BigUint::one();
    }
    Magnitude::new(kept, exponent.saturating_add_unsigned(excess))
}
