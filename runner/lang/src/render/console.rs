//! Values as `terraform console` prints them.

use crate::quote;
use crate::ty::Type;
use crate::value::{Value, View};

/// The value in the console's notation: close to the language, multi-line where it has elements.
pub fn console(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, 0, &mut out);
    out
}

/// A type as the console's `type()` prints it, multi-line where it has attributes.
pub fn type_text(ty: &Type) -> String {
    let mut out = String::new();
    write_type(ty, 0, &mut out);
    out
}

fn write_value(value: &Value, indent: usize, out: &mut String) {
    if !value.is_known() {
        return out.push_str("(known after apply)");
    }
    if value.marks().is_sensitive() {
        return out.push_str("(sensitive value)");
    }
    if value.marks().is_ephemeral() {
        return out.push_str("(ephemeral value)");
    }
    match value.view() {
        View::Null => out.push_str(&null(&value.ty())),
        // Checked above.
        View::Unknown(_) => out.push_str("(known after apply)"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) => out.push_str(&number.to_string()),
        View::String(text) => write_string(text, indent, out),
        View::List(items) => wrapped("tolist(", items, indent, out),
        View::Set(items) => wrapped("toset(", items, indent, out),
        View::Tuple(items) => sequence(items, indent, out),
        View::Map(_) => {
            out.push_str("tomap(");
            mapping(value, indent, out);
            out.push(')');
        }
        View::Object(_) => mapping(value, indent, out),
    }
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::String => "tostring(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::Bool => "tobool(null)".into(),
        Type::List(element) => format!("tolist(null) /* of {} */", element.friendly_name()),
        Type::Set(element) => format!("toset(null) /* of {} */", element.friendly_name()),
        Type::Map(element) => format!("tomap(null) /* of {} */", element.friendly_name()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

/// Text of two lines or more is a heredoc.
fn write_string(text: &str, indent: usize, out: &mut String) {
    let lines: Vec<&str> = text.split('\n').collect();
    if lines.len() < 2 {
        return out.push_str(&quote(text));
    }
    let mut delimiter = String::from("EOT");
    while lines.iter().any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&delimiter);
    for line in lines {
        new_line(indent, out);
        out.push_str(line);
    }
    new_line(indent, out);
    out.push_str(&delimiter);
}

fn wrapped(open: &str, items: &[Value], indent: usize, out: &mut String) {
    out.push_str(open);
    sequence(items, indent, out);
    out.push(')');
}

fn sequence(items: &[Value], indent: usize, out: &mut String) {
    out.push('[');
    for item in items {
        new_line(indent + 2, out);
        write_value(item, indent + 2, out);
        out.push(',');
    }
    if !items.is_empty() {
        new_line(indent, out);
    }
    out.push(']');
}

fn mapping(value: &Value, indent: usize, out: &mut String) {
    out.push('{');
    for (key, item) in value.as_map().into_iter().flatten() {
        new_line(indent + 2, out);
        write_string(key, indent + 2, out);
        out.push_str(" = ");
        write_value(item, indent + 2, out);
    }
    if !value.is_empty() {
        new_line(indent, out);
    }
    out.push('}');
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_type(ty: &Type, indent: usize, out: &mut String) {
    let mut collection = |kind: &str, element: &Type| {
        out.push_str(kind);
        out.push('(');
        if !element.is_object() && !element.is_tuple() {
            write_type(element, indent, out);
        } else {
            new_line(indent + 4, out);
            write_type(element, indent + 4, out);
            out.push(',');
            new_line(indent, out);
        }
        out.push(')');
    };
    match ty {
        Type::Dynamic => out.push_str("dynamic"),
        Type::Bool => out.push_str("bool"),
        Type::Number => out.push_str("number"),
        Type::String => out.push_str("string"),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(elements) => {
            if elements.is_empty() {
                return out.push_str("tuple([])");
            }
            out.push_str("tuple([");
            for element in elements.iter() {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent + 4));
                write_type(element, indent + 4, out);
                out.push(',');
            }
            new_line(indent, out);
            out.push_str("])");
        }
        Type::Object(object) => {
            if object.attributes.is_empty() {
                return out.push_str("object({})");
            }
            out.push_str("object({");
            for (name, ty) in &object.attributes {
                new_line(indent + 4, out);
                // Names are never quoted here, whatever they are.
                out.push_str(name);
                out.push_str(": ");
                write_type(ty, indent + 4, out);
                out.push(',');
            }
            new_line(indent, out);
            out.push_str("})");
        }
    }
}
