//! A cache of what chunks declare, what files parse to, and what directories merge to.
//!
//! Everything kept here can be dropped at any time and is computed again when asked for; nothing is patched. An edit
//! gives a document with one new chunk, and only that chunk is lowered again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use syntax::{Chunk, Document, FileName, Sequence};

use crate::decode::{MockFacts, ModuleFacts, TestFacts, mock_file, module_facts, test_facts};
use crate::dialect::Dialect;
use crate::load::ReadTest;
use crate::module::{Module, ModuleTree};

/// What was computed so far. Shared by reference between threads.
#[derive(Debug, Default)]
pub struct FactsCache {
    state: Mutex<State>,
    lowered_chunks: AtomicU64,
    parsed_files: AtomicU64,
    merged_modules: AtomicU64,
    merged_tests: AtomicU64,
    merged_chunks: AtomicU64,
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
    /// Test files that were merged, and how many of their chunks were looked at for that.
    pub merged_tests: u64,
    pub merged_chunks: u64,
}

#[derive(Debug, Default)]
struct State {
    modules: HashMap<Key, (Arc<Chunk>, Arc<ModuleFacts>)>,
    tests: FxHashMap<(usize, Dialect), ReadChunk>,
    /// Test files as they were read last; those in JSON also as they are cut into members.
    sequences: HashMap<(FileName, Dialect, bool), ReadChunks>,
    files: HashMap<FileName, (Arc<str>, Arc<Document>)>,
    merged: HashMap<(String, Dialect), Merged>,
    /// By the document's address, which stays taken as long as the entry holds it.
    mocks: HashMap<(usize, Dialect), (Arc<Document>, Arc<MockFacts>)>,
    /// Test files by their names, as they were read below a root module.
    read: HashMap<(String, String, Dialect), Arc<ReadTest>>,
    /// Modules with those below them, by directory: as root modules, which have more said about them, and as called ones.
    /// Where what is called depends on the way there, only the last one.
    trees: HashMap<(String, Dialect, bool), Arc<ModuleTree>>,
    /// The size at which unused entries are dropped next, and the bytes of the chunks that came since they were last.
    sweep_at: usize,
    came: usize,
}

/// What a chunk of a test file declares, with the chunk and its file.
type ReadChunk = (Arc<Chunk>, FileName, Arc<TestFacts>);

