//! Editing a document.
//!
//! An edit re-reads from the chunk it touches until an old boundary is met again; every other chunk stays the same
//! allocation, so whatever was computed for it stays valid.

use std::sync::{Arc, OnceLock};

use ropey::Rope;

use super::{Document, chunk_index, offset};
use crate::chunk::{Chunk, Splitter};
use crate::json::edited_member;
use crate::parser::Lists;
use crate::span::Span;

/// How much work an edit was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EditStats {
    /// Bytes the lexer went over, counting repeated passes.
    pub relexed_bytes: usize,
    /// Chunks that were parsed again.
    pub reparsed_chunks: usize,
}

impl Document {
    /// Replaces `range` by `new_text`. A range that does not fit the text is clamped to it.
    pub fn edit(&mut self, range: Span, new_text: &str) -> EditStats {
        let range = self.clamped(range);
        let room =
            u32::MAX as usize - (self.rope.len_bytes() - (range.len() as usize)).min(u32::MAX as usize);
        let new_text = fitting(new_text, room);
        let chars = self.rope.byte_to_char(range.start as usize)..self.rope.byte_to_char(range.end as usize);
        let splice = |rope: &mut Rope| {
            let at = chars.start;
            rope.remove(chars);
            rope.insert(at, new_text);
        };
        self.version += 1;
        if self.file.is_json() {
            splice(&mut self.rope);
            return self.edit_json(range, new_text);
        }
        let touched = self.first_touched(range.start);
        let first_open = self.sequence().find(|sum| !sum.open, |_, _| true).map(|(index, _)| index);
        let from = first_open.map_or(touched, |open| open.min(touched));
        splice(&mut self.rope);
        Resplit::new(self, from, first_open, range, new_text.len()).run()
    }

    /// Inside of one member, that member is read again. Otherwise the whole text is, when somebody asks for it.
    fn edit_json(&mut self, range: Span, new_text: &str) -> EditStats {
        self.chunks = OnceLock::new();
        let known = self.members.take();
        let kept = known.and_then(|(name, members)| {
            let (at, start) = chunk_index(&members, range.start);
            let within = Span::new(range.start - start, range.end - start);
            let fresh = edited_member(&self.file, members.get(at)?, within, new_text)?;
            let stats = EditStats { relexed_bytes: fresh.text.len(), reparsed_chunks: 1 };
            self.members = OnceLock::from((name, members.replaced(&[(at, Arc::new(fresh))])));
            Some(stats)
        });
        kept.unwrap_or(EditStats { relexed_bytes: self.rope.len_bytes(), reparsed_chunks: 1 })
    }

    /// The first chunk that may end elsewhere after an edit at `offset`: where a chunk ends can depend on the whole line
    /// after it, and a carriage return in quotes ends a chunk within a line.
    fn first_touched(&self, offset: u32) -> usize {
        let (mut index, start) = self.chunk_index(offset);
        let text = |index: usize| self.sequence().get(index).map_or(&[][..], |chunk| chunk.text.as_bytes());
        let mut before = text(index).get(..(offset - start) as usize).unwrap_or_default();
        while index > 0 && !before.contains(&b'\n') {
            index -= 1;
            before = text(index);
        }
        index
    }
}

/// One edit's walk over the text: the chunks from `from` on are cut anew until an old boundary is met.
struct Resplit<'d> {
    document: &'d mut Document,
    from: usize,
    /// The first chunk that was open before.
    first_open: Option<usize>,
    /// The edit, as it was before and as it is now.
    old_end: u32,
    new_end: u32,
    edit_start: u32,
    /// Text from `window_start` on, as much of it as was needed so far.
    window: String,
    window_start: usize,
    stats: EditStats,
}

