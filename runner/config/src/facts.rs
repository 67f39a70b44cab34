//! A cache of what chunks declare, what files parse to, and what directories merge to.
//!
//! Everything kept here can be dropped at any time and is computed again when asked for; nothing is patched. An edit
//! gives a document with one new chunk, and only that chunk is lowered again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syntax::{Chunk, Document, FileName};

use crate::decode::{ModuleFacts, TestFacts, module_facts, test_facts};
use crate::dialect::Dialect;
use crate::module::Module;

/// What was computed so far. Shared by reference between threads.
#[derive(Debug, Default)]
pub struct FactsCache {
    state: Mutex<State>,
    lowered_chunks: AtomicU64,
    parsed_files: AtomicU64,
    merged_modules: AtomicU64,
}

/// How much work was done since the cache was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// Chunks whose declarations were read.
    pub lowered_chunks: u64,
    /// Files that were parsed from text.
    pub parsed_files: u64,
    /// Directories that were merged.
    pub merged_modules: u64,
}

#[derive(Debug, Default)]
struct State {
    modules: HashMap<Key, (Arc<Chunk>, Arc<ModuleFacts>)>,
    tests: HashMap<Key, (Arc<Chunk>, Arc<TestFacts>)>,
    files: HashMap<FileName, (Arc<str>, Arc<Document>)>,
    merged: HashMap<(String, Dialect), Merged>,
    /// The size at which unused entries are dropped next.
    sweep_at: usize,
}

/// A module and the documents that it is the merge of.
type Merged = (Vec<Arc<Document>>, Arc<Module>);

/// A chunk by its address, which stays taken as long as the entry holds it, the file it stands in, and the dialect it
/// is read in.
type Key = (usize, FileName, Dialect);

impl FactsCache {
    pub fn new() -> FactsCache {
        FactsCache::default()
    }

    pub fn work(&self) -> Work {
        Work {
            lowered_chunks: self.lowered_chunks.load(Ordering::Relaxed),
            parsed_files: self.parsed_files.load(Ordering::Relaxed),
            merged_modules: self.merged_modules.load(Ordering::Relaxed),
        }
    }

    /// What a chunk of a module's file declares.
    pub fn module_facts(&self, chunk: &Arc<Chunk>, file: &FileName, dialect: Dialect) -> Arc<ModuleFacts> {
        let key = key(chunk, file, dialect);
        if let Some((_, facts)) = self.state().modules.get(&key) {
            return Arc::clone(facts);
        }
        self.lowered_chunks.fetch_add(1, Ordering::Relaxed);
        let facts = Arc::new(module_facts(chunk, file, dialect));
        let mut state = self.state();
        state.sweep();
        state.modules.insert(key, (Arc::clone(chunk), Arc::clone(&facts)));
        facts
    }

    /// What a chunk of a test file declares.
    pub fn test_facts(&self, chunk: &Arc<Chunk>, file: &FileName, dialect: Dialect) -> Arc<TestFacts> {
        let key = key(chunk, file, dialect);
        if let Some((_, facts)) = self.state().tests.get(&key) {
            return Arc::clone(facts);
        }
        self.lowered_chunks.fetch_add(1, Ordering::Relaxed);
        let facts = Arc::new(test_facts(chunk, file, dialect));
        let mut state = self.state();
        state.sweep();
        state.tests.insert(key, (Arc::clone(chunk), Arc::clone(&facts)));
        facts
    }

    /// The document of a text; the one from before when the text has not changed.
    pub fn document(&self, file: &FileName, text: &Arc<str>) -> Arc<Document> {
        if let Some((known, document)) = self.state().files.get(file)
            && known == text
        {
            return Arc::clone(document);
        }
        self.parsed_files.fetch_add(1, Ordering::Relaxed);
        let document = Arc::new(Document::new(file.clone(), text));
        self.state().files.insert(file.clone(), (Arc::clone(text), Arc::clone(&document)));
        document
    }

    /// The merge of a directory's documents in a dialect; the one from before when they hold the same chunks.
    pub(crate) fn merged(
        &self,
        dir: &str,
        dialect: Dialect,
        documents: Vec<Arc<Document>>,
        merge: impl FnOnce(&[Arc<Document>]) -> Module,
    ) -> Arc<Module> {
        let key = (dir.to_owned(), dialect);
        if let Some((known, module)) = self.state().merged.get(&key) {
            let same = known.len() == documents.len()
                && known.iter().zip(&documents).all(|(known, document)| same_document(known, document));
            if same {
                return Arc::clone(module);
            }
        }
        self.merged_modules.fetch_add(1, Ordering::Relaxed);
        let module = Arc::new(merge(&documents));
        self.state().merged.insert(key, (documents, Arc::clone(&module)));
        module
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves at worst an entry missing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops facts of chunks that no document holds any more, each time the cache has doubled.
    fn sweep(&mut self) {
        if self.modules.len() + self.tests.len() < self.sweep_at.max(1024) {
            return;
        }
        self.modules.retain(|_, (chunk, _)| Arc::strong_count(chunk) > 1);
        self.tests.retain(|_, (chunk, _)| Arc::strong_count(chunk) > 1);
        self.sweep_at = 2 * (self.modules.len() + self.tests.len());
    }
}

/// Whether two documents are of one file and hold the same chunks at the same places.
fn same_document(a: &Arc<Document>, b: &Arc<Document>) -> bool {
    Arc::ptr_eq(a, b)
        || (a.file() == b.file()
            && a.chunks().len() == b.chunks().len()
            && a.chunks().zip(b.chunks()).all(|((a_origin, a_chunk), (b_origin, b_chunk))| {
                a_origin.base == b_origin.base && Arc::ptr_eq(a_chunk, b_chunk)
            }))
}

fn key(chunk: &Arc<Chunk>, file: &FileName, dialect: Dialect) -> Key {
    (Arc::as_ptr(chunk) as usize, file.clone(), dialect)
}
