//! What follows from everything in a folder but the texts of its test files.
//!
//! Somebody who writes tests changes nothing of it, so one world serves many snapshots.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::{Choice, Dialect, FactsCache, FileRole, Files, files::Generation};
use syntax::{Document, FileName};

use crate::modules::Modules;
use crate::project::ProjectKey;
use crate::surroundings::Surroundings;

/// Answers about modules, each worked out when it is first asked for.
#[derive(Default)]
pub(crate) struct World {
    of: Option<State>,
    keys: Mutex<HashMap<FileName, ProjectKey>>,
    choices: Mutex<HashMap<FileName, Choice>>,
    /// By the dialect that the modules are read in, too: a folder may have test files of both tools.
    modules: Mutex<HashMap<(ProjectKey, Dialect), Arc<Modules>>>,
}

/// What a world is about.
struct State {
    saved: Generation,
    /// The unsaved texts that count, and the names of those that do not.
    unsaved: Vec<Arc<Document>>,
    tests: Vec<FileName>,
    surroundings: Surroundings,
}

impl World {
    /// The world of these files, whose unsaved ones are `open`: the one from before, when nothing that counts has
    /// changed since.
    pub(crate) fn of<'d>(
        disk: &dyn Files,
        open: impl Iterator<Item = &'d Arc<Document>>,
        surroundings: &Surroundings,
        last: &Mutex<Arc<World>>,
    ) -> Arc<World> {
        let (mut tests, mut unsaved) = (Vec::new(), Vec::new());
        for document in open {
            match FileRole::of(document.file().as_str()) == Some(FileRole::Test) {
                true => tests.push(document.file().clone()),
                false => unsaved.push(Arc::clone(document)),
            }
        }
        let surroundings = surroundings.clone();
        let of = disk.generation().map(|saved| State { saved, unsaved, tests, surroundings });
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = matches!((&of, &last.of), (Some(now), Some(then)) if now.is_same(then));
        if !is_same {
            *last = Arc::new(World { of, ..World::default() });
        }
        Arc::clone(&last)
    }

    pub(crate) fn key(&self, file: &FileName, files: &dyn Files) -> ProjectKey {
        if let Some(known) = lock(&self.keys).get(file) {
            return known.clone();
        }
        let key = ProjectKey::by(file.as_str(), files);
        lock(&self.keys).insert(file.clone(), key.clone());
        key
    }

    /// The dialect of a file, and why.
    pub(crate) fn choice(
        &self,
        file: &FileName,
        files: &dyn Files,
        surroundings: &Surroundings,
        cache: &FactsCache,
    ) -> Choice {
        if let Some(known) = lock(&self.choices).get(file) {
            return known.clone();
        }
        let dir = self.key(file, files).dir;
        let choice = surroundings.dialects.of_file(files, &dir, file.as_str(), cache);
        lock(&self.choices).entry(file.clone()).or_insert(choice).clone()
    }

    /// The modules of a project.
    pub(crate) fn modules(
        &self,
        key: &ProjectKey,
        choice: Choice,
        files: &dyn Files,
        surroundings: &Surroundings,
        cache: &FactsCache,
    ) -> Arc<Modules> {
        let of = (key.clone(), choice.dialect);
        if let Some(known) = lock(&self.modules).get(&of) {
            return Arc::clone(known);
        }
        // Outside of the lock: another thread may do the same work, and both get the same answer.
        let modules = Arc::new(Modules::load(files, key, choice, cache, surroundings));
        Arc::clone(lock(&self.modules).entry(of).or_insert(modules))
    }
}

impl State {
    fn is_same(&self, other: &State) -> bool {
        self.saved == other.saved
            && self.tests == other.tests
            && self.surroundings.is_same(&other.surroundings)
            && self.unsaved.len() == other.unsaved.len()
            && self.unsaved.iter().zip(&other.unsaved).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while the lock was held leaves at worst an entry missing.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
