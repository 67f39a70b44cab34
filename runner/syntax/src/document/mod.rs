//! A text that is being edited: a rope, and the chunks it is cut into.
//!
//! The chunks are a [`Sequence`], in which no chunk knows where it begins: an edit leaves those behind it alone, and a
//! place is the sum of the lengths before it.

mod edit;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use ropey::Rope;
use smol_str::SmolStr;

use crate::chunk::{Chunk, ChunkSum, Splitter};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::json::members;
use crate::parser::{Lists, readable};
use crate::places::Places;
use crate::position::{Encoding, Position};
use crate::sequence::Sequence;
use crate::span::{FileName, Origin, Span};

pub use edit::EditStats;

/// A configuration text with its tree, kept up to date edit by edit.
#[derive(Clone, Debug)]
pub struct Document {
    file: FileName,
    rope: Rope,
    /// They cover the text without gaps. A text in JSON is read when somebody asks for it.
    chunks: OnceLock<Sequence<Chunk>>,
    /// Of a well-formed text in JSON: the name of a property that somebody has asked for, and what [`Document::members`]
    /// gives for it.
    members: OnceLock<(SmolStr, Sequence<Chunk>)>,
    version: u64,
}

impl Document {
    pub fn new(file: FileName, text: &str) -> Document {
        let text = readable(text);
        let rope = Rope::from_str(text);
        if file.is_json() {
            return Document { file, rope, chunks: OnceLock::new(), members: OnceLock::new(), version: 0 };
        }
        let mut chunks = Vec::new();
        let mut lists = Lists::default();
        let mut splitter = Splitter::default();
        let mut tokens = Vec::new();
        let mut start = 0;
        while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
            let Some(piece) = splitter.next(rest, start == 0, true, &mut tokens) else { break };
            let end = piece.end;
            let text = rest.get(..end).unwrap_or(rest);
            let chunk = Chunk::new(&file, text, &piece, &tokens, start == 0, &mut lists);
            chunks.push(Arc::new(chunk));
            start += end;
        }
        drop(lists);
        let chunks = OnceLock::from(Sequence::new(chunks));
        Document { file, rope, chunks, members: OnceLock::new(), version: 0 }
    }

    pub fn file(&self) -> &FileName {
        &self.file
    }

    pub fn rope(&self) -> &Rope {
        &self.rope
    }

    /// The whole text, copied out of the rope.
    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    /// A part of the text, copied out of the rope; what does not fit the text is left out.
    pub fn slice(&self, span: Span) -> String {
        let span = self.clamped(span);
        self.rope.byte_slice(span.start as usize..span.end as usize).to_string()
    }

    /// Length in bytes.
    pub fn len(&self) -> u32 {
        offset(self.rope.len_bytes())
    }

    pub fn is_empty(&self) -> bool {
        self.rope.len_bytes() == 0
    }

    /// Counts the edits since the document was made.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The chunks in order, each with the place its spans count from.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = (Origin, &Arc<Chunk>)> {
        self.chunks_from(0, 0)
    }

    /// The chunks in order, as they are shared with what the document was before and becomes.
    pub fn sequence(&self) -> &Sequence<Chunk> {
        self.chunks.get_or_init(|| Sequence::new(vec![Arc::new(Chunk::json(&self.file, &self.text()))]))
    }

    /// Whether the text was read as a whole. One in JSON is when somebody asks for more than its members.
    pub fn was_read_whole(&self) -> bool {
        self.chunks.get().is_some()
    }

    /// Whether the other document holds the same chunks, which then are at the same places.
    pub fn has_same_chunks(&self, other: &Document) -> bool {
        match (self.members.get(), other.members.get()) {
            (Some((of, members)), Some((other_of, others))) if of == other_of => members.is_same(others),
            _ => self.sequence().is_same(other.sequence()),
        }
    }

    /// A JSON text cut into the members of the root's property of that name, so that what was worked out about members
    /// that have not changed holds: as far as they have the same text, they are those of `known`, which is what this has
    /// given before. `None` for a text of another shape, and for one that is not well-formed.
    pub fn members(&self, name: &str, known: &Sequence<Chunk>) -> Option<Sequence<Chunk>> {
        if let Some((of, members)) = self.members.get()
            && of == name
        {
            return Some(members.clone());
        }
        let chunk = self.sequence().get(0).filter(|_| self.file.is_json())?;
        let is_sound = chunk.findings.diagnostics.is_empty();
        let found = is_sound.then(|| members(&self.file, &chunk.text, &chunk.body, name, known))??;
        // What others have asked for before is as good.
        let _ = self.members.set((name.into(), found.clone()));
        Some(found)
    }

    /// The chunk that the byte at `offset` belongs to; at the text's end, the last one.
    pub fn chunk_at(&self, offset: u32) -> Option<(Origin, &Arc<Chunk>)> {
        let (index, start) = self.chunk_index(offset);
        self.chunks_from(index, start).next()
    }

    /// As [`Document::chunk_at`]; of a text in JSON that was cut into members, the part that one is in.
    pub fn part_at(&self, offset: u32) -> Option<(Origin, &Arc<Chunk>)> {
        let Some((_, members)) = self.members.get() else { return self.chunk_at(offset) };
        let (index, start) = chunk_index(members, offset);
        Some((Origin::new(self.file.clone(), start), members.get(index)?))
    }

    /// Whether something in the chunk that the byte at `offset` belongs to cannot be read.
    pub fn has_errors_at(&self, offset: u32) -> bool {
        self.members.get().is_none()
            && self
                .chunk_at(offset)
                .is_some_and(|(_, chunk)| chunk.diagnostics.iter().any(Diagnostic::is_error))
    }

    /// The chunks that have bytes in `range`, or touch it.
    pub fn chunks_in(&self, range: Span) -> impl Iterator<Item = (Origin, &Arc<Chunk>)> {
        let (from, start) = self.chunk_index(range.start);
        self.chunks_from(from, start).take_while(move |(origin, _)| origin.base <= range.end)
    }

    fn chunks_from(
        &self,
        index: usize,
        mut start: u32,
    ) -> impl ExactSizeIterator<Item = (Origin, &Arc<Chunk>)> {
        self.sequence().iter_from(index).map(move |chunk| {
            let base = start;
            start = start.saturating_add(offset(chunk.text.len()));
            (Origin::new(self.file.clone(), base), chunk)
        })
    }

    /// The chunks of which something holds, each with its place.
    fn chunks_with(&self, holds: impl Fn(&ChunkSum) -> bool) -> Vec<(u32, &Arc<Chunk>)> {
        let at = Cell::new(0_u32);
        let pass = |bytes: u32| at.replace(at.get().saturating_add(bytes));
        let mut found = Vec::new();
        let skip = |sum: &ChunkSum| {
            let skipped = !holds(sum);
            pass(if skipped { sum.bytes } else { 0 });
            skipped
        };
        self.sequence().find(skip, |_, chunk| {
            found.push((pass(offset(chunk.text.len())), chunk));
            false
        });
        found
    }

    /// What is wrong with the text, in order, counted from its beginning; with attributes that are set twice in
    /// different chunks.
    pub fn diagnostics(&self) -> Diagnostics {
        if self.members.get().is_some() {
            return Vec::new();
        }
        let repeated = self.repeated_attributes();
        let places = Places::new();
        let name = |span: Span| places.hcl_range(self, span);
        let mut diagnostics = Vec::new();
        for (start, chunk) in self.chunks_with(|sum| sum.faulty) {
            diagnostics.extend(chunk.findings.clone().resolve_with(start, name));
        }
        let origin = Origin::new(self.file.clone(), 0);
        for (attribute, first, again) in &repeated {
            let detail = format!(
                "The argument \"{attribute}\" was already set at {}. Each argument may be set only once.",
                name(*first)
            );
            diagnostics.push(Diagnostic::error("Attribute redefined", detail).at(origin.locate(*again)));
        }
        if !repeated.is_empty() {
            diagnostics.sort_by_key(|found| found.subject.as_ref().map(|subject| subject.span));
        }
        diagnostics
    }

    /// The editor's position of a byte offset.
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let offset = (offset as usize).min(self.rope.len_bytes());
        // Converting through the character rounds down to its first byte.
        let ch = self.rope.byte_to_char(offset);
        let line = self.rope.char_to_line(ch);
        let start = self.rope.line_to_char(line);
        let units = match encoding {
            Encoding::Utf8 => self.rope.char_to_byte(ch) - self.rope.char_to_byte(start),
            Encoding::Utf16 => self.rope.char_to_utf16_cu(ch) - self.rope.char_to_utf16_cu(start),
            Encoding::Utf32 => ch - start,
        };
        Position::new(crate::document::offset(line), crate::document::offset(units))
    }

    /// The byte offset of an editor's position, clamped to its line.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.len();
        }
        let slice = self.rope.line(line);
        let mut content = slice.len_chars();
        while content > 0 && matches!(slice.get_char(content - 1), Some('\n' | '\r')) {
            content -= 1;
        }
        let units = position.character as usize;
        let ch = match encoding {
            Encoding::Utf8 => slice.byte_to_char(units.min(slice.len_bytes())),
            Encoding::Utf16 => slice.utf16_cu_to_char(units.min(slice.len_utf16_cu())),
            Encoding::Utf32 => units,
        };
        offset(self.rope.line_to_byte(line) + slice.char_to_byte(ch.min(content)))
    }

    /// Whether a carriage return stands somewhere without a line feed: editors count a line there, and HCL does not.
    pub(crate) fn has_lone_returns(&self) -> bool {
        let members = self.members.get().map(|(_, members)| members);
        members.unwrap_or_else(|| self.sequence()).sum().lone_returns
    }

    fn clamped(&self, range: Span) -> Span {
        let floor = |offset: u32| {
            let ch = self.rope.byte_to_char((offset as usize).min(self.rope.len_bytes()));
            crate::document::offset(self.rope.char_to_byte(ch))
        };
        let start = floor(range.start);
        Span::new(start, floor(range.end).max(start))
    }

    /// The index and the place of the chunk that the byte at an offset belongs to; at the text's end, of the last one.
    pub(crate) fn chunk_index(&self, offset: u32) -> (usize, u32) {
        chunk_index(self.sequence(), offset)
    }

    /// Where the chunk of an index begins; the text's end for one that there is not.
    fn start_of(&self, index: usize) -> u32 {
        let (mut before, mut start) = (0, 0);
        let skip = |sum: &ChunkSum| {
            let skipped = before + sum.chunks <= index;
            if skipped {
                (before, start) = (before + sum.chunks, start + sum.bytes);
            }
            skipped
        };
        self.sequence().find(skip, |_, _| true);
        start
    }

    /// The index of the chunk that begins at an offset.
    fn chunk_from(&self, offset: u32) -> Option<usize> {
        let (index, start) = self.chunk_index(offset);
        (start == offset && !self.sequence().is_empty()).then_some(index)
    }

    /// Attributes of the file's own body that an earlier chunk sets already: name, first place, this place.
    fn repeated_attributes(&self) -> Vec<(&str, Span, Span)> {
        let mut first: HashMap<&str, (usize, Span)> = HashMap::new();
        let mut repeated = Vec::new();
        for (index, (start, chunk)) in self.chunks_with(|sum| sum.attributes).into_iter().enumerate() {
            for attribute in chunk.body.attributes().filter(|attribute| attribute.equals.is_some()) {
                let place = attribute.name.span.shifted(start);
                let (home, earlier) = *first.entry(&attribute.name.text).or_insert((index, place));
                if home != index {
                    repeated.push((attribute.name.text.as_str(), earlier, place));
                }
            }
        }
        repeated
    }
}

fn chunk_index(chunks: &Sequence<Chunk>, offset: u32) -> (usize, u32) {
    let mut start = 0;
    let skip = |sum: &ChunkSum| {
        let skipped = start + sum.bytes <= offset;
        start += if skipped { sum.bytes } else { 0 };
        skipped
    };
    match chunks.find(skip, |_, _| true) {
        Some((index, _)) => (index, start),
        None => {
            let last = chunks.len().saturating_sub(1);
            let length = chunks.get(last).map_or(0, |chunk| crate::document::offset(chunk.text.len()));
            (last, start - length)
        }
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
