//! What a diagnostic says about the value of an operand.

use crate::quote;
use crate::value::{Value, View};

/// What follows the traversal in a diagnostic: `is "x"`, `is list of string with 3 elements`,
/// `is a string, known only after apply`, `has a sensitive value`.
pub fn statement(value: &Value) -> String {
    if value.marks().is_sensitive() {
        return "has a sensitive value".into();
    }
    if value.marks().is_ephemeral() {
        return "has an ephemeral value".into();
    }
    if !value.is_known() {
        return unknown(value);
    }
    format!("is {}", compact(value))
}

/// What is promised of an unknown value, for diagnostics that are caused by its being unknown.
fn unknown(value: &Value) -> String {
    /// Larger bounds are technical, not informative.
    const MAX_SHOWN: usize = 1024;
    let ty = value.ty();
    if ty.is_dynamic() {
        return "will be known only after apply".into();
    }
    let promised = value.refinements().filter(|_| ty.is_collection());
    let least = promised.and_then(|it| it.length_lower).unwrap_or(0);
    let most = promised.and_then(|it| it.length_upper).filter(|most| *most <= MAX_SHOWN || *most == least);
    let size = match (least, most) {
        (_, Some(most)) if least == most => format!(" of length {least}"),
        (0, None) => String::new(),
        (0, Some(most)) => format!(" with up to {most} elements"),
        (_, Some(most)) => format!(" with between {least} and {most} elements"),
        (_, None) => format!(" with at least {least} elements"),
    };
    format!("is a {}{size}, known only after apply", ty.friendly_name())
}

/// A value in a few words: primitives in full, containers by kind and size.
pub fn compact(value: &Value) -> String {
    if value.marks().is_sensitive() {
        return "(sensitive value)".into();
    }
    match value.view() {
        View::Null => "null".into(),
        View::Unknown(_) => "(not yet known)".into(),
        View::Bool(value) => value.to_string(),
        View::Number(number) => number.to_general(10),
        View::String(text) if text.len() > MAX_TEXT => {
            let shown = text.char_indices().nth(MAX_TEXT / 10).map_or(text, |(end, _)| &text[..end]);
            format!("a string of {} bytes that begins with {}", text.len(), quote(shown))
        }
        View::String(text) => quote(text),
        View::List(items) | View::Set(items) | View::Tuple(items) => sized(value, items.len()),
        View::Map(items) => sized(value, items.len()),
        View::Object(items) => match (items.len(), items.keys().next()) {
            (1, Some(name)) => format!("object with 1 attribute {}", quote(name)),
            (0, _) => "object with no attributes".into(),
            (count, _) => format!("object with {count} attributes"),
        },
    }
}

fn sized(value: &Value, count: usize) -> String {
    let name = value.ty().friendly_name();
    match count {
        0 => format!("empty {name}"),
        1 => format!("{name} with 1 element"),
        _ => format!("{name} with {count} elements"),
    }
}

/// Terraform shows a text of any length; beyond this many bytes, one of ours is shown by its beginning.
const MAX_TEXT: usize = 10_000;
