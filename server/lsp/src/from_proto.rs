//! From the protocol's terms to ours: positions and paths.

use std::path::PathBuf;

use syntax::{Document, Encoding, Position, Span};
use tower_lsp::lsp_types::{self as proto, Url};

/// The byte offset of a position, clamped to its line and to the text.
pub(crate) fn offset(document: &Document, position: proto::Position, encoding: Encoding) -> u32 {
    document.offset(Position::new(position.line, position.character), encoding)
}

/// The bytes of a range. One whose end lies before its start is empty.
pub(crate) fn span(document: &Document, range: proto::Range, encoding: Encoding) -> Span {
    let start = offset(document, range.start, encoding);
    Span::new(start, offset(document, range.end, encoding).max(start))
}

/// The path of a `file:` address; `None` for documents that are on no disk.
pub(crate) fn path(uri: &Url) -> Option<PathBuf> {
    if uri.scheme() == "file" { uri.to_file_path().ok() } else { None }
}
