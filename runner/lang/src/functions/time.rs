//! Functions on times and random identifiers.

use super::args::STRING;
use super::encoding::hex;
use super::{Call, Effects, Function, Returns};
use crate::{Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "timestamp",
        "Returns the current time in UTC, in the form `2006-01-02T15:04:05Z`. Unknown while planning.",
        &[],
        Returns::Type(STRING),
        |_, _, call| Ok(with_effects(call, |effects| format_utc(effects.unix_time()))),
    )
    .impure(),
    Function::new(
        "uuid",
        "Returns a new random identifier. Unknown while planning.",
        &[],
        Returns::Type(STRING),
        |_, _, call| Ok(with_effects(call, random_uuid)),
    )
    .impure(),
];

fn with_effects(call: &mut Call<'_>, read: fn(&mut dyn Effects) -> String) -> Value {
    match &mut call.effects {
        Some(effects) => read(*effects).into(),
        None => Value::unknown(Type::String),
    }
}

fn random_uuid(effects: &mut dyn Effects) -> String {
    let mut bytes = [0; 16];
    effects.random(&mut bytes);
    // Version 4, variant 1, as RFC 4122 wants.
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    hyphenated(&bytes)
}

/// The canonical text of an identifier.
pub(super) fn hyphenated(bytes: &[u8; 16]) -> String {
    let digits = hex(bytes);
    let mut out = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

/// RFC 3339 in UTC with whole seconds.
pub(super) fn format_utc(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(86_400));
    let second = unix.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the leap day comes last; an era has 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
