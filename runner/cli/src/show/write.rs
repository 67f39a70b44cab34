//! Changes laid out as text.
//!
//! Every line begins with four columns per level and, in a plan, four more for the sign. What has not changed is
//! counted instead of shown, except next to changed elements of lists and under names that identify an object.

use std::fmt::Write as _;

use super::compare::{Change, Disclosure, Keys, Member, Sign, What};
use super::object::{Body, Inside, Part};
use crate::style::Paint;

/// How changes are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Lines have a column for signs.
    pub signs: bool,
    /// What has not changed is shown, too.
    pub unchanged: bool,
    /// `-> null` is written after what goes.
    pub null: bool,
    pub paint: Paint,
}

/// What stands in place of the inside of a block.
const HIDDEN_BLOCK: [&str; 2] = [
    "# At least one attribute in this block is (or was) sensitive,",
    "# so its contents will not be displayed.",
];

/// These attributes are shown even when nothing in them has changed.
const IDENTIFYING: [&str; 3] = ["id", "name", "tags"];

impl Layout {
    /// The layout of a plan.
    pub fn plan(paint: Paint) -> Layout {
        Layout { signs: true, unchanged: false, null: true, paint }
    }

    /// The layout of a state.
    pub fn state(paint: Paint) -> Layout {
        Layout { signs: false, unchanged: true, null: false, paint }
    }

    /// Writes a value; its first line goes on where `out` ends.
    pub fn value(self, change: &Change, indent: usize, out: &mut String) {
        let inside = Layout { null: false, ..self };
        match &change.what {
            What::Word { before, after } => {
                match change.sign {
                    Sign::Changed => {
                        self.word(before, out);
                        self.arrow(out);
                        self.word(after, out);
                    }
                    Sign::Same | Sign::Removed => self.word(before, out),
                    Sign::Added => self.word(after, out),
                }
                self.suffix(change.sign, out);
            }
            What::Lines(lines) => {
                out.push_str("<<-EOT\n");
                for (sign, line) in lines {
                    self.start(indent + 1, *sign, out);
                    out.push_str(line);
                    out.push('\n');
                }
                self.start(indent, Sign::Same, out);
                out.push_str("EOT");
                self.suffix(change.sign, out);
            }
            What::Json { inner, only_blanks } => self.json(change.sign, inner, *only_blanks, indent, out),
            What::Array { items, .. } if items.is_empty() => {
                out.push_str("[]");
                self.suffix(change.sign, out);
            }
            What::Array { items, context } => {
                out.push_str("[\n");
                match context {
                    true => inside.items(items, indent + 1, out),
                    false => inside.items_alone(items, indent + 1, out),
                }
                self.start(indent, Sign::Same, out);
                out.push(']');
                self.suffix(change.sign, out);
            }
            What::Members { members, .. } if members.is_empty() => {
                out.push_str("{}");
                self.suffix(change.sign, out);
            }
            What::Members { members, kind } => {
                out.push_str("{\n");
                let inside = Layout { null: self.signs && *kind == Keys::Nested, ..self };
                inside.members(members, *kind, indent + 1, out);
                self.start(indent, Sign::Same, out);
                out.push('}');
                self.suffix(change.sign, out);
            }
            What::WriteOnly => {
                out.push_str("(write-only attribute)");
                self.suffix(change.sign, out);
            }
            What::Unknown(before) => {
                if let Some(before) = before {
                    inside.value(before, indent, out);
                    out.push_str(" -> ");
                }
                out.push_str("(known after apply)");
            }
            What::Sensitive(_) => {
                out.push_str("(sensitive value)");
                self.suffix(change.sign, out);
            }
            What::Type { before, after } => {
                inside.value(before, indent, out);
                self.arrow(out);
                inside.value(after, indent, out);
            }
        }
    }

