//! `regex`, `regexall`, and the replacement of matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{STRING, arg, text};
use super::re2::{Captures, PatternError, Regex};
use super::{Call, Function, FunctionError, Limits, Param, Returns};
use crate::{Type, Value};

const PATTERN: Param = Param::new("pattern", STRING, "A regular expression in RE2 syntax.");
const STRING_PARAM: Param = Param::new("string", STRING, "The string to search.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "regex",
        "Returns the first match of a regular expression: the text, a tuple of unnamed groups, or an object of named \
         ones. Fails when there is no match.",
        r#"regex("[a-z]+", "53453abc23") # "abc""#,
        &[PATTERN, STRING_PARAM],
        Returns::Rule(|args| Ok(match_type(args)?.unwrap_or(Type::Dynamic))),
        |args, _, call| {
            let regex = compile(text(args, 0), call.limits)?;
            let shape = Shape::of(&regex)?;
            match regex.captures(text(args, 1)) {
                Some(captures) => Ok(shape.value(text(args, 1), &captures)),
                None => Err(FunctionError::call("pattern did not match any part of the given string")),
            }
        },
    ),
    Function::new(
        "regexall",
        "Returns every match of a regular expression, in the same form as `regex`; an empty list when there is none.",
        r#"regexall("[a-z]", "1a2b") # ["a", "b"]"#,
        &[PATTERN, STRING_PARAM],
        Returns::Rule(|args| match arg(args, 0).is_known() {
            true => Ok(match_type(args)?.map_or(Type::Dynamic, Type::list)),
            // What a match is, only the pattern tells.
            false => Ok(Type::list(Type::Dynamic)),
        }),
        |args, _, call: &mut Call<'_>| {
            let regex = compile(text(args, 0), call.limits)?;
            let shape = Shape::of(&regex)?;
            let string = arg(args, 1).as_str().unwrap_or_default();
            let mut matches = Vec::new();
            for captures in regex.captures_all(string) {
                matches.push(shape.value(string, &captures));
                call.limits.check_elements(matches.len())?;
            }
            Ok(Value::list(shape.ty(), matches))
        },
    ),
];

/// The type of a match when the pattern is known and the string is not; otherwise the body finds it.
fn match_type(args: &[Value]) -> Result<Option<Type>, FunctionError> {
    let (Some(pattern), false) = (arg(args, 0).as_str(), arg(args, 1).is_known()) else { return Ok(None) };
    let regex = compile(pattern, &Limits::default())?;
    Ok(Some(Shape::of(&regex)?.ty()))
}

fn compile(pattern: &str, limits: &Limits) -> Result<Regex, FunctionError> {
    Regex::new(pattern, limits.max_pattern_bytes).map_err(|PatternError { code, part }| {
        FunctionError::argument(0, format!("invalid regexp pattern: {code} in {part}"))
    })
}

/// What a match looks like as a value.
enum Shape<'r> {
    Text,
    Tuple(usize),
    Object(&'r [Option<String>]),
}

impl Shape<'_> {
    fn of(regex: &Regex) -> Result<Shape<'_>, FunctionError> {
        let named = regex.groups.iter().flatten().count();
        match (regex.groups.len(), named) {
            (0, _) => Ok(Shape::Text),
            (all, 0) => Ok(Shape::Tuple(all)),
            (all, named) if all == named => Ok(Shape::Object(&regex.groups)),
            _ => Err(FunctionError::argument(
                0,
                "invalid regexp pattern: cannot mix both named and unnamed capture groups",
            )),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Shape::Text => Type::String,
            Shape::Tuple(groups) => Type::tuple(vec![Type::String; *groups]),
            Shape::Object(groups) => Type::object(
                groups.iter().flatten().map(|name| (name.as_str().into(), Type::String)).collect(),
            ),
        }
    }

    fn value(&self, string: &str, captures: &Captures) -> Value {
        // A group that took no part in the match is null.
        let group = |index: usize| match captures.get(index).copied().flatten() {
            Some((start, end)) => string.get(start..end).unwrap_or_default().into(),
            None => Value::null(Type::String),
        };
        match self {
            Shape::Text => group(0),
            Shape::Tuple(groups) => Value::tuple((1..=*groups).map(group).collect()),
            Shape::Object(groups) => {
                let attributes: BTreeMap<Arc<str>, Value> = groups
                    .iter()
                    .enumerate()
                    .filter_map(|(index, name)| Some((name.as_deref()?.into(), group(index + 1))))
                    .collect();
                Value::object(attributes)
            }
        }
    }
}

/// Replaces every match. In the replacement `$1`, `$name` and `${name}` stand for groups and `$$` for a dollar sign.
pub(super) fn replace_all(
    regex: &Regex,
    string: &str,
    replacement: &str,
    limits: &Limits,
) -> Result<String, FunctionError> {
    let parts = read_replacement(replacement);
    let mut out = String::new();
    let mut done = 0;
    for captures in regex.captures_all(string) {
        let Some((start, end)) = captures.first().copied().flatten() else { continue };
        out.push_str(string.get(done..start).unwrap_or_default());
        for part in &parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(name) => {
                    let group = regex
                        .group_indices(name)
                        .find_map(|index| captures.get(index).copied().flatten())
                        .and_then(|(start, end)| string.get(start..end));
                    out.push_str(group.unwrap_or_default());
                }
            }
        }
        limits.check_string(out.len())?;
        done = end;
    }
    out.push_str(string.get(done..).unwrap_or_default());
    limits.check_string(out.len())?;
    Ok(out)
}

enum Part<'r> {
    Text(&'r str),
    Group(&'r str),
}

/// Go's template rules: the longest run of letters, digits and underscores is the name, and a dollar sign that begins
/// no name stands for itself.
fn read_replacement(replacement: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some(dollar) = rest.find('$') {
        let (before, from) = rest.split_at(dollar);
        parts.push(Part::Text(before));
        let after = &from[1..];
        if let Some(after) = after.strip_prefix('$') {
            parts.push(Part::Text("$"));
            rest = after;
            continue;
        }
        let (braced, body) = after.strip_prefix('{').map_or((false, after), |body| (true, body));
        let length = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
        let (name, tail) = body.split_at(length);
        let tail = if braced { tail.strip_prefix('}') } else { Some(tail) };
        match tail.filter(|_| !name.is_empty()) {
            Some(tail) => {
                parts.push(Part::Group(name));
                rest = tail;
            }
            None => {
                parts.push(Part::Text("$"));
                rest = after;
            }
        }
    }
    parts.push(Part::Text(rest));
    parts
}
