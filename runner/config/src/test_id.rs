//! Stable identities of run blocks, the same for the terminal, the server and every editor.

use std::collections::HashMap;
use std::fmt;

use syntax::{FileName, SmolStr};

use crate::test_file::TestFile;

/// One run block. It survives edits as long as the run keeps its name, its file and its rank among runs of that name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TestId {
    /// The directory of the module under test, relative to where the tool runs; `.` for that place itself.
    pub module: SmolStr,
    pub file: FileName,
    pub run: SmolStr,
    /// Counts the earlier runs of the same name, which only a file with an error has.
    pub occurrence: u32,
}

impl TestId {
    /// The ids of a file's runs, in order.
    pub fn of_runs(module: &str, file: &TestFile) -> Vec<TestId> {
        let mut seen: HashMap<&SmolStr, u32> = HashMap::new();
        let ids = file.runs.decls().map(|run| {
            let count = seen.entry(&run.name).or_default();
            let occurrence = *count;
            *count += 1;
            TestId { module: module.into(), file: file.name.clone(), run: run.name.clone(), occurrence }
        });
        ids.collect()
    }

    /// The id of the run of an index.
    pub fn of_run(module: &str, file: &TestFile, index: usize) -> Option<TestId> {
        let run = file.runs.decl(index)?.name.clone();
        let occurrence = u32::try_from(file.runs.earlier_of_name(index)).unwrap_or(u32::MAX);
        Some(TestId { module: module.into(), file: file.name.clone(), run, occurrence })
    }
}

/// `tests/a.tftest.hcl::run`, as `--filter` takes it; with `#1` behind a repeated name.
impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.file, self.run)?;
        match self.occurrence {
            0 => Ok(()),
            occurrence => write!(f, "#{occurrence}"),
        }
    }
}
