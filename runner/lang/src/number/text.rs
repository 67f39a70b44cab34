//! Numbers as text: the shortest decimal that reads back as the same value at the number's own precision.
//!
//! The digits are those of Go's `big.Float.Text`, because they are what Terraform prints and compares.

use num_bigint::BigUint;
use num_traits::One;

use super::float::Magnitude;

/// `0.d1d2d3… × 10^point`, without trailing zeros; no digits at all is zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The exact decimal expansion of a binary value.
    pub(super) fn exact(mantissa: &BigUint, exponent: i64) -> Decimal {
        let (text, shift) = if exponent >= 0 {
            ((mantissa << exponent.unsigned_abs()).to_str_radix(10), 0)
        } else {
            // m × 2^-e = m × 5^e × 10^-e.
            let fives = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
            ((mantissa * BigUint::from(5u8).pow(fives)).to_str_radix(10), exponent)
        };
        let mut digits = text.into_bytes();
        if digits == b"0" {
            digits.clear();
        }
        let point = if digits.is_empty() { 0 } else { shift.saturating_add_unsigned(digits.len() as u64) };
        let mut decimal = Decimal { digits, point };
        decimal.trim();
        decimal
    }

    /// The shortest decimal that rounds to this value at `precision` bits.
    pub(super) fn shortest(value: &Magnitude, precision: u64) -> Decimal {
        let mut decimal = Decimal::exact(&value.mantissa, value.exponent);
        if value.is_zero() {
            return decimal;
        }
        // The mantissa with one bit more than the precision: its lowest bit is half a unit in the last place.
        let shift = (precision + 1).saturating_sub(value.mantissa.bits());
        let mantissa = &value.mantissa << shift;
        let exponent = value.exponent.saturating_sub_unsigned(shift);
        let lower = Decimal::exact(&(&mantissa - BigUint::one()), exponent);
        let upper = Decimal::exact(&(&mantissa + BigUint::one()), exponent);
        // Ties go to even, so the bounds themselves belong to the value when its last bit is even.
        let inclusive = !mantissa.bit(1);
        for index in 0..decimal.digits.len() {
            let own = decimal.at(index);
            let (low, high) = (lower.at(index), upper.at(index));
            let down = low != own || (inclusive && index + 1 == lower.digits.len());
            let up = own != high && (inclusive || own + 1 < high || index + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => decimal.round(index + 1),
                (true, false) => decimal.round_down(index + 1),
                (false, true) => decimal.round_up(index + 1),
                (false, false) => continue,
            }
            break;
        }
        decimal
    }

    /// Rounds half to even at `count` digits.
    pub(super) fn round(&mut self, count: usize) {
        let Some(&next) = self.digits.get(count) else { return };
        let up = if next == b'5' && count + 1 == self.digits.len() {
            count > 0 && (self.digits[count - 1] - b'0') % 2 == 1
        } else {
            next >= b'5'
        };
        if up { self.round_up(count) } else { self.round_down(count) }
    }

    /// `123`, `0.05`, `-4000`: never an exponent.
    pub(super) fn plain(&self, negative: bool) -> String {
        let mut out = String::with_capacity(self.digits.len() + 8);
        if negative {
            out.push('-');
        }
        let point = self.point;
        if point <= 0 || self.digits.is_empty() {
            out.push('0');
        }
        let whole = usize::try_from(point).unwrap_or(0);
        for index in 0..whole {
            out.push(char::from(self.at(index)));
        }
        if self.digits.len() > whole {
            out.push('.');
            for _ in point..0 {
                out.push('0');
            }
            for index in whole..self.digits.len() {
                out.push(char::from(self.at(index)));
            }
        }
        out
    }

    /// C's `%.{count}g`.
    pub(super) fn general(mut self, negative: bool, count: usize) -> String {
        self.round(count);
        let length = self.digits.len();
        let length_i = i64::try_from(length).unwrap_or(i64::MAX);
        let wanted = if count > length && length_i >= self.point { length } else { count };
        let exponent = if length == 0 { 0 } else { self.point - 1 };
        if length > 0 && (exponent < -4 || exponent >= i64::try_from(wanted).unwrap_or(i64::MAX)) {
            self.scientific(negative)
        } else {
            self.plain(negative)
        }
    }

    /// `1.5e+06`: all digits, at least two digits of exponent.
    pub(super) fn scientific(&self, negative: bool) -> String {
        let mut out = String::new();
        if negative {
            out.push('-');
        }
        out.push(char::from(self.at(0)));
        if self.digits.len() > 1 {
            out.push('.');
            out.extend(self.digits[1..].iter().map(|digit| char::from(*digit)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
        out
    }

    /// `%.{places}f`: rounds half to even at a number of places after the point.
    pub(super) fn fixed(mut self, negative: bool, places: usize) -> String {
        let keep = self.point.saturating_add(i64::try_from(places).unwrap_or(i64::MAX));
        match usize::try_from(keep) {
            Ok(keep) => self.round(keep),
            Err(_) => self.digits.clear(),
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        let mut out = self.plain(negative);
        if places > 0 {
            let have = match out.find('.') {
                Some(dot) => out.len() - dot - 1,
                None => {
                    out.push('.');
                    0
                }
            };
            out.extend(std::iter::repeat_n('0', places.saturating_sub(have)));
        }
        out
    }

    /// The digits and where the decimal point stands: `0.d1d2d3… × 10^point`.
    pub(super) fn parts(&self) -> (&[u8], i64) {
        (&self.digits, self.point)
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        let mut keep = count;
        while keep > 0 && self.digits[keep - 1] >= b'9' {
            keep -= 1;
        }
        if keep == 0 {
            // All nines: 999 becomes 1 with one more place.
            self.digits = vec![b'1'];
            self.point += 1;
            return;
        }
        self.digits[keep - 1] += 1;
        self.digits.truncate(keep);
    }

    fn round_down(&mut self, count: usize) {
        if count < self.digits.len() {
            self.digits.truncate(count);
            self.trim();
        }
    }

    fn trim(&mut self) {
        let length = self.digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        self.digits.truncate(length);
        if length == 0 {
            self.point = 0;
        }
    }
}
