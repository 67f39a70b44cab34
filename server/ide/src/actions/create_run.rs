//! A run block for a module: in the test file at the cursor, or in a test file of the module that the cursor is in, which
//! is made when there is none.

use config::compose::{Body, Expression};
use config::{Command, Feature, FileRole, ModuleTree, TestFile, Variable, join};
use syntax::{Document, FileName};

use super::add_variables::values;
use super::assertion::assertion;
use super::editing::Editing;
use super::{ActionKind, Asked, Change, Offer};
use crate::mocks;
use crate::rename::Refusal;

/// What a run is called that nobody has named yet.
const NAME: &str = "basic";

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    match asked.role {
        FileRole::Test => in_test_file(asked, offers),
        FileRole::Module if asked.invoked => in_module(asked, offers),
        _ => {}
    }
}

/// Between the blocks of a test file.
fn in_test_file<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(test_file) = asked.test_file() else { return };
    if asked.block_at(asked.range.start).is_some() {
        return;
    }
    let make = move || added(asked, &asked.document, test_file, asked.range.start);
    offers.push(Offer::new(ActionKind::Generate, "Add a run block for the module", make));
}

fn in_module<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let existing = asked.test_files().next();
    let (title, make): (String, super::Make<'_>) = match existing {
        Some(test_file) => {
            let title = format!("Add a run block for the module to {}", test_file.name);
            (title, Box::new(move || to_existing(asked, test_file)))
        }
        None => {
            let name = new_file(asked);
            let title = format!("Create {name} with a run block for the module");
            (title, Box::new(move || Ok(vec![whole_file(asked, &name)])))
        }
    };
    offers.push(Offer::new(ActionKind::Generate, title, make));
}

fn to_existing(asked: &Asked<'_>, test_file: &TestFile) -> Result<Vec<Change>, Refusal> {
    let Some(document) = asked.snapshot.document(&test_file.name) else { return Ok(Vec::new()) };
    added(asked, &document, test_file, document.len())
}

/// The run block, and in front of all runs mocks of what would be real.
fn added(
    asked: &Asked<'_>,
    document: &Document,
    test_file: &TestFile,
    at: u32,
) -> Result<Vec<Change>, Refusal> {
    let tree = asked.project.tree();
    let mut mocked = Body::new();
    if asked.dialect.has(Feature::Mocks) {
        for (provider, source) in mocks::real_providers(tree, test_file) {
            mocks::mock_provider(&asked.project, &provider, &source, &mut mocked);
        }
    }
    let is_real = !test_file.providers.is_empty() || !asked.dialect.has(Feature::Mocks);
    let command = if is_real { Command::Plan } else { Command::Apply };
    let given = |variable: &Variable| {
        test_file.variables.contains_key(&variable.name)
            || test_file.variable_blocks.contains_key(&variable.name)
            || asked.project.gives(&variable.name)
    };
    let mut body = Body::new();
    let name = free_name(NAME, |name| test_file.runs.named(name).is_some());
    write_run(asked, tree, &name, command, &given, &mut body);
    let first_run = test_file.runs.first().map(|run| run.locate(run.span).span.start);
    let mut editing = Editing::new(document, asked.dialect);
    match first_run {
        Some(first) if first < at && !mocked.is_empty() => {
            editing.before(first, &mocked)?;
            editing.at_root(at, &body)?;
        }
        _ => {
            mocked.append(body);
            editing.at_root(at, &mocked)?;
        }
    }
    editing.done()
}

/// A test file that mocks everything.
fn whole_file(asked: &Asked<'_>, name: &FileName) -> Change {
    let tree = asked.project.tree();
    let mut body = mocks_of_module(asked);
    let is_real = body.is_empty() && !mocks::needed_providers(tree).is_empty();
    let command = if is_real { Command::Plan } else { Command::Apply };
    write_run(asked, tree, NAME, command, &|variable| asked.project.gives(&variable.name), &mut body);
    Change::Create { file: name.clone(), text: body.to_text() }
}

/// Mocks of all providers that the module needs, where the dialect has mocks.
pub(super) fn mocks_of_module(asked: &Asked<'_>) -> Body {
    let mut body = Body::new();
    if asked.dialect.has(Feature::Mocks) {
        for (provider, source) in mocks::needed_providers(asked.project.tree()) {
            mocks::mock_provider(&asked.project, &provider, &source, &mut body);
        }
    }
    body
}

/// `given` tells which variables have values already.
fn write_run(
    asked: &Asked<'_>,
    tree: &ModuleTree,
    name: &str,
    command: Command,
    given: &dyn Fn(&Variable) -> bool,
    body: &mut Body,
) {
    let mut run = Body::new();
    let word = if command == Command::Plan { "plan" } else { "apply" };
    run.attribute("command", Expression::written(word));
    let required = tree.module.variables.values().filter(|it| it.default.is_none() && !given(it));
    let values = values(&tree.module, required);
    if !values.is_empty() {
        run.block("variables", &[], values);
    }
    // One assertion shows how they are written.
    if let Some(output) = tree.module.outputs.values().find(|output| !output.ephemeral) {
        run.block("assert", &[], assertion(asked, tree, output));
    }
    body.block("run", &[name], run);
}

/// A name that is not taken: with a number behind it, if it must be.
pub(super) fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// The name for the first test file of a module.
pub(super) fn new_file(asked: &Asked<'_>) -> FileName {
    let dir = join(asked.project.dir(), "tests");
    let exists =
        |name: &str| asked.snapshot.files().read_bytes(&join(&dir, &format!("{name}.tftest.hcl"))).is_ok();
    FileName::new(&join(&dir, &format!("{}.tftest.hcl", free_name("main", exists))))
}
