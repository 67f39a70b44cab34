//! The positions of many offsets of a document, most of which lie near the one that was asked for before.

use std::sync::Arc;

use crate::chunk::Chunk;
use crate::document::Document;
use crate::position::{Encoding, LineIndex, Position};
use crate::sequence::Iter;

/// Gives positions as [`Document::position`] does. What is asked for in order goes over the text once.
#[derive(Debug)]
pub struct Positions<'d> {
    document: &'d Document,
    encoding: Encoding,
    here: Option<Here<'d>>,
}

/// The chunk of the last offset.
#[derive(Debug)]
struct Here<'d> {
    text: &'d str,
    lines: LineIndex,
    /// The place of its first byte.
    base: u32,
    first: Position,
    rest: Iter<'d, Chunk>,
}

impl<'d> Positions<'d> {
    pub fn new(document: &'d Document, encoding: Encoding) -> Positions<'d> {
        Positions { document, encoding, here: None }
    }

    /// The editor's position of a byte offset.
    pub fn of(&mut self, offset: u32) -> Position {
        let offset = offset.min(self.document.len());
        let is_at_end = offset == self.document.len();
        let has = |here: &Here<'d>| {
            here.base <= offset && (offset < here.end() || (is_at_end && offset == here.end()))
        };
        if !self.here.as_ref().is_some_and(has) {
            let next = self.here.take().and_then(|here| here.next(self.encoding));
            self.here = next.filter(has).or_else(|| Here::around(offset, self.document, self.encoding));
        }
        self.here.as_ref().map_or_else(Position::default, |here| here.position(offset, self.encoding))
    }
}

impl<'d> Here<'d> {
    fn around(offset: u32, document: &'d Document, encoding: Encoding) -> Option<Here<'d>> {
        let (index, base) = document.chunk_index(offset);
        let mut rest = document.sequence().iter_from(index);
        let chunk = rest.next()?;
        Some(Here::new(chunk, base, document.position(base, encoding), rest))
    }

    fn new(chunk: &'d Arc<Chunk>, base: u32, first: Position, rest: Iter<'d, Chunk>) -> Here<'d> {
        Here { text: &chunk.text, lines: LineIndex::new(&chunk.text), base, first, rest }
    }

    /// The chunk behind it. None begins between the two characters of a line's end.
    fn next(mut self, encoding: Encoding) -> Option<Here<'d>> {
        let (base, first) = (self.end(), self.position(self.end(), encoding));
        let chunk = self.rest.next()?;
        Some(Here::new(chunk, base, first, self.rest))
    }

    fn end(&self) -> u32 {
        self.base.saturating_add(u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }

    fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let within = self.lines.position(self.text, offset - self.base, encoding);
        let before = if within.line == 0 { self.first.character } else { 0 };
        Position::new(self.first.line + within.line, before + within.character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileName;

    #[test]
    fn positions_are_those_of_the_document_in_any_order() {
        let native = "# é\r\na = \"𝒳\"\nb {\n  c = 1\r\n}\r\n\rd = <<E\né\nE\n\n# end 𝒳";
        let broken = "run \"a\" {\n  x = \"é\nrun \"b\" {\n}\n}\n\n";
        for (name, text) in
            [("a.tf", native), ("a.tf", broken), ("a.tf", ""), ("a.tf.json", "{\"a\":\r\n 1}\n")]
        {
            let document = Document::new(FileName::new(name), text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let length = text.len() as u32;
                let mut positions = Positions::new(&document, encoding);
                let there = 0..length + 3;
                let spread = there.clone().map(|at| (at * 17) % (length + 3));
                for offset in there.clone().chain(there.clone().rev()).chain(spread) {
                    let expected = document.position(offset, encoding);
                    assert_eq!(positions.of(offset), expected, "{offset} of {text:?}");
                }
            }
        }
    }
}
