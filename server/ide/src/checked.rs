//! What is wrong with test files, kept run by run.
//!
//! A keystroke in a run block checks that block again, and those that would now get another answer to something that they
//! asked about it. A keystroke in a module checks those that something was found in and those that name what has changed.
//! The others are not even looked at: what was found is in a [`Sequence`], whose sums tell which runs can be concerned and
//! which have anything to say. What was found in a run counts from its beginning, so that text above it may change.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use config::{
    Answers, Asked, ChangedModule, ChangedRuns, Dialect, Item, ModuleSource, ModuleTree, Run, Subjects,
    TestContext, TestFile,
};
use syntax::{Diagnostic, FileName, NameSet, Sequence, SmolStr, Summed};

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
    files: Mutex<HashMap<Key, Arc<CheckedFile>>>,
    checked_runs: AtomicU64,
    /// Runs of which it was asked whether what was found still holds.
    doubted_runs: AtomicU64,
    /// How often what stands outside of runs was checked.
    checked_files: AtomicU64,
}

/// A file of a project, and whether the module under test can be read: while somebody types in that one, it changes from
/// one state into the other all the time, and neither says much about the other.
type Key = (ProjectKey, FileName, Dialect, bool);

/// More files than this are not kept: nobody has as many open.
const MOST: usize = 512;

/// One test file when it was checked.
pub(crate) struct CheckedFile {
    file: Arc<TestFile>,
    modules: Arc<Modules>,
    /// The module under test, and those that its runs name, each with its source.
    trees: Vec<Tree>,
    /// Of what stands outside the runs, with absolute places.
    of_file: Arc<Checked>,
    /// As many as the file has runs. Places in the test file count from the run's chunk.
    runs: Sequence<Checked>,
}

type Tree = (Option<SmolStr>, Option<Arc<ModuleTree>>);

/// What was found in a run, or outside of all.
struct Checked {
    found: Vec<Diagnostic>,
    answers: Answers,
    /// Whether what was found is about places that do not move with it.
    fixed: bool,
    sum: CheckedSum,
}

/// What is to be known of runs without looking at each.
#[derive(Clone, Debug, Default)]
struct CheckedSum {
    found: bool,
    /// Whether any change of the file may concern one of them.
    doubtful: bool,
    /// Whether any change of a module may.
    whole_modules: bool,
    /// Whether a change of a value that the file gives to a variable may.
    about_values: bool,
    subjects: Subjects,
}

/// What has changed in modules since a file was checked.
struct Changes<'a> {
    now: &'a [Tree],
    /// One for each module of now; empty where none has changed.
    of_each: Vec<ChangedModule>,
}

impl CheckedFiles {
    /// How many runs were checked so far, how many were doubted, and how often what stands outside of them was checked.
    #[cfg(test)]
    pub(crate) fn work(&self) -> (u64, u64, u64) {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (count(&self.checked_runs), count(&self.doubted_runs), count(&self.checked_files))
    }

    /// Checks a file of a project, as far as that was not done when it was checked last.
    pub(crate) fn check(
        &self,
        project: &ProjectKey,
        file: &Arc<TestFile>,
        against: &Against<'_>,
    ) -> Arc<CheckedFile> {
        let trees = trees(file, against);
        let main = trees.first().and_then(|(_, tree)| tree.as_ref());
        let is_read = main.is_some_and(|tree| !config::has_syntax_errors(&tree.module.diagnostics));
        let key = (project.clone(), file.name.clone(), file.dialect, is_read);
        let files = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let last = files().get(&key).cloned();
        if let Some(last) = &last
            && Arc::ptr_eq(&last.file, file)
            && Arc::ptr_eq(&last.modules, against.modules)
            && same_trees(&last.trees, &trees)
        {
            return Arc::clone(last);
        }
        let checked = Arc::new(self.check_anew(file, against, trees, last.as_deref()));
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
        trees: Vec<Tree>,
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
        let last = last.filter(|last| last.sees_the_same(against) && last.same_base(file, Moved::Anywhere));
        let changes = last.map(|last| Changes::between(&last.trees, &trees));
        let same_modules = changes.as_ref().is_some_and(|changes| changes.of_each.is_empty());
        let check = |index: usize| {
            self.checked_runs.fetch_add(1, Ordering::Relaxed);
            Arc::new(Checked::run(file, index, &context))
        };
        let known = last.filter(|last| same_modules && last.holds_outside(file));
        let of_file = known.map(|last| Arc::clone(&last.of_file)).unwrap_or_else(|| {
            self.checked_files.fetch_add(1, Ordering::Relaxed);
            Arc::new(Checked::outside(file, &context))
        });
        let (Some(last), Some(changes)) = (last, &changes) else {
            let runs = Sequence::new((0..file.runs.len()).map(check).collect());
            return CheckedFile {
                file: Arc::clone(file),
                modules: Arc::clone(against.modules),
                trees,
                of_file,
                runs,
            };
        };
        let changed = ChangedRuns::between(&last.file.runs, &file.runs);
        let mut runs = last.runs.spliced(changed.then.clone(), changed.now.clone().map(check).collect());
        let mut doubted = Vec::new();
        let same_values = last.same_values(file, Moved::Anywhere);
        let is_sure = |sum: &CheckedSum| {
            !sum.doubtful
                && (same_values || !sum.about_values)
                && !changed.may_concern(&sum.subjects.runs, &sum.subjects.states)
                && !changes.may_concern(sum)
        };
        runs.find(is_sure, |index, checked| {
            if !changed.now.contains(&index) {
                doubted.push((index, checked));
            }
            false
        });
        let mut again = Vec::new();
        for (index, checked) in doubted {
            self.doubted_runs.fetch_add(1, Ordering::Relaxed);
            let holds = !checked.fixed && changes.leave(checked) && checked.answers.still_hold(file, index);
            if !holds {
                again.push((index, check(index)));
            }
        }
        runs = runs.replaced(&again);
        CheckedFile { file: Arc::clone(file), modules: Arc::clone(against.modules), trees, of_file, runs }
    }
}

