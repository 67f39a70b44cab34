//! What is wrong with test files, kept run by run.
//!
//! A keystroke in a run block checks that block again, and those that would now get another answer to something that they
//! asked about it. What was found in a run counts from its beginning, so that text above it may change.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use config::{Answers, Asked, Dialect, Item, ModuleSource, ModuleTree, Run, TestContext, TestFile};
use syntax::{Diagnostic, FileName, SmolStr};

use crate::modules::Modules;
use crate::project::ProjectKey;

/// What files are checked against.
pub(crate) struct Against<'a> {
    pub(crate) modules: &'a Arc<Modules>,
    /// The module under test, and those that runs name, by the source; `None` when it cannot be loaded.
    pub(crate) tree: &'a dyn Fn(Option<&SmolStr>) -> Option<Arc<ModuleTree>>,
}

/// The last checks of files. Shared by reference between threads.
#[derive(Default)]
pub(crate) struct CheckedFiles {
    files: Mutex<HashMap<(ProjectKey, FileName, Dialect), Arc<CheckedFile>>>,
    checked_runs: AtomicU64,
}

/// More files than this are not kept: nobody has as many open.
const MOST: usize = 512;

/// One test file when it was checked.
pub(crate) struct CheckedFile {
    file: Arc<TestFile>,
    modules: Arc<Modules>,
    /// The module under test, and those that its runs name.
    trees: Vec<Option<Arc<ModuleTree>>>,
    /// Of what stands outside the runs, with absolute places.
    of_file: Vec<Diagnostic>,
    /// As many as the file has runs.
    runs: Vec<Arc<CheckedRun>>,
}

struct CheckedRun {
    /// Places in the test file count from the run's chunk.
    found: Vec<Diagnostic>,
    answers: Answers,
    /// Whether what was found is about places that do not move with the run.
    fixed: bool,
}

impl CheckedFiles {
    /// How many runs were checked so far.
    #[cfg(test)]
    pub(crate) fn checked_runs(&self) -> u64 {
        self.checked_runs.load(Ordering::Relaxed)
    }

    /// Checks a file of a project, as far as that was not done when it was checked last.
    pub(crate) fn check(
        &self,
        project: &ProjectKey,
        file: &Arc<TestFile>,
        against: &Against<'_>,
    ) -> Arc<CheckedFile> {
        let key = (project.clone(), file.name.clone(), file.dialect);
        let files = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let last = files().get(&key).cloned();
        if let Some(last) = &last
            && Arc::ptr_eq(&last.file, file)
            && Arc::ptr_eq(&last.modules, against.modules)
            && same_trees(&last.trees, &trees(file, against))
        {
            return Arc::clone(last);
        }
        let checked = Arc::new(self.check_anew(file, against, last.as_deref()));
        let mut files = files();
        if files.len() >= MOST && !files.contains_key(&key) {
            files.clear();
        }
        files.insert(key, Arc::clone(&checked));
        checked
    }

    fn check_anew(
        &self,
        file: &Arc<TestFile>,
        against: &Against<'_>,
        last: Option<&CheckedFile>,
    ) -> CheckedFile {
        let external = |name: &str| against.modules.is_given(name);
        let resolve = |source: Option<&ModuleSource>| (against.tree)(source.map(|source| &source.source));
        let context = TestContext {
            resolve: &resolve,
            schemas: &*against.modules.schemas,
            external: &external,
            asked: None,
        };
        let last = last.filter(|last| last.sees_the_same(against) && last.same_base(file));
        let known = last.map(|last| last.known(file, against)).unwrap_or_default();
        let runs = file.runs.iter().enumerate().map(|(index, run)| match known.get(index) {
            Some(Some(known)) => Arc::clone(known),
            _ => {
                self.checked_runs.fetch_add(1, Ordering::Relaxed);
                Arc::new(CheckedRun::new(file, index, run, &context))
            }
        });
        CheckedFile {
            file: Arc::clone(file),
            modules: Arc::clone(against.modules),
            trees: trees(file, against),
            of_file: config::check_file_level(file, &context),
            runs: runs.collect(),
        }
    }
}

impl CheckedFile {
    /// Everything that was found, with absolute places in the file as it is now.
    pub(crate) fn diagnostics(&self, file: &TestFile) -> Vec<Diagnostic> {
        let of_runs = file.runs.iter().zip(&self.runs).flat_map(|(run, checked)| {
            checked
                .found
                .iter()
                .map(|found| moved(found.clone(), &file.name, |at| at.wrapping_add(run.origin.base)))
        });
        self.of_file.iter().cloned().chain(of_runs).collect()
    }

    /// Whether schemas and values from outside are the same.
    fn sees_the_same(&self, against: &Against<'_>) -> bool {
        let (then, now) = (&self.modules, against.modules);
        Arc::ptr_eq(then, now) || then.gives_the_same(now)
    }

