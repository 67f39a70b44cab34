//! The share of a suite that one of several machines runs.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use config::TestFile;
use syntax::FileName;

use crate::select::Step;

/// One share. Files stay whole, because the runs of a file work on the same states.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shard {
    /// From 1.
    pub number: usize,
    /// How many shares there are.
    pub of: usize,
    /// How long files took before. Of others, every run counts as long as the known files' runs do on average.
    pub durations: BTreeMap<FileName, Duration>,
}

impl Shard {
    /// The files of this share, in their order. All shares together have every file once, whatever the order in which the
    /// machines come to it: the heaviest file goes first, always to the share that has the least.
    pub(crate) fn take<'a>(&self, files: Vec<(&'a TestFile, Vec<Step>)>) -> Vec<(&'a TestFile, Vec<Step>)> {
        let weighed = files.iter().map(|(file, steps)| (&file.name, steps.len()));
        let shares = self.shares(weighed.collect());
        let mine = |(file, _): &(&TestFile, _)| shares.get(&file.name) == Some(&self.number);
        files.into_iter().filter(mine).collect()
    }

    /// For each file, the number of its share.
    fn shares<'n>(&self, files: Vec<(&'n FileName, usize)>) -> BTreeMap<&'n FileName, usize> {
        let known = |name: &FileName| self.durations.get(name).map(Duration::as_nanos);
        let timed = files.iter().filter_map(|(name, runs)| Some((known(name)?, *runs as u128)));
        let (nanos, runs) = timed.fold((0, 0), |(time, runs), (more, others)| (time + more, runs + others));
        let each = nanos.checked_div(runs).unwrap_or(1).max(1);
        let weight = |name: &FileName, runs: usize| known(name).unwrap_or_else(|| each * runs as u128);
        let mut heaviest: Vec<(Reverse<u128>, &FileName)> =
            files.iter().map(|(name, runs)| (Reverse(weight(name, *runs)), *name)).collect();
        heaviest.sort();
        let mut loads: Vec<(u128, usize)> = (1..=self.of).map(|number| (0, number)).collect();
        let mut shares = BTreeMap::new();
        for (Reverse(weight), name) in heaviest {
            if let Some(lightest) = loads.iter_mut().min() {
                lightest.0 += weight;
                shares.insert(name, lightest.1);
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in each share.
    #[track_caller]
    fn check(of: usize, files: &[(&str, usize)], durations: &[(&str, u64)], expected: &[&str]) {
        let names: Vec<(FileName, usize)> =
            files.iter().map(|(name, runs)| (FileName::new(name), *runs)).collect();
        let seconds = |(name, seconds): &(&str, u64)| (FileName::new(name), Duration::from_secs(*seconds));
        let shard = Shard { number: 1, of, durations: durations.iter().map(seconds).collect() };
        let shares = shard.shares(names.iter().map(|(name, runs)| (name, *runs)).collect());
        let share = |number: usize| {
            let mine = shares.iter().filter(|(_, share)| **share == number);
            mine.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!((1..=of).map(share).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn runs_are_counted_where_nothing_is_known_of_time() {
        check(2, &[("a", 1), ("b", 5), ("c", 2), ("d", 2)], &[], &["b", "a c d"]);
        check(3, &[("a", 1), ("b", 1)], &[], &["a", "b", ""]);
    }

    #[test]
    fn time_counts_where_it_is_known() {
        check(
            2,
            &[("a", 1), ("b", 5), ("c", 2), ("d", 2)],
            &[("a", 90), ("b", 10), ("c", 20), ("d", 20)],
            &["a", "b c d"],
        );
        // A run of the others takes ten seconds.
        check(2, &[("a", 1), ("b", 5), ("new", 4)], &[("a", 10), ("b", 50)], &["b", "a new"]);
    }

    #[test]
    fn many_shares_of_many_files_are_even() {
        let names: Vec<String> = (0..100).map(|at| format!("{at:03}.tftest.hcl")).collect();
        let files: Vec<(&str, usize)> =
            names.iter().map(|name| (name.as_str(), 1 + name.len() % 3)).collect();
        let shard = Shard { number: 1, of: 7, durations: BTreeMap::new() };
        let owned: Vec<(FileName, usize)> =
            files.iter().map(|(name, runs)| (FileName::new(name), *runs)).collect();
        let shares = shard.shares(owned.iter().map(|(name, runs)| (name, *runs)).collect());
        for number in 1..=7 {
            let count = shares.values().filter(|share| **share == number).count();
            assert!((14..=15).contains(&count), "{count}");
        }
    }
}
