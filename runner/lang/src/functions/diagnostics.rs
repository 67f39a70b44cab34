//! The texts of the diagnostics that a function call can end in, as HCL words them.

use super::{Callee, Function, FunctionError};

/// Summary and detail when the number of arguments does not fit a function called as `name`; `None` when it does.
pub fn check_arity(function: &Function, name: &str, given: usize) -> Option<(&'static str, String)> {
    arity(Callee::Own(function), name, given)
}

/// As [`check_arity`], for a function that comes from anywhere.
pub(crate) fn arity(function: Callee<'_>, name: &str, given: usize) -> Option<(&'static str, String)> {
    let wanted = function.positional();
    if given < wanted {
        let least = if function.is_variadic() { " at least" } else { "" };
        let missing = function.param_name(given).unwrap_or_default();
        let detail = format!(
            "Function \"{name}\" expects{least} {wanted} argument(s). Missing value for \"{missing}\"."
        );
        return Some(("Not enough function arguments", detail));
    }
    if given > wanted && !function.is_variadic() {
        let detail = format!("Function \"{name}\" expects only {wanted} argument(s).");
        return Some(("Too many function arguments", detail));
    }
    None
}

/// Summary and detail of an error that a call returned, for a function called as `name`.
pub(crate) fn describe_error(
    function: Callee<'_>,
    name: &str,
    error: &FunctionError,
) -> (&'static str, String) {
    match error {
        FunctionError::Argument { index, message } => match function.param_name(*index) {
            Some(param) => {
                ("Invalid function argument", format!("Invalid value for \"{param}\" parameter: {message}."))
            }
            None => ("Error in function call", format!("Call to function \"{name}\" failed: {message}.")),
        },
        FunctionError::Call(message) => {
            ("Error in function call", format!("Call to function \"{name}\" failed: {message}."))
        }
    }
}

/// Summary and detail for a name that is no function; the nearest of `candidates` is suggested.
pub fn describe_unknown_function<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> (&'static str, String) {
    if let Some((namespace, rest)) = name.split_once("::") {
        let detail = match (namespace, rest.split_once("::")) {
            ("provider", None) => {
                "The function call must include the provider name after the \"provider::\" prefix.".to_owned()
            }
            ("provider", Some((provider, function))) => format!(
                "There is no function named \"{name}\". Ensure that provider name \"{provider}\" is declared in this \
                 module's required_providers block, and that this provider offers a function named \"{}\".",
                function.rsplit("::").next().unwrap_or(function)
            ),
            _ => format!(
                "The function namespace \"{namespace}\" is not valid. Provider function calls must use the \
                 \"provider::\" namespace prefix."
            ),
        };
        return ("Unknown provider function", detail);
    }
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    candidates.sort_unstable();
    let suggestion = candidates
        .into_iter()
        .find(|candidate| distance(name, candidate) < 3)
        .map(|candidate| format!(" Did you mean \"{candidate}\"?"))
        .unwrap_or_default();
    ("Call to unknown function", format!("There is no function named \"{name}\".{suggestion}"))
}

/// The Levenshtein distance, cut off at 3 for names whose lengths differ by as much.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) >= 3 {
        return 3;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}
