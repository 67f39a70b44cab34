//! Where something stands in a text: byte spans, and the file and offset that make them absolute.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A half-open range of bytes, `start..end`. Inside a chunk, spans are relative to the chunk's first byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: u32) -> Span {
        Span { start: offset, end: offset }
    }

    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `offset` lies inside or at either edge, as a cursor touching the text does.
    pub const fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// Whether the byte at `offset` is part of the span.
    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same span counted from a text that begins `base` bytes earlier.
    pub const fn shifted(self, base: u32) -> Span {
        Span { start: self.start.saturating_add(base), end: self.end.saturating_add(base) }
    }

    /// The text under this span; empty when the span does not fit the text.
    pub fn text(self, text: &str) -> &str {
        text.get(Range::from(self)).unwrap_or_default()
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Range<usize> {
        span.start as usize..span.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A file's name as the user knows it: relative to the directory the tool was started in, with `/` between
/// the parts (`tests/main.tftest.hcl`). Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileName(Arc<str>);

impl FileName {
    pub fn new(name: &str) -> FileName {
        FileName(Arc::from(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the last `/`.
    pub fn base_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether the file is written in the JSON profile.
    pub fn is_json(&self) -> bool {
        self.0.ends_with(".json")
    }
}

impl Default for FileName {
    fn default() -> FileName {
        FileName::new("")
    }
}

impl From<&str> for FileName {
    fn from(name: &str) -> FileName {
        FileName::new(name)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What turns a chunk-relative span into a place: the file and the chunk's first byte in it.
///
/// Facts are cached per chunk with relative spans; an edit above a chunk changes only its origin.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Origin {
    pub file: FileName,
    pub base: u32,
}

impl Origin {
    pub fn new(file: FileName, base: u32) -> Origin {
        Origin { file, base }
    }

    /// The absolute place of a relative span.
    pub fn locate(&self, span: Span) -> crate::Location {
        crate::Location { file: self.file.clone(), span: span.shifted(self.base) }
    }
}
