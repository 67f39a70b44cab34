//! Functions on strings.

use super::args::{BOOL, NUMBER, STRING, STRING_LIST, arg, int, items, text};
use super::re2::Regex;
use super::{Function, FunctionError, Limits, Param, Returns, Since, regex, text as chars};
use crate::{Refinements, Type, Value};

const STR: Param = Param::new("str", STRING, "The string to work on.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "chomp",
        "Removes newline characters at the end of a string.",
        r#"chomp("hello\n") # "hello""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).trim_end_matches(['\r', '\n']).into()),
    ),
    Function::new(
        "endswith",
        "Tells whether the first string ends with the second.",
        r#"endswith("main.tf", ".tf") # true"#,
        &[STR.dynamic(), Param::new("suffix", STRING, "What the string may end with.")],
        Returns::Type(BOOL),
        |args, _, _| Ok(text(args, 0).ends_with(text(args, 1)).into()),
    )
    .since(Since::new((1, 3), (1, 6))),
    Function::new(
        "indent",
        "Adds a number of spaces to the beginning of every line but the first.",
        r#"indent(2, "a\nb") # "a\n  b""#,
        &[Param::new("spaces", NUMBER, "How many spaces."), STR],
        Returns::Type(STRING),
        |args, _, call| {
            let spaces = usize::try_from(int(args, 0)?).map_err(|_| {
                FunctionError::call("panic in function implementation: strings: negative Repeat count")
            })?;
            let lines = text(args, 1).matches('\n').count();
            let added = lines.saturating_mul(spaces);
            call.limits.check_string(added.saturating_add(text(args, 1).len()))?;
            if lines == 0 {
                return Ok(arg(args, 1).clone());
            }
            Ok(text(args, 1).replace('\n', &format!("\n{}", " ".repeat(spaces))).into())
        },
    ),
    Function::new(
        "join",
        "Makes one string of all elements of one or more lists of strings, with a separator between them.",
        r#"join(", ", ["a", "b"]) # "a, b""#,
        &[Param::new("separator", STRING, "What stands between two elements.")],
        Returns::Type(STRING),
        join,
    )
    .variadic(Param::new("lists", STRING_LIST, "Lists of strings to join.")),
    Function::new(
        "lower",
        "Converts all cased letters to lower case.",
        r#"lower("HELLO") # "hello""#,
        &[STR.dynamic()],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).chars().map(chars::lower).collect::<String>().into()),
    ),
    Function::new(
        "replace",
        "Replaces every occurrence of a substring. A substring written `/…/` is a regular expression, and the \
         replacement can refer to its groups as `$1` or `${name}`.",
        r#"replace("a-b-c", "-", ".") # "a.b.c""#,
        &[
            STR,
            Param::new("substr", STRING, "What to search for, or a regular expression between slashes."),
            Param::new("replace", STRING, "What to put in its place."),
        ],
        Returns::Type(STRING),
        |args, _, call| replace(text(args, 0), text(args, 1), text(args, 2), call.limits),
    ),
    Function::new(
        "sort",
        "Sorts a list of strings by their bytes.",
        r#"sort(["b", "a"]) # ["a", "b"]"#,
        &[Param::new("list", STRING_LIST, "The strings to sort.").unknown()],
        Returns::Type(STRING_LIST),
        sort,
    ),
    Function::new(
        "split",
        "Cuts a string at every occurrence of a separator.",
        r#"split(",", "a,b") # ["a", "b"]"#,
        &[
            Param::new("separator", STRING, "Where to cut; the empty string cuts between all characters."),
            Param::new("str", STRING, "The string to cut."),
        ],
        Returns::Type(STRING_LIST),
        |args, _, call| {
            let (separator, string) = (text(args, 0), text(args, 1));
            let count = if separator.is_empty() {
                string.chars().count()
            } else {
                string.matches(separator).count() + 1
            };
            call.limits.check_elements(count)?;
            let parts = if separator.is_empty() {
                string.chars().map(|c| Value::from(&*c.encode_utf8(&mut [0; 4]))).collect()
            } else {
                string.split(separator).map(Value::from).collect()
            };
            Ok(Value::list(Type::String, parts))
        },
    ),
    Function::new(
        "startswith",
        "Tells whether the first string begins with the second.",
        r#"startswith("hello", "he") # true"#,
        &[STR.unknown(), Param::new("prefix", STRING, "What the string may begin with.")],
        Returns::Type(BOOL),
        |args, _, _| Ok(starts_with(arg(args, 0), text(args, 1))),
    )
    .since(Since::new((1, 3), (1, 6))),
    Function::new(
        "strcontains",
        "Tells whether the first string contains the second.",
        r#"strcontains("hello", "ell") # true"#,
        &[STR.unknown(), Param::new("substr", STRING, "What the string may contain.")],
        Returns::Type(BOOL),
        |args, _, _| Ok(contains(arg(args, 0), text(args, 1))),
    )
    .since(Since::new((1, 5), (1, 6))),
    Function::new(
        "strrev",
        "Reverses the characters of a string.",
        r#"strrev("hello") # "olleh""#,
        &[STR.dynamic()],
        Returns::Type(STRING),
        |args, _, _| Ok(chars::clusters(text(args, 0)).rev().collect::<String>().into()),
    ),
    Function::new(
        "substr",
        "Takes a part of a string, counted in characters.",
        r#"substr("hello world", 1, 4) # "ello""#,
        &[
            STR.dynamic(),
            Param::new("offset", NUMBER, "Where the part begins; a negative number counts from the end.")
                .dynamic(),
            Param::new("length", NUMBER, "How long it is at most; -1 takes everything to the end.").dynamic(),
        ],
        Returns::Type(STRING),
        |args, _, _| substr(text(args, 0), int(args, 1)?, int(args, 2)?),
    ),
    Function::new(
        "title",
        "Converts the first letter of every word to upper case.",
        r#"title("hello world") # "Hello World""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(title(text(args, 0)).into()),
    ),
    Function::new(
        "trim",
        "Removes all characters of a set from both ends of a string.",
        r#"trim("?!hello?!", "!?") # "hello""#,
        &[STR, Param::new("cutset", STRING, "The characters to remove, in any order.")],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).trim_matches(|c| text(args, 1).contains(c)).into()),
    ),
    Function::new(
        "trimprefix",
        "Removes a prefix from a string that begins with it.",
        r#"trimprefix("helloworld", "hello") # "world""#,
        &[STR, Param::new("prefix", STRING, "The prefix to remove.")],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).strip_prefix(text(args, 1)).unwrap_or(text(args, 0)).into()),
    ),
    Function::new(
        "trimspace",
        "Removes white space from both ends of a string.",
        r#"trimspace("  hello\n") # "hello""#,
        &[STR],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).trim().into()),
    ),
    Function::new(
        "trimsuffix",
        "Removes a suffix from a string that ends with it.",
        r#"trimsuffix("helloworld", "world") # "hello""#,
        &[STR, Param::new("suffix", STRING, "The suffix to remove.")],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).strip_suffix(text(args, 1)).unwrap_or(text(args, 0)).into()),
    ),
    Function::new(
        "upper",
        "Converts all cased letters to upper case.",
        r#"upper("hello") # "HELLO""#,
        &[STR.dynamic()],
        Returns::Type(STRING),
        |args, _, _| Ok(text(args, 0).chars().map(chars::upper).collect::<String>().into()),
    ),
];

