//! Which names are somewhere, in few bytes.

use std::hash::BuildHasher;

use smallvec::SmallVec;

/// The hash of a name. Two names may have one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NameHash(u32);

/// The hashes of names, in order, each once. Most sets have very few.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NameSet(SmallVec<[NameHash; 2]>);

impl NameHash {
    pub fn of(name: &str) -> NameHash {
        // The upper half is the better mixed one.
        NameHash((rustc_hash::FxBuildHasher.hash_one(name) >> 32) as u32)
    }
}

impl NameSet {
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> NameSet {
        NameSet::of(names.into_iter().map(NameHash::of).collect()).0
    }

    /// The names of all sets; and those that several sets have.
    pub fn union<'s>(sets: impl IntoIterator<Item = &'s NameSet>) -> (NameSet, NameSet) {
        NameSet::of(sets.into_iter().flat_map(|set| set.0.iter().copied()).collect())
    }

    /// The same for names: also those that are there more than once.
    pub fn with_repeated<'n>(names: impl IntoIterator<Item = &'n str>) -> (NameSet, NameSet) {
        NameSet::of(names.into_iter().map(NameHash::of).collect())
    }

    fn of(mut all: Vec<NameHash>) -> (NameSet, NameSet) {
        // What was put together of several that are in order is sorted in one pass.
        all.sort();
        let mut repeated = SmallVec::new();
        all.dedup_by(|next, last| {
            let is_again = next == last;
            if is_again && repeated.last() != Some(last) {
                repeated.push(*last);
            }
            is_again
        });
        (NameSet(all.into_iter().collect()), NameSet(repeated))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the name is one of them, or perhaps another of the same hash.
    pub fn has(&self, name: NameHash) -> bool {
        self.0.binary_search(&name).is_ok()
    }

    /// Whether one of the names is in both.
    pub fn meets(&self, other: &NameSet) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        few.0.iter().any(|name| many.has(*name))
    }

    /// The names that are in both.
    #[must_use]
    pub fn shared(&self, other: &NameSet) -> NameSet {
        NameSet(self.0.iter().copied().filter(|name| other.has(*name)).collect())
    }
}

impl FromIterator<NameHash> for NameSet {
    fn from_iter<I: IntoIterator<Item = NameHash>>(names: I) -> NameSet {
        NameSet::of(names.into_iter().collect()).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_of_names() {
        let (names, repeated) = NameSet::with_repeated(["b", "a", "c", "a", "a"]);
        assert_eq!((names.clone(), repeated), (NameSet::new(["c", "b", "a"]), NameSet::new(["a"])));
        assert!(names.has(NameHash::of("c")) && !names.has(NameHash::of("d")));
        let other = NameSet::new(["d", "c"]);
        assert!(names.meets(&other) && other.meets(&names) && !names.meets(&NameSet::new(["e"])));
        assert_eq!(names.shared(&other), NameSet::new(["c"]));
        let both = (NameSet::new(["a", "b", "c", "d"]), NameSet::new(["c"]));
        assert_eq!(NameSet::union([&names, &other]), both);
    }
}
