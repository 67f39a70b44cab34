//! The words shown beside names: types, defaults, descriptions.

use config::{Output, Variable};
use lang::Type;

use crate::completion::{plain, quoted};

/// A variable's type, and whether it must be given: `list(string), required`.
pub(crate) fn variable_detail(variable: &Variable) -> String {
    let ty = variable.ty.constraint_name();
    match &variable.default {
        None => format!("{ty}, required"),
        Some(_) if variable.sensitive => ty,
        Some(default) => {
            let default = lang::render::console(default);
            if is_long(&default) { ty } else { format!("{ty} = {default}") }
        }
    }
}

/// Its description, and a default too long to stand beside the name.
pub(crate) fn variable_documentation(variable: &Variable) -> Option<String> {
    let mut parts: Vec<String> = variable.description.iter().map(ToString::to_string).collect();
    if let Some(default) = variable.default.as_ref().filter(|_| !variable.sensitive) {
        let default = lang::render::console(default);
        if is_long(&default) {
            parts.push(format!("Default:\n```hcl\n{default}\n```"));
        }
    }
    if variable.sensitive {
        parts.push("Sensitive.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

pub(crate) fn output_documentation(output: &Output) -> Option<String> {
    let mut parts: Vec<String> = output.description.iter().map(ToString::to_string).collect();
    if output.sensitive {
        parts.push("Sensitive.".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// The form of a value of the type, with a tab stop in it, as both syntaxes write it.
pub(crate) fn value_snippet(ty: &Type, json: bool) -> String {
    match ty {
        Type::String => "\"$0\"".to_owned(),
        Type::Bool => "${1|true,false|}".to_owned(),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => "[$0]".to_owned(),
        Type::Map(_) => "{\n  $0\n}".to_owned(),
        Type::Object(object) => {
            let required = object.attributes.keys().filter(|name| !object.optional.contains(*name));
            let line = |(index, name): (usize, &std::sync::Arc<str>)| {
                let value = object.attributes.get(name).map_or_else(String::new, |ty| stop(ty, index + 1));
                match json {
                    true => format!("  {}: {value}", plain(&quoted(name))),
                    false if lang::ty::is_identifier(name) => format!("  {name} = {value}"),
                    false => format!("  {} = {value}", plain(&quoted(name))),
                }
            };
            let lines: Vec<String> = required.enumerate().map(line).collect();
            let between = if json { ",\n" } else { "\n" };
            if lines.is_empty() {
                "{\n  $0\n}".to_owned()
            } else {
                format!("{{\n{}\n}}", lines.join(between))
            }
        }
        Type::Dynamic | Type::Number | Type::Type => "$0".to_owned(),
    }
}

/// A tab stop of that number, with what values of the type begin and end with.
fn stop(ty: &Type, number: usize) -> String {
    match ty {
        Type::String => format!("\"${number}\""),
        Type::Bool => format!("${{{number}|true,false|}}"),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => format!("[${number}]"),
        Type::Map(_) | Type::Object(_) => format!("{{${number}}}"),
        Type::Dynamic | Type::Number | Type::Type => format!("${number}"),
    }
}

/// Whether a value is too long to stand beside a name.
fn is_long(value: &str) -> bool {
    value.contains('\n') || value.len() > 40
}
