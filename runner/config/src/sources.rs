//! The texts that declarations were read from, to name places in messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{Document, FileName, LineIndex, Location};

/// The documents behind a module or a test file. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources(Arc<BTreeMap<FileName, Arc<Document>>>);

impl Sources {
    pub fn new(documents: impl IntoIterator<Item = Arc<Document>>) -> Sources {
        let documents = documents.into_iter().map(|document| (document.file().clone(), document));
        Sources(Arc::new(documents.collect()))
    }

    pub fn get(&self, file: &FileName) -> Option<&Arc<Document>> {
        self.0.get(file)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.0.values()
    }

    /// A place in HCL's words: `main.tf:1,5-8`; the file's name alone when its text is not here.
    ///
    /// Reads the whole text, so it is for messages only.
    pub fn range(&self, place: &Location) -> String {
        match self.get(&place.file) {
            Some(document) => {
                let text = document.text();
                LineIndex::new(&text).hcl_range(&text, &place.file, place.span)
            }
            None => place.file.to_string(),
        }
    }
}
