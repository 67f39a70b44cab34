//! A run that expects a condition to fail: from the condition in a module's file, or in a run of a test file.

use config::compose::{Body, Expression};
use config::{Condition, Item, Module, TestFile, Variable};
use syntax::{FileName, Location, SmolStr};

use super::add_variables::values;
use super::create_run::free_name;
use super::editing::Editing;
use super::{ActionKind, Asked, Change, Offer};
use crate::placeholder::{placeholder, refused};
use crate::rename::Refusal;

/// How many objects of a module are offered in one run.
const MOST: usize = 8;

/// Something that has conditions.
#[derive(Clone, Debug)]
struct Checkable<'a> {
    /// As `expect_failures` lists it.
    address: String,
    name: SmolStr,
    /// The variable, and which of its validations is meant.
    variable: Option<(&'a Item<Variable>, &'a Condition)>,
    place: Location,
    /// Whether it is about what is known before anything is made.
    early: bool,
}

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    match asked.test_file() {
        Some(test_file) => in_run(asked, test_file, offers),
        None if asked.invoked => in_module(asked, offers),
        None => {}
    }
}

fn in_module<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let module = &asked.project.tree().module;
    let here = |it: &Checkable<'_>| it.place.file == *asked.file && it.place.span.touches(asked.range.start);
    // The innermost one: a validation and not the whole variable.
    let Some(found) = checkables(module).into_iter().filter(here).min_by_key(|it| it.place.span.len()) else {
        return;
    };
    let test_file = asked.test_files().next();
    let (title, make): (String, super::Make<'_>) = match test_file {
        Some(test_file) => {
            let title = format!("Add a run that expects {} to fail to {}", found.address, test_file.name);
            (title, Box::new(move || appended(asked, test_file, &found)))
        }
        None => {
            let file = super::create_run::new_file(asked);
            let title = format!("Create {file} with a run that expects {} to fail", found.address);
            (title, Box::new(move || Ok(vec![created(asked, &file, &found)])))
        }
    };
    offers.push(Offer::new(ActionKind::Generate, title, make));
}

/// On the name or in the list of a run.
fn in_run<'s>(asked: &'s Asked<'_>, test_file: &'s TestFile, offers: &mut Vec<Offer<'s>>) {
    let Some((index, run)) = asked.run_here(test_file) else { return };
    let Some(tree) = asked.project.module_of(&run) else { return };
    let Some(block) = asked.block_at(asked.range.start) else { return };
    let list = block.argument("expect_failures");
    let on_header = block.header().touches(asked.range.start);
    if !on_header && !list.is_some_and(|list| list.span.touches(asked.range.start)) {
        return;
    }
    let listed: Vec<String> =
        run.expect_failures.iter().filter_map(lang::static_traversal).map(ToString::to_string).collect();
    let mut addresses: Vec<String> = checkables(&tree.module).into_iter().map(|it| it.address).collect();
    addresses.dedup();
    addresses.retain(|address| !listed.contains(address));
    for address in addresses.into_iter().take(MOST) {
        let title = format!("Expect {address} to fail in run \"{}\"", run.name);
        let make = move || listed_in(asked, test_file, index, &address);
        offers.push(Offer::new(ActionKind::Generate, title, make));
    }
}

/// Everything of a module that has conditions, each of them with its own place.
fn checkables(module: &Module) -> Vec<Checkable<'_>> {
    let mut found = Vec::new();
    for variable in module.variables.values() {
        for validation in &variable.validations {
            found.push(Checkable {
                address: format!("var.{}", variable.name),
                name: variable.name.clone(),
                variable: Some((variable, validation)),
                place: variable.locate(validation.span),
                early: true,
            });
        }
    }
    let mut add = |address: String, name: &SmolStr, place: Location, early: bool| {
        found.push(Checkable { address, name: name.clone(), variable: None, place, early });
    };
    for output in module.outputs.values() {
        for condition in &output.preconditions {
            add(
                format!("output.{}", output.name),
                &output.name,
                output.locate(condition.span),
                is_early(condition),
            );
        }
    }
    for check in module.checks.values() {
        add(format!("check.{}", check.name), &check.name, check.locate(check.span), false);
    }
    for (addr, resource) in &module.resources {
        let lifecycle = &resource.lifecycle;
        for condition in lifecycle.preconditions.iter().chain(&lifecycle.postconditions) {
            add(addr.to_string(), &addr.name, resource.locate(condition.span), is_early(condition));
        }
    }
    found
}

