//! Values for diagnostics that show them in full.

use syntax::Shown;

use crate::Marks;
use crate::value::{Value, View};

/// The value without its sensitive and ephemeral parts.
pub fn shown(value: &Value) -> Shown {
    if value.marks().contains(Marks::SENSITIVE) {
        return Shown::Sensitive;
    }
    if value.marks().contains(Marks::EPHEMERAL) {
        return Shown::Ephemeral;
    }
    match value.view() {
        View::Null => Shown::Null,
        View::Unknown(_) => Shown::Unknown,
        View::Bool(value) => Shown::Bool(value),
        View::Number(number) => {
            // Infinity has no digits.
            number.to_json().map_or_else(|| Shown::String(number.to_string().into()), Shown::Number)
        }
        View::String(text) => Shown::String(value.as_arc_str().unwrap_or_else(|| text.into())),
        View::Type(ty) => Shown::String(ty.constraint_name().into()),
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            Shown::Array(items.iter().map(shown).collect())
        }
        View::Map(items) | View::Object(items) => {
            Shown::Object(items.iter().map(|(name, item)| (name.clone(), shown(item))).collect())
        }
    }
}
