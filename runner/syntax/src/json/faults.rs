//! What Terraform says about a text that is no JSON, and what it drops because of it.
//!
//! Terraform gives up an object or array at its first fault, goes on behind what it takes for its end, and says what it
//! then trips over as well. To print the same lines this reads the way it reads (measured with 1.11.4); the tree is
//! made elsewhere, without giving anything up.

use super::scan::{Kind, Scanner, Token};
use super::text::JsonText;
use crate::depth::{MAX_NESTING, with_stack};
use crate::span::Span;

/// The outcome of reading a faulty text.
#[derive(Default)]
pub(super) struct Faults {
    /// Summary, detail, subject and the construct around it.
    pub(super) found: Vec<(&'static str, String, Span, Span)>,
    /// Where the values begin that Terraform drops.
    pub(super) dropped: Vec<u32>,
    /// Where Terraform took the text's value to end.
    pub(super) end: u32,
    /// Whether the text's value is no object or array that could be read.
    pub(super) rootless: bool,
}

const START: &str = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.";

/// Reads the text as Terraform does.
pub(super) fn find(text: &str) -> Faults {
    let mut scanner = Scanner::strict(text);
    let next = scanner.next();
    let mut reader = Reader { text, scanner, next, depth: 0, faults: Faults::default(), stopped: false };
    let start = reader.next;
    let value = reader.value();
    if reader.faults.found.is_empty() && reader.next.kind != Kind::End {
        let at = reader.next.span;
        reader.say("Extraneous data after value", "Extra characters appear after the JSON value.", at);
    }
    if !matches!(value, Value::Container) {
        reader.say(
            "Root value must be object",
            "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.",
            start.span,
        );
        reader.faults.rootless = true;
    }
    // What was not read to its end has no part that could be trusted.
    reader.faults.rootless |= reader.stopped;
    reader.faults.end = reader.next.span.start;
    reader.faults
}

/// What a value turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Container,
    String,
    Other,
    /// It could not be read, and what is around it goes on without it.
    Invalid,
}

struct Reader<'t> {
    text: &'t str,
    scanner: Scanner<'t>,
    next: Token,
    depth: u32,
    faults: Faults,
    /// Nothing more is said: it would be about the rest of a text that is not read, or be too much.
    stopped: bool,
}

/// More faults than this in one text are not listed one by one, as in the native syntax.
const MAX_FAULTS: usize = 100;

