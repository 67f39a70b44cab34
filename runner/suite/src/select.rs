//! Which run blocks of a file are executed, and why.

use std::collections::BTreeSet;

use config::{Command, Feature, Run, TestFile};
use lang::Expr;
use syntax::{Diagnostic, Diagnostics, FileName, SmolStr};

use crate::load::Loaded;
use crate::order::Graph;
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
/// those whose outputs it reads through `run.x`, itself or through the file's variables and providers, and what these
/// need in turn. A block with `command = plan` writes no state, so it is needed only where its outputs are read.
pub(crate) fn steps(file: &TestFile, filters: &[Filter], loaded: &Loaded) -> Option<Vec<Step>> {
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
    let mut open: Vec<usize> = selected.iter().copied().filter(|_| !whole).collect();
    let everything: Vec<usize> = if whole { Vec::new() } else { (0..file.runs.len()).collect() };
    let graph = Graph::of(file, &everything, loaded);
    while let Some(index) = open.pop() {
        for need in needs(file, &graph, index) {
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

/// What separates the states that a file's runs work on.
pub(crate) fn state_key(run: &Run) -> SmolStr {
    match (&run.state_key, &run.module) {
        (Some((key, _)), _) => key.clone(),
        (None, Some(module)) => module.source.clone(),
        (None, None) => SmolStr::default(),
    }
}

fn name_of(file: &TestFile, index: usize) -> Option<&SmolStr> {
    file.runs.get(index).map(|run| &run.name)
}

/// The blocks that the block at `index` needs directly.
fn needs(file: &TestFile, graph: &Graph<'_>, index: usize) -> BTreeSet<usize> {
    let mut needs: BTreeSet<usize> = graph.read_by(index).into_iter().collect();
    // Where a later block cannot be waited for, reading it is an error with it and without it.
    needs.retain(|other| *other < index || file.dialect.has(Feature::FileGraph));
    if let Some(run) = file.runs.get(index) {
        let key = state_key(run);
        let earlier = file.runs.iter().take(index).enumerate();
        let writers = earlier.filter(|(_, other)| other.command == Command::Apply && state_key(other) == key);
        needs.extend(writers.map(|(index, _)| index));
    }
    needs
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
