//! Lines and columns: as editors count them, in UTF-8, UTF-16 or UTF-32 units, and as HCL's diagnostics do.
//!
//! Nothing here panics: positions past a line's end, inside a surrogate pair or past the end of the text are
//! clamped to the nearest place before them.

use crate::characters::characters;
use crate::span::{FileName, Span};

/// A place as an editor names it; both numbers count from zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Position {
    pub line: u32,
    /// In the units of an `Encoding`.
    pub character: u32,
}

impl Position {
    pub const fn new(line: u32, character: u32) -> Position {
        Position { line, character }
    }
}

/// What an editor counts characters in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// How many units a text has.
    pub fn measure(self, text: &str) -> u32 {
        let units = match self {
            _ if text.is_ascii() => text.len(),
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        };
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// The byte offset of the character that contains, or follows, the first `units` units.
    pub fn offset_in(self, text: &str, units: u32) -> usize {
        let units = units as usize;
        let mut counted = 0;
        for (offset, ch) in text.char_indices() {
            let width = match self {
                Encoding::Utf8 => ch.len_utf8(),
                Encoding::Utf16 => ch.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if counted + width > units {
                return offset;
            }
            counted += width;
        }
        text.len()
    }
}

/// A place as HCL's diagnostics name it: line and column count from one, a column is a character as Terraform counts them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HclPosition {
    pub line: u32,
    pub column: u32,
    pub byte: u32,
}

/// What lies between two places, in HCL's words.
pub(crate) fn hcl_range(file: &FileName, start: HclPosition, end: HclPosition) -> String {
    if start.line == end.line {
        format!("{file}:{},{}-{}", start.line, start.column, end.column)
    } else {
        format!("{file}:{},{}-{},{}", start.line, start.column, end.line, end.column)
    }
}

/// Where the lines of a text begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineIndex {
    /// Lines ended by `\n`, as HCL counts.
    hcl: Vec<u32>,
    /// Lines ended by `\n`, `\r\n` or `\r`, as editors count, when that is not the same.
    editor: Option<Vec<u32>>,
    length: u32,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let next = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        let hcl = std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(next)).collect();
        let ends = |at: &usize| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
        let is_lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
        let editor = memchr::memchr_iter(b'\r', bytes).any(is_lone).then(|| {
            let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends);
            std::iter::once(0).chain(ends.map(next)).collect()
        });
        LineIndex { hcl, editor, length: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// The number of lines as editors count them.
    pub fn lines(&self) -> u32 {
        u32::try_from(self.editor_lines().len()).unwrap_or(u32::MAX)
    }

    /// The editor's position of a byte offset. `text` is the text the index was made from.
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let (line, before) = self.line_before(self.editor_lines(), text, offset);
        Position { line, character: encoding.measure(before) }
    }

    /// The byte offset of an editor's position. `text` is the text the index was made from.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let lines = self.editor_lines();
        let Some(&start) = lines.get(position.line as usize) else { return self.length };
        let end = lines.get(position.line as usize + 1).copied().unwrap_or(self.length);
        let line = Span::new(start, end).text(text).trim_end_matches(['\r', '\n']);
        let within = encoding.offset_in(line, position.character);
        start.saturating_add(u32::try_from(within).unwrap_or(u32::MAX))
    }

    /// The position of a byte offset as HCL counts.
    pub fn hcl_position(&self, text: &str, offset: u32) -> HclPosition {
        let (line, before) = self.line_before(&self.hcl, text, offset);
        let column = u32::try_from(characters(before).count()).unwrap_or(u32::MAX);
        HclPosition { line: line + 1, column: column + 1, byte: offset.min(self.length) }
    }

    /// A place in HCL's words: `main.tf:1,5-8`, or `main.tf:1,5-2,3` over several lines.
    pub fn hcl_range(&self, text: &str, file: &FileName, span: Span) -> String {
        hcl_range(file, self.hcl_position(text, span.start), self.hcl_position(text, span.end))
    }

    fn editor_lines(&self) -> &[u32] {
        self.editor.as_deref().unwrap_or(&self.hcl)
    }

    /// The line of an offset, and the line's text up to it.
    fn line_before<'t>(&self, lines: &[u32], text: &'t str, offset: u32) -> (u32, &'t str) {
        let mut offset = offset.min(self.length);
        while offset > 0 && !text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        let line = lines.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = lines.get(line).copied().unwrap_or(0);
        (u32::try_from(line).unwrap_or(u32::MAX), Span::new(start, offset).text(text))
    }
}
