//! The built-in functions: one entry per function with its signature, its documentation and its body.
//!
//! Completion, hover, signature help, arity checks and evaluation all read the same entry. Everything that a function
//! may need from outside (files, the clock, random bytes, the evaluation of a template) comes through [`Call`]; the
//! functions themselves know no disk and no scope.

mod args;
mod call;
mod charset;
mod collection;
mod conversion;
mod csv;
mod date_format;
mod diagnostics;
mod encoding;
mod filesystem;
mod format;
mod format_number;
mod glob;
mod json;
mod network;
mod numeric;
mod prefix;
mod re2;
mod regex;
mod sequence;
mod sets;
mod signature;
mod string;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod timestamp;
mod yaml;
mod yaml_decode;
mod yaml_scalar;

pub use call::{Call, Effects, FileError, FileReader, FunctionError, Limits, Templates, call, result_type};
pub use diagnostics::{check_arity, describe_error, describe_unknown_function};
pub use signature::{Body, Function, Param, ParamType, Returns, Since};

const GROUPS: &[&[Function]] = &[
    charset::FUNCTIONS,
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    csv::FUNCTIONS,
    encoding::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    json::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    regex::FUNCTIONS,
    sequence::FUNCTIONS,
    sets::FUNCTIONS,
    string::FUNCTIONS,
    time::FUNCTIONS,
    yaml::FUNCTIONS,
    yaml_decode::FUNCTIONS,
];

/// Every function, group by group.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().copied().flatten()
}

/// The function of this name, without any namespace.
pub fn lookup(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}
