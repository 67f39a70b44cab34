//! What differs between the runs of a file before an edit and after it, for those who know something about the others.

use std::ops::Range;

use syntax::{NameHash, NameSet, SmolStr};

use super::Runs;
use crate::check::state_key;
use crate::test_file::Command;

/// The runs in between two stretches of runs that have stayed the same.
#[derive(Debug)]
pub struct ChangedRuns {
    /// Their indices then and now.
    pub then: Range<usize>,
    pub now: Range<usize>,
    /// Their names, then and now.
    names: NameSet,
    /// The states that were empty, and are not any more, before some of the others; or the other way round.
    states: NameSet,
}

impl ChangedRuns {
    pub fn between(then: &Runs, now: &Runs) -> ChangedRuns {
        let (front, back) = then.common(now);
        let (old, new) = (front..then.len() - back, front..now.len() - back);
        let of_then = old.clone().filter_map(|index| then.decl(index));
        let runs: Vec<_> = of_then.chain(new.clone().filter_map(|index| now.decl(index))).collect();
        let names = NameSet::new(runs.iter().map(|run| run.name.as_str()));
        // Whether something is in a state before a run follows from the first run that makes something in it.
        let is_first = |runs: &Runs, range: &Range<usize>, state: &str| {
            runs.first_to_make(state).is_some_and(|first| range.contains(&first))
        };
        let makes = runs.iter().filter(|run| run.command == Command::Apply).map(|run| state_key(run));
        let mut states: Vec<SmolStr> = makes.map(SmolStr::from).collect();
        states.sort();
        states.dedup();
        states.retain(|state| is_first(then, &old, state) != is_first(now, &new, state));
        let states = NameSet::new(states.iter().map(SmolStr::as_str));
        ChangedRuns { then: old, now: new, names, states }
    }

    /// Whether a question that names some runs and is about what is in some states may have another answer now.
    pub fn may_concern(&self, names: &NameSet, states: &NameSet) -> bool {
        self.names.meets(names) || self.states.meets(states)
    }

    /// The same for a question about the run of one name.
    pub fn is_named(&self, name: &str) -> bool {
        self.names.has(NameHash::of(name))
    }
}
