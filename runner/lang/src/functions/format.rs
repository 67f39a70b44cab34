//! `format` and `formatlist`: cty's machine of `%` verbs, which looks like Go's and C's but is stricter.

use super::args::{ANY, STRING, STRING_LIST, arg, text};
use super::format_number::{float, integer};
use super::text::{clusters, length, quote_char};
use super::{Call, Function, FunctionError, Limits, Param, Returns};
use crate::render::{json, json_string};
use crate::{Refinements, Type, Value, convert, quote};

const FORMAT: Param =
    Param::new("format", STRING, "Text with verbs such as `%s`, `%d`, `%05.1f`, `%q`, `%#v`, `%[2]s`.");
const ARGS: Param = Param::new("args", ANY, "The values for the verbs, in order.").nullable().unknown();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", "Puts values into a text, as the verbs in it say.", r#"format("%s-%03d", "web", 7) # "web-007""#, &[FORMAT], Returns::Type(STRING), format)
        .variadic(ARGS),
    Function::new(
        "formatlist",
        "Does what `format` does once for every element of the lists among the arguments, which have equal lengths.", r#"formatlist("%s.example.com", ["a", "b"]) # ["a.example.com", "b.example.com"]"#,
        &[FORMAT],
        Returns::Type(STRING_LIST),
        format_list,
    )
    .variadic(ARGS),
];

fn format(args: &[Value], _: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let values = args.get(1..).unwrap_or_default();
    if !values.iter().all(Value::is_wholly_known) {
        // What stands before the first verb is certain.
        let prefix = text(args, 0).split('%').next().unwrap_or_default();
        return Ok(Value::unknown_refined(Type::String, Refinements::prefix(&safe_prefix(prefix))));
    }
    format_values(text(args, 0), values, call.limits).map(Value::from)
}

/// The last cluster of a prefix may yet combine with what follows.
fn safe_prefix(prefix: &str) -> String {
    let mut kept: Vec<&str> = clusters(prefix).collect();
    kept.pop();
    kept.concat()
}

fn format_list(args: &[Value], ty: &Type, call: &mut Call<'_>) -> Result<Value, FunctionError> {
    let values = args.get(1..).unwrap_or_default();
    if values.is_empty() {
        let only = format(args, &Type::String, call)?;
        return Ok(Value::list(Type::String, vec![only]));
    }
    // The length of the lists, and which argument it came from.
    let mut rounds: Option<(usize, usize)> = None;
    let mut unknown = false;
    for (index, value) in values.iter().enumerate() {
        let ty = value.ty();
        let is_list = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)) && !value.is_null();
        if !is_list {
            unknown |= ty.is_dynamic() && !value.is_known();
            continue;
        }
        let length = match &ty {
            Type::Tuple(types) => Some(types.len()),
            Type::Set(_) if !value.is_wholly_known() && value.len() > Some(1) => None,
            _ => value.len(),
        };
        unknown |= length.is_none() || !value.is_known();
        match (length, rounds) {
            (Some(length), None) => rounds = Some((length, index)),
            (Some(length), Some((wanted, chooser))) if length != wanted => {
                return Err(FunctionError::argument(
                    index + 1,
                    format!(
                        "argument {} has length {length}, which is inconsistent with argument {} of length {wanted}",
                        index + 1,
                        chooser + 1
                    ),
                ));
            }
            _ => {}
        }
    }
    if unknown {
        return Ok(Value::unknown(ty.clone()));
    }
    let mut lines = Vec::new();
    let mut total = 0_usize;
    for round in 0..rounds.map_or(1, |(length, _)| length) {
        let pick = |value: &Value| match value.as_slice() {
            Some(items) => items.get(round).cloned().unwrap_or_else(Value::dynamic),
            None => value.clone(),
        };
        let picked: Vec<Value> = values.iter().map(pick).collect();
        if !picked.iter().all(Value::is_wholly_known) {
            lines.push(Value::unknown_refined(Type::String, Refinements::not_null()));
            continue;
        }
        let line = format_values(text(args, 0), &picked, call.limits).map_err(|error| {
            FunctionError::call(format!("error on format iteration {round}: {}", error.message()))
        })?;
        total = total.saturating_add(line.len());
        call.limits.check_string(total)?;
        lines.push(line.into());
    }
    debug_assert!(arg(args, 0).is_known());
    Ok(Value::list(Type::String, lines))
}

/// One `%` sequence.
#[derive(Default)]
pub(super) struct Verb<'f> {
    /// The whole sequence as written.
    raw: &'f str,
    offset: usize,
    pub(super) letter: char,
    pub(super) zero: bool,
    pub(super) sharp: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// Which argument, counted from one.
    argument: usize,
}

