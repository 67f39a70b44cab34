//! Which run blocks of a file are executed, and why.

use std::collections::BTreeSet;

use config::{Command, Run, TestFile, state_key};
use lang::Expr;
use syntax::{Diagnostic, Diagnostics, FileName, SmolStr};

use crate::request::Filter;

/// A run block that is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// The block's place among the file's runs.
    pub(crate) index: usize,
    /// Not selected itself: a selected block needs it.
    pub(crate) prerequisite: bool,
}

/// The blocks of `file` to execute, in source order. `None` when no filter names the file or a run of it.
///
/// A filter for one run brings along what that run needs: the earlier blocks that write the state it starts from,
/// those whose outputs it reads through `run.x`, and what these need in turn. A block with `command = plan` writes
/// no state, so it is needed only where its outputs are read.
pub(crate) fn steps(file: &TestFile, filters: &[Filter]) -> Option<Vec<Step>> {
    let mine: Vec<&Filter> = filters.iter().filter(|filter| filter.file == file.name).collect();
    if mine.is_empty() && !filters.is_empty() {
        return None;
    }
    let whole =
        mine.iter().all(|filter| filter.run.is_none()) || mine.iter().any(|filter| filter.run.is_none());
    let selected: BTreeSet<usize> = (0..file.runs.len())
        .filter(|index| whole || mine.iter().any(|filter| filter.run.as_ref() == name_of(file, *index)))
        .collect();
    if selected.is_empty() && !whole {
        return None;
    }
    let mut needed = selected.clone();
    let mut open: Vec<usize> = selected.iter().copied().collect();
    while let Some(index) = open.pop() {
        for need in needs(file, index) {
            if needed.insert(need) {
                open.push(need);
            }
        }
    }
    let step = |index| Step { index, prerequisite: !selected.contains(&index) };
    Some(needed.into_iter().map(step).collect())
}

/// A warning for every filter that names a run that its file does not have.
pub(crate) fn unmatched_runs(files: &[&TestFile], filters: &[Filter]) -> Diagnostics {
    let missing = |filter: &&Filter| {
        let file = files.iter().find(|file| file.name == filter.file);
        let has = |name: &SmolStr| file.is_none_or(|file| file.runs.iter().any(|run| run.name == *name));
        filter.run.as_ref().is_some_and(|name| !has(name))
    };
    filters.iter().filter(missing).map(unknown_run).collect()
}

fn unknown_run(filter: &Filter) -> Diagnostic {
    let name = filter.run.as_deref().unwrap_or_default();
    let detail = format!("The test file {} has no run block named {}.", filter.file, lang::quote(name));
    Diagnostic::warning("Unknown run block", detail).with_code("unknown-run")
}

fn name_of(file: &TestFile, index: usize) -> Option<&SmolStr> {
    file.runs.get(index).map(|run| &run.name)
}

/// The earlier blocks that the block at `index` needs directly.
fn needs(file: &TestFile, index: usize) -> Vec<usize> {
    let Some(run) = file.runs.get(index) else { return Vec::new() };
    let key = state_key(run);
    let read = runs_read(file, run);
    let earlier = file.runs.iter().take(index).enumerate();
    earlier
        .filter(|(_, other)| {
            let writes_its_state = other.command == Command::Apply && state_key(other) == key;
            writes_its_state || read.contains(&other.name)
        })
        .map(|(index, _)| index)
        .collect()
}

/// The names of the runs whose outputs `run` reads, directly or through the file's variables.
fn runs_read(file: &TestFile, run: &Run) -> BTreeSet<SmolStr> {
    let mut names = BTreeSet::new();
    let own = run.variables.values().map(|variable| &variable.value);
    let asserts = run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
    own.chain(asserts).for_each(|expr| collect(expr, "run", &mut names));
    // A file variable reaches the module by its name alone, unless the run sets the same name.
    let inherited = file.variables.iter().filter(|(name, _)| !run.variables.contains_key(*name));
    inherited.for_each(|(_, variable)| collect(&variable.value, "run", &mut names));
    let mut variables = BTreeSet::new();
    run.variables.values().for_each(|variable| collect(&variable.value, "var", &mut variables));
    for variable in variables.iter().filter_map(|name| file.variables.get(name)) {
        collect(&variable.value, "run", &mut names);
    }
    names
}

/// The names that `expr` reads below `root`: `x` of `run.x.y`.
pub(crate) fn collect(expr: &Expr, root: &str, names: &mut BTreeSet<SmolStr>) {
    let below = expr.traversals().iter().filter(|traversal| traversal.root == root);
    names.extend(below.filter_map(|traversal| traversal.attr(0).cloned()));
}

/// `FILE` or `FILE::RUN`.
impl Filter {
    pub fn parse(text: &str) -> Filter {
        match text.rsplit_once("::") {
            Some((file, run)) => Filter { file: FileName::new(file), run: Some(run.into()) },
            None => Filter { file: FileName::new(text), run: None },
        }
    }
}
