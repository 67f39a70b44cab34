//! Timestamps of RFC 3339 and Go's durations, with cty's and Go's words for what is wrong with them.

use std::fmt;

use crate::quote;

/// A point in time and the offset in which it was written.
pub(super) struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00 on the clock that was written.
    local: i64,
    nanosecond: i64,
    /// Seconds east of UTC.
    pub(super) offset: i64,
}

impl Timestamp {
    pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
        read(text).map_err(|reason| format!("not a valid RFC3339 timestamp: {reason}"))
    }

    /// Seconds and nanoseconds since 1970-01-01T00:00:00Z.
    pub(super) fn instant(&self) -> (i64, i64) {
        (self.local - self.offset, self.nanosecond)
    }

    pub(super) fn plus_nanoseconds(&self, nanoseconds: i64) -> Timestamp {
        const SECOND: i64 = 1_000_000_000;
        let nanosecond = self.nanosecond + nanoseconds % SECOND;
        Timestamp {
            local: self.local + nanoseconds / SECOND + nanosecond.div_euclid(SECOND),
            nanosecond: nanosecond.rem_euclid(SECOND),
            offset: self.offset,
        }
    }

    /// Year, month and day.
    pub(super) fn date(&self) -> (i64, i64, i64) {
        civil(self.local.div_euclid(86_400))
    }

    /// Hour, minute and second.
    pub(super) fn clock(&self) -> (i64, i64, i64) {
        let second = self.local.rem_euclid(86_400);
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// 0 for Sunday.
    pub(super) fn weekday(&self) -> usize {
        usize::try_from((self.local.div_euclid(86_400) + 4).rem_euclid(7)).unwrap_or(0)
    }

    /// `+01:30`, with or without the colon.
    pub(super) fn offset_text(&self, colon: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with whole seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.clock();
        let sign = if year < 0 { "-" } else { "" };
        let year = year.abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        f.write_str(&if self.offset == 0 { "Z".to_owned() } else { self.offset_text(":") })
    }
}

fn read(text: &str) -> Result<Timestamp, String> {
    let mut rest = text;
    let year = number(&mut rest, 4, "year")?;
    mark(&mut rest, '-', "year")?;
    let month = number(&mut rest, 2, "month")?;
    if !(1..=12).contains(&month) {
        // cty blames what follows the two digits.
        return Err(format!("cannot use {} as month", quote(rest)));
    }
    mark(&mut rest, '-', "month")?;
    let day = number(&mut rest, 2, "day of month")?;
    match rest.strip_prefix('T') {
        Some(after) => rest = after,
        None => return Err("missing required time introducer 'T'".to_owned()),
    }
    let hour = number(&mut rest, 2, "hour")?;
    if hour > 23 && !rest.is_empty() {
        return Err("hour must be between 0 and 23 inclusive".to_owned());
    }
    mark(&mut rest, ':', "hour")?;
    let minute = number(&mut rest, 2, "minute")?;
    if minute > 59 && !rest.is_empty() {
        return Err("minute must have exactly two digits".to_owned());
    }
    mark(&mut rest, ':', "minute")?;
    let second = number(&mut rest, 2, "second")?;
    if second > 59 {
        // As with the month, what follows the digits is blamed.
        return Err(format!("cannot use {} as second", quote(rest)));
    }
    let mut nanosecond = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, tail) = after.split_at(length);
        if digits.is_empty() {
            return Err(format!("cannot use {} as fractional second", quote(after)));
        }
        let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
        nanosecond = nine.parse().unwrap_or(0);
        rest = tail;
    }
    let offset = if let Some(after) = rest.strip_prefix('Z') {
        rest = after;
        0
    } else {
        let sign = match rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            None => return Err("end of string before UTC offset".to_owned()),
            Some(_) => return Err(format!("cannot use {} as UTC offset", quote(rest))),
        };
        rest = &rest[1..];
        let hours = number(&mut rest, 2, "UTC offset")?;
        mark(&mut rest, ':', "UTC offset")?;
        let minutes = number(&mut rest, 2, "UTC offset")?;
        sign * (hours * 3600 + minutes * 60)
    };
    if !rest.is_empty() {
        return Err(format!("extra characters {} after timestamp", quote(rest)));
    }
    if day < 1 || civil(days(year, month, day)) != (year, month, day) {
        return Err("day out of range".to_owned());
    }
    let local = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Ok(Timestamp { local, nanosecond, offset })
}

fn number(rest: &mut &str, digits: usize, name: &str) -> Result<i64, String> {
    if rest.is_empty() {
        return Err(format!("end of string before {name}"));
    }
    let value = rest
        .get(..digits)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("cannot use {} as {name}", quote(rest)))?;
    *rest = &rest[digits..];
    Ok(value)
}

fn mark(rest: &mut &str, wanted: char, after: &str) -> Result<(), String> {
    match rest.strip_prefix(wanted) {
        Some(tail) => {
            *rest = tail;
            Ok(())
        }
        None if rest.is_empty() => Err(format!("end of string after {after}")),
        None => Err(format!("missing '{wanted}' after {after}")),
    }
}

/// Go's `time.ParseDuration`, in nanoseconds.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, mut rest) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (amount, tail) = rest.split_at(length);
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || whole.len() > 19 {
            return Err(invalid());
        }
        let length = tail.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(length);
        let scale: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quote(text))),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                return Err(format!("time: unknown unit {} in duration {}", quote(unit), quote(text)));
            }
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let mut part = scale;
        total += whole * scale;
        for digit in fraction.bytes() {
            part /= 10;
            total += part * i128::from(digit - b'0');
        }
        rest = tail;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
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

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