    /// Whether everything in the file is the same that every run may look at: of its variables, the names.
    fn same_base(&self, file: &TestFile) -> bool {
        fn same<'i, T: 'i>(
            a: impl ExactSizeIterator<Item = &'i Item<T>>,
            b: impl ExactSizeIterator<Item = &'i Item<T>>,
        ) -> bool {
            a.len() == b.len() && a.zip(b).all(|(a, b)| Arc::ptr_eq(&a.decl, &b.decl))
        }
        let then = &self.file;
        let of_files = |a: &Vec<Item<_>>, b: &Vec<Item<_>>| same(a.iter(), b.iter());
        same(then.settings.as_slice().iter(), file.settings.as_slice().iter())
            && then.variables.keys().eq(file.variables.keys())
            && then.variable_blocks.keys().eq(file.variable_blocks.keys())
            && same(then.providers.iter(), file.providers.iter())
            && same(then.mock_providers.iter(), file.mock_providers.iter())
            && same(then.overrides.iter(), file.overrides.iter())
            && then.mock_files.len() == file.mock_files.len()
            && then.mock_files.iter().zip(&file.mock_files).all(|(a, b)| of_files(a, b))
    }

    /// For each run of the file as it is now, what was found in it then and would be found again.
    fn known(&self, file: &TestFile, against: &Against<'_>) -> Vec<Option<Arc<CheckedRun>>> {
        let (then, now) = (&*self.file.runs, &*file.runs);
        let same = |(a, b): &(&Item<Run>, &Item<Run>)| Arc::ptr_eq(&a.decl, &b.decl);
        let most = then.len().min(now.len());
        let before = then.iter().zip(now).take_while(same).count();
        let behind = then.iter().rev().zip(now.iter().rev()).take(most - before).take_while(same).count();
        let old = then.get(before..then.len() - behind).unwrap_or_default();
        let new = now.get(before..now.len() - behind).unwrap_or_default();
        // As long as the runs in between look the same from outside, only those that look inside may see a difference.
        let same_face =
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| config::same_face(old, new));
        let changed = |run: &Arc<Run>| old.iter().any(|old| Arc::ptr_eq(&old.decl, run));
        let same_modules = same_trees(&self.trees, &trees(file, against));
        let known = |index: usize| {
            let earlier = match index {
                index if index < before => index,
                index if index >= now.len() - behind => index + then.len() - now.len(),
                _ => return None,
            };
            let checked = self.runs.get(earlier)?;
            let holds = !checked.fixed
                && (same_modules || checked.sees_the_same(against))
                && match same_face {
                    true => !checked.answers.has_read(changed),
                    false => checked.answers.still_hold(file, index),
                };
            holds.then(|| Arc::clone(checked))
        };
        (0..now.len()).map(known).collect()
    }
}

impl CheckedRun {
    fn new(file: &TestFile, index: usize, run: &Item<Run>, context: &TestContext<'_>) -> CheckedRun {
        let asked = Asked::about(index);
        let found = config::check_run(file, index, &TestContext { asked: Some(&asked), ..*context });
        let base = run.origin.base;
        let end = file.sources.get(&file.name).and_then(|document| {
            let (origin, chunk) = document.chunk_at(base)?;
            let length = u32::try_from(chunk.text.len()).ok()?;
            Some(origin.base.saturating_add(length))
        });
        let is_own = |span: syntax::Span| base <= span.start && end.is_some_and(|end| span.end <= end);
        let named = format!("{}:", file.name);
        let is_fixed = |it: &Diagnostic| {
            let places = [&it.subject, &it.context].into_iter().flatten();
            places.filter(|place| place.file == file.name).any(|place| !is_own(place.span))
                || it.detail.contains(&named)
        };
        let found: Vec<Diagnostic> = found.into_iter().map(|it| at_run(it, file, run)).collect();
        let fixed = found.iter().any(is_fixed);
        let found = found.into_iter().map(|it| moved(it, &file.name, |at| at.wrapping_sub(base)));
        CheckedRun { found: found.collect(), answers: asked.finish(), fixed }
    }

    /// Whether the modules that it looked at are the same.
    fn sees_the_same(&self, against: &Against<'_>) -> bool {
        self.answers.same_modules(against.tree)
    }
}

/// The module under test, and those that the runs of a file name.
fn trees(file: &TestFile, against: &Against<'_>) -> Vec<Option<Arc<ModuleTree>>> {
    let named = file.runs.naming_modules().map(|run| run.module.as_ref().map(|module| &module.source));
    std::iter::once(None).chain(named).map(against.tree).collect()
}

fn same_trees(a: &[Option<Arc<ModuleTree>>], b: &[Option<Arc<ModuleTree>>]) -> bool {
    let same = |(a, b): (&Option<Arc<ModuleTree>>, &Option<Arc<ModuleTree>>)| match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// A diagnostic in the test file's own terms; where it stood becomes its context.
fn at_run(found: Diagnostic, file: &TestFile, run: &Item<Run>) -> Diagnostic {
    match &found.subject {
        Some(subject) if subject.file != file.name => {
            let context = found.subject.clone();
            Diagnostic { subject: Some(run.locate(run.name_span)), context, ..found }
        }
        _ => found,
    }
}

/// The diagnostic with other offsets in a file.
fn moved(mut found: Diagnostic, file: &FileName, to: impl Fn(u32) -> u32) -> Diagnostic {
    for place in [&mut found.subject, &mut found.context].into_iter().flatten() {
        if place.file == *file {
            (place.span.start, place.span.end) = (to(place.span.start), to(place.span.end));
        }
    }
    found
}
