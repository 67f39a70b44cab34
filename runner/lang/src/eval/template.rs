//! Templates: text with interpolations and directives.

use super::Evaluator;
use crate::expr::NodeId;
use crate::{Marks, Refinements, Type, Value, convert};

const SUMMARY: &str = "Invalid template interpolation value";

/// HCL keeps at most this many bytes of the known beginning of an unknown text.
const LONGEST_PREFIX: usize = 128;

impl Evaluator<'_> {
    pub(super) fn template(&mut self, id: NodeId, parts: &[NodeId]) -> Value {
        let before = self.sink.len();
        let mut text = String::new();
        let mut marks = Marks::EMPTY;
        let mut known = true;
        for part in parts {
            let value = self.eval(*part);
            if value.is_null() {
                let detail =
                    "The expression result is null. Cannot include a null value in a string template.";
                self.error(*part, SUMMARY, detail, self.span(*part), self.span(id));
                continue;
            }
            let (value, part_marks) = value.unmark();
            marks = marks.union(part_marks);
            if !value.is_known() {
                known = false;
                continue;
            }
            match convert(&value, &Type::String) {
                Ok(value) => {
                    // A compound value cannot be converted, so what can be carries its marks itself.
                    if let (Some(part), true) = (value.as_str(), known) {
                        if !self.fits(id, text.len() + part.len()) {
                            return Value::unknown(Type::String).with_marks(marks);
                        }
                        text.push_str(part);
                    }
                }
                Err(error) => {
                    let detail = format!("Cannot include the given value in a string template: {error}.");
                    self.error(*part, SUMMARY, detail, self.span(*part), self.span(id));
                }
            }
        }
        let failed = self.failed_since(before);
        let value = match (failed, known) {
            (true, _) => Value::unknown(Type::String),
            (false, true) => Value::string(&text),
            (false, false) => unknown_text(&text),
        };
        value.with_marks(marks)
    }

    /// Whether a text of that many bytes may be made; says so when not.
    fn fits(&mut self, id: NodeId, bytes: usize) -> bool {
        let limit = self.scope.limits().max_string_bytes;
        if bytes <= limit {
            return true;
        }
        let detail = format!("This template makes a string of more than {limit} bytes, which is the limit.");
        let span = self.span(id);
        self.error(id, "String too long", detail, span, span);
        false
    }

    /// `%{ for }`: the texts of all iterations, one after the other.
    pub(super) fn join(&mut self, id: NodeId, for_node: NodeId) -> Value {
        let (tuple, failed) = self.eval_checked(for_node);
        if failed || !tuple.is_known() {
            return Value::unknown(Type::String);
        }
        let (tuple, mut marks) = tuple.unmark();
        let mut text = String::new();
        let mut known = true;
        for (_, value) in tuple.elements().into_iter().flatten() {
            let (value, part_marks) = value.unmark();
            marks = marks.union(part_marks);
            if value.is_null() {
                let detail = "An iteration result is null. Cannot include a null value in a string template.";
                self.error(id, SUMMARY, detail, self.span(id), self.span(id));
                continue;
            }
            match convert(&value, &Type::String) {
                Ok(value) => match value.as_str() {
                    Some(part) if known => {
                        if !self.fits(id, text.len() + part.len()) {
                            return Value::unknown(Type::String).with_marks(marks);
                        }
                        text.push_str(part);
                    }
                    Some(_) => {}
                    None => known = false,
                },
                Err(error) => {
                    let detail = format!(
                        "Cannot include one of the interpolation results into the string template: {error}."
                    );
                    self.error(id, SUMMARY, detail, self.span(id), self.span(id));
                }
            }
        }
        let value = if known { Value::string(&text) } else { Value::unknown(Type::String) };
        value.with_marks(marks)
    }
}

/// A text of which only the beginning is known.
fn unknown_text(prefix: &str) -> Value {
    let mut end = prefix.len().min(LONGEST_PREFIX);
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    let prefix = settled(prefix.get(..end).unwrap_or_default());
    match prefix.is_empty() {
        true => Value::unknown_refined(Type::String, Refinements::not_null()),
        false => Value::unknown_refined(Type::String, Refinements::prefix(prefix)),
    }
}

/// The part of a prefix that later text cannot change: a following combining character would alter the last
/// grapheme cluster. Terraform trusts ASCII punctuation and spaces to stand alone, except these four (measured
/// with 1.11.4).
fn settled(prefix: &str) -> &str {
    let stands_alone =
        |last: char| (last.is_ascii_punctuation() || last == ' ') && !matches!(last, '<' | '=' | '>' | '`');
    match prefix.chars().next_back() {
        Some(last) if stands_alone(last) => prefix,
        _ => {
            let last = syntax::characters(prefix).next_back().map_or(0, str::len);
            prefix.get(..prefix.len() - last).unwrap_or_default()
        }
    }
}
