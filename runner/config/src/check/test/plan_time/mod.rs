//! Values that a run with `command = plan` cannot know.
//!
//! Only what is certain counts. A value is unknown when it is a computed attribute of an object that the plan is about to
//! create and that nobody gives a value while planning, or when it is made of such a value by something that cannot
//! know more than its operands. What real providers know in their plans their schemas do not say; about them there is
//! a hint, where an attribute can only be set by the provider.

mod objects;
mod value;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use lang::{Dialect, Expr, Tool, Traversal};
use syntax::{Diagnostic, Origin, SmolStr};

use self::value::Unknown;
use super::run::RunChecker;
use super::{Siblings, TestContext};
use crate::address::ResourceAddr;
use crate::dialect::Feature;
use crate::module::{Condition, ModuleTree, Resource};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::test_file::{Command, PlanMode, Run, TestFile};

/// What is asked about one run with `command = plan`, which starts from nothing.
pub(super) struct Analysis<'a> {
    file: &'a TestFile,
    run: &'a Run,
    index: usize,
    context: &'a TestContext<'a>,
    tree: &'a ModuleTree,
    /// The module under test, whose names for providers the test file uses.
    main: Option<Arc<ModuleTree>>,
    /// How many more nodes are looked at.
    budget: Cell<u32>,
    /// What was found to be left open since somebody asked.
    left_open: RefCell<Vec<LeftOpen>>,
}

/// An attribute of an object that a plan leaves open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOpen {
    /// The calls that lead to the object's module, from the one that runs.
    pub module: Vec<SmolStr>,
    pub resource: ResourceAddr,
    pub attribute: SmolStr,
    /// Which of the file's mock providers makes the object, if one does.
    pub mock: Option<usize>,
}

/// More nodes than this are not looked at for one condition.
const BUDGET: u32 = 2_000;

/// A place in a module: the calls that lead to it, from the root.
struct At<'t> {
    tree: &'t ModuleTree,
    caller: Option<(&'t At<'t>, &'t SmolStr)>,
    /// The resource that `self` is.
    own: Option<&'t Resource>,
    /// Whether `output.x` means something.
    in_test: bool,
}

impl<'a> Analysis<'a> {
    /// `None` for a run about whose plan nothing is certain.
    pub(super) fn of_run(
        file: &'a TestFile,
        index: usize,
        context: &'a TestContext<'a>,
        tree: &'a ModuleTree,
    ) -> Option<Analysis<'a>> {
        let run = &**file.runs.decl(index)?;
        let options = &run.plan_options;
        let plain = options.mode == PlanMode::Normal && options.target.is_empty();
        if run.command != Command::Plan || !plain || !tree.module.imports.is_empty() {
            return None;
        }
        // What an earlier run has made, the plan knows.
        if (Siblings { file, asked: context.asked }).has_made(index) {
            return None;
        }
        let main = context.module_of(None);
        Some(Analysis {
            file,
            run,
            index,
            context,
            tree,
            main,
            budget: Cell::new(BUDGET),
            left_open: RefCell::default(),
        })
    }

    /// That a condition of an `assert` block cannot be known.
    pub(super) fn unknown_condition(&self, condition: &Expr, origin: &Origin) -> Option<Diagnostic> {
        let unknown = self.ask(condition, true, None)?;
        let dialect = self.file.dialect;
        let found = if unknown.sure {
            unknown_condition(dialect)
        } else {
            let detail = "The condition depends on an attribute that only the provider sets. Few providers know such values \
                          while planning, and a condition whose value is not known is an error. Unless this one does, \
                          execute an apply command, or mock the provider.";
            Diagnostic::hint(unknown_condition_summary(dialect), detail).with_code("unknown-condition")
        };
        Some(found.at(condition.location(origin)))
    }

    /// Whether no condition of the list can be known while planning. `own` is the resource that they belong to.
    pub(super) fn are_unknown(&self, conditions: &[Condition], own: Option<&Resource>) -> bool {
        conditions.iter().all(|it| self.ask(&it.condition, false, own).is_some_and(|unknown| unknown.sure))
    }

    fn ask(&self, expr: &Expr, in_test: bool, own: Option<&Resource>) -> Option<Unknown> {
        self.budget.set(BUDGET);
        self.left_open.take();
        self.value(&At { tree: self.tree, caller: None, own, in_test }, expr, expr.root(), &[])
    }
}

