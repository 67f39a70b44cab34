//! JSON values in the order in which they were put together, and how they are laid out.

use lang::{Value, View};

/// A JSON value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Json {
    /// A number, `true`, `false` or `null`, as it is written.
    Raw(String),
    Text(String),
    Array(Vec<Json>),
    /// Names may repeat.
    Object(Vec<(String, Json)>),
}

/// Lists that are not longer than this stand on one line.
const WIDTH: usize = 80;

impl Json {
    pub(super) fn null() -> Json {
        Json::Raw("null".to_owned())
    }

    /// A value that is known.
    pub(super) fn of(value: &Value) -> Json {
        syntax::with_stack(|| match value.view() {
            View::String(text) => Json::Text(text.to_owned()),
            View::Bool(value) => Json::Raw(value.to_string()),
            View::Number(number) => Json::Raw(number.to_string()),
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                Json::Array(items.iter().map(Json::of).collect())
            }
            View::Map(items) | View::Object(items) => {
                Json::Object(items.iter().map(|(name, value)| (name.to_string(), Json::of(value))).collect())
            }
            View::Null | View::Unknown(_) | View::Type(_) => Json::null(),
        })
    }

    /// The text of a whole file.
    pub(super) fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        };
        syntax::with_stack(|| match self {
            Json::Raw(text) => out.push_str(text),
            Json::Text(text) => out.push_str(&quoted(text)),
            Json::Array(items) if items.iter().all(Json::is_short) && self.width() <= WIDTH => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.write(out, depth);
                }
                out.push(']');
            }
            Json::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    line(out, depth + 1);
                    item.write(out, depth + 1);
                }
                line(out, depth);
                out.push(']');
            }
            Json::Object(items) if items.is_empty() => out.push_str("{}"),
            Json::Object(items) => {
                out.push('{');
                for (index, (name, item)) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    line(out, depth + 1);
                    out.push_str(&quoted(name));
                    out.push_str(": ");
                    item.write(out, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
        });
    }

    fn is_short(&self) -> bool {
        matches!(self, Json::Raw(_) | Json::Text(_))
    }

    fn width(&self) -> usize {
        match self {
            Json::Raw(text) | Json::Text(text) => text.len() + 4,
            Json::Array(items) => items.iter().map(Json::width).sum(),
            Json::Object(_) => WIDTH + 1,
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