impl<'d> Resplit<'d> {
    fn new(
        document: &'d mut Document,
        from: usize,
        first_open: Option<usize>,
        range: Span,
        inserted: usize,
    ) -> Resplit<'d> {
        let window_start = document.start_of(from) as usize;
        Resplit {
            document,
            from,
            first_open,
            old_end: range.end,
            new_end: range.start + offset(inserted),
            edit_start: range.start,
            window: String::new(),
            window_start,
            stats: EditStats::default(),
        }
    }

    fn run(mut self) -> EditStats {
        let total = self.document.rope.len_bytes();
        let mut splitter = Splitter::default();
        let mut tokens = Vec::new();
        let mut fresh: Vec<Arc<Chunk>> = Vec::new();
        let mut start = self.window_start;
        // At first just the chunks that the edit lies in.
        let (last, _) = self.document.chunk_index(self.old_end.saturating_sub(1).max(self.edit_start));
        let old_stop = self.document.start_of(last + 1);
        self.extend_to(self.moved(old_stop) as usize);
        let mut resume = self.document.sequence().len();
        let mut settled = true;
        while start < total {
            if settled && let Some(index) = self.old_boundary(start) {
                resume = index;
                break;
            }
            if start >= self.window_start + self.window.len() {
                let more = self.next_size(start);
                self.extend_to(start + more);
            }
            let complete = self.window_start + self.window.len() >= total;
            let rest = self.window.get(start - self.window_start..).unwrap_or_default();
            let open_chunks = splitter.open_chunks;
            let Some(piece) = splitter.next(rest, start == 0, complete, &mut tokens) else {
                self.stats.relexed_bytes += rest.len();
                splitter.open_chunks = open_chunks;
                let size = (rest.len() * 2).max(4096);
                self.extend_to(start + size);
                continue;
            };
            let end = piece.end;
            self.stats.relexed_bytes += if piece.cut { rest.len() + end } else { end };
            let text = rest.get(..end).unwrap_or(rest);
            let known = self.known_chunk(start, text, piece.open, piece.cut);
            let chunk = known.unwrap_or_else(|| {
                self.stats.reparsed_chunks += 1;
                let file = &self.document.file;
                Arc::new(Chunk::new(file, text, &piece, &tokens, start == 0, &mut Lists::default()))
            });
            settled &= !chunk.open;
            fresh.push(chunk);
            start += end;
        }
        let chunks = self.document.sequence().spliced(self.from..resume, fresh);
        self.document.chunks = OnceLock::from(chunks);
        self.stats
    }

    /// Where a place behind the edit is now.
    fn moved(&self, old: u32) -> u32 {
        old - self.old_end.min(old) + self.new_end
    }

    /// The old chunk that begins at `start` and can be kept with all that follow: it lies behind the edit, and no
    /// chunk before it depends on text this far down.
    fn old_boundary(&self, start: usize) -> Option<usize> {
        let start = offset(start);
        if start < self.new_end || start == 0 {
            return None;
        }
        let old = start - self.new_end + self.old_end;
        let index = self.document.chunk_from(old).filter(|index| *index >= self.from)?;
        let settled = old > 0 && self.first_open.is_none_or(|open| open >= index);
        settled.then_some(index)
    }

    /// The old chunk at the same place with the same text. How an open one is read can depend on what follows it, down
    /// to its last token, so that it is read again.
    fn known_chunk(&self, start: usize, text: &str, open: bool, cut: bool) -> Option<Arc<Chunk>> {
        if open {
            return None;
        }
        let now = offset(start);
        let old = if now >= self.new_end {
            now - self.new_end + self.old_end
        } else if now < self.edit_start {
            now
        } else {
            return None;
        };
        let chunk = self.document.sequence().get(self.document.chunk_from(old)?)?;
        let same =
            (chunk.open, chunk.cut, chunk.file_start) == (open, cut, start == 0) && &*chunk.text == text;
        same.then(|| Arc::clone(chunk))
    }

    /// How much more text a further chunk is likely to need.
    fn next_size(&self, start: usize) -> usize {
        let behind = offset(start).checked_sub(self.new_end).map(|distance| distance + self.old_end);
        let index = behind.map(|old| self.document.chunk_index(old).0);
        let chunk = index.and_then(|index| self.document.sequence().get(index));
        chunk.map_or(4096, |chunk| chunk.text.len().max(64))
    }

    fn extend_to(&mut self, stop: usize) {
        let rope = &self.document.rope;
        let from = self.window_start + self.window.len();
        let stop = stop.min(rope.len_bytes());
        if stop <= from {
            return;
        }
        // Whole characters only.
        let stop = rope.char_to_byte(rope.byte_to_char(stop));
        let stop = if stop <= from { rope.len_bytes() } else { stop };
        for piece in rope.byte_slice(from..stop).chunks() {
            self.window.push_str(piece);
        }
    }
}

fn fitting(text: &str, room: usize) -> &str {
    let mut end = text.len().min(room);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