/// The attributes because of which a condition of one of the file's runs cannot be known while planning.
pub fn left_open(file: &TestFile, run: usize, context: &TestContext<'_>, condition: &Expr) -> Vec<LeftOpen> {
    let module = file.runs.decl(run).and_then(|run| run.module.as_ref());
    let Some(tree) = context.module_of(module) else { return Vec::new() };
    let Some(analysis) = Analysis::of_run(file, run, context, &tree) else { return Vec::new() };
    analysis.ask(condition, true, None);
    let mut found: Vec<LeftOpen> = Vec::new();
    for it in analysis.left_open.take() {
        if !found.contains(&it) {
            found.push(it);
        }
    }
    found
}

/// Whether an output of an earlier run that only plans is unknown.
fn output_of_earlier(
    file: &TestFile,
    before: usize,
    context: &TestContext<'_>,
    run: &str,
    output: &str,
) -> Option<Unknown> {
    let index = Siblings { file, asked: context.asked }.earlier(before, run)?;
    let tree = context.module_of(file.runs.decl(index)?.module.as_ref())?;
    let value = tree.module.outputs.get(output)?.value.as_ref()?;
    Analysis::of_run(file, index, context, &tree)?.ask(value, false, None)
}

/// The error about a condition that a plan cannot know.
pub fn unknown_condition(dialect: Dialect) -> Diagnostic {
    let mut detail = "Condition expression could not be evaluated at this time.".to_owned();
    if dialect.tool == Tool::Terraform {
        detail.push_str(
            " This means you have executed a `run` block with `command = plan` and one of the values your condition \
             depended on is not known until after the plan has been applied. Either remove this value from your \
             condition, or execute an `apply` command from this `run` block.",
        );
    }
    if dialect.has(Feature::OverrideDuring) {
        detail.push_str(
            " Alternatively, if there is an override for this value, you can make it available during the plan phase by \
             setting `override_during = plan` in the `override_` block.",
        );
    }
    Diagnostic::error(unknown_condition_summary(dialect), detail).with_code("unknown-condition")
}

fn unknown_condition_summary(dialect: Dialect) -> &'static str {
    match dialect.tool {
        Tool::Terraform => "Unknown condition value",
        Tool::OpenTofu => "Unknown condition run",
    }
}

impl RunChecker<'_> {
    /// `run.x.out` among the run's variables, where run `x` only plans and cannot know the output.
    pub(super) fn unknown_values(&mut self) {
        for value in self.run.variables.values() {
            for traversal in value.value.traversals() {
                let found = self.unknown_value(traversal);
                self.sink.extend(found);
            }
        }
    }

    fn unknown_value(&self, traversal: &Traversal) -> Option<Diagnostic> {
        let reference = parse_reference(traversal, &self.run.origin, Grammar::Test).ok()?;
        let Subject::Run(name) = &reference.subject else { return None };
        if !output_of_earlier(self.file, self.index, self.context, name, traversal.attr(1)?)?.sure {
            return None;
        }
        let detail = format!(
            "The value for {traversal} is unknown. Run block {} is executing a \"plan\" operation, and the specified \
             output value is only known after apply.",
            lang::quote(name)
        );
        let error = Diagnostic::error("Reference to unknown value", detail);
        Some(error.at(self.run.locate(reference.span)).with_code("unknown-value"))
    }

    /// Conditions of check blocks that a plan cannot know, which is an error unless the run expects it.
    pub(super) fn checks_of_plan(&mut self, tree: &ModuleTree) {
        let Some(analysis) = Analysis::of_run(self.file, self.index, self.context, tree) else { return };
        if self.file.dialect.tool != Tool::Terraform {
            return;
        }
        for check in tree.module.checks.values() {
            if self.expects_check(&check.name) {
                continue;
            }
            for assert in &check.asserts {
                if !analysis.ask(&assert.condition, false, None).is_some_and(|unknown| unknown.sure) {
                    continue;
                }
                let detail = "The condition could not be evaluated at this time, a result will be known when this plan is \
                              applied.";
                self.sink.push(
                    Diagnostic::error("Check block assertion known after apply", detail)
                        .at(assert.condition.location(&check.origin))
                        .with_code("unknown-check"),
                );
            }
        }
    }

    fn expects_check(&self, name: &str) -> bool {
        self.run.expect_failures.iter().filter_map(lang::static_traversal).any(|traversal| {
            traversal.root == "check" && traversal.attr(0).is_some_and(|listed| listed == name)
        })
    }
}
