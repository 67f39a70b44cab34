//! Which run blocks of a file are executed, and why.

use std::collections::BTreeSet;

use config::{Command, Feature, Run, TestFile};
use lang::Expr;
use syntax::{Diagnostic, Diagnostics, SmolStr};

use crate::filter::Filter;
use crate::load::Loaded;
use crate::meant;
use crate::order::Graph;
use crate::request::Request;

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
    let mine: Vec<&Filter> = filters.iter().filter(|filter| filter.takes_file(&file.name)).collect();
    if mine.is_empty() && !filters.is_empty() {
        return None;
    }
    let whole =
        mine.iter().all(|filter| !filter.is_for_runs()) || mine.iter().any(|filter| !filter.is_for_runs());
    let selected: BTreeSet<usize> = (0..file.runs.len())
        .filter(|index| {
            whole || name_of(file, *index).is_some_and(|name| mine.iter().any(|it| it.takes_run(name)))
        })
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

/// A warning for every filter of a kind that only this tool has, where it selects nothing. Of the others, each version
/// has its own habits: see [`unknown_files`].
pub(crate) fn without_effect(files: &[&TestFile], filters: &[Filter]) -> Diagnostics {
    let mut found = Diagnostics::new();
    for filter in filters.iter().filter(|filter| !filter.is_plain()) {
        let mut taken = files.iter().filter(|file| filter.takes_file(&file.name)).peekable();
        if taken.peek().is_none() {
            found.push(unknown_file(filter, &meant::file(filter, files)));
            continue;
        }
        let (file, run) = (filter.file(), filter.run().unwrap_or_default());
        if filter.is_for_runs() && !taken.any(|file| file.runs.iter().any(|it| filter.takes_run(&it.name))) {
            let meant = meant::run(filter, files);
            let detail = format!("The test file {file} has no run block named {}.{meant}", lang::quote(run));
            found.push(Diagnostic::warning("Unknown run block", detail).with_code("unknown-run"));
        }
    }
    found
}

/// The warnings about filters that name no file, in the words of the tools that have them.
pub(crate) fn unknown_files(files: &[&TestFile], request: &Request) -> Diagnostics {
    let unknown =
        |filter: &&Filter| filter.is_plain() && !files.iter().any(|file| filter.takes_file(&file.name));
    let warning = |filter| match request.explains {
        true => unknown_file(filter, &meant::file(filter, files)),
        false => unknown_file(filter, ""),
    };
    request.filters.iter().filter(unknown).map(warning).collect()
}

/// `meant` is what it may have meant, as a sentence behind a space.
fn unknown_file(filter: &Filter, meant: &str) -> Diagnostic {
    let detail = format!("The specified test file, {}, could not be found.{meant}", filter.file());
    Diagnostic::warning("Unknown test file", detail).with_code("unknown-test-file")
}

/// OpenTofu's warning that nothing is left after filtering.
pub(crate) fn nothing_left() -> Diagnostic {
    let detail = "-filter is being used but no tests were found. Make sure you're using a relative path to the current \
                  working directory.";
    Diagnostic::warning("No tests were found", detail).with_code("no-tests")
}

/// What separates the states that a file's runs work on.
pub(crate) fn state_key(run: &Run) -> SmolStr {
    config::state_key(run).into()
}

fn name_of(file: &TestFile, index: usize) -> Option<&SmolStr> {
    file.runs.decl(index).map(|run| &run.name)
}

/// The blocks that the block at `index` needs directly.
fn needs(file: &TestFile, graph: &Graph<'_>, index: usize) -> BTreeSet<usize> {
    let mut needs: BTreeSet<usize> = graph.read_by(index).into_iter().collect();
    // Where a later block cannot be waited for, reading it is an error with it and without it.
    needs.retain(|other| *other < index || file.dialect.has(Feature::FileGraph));
    if let Some(run) = file.runs.decl(index) {
        let key = state_key(run);
        let earlier = file.runs.decls().take(index).enumerate();
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