/// The chunks of a test file, and what they declare.
type ReadChunks = (Sequence<Chunk>, Sequence<TestFacts>);

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
            merged_tests: self.merged_tests.load(Ordering::Relaxed),
            merged_chunks: self.merged_chunks.load(Ordering::Relaxed),
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
        state.sweep(chunk);
        state.modules.insert(key, (Arc::clone(chunk), Arc::clone(&facts)));
        facts
    }

    /// What a chunk of a test file declares.
    pub fn test_facts(&self, chunk: &Arc<Chunk>, file: &FileName, dialect: Dialect) -> Arc<TestFacts> {
        let key = (Arc::as_ptr(chunk) as usize, dialect);
        if let Some((_, _, facts)) = self.state().tests.get(&key).filter(|(_, of, _)| of == file) {
            return Arc::clone(facts);
        }
        self.lowered_chunks.fetch_add(1, Ordering::Relaxed);
        let facts = Arc::new(test_facts(chunk, file, dialect));
        let mut state = self.state();
        state.sweep(chunk);
        state.tests.insert(key, (Arc::clone(chunk), file.clone(), Arc::clone(&facts)));
        facts
    }

    /// What the chunks of a test file declare. Only those are looked at that were not in the file when this was asked last.
    pub(crate) fn facts_of_test(&self, document: &Document, dialect: Dialect) -> Sequence<TestFacts> {
        // In JSON the runs are members of one value. What is wrong with the rest of it is said in an order that only the
        // whole text tells.
        let sound = |facts: Option<&Arc<TestFacts>>| facts.is_some_and(|facts| facts.has_no_findings());
        let cut = document.file().is_json().then(|| {
            self.facts_of_chunks(document.file(), dialect, true, |known| document.members("run", known))
        });
        let cut = cut.flatten();
        if let Some(facts) =
            cut.filter(|facts| sound(facts.get(0)) && sound(facts.get(facts.len().saturating_sub(1))))
        {
            return facts;
        }
        let whole = |_: &Sequence<Chunk>| Some(document.sequence().clone());
        self.facts_of_chunks(document.file(), dialect, false, whole).unwrap_or_default()
    }

    /// What the chunks declare that a file is cut into, into members or not, from those that it had before.
    fn facts_of_chunks(
        &self,
        file: &FileName,
        dialect: Dialect,
        into_members: bool,
        cut: impl FnOnce(&Sequence<Chunk>) -> Option<Sequence<Chunk>>,
    ) -> Option<Sequence<TestFacts>> {
        let key = (file.clone(), dialect, into_members);
        let (known, facts) = self.state().sequences.get(&key).cloned().unwrap_or_default();
        let chunks = cut(&known)?;
        let (front, back) = known.common(&chunks);
        let fresh = chunks.iter_from(front).take(chunks.len() - back - front);
        let fresh = fresh.map(|chunk| self.test_facts(chunk, file, dialect)).collect();
        let facts = facts.spliced(front..known.len() - back, fresh);
        self.state().sequences.insert(key, (chunks, facts.clone()));
        Some(facts)
    }

    /// Counts chunks that were looked at to merge a test file.
    pub(crate) fn count_merged(&self, chunks: usize) {
        self.merged_chunks.fetch_add(chunks as u64, Ordering::Relaxed);
    }

    /// What a mock file holds.
    pub(crate) fn mock_facts(&self, document: &Arc<Document>, dialect: Dialect) -> Arc<MockFacts> {
        let key = (Arc::as_ptr(document) as usize, dialect);
        if let Some((_, facts)) = self.state().mocks.get(&key) {
            return Arc::clone(facts);
        }
        let facts: Arc<MockFacts> = Arc::new(mock_file(document, dialect));
        let mut state = self.state();
        // As many as are of use, and some that were typed since.
        if state.mocks.len() >= 64 {
            state.mocks.retain(|_, (document, _)| Arc::strong_count(document) > 1);
        }
        state.mocks.insert(key, (Arc::clone(document), Arc::clone(&facts)));
        facts
    }

    /// A test file as it was read last below the root module in `root`.
    pub(crate) fn read_test(&self, root: &str, path: &str, dialect: Dialect) -> Option<Arc<ReadTest>> {
        self.state().read.get(&(root.to_owned(), path.to_owned(), dialect)).cloned()
    }

    /// Keeps a test file as it was just read.
    pub(crate) fn keep_test(
        &self,
        root: &str,
        path: &str,
        dialect: Dialect,
        read: ReadTest,
    ) -> Arc<ReadTest> {
        self.merged_tests.fetch_add(1, Ordering::Relaxed);
        let read = Arc::new(read);
        self.state().read.insert((root.to_owned(), path.to_owned(), dialect), Arc::clone(&read));
        read
    }

    /// The tree, or the one from before that is the same: then whatever was found about that one still holds.
    pub(crate) fn same_tree(&self, tree: ModuleTree) -> Arc<ModuleTree> {
        self.same(tree, false)
    }

    /// The same for a root module.
    pub(crate) fn same_root(&self, tree: ModuleTree) -> Arc<ModuleTree> {
        self.same(tree, true)
    }

    fn same(&self, tree: ModuleTree, root: bool) -> Arc<ModuleTree> {
        let key = (tree.module.dir.to_string(), tree.module.dialect, root);
        let mut state = self.state();
        if let Some(known) = state.trees.get(&key).filter(|known| known.is_same(&tree)) {
            return Arc::clone(known);
        }
        let tree = Arc::new(tree);
        state.trees.insert(key, Arc::clone(&tree));
        tree
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

/// So many bytes of chunks may be kept for nothing. A whole file in JSON is one chunk, and each letter makes another.
const MOST_UNUSED: usize = 4 << 20;

impl State {
    /// Drops facts of chunks that no document holds any more, each time the cache has doubled or many bytes of text came.
    fn sweep(&mut self, chunk: &Chunk) {
        self.came += chunk.text.len();
        if self.modules.len() + self.tests.len() < self.sweep_at.max(1024) && self.came < MOST_UNUSED {
            return;
        }
        self.came = 0;
        self.modules.retain(|_, (chunk, _)| Arc::strong_count(chunk) > 1);
        self.tests.retain(|_, (chunk, ..)| Arc::strong_count(chunk) > 1);
        self.sweep_at = 2 * (self.modules.len() + self.tests.len());
    }
}

/// Whether two documents are of one file and hold the same chunks, which then are at the same places.
pub(crate) fn same_document(a: &Arc<Document>, b: &Arc<Document>) -> bool {
    Arc::ptr_eq(a, b) || (a.file() == b.file() && a.has_same_chunks(b))
}

fn key(chunk: &Arc<Chunk>, file: &FileName, dialect: Dialect) -> Key {
    (Arc::as_ptr(chunk) as usize, file.clone(), dialect)
}
