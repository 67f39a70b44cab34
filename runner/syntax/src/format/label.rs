//! Block labels as they are written: always in quotes.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;

use crate::ast::Label;

/// The label in quotes; `None` when it stands so already or should not be touched.
pub(super) fn canonical(label: &Label, source: &str) -> Option<String> {
    // What has such a sign is hard to read back: its escaped forms look like the beginning of a template.
    if label.quoted && source.contains(['$', '%']) {
        return None;
    }
    let mut quoted = String::with_capacity(label.text.len() + 2);
    quoted.push('"');
    for ch in label.text.nfc() {
        match ch {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if is_printable(ch) => quoted.push(ch),
            // Writing to a string cannot fail.
            '\0'..='\u{ffff}' => drop(write!(quoted, "\\u{:04x}", u32::from(ch))),
            _ => drop(write!(quoted, "\\U{:08x}", u32::from(ch))),
        }
    }
    quoted.push('"');
    (quoted != source).then_some(quoted)
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space. The standard library's escapes decide this, which
/// behind another character leave marks alone.
fn is_printable(ch: char) -> bool {
    match ch {
        ' '..='~' => true,
        _ => ['a', ch].iter().collect::<String>().escape_debug().count() == 2,
    }
}
