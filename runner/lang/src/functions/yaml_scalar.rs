//! The types of YAML scalars, as Terraform resolves them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::number::INTEGER_PRECISION;
use crate::{Number, Type, Value};

const CORE: &str = "tag:yaml.org,2002:";

const TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
const NULL: &[&str] = &["", "~", "null", "Null", "NULL"];

/// What the text of a scalar means.
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Number(Number),
    /// In the form of RFC 3339.
    Timestamp(String),
    String(String),
}

impl Scalar {
    pub(super) fn into_value(self) -> Value {
        match self {
            Scalar::Null => Value::null(Type::Dynamic),
            Scalar::Bool(value) => Value::bool(value),
            Scalar::Number(number) => Value::number(number),
            Scalar::Timestamp(text) | Scalar::String(text) => Value::string(&text),
        }
    }
}

/// The name of a tag of YAML's own.
pub(super) fn core_tag(tag: &str) -> Option<&str> {
    let name = tag.strip_prefix(CORE)?;
    let known = ["str", "int", "float", "bool", "null", "timestamp", "binary", "seq", "map", "merge"];
    known.contains(&name).then_some(name)
}

/// A scalar without quotes and without a tag.
pub(super) fn plain(text: &str) -> Result<Scalar, String> {
    if NULL.contains(&text) {
        return Ok(Scalar::Null);
    }
    if TRUE.contains(&text) || FALSE.contains(&text) {
        return Ok(Scalar::Bool(TRUE.contains(&text)));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("floating point NaN is not supported".to_owned());
    }
    let found = timestamp(text).map(Scalar::Timestamp).or_else(|| number(text).map(Scalar::Number));
    Ok(found.unwrap_or_else(|| Scalar::String(text.to_owned())))
}

/// A scalar without quotes whose tag is one of YAML's own; `kind` is the tag's name, `tag` the whole tag.
pub(super) fn tagged(text: &str, kind: &str, tag: &str) -> Result<Scalar, String> {
    let refused = || format!("cannot parse {} as {tag}", crate::quote(text));
    if kind == "binary" {
        return match STANDARD.decode(text) {
            Ok(_) => Ok(Scalar::String(text.to_owned())),
            Err(_) => Err(format!("{}: not valid base64", refused())),
        };
    }
    if kind == "null" {
        return Ok(Scalar::Null);
    }
    match (kind, plain(text)?) {
        ("int" | "float", found @ Scalar::Number(_))
        | ("bool", found @ Scalar::Bool(_))
        | ("timestamp", found @ Scalar::Timestamp(_)) => Ok(found),
        _ => Err(refused()),
    }
}

/// Decimal with an exponent, hexadecimal after `0x`, octal after `0o`, or an infinity.
fn number(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Number::infinity(negative, INTEGER_PRECISION));
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            return u64::from_str_radix(digits, radix).ok().filter(|_| valid).map(Number::from_u64);
        }
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_valid =
        exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)));
    let mantissa_is_valid = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some((whole, fraction)) => digits(fraction) && (whole.is_empty() || digits(whole)),
    };
    if !exponent_is_valid || !mantissa_is_valid {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    let zero = if mantissa.starts_with('.') { "0" } else { "" };
    Number::parse(&format!("{sign}{zero}{unsigned}"))
}

/// `2001-12-14`, `2001-12-14 21:59:43.10`, `2001-12-14T21:59:43.10-05:00`; the last form needs its zone. Parts of a
/// second are dropped.
fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at..)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: u32 = year.parse().ok()?;
    let (month, day) = (one_or_two_digits(month)?, one_or_two_digits(day)?);
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (hour, minute, second, zone) = match time {
        None => (0, 0, 0, "Z".to_owned()),
        Some(time) => time_of_day(time)?,
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
}

/// From the separator after the date on: hour, minute, second and zone.
fn time_of_day(text: &str) -> Option<(u32, u32, u32, String)> {
    let zoned = !text.starts_with(' ');
    let clock = text.get(1..)?;
    let (clock, zone) = match clock.find(['Z', '+', '-']).filter(|_| zoned) {
        Some(at) => (clock.get(..at)?, zone(clock.get(at..)?)?),
        None if zoned => return None,
        None => (clock, "Z".to_owned()),
    };
    let (whole, fraction) = match clock.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clock, None),
    };
    if fraction.is_some_and(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let mut parts = whole.split(':').map(one_or_two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    valid.then_some((hour, minute, second, zone))
}

fn zone(text: &str) -> Option<String> {
    if text == "Z" {
        return Some(text.to_owned());
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (one_or_two_digits(hours)?, one_or_two_digits(minutes)?);
    match (hours, minutes) {
        (0, 0) => Some("Z".to_owned()),
        (0..=24, 0..=60) => Some(text.to_owned()),
        _ => None,
    }
}

fn one_or_two_digits(text: &str) -> Option<u32> {
    let valid = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