impl<'a> Changes<'a> {
    fn between(then: &'a [Tree], now: &'a [Tree]) -> Changes<'a> {
        if same_trees(then, now) {
            return Changes { now, of_each: Vec::new() };
        }
        let before = |source: &Option<SmolStr>| then.iter().find(|(other, _)| other == source);
        let of_each = now.iter().map(|(source, tree)| match before(source) {
            Some((_, known)) => ChangedModule::between(known.as_ref(), tree.as_ref()),
            None => ChangedModule::Everything,
        });
        Changes { now, of_each: of_each.collect() }
    }

    /// Whether some of these runs may see something of it.
    fn may_concern(&self, sum: &CheckedSum) -> bool {
        let may =
            |it: &ChangedModule| sum.found || sum.whole_modules || it.may_concern(&sum.subjects.declarations);
        self.of_each.iter().any(may)
    }

    /// Whether a run sees nothing of it. What was found in one may have places in the modules.
    fn leave(&self, run: &Checked) -> bool {
        let change = |source: Option<&SmolStr>| {
            let index = self.now.iter().position(|(other, _)| other.as_ref() == source);
            index.and_then(|index| self.of_each.get(index)).unwrap_or(&ChangedModule::Everything)
        };
        self.of_each.is_empty()
            || (run.found.is_empty() && run.answers.same_modules(&run.sum.subjects.declarations, change))
    }
}

impl CheckedFile {
    /// Everything that was found, with absolute places in the file as it is now.
    pub(crate) fn diagnostics(&self, file: &TestFile) -> Vec<Diagnostic> {
        let mut all = self.of_file.found.clone();
        let has_nothing = |sum: &CheckedSum| !sum.found;
        self.runs.find(has_nothing, |index, checked| {
            if let Some(run) = file.runs.get(index) {
                let placed = |found: &Diagnostic| {
                    moved(found.clone(), &file.name, |at| at.wrapping_add(run.origin.base))
                };
                all.extend(checked.found.iter().map(placed));
            }
            false
        });
        all
    }

    /// Whether schemas and values from outside are the same.
    fn sees_the_same(&self, against: &Against<'_>) -> bool {
        let (then, now) = (&self.modules, against.modules);
        Arc::ptr_eq(then, now) || then.gives_the_same(now)
    }

    /// Whether what was found outside of the runs would be found there again.
    fn holds_outside(&self, file: &TestFile) -> bool {
        let has_errors = |file: &TestFile| file.diagnostics.iter().any(Diagnostic::is_error);
        !self.of_file.fixed
            && self.same_base(file, Moved::Nowhere)
            && self.same_values(file, Moved::Nowhere)
            && has_errors(&self.file) == has_errors(file)
            && self.of_file.answers.still_hold_outside(file)
    }

    /// Whether everything in the file is the same that every run may look at: of its variables, the names.
    fn same_base(&self, file: &TestFile, moved: Moved) -> bool {
        let then = &self.file;
        all_same(then.settings.as_slice().iter(), file.settings.as_slice().iter(), moved)
            && then.variables.keys().eq(file.variables.keys())
            && then.variable_blocks.keys().eq(file.variable_blocks.keys())
            && all_same(then.providers.iter(), file.providers.iter(), moved)
            && all_same(then.mock_providers.iter(), file.mock_providers.iter(), moved)
            && all_same(then.overrides.iter(), file.overrides.iter(), moved)
            && then.mock_files.len() == file.mock_files.len()
            && then.mock_files.iter().zip(&file.mock_files).all(|(a, b)| all_same(a.iter(), b.iter(), moved))
    }

