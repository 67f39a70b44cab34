//! Files that are looked at again and again: what was read is kept until somebody says that it has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syntax::Document;

use super::{Entry, FileError, FileKind, Files, Generation, Stamp, normalize};
use crate::facts::FactsCache;

/// Other files, with what was read of them.
///
/// Nothing is asked twice of the files below, so somebody has to say what changes there: whoever writes, or is told of
/// it, by [`Kept::changed`], or [`Kept::refresh`], which looks.
#[derive(Debug, Default)]
pub struct Kept<F> {
    below: F,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    generation: Generation,
    lists: HashMap<String, Looked<Arc<[Entry]>>>,
    kinds: HashMap<String, Option<FileKind>>,
    documents: HashMap<String, Looked<Read>>,
}

/// What was found at a path, and its stamp from before it was looked at.
#[derive(Debug)]
struct Looked<T> {
    stamp: Option<Stamp>,
    found: Result<T, FileError>,
}

#[derive(Clone, Debug)]
struct Read {
    document: Arc<Document>,
    is_text: bool,
}

impl<F: Files> Kept<F> {
    pub fn new(below: F) -> Kept<F> {
        Kept { below, state: Mutex::default() }
    }

    pub fn below(&self) -> &F {
        &self.below
    }

    /// A file was written. Whether it is a new one is found out where that matters.
    pub fn written(&self, path: &str) {
        let path = normalize(path);
        let (dir, name) = path.rsplit_once('/').unwrap_or((".", &path));
        let mut state = self.state();
        let list = state.lists.get(dir);
        let is_listed = list.and_then(|list| list.found.as_ref().ok());
        let is_known = is_listed.is_some_and(|list| list.iter().any(|entry| entry.name == name));
        state.documents.remove(&path);
        state.generation.content += 1;
        drop(state);
        if !is_known {
            self.changed(&path);
        }
    }

