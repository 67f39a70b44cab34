//! Answers about chunks, each worked out once for as long as its chunk is part of a document.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use syntax::Chunk;

/// What is known about chunks, by the chunk and whatever else the answer depends on. Shared by reference between
/// threads; everything in it can be dropped at any time.
#[derive(Debug)]
pub(crate) struct PerChunk<K, T> {
    state: Mutex<State<K, T>>,
    computed: AtomicU64,
}

#[derive(Debug)]
struct State<K, T> {
    /// By the chunk's address, which stays taken as long as the entry points to it. The pointer is a weak one, so that
    /// an entry does not keep a chunk that has left its document.
    entries: HashMap<(usize, K), (Weak<Chunk>, Arc<T>)>,
    /// The size at which entries of chunks that are gone are dropped next.
    sweep_at: usize,
}

impl<K, T> Default for PerChunk<K, T> {
    fn default() -> PerChunk<K, T> {
        PerChunk {
            state: Mutex::new(State { entries: HashMap::new(), sweep_at: 1024 }),
            computed: AtomicU64::new(0),
        }
    }
}

impl<K: Hash + Eq, T> PerChunk<K, T> {
    /// The answer about `chunk`; `compute` gives it when it is not known.
    pub(crate) fn get(&self, chunk: &Arc<Chunk>, key: K, compute: impl FnOnce() -> T) -> Arc<T> {
        let key = (Arc::as_ptr(chunk) as usize, key);
        if let Some((_, known)) = self.state().entries.get(&key) {
            return Arc::clone(known);
        }
        // Outside of the lock: another thread may do the same work, and both get the same answer.
        let found = Arc::new(compute());
        self.computed.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        if state.entries.len() >= state.sweep_at {
            state.entries.retain(|_, (chunk, _)| chunk.strong_count() > 0);
            state.sweep_at = (2 * state.entries.len()).max(1024);
        }
        state.entries.insert(key, (Arc::downgrade(chunk), Arc::clone(&found)));
        found
    }

    /// How many answers were worked out so far.
    #[cfg(test)]
    pub(crate) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<K, T>> {
        // A panic while the lock was held leaves at worst an entry missing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use syntax::{Document, FileName};

    use super::*;

    #[test]
    fn answers_go_with_their_chunks() {
        let known: PerChunk<(), usize> = PerChunk::default();
        let ask = |document: &Document| {
            document.chunks().map(|(_, chunk)| *known.get(chunk, (), || chunk.text.len())).sum::<usize>()
        };
        let text = "a = 1\n".repeat(10);
        let mut document = Document::new(FileName::new("a.tfvars"), &text);
        assert_eq!((ask(&document), known.computed()), (60, 10));
        document.edit(syntax::Span::new(8, 9), "bc");
        assert_eq!((ask(&document), known.computed()), (61, 11));
        // Many documents that come and go leave little behind.
        for _ in 0..1000 {
            ask(&Document::new(FileName::new("a.tfvars"), &text));
        }
        assert!(known.state().entries.len() < 3000);
    }
}