    fn same_values(&self, file: &TestFile, moved: Moved) -> bool {
        let then = &self.file;
        all_same(then.variables.values(), file.variables.values(), moved)
            && all_same(then.variable_blocks.values(), file.variable_blocks.values(), moved)
    }
}

fn all_same<'i, T: 'i>(
    a: impl ExactSizeIterator<Item = &'i Item<T>>,
    b: impl ExactSizeIterator<Item = &'i Item<T>>,
    moved: Moved,
) -> bool {
    a.len() == b.len()
        && a.zip(b)
            .all(|(a, b)| Arc::ptr_eq(&a.decl, &b.decl) && (moved == Moved::Anywhere || a.origin == b.origin))
}

/// How far declarations may have moved to count as the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    Nowhere,
    Anywhere,
}

impl Checked {
    fn run(file: &TestFile, index: usize, context: &TestContext<'_>) -> Checked {
        let Some(run) = &file.runs.get(index) else {
            return Checked::new(Vec::new(), (Answers::default(), Subjects::default()), true);
        };
        let asked = Asked::about(index);
        let found = config::check_run(file, index, &TestContext { asked: Some(&asked), ..*context });
        let base = run.origin.base;
        let own = run.locate(run.span).span;
        let is_own = |span: syntax::Span| own.start <= span.start && span.end <= own.end;
        let is_fixed = |it: &Diagnostic| {
            let places = [&it.subject, &it.context].into_iter().flatten();
            places.filter(|place| place.file == file.name).any(|place| !is_own(place.span))
                || names_a_place(it, file)
        };
        let found: Vec<Diagnostic> = found.into_iter().map(|it| at_run(it, file, run)).collect();
        let fixed = found.iter().any(is_fixed);
        let found = found.into_iter().map(|it| moved(it, &file.name, |at| at.wrapping_sub(base)));
        Checked::new(found.collect(), asked.finish(Some(run)), fixed)
    }

    /// What stands outside of the runs.
    fn outside(file: &TestFile, context: &TestContext<'_>) -> Checked {
        let asked = Asked::about_file();
        let found = config::check_file_level(file, &TestContext { asked: Some(&asked), ..*context });
        let fixed = found.iter().any(|it| names_a_place(it, file));
        Checked::new(found, asked.finish(None), fixed)
    }

    fn new(found: Vec<Diagnostic>, (answers, subjects): (Answers, Subjects), fixed: bool) -> Checked {
        let sum = CheckedSum {
            found: !found.is_empty(),
            doubtful: fixed || answers.about_all,
            whole_modules: answers.whole_modules,
            about_values: answers.about_values,
            subjects,
        };
        Checked { found, answers, fixed, sum }
    }
}

impl Summed for Checked {
    type Sum = CheckedSum;

    fn sum(&self) -> CheckedSum {
        self.sum.clone()
    }

    fn with_sum<R>(&self, look: impl FnOnce(&CheckedSum) -> R) -> R {
        look(&self.sum)
    }

    fn total<'s>(sums: impl Iterator<Item = &'s CheckedSum> + Clone) -> CheckedSum {
        let all =
            |part: fn(&Subjects) -> &NameSet| NameSet::union(sums.clone().map(|sum| part(&sum.subjects))).0;
        let subjects = Subjects {
            runs: all(|it| &it.runs),
            states: all(|it| &it.states),
            declarations: all(|it| &it.declarations),
        };
        CheckedSum {
            found: sums.clone().any(|sum| sum.found),
            doubtful: sums.clone().any(|sum| sum.doubtful),
            whole_modules: sums.clone().any(|sum| sum.whole_modules),
            about_values: sums.clone().any(|sum| sum.about_values),
            subjects,
        }
    }
}

/// Whether a diagnostic has a place of the file in its words, which moves when lines come or go.
fn names_a_place(found: &Diagnostic, file: &TestFile) -> bool {
    found.detail.contains(&format!("{}:", file.name))
}

/// The module under test, and those that the runs of a file name.
fn trees(file: &TestFile, against: &Against<'_>) -> Vec<Tree> {
    let named = file.runs.naming_modules().filter_map(|run| Some(run.module.as_ref()?.source.clone()));
    let sources = std::iter::once(None).chain(named.map(Some));
    sources.map(|source| (source.clone(), (against.tree)(source.as_ref()))).collect()
}

fn same_trees(a: &[Tree], b: &[Tree]) -> bool {
    let same = |((a_source, a), (b_source, b)): (&Tree, &Tree)| match (a, b) {
        (Some(a), Some(b)) => a_source == b_source && Arc::ptr_eq(a, b),
        (a, b) => a_source == b_source && a.is_none() && b.is_none(),
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
