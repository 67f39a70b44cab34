//! The texts that declarations were read from, to name places in messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Document, FileName, Location, Places};

/// The documents behind a module or a test file. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources(Arc<BTreeMap<FileName, Source>>);

#[derive(Debug)]
struct Source {
    document: Arc<Document>,
    places: Places,
}

impl Sources {
    pub fn new(documents: impl IntoIterator<Item = Arc<Document>>) -> Sources {
        let sources = documents
            .into_iter()
            .map(|document| (document.file().clone(), Source { document, places: Places::new() }));
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
            Some(source) => source.places.hcl_range(&source.document, place.span),
            None => place.file.to_string(),
        }
    }
}
