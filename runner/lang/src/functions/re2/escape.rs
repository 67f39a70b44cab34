//! Escapes and repeat counts.

use super::{PatternError, consumed, error, next_char};

/// The scalar values between two code points, surrogates left out.
pub(super) fn scalar_range(low: u32, high: u32) -> Option<(char, char)> {
    let low = char::from_u32(low).unwrap_or('\u{E000}');
    let high = char::from_u32(high).unwrap_or('\u{D7FF}');
    (low <= high).then_some((low, high))
}

pub(super) fn class_char<'t>(text: &'t str, whole: &str) -> Result<(u32, &'t str), PatternError> {
    match next_char(text) {
        None => error("missing closing ]", whole),
        Some(('\\', _)) => read_escape(text),
        Some((c, rest)) => Ok((u32::from(c), rest)),
    }
}

/// One escaped character: its code point (which may be a surrogate) and what follows.
pub(super) fn read_escape(text: &str) -> Result<(u32, &str), PatternError> {
    let Some((c, mut rest)) = next_char(&text[1..]) else {
        return error("trailing backslash at end of expression", "");
    };
    let is_octal = |text: &str| text.bytes().next().is_some_and(|byte| (b'0'..=b'7').contains(&byte));
    let value = match c {
        // A single digit would be a back reference, which RE2 has not.
        '0'..='7' if c == '0' || is_octal(rest) => {
            let mut value = u32::from(c) - u32::from('0');
            for _ in 0..2 {
                if let Some((digit, after)) = next_char(rest).filter(|_| is_octal(rest)) {
                    value = value * 8 + u32::from(digit) - u32::from('0');
                    rest = after;
                }
            }
            Some(value)
        }
        'x' => read_hex(&mut rest),
        'a' => Some(7),
        'f' => Some(12),
        'n' => Some(10),
        'r' => Some(13),
        't' => Some(9),
        'v' => Some(11),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
        _ => None,
    };
    match value {
        Some(value) => Ok((value, rest)),
        None => error("invalid escape sequence", consumed(text, rest)),
    }
}

/// The digits after `\x`: two, or any number in braces. Leaves `rest` where Go stops blaming.
fn read_hex(rest: &mut &str) -> Option<u32> {
    let mut take = || {
        let (c, after) = next_char(rest)?;
        *rest = after;
        Some(c)
    };
    let first = take()?;
    if first != '{' {
        let second = take()?;
        return Some(first.to_digit(16)? * 16 + second.to_digit(16)?);
    }
    let mut value = 0;
    let mut digits = 0;
    loop {
        let c = take()?;
        if c == '}' {
            return (digits > 0).then_some(value);
        }
        value = value * 16 + c.to_digit(16)?;
        digits += 1;
        if value > u32::from(char::MAX) {
            return None;
        }
    }
}

/// The counts of `{n}`, `{n,}` or `{n,m}` and what follows; the counts are `None` when a number is too long to be one,
/// the whole is `None` when the brace starts no counts and so stands for itself.
#[expect(clippy::type_complexity, reason = "three outcomes, told apart by the caller at once")]
pub(super) fn read_counts(text: &str) -> Option<(Option<(u32, Option<u32>)>, &str)> {
    let (min, rest) = read_count(text.strip_prefix('{')?)?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (min.map(Some), rest),
        Some(rest) if rest.starts_with('}') => (Some(None), rest),
        Some(rest) => {
            let (max, rest) = read_count(rest)?;
            (max.map(Some), rest)
        }
    };
    let rest = rest.strip_prefix('}')?;
    Some((min.zip(max), rest))
}

fn read_count(text: &str) -> Option<(Option<u32>, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    let value = if digits.len() >= 8 { None } else { digits.parse().ok() };
    Some((value, rest))
}
