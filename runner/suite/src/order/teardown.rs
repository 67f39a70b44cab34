//! In which order states are destroyed where that follows from what their runs depend on.

use std::collections::{BTreeMap, BTreeSet};

use syntax::SmolStr;

use super::Graph;
use crate::select::state_key;

/// A state to destroy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Destroyed {
    pub(crate) key: SmolStr,
    /// The places of those that are destroyed before it.
    pub(crate) after: Vec<usize>,
}

impl Graph<'_> {
    /// The states of the file, those that were written last first, each after those whose last run depends on its own, by
    /// way of whatever else. Where two depend on each other, the one that was written last comes first.
    pub(crate) fn destruction(&self) -> Vec<Destroyed> {
        // As in Terraform all runs count, also those that made nothing, and of a state the last of them.
        let keys: Vec<SmolStr> = self.file.runs.decls().map(|run| state_key(run)).collect();
        let last: BTreeMap<&SmolStr, usize> = keys.iter().enumerate().map(|(at, key)| (key, at)).collect();
        let mut states: Vec<(usize, &SmolStr)> = last.into_iter().map(|(key, at)| (at, key)).collect();
        states.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let destroyed = |after: Vec<Vec<usize>>| {
            let states = states.iter().zip(after);
            states.map(|((_, key), after)| Destroyed { key: (*key).clone(), after }).collect()
        };
        if !self.file.runs.decls().any(|run| self.file.is_parallel(run)) {
            // Then every run depends on all before it, and nothing else can come of it.
            let one_by_one = |at: usize| at.checked_sub(1).into_iter().collect();
            return destroyed((0..states.len()).map(one_by_one).collect());
        }
        let index: BTreeMap<&SmolStr, usize> =
            states.iter().enumerate().map(|(at, (_, key))| (*key, at)).collect();
        let depends: Vec<BTreeSet<usize>> = states
            .iter()
            .enumerate()
            .map(|(state, (last, _))| {
                let before =
                    self.before(*last).into_iter().filter_map(|run| index.get(keys.get(run)?).copied());
                before.filter(|other| *other != state).collect()
            })
            .collect();
        let mut after = vec![Vec::new(); states.len()];
        for (state, others) in edges(&depends).into_iter().enumerate() {
            others.into_iter().for_each(|other| after[other].push(state));
        }
        destroyed(after)
    }
}

/// For each state those that are destroyed after it. An edge that would close a circle is left out: a state that has been
/// visited waits for nothing more.
fn edges(depends: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut after = vec![BTreeSet::new(); depends.len()];
    let mut visited = vec![false; depends.len()];
    for start in 0..depends.len() {
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            // One that depends on nothing is not marked, so that all that depend on it come before it.
            if depends[state].is_empty() || std::mem::replace(&mut visited[state], true) {
                continue;
            }
            // The first is looked at next, so that of a circle the one written last comes first.
            for other in depends[state].iter().rev().copied().filter(|other| !visited[*other]) {
                after[state].insert(other);
                open.push(other);
            }
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_circle_is_left() {
        let set = |items: &[usize]| items.iter().copied().collect::<BTreeSet<_>>();
        // 0 and 1 depend on each other, and both on 2.
        let after = edges(&[set(&[1, 2]), set(&[0, 2]), set(&[])]);
        assert_eq!(after, [set(&[1, 2]), set(&[2]), set(&[])]);
        // 1 and 2 depend on each other, and 0 on both.
        assert_eq!(edges(&[set(&[1, 2]), set(&[2]), set(&[1])]), [set(&[1, 2]), set(&[2]), set(&[])]);
    }
}
