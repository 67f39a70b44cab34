//! An override of a resource, a data source or a module: for the run in which it is named, or for all runs of a test file
//! from where it is declared.

use config::compose::{Body, Expression};
use config::{Feature, ModuleTree, ResourceAddr, ResourceMode, TestFile};
use lang::Value;
use syntax::SmolStr;

use super::editing::Editing;
use super::{ActionKind, Asked, Change, Offer};
use crate::mocks;
use crate::rename::Refusal;
use crate::shapes::Named;
use crate::symbol::Symbol;

/// In how many test files something is offered to be overridden.
const MOST_FILES: usize = 3;

/// What is overridden.
#[derive(Clone)]
struct Overridden<'a> {
    /// As it is addressed from the module that runs.
    address: String,
    block: &'static str,
    what: What<'a>,
}

#[derive(Clone)]
enum What<'a> {
    Resource(&'a ModuleTree, ResourceAddr),
    Module(&'a ModuleTree),
}

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    if !asked.dialect.has(Feature::Overrides) {
        return;
    }
    let Some(named) = asked.snapshot.occurrence_at(asked.file, asked.range.start) else { return };
    match asked.test_file() {
        Some(test_file) => {
            let Some((index, run)) = asked.run_here(test_file) else { return };
            let Some(tree) = asked.project.module_of(&run) else { return };
            let Some(overridden) = overridden(tree, &named.symbol) else { return };
            let targets = run.overrides.iter().filter_map(|it| it.address.as_ref());
            let of_file = test_file.overrides.iter().filter_map(|it| it.address.as_ref());
            if targets.chain(of_file).any(|target| target.to_string() == overridden.address) {
                return;
            }
            let title = format!("Override {} in run \"{}\"", overridden.address, run.name);
            let make = move || in_run(asked, test_file, index, &overridden);
            offers.push(Offer::new(ActionKind::Generate, title, make));
        }
        None if asked.invoked && named.is_definition() => {
            let Some(overridden) = overridden(asked.project.tree(), &named.symbol) else { return };
            for test_file in asked.test_files().take(MOST_FILES) {
                let of_file = test_file.overrides.iter().filter_map(|it| it.address.as_ref());
                if of_file.into_iter().any(|target| target.to_string() == overridden.address) {
                    continue;
                }
                let title = format!("Override {} in {}", overridden.address, test_file.name);
                let overridden = overridden.clone();
                let make = move || in_file(asked, test_file, &overridden);
                offers.push(Offer::new(ActionKind::Generate, title, make));
            }
        }
        None => {}
    }
}

/// The way to a symbol of a module that is part of what runs.
fn overridden<'a>(tree: &'a ModuleTree, symbol: &Symbol) -> Option<Overridden<'a>> {
    match symbol {
        Symbol::Resource { module, addr } if addr.mode != ResourceMode::Ephemeral => {
            let (path, tree) = find(tree, module, &mut Vec::new())?;
            tree.module.resources.get(addr)?;
            let managed = addr.mode == ResourceMode::Managed;
            let block = if managed { "override_resource" } else { "override_data" };
            Some(Overridden {
                address: format!("{path}{addr}"),
                block,
                what: What::Resource(tree, addr.clone()),
            })
        }
        Symbol::ModuleCall { module, name } => {
            let (path, tree) = find(tree, module, &mut Vec::new())?;
            let child = tree.children.get(name)?;
            let address = format!("{path}module.{name}");
            Some(Overridden { address, block: "override_module", what: What::Module(child) })
        }
        _ => None,
    }
}

/// The module in a directory below `tree`, and the calls that lead to it: `module.a.module.b.`, or nothing.
fn find<'a>(
    tree: &'a ModuleTree,
    dir: &SmolStr,
    path: &mut Vec<&'a SmolStr>,
) -> Option<(String, &'a ModuleTree)> {
    if tree.module.dir == *dir {
        return Some((path.iter().map(|name| format!("module.{name}.")).collect(), tree));
    }
    tree.children.iter().find_map(|(name, child)| {
        path.push(name);
        let found = syntax::with_stack(|| find(child, dir, path));
        path.pop();
        found
    })
}

/// The whole block.
fn written(asked: &Asked<'_>, overridden: &Overridden<'_>) -> Body {
    let mut inside = Body::new();
    inside.attribute("target", Expression::written(&overridden.address));
    match &overridden.what {
        What::Resource(tree, addr) => {
            let values = mocks::override_values(&asked.project, tree, addr);
            if !values.is_empty() {
                inside.attribute("values", mocks::object(&values));
            }
        }
        What::Module(tree) => {
            let outputs: Vec<(SmolStr, Value)> = outputs(asked, tree);
            inside.attribute("outputs", mocks::object(&outputs));
        }
    }
    let mut body = Body::new();
    body.block(overridden.block, &[], inside);
    body
}

/// Values for all outputs of a module, of their types as far as those can be told.
fn outputs(asked: &Asked<'_>, tree: &ModuleTree) -> Vec<(SmolStr, Value)> {
    let known = crate::types::Known::default();
    let types = crate::types::Types::of_module(&asked.project, tree, &known);
    let outputs = tree.module.outputs.values().map(|output| {
        let description = output.description.as_deref().unwrap_or_default();
        let named = Named { name: &output.name, kind: "", description };
        (output.name.clone(), named.value(&types.output(&output.name)))
    });
    outputs.collect()
}

fn in_run(
    asked: &Asked<'_>,
    test_file: &TestFile,
    index: usize,
    overridden: &Overridden<'_>,
) -> Result<Vec<Change>, Refusal> {
    let Some(run) = test_file.runs.get(index) else { return Ok(Vec::new()) };
    let Some(block) = asked.block_of(&run) else { return Ok(Vec::new()) };
    let mut editing = asked.editing();
    // In front of the assertions, which come last.
    editing.before_block(&block, block.blocks_of("assert").next().as_ref(), &written(asked, overridden))?;
    editing.done()
}

fn in_file(
    asked: &Asked<'_>,
    test_file: &TestFile,
    overridden: &Overridden<'_>,
) -> Result<Vec<Change>, Refusal> {
    let Some(document) = asked.snapshot.document(&test_file.name) else { return Ok(Vec::new()) };
    let written = written(asked, overridden);
    let mut editing = Editing::new(&document, asked.dialect);
    match test_file.runs.first() {
        Some(run) => editing.before(run.locate(run.span).span.start, &written)?,
        None => editing.at_root(document.len(), &written)?,
    }
    editing.done()
}
