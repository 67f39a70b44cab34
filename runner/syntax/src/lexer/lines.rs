//! What the bytes of a line show without being cut into tokens.

use super::bytes::{is_ident_continue, is_ident_start};

/// Whether a line begins with `name =`, `name {`, `name "label"`, or is just `}`.
pub(super) fn line_begins_item(line: &[u8]) -> bool {
    let blank = |text: &[u8]| text.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    let line = line.get(blank(line)..).unwrap_or_default();
    if let Some(after) = line.strip_prefix(b"}") {
        let after = after.get(blank(after)..).unwrap_or_default();
        return matches!(after, [] | [b'\n' | b'#', ..] | [b'\r', b'\n', ..]);
    }
    if !line.first().is_some_and(|&byte| is_ident_start(byte)) {
        return false;
    }
    let length = line.iter().take_while(|&&byte| is_ident_continue(byte)).count();
    let (name, after) = line.split_at(length);
    let spaces = blank(after);
    match after.get(spaces..).unwrap_or_default() {
        [b'=', b'=' | b'>', ..] => false,
        [b'=', ..] => true,
        // Words of `for`, which a bracket or quote may follow.
        [b'{' | b'"', ..] => !matches!(name, b"in" | b"if" | b"for"),
        _ => false,
    }
}

pub(super) fn without_blank_end(text: &[u8]) -> &[u8] {
    let blank = text.iter().rev().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    text.get(..text.len() - blank).unwrap_or_default()
}

/// Whether the last line is `name =` and nothing else.
pub(super) fn ends_with_name_and_equals(text: &[u8]) -> bool {
    let Some(text) = without_blank_end(text).strip_suffix(b"=") else { return false };
    let text = without_blank_end(text);
    let length = text.iter().rev().take_while(|&&byte| is_ident_continue(byte) || byte >= 0x80).count();
    let (before, name) = text.split_at(text.len() - length);
    name.first().is_some_and(|&byte| is_ident_start(byte) || byte >= 0x80)
        && matches!(without_blank_end(before), [] | [.., b'\n'])
}