/// Also knows the answer for an unknown string of which enough of the beginning is known.
fn starts_with(string: &Value, prefix: &str) -> Value {
    if let Some(string) = string.as_str() {
        return string.starts_with(prefix).into();
    }
    let known = string.refinements().and_then(|known| known.prefix.as_deref()).unwrap_or_default();
    if known.starts_with(prefix) {
        true.into()
    } else if !prefix.starts_with(known) {
        false.into()
    } else {
        Value::unknown(Type::Bool)
    }
}

fn contains(string: &Value, part: &str) -> Value {
    if let Some(string) = string.as_str() {
        return string.contains(part).into();
    }
    let known = string.refinements().and_then(|known| known.prefix.as_deref()).unwrap_or_default();
    // Every string contains an empty one, but that of an unknown one is not said.
    if !part.is_empty() && known.contains(part) { true.into() } else { Value::unknown(Type::Bool) }
}

fn join(args: &[Value], _: &Type, call: &mut super::Call<'_>) -> Result<Value, FunctionError> {
    let lists = args.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return Err(FunctionError::call("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return Ok(Value::unknown(Type::String));
    }
    let separator = text(args, 0);
    let mut parts = Vec::new();
    let mut length = 0_usize;
    for list in 1..args.len() {
        for (index, item) in items(args, list).iter().enumerate() {
            let Some(part) = item.as_str() else {
                let place = if lists.len() > 1 { format!(" of list {list}") } else { String::new() };
                return Err(FunctionError::argument(
                    list,
                    format!("element {index}{place} is null; cannot concatenate null values"),
                ));
            };
            length = length.saturating_add(part.len()).saturating_add(separator.len());
            parts.push(part);
        }
    }
    call.limits.check_string(length.saturating_sub(separator.len()))?;
    Ok(parts.join(separator).into())
}

fn replace(string: &str, search: &str, with: &str, limits: &Limits) -> Result<Value, FunctionError> {
    let pattern = search.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if let Some(pattern) = pattern {
        let compiled = Regex::new(pattern, limits.max_pattern_bytes).map_err(|error| {
            FunctionError::call(format!("error parsing regexp: {}: `{}`", error.code, error.part))
        })?;
        return regex::replace_all(&compiled, string, with, limits).map(Value::from);
    }
    let occurrences =
        if search.is_empty() { string.chars().count() + 1 } else { string.matches(search).count() };
    let removed = occurrences * search.len();
    limits.check_string(occurrences.saturating_mul(with.len()).saturating_add(string.len() - removed))?;
    Ok(string.replace(search, with).into())
}

fn sort(args: &[Value], ty: &Type, _: &mut super::Call<'_>) -> Result<Value, FunctionError> {
    let list = arg(args, 0);
    if !list.is_wholly_known() {
        let bounds = match (list.len(), list.refinements()) {
            (Some(length), _) => Refinements::length(length, Some(length)),
            (None, Some(known)) => Refinements::length(known.length_lower.unwrap_or(0), known.length_upper),
            (None, None) => Refinements::not_null(),
        };
        return Ok(Value::unknown_refined(ty.clone(), bounds));
    }
    if let Some(index) = items(args, 0).iter().position(Value::is_null) {
        return Err(FunctionError::call(format!(
            "given list element {index} is null; a null string cannot be sorted"
        )));
    }
    let mut sorted = items(args, 0).to_vec();
    sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::list(Type::String, sorted))
}

fn substr(string: &str, offset: i64, length: i64) -> Result<Value, FunctionError> {
    if offset >= 0 && length == 0 {
        return Ok("".into());
    }
    let offset = if offset < 0 {
        let total = i64::try_from(chars::length(string)).unwrap_or(i64::MAX);
        offset.saturating_add(total)
    } else {
        offset
    };
    let rest = chars::clusters(string).skip(usize::try_from(offset).unwrap_or(0));
    // A length of zero after a negative offset takes everything, as in cty: it counts past zero and never meets it.
    let part: String = if length <= 0 {
        rest.collect()
    } else {
        rest.take(usize::try_from(length).unwrap_or(usize::MAX)).collect()
    };
    Ok(part.into())
}

/// Go's `strings.Title`: a word begins after anything that is no letter, digit or underscore.
fn title(string: &str) -> String {
    let mut previous = ' ';
    let mut out = String::with_capacity(string.len());
    for c in string.chars() {
        let boundary = if previous.is_ascii() {
            !(previous.is_ascii_alphanumeric() || previous == '_')
        } else {
            previous.is_whitespace()
        };
        out.push(if boundary { chars::title(c) } else { c });
        previous = c;
    }
    out
}