fn format_values(format: &str, values: &[Value], limits: &Limits) -> Result<String, FunctionError> {
    let mut out = String::new();
    let mut next = 1;
    let mut highest = 0;
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        let (literal, from) = rest.split_at(percent);
        out.push_str(literal);
        if let Some(after) = from.strip_prefix("%%") {
            out.push('%');
            rest = after;
            continue;
        }
        let (verb, after) = read_verb(format, from, next)?;
        highest = highest.max(verb.argument);
        next = verb.argument.saturating_add(1);
        for size in [verb.width, verb.precision].into_iter().flatten() {
            limits.check_string(size.saturating_add(out.len()))?;
        }
        write_verb(&verb, values, &mut out).map_err(FunctionError::Call)?;
        limits.check_string(out.len())?;
        rest = after;
    }
    out.push_str(rest);
    if highest < values.len() {
        let message = match highest {
            0 => "too many arguments; no verbs in format string".to_owned(),
            used => format!("too many arguments; only {used} used by format string"),
        };
        return Err(FunctionError::argument(highest + 1, message));
    }
    Ok(out)
}

/// Reads `%` flags, width, precision, argument index and letter, in this order.
fn read_verb<'f>(format: &'f str, from: &'f str, next: usize) -> Result<(Verb<'f>, &'f str), FunctionError> {
    let mut verb = Verb { argument: next, offset: format.len() - from.len(), ..Verb::default() };
    let mut rest = &from[1..];
    while let Some(flag) = rest.bytes().next() {
        match flag {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            b' ' => verb.space = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    if rest.starts_with(|c: char| matches!(c, '1'..='9')) {
        let (width, after) = read_number(rest);
        verb.width = Some(width);
        rest = after;
    }
    if let Some(digits) = rest.strip_prefix('.') {
        let (precision, after) = read_number(digits);
        verb.precision = Some(precision);
        rest = after;
    }
    if let Some(digits) = rest.strip_prefix('[') {
        if !digits.starts_with(|c: char| matches!(c, '1'..='9')) {
            return Err(bad_format(format, digits));
        }
        let (argument, after) = read_number(digits);
        verb.argument = argument;
        rest = after.strip_prefix(']').ok_or_else(|| bad_format(format, after))?;
    }
    match rest.chars().next() {
        Some(letter) if letter.is_ascii_alphabetic() => {
            verb.letter = letter;
            let after = &rest[1..];
            verb.raw = &from[..from.len() - after.len()];
            Ok((verb, after))
        }
        _ => Err(bad_format(format, rest)),
    }
}

fn read_number(text: &str) -> (usize, &str) {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    let value = digits
        .bytes()
        .fold(0_usize, |value, digit| value.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
    (value, rest)
}

fn bad_format(format: &str, rest: &str) -> FunctionError {
    let offset = format.len() - rest.len();
    FunctionError::call(match rest.chars().next() {
        Some(c) => format!("unrecognized format character {} at offset {offset}", quote_char(c)),
        None => format!("invalid format string starting at offset {offset}"),
    })
}

fn write_verb(verb: &Verb<'_>, values: &[Value], out: &mut String) -> Result<(), String> {
    let at = || format!("{} at {}", quote(verb.raw), verb.offset);
    let Some(value) = verb.argument.checked_sub(1).and_then(|index| values.get(index)) else {
        return Err(format!(
            "not enough arguments for {}: need index {} but have {} total",
            at(),
            verb.argument,
            values.len()
        ));
    };
    let unsupported = |reason: &str| format!("unsupported value for {}: {reason}", at());
    if verb.letter != 'v' && value.is_null() {
        return Err(unsupported("null value cannot be formatted"));
    }
    let converted = |ty: &Type| convert(value, ty).map_err(|error| unsupported(&error.to_string()));
    match verb.letter {
        'v' => {
            let text = match (value.as_str(), value.as_number()) {
                (Some(text), _) if !verb.sharp => text.to_owned(),
                (_, Some(number)) if !verb.sharp => float(number, 'g', None),
                _ => json(value).map_err(|error| unsupported(&error.to_string()))?,
            };
            pad(verb, &text, out);
        }
        't' => {
            let truth = converted(&Type::Bool)?.as_bool().unwrap_or_default();
            out.push_str(if truth { "true" } else { "false" });
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let number = converted(&Type::Number)?;
            let whole = number.as_number().and_then(crate::Number::to_bigint);
            let whole = whole.ok_or_else(|| unsupported("an integer is required"))?;
            out.push_str(&integer(&whole, verb));
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = converted(&Type::Number)?;
            if let Some(number) = number.as_number() {
                out.push_str(&super::format_number::padded_float(number, verb));
            }
        }
        's' | 'q' => {
            let string = converted(&Type::String)?;
            let string = string.as_str().unwrap_or_default();
            let cut: String = match verb.precision.filter(|&precision| precision > 0) {
                Some(precision) => clusters(string).take(precision).collect(),
                None => string.to_owned(),
            };
            pad(verb, &if verb.letter == 'q' { json_string(&cut) } else { cut }, out);
        }
        letter => {
            return Err(format!(
                "unsupported format verb {} in {} at offset {}",
                quote_char(letter),
                quote(verb.raw),
                verb.offset
            ));
        }
    }
    Ok(())
}

/// Fills up to the width, counted in grapheme clusters. Zeros go to either side, as in cty.
fn pad(verb: &Verb<'_>, text: &str, out: &mut String) {
    let missing = verb.width.unwrap_or(0).saturating_sub(length(text));
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        out.push_str(text);
        out.push_str(&padding);
    } else {
        out.push_str(&padding);
        out.push_str(text);
    }
}