/// Whether a condition is about what the run gives to its module, so that a failure keeps anything from being made.
fn is_early(condition: &Condition) -> bool {
    let known = ["var", "local", "path", "terraform"];
    condition.condition.traversals().iter().all(|traversal| known.contains(&traversal.root.as_str()))
}

/// The run that expects it.
fn run_block(asked: &Asked<'_>, test_file: Option<&TestFile>, expected: &Checkable<'_>) -> Body {
    let mut run = Body::new();
    // After a failure while planning nothing is applied; what is known only later cannot fail before.
    run.attribute("command", Expression::written(if expected.early { "plan" } else { "apply" }));
    let given = |name: &SmolStr| {
        test_file
            .is_some_and(|file| file.variables.contains_key(name) || file.variable_blocks.contains_key(name))
            || asked.project.gives(name)
    };
    let module = &asked.project.tree().module;
    let required = module.variables.values().filter(|it| it.default.is_none() && !given(&it.name));
    let own = expected.variable.map(|(variable, _)| &variable.name);
    let mut variables = values(module, required.filter(|it| own != Some(&it.name)));
    if let Some((variable, validation)) = expected.variable {
        match refused(module, variable, validation) {
            Some(value) => variables.attribute(&variable.name, Expression::value(&value)),
            None => variables
                .comment("To be changed to a value that is not allowed.")
                .attribute(&variable.name, Expression::value(&placeholder(module, variable))),
        };
    }
    if !variables.is_empty() {
        run.block("variables", &[], variables);
    }
    run.attribute("expect_failures", Expression::list([Expression::written(&expected.address)]));
    let taken = |name: &str| test_file.is_some_and(|file| file.runs.named(name).is_some());
    let verb = if expected.variable.is_some() { "rejects" } else { "fails" };
    let name = free_name(&format!("{verb}_{}", expected.name), taken);
    let mut body = Body::new();
    body.block("run", &[&name], run);
    body
}

fn appended(
    asked: &Asked<'_>,
    test_file: &TestFile,
    expected: &Checkable<'_>,
) -> Result<Vec<Change>, Refusal> {
    let Some(document) = asked.snapshot.document(&test_file.name) else { return Ok(Vec::new()) };
    let body = run_block(asked, Some(test_file), expected);
    let mut editing = Editing::new(&document, asked.dialect);
    editing.at_root(document.len(), &body)?;
    editing.done()
}

fn created(asked: &Asked<'_>, file: &FileName, expected: &Checkable<'_>) -> Change {
    let mut body = super::create_run::mocks_of_module(asked);
    body.append(run_block(asked, None, expected));
    Change::Create { file: file.clone(), text: body.to_text() }
}

/// The address in the list of a run, which is made where there is none.
fn listed_in(
    asked: &Asked<'_>,
    test_file: &TestFile,
    index: usize,
    address: &str,
) -> Result<Vec<Change>, Refusal> {
    let Some(run) = test_file.runs.get(index) else { return Ok(Vec::new()) };
    let Some(block) = asked.block_of(&run) else { return Ok(Vec::new()) };
    let mut editing = asked.editing();
    match block.argument("expect_failures") {
        Some(list) => editing.add_word(&list, address)?,
        None => {
            let mut body = Body::new();
            body.attribute("expect_failures", Expression::list([Expression::written(address)]));
            editing.before_block(&block, block.blocks().next().as_ref(), &body)?;
        }
    }
    editing.done()
}
