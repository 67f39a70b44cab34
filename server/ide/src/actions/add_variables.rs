//! Values for the variables that a run's module requires and nothing gives.

use config::compose::{Body, Expression};
use config::{Item, Module, Run, TestFile, Variable};
use syntax::{Diagnostic, SmolStr};

use super::editing::root_blocks;
use super::{ActionKind, Asked, Change, Offer};
use crate::placeholder::placeholder;
use crate::rename::Refusal;

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(test_file) = asked.test_file() else { return };
    let Some((index, run)) = asked.run_here(test_file) else { return };
    let missing: Vec<SmolStr> =
        missing_variables(asked, test_file, &run).iter().map(|variable| variable.name.clone()).collect();
    let what = match &*missing {
        [] => return,
        [name] => format!("the variable \"{name}\""),
        names => format!("the {} missing variables", names.len()),
    };
    // They are said at the run's name.
    let place = run.locate(run.name_span);
    let is_said = |it: &&Diagnostic| {
        it.code == Some("missing-variable") && it.subject.as_ref().is_some_and(|subject| *subject == place)
    };
    let said: Vec<Diagnostic> = asked.diagnostics.iter().filter(is_said).cloned().collect();
    let kind = if said.is_empty() { ActionKind::Generate } else { ActionKind::QuickFix };
    let to_run = move || to_run(asked, test_file, index);
    let title = format!("Add {what} to run \"{}\"", run.name);
    offers.push(Offer { preferred: true, diagnostics: said.clone(), ..Offer::new(kind, title, to_run) });
    let to_file = move || to_file(asked, test_file, index);
    let title = format!("Add {what} to all runs of the file");
    offers.push(Offer { diagnostics: said, ..Offer::new(kind, title, to_file) });
}

/// The variables that the run's module requires and that get no value.
pub(super) fn missing_variables<'p>(
    asked: &'p Asked<'_>,
    test_file: &TestFile,
    run: &Item<Run>,
) -> Vec<&'p Item<Variable>> {
    let Some(tree) = asked.project.module_of(run) else { return Vec::new() };
    let given = |name: &SmolStr| {
        run.variables.contains_key(name)
            || test_file.variables.contains_key(name)
            || test_file.variable_blocks.contains_key(name)
            || asked.project.gives(name)
    };
    let required = tree.module.variables.values().filter(|variable| variable.default.is_none());
    required.filter(|variable| !given(&variable.name)).collect()
}

/// `name = value` for each variable.
pub(super) fn values<'v>(module: &Module, variables: impl IntoIterator<Item = &'v Item<Variable>>) -> Body {
    let mut body = Body::new();
    for variable in variables {
        body.attribute(&variable.name, Expression::value(&placeholder(module, variable)));
    }
    body
}

fn to_run(asked: &Asked<'_>, test_file: &TestFile, index: usize) -> Result<Vec<Change>, Refusal> {
    let Some(run) = &test_file.runs.get(index) else { return Ok(Vec::new()) };
    let Some(tree) = asked.project.module_of(run) else { return Ok(Vec::new()) };
    let values = values(&tree.module, missing_variables(asked, test_file, run));
    let Some(block) = asked.block_of(run) else { return Ok(Vec::new()) };
    let mut editing = asked.editing();
    match block.blocks_of("variables").next() {
        Some(variables) => editing.add_to_block(&variables, &values)?,
        None => {
            let mut variables = Body::new();
            variables.block("variables", &[], values);
            // In front of the first block, behind the arguments: where people look for them.
            editing.before_block(&block, block.blocks().next().as_ref(), &variables)?;
        }
    }
    editing.done()
}

fn to_file(asked: &Asked<'_>, test_file: &TestFile, index: usize) -> Result<Vec<Change>, Refusal> {
    let Some(run) = &test_file.runs.get(index) else { return Ok(Vec::new()) };
    let Some(tree) = asked.project.module_of(run) else { return Ok(Vec::new()) };
    let values = values(&tree.module, missing_variables(asked, test_file, run));
    let mut editing = asked.editing();
    match root_blocks(&asked.document, "variables").next() {
        Some(block) => editing.add_to_block(&block, &values)?,
        None => {
            let mut variables = Body::new();
            variables.block("variables", &[], values);
            let first = root_blocks(&asked.document, "run").next().map_or(0, |run| run.span().start);
            editing.before(first, &variables)?;
        }
    }
    editing.done()
}
