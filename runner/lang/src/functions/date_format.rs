//! The letters of `formatdate`.

use super::timestamp::Timestamp;
use crate::quote;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `time` in the form that `format` describes.
pub(super) fn format(format: &str, time: &Timestamp) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(&rest[1..], &mut out)?;
            continue;
        }
        let length = if first.is_ascii_alphabetic() {
            rest.len() - rest.trim_start_matches(first).len()
        } else {
            rest.find(|c: char| c.is_ascii_alphabetic() || c == '\'').unwrap_or(rest.len())
        };
        let (token, tail) = rest.split_at(length);
        rest = tail;
        if first.is_ascii_alphabetic() {
            out.push_str(&verb(token, first, time)?);
        } else {
            out.push_str(token);
        }
    }
    Ok(out)
}

/// Text up to the closing quote; two quotes are one.
fn quoted<'f>(text: &'f str, out: &mut String) -> Result<&'f str, String> {
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('\'') else {
            return Err("unterminated literal '".to_owned());
        };
        out.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                out.push('\'');
                rest = more;
            }
            None => return Ok(after),
        }
    }
}

fn verb(token: &str, letter: char, time: &Timestamp) -> Result<String, String> {
    let invalid = |reason: &str| Err(format!("invalid date format verb {}{reason}", quote(token)));
    let (year, month, day) = time.date();
    let (hour, minute, second) = time.clock();
    let month_name =
        usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    let day_name = DAYS.get(time.weekday()).copied().unwrap_or_default();
    let half = if hour < 12 { "am" } else { "pm" };
    let twelve = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    Ok(match token {
        "Y" | "YYY" => return invalid(": year must either be \"YY\" or \"YYYY\""),
        "YY" => format!("{:02}", year % 100),
        "YYYY" => format!("{year:04}"),
        "M" => month.to_string(),
        "MM" => format!("{month:02}"),
        "MMM" => month_name.chars().take(3).collect(),
        "MMMM" => month_name.to_owned(),
        "D" => day.to_string(),
        "DD" => format!("{day:02}"),
        "EEE" => day_name.chars().take(3).collect(),
        "EEEE" => day_name.to_owned(),
        "h" => hour.to_string(),
        "hh" => format!("{hour:02}"),
        "H" => twelve.to_string(),
        "HH" => format!("{twelve:02}"),
        "AA" => half.to_ascii_uppercase(),
        "aa" => half.to_owned(),
        "m" => minute.to_string(),
        "mm" => format!("{minute:02}"),
        "s" => second.to_string(),
        "ss" => format!("{second:02}"),
        "Z" if time.offset == 0 => "Z".to_owned(),
        "ZZZ" if time.offset == 0 => "UTC".to_owned(),
        "Z" | "ZZZZZ" => time.offset_text(":"),
        "ZZZ" | "ZZZZ" => time.offset_text(""),
        _ => {
            return match letter {
                'Y' => invalid(": year must either be \"YY\" or \"YYYY\""),
                'M' => invalid(": month must be \"M\", \"MM\", \"MMM\", or \"MMMM\""),
                'D' => invalid(": day of month must either be \"D\" or \"DD\""),
                'E' => invalid(": day of week must either be \"EEE\" or \"EEEE\""),
                'h' | 'H' => invalid(&format!(": hour must either be \"{letter}\" or \"{letter}{letter}\"")),
                'A' | 'a' => invalid(&format!(": must be \"{letter}{letter}\"")),
                'm' => invalid(": minute must either be \"m\" or \"mm\""),
                's' => invalid(": second must either be \"s\" or \"ss\""),
                'Z' => invalid(": timezone must be Z, ZZZZ, or ZZZZZ"),
                _ => invalid(""),
            };
        }
    })
}
