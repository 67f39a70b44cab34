//! Editing a text, native and in JSON.

use syntax::{Chunk, Document, FileName, Sequence, Span};

/// A document that was edited equals one that was read anew after every edit.
///
/// The input is a text, a line of `====`, and edits: each is a line of where it begins and how many bytes it removes,
/// as two letters each in base 26, and then what it inserts, up to the line's end; `\n` in that stands for a newline.
pub fn edits(bytes: &[u8]) {
    after_each_edit(bytes, "main.tftest.hcl", |_, _| {});
}

/// The same of a text in JSON, where an edit inside of one run reads that run again and nothing else.
pub fn json_edits(bytes: &[u8]) {
    let none = Sequence::default();
    after_each_edit(bytes, "main.tftest.json", |document, fresh| {
        let (now, expected) = (document.members("run", &none), fresh.members("run", &none));
        let parts =
            |members: Option<Sequence<Chunk>>| members.map(|it| it.iter().cloned().collect::<Vec<_>>());
        assert_eq!(parts(now), parts(expected), "members differ in {:?}", fresh.text());
    });
}

fn after_each_edit(bytes: &[u8], name: &str, check: impl Fn(&Document, &Document)) {
    let input = &*crate::text_of(bytes);
    let (text, script) = input.split_once("\n====\n").unwrap_or((input, ""));
    let file = FileName::new(name);
    let mut document = Document::new(file.clone(), text);
    check(&document, &document.clone());
    for line in script.lines().take(64) {
        let (range, inserted) = edit(line, document.len());
        document.edit(range, &inserted);
        let fresh = Document::new(file.clone(), &document.text());
        check(&document, &fresh);
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