    /// Something came, went or changed at a path.
    pub fn changed(&self, path: &str) {
        let path = normalize(path);
        let within = |other: &str| {
            other == path || other.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))
        };
        // A directory may have come or gone with it.
        let above =
            |other: &str| other == "." || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
        let mut state = self.state();
        state.documents.retain(|other, _| !within(other));
        state.lists.retain(|other, _| !within(other) && !above(other));
        state.kinds.retain(|other, _| !within(other) && !above(other));
        state.generation.content += 1;
        state.generation.names += 1;
    }

    /// Nothing that was read counts any more.
    pub fn forget(&self) {
        let mut state = self.state();
        let Generation { content, names } = state.generation;
        *state =
            State { generation: Generation { content: content + 1, names: names + 1 }, ..State::default() };
    }

    /// Looks whether what was read is still what is there, and forgets what is not; whether anything was.
    ///
    /// Costs as much as asking for the stamps of everything that was read.
    pub fn refresh(&self) -> bool {
        let state = self.state();
        let stamped = |it: (&String, Option<Stamp>)| (it.0.clone(), it.1);
        let lists: Vec<_> = state.lists.iter().map(|(path, it)| stamped((path, it.stamp))).collect();
        let documents: Vec<_> = state.documents.iter().map(|(path, it)| stamped((path, it.stamp))).collect();
        let kinds: Vec<_> = state.kinds.iter().map(|(path, kind)| (path.clone(), *kind)).collect();
        drop(state);
        let other = |it: &&(String, Option<Stamp>)| self.below.stamp(&it.0) != it.1;
        let lists: Vec<_> = lists.iter().filter(other).map(|(path, _)| path).collect();
        let documents: Vec<_> = documents.iter().filter(other).map(|(path, _)| path).collect();
        let kinds: Vec<_> = kinds.iter().filter(|(path, kind)| self.below.kind(path) != *kind).collect();
        let is_same = lists.is_empty() && documents.is_empty() && kinds.is_empty();
        let mut state = self.state();
        lists.iter().for_each(|path| drop(state.lists.remove(*path)));
        documents.iter().for_each(|path| drop(state.documents.remove(*path)));
        for (path, _) in &kinds {
            state.kinds.remove(path);
        }
        state.generation.content += u64::from(!is_same);
        state.generation.names += u64::from(!lists.is_empty() || !kinds.is_empty());
        !is_same
    }

    fn read_document(&self, path: &str, cache: &FactsCache) -> Result<Read, FileError> {
        let path = normalize(path);
        let (known, generation) = {
            let state = self.state();
            (state.documents.get(&path).map(|it| it.found.clone()), state.generation)
        };
        if let Some(known) = known {
            return known;
        }
        // Before the content, so that a change in between shows the next time.
        let stamp = self.below.stamp(&path);
        let found = self
            .below
            .document(&path, cache)
            .map(|document| Read { is_text: self.below.is_text(&path), document });
        let mut state = self.state();
        if state.generation == generation {
            state.documents.insert(path, Looked { stamp, found: found.clone() });
        }
        found
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves at worst an entry missing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Files> Files for Kept<F> {
    /// Not kept: whoever reads bytes keeps what they mean.
    fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        self.below.read_bytes(path)
    }

    fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        let dir = normalize(dir);
        let (known, generation) = {
            let state = self.state();
            (state.lists.get(&dir).map(|it| it.found.clone()), state.generation)
        };
        if let Some(known) = known {
            return known.map(|list| list.to_vec());
        }
        let stamp = self.below.stamp(&dir);
        let found = self.below.list(&dir);
        let mut state = self.state();
        if state.generation == generation {
            let found = found.clone().map(Arc::from);
            state.lists.insert(dir, Looked { stamp, found });
        }
        found
    }

    fn list_once(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
        self.below.list(dir)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let path = normalize(path);
        let (known, generation) = {
            let state = self.state();
            (state.kinds.get(&path).copied(), state.generation)
        };
        if let Some(known) = known {
            return known;
        }
        let found = self.below.kind(&path);
        let mut state = self.state();
        if state.generation == generation {
            state.kinds.insert(path, found);
        }
        found
    }

    fn is_link(&self, path: &str) -> bool {
        self.below.is_link(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.below.stamp(path)
    }

    fn above(&self) -> usize {
        self.below.above()
    }

    fn is_text(&self, path: &str) -> bool {
        let known = self.state().documents.get(&normalize(path)).map(|it| it.found.clone());
        match known {
            Some(found) => found.is_ok_and(|read| read.is_text),
            None => self.below.is_text(path),
        }
    }

    fn generation(&self) -> Option<Generation> {
        Some(self.state().generation)
    }

    fn document(&self, path: &str, cache: &FactsCache) -> Result<Arc<Document>, FileError> {
        self.read_document(path, cache).map(|read| read.document)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::files::MemoryFiles;

    /// Files that count how often they are asked, and whose stamps are their lengths.
    #[derive(Default)]
    struct Counted {
        files: Mutex<MemoryFiles>,
        asked: Mutex<usize>,
    }

    impl Counted {
        fn asked<T>(&self, ask: impl FnOnce(&MemoryFiles) -> T) -> T {
            *self.asked.lock().unwrap() += 1;
            ask(&self.files.lock().unwrap())
        }
    }

    impl Files for Counted {
        fn read_bytes(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
            self.asked(|files| files.read_bytes(path))
        }

        fn list(&self, dir: &str) -> Result<Vec<Entry>, FileError> {
            self.asked(|files| files.list(dir))
        }

        fn kind(&self, path: &str) -> Option<FileKind> {
            self.files.lock().unwrap().kind(path)
        }

        fn stamp(&self, path: &str) -> Option<Stamp> {
            let files = self.files.lock().unwrap();
            let length = match files.read_bytes(path) {
                Ok(bytes) => bytes.len(),
                Err(_) => files.list(path).ok()?.len(),
            };
            Some(Stamp { modified: Duration::ZERO, length: length as u64 })
        }
    }

    #[test]
    fn files_are_asked_once_until_they_change() {
        let below = Counted::default();
        below.files.lock().unwrap().insert("m/main.tf", "# one");
        let kept = Kept::new(&below);
        let cache = FactsCache::new();
        let look = |path: &str| {
            let text = kept.document(path, &cache).map(|document| document.text()).unwrap_or_default();
            (text, kept.list("m").map_or(0, |list| list.len()), kept.is_text(path))
        };
        let asked = || std::mem::take(&mut *below.asked.lock().unwrap());
        assert_eq!(look("m/main.tf"), ("# one".to_owned(), 1, true));
        assert_eq!(asked(), 3);
        assert_eq!(look("m/main.tf"), ("# one".to_owned(), 1, true));
        assert_eq!((asked(), kept.refresh()), (0, false));

        let before = kept.generation().unwrap();
        below.files.lock().unwrap().insert("m/main.tf", "# other");
        assert!(kept.refresh());
        let after = kept.generation().unwrap();
        assert_eq!((after.content - before.content, after.names - before.names), (1, 0));
        assert_eq!(look("m/main.tf"), ("# other".to_owned(), 1, true));

        below.files.lock().unwrap().insert("m/new.tf", "# new");
        kept.written("m/main.tf");
        assert_eq!(look("m/main.tf").1, 1);
        kept.written("m/new.tf");
        assert_eq!(look("m/main.tf").1, 2);
        below.files.lock().unwrap().remove("m/new.tf");
        kept.changed("m");
        assert_eq!(look("m/main.tf").1, 1);
        assert_eq!(look("m/new.tf"), (String::new(), 1, false));
        kept.forget();
        assert!(!kept.refresh());
    }
}
