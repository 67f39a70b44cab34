//! Values for what a plan leaves open and an assertion asks for: in the mock that makes the object, or in an override.

use std::collections::BTreeMap;

use config::compose::{Body, Expression};
use config::{
    Condition, Feature, Grammar, LeftOpen, ModuleTree, ResourceAddr, ResourceMode, Subject, TestFile,
    parse_reference,
};
use lang::expr::Node;
use lang::{StepKind, Value};
use syntax::ast::BinaryOp;
use syntax::{Diagnostic, Origin, SmolStr};

use super::editing::{Editing, Found};
use super::{ActionKind, Asked, Change, Offer};
use crate::mocks::{self, Reads};
use crate::rename::Refusal;

/// An object with values for what the plan leaves open of it.
#[derive(Clone, Debug)]
struct Open {
    /// As it is addressed from the module that runs.
    address: String,
    addr: ResourceAddr,
    mock: Option<usize>,
    values: Vec<(SmolStr, Value)>,
}

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(test_file) = asked.test_file() else { return };
    if !asked.dialect.has(Feature::OverrideDuring) {
        return;
    }
    for diagnostic in asked.diagnostics_here().filter(|it| it.code == Some("unknown-condition")) {
        let Some((index, assert)) = asserted(test_file, diagnostic) else { continue };
        let open = left_open(asked, test_file, index, assert);
        let Some(first) = open.first() else { continue };
        let what = match (&*open, &*first.values) {
            ([open], [(attribute, _)]) => format!("{}.{attribute}", open.address),
            ([open], _) => format!("the attributes of {}", open.address),
            _ => "the unknown attributes".to_owned(),
        };
        let mut add = |title: String, make: super::Make<'s>| {
            if offers.iter().all(|offer| offer.title != title) {
                let diagnostics = vec![diagnostic.clone()];
                offers.push(Offer {
                    diagnostics,
                    make,
                    ..Offer::new(ActionKind::QuickFix, title, || Ok(Vec::new()))
                });
            }
        };
        if open.iter().all(|open| open.mock.is_some()) {
            let open = open.clone();
            let make = move || in_mocks(asked, test_file, &open);
            add(format!("Let the mock give {what} while planning"), Box::new(make));
        }
        let make = move || in_run(asked, test_file, index, &open);
        add(format!("Override {what} while planning"), Box::new(make));
    }
}

/// The assertion that a diagnostic is about, and the index of its run.
fn asserted<'t>(test_file: &'t TestFile, diagnostic: &Diagnostic) -> Option<(usize, &'t Condition)> {
    let subject = diagnostic.subject.as_ref()?;
    test_file.runs.touching(subject.span).find_map(|(index, run)| {
        let mut asserts = test_file.runs.decl(index)?.asserts.iter();
        let found = asserts.find(|assert| assert.condition.location(&run.origin) == *subject)?;
        Some((index, found))
    })
}

/// What the plan leaves open, by object. An object that the run overrides already is left out.
fn left_open(asked: &Asked<'_>, test_file: &TestFile, index: usize, assert: &Condition) -> Vec<Open> {
    let Some(run) = &test_file.runs.get(index) else { return Vec::new() };
    let Some(root) = asked.project.module_of(run) else { return Vec::new() };
    let mut found: Vec<Open> = Vec::new();
    for LeftOpen { module, resource: addr, attribute, mock } in
        asked.project.left_open(test_file, index, &assert.condition)
    {
        let inner = module
            .iter()
            .try_fold(&**root, |tree: &ModuleTree, call| tree.children.get(call).map(|it| &**it));
        let Some((tree, resource)) = inner.and_then(|tree| Some((tree, tree.module.resources.get(&addr)?)))
        else {
            continue;
        };
        let calls: String = module.iter().map(|call| format!("module.{call}.")).collect();
        let address = format!("{calls}{addr}");
        let wanted = if module.is_empty() { wanted(assert, &addr, &attribute) } else { None };
        let value = wanted.unwrap_or_else(|| {
            let source = tree.module.provider_of(resource);
            Reads::new(&asked.project, &source).value(ResourceMode::Managed, &addr.kind, &attribute)
        });
        match found.iter_mut().find(|open| open.address == address) {
            Some(open) => open.values.push((attribute, value)),
            None => found.push(Open { address, addr, mock, values: vec![(attribute, value)] }),
        }
    }
    let targets = run.overrides.iter().filter_map(|it| it.address.as_ref()).map(ToString::to_string);
    let targets: Vec<String> = targets.collect();
    if found.iter().any(|open| targets.contains(&open.address)) { Vec::new() } else { found }
}

