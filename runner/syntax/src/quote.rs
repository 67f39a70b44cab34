//! Go's quoted strings, in which Terraform prints text and every message quotes a name.

use std::fmt::Write as _;

use unicode_normalization::char::is_combining_mark;

/// A string in double quotes with Go's escapes (`strconv.Quote`), as the console and diagnostics print it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            _ if is_printable(c) => out.push(c),
            // Writing to a string cannot fail.
            '\u{0}'..='\u{7f}' => drop(write!(out, "\\x{:02x}", u32::from(c))),
            '\u{80}'..='\u{ffff}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => drop(write!(out, "\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// Letters, marks, numbers, punctuation and symbols. The standard library decides this for its own escapes, except that
/// it also escapes what joins the character before: marks, and two halfwidth letters.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    is_combining_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}') || c.escape_debug().len() == 1
}
