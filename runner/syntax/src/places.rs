//! Places of a document in HCL's words, without going over its whole text.

use std::sync::OnceLock;

use crate::characters::characters;
use crate::document::Document;
use crate::position::{HclPosition, LineIndex};
use crate::span::Span;

/// Names places of one document, which must be the same in all calls.
#[derive(Debug, Default)]
pub struct Places {
    /// The text and its lines, where the rope counts lines otherwise than HCL does.
    lines: OnceLock<Option<(String, LineIndex)>>,
}

impl Places {
    pub fn new() -> Places {
        Places::default()
    }

    /// As [`LineIndex::hcl_range`].
    pub fn hcl_range(&self, document: &Document, span: Span) -> String {
        let lines = self.lines.get_or_init(|| {
            document.has_lone_returns().then(|| {
                let text = document.text();
                let index = LineIndex::new(&text);
                (text, index)
            })
        });
        match lines {
            Some((text, index)) => index.hcl_range(text, document.file(), span),
            None => {
                let (start, end) = (position(document, span.start), position(document, span.end));
                crate::position::hcl_range(document.file(), start, end)
            }
        }
    }
}

fn position(document: &Document, offset: u32) -> HclPosition {
    let rope = document.rope();
    let byte = offset.min(document.len());
    let ch = rope.byte_to_char(byte as usize);
    let line = rope.char_to_line(ch);
    let before = rope.slice(rope.line_to_char(line)..ch).to_string();
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    HclPosition { line: number(line), column: number(characters(&before).count()), byte }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileName;

    #[test]
    fn places_are_those_of_the_text() {
        for text in [
            "",
            "a = 1\nb = \"é\"\n\nc",
            "a = 1\r\nb = 2\r\n",
            "a = 1\rb = 2\nc = 3\n",
            "\r",
            "x\n\r\ny = [\n1]\n",
        ] {
            let document = Document::new(FileName::new("a.tf"), text);
            let (index, places) = (LineIndex::new(text), Places::new());
            for (start, _) in text.char_indices() {
                for end in (start..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                    let span = Span::new(start as u32, end as u32);
                    let expected = index.hcl_range(text, document.file(), span);
                    assert_eq!(places.hcl_range(&document, span), expected, "{text:?}");
                }
            }
        }
    }
}
