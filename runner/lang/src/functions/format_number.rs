//! Numbers under the verbs of `format`, as Go's `math/big` prints them.

use num_bigint::{BigInt, Sign};

use super::format::Verb;
use crate::Number;

/// `%b`, `%d`, `%o`, `%x`, `%X`.
pub(super) fn integer(value: &BigInt, verb: &Verb<'_>) -> String {
    let (radix, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let prefix = if verb.sharp { prefix } else { "" };
    let mut digits = value.magnitude().to_str_radix(radix);
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return String::new();
    }
    let sign = sign_text(value.sign() == Sign::Minus, verb);
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    format!("{}{sign}{prefix}{}{digits}{}", " ".repeat(left), "0".repeat(zeros), " ".repeat(right))
}

/// `%e`, `%E`, `%f`, `%g`, `%G` with flags and width.
pub(super) fn padded_float(number: &Number, verb: &Verb<'_>) -> String {
    let precision = match verb.letter {
        'g' | 'G' => verb.precision,
        _ => Some(verb.precision.unwrap_or(6)),
    };
    let text = float(number, verb.letter, precision);
    let (sign, digits) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(digits), _) => ("-", digits),
        (_, Some(infinity)) => (if verb.space { " " } else { "+" }, infinity),
        _ => (sign_text(false, verb), text.as_str()),
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    if verb.zero && !verb.minus && !number.is_infinite() {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    }
}

fn sign_text(negative: bool, verb: &Verb<'_>) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// A number under one of the letters `e E f g G`; without a precision with as many digits as identify it.
pub(super) fn float(number: &Number, letter: char, precision: Option<usize>) -> String {
    let minus = if number.is_sign_negative() { "-" } else { "" };
    let digits = if precision.is_some() { number.exact_digits() } else { number.shortest_digits() };
    let Some((digits, point)) = digits else {
        return if number.is_sign_negative() { "-Inf".into() } else { "+Inf".into() };
    };
    let mut decimal = Decimal { digits: digits.iter().map(|&digit| ascii(digit)).collect(), point };
    let text = match letter {
        'f' => {
            let places = match precision {
                Some(places) => {
                    decimal.round(decimal.point.saturating_add_unsigned(places as u64));
                    places
                }
                None => usize::try_from(decimal.len() - decimal.point).unwrap_or(0),
            };
            decimal.fixed(places)
        }
        'e' | 'E' => {
            if let Some(places) = precision {
                decimal.round(i64::try_from(places).unwrap_or(i64::MAX).saturating_add(1));
            }
            let places = precision.unwrap_or_else(|| decimal.digits.len().saturating_sub(1));
            decimal.scientific(letter, places)
        }
        _ => decimal.general(letter, precision),
    };
    format!("{minus}{text}")
}

/// Digits may come as values or as characters.
fn ascii(digit: u8) -> u8 {
    if digit < 10 { digit + b'0' } else { digit }
}

/// `0.d1d2… × 10^point`, without trailing zeros; no digits for zero.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn len(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    /// Keeps `count` digits, rounding half to even.
    fn round(&mut self, count: i64) {
        if count >= self.len() {
            return;
        }
        let Ok(count) = usize::try_from(count) else {
            self.digits.clear();
            self.point = 0;
            return;
        };
        let cut = self.digits.split_off(count);
        let exactly_half = cut == [b'5'];
        let up = match cut.first() {
            Some(b'5') if exactly_half => self.digits.last().is_some_and(|digit| digit % 2 == 1),
            Some(digit) => *digit >= b'5',
            None => false,
        };
        if up {
            while self.digits.last() == Some(&b'9') {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    self.digits.push(b'1');
                    self.point += 1;
                }
            }
        }
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    fn digit(&self, index: i64) -> char {
        let digit = usize::try_from(index).ok().and_then(|index| self.digits.get(index));
        digit.map_or('0', |&digit| char::from(digit))
    }

    fn fixed(&self, places: usize) -> String {
        let mut out = String::new();
        if self.point > 0 {
            out.extend((0..self.point).map(|index| self.digit(index)));
        } else {
            out.push('0');
        }
        if places > 0 {
            out.push('.');
            let places = i64::try_from(places).unwrap_or(i64::MAX);
            out.extend((0..places).map(|index| self.digit(self.point + index)));
        }
        out
    }

    fn scientific(&self, letter: char, places: usize) -> String {
        let mut out = String::from(self.digit(0));
        if places > 0 {
            out.push('.');
            let places = i64::try_from(places).unwrap_or(i64::MAX);
            out.extend((1..=places).map(|index| self.digit(index)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("{letter}{sign}{:02}", exponent.unsigned_abs()));
        out
    }

    fn general(mut self, letter: char, precision: Option<usize>) -> String {
        let limit = match precision {
            Some(precision) => {
                let precision = i64::try_from(precision).unwrap_or(i64::MAX).max(1);
                self.round(precision);
                let digits = self.len();
                if precision > digits && digits >= self.point { digits } else { precision }
            }
            None => 6,
        };
        let exponent = self.point - 1;
        if exponent < -4 || exponent >= limit {
            let letter = if letter == 'G' { 'E' } else { 'e' };
            let places = self.digits.len().saturating_sub(1);
            return self.scientific(letter, places);
        }
        let places = usize::try_from(self.len() - self.point).unwrap_or(0);
        self.fixed(places)
    }
}