/// What the condition compares the attribute with, so that it holds.
fn wanted(assert: &Condition, addr: &ResourceAddr, attribute: &str) -> Option<Value> {
    let condition = &assert.condition;
    let is_it = |id| {
        match condition.node(id) {
        Node::Reference(index) => condition.traversals().get(*index as usize).is_some_and(|traversal| {
            let reference = parse_reference(traversal, &Origin::default(), Grammar::Test);
            reference.is_ok_and(|reference| {
                let rest = traversal.steps.get(reference.consumed..).unwrap_or_default();
                matches!(&reference.subject, Subject::Resource(found, _) if found == addr)
                    && matches!(rest, [step] if matches!(&step.kind, StepKind::Attr(name) if name == attribute))
            })
        }),
        _ => false,
    }
    };
    let literal = |id| match condition.node(id) {
        Node::Literal(value) if !value.is_null() => Some(value.clone()),
        // Within a string of JSON, a text is a template of one part.
        Node::Template(parts) => match (parts.first().map(|part| condition.node(*part)), parts.len()) {
            (Some(Node::Literal(value)), 1) => Some(value.clone()),
            (None, _) => Some(Value::string("")),
            _ => None,
        },
        _ => None,
    };
    condition.nodes().find_map(|(_, node)| match node {
        Node::Binary { op: BinaryOp::Equal, lhs, rhs } if is_it(*lhs) => literal(*rhs),
        Node::Binary { op: BinaryOp::Equal, lhs, rhs } if is_it(*rhs) => literal(*lhs),
        _ => None,
    })
}

fn in_run(
    asked: &Asked<'_>,
    test_file: &TestFile,
    index: usize,
    open: &[Open],
) -> Result<Vec<Change>, Refusal> {
    let Some(run) = test_file.runs.get(index) else { return Ok(Vec::new()) };
    let Some(block) = asked.block_of(&run) else { return Ok(Vec::new()) };
    let mut overrides = Body::new();
    for open in open {
        let mut inside = Body::new();
        inside.attribute("target", Expression::written(&open.address));
        inside.attribute("override_during", Expression::written("plan"));
        inside.attribute("values", mocks::object(&open.values));
        overrides.block("override_resource", &[], inside);
    }
    let mut editing = asked.editing();
    editing.before_block(&block, block.blocks_of("assert").next().as_ref(), &overrides)?;
    editing.done()
}

/// The default values of a mock's types, which are ready for the plan.
fn in_mocks(asked: &Asked<'_>, test_file: &TestFile, open: &[Open]) -> Result<Vec<Change>, Refusal> {
    let mut by_kind: BTreeMap<(usize, SmolStr), Vec<(SmolStr, Value)>> = BTreeMap::new();
    for open in open {
        let values = by_kind.entry((open.mock.unwrap_or_default(), open.addr.kind.clone())).or_default();
        for (name, value) in &open.values {
            if !values.iter().any(|(other, _)| other == name) {
                values.push((name.clone(), value.clone()));
            }
        }
    }
    let mut editing = asked.editing();
    for ((index, kind), values) in by_kind {
        let Some(mock) = test_file.mock_providers.get(index) else { continue };
        let Some(block) = asked.block_at(mock.locate(mock.header).span.start) else { continue };
        let mut there = block.blocks_of("mock_resource");
        match there.find(|it| it.label() == Some(&kind)) {
            Some(there) => change(&mut editing, &there, mock.during.is_none(), &values)?,
            None => {
                let mut inside = Body::new();
                if mock.during != Some(config::Command::Plan) {
                    inside.attribute("override_during", Expression::written("plan"));
                }
                inside.attribute("defaults", mocks::object(&values));
                let mut new = Body::new();
                new.block("mock_resource", &[&kind], inside);
                editing.add_to_block(&block, &new)?;
            }
        }
    }
    editing.done()
}

/// Changes a mock that is there: its values at the right time, and those that it lacks.
fn change<'d>(
    editing: &mut Editing<'d>,
    block: &Found<'d>,
    is_late: bool,
    values: &[(SmolStr, Value)],
) -> Result<(), Refusal> {
    let mut new = Body::new();
    match block.argument("override_during") {
        Some(during) => editing.set_word(&during, "plan")?,
        None if is_late => {
            new.attribute("override_during", Expression::written("plan"));
        }
        None => {}
    }
    match block.argument("defaults") {
        Some(defaults) => {
            let given = |name: &str| {
                let syntax::ast::ExprKind::Object(items) = &defaults.value.kind else { return false };
                items.iter().any(|it| it.key.as_keyword().or_else(|| it.key.as_plain_string()) == Some(name))
            };
            let lacking: Vec<_> = values.iter().filter(|(name, _)| !given(name)).cloned().collect();
            if !lacking.is_empty() {
                editing.add_to_object(&defaults, &lacking)?;
            }
            if !new.is_empty() {
                editing.before_argument(&defaults, &new)?;
            }
        }
        None => {
            new.attribute("defaults", mocks::object(values));
            editing.add_to_block(block, &new)?;
        }
    }
    Ok(())
}
