//! Typing at random: the same for the same seed.

use serde_json::{Value, json};
use syntax::{Document, Encoding, Position};

/// What gets typed: everything that opens something, and a few characters wider than a byte.
pub(crate) const PIECES: &[&str] = &[
    "{",
    "}",
    "\"",
    "${",
    "%{ if ",
    "<<EOT\n",
    "EOT\n",
    "/*",
    "*/",
    "#",
    "(",
    ")",
    "[",
    "]",
    "\n",
    " ",
    "run \"x\" {\n",
    "}\n",
    "assert {",
    "run.",
    "var.",
    "=",
    "a",
    "\u{e9}",
    "\u{1d4b3}",
    "\r\n",
    "\t",
    "\u{0}",
    "condition = ",
    "= [for a in b : a]",
];

/// A small generator of its own: the same edits for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// Once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn of<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.below(list.len()))
    }
}

/// Edits the document and returns the same edit in the protocol's form.
pub(crate) fn edit(random: &mut Random, document: &mut Document) -> Value {
    let start = random.below(document.len() as usize + 1) as u32;
    let length = if random.below(3) == 0 { random.below(40) as u32 } else { 0 };
    let start = document.position(start, Encoding::Utf16);
    let end = document.position(document.offset(start, Encoding::Utf16) + length, Encoding::Utf16);
    let span = syntax::Span::new(
        document.offset(start, Encoding::Utf16),
        document.offset(end, Encoding::Utf16).max(document.offset(start, Encoding::Utf16)),
    );
    let text = PIECES[random.below(PIECES.len())];
    document.edit(span, text);
    json!({"range": {"start": shown(start), "end": shown(end.max(start))}, "text": text})
}

pub(crate) fn place(document: &Document, offset: u32) -> Value {
    shown(document.position(offset, Encoding::Utf16))
}

pub(crate) fn shown(position: Position) -> Value {
    json!({"line": position.line, "character": position.character})
}