    /// Writes the inside of an object or block in braces; the first goes on where `out` ends.
    pub fn body(self, body: &Body, indent: usize, out: &mut String) {
        out.push_str("{\n");
        self.members(&body.attributes, Keys::Attributes, indent + 1, out);
        let mut hidden = 0;
        for blocks in &body.blocks {
            let (shown, others): (Vec<&Part>, Vec<&Part>) =
                blocks.parts.iter().partition(|part| part.sign != Sign::Same || self.unchanged);
            hidden += others.len();
            if !shown.is_empty() && !body.attributes.is_empty() {
                out.push('\n');
            }
            shown.into_iter().for_each(|part| self.part(&blocks.name, part, indent + 1, out));
        }
        if hidden > 0 {
            out.push('\n');
        }
        self.hidden(hidden, "block", indent + 1, out);
        self.start(indent, Sign::Same, out);
        out.push('}');
    }

    fn part(self, kind: &str, part: &Part, indent: usize, out: &mut String) {
        if let Inside::Hidden(Some(disclosure)) = &part.inside {
            self.warn_of("block", *disclosure, indent, out);
        }
        self.start(indent, part.sign, out);
        out.push_str(&name(kind, Keys::Attributes));
        if let Some(label) = &part.label {
            let _ = write!(out, " {}", lang::quote(label));
        }
        out.push(' ');
        // What is said behind a brace stands at the end of its line.
        let at = out.len();
        match &part.inside {
            Inside::Body(body) => self.body(body, indent, out),
            Inside::Unknown => out.push_str("(known after apply)"),
            Inside::Hidden(_) => {
                out.push_str("{\n");
                for line in HIDDEN_BLOCK {
                    self.start(indent, Sign::Same, out);
                    let _ = writeln!(out, "  {line}");
                }
                self.start(indent, Sign::Same, out);
                out.push('}');
            }
        }
        if part.forces {
            let end = out.get(at..).and_then(|text| text.find('\n')).map_or(out.len(), |length| at + length);
            out.insert_str(end, &self.forces());
        }
        out.push('\n');
    }

    /// Writes attributes or elements of a map, each on lines of its own.
    fn members(self, members: &[Member], kind: Keys, indent: usize, out: &mut String) {
        let names: Vec<String> = members.iter().map(|member| name(&member.name, kind)).collect();
        // The width is that of the longest name in bytes, hidden ones included; what is filled up is characters.
        let width = match kind {
            Keys::Objects => 0,
            _ => names.iter().map(String::len).max().unwrap_or(0),
        };
        let is_attribute = matches!(kind, Keys::Attributes | Keys::Nested);
        let mut hidden = 0;
        for (member, name) in members.iter().zip(&names) {
            let identifying = is_attribute && IDENTIFYING.contains(&&*member.name);
            if member.change.sign == Sign::Same && !self.unchanged && !identifying {
                hidden += 1;
                continue;
            }
            let layout = Layout { unchanged: self.unchanged || identifying, ..self };
            self.warn(&member.change, indent, out);
            self.start(indent, member.change.sign, out);
            let _ = write!(out, "{name:width$} = ");
            layout.value(&member.change, indent, out);
            if member.forces {
                out.push_str(&self.forces());
            }
            let is_object =
                matches!(member.change.what, What::Members { kind: Keys::Attributes | Keys::Nested, .. });
            out.push_str(if is_object && !is_attribute { ",\n" } else { "\n" });
        }
        let thing = if is_attribute { "attribute" } else { "element" };
        self.hidden(hidden, thing, indent, out);
    }

    /// Writes the elements of a list: those that have changed and, as context, those right before and right after one.
    fn items(self, items: &[Change], indent: usize, out: &mut String) {
        let changed = |at: usize| items.get(at).is_some_and(|item| item.sign != Sign::Same);
        let mut hidden = 0;
        for (at, item) in items.iter().enumerate() {
            let near_change = (at.saturating_sub(1)..=at + 1).any(changed);
            if !near_change && !self.unchanged {
                hidden += 1;
                continue;
            }
            self.hidden(std::mem::take(&mut hidden), "element", indent, out);
            // Context is there to be recognised, so all of it is shown.
            let layout = Layout { unchanged: self.unchanged || !changed(at), ..self };
            layout.item(item, indent, out);
        }
        self.hidden(hidden, "element", indent, out);
    }

    /// Writes the elements that have changed.
    fn items_alone(self, items: &[Change], indent: usize, out: &mut String) {
        let (shown, hidden): (Vec<&Change>, Vec<&Change>) =
            items.iter().partition(|item| item.sign != Sign::Same || self.unchanged);
        shown.into_iter().for_each(|item| self.item(item, indent, out));
        self.hidden(hidden.len(), "element", indent, out);
    }

