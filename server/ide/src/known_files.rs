//! What is known of files that nobody has open, in few bytes: a folder may have very many of them, and neither their texts
//! nor their trees are kept for this.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::Stamp;
use syntax::{Document, FileName, SmolStr, Span};

use crate::outline::{self, Outline, OutlineKind};
use crate::snapshot::Snapshot;
use crate::symbol::Symbol;

/// A file when it was looked at.
#[derive(Debug)]
pub(crate) struct KnownFile {
    pub(crate) declared: Box<[Declared]>,
    /// The hashes of the words in it, in order.
    words: Box<[u32]>,
    /// Whether words in it may be written with escapes.
    has_escapes: bool,
    /// Whether it may read all outputs of a module or of a run as one value.
    reads_wholes: bool,
}

/// A name that a file declares.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: SmolStr,
    pub(crate) kind: OutlineKind,
    pub(crate) span: Span,
}

/// The files that were looked at. Shared by reference between threads.
#[derive(Debug, Default)]
pub(crate) struct KnownFiles {
    files: Mutex<HashMap<FileName, (State, Arc<KnownFile>)>>,
    #[cfg(test)]
    read: AtomicU64,
}

/// What tells whether a file is still what it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Stamp(Stamp),
    Hash(u64),
}

/// Looks at every file of a folder, so that what is asked about all of them later is known. `cancelled` is asked now and
/// then whether that is still wanted.
pub fn look_at_files(snapshot: &Snapshot, cancelled: &dyn Fn() -> bool) {
    for file in snapshot.inventory() {
        if cancelled() {
            return;
        }
        if !snapshot.is_open(file) {
            snapshot.known(file);
        }
    }
}

impl Snapshot {
    /// Everything that a file declares.
    pub(crate) fn declared(&self, file: &FileName, mut each: impl FnMut(&Declared)) {
        match self.is_open(file) {
            true => declarations(&crate::outline(self, file)).iter().for_each(each),
            false => self.known(file).declared.iter().for_each(&mut each),
        }
    }

    /// What is known of a file as it is on disk. Reads it where that is not what was read before.
    pub(crate) fn known(&self, file: &FileName) -> Arc<KnownFile> {
        let known = &self.cache().files;
        let mut state = self.files().stamp(file.as_str()).map(State::Stamp);
        if let Some(found) = known.get(file, state) {
            return found;
        }
        let text = self.files().read(file.as_str()).unwrap_or_default();
        if state.is_none() {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            state = Some(State::Hash(hasher.finish()));
            if let Some(found) = known.get(file, state) {
                return found;
            }
        }
        #[cfg(test)]
        known.read.fetch_add(1, Ordering::Relaxed);
        let found = Arc::new(KnownFile::of(file, &text));
        if let Some(state) = state {
            known.lock().insert(file.clone(), (state, Arc::clone(&found)));
        }
        found
    }

    /// Whether a closed file can name something; told without reading it as a tree.
    pub(crate) fn may_name(&self, file: &FileName, name: &str) -> bool {
        self.is_open(file) || self.known(file).has(name)
    }

    /// Whether a closed file can name a symbol.
    pub(crate) fn may_mention(&self, file: &FileName, symbol: &Symbol) -> bool {
        match symbol {
            Symbol::Outputs { .. } => self.is_open(file) || file.is_json() || self.known(file).reads_wholes,
            // Whatever leads to a module is the source of something.
            Symbol::Module { .. } => self.may_name(file, "source"),
            symbol => symbol.name().is_none_or(|name| self.may_name(file, name)),
        }
    }
}

impl KnownFiles {
    /// How many files were read so far.
    #[cfg(test)]
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn get(&self, file: &FileName, state: Option<State>) -> Option<Arc<KnownFile>> {
        let files = self.lock();
        let (_, found) = files.get(file).filter(|(then, _)| state == Some(*then))?;
        Some(Arc::clone(found))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FileName, (State, Arc<KnownFile>)>> {
        // A panic while the lock was held leaves at worst an entry missing.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownFile {
    fn of(file: &FileName, text: &str) -> KnownFile {
        let document = Document::new(file.clone(), text);
        let mut words: Vec<u32> = words(text).map(hash).collect();
        words.sort_unstable();
        words.dedup();
        KnownFile {
            declared: declarations(&outline::of_document(&document)),
            words: words.into(),
            has_escapes: file.is_json() && text.contains("\\u"),
            reads_wholes: reads_wholes(text),
        }
    }

    /// Whether the text has that name in it, or perhaps another.
    fn has(&self, name: &str) -> bool {
        self.has_escapes || words(name).all(|word| self.words.binary_search(&hash(word)).is_ok())
    }
}

/// The longest parts of a text that a name can be made of, without what lies between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !is_of_word(char)).filter(|word| !word.is_empty())
}

fn is_of_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_' || char == '-' || !char.is_ascii()
}

fn hash(word: &str) -> u32 {
    // The upper half is the better mixed one.
    (rustc_hash::FxBuildHasher.hash_one(word) >> 32) as u32
}

/// Whether `run.x` or `module.x` stands somewhere without a name of an output behind it.
fn reads_wholes(text: &str) -> bool {
    ["run", "module"].iter().any(|root| {
        text.match_indices(root).any(|(at, _)| {
            let behind = text.get(at + root.len()..).unwrap_or_default().trim_start();
            let name = behind.strip_prefix('.').map(str::trim_start);
            name.is_some_and(|name| !name.trim_start_matches(is_of_word).trim_start().starts_with('.'))
        })
    })
}

/// What of an outline can be looked for: names that are declared, not values that are given.
fn declarations(outline: &[Outline]) -> Box<[Declared]> {
    let mut found: Vec<Declared> = Vec::new();
    for it in outline {
        let named = match it.kind {
            OutlineKind::Run
            | OutlineKind::Variable
            | OutlineKind::Output
            | OutlineKind::Resource
            | OutlineKind::Data
            | OutlineKind::Module
            | OutlineKind::Check
            | OutlineKind::Provider
            | OutlineKind::Mock => std::slice::from_ref(it),
            OutlineKind::Group if it.name == "locals" => it.children.as_slice(),
            _ => &[],
        };
        let declared = |it: &Outline| Declared {
            name: it.name.as_str().into(),
            kind: if it.kind == OutlineKind::Value { OutlineKind::Variable } else { it.kind },
            span: it.selection,
        };
        found.extend(named.iter().map(declared));
    }
    found.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_a_file_can_name() {
        let text = "run \"a\" {\n  x = \"${run.set-up.out}\" + var.größe + data.k.n[0]\n}\n";
        let known = KnownFile::of(&FileName::new("a.tftest.hcl"), text);
        for name in ["set-up", "out", "größe", "k", "x", "a"] {
            assert!(known.has(name), "{name}");
        }
        for name in ["set", "up", "ou", "my run"] {
            assert!(!known.has(name), "{name}");
        }
        assert_eq!(known.declared.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a"]);
        let json = KnownFile::of(&FileName::new("a.tf.json"), r#"{"output": {"\u0061": {}}}"#);
        assert!(json.has("a") && json.has("b"));
    }

    #[test]
    fn a_module_that_is_read_as_one_value_is_noticed() {
        for (text, expected) in [
            ("a = run.x.out", false),
            ("a = module.x.out + module . y . out", false),
            ("a = run.x", true),
            ("a = run.x[\"out\"]", true),
            ("depends_on = [module.x]", true),
            ("a = module.x[0].out", true),
            ("# run.", true),
            ("run \"x\" {}", false),
        ] {
            assert_eq!(reads_wholes(text), expected, "{text}");
        }
    }
}
