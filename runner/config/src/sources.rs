//! The texts that declarations were read from, to name places in messages.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use syntax::{Document, FileName, LineIndex, Location};

/// The documents behind a module or a test file. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources(Arc<BTreeMap<FileName, Source>>);

#[derive(Debug)]
struct Source {
    document: Arc<Document>,
    /// The text and its lines, read when a message first names a place in it.
    lines: OnceLock<(String, LineIndex)>,
}

impl Sources {
    pub fn new(documents: impl IntoIterator<Item = Arc<Document>>) -> Sources {
        let sources = documents
            .into_iter()
            .map(|document| (document.file().clone(), Source { document, lines: OnceLock::new() }));
        Sources(Arc::new(sources.collect()))
    }

    pub fn get(&self, file: &FileName) -> Option<&Arc<Document>> {
        self.0.get(file).map(|source| &source.document)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.0.values().map(|source| &source.document)
    }

    /// A place in HCL's words: `main.tf:1,5-8`; the file's name alone when its text is not here.
    pub fn range(&self, place: &Location) -> String {
        match self.0.get(&place.file) {
            Some(source) => {
                let (text, lines) = source.lines.get_or_init(|| {
                    let text = source.document.text();
                    let lines = LineIndex::new(&text);
                    (text, lines)
                });
                lines.hcl_range(text, &place.file, place.span)
            }
            None => place.file.to_string(),
        }
    }
}
