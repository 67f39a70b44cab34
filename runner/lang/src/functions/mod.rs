//! The built-in functions: one entry per function with its signature, its documentation and its body.
//!
//! Completion, hover, signature help, arity checks and evaluation all read the same entry. Everything that a function
//! may need from outside (files, the clock, random bytes, the evaluation of a template) comes through [`Call`]; the
//! functions themselves know no disk and no scope.

mod args;
mod builtin_provider;
mod call;
mod charset;
mod collection;
mod conversion;
mod crypto;
mod csv;
mod date_format;
mod diagnostics;
mod encoding;
mod filesystem;
mod format;
mod format_number;
mod glob;
mod gzip;
mod json;
mod network;
mod numeric;
mod paths;
mod prefix;
mod provided;
mod re2;
mod regex;
mod rsa_key;
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
mod yaml_strict;

pub use crate::dialect::Since;
pub use call::{
    Call, Effects, FileError, FileReader, FunctionError, Limits, NoFiles, Templates, call, result_type,
    return_type,
};
pub use conversion::convert_to_constraint;
pub(crate) use diagnostics::{arity, describe_error};
pub use diagnostics::{check_arity, describe_unknown_function};
pub use paths::{basename, dirname};
pub use provided::{ProvidedFunction, ProvidedParam};
pub(crate) use signature::Callee;
pub use signature::{Body, Function, Param, ParamType, Place, Returns};
pub use timestamp::parse_duration;

const GROUPS: &[&[Function]] = &[
    builtin_provider::FUNCTIONS,
    charset::FUNCTIONS,
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    crypto::FUNCTIONS,
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

/// The function that a call by `name` means: `upper`, `core::upper`, `provider::<local name>::encode_expr`. Whether it may
/// be called there is for the scope to say.
pub fn lookup(name: &str) -> Option<&'static Function> {
    if let Some(rest) = name.strip_prefix("provider::") {
        let (_, name) = rest.split_once("::")?;
        return all().find(|function| function.place == Place::Provider && function.name == name);
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    all().find(|function| function.place != Place::Provider && function.name == name)
}
