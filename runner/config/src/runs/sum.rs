//! What is to be known of the chunks of a test file without looking at each.

use syntax::{NameHash, NameSet, SmolStr, Summed};

use crate::check::state_key;
use crate::decode::TestFacts;
use crate::test_file::{Command, Run};

/// The sum of some neighbouring chunks of a test file.
#[derive(Clone, Debug, Default)]
pub struct TestSum {
    pub(super) chunks: usize,
    pub(super) bytes: u32,
    pub(super) runs: usize,
    /// Whether a chunk does more than to give the file another run.
    pub(super) notable: bool,
    /// The names of runs, and those of them that several runs have.
    pub(super) names: NameSet,
    pub(super) repeated: NameSet,
    /// The states in which a run makes something.
    pub(super) makes: NameSet,
    /// The modules that runs name.
    pub(super) sources: NameSet,
    /// The variables that runs read.
    pub(super) reads: NameSet,
    /// The variables that every run gives a value.
    pub(super) sets: SetByAll,
}

/// What all of some runs give a value; `None` where there is no run.
#[derive(Clone, Debug, Default)]
pub(super) struct SetByAll(Option<NameSet>);

impl TestSum {
    /// The sum of one chunk of so many bytes.
    pub(crate) fn of_chunk(bytes: usize, facts: &TestFacts) -> TestSum {
        let runs: Vec<&Run> = facts.runs().map(|run| &**run).collect();
        let more = |run: &&Run| run.backend.is_some() || matches!(run.skip_cleanup, Some((true, _)));
        let mut reads: Vec<&str> = Vec::new();
        runs.iter().for_each(|run| run.for_each_variable_read(&mut |name| reads.push(name)));
        let (names, repeated) = NameSet::with_repeated(runs.iter().map(|run| run.name.as_str()));
        let makes = runs.iter().filter(|run| run.command == Command::Apply);
        let sources = runs.iter().filter_map(|run| run.module.as_ref());
        let sets = |run: &&Run| SetByAll(Some(NameSet::new(run.variables.keys().map(SmolStr::as_str))));
        TestSum {
            chunks: 1,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            runs: runs.len(),
            notable: runs.len() < facts.declarations.len()
                || !facts.findings.is_empty()
                || !facts.settings_findings.is_empty()
                || runs.iter().any(more),
            names,
            repeated,
            makes: NameSet::new(makes.map(|run| state_key(run))),
            sources: NameSet::new(sources.map(|module| module.source.as_str())),
            reads: NameSet::new(reads),
            sets: runs.iter().map(sets).fold(SetByAll::default(), |all, sets| all.and(&sets)),
        }
    }
}

impl Summed for TestFacts {
    type Sum = TestSum;

    fn sum(&self) -> TestSum {
        self.sum.clone()
    }

    fn with_sum<R>(&self, look: impl FnOnce(&TestSum) -> R) -> R {
        look(&self.sum)
    }

    fn total<'s>(sums: impl Iterator<Item = &'s TestSum> + Clone) -> TestSum {
        let all = |part: fn(&TestSum) -> &NameSet| NameSet::union(sums.clone().map(part));
        let (names, between) = all(|sum| &sum.names);
        let (within, _) = all(|sum| &sum.repeated);
        let mut total = TestSum {
            names,
            repeated: NameSet::union([&within, &between]).0,
            makes: all(|sum| &sum.makes).0,
            sources: all(|sum| &sum.sources).0,
            reads: all(|sum| &sum.reads).0,
            ..TestSum::default()
        };
        for sum in sums {
            total.chunks += sum.chunks;
            total.bytes = total.bytes.saturating_add(sum.bytes);
            total.runs += sum.runs;
            total.notable |= sum.notable;
            total.sets = total.sets.and(&sum.sets);
        }
        total
    }
}

impl SetByAll {
    pub(super) fn has(&self, name: NameHash) -> bool {
        self.0.as_ref().is_none_or(|names| names.has(name))
    }

    fn and(&self, other: &SetByAll) -> SetByAll {
        SetByAll(match (&self.0, &other.0) {
            (Some(a), Some(b)) => Some(a.shared(b)),
            (one, None) | (None, one) => one.clone(),
        })
    }
}
