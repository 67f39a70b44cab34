//! A workspace folder at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Chunk, Document, FileName};

/// What every feature reads. Cheap to clone; nothing in it changes.
#[derive(Clone, Debug, Default)]
pub struct Snapshot(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: BTreeMap<FileName, Arc<Document>>,
}

/// A chunk and the place of its first byte.
pub(crate) struct PlacedChunk {
    pub(crate) base: u32,
    pub(crate) chunk: Arc<Chunk>,
}

impl Snapshot {
    pub fn new<'d>(open: impl IntoIterator<Item = &'d Arc<Document>>) -> Snapshot {
        let open = open.into_iter().map(|document| (document.file().clone(), Arc::clone(document)));
        Snapshot(Arc::new(Inner { open: open.collect() }))
    }

    /// The text of a file with its tree.
    pub fn document(&self, file: &FileName) -> Option<Arc<Document>> {
        self.0.open.get(file).cloned()
    }

    /// The chunk that the cursor is in or behind.
    pub(crate) fn chunk_touching(&self, file: &FileName, offset: u32) -> Option<PlacedChunk> {
        let document = self.document(file)?;
        let (origin, chunk) = document.chunk_at(offset)?;
        Some(PlacedChunk { base: origin.base, chunk: Arc::clone(chunk) })
    }
}
