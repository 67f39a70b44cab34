//! An assertion about an output: in the run that `run.x.out` names, or in a test of the module that declares it.

use config::compose::Body;
use config::{Run, TestFile};

use super::assertion::assertion_of_run;
use super::editing::{Editing, block_at};
use super::{ActionKind, Asked, Change, Offer};
use crate::parts::Holder;
use crate::rename::Refusal;
use crate::symbol::Symbol;
use crate::trail::{access_at, trail};

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(named) = asked.snapshot.occurrence_at(asked.file, asked.range.start) else { return };
    let Symbol::Output { module, name } = &named.symbol else { return };
    // From where the output is declared, the last run of each test file that has one; else the run that is named.
    let files: Vec<(&TestFile, usize)> = match asked.test_file() {
        Some(test_file) => run_named(asked, test_file).map(|index| (test_file, index)).into_iter().collect(),
        None if asked.invoked && named.is_definition() => {
            let last = |file: &TestFile| {
                let is_of =
                    |run: &Run| asked.project.module_of(run).is_some_and(|tree| tree.module.dir == *module);
                (0..file.runs.len()).rev().find(|index| file.runs.decl(*index).is_some_and(|run| is_of(run)))
            };
            asked.test_files().filter_map(|file| Some((file, last(file)?))).take(3).collect()
        }
        None => return,
    };
    for (test_file, index) in files {
        let Some(run) = test_file.runs.get(index) else { continue };
        let in_file =
            if test_file.name == *asked.file { String::new() } else { format!(" of {}", test_file.name) };
        let title = format!("Assert output \"{name}\" in run \"{}\"{in_file}", run.name);
        let name = name.clone();
        let make = move || assert_in(asked, test_file, index, &name);
        offers.push(Offer::new(ActionKind::Generate, title, make));
    }
}

/// The run whose output is named at the cursor: that of `run.x.out`, or the one around `output.out`.
fn run_named(asked: &Asked<'_>, test_file: &TestFile) -> Option<usize> {
    let placed = asked.snapshot.chunk_touching(asked.file, asked.range.start)?;
    let at = asked.range.start.checked_sub(placed.base)?;
    let trail = trail(&placed.chunk.body, Holder::of_file(asked.file), at);
    let access = access_at(trail.last()?.1.value?, at)?;
    match access.names.as_slice() {
        [(root, _), (run, _), ..] if root == "run" => test_file.runs.named(run),
        _ => None,
    }
}

fn assert_in(
    asked: &Asked<'_>,
    test_file: &TestFile,
    index: usize,
    name: &str,
) -> Result<Vec<Change>, Refusal> {
    let Some(run) = &test_file.runs.get(index) else { return Ok(Vec::new()) };
    let tree = asked.project.module_of(run);
    let Some(output) = tree.and_then(|tree| tree.module.outputs.get(name)) else { return Ok(Vec::new()) };
    let Some(document) = asked.snapshot.document(&test_file.name) else { return Ok(Vec::new()) };
    let found = block_at(&document, run.locate(run.header).span.start);
    let (Some(block), Some(tree)) = (found, tree) else { return Ok(Vec::new()) };
    let mut body = Body::new();
    body.block("assert", &[], assertion_of_run(asked, tree, Some(run), output));
    let mut editing = Editing::new(&document, asked.dialect);
    editing.add_to_block(&block, &body)?;
    editing.done()
}
