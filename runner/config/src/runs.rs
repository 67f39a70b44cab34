//! The run blocks of a test file, in order and by name.

use std::ops::Deref;

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::SmolStr;

use crate::check::state_key;
use crate::item::Item;
use crate::test_file::{Command, Run};

/// Run blocks in source order. Reads like a slice.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    items: Vec<Item<Run>>,
    /// The index of the first run of each name, which is the one that the name stands for.
    first: FxHashMap<SmolStr, usize>,
    /// For each state, the index of the first run that makes something in it.
    makes: FxHashMap<SmolStr, usize>,
    /// The sources that runs name, and the index of the first run that names each, in order.
    sources: FxHashSet<SmolStr>,
    naming: Vec<usize>,
}

impl Runs {
    pub(crate) fn push(&mut self, run: Item<Run>) {
        let index = self.items.len();
        self.first.entry(run.name.clone()).or_insert(index);
        if run.command == Command::Apply && !self.makes.contains_key(state_key(&run)) {
            self.makes.insert(state_key(&run).into(), index);
        }
        if let Some(module) = &run.module
            && self.sources.insert(module.source.clone())
        {
            self.naming.push(index);
        }
        self.items.push(run);
    }

    /// The index of the run that a name stands for: the first of that name.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.first.get(name).copied()
    }

    /// The first run of each source that runs name for another module than the one under test.
    pub fn naming_modules(&self) -> impl Iterator<Item = &Item<Run>> {
        self.naming.iter().filter_map(|index| self.items.get(*index))
    }

    /// The index of the first run that makes something in a state.
    pub(crate) fn first_to_make(&self, state: &str) -> Option<usize> {
        self.makes.get(state).copied()
    }
}

impl Deref for Runs {
    type Target = [Item<Run>];

    fn deref(&self) -> &[Item<Run>] {
        &self.items
    }
}

impl<'r> IntoIterator for &'r Runs {
    type Item = &'r Item<Run>;
    type IntoIter = std::slice::Iter<'r, Item<Run>>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
