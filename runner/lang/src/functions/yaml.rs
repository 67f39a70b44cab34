//! `yamlencode`: block style, every string quoted or literal, as Terraform's emitter (a libyaml) writes it.

use super::args::{ANY, STRING, arg};
use super::{Call, Function, FunctionError, Param, Returns};
use crate::{Type, Value, View};

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "yamlencode",
    "Writes a value as YAML.",
    r#"yamlencode({ a = [1] }) # "\"a\":\n- 1\n""#,
    &[Param::new("value", ANY, "The value to write.").nullable().unknown().dynamic()],
    Returns::Type(STRING),
    |args, _, call: &mut Call<'_>| {
        let value = arg(args, 0);
        if !value.is_wholly_known() {
            return Ok(Value::unknown(Type::String));
        }
        let text = encode(value)?;
        call.limits.check_string(text.len())?;
        Ok(text.into())
    },
)];

/// Columns after which a quoted string is folded at the next space.
const WIDTH: usize = 80;
const STEP: usize = 2;
/// Keys of more bytes than this are written after a `?`.
const LONGEST_SIMPLE_KEY: usize = 128;

fn encode(value: &Value) -> Result<String, FunctionError> {
    let mut emitter = Emitter { out: String::new(), line_start: 0, found_type: false };
    emitter.node(value, None, Position::Inline);
    if emitter.found_type {
        return Err(FunctionError::call("can't marshal type as YAML"));
    }
    if !emitter.out.ends_with('\n') {
        emitter.out.push('\n');
    }
    // A plain text at the top needs an end of its own.
    if matches!(value.view(), View::Null | View::Bool(_) | View::Number(_)) {
        emitter.out.push_str("...\n");
    }
    Ok(emitter.out)
}

/// Where a node begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At the beginning of a line, or right after `-`, `?` or the `:` of such a key.
    Inline,
    /// After a key and its colon.
    AfterKey,
}

struct Emitter {
    out: String,
    /// Where in `out` the current line begins.
    line_start: usize,
    /// A type was met, which has no form in YAML.
    found_type: bool,
}

impl Emitter {
    /// `parent` is the indentation of the collection around the node; nothing is around the top.
    fn node(&mut self, value: &Value, parent: Option<usize>, position: Position) {
        match value.view() {
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                self.sequence(items, parent, position);
            }
            View::Map(map) | View::Object(map) if map.is_empty() => {
                self.space();
                self.out.push_str("{}");
            }
            View::Map(map) | View::Object(map) => {
                let indent = parent.map_or(0, |parent| parent + STEP);
                for (index, (key, value)) in map.iter().enumerate() {
                    self.begin(indent, index == 0 && position == Position::Inline);
                    self.entry(key, value, indent);
                }
            }
            View::String(text) => {
                self.space();
                self.string(text, parent.map_or(STEP, |parent| parent + STEP), true);
            }
            View::Number(number) => self.plain(&number.to_string()),
            View::Bool(value) => self.plain(if value { "true" } else { "false" }),
            View::Null | View::Unknown(_) => self.plain("null"),
            View::Type(_) => self.found_type = true,
        }
    }

    fn sequence(&mut self, items: &[Value], parent: Option<usize>, position: Position) {
        if items.is_empty() {
            self.space();
            self.out.push_str("[]");
            return;
        }
        let indent = match (parent, position) {
            (None, _) => 0,
            // The dashes stand below the key.
            (Some(parent), Position::AfterKey) => parent,
            (Some(parent), Position::Inline) => parent + STEP,
        };
        for (index, item) in items.iter().enumerate() {
            self.begin(indent, index == 0 && position == Position::Inline);
            self.out.push('-');
            self.node(item, Some(indent), Position::Inline);
        }
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize) {
        let is_simple = key.len() <= LONGEST_SIMPLE_KEY && !key.contains(is_break);
        if is_simple {
            self.string(key, indent, false);
            self.out.push(':');
            self.node(value, Some(indent), Position::AfterKey);
        } else {
            self.out.push_str("? ");
            self.string(key, indent + STEP, true);
            self.begin(indent, false);
            self.out.push(':');
            self.node(value, Some(indent), Position::Inline);
        }
    }

    fn plain(&mut self, text: &str) {
        self.space();
        self.out.push_str(text);
    }

    /// A space after an indicator; none at the beginning of a line.
    fn space(&mut self) {
        if self.out.ends_with(['-', ':']) && self.out.len() > self.line_start {
            self.out.push(' ');
        }
    }

    /// Goes to column `indent`: on this line if nothing but indicators stands there, else on the next.
    fn begin(&mut self, indent: usize, stay: bool) {
        if !stay && self.out.len() > self.line_start {
            self.newline();
        }
        let column = self.out.len() - self.line_start;
        self.out.extend(std::iter::repeat_n(' ', indent.saturating_sub(column)));
    }

    fn newline(&mut self) {
        self.out.push('\n');
        self.line_start = self.out.len();
    }

    fn string(&mut self, text: &str, indent: usize, may_break: bool) {
        if may_break && text.contains('\n') && fits_literal(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, indent, may_break);
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.out.push('2');
        }
        match text.strip_suffix('\n') {
            None => self.out.push('-'),
            Some(rest) if rest.is_empty() || rest.ends_with(is_break) => self.out.push('+'),
            Some(_) => {}
        }
        for line in text.split_inclusive('\n') {
            if !self.out.ends_with('\n') {
                self.newline();
            }
            let body = line.trim_end_matches('\n');
            if !body.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(body);
            }
            if line.len() > body.len() {
                self.newline();
            }
        }
    }

    fn quoted(&mut self, text: &str, indent: usize, may_break: bool) {
        self.out.push('"');
        let mut after_space = false;
        let mut chars = text.char_indices().peekable();
        let mut column = self.out.get(self.line_start..).map_or(0, |line| line.chars().count());
        while let Some((at, c)) = chars.next() {
            if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                let escape = escape(c);
                column += escape.len();
                self.out.push_str(&escape);
                after_space = false;
            } else if c == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                if may_break && !after_space && column > WIDTH && inside {
                    self.begin(indent, false);
                    column = indent;
                    if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.out.push('\\');
                        column += 1;
                    }
                } else {
                    self.out.push(' ');
                    column += 1;
                }
                after_space = true;
            } else {
                self.out.push(c);
                column += 1;
                after_space = false;
            }
        }
        self.out.push('"');
    }
}

/// Whether a text can stand in a literal block: nothing that needs an escape, no space at the end of a line.
fn fits_literal(text: &str) -> bool {
    let ends_in_space = text.split(is_break).any(|line| line.ends_with(' '));
    !ends_in_space && text.chars().all(is_printable)
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn escape(c: char) -> String {
    let letter = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0b' => 'v',
        '\x0c' => 'f',
        '\r' => 'r',
        '\x1b' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            let code = u32::from(c);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{letter}")
}