    fn item(self, item: &Change, indent: usize, out: &mut String) {
        self.warn(item, indent, out);
        self.start(indent, item.sign, out);
        self.value(item, indent, out);
        out.push_str(",\n");
    }

    fn json(self, sign: Sign, inner: &Change, only_blanks: bool, indent: usize, out: &mut String) {
        let layout = Layout { null: false, unchanged: self.unchanged || only_blanks, ..self };
        let mut text = String::new();
        layout.value(inner, indent + 1, &mut text);
        let note = if only_blanks { " # whitespace changes" } else { "" };
        if !text.contains('\n') {
            let _ = write!(out, "jsonencode({text}){note}");
            return;
        }
        let _ = writeln!(out, "jsonencode({note}");
        let edited = sign == Sign::Changed && !only_blanks;
        self.start(indent + 1, if edited { sign } else { Sign::Same }, out);
        out.push_str(&text);
        out.push('\n');
        self.start(indent, Sign::Same, out);
        out.push(')');
        self.suffix(sign, out);
    }

    /// The columns before a line's text.
    pub fn start(self, indent: usize, sign: Sign, out: &mut String) {
        out.extend(std::iter::repeat_n(' ', indent * 4));
        if self.signs {
            let (hue, symbol) = match sign {
                Sign::Same => return out.push_str("    "),
                Sign::Added => ("green", "+"),
                Sign::Changed => ("yellow", "~"),
                Sign::Removed => ("red", "-"),
            };
            let _ = write!(out, "  {} ", self.paint.word(hue, symbol));
        }
    }

    /// What is null is less loud than everything else.
    fn word(self, text: &str, out: &mut String) {
        match text {
            "null" => out.push_str(&self.paint.word("dark_gray", text)),
            text => out.push_str(text),
        }
    }

    fn arrow(self, out: &mut String) {
        let _ = write!(out, " {} ", self.paint.word("yellow", "->"));
    }

    fn suffix(self, sign: Sign, out: &mut String) {
        if self.null && sign == Sign::Removed {
            out.push_str(&self.paint.format(&[("", " "), ("dark_gray", "-> null"), ("reset", "")]));
        }
    }

    fn hidden(self, count: usize, thing: &str, indent: usize, out: &mut String) {
        if count > 0 {
            self.start(indent, Sign::Same, out);
            let plural = if count == 1 { "" } else { "s" };
            let text = format!("# ({count} unchanged {thing}{plural} hidden)");
            out.push_str(&self.paint.word("dark_gray", &text));
            out.push('\n');
        }
    }

    fn forces(self) -> String {
        self.paint.format(&[("", " "), ("red", "# forces replacement"), ("reset", "")])
    }

    /// Says that a value begins or ceases to be hidden.
    fn warn(self, change: &Change, indent: usize, out: &mut String) {
        if let What::Sensitive(Some(disclosure)) = change.what {
            self.warn_of("attribute value", disclosure, indent, out);
        }
    }

    fn warn_of(self, what: &str, disclosure: Disclosure, indent: usize, out: &mut String) {
        let Disclosure { hides, unchanged } = disclosure;
        let (first, second) = match hides {
            true => (
                "will be marked as sensitive and will not",
                "display in UI output after applying this change.",
            ),
            false => ("will no longer be marked as sensitive", "after applying this change."),
        };
        let unchanged = if unchanged { " The value is unchanged." } else { "" };
        let margin = " ".repeat(indent * 4);
        let text = format!(": this {what} {first}\n{margin}  # {second}");
        let warning = self.paint.format(&[("", "  # "), ("yellow", "Warning"), ("reset", &text)]);
        let _ = writeln!(out, "{margin}{warning}{unchanged}");
    }
}

/// A name as it is written before the equals sign.
pub(super) fn name(name: &str, kind: Keys) -> String {
    match kind {
        Keys::Attributes | Keys::Nested if lang::ty::is_identifier(name) => name.to_owned(),
        _ => lang::quote(name),
    }
}
