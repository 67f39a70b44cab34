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
        let mut out = self.rendered(&Layout::default(), "");
        out.push('\n');
        out
    }

    /// The text of a value whose first line is indented by `indent`, which is not written.
    pub(super) fn rendered(&self, layout: &Layout, indent: &str) -> String {
        let mut out = String::new();
        self.write(&mut out, layout, &mut indent.to_owned());
        out
    }

    /// The text of a property.
    pub(super) fn property(&self, name: &str, layout: &Layout, indent: &str) -> String {
        format!("{}{}{}", quoted(name), layout.colon, self.rendered(layout, indent))
    }

    fn write(&self, out: &mut String, layout: &Layout, indent: &mut String) {
        syntax::with_stack(|| match self {
            Json::Raw(text) => out.push_str(text),
            Json::Text(text) => out.push_str(&quoted(text)),
            Json::Array(items) if layout.one_line || self.is_short() => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { layout.comma() } else { "" });
                    item.write(out, layout, indent);
                }
                out.push(']');
            }
            Json::Object(items) if items.is_empty() => out.push_str("{}"),
            Json::Array(items) => {
                let items = items.iter().map(|item| (None, item));
                layout.lines(out, indent, ('[', ']'), items);
            }
            Json::Object(items) if layout.one_line => {
                out.push('{');
                for (index, (name, item)) in items.iter().enumerate() {
                    out.push_str(if index > 0 { layout.comma() } else { "" });
                    out.push_str(&quoted(name));
                    out.push_str(&layout.colon);
                    item.write(out, layout, indent);
                }
                out.push('}');
            }
            Json::Object(items) => {
                let items = items.iter().map(|(name, item)| (Some(name.as_str()), item));
                layout.lines(out, indent, ('{', '}'), items);
            }
        });
    }

    /// Whether it stands on one line.
    pub(super) fn is_short(&self) -> bool {
        let is_plain = |it: &Json| matches!(it, Json::Raw(_) | Json::Text(_));
        match self {
            Json::Array(items) => items.iter().all(is_plain) && self.width() <= WIDTH,
            Json::Object(items) => items.is_empty(),
            _ => true,
        }
    }

    fn width(&self) -> usize {
        match self {
            Json::Raw(text) | Json::Text(text) => text.len() + 4,
            Json::Array(items) => items.iter().map(Json::width).sum(),
            Json::Object(_) => WIDTH + 1,
        }
    }
}

/// How a text is laid out.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// What a level is indented by.
    pub(super) unit: String,
    /// What stands between a name and its value.
    pub(super) colon: String,
    /// Whether everything stands on one line.
    pub(super) one_line: bool,
}

impl Default for Layout {
    fn default() -> Layout {
        Layout { unit: "  ".to_owned(), colon: ": ".to_owned(), one_line: false }
    }
}

impl Layout {
    /// That of a text, as far as it shows one.
    pub(super) fn of(text: &str) -> Layout {
        let indented = text.lines().find_map(|line| {
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            line.get(..blank).filter(|it| !it.is_empty() && it.len() < line.len())
        });
        let colon = || {
            let at =
                text.find("\":").map(|quote| quote + 1).or_else(|| text.find("\" :").map(|it| it + 1))?;
            let rest = text.get(at..)?;
            let behind = rest.find(|c| c != ' ' && c != ':')?;
            rest.get(..behind).map(str::to_owned)
        };
        let default = Layout::default();
        Layout {
            unit: indented.map_or(default.unit, str::to_owned),
            colon: colon().unwrap_or(default.colon),
            one_line: !text.trim().contains('\n') && text.trim().len() > 2,
        }
    }

    /// What parts two items on one line.
    pub(super) fn comma(&self) -> &'static str {
        if self.one_line && self.colon == ":" { "," } else { ", " }
    }

    fn lines<'j>(
        &self,
        out: &mut String,
        indent: &mut String,
        (open, close): (char, char),
        items: impl Iterator<Item = (Option<&'j str>, &'j Json)>,
    ) {
        let outer = indent.len();
        indent.push_str(&self.unit);
        out.push(open);
        for (index, (name, item)) in items.enumerate() {
            out.push_str(if index > 0 { ",\n" } else { "\n" });
            out.push_str(indent);
            if let Some(name) = name {
                out.push_str(&quoted(name));
                out.push_str(&self.colon);
            }
            item.write(out, self, indent);
        }
        indent.truncate(outer);
        out.push('\n');
        out.push_str(indent);
        out.push(close);
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
