//! Editing a text.

use syntax::{Document, FileName, Span};

/// A document that was edited equals one that was read anew after every edit.
///
/// The input is a text, a line of `====`, and edits: each is a line of where it begins and how many bytes it removes,
/// as two letters each in base 26, and then what it inserts, up to the line's end; `\n` in that stands for a newline.
pub fn edits(bytes: &[u8]) {
    let input = &*crate::text_of(bytes);
    let (text, script) = input.split_once("\n====\n").unwrap_or((input, ""));
    let file = FileName::new("main.tftest.hcl");
    let mut document = Document::new(file.clone(), text);
    for line in script.lines().take(64) {
        let (range, inserted) = edit(line, document.len());
        document.edit(range, &inserted);
        let fresh = Document::new(file.clone(), &document.text());
        assert_eq!(document.diagnostics(), fresh.diagnostics(), "after {range:?} {inserted:?}");
        assert!(
            document.chunks().eq(fresh.chunks()),
            "chunks differ after {range:?} {inserted:?} in {:?}",
            fresh.text()
        );
    }
}

fn edit(line: &str, length: u32) -> (Span, String) {
    let mut letters = line.bytes().map(|byte| u32::from(byte.wrapping_sub(b'a') % 26));
    let mut number = || letters.next().unwrap_or(0) * 26 + letters.next().unwrap_or(0);
    // Spread over the whole text, so that short numbers reach its end.
    let (at, removed) = (number(), number());
    let start = if length == 0 { 0 } else { at % (length + 1) };
    let mut at = 4;
    while at < line.len() && !line.is_char_boundary(at) {
        at += 1;
    }
    let inserted = line.get(at..).unwrap_or_default().replace("\\n", "\n");
    (Span::new(start, start.saturating_add(removed % 40).min(length)), inserted)
}
