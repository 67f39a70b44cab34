//! Functions on times: RFC 3339 timestamps, Go's durations, date formats, and random identifiers.

use sha1::Digest as _;

use super::args::{NUMBER, STRING, text};
use super::encoding::hex;
use super::timestamp::{Timestamp, civil, parse_duration};
use super::{Call, Effects, Function, FunctionError, Param, Place, Returns, Since, date_format};
use crate::{Type, Value};

const TIME: &str = "A time such as `2006-01-02T15:04:05Z`.";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "formatdate",
        "Writes a time in a form given by letters such as `YYYY-MM-DD hh:mm:ss ZZZ`; text in quotes stays as it is.",
        r#"formatdate("DD MMM YYYY", "2018-01-02T23:12:01Z") # "02 Jan 2018""#,
        &[Param::new("format", STRING, "The form."), Param::new("time", STRING, TIME)],
        Returns::Type(STRING),
        |args, _, _| {
            let time =
                Timestamp::parse(text(args, 1)).map_err(|message| FunctionError::argument(1, message))?;
            let text = date_format::format(text(args, 0), &time);
            text.map(Value::from).map_err(|message| FunctionError::argument(0, message))
        },
    ),
    Function::new(
        "plantimestamp",
        "Returns the time at which the plan was made, in UTC; the same for every call of a run.",
        r#"plantimestamp() # "2026-01-02T15:04:05Z""#,
        &[],
        Returns::Type(STRING),
        |_, _, call| {
            Ok(match call.plan_time {
                Some(time) => format_utc(time).into(),
                None => Value::unknown(Type::String),
            })
        },
    )
    .since(Since::new((1, 5), (1, 6)))
    .only_in(Place::Plan),
    Function::new(
        "timeadd",
        "Adds a duration such as `1h30m` or `-10s` to a time.",
        r#"timeadd("2017-11-22T00:00:00Z", "10m") # "2017-11-22T00:10:00Z""#,
        &[Param::new("timestamp", STRING, TIME), Param::new("duration", STRING, "How much to add.")],
        Returns::Type(STRING),
        |args, _, _| {
            let time = Timestamp::parse(text(args, 0)).map_err(FunctionError::Call)?;
            let duration = parse_duration(text(args, 1)).map_err(FunctionError::Call)?;
            Ok(time.plus_nanoseconds(duration).to_string().into())
        },
    ),
    Function::new(
        "timecmp",
        "Returns -1, 0 or 1 when the first time is before, the same as or after the second.",
        r#"timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z") # -1"#,
        &[Param::new("timestamp_a", STRING, TIME), Param::new("timestamp_b", STRING, TIME)],
        Returns::Type(NUMBER),
        |args, _, _| {
            let time = |index| {
                Timestamp::parse(text(args, index)).map_err(|message| FunctionError::argument(index, message))
            };
            let (a, b) = (time(0)?, time(1)?);
            Ok(Value::int(a.instant().cmp(&b.instant()) as i64))
        },
    )
    .since(Since::new((1, 3), (1, 6))),
    Function::new(
        "timestamp",
        "Returns the current time in UTC, in the form `2006-01-02T15:04:05Z`. Unknown while planning.",
        r#"timestamp() # "2026-01-02T15:04:05Z""#,
        &[],
        Returns::Type(STRING),
        |_, _, call| Ok(with_effects(call, |effects| format_utc(effects.unix_time()))),
    )
    .impure(),
    Function::new(
        "uuid",
        "Returns a new random identifier. Unknown while planning.",
        r#"uuid() # "b5ee72a3-54dd-c4b8-551c-4bdc0204cedb""#,
        &[],
        Returns::Type(STRING),
        |_, _, call| Ok(with_effects(call, random_uuid)),
    )
    .impure(),
    Function::new(
        "uuidv5",
        "Returns the identifier (version 5 of RFC 4122) of a name in a namespace.",
        r#"uuidv5("dns", "www.terraform.io") # "a5008fae-b28c-5ba5-96cd-82b4c53552d6""#,
        &[
            Param::new("namespace", STRING, "`dns`, `url`, `oid`, `x500`, or an identifier."),
            Param::new("name", STRING, "The name."),
        ],
        Returns::Type(STRING),
        |args, _, _| uuid_v5(text(args, 0), text(args, 1)).map(Value::from).map_err(FunctionError::Call),
    ),
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

fn uuid_v5(namespace: &str, name: &str) -> Result<String, String> {
    // The namespaces of RFC 4122 differ in one digit.
    let known = match namespace {
        "dns" => Some('0'),
        "url" => Some('1'),
        "oid" => Some('2'),
        "x500" => Some('4'),
        _ => None,
    };
    let spelled = known.map(|digit| format!("6ba7b81{digit}-9dad-11d1-80b4-00c04fd430c8"));
    let bytes = parse_uuid(spelled.as_deref().unwrap_or(namespace))
        .map_err(|reason| format!("uuidv5() doesn't support namespace {namespace} ({reason})"))?;
    let mut hash = sha1::Sha1::new();
    hash.update(bytes);
    hash.update(name);
    let digest = hash.finalize();
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(digest) {
        *to = from;
    }
    out[6] = out[6] & 0x0f | 0x50;
    out[8] = out[8] & 0x3f | 0x80;
    Ok(hyphenated(&out))
}

/// The four spellings: plain, with hyphens, in braces, as a URN.
fn parse_uuid(text: &str) -> Result<Vec<u8>, String> {
    let body = match text.len() {
        32 => text,
        36 => text,
        38 => text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(""),
        45 => text.get(9..).filter(|_| text.to_ascii_lowercase().starts_with("urn:uuid:")).unwrap_or(""),
        length => return Err(format!("invalid UUID length: {length}")),
    };
    let hyphens_fit =
        body.len() == 32 || [8, 13, 18, 23].iter().all(|&at| body.as_bytes().get(at) == Some(&b'-'));
    let digits: Option<Vec<u32>> = body.chars().filter(|c| *c != '-').map(|c| c.to_digit(16)).collect();
    match digits {
        Some(digits) if digits.len() == 32 && hyphens_fit => Ok(digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8))
            .collect()),
        _ => Err("invalid UUID format".to_owned()),
    }
}

/// The canonical text of an identifier.
fn hyphenated(bytes: &[u8; 16]) -> String {
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
fn format_utc(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(86_400));
    let second = unix.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
