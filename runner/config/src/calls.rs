//! Which functions the expressions of a module may call, and Terraform's words for the others.

use lang::Expr;
use lang::expr::Node;
use lang::functions::{self, Function, Place};

use crate::dialect::{Dialect, Tool};
use crate::module::Module;
use crate::served::BUILT_IN_PROVIDER;

const UNKNOWN: &str = "Unknown provider function";

/// Whether an expression of `module`, or of an assertion about it, may call `function` by `name`.
pub fn offers_function(function: &Function, name: &str, module: &Module, dialect: Dialect) -> bool {
    let here = match function.place {
        Place::Anywhere | Place::Plan => true,
        Place::Console => false,
        Place::Provider => provider_of(name).is_some_and(|local| is_built_in(local, module)),
    };
    here && dialect.has(function.since)
}

/// Summary and detail for a call by a `name` that is not offered.
pub fn describe_unknown_function(name: &str, module: &Module, dialect: Dialect) -> (&'static str, String) {
    let own_name = name.rsplit("::").next().unwrap_or(name);
    if let Some(local) = provider_of(name).filter(|local| is_built_in(local, module)) {
        let detail = format!("The function \"{own_name}\" is not available from the provider \"{local}\".");
        return (UNKNOWN, detail);
    }
    let known = functions::all().filter(|function| offers_function(function, function.name, module, dialect));
    functions::describe_unknown_function(name, known.map(|function| function.name))
}

/// The same for a call in an assertion of a test, where Terraform does not think of providers. `has_functions`: whether the
/// provider that the name begins with has any.
pub fn describe_unknown_in_assertion(
    name: &str,
    has_functions: bool,
    module: &Module,
    dialect: Dialect,
) -> (&'static str, String) {
    match name.rfind("::").filter(|_| dialect.tool == Tool::Terraform) {
        Some(end) => unknown_in_namespace(name, end, has_functions),
        None => describe_unknown_function(name, module, dialect),
    }
}

/// The namespace of a name ends at that byte.
fn unknown_in_namespace(name: &str, end: usize, has_functions: bool) -> (&'static str, String) {
    let (namespace, function) = name.split_at((end + 2).min(name.len()));
    let detail = match has_functions {
        true => format!("There is no function named \"{function}\" in namespace {namespace}."),
        false => format!("There are no functions in namespace \"{namespace}\"."),
    };
    ("Call to unknown function", detail)
}

/// Whether a value in a test file's `variables` or `provider` block may call `function` by `name`: only plain names,
/// and in OpenTofu also those of the language under `core::`. There is no plan there.
pub fn offers_in_variables(function: &Function, name: &str, dialect: Dialect) -> bool {
    let plain = !name.contains("::") || (dialect.tool == Tool::OpenTofu && name.starts_with("core::"));
    plain && function.place == Place::Anywhere && dialect.has(function.since)
}

/// Summary and detail for a call in a test file's `variables` block by a `name` that is not offered.
pub fn describe_unknown_in_variables(name: &str, dialect: Dialect) -> (&'static str, String) {
    if let Some(end) = name.rfind("::").filter(|_| dialect.tool == Tool::Terraform) {
        return unknown_in_namespace(name, end, false);
    }
    let known = functions::all().filter(|function| offers_in_variables(function, function.name, dialect));
    functions::describe_unknown_function(name, known.map(|function| function.name))
}

/// Whether `name` is a function of a provider whose functions are not known here.
pub(crate) fn is_foreign(name: &str, module: &Module) -> bool {
    provider_of(name)
        .is_some_and(|local| module.required_providers.contains_key(local) && !is_built_in(local, module))
}

/// Whether an expression calls a function whose name is one of these.
pub(crate) fn calls_any(expr: &Expr, is_one: impl Fn(&str) -> bool) -> bool {
    expr.nodes().any(|(_, node)| matches!(node, Node::Call(call) if is_one(&call.name)))
}

/// Whether the function of a name reads files: `file`, `filesha1`, `templatefile`.
pub(crate) fn reads_files(name: &str) -> bool {
    name.contains("file")
}

/// Whether what a function returns depends on the machine: on its files, or on where its directories are.
pub(crate) fn asks_machine(name: &str) -> bool {
    reads_files(name) || name.ends_with("abspath") || name.ends_with("pathexpand")
}

/// The local name and the function in `provider::<local name>::f`.
pub fn provider_function(name: &str) -> Option<(&str, &str)> {
    let (local, function) = name.strip_prefix("provider::")?.split_once("::")?;
    (!function.contains("::")).then_some((local, function))
}

fn provider_of(name: &str) -> Option<&str> {
    provider_function(name).map(|(local, _)| local)
}

/// Whether `name` begins as those of the functions of the provider that is part of the tool.
pub(crate) fn is_of_built_in(name: &str, module: &Module) -> bool {
    provider_of(name).is_some_and(|local| is_built_in(local, module))
}

fn is_built_in(local: &str, module: &Module) -> bool {
    module.required_providers.contains_key(local) && module.provider_source(local) == BUILT_IN_PROVIDER
}
