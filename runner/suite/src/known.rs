//! What the runs of a file can know: everything that has come of what was before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Run, TestFile};
use engine::{FileMocks, Lingering};
use lang::Value;
use syntax::SmolStr;

use crate::file::Suite;
use crate::variables::{FileValues, Memory, Variables};

/// As far as a file has come. A copy costs next to nothing, and does not see what comes later.
#[derive(Clone)]
pub(crate) struct Known<'a> {
    pub(crate) suite: Suite<'a>,
    pub(crate) file: &'a TestFile,
    /// What the file's variables came to, where they are evaluated by themselves.
    pub(crate) values: Arc<FileValues>,
    /// The values of its mock providers, where they are evaluated by themselves.
    pub(crate) mocks: Arc<FileMocks>,
    /// Outputs of the runs that are over, for `run.x`.
    pub(crate) finished: Arc<BTreeMap<SmolStr, Value>>,
    /// What runs have left overridden in the module under test.
    lingering: Lingering,
}

impl<'a> Known<'a> {
    /// `lingering` is what earlier files have left.
    pub(crate) fn new(suite: Suite<'a>, file: &'a TestFile, lingering: Lingering) -> Known<'a> {
        Known {
            suite,
            file,
            values: Arc::default(),
            mocks: Arc::default(),
            finished: Arc::default(),
            lingering,
        }
    }

    /// The variables of a run, or of the file. `None` when the module could not be loaded, which stops the suite.
    pub(crate) fn variables(&self, run: Option<usize>) -> Option<Variables<'_>> {
        let module = run.and_then(|run| self.file.runs.decl(run)).and_then(|run| run.module.as_ref());
        Some(Variables {
            file: self.file,
            run,
            tree: self.suite.loaded.tree(self.file, module)?,
            outside: self.suite.outside,
            values: &self.values,
            finished: &self.finished,
            host: self.suite.host,
            cancel: self.suite.cancel,
            memory: Memory::default(),
        })
    }

    /// What earlier runs have left overridden in the module that a run executes. The modules of runs belong to one run each.
    pub(crate) fn lingering_in(&self, run: &Run) -> Lingering {
        match run.module {
            None => self.lingering.clone(),
            Some(_) => Lingering::default(),
        }
    }

    /// Keeps what a run has left overridden.
    pub(crate) fn left_by(&mut self, run: &Run, lingering: Lingering) {
        if run.module.is_none() {
            self.lingering = lingering;
        }
    }

    /// What is left for the files after this one.
    pub(crate) fn left(self) -> Lingering {
        self.lingering
    }
}