impl Reader<'_> {
    fn say(&mut self, summary: &'static str, detail: impl Into<String>, subject: Span) {
        self.say_within(summary, detail.into(), subject, subject);
    }

    fn say_within(&mut self, summary: &'static str, detail: String, subject: Span, context: Span) {
        if !self.stopped {
            self.faults.found.push((summary, detail, subject, context));
            self.stopped = self.faults.found.len() >= MAX_FAULTS;
        }
    }

    fn read(&mut self) -> Token {
        let next = self.scanner.next();
        std::mem::replace(&mut self.next, next)
    }

    fn value(&mut self) -> Value {
        let token = self.next;
        let value = match token.kind {
            Kind::OpenBrace | Kind::OpenBracket => {
                if self.depth >= MAX_NESTING {
                    return self.too_deep();
                }
                self.depth += 1;
                let whole =
                    with_stack(|| if token.kind == Kind::OpenBrace { self.object() } else { self.array() });
                self.depth -= 1;
                whole.map_or(Value::Invalid, |()| Value::Container)
            }
            Kind::String => self.string(),
            Kind::Number => self.number(),
            Kind::Word => self.word(),
            _ => {
                let (summary, detail) = match token.kind {
                    Kind::CloseBrace => ("Missing JSON value", START),
                    Kind::CloseBracket => ("Missing array element value", START),
                    Kind::End => ("Missing value", "The JSON data ends prematurely."),
                    _ => ("Invalid start of value", START),
                };
                self.say(summary, detail, token.span);
                Value::Invalid
            }
        };
        if value == Value::Invalid && !self.stopped {
            self.faults.dropped.push(token.span.start);
        }
        value
    }

    /// The rest is not read: whatever is said about it would be about this.
    fn too_deep(&mut self) -> Value {
        self.stopped = true;
        while self.next.kind != Kind::End {
            self.read();
        }
        Value::Invalid
    }

    /// `None` when the object is given up.
    fn object(&mut self) -> Option<()> {
        let open = self.read().span;
        while self.next.kind != Kind::CloseBrace {
            let key = self.next.span;
            match self.value() {
                Value::String => {}
                kind => {
                    let start =
                        if kind == Value::Container { Span::new(key.start, key.start + 1) } else { key };
                    self.say(
                        "Invalid object property name",
                        "A JSON object property name must be a string",
                        start,
                    );
                    return None;
                }
            }
            let colon = self.read();
            if colon.kind != Kind::Colon {
                self.recover(colon, Kind::OpenBrace, Kind::CloseBrace);
                let (summary, detail) = match colon.kind {
                    Kind::CloseBrace | Kind::Comma => (
                        "Missing object value",
                        "A JSON object attribute must have a value, introduced by a colon.",
                    ),
                    Kind::Equals => (
                        "Missing property value colon",
                        "JSON uses a colon as its name/value delimiter, not an equals sign.",
                    ),
                    _ => (
                        "Missing property value colon",
                        "A colon must appear between an object property's name and its value.",
                    ),
                };
                self.say(summary, detail, colon.span);
                return None;
            }
            self.value();
            match self.next.kind {
                Kind::CloseBrace => {}
                Kind::Comma => {
                    let comma = self.read();
                    if self.next.kind == Kind::CloseBrace {
                        self.say(
                            "Trailing comma in object",
                            "JSON does not permit a trailing comma after the final property in an object.",
                            comma.span,
                        );
                        return None;
                    }
                }
                Kind::End => {
                    self.say("Unclosed object", "No closing brace was found for this JSON object.", open);
                    return None;
                }
                Kind::CloseBracket => {
                    self.read();
                    let at = self.next.span;
                    self.say(
                        "Mismatched braces",
                        "A JSON object must be closed with a brace, not a bracket.",
                        at,
                    );
                    return None;
                }
                _ => {
                    let token = self.read();
                    self.recover(token, Kind::OpenBrace, Kind::CloseBrace);
                    let at = self.next.span;
                    self.say(
                        "Missing attribute seperator comma",
                        "A comma must appear between each property definition in an object.",
                        at,
                    );
                    return None;
                }
            }
        }
        self.read();
        Some(())
    }

    /// `None` when the array is given up.
    fn array(&mut self) -> Option<()> {
        let open = self.read().span;
        while self.next.kind != Kind::CloseBracket {
            self.value();
            match self.next.kind {
                Kind::CloseBracket => {}
                Kind::Comma => {
                    let comma = self.read();
                    if self.next.kind == Kind::CloseBracket {
                        self.say(
                            "Trailing comma in array",
                            "JSON does not permit a trailing comma after the final value in an array.",
                            comma.span,
                        );
                        return None;
                    }
                }
                Kind::CloseBrace => {
                    let token = self.read();
                    self.recover(token, Kind::OpenBracket, Kind::CloseBracket);
                    let at = self.next.span;
                    self.say(
                        "Mismatched brackets",
                        "A JSON array must be closed with a bracket, not a brace.",
                        at,
                    );
                    return None;
                }
                Kind::End => {
                    self.say("Unclosed object", "No closing bracket was found for this JSON array.", open);
                    return None;
                }
                kind => {
                    let token = self.read();
                    self.recover(token, Kind::OpenBracket, Kind::CloseBracket);
                    let at = self.next.span;
                    let (summary, detail) = match kind {
                        Kind::Colon => (
                            "Invalid array value",
                            "A colon is not used to introduce values in a JSON array.",
                        ),
                        _ => (
                            "Missing attribute seperator comma",
                            "A comma must appear between each value in an array.",
                        ),
                    };
                    self.say(summary, detail, at);
                    return None;
                }
            }
        }
        self.read();
        Some(())
    }

    /// Reads on to what Terraform takes for the end of the container: from `token`, to the closing bracket of the
    /// container itself or of the first one in it.
    fn recover(&mut self, token: Token, open: Kind, close: Kind) {
        let mut depth = 1_u32;
        let mut kind = token.kind;
        loop {
            if kind == open {
                depth += 1;
            } else if kind == close {
                depth -= 1;
                if depth <= 1 {
                    return;
                }
            } else if kind == Kind::End {
                return;
            }
            kind = self.read().kind;
        }
    }

    fn string(&mut self) -> Value {
        let span = self.read().span;
        let Err(wrong) = JsonText::read(span.text(self.text), span.start) else { return Value::String };
        let at = span.start.saturating_add(super::scan::offset(wrong));
        let subject = Span::new(at, at.saturating_add(1));
        let detail = "There is a syntax error in the given JSON string.".to_owned();
        self.say_within("Invalid JSON string", detail, subject, span.to(subject));
        Value::Invalid
    }

    fn number(&mut self) -> Value {
        let span = self.read().span;
        if super::is_number(span.text(self.text)) {
            return Value::Other;
        }
        self.say("Invalid JSON number", "There is a syntax error in the given JSON number.", span);
        Value::Invalid
    }

    fn word(&mut self) -> Value {
        let span = self.read().span;
        let word = span.text(self.text);
        let detail = match word {
            "true" | "false" | "null" => return Value::Other,
            "undefined" | "NaN" | "Infinity" => {
                format!("The JavaScript identifier \"{word}\" cannot be used in JSON.")
            }
            _ => match ["true", "false", "null"].into_iter().find(|meant| is_near(word, meant)) {
                Some(meant) => format!("\"{word}\" is not a valid JSON keyword. Did you mean \"{meant}\"?"),
                None => format!("\"{word}\" is not a valid JSON keyword."),
            },
        };
        self.say("Invalid JSON keyword", detail, span);
        Value::Invalid
    }
}

/// Whether at most two letters have to be inserted, deleted or replaced.
fn is_near(word: &str, meant: &str) -> bool {
    if word.len() > meant.len() + 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=meant.len()).collect();
    for (index, letter) in word.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, wanted) in meant.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != wanted);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().is_some_and(|&distance| distance <= 2)
}
