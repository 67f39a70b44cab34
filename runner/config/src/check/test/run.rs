//! One run block.

use lang::{Expr, StepKind, Traversal};
use syntax::{Diagnostic, Diagnostics};

use super::plan_time::Analysis;
use super::{Siblings, TestContext, missing_providers};
use crate::check::expression;
use crate::dialect::Feature;
use crate::item::Item;
use crate::module::ModuleTree;
use crate::names::{Names, Place, TestNames};
use crate::test_file::{Run, TestFile};

/// Checks one run. What is found may depend on the run itself, on the names of the file's variables, on its providers,
/// mocks and overrides, and, of the variables' values, the other runs and modules, on what the context writes down; on
/// nothing else, because it is kept as long as these stay the same. See [`crate::check::without_guesses`].
pub fn check_run(file: &TestFile, index: usize, context: &TestContext<'_>) -> Diagnostics {
    let Some(run) = file.runs.get(index) else { return Vec::new() };
    let mut checker = RunChecker {
        file,
        run: &run,
        index,
        context,
        test: TestNames { file, run: Some(index), external: context.external, asked: context.asked },
        sink: missing_providers(file, &run),
    };
    let tree = context.module_of(run.module.as_ref());
    checker.variables(tree.as_deref());
    checker.unknown_values();
    if let Some(tree) = &tree {
        checker.keys_of_variables(tree);
        checker.configurations(tree);
        checker.asserts(tree);
        checker.overrides(tree);
        checker.override_values(tree);
        checker.checks_of_plan(tree);
    }
    checker.plan_options(tree.as_deref());
    checker.expected_failures(tree.as_deref());
    checker.sink
}

pub(super) struct RunChecker<'a> {
    pub(super) file: &'a TestFile,
    pub(super) run: &'a Item<Run>,
    pub(super) index: usize,
    pub(super) context: &'a TestContext<'a>,
    pub(super) test: TestNames<'a>,
    pub(super) sink: Diagnostics,
}

impl<'a> RunChecker<'a> {
    /// The other runs: nothing else here may look at them.
    pub(super) fn siblings(&self) -> Siblings<'a> {
        Siblings { file: self.file, asked: self.context.asked }
    }

    fn asserts(&mut self, tree: &ModuleTree) {
        let names = Names::of_test(tree, self.context.schemas, Place::Assert(self.test));
        let analysis = Analysis::of_run(self.file, self.index, self.context, tree);
        for assert in &self.run.asserts {
            let resolved = self.exprs(&[&assert.condition, &assert.error_message], &names);
            if !resolved {
                continue;
            }
            self.assert_values(assert, tree);
            if let Some(analysis) = &analysis {
                self.sink.extend(analysis.unknown_condition(&assert.condition, &self.run.origin));
            }
        }
    }

    /// Expressions that are evaluated together, and not at all where a name in one of them leads nowhere. Whether
    /// nothing is wrong with them.
    pub(super) fn exprs(&mut self, exprs: &[&Expr], names: &Names<'_>) -> bool {
        let origin = &self.run.origin;
        let before = self.sink.len();
        let mut resolved = true;
        for expr in exprs {
            resolved &= expression::references(expr, origin, names, &[], &mut self.sink);
        }
        if resolved {
            exprs.iter().for_each(|expr| expression::rest(expr, origin, names, &mut self.sink));
        }
        let is_sound = |sink: &Diagnostics| !sink.iter().skip(before).any(Diagnostic::is_error);
        if !is_sound(&self.sink) {
            return false;
        }
        for traversal in exprs.iter().flat_map(|expr| expr.traversals()) {
            let found = self.later_run(traversal).or_else(|| self.run_output(traversal));
            self.sink.extend(found);
        }
        is_sound(&self.sink)
    }

    /// `run.x` where run `x` waits for this one. Terraform finds the circle when it puts the runs in order, and names
    /// everything in it; here the reference is at fault.
    fn later_run(&self, traversal: &Traversal) -> Option<Diagnostic> {
        if traversal.root != "run" || !self.file.dialect.has(Feature::FileGraph) {
            return None;
        }
        let name = traversal.attr(0)?;
        let waits = self.siblings().waits(self.index, name);
        let detail = format!(
            "The run block {} waits for this one, so its results are not available here. Only earlier run blocks can be \
             referred to, and later ones where all of them are parallel and work on other states.",
            lang::quote(name)
        );
        let subject = traversal.root_span.to(traversal.steps.first()?.span);
        let error = Diagnostic::error("Reference to later run block", detail);
        waits.then(|| error.at(self.run.locate(subject)).with_code("later-run"))
    }

    /// `run.x.out` where the module of run `x` has no output `out`.
    fn run_output(&self, traversal: &Traversal) -> Option<Diagnostic> {
        if traversal.root != "run" {
            return None;
        }
        let (name, step) = (traversal.attr(0)?, traversal.steps.get(1)?);
        let source = self.siblings().module_of(self.index, name)?;
        let tree = self.context.module_of(source)?;
        let (summary, detail) = match &step.kind {
            StepKind::Attr(output) if !tree.module.outputs.contains_key(output) => (
                "Unsupported attribute",
                format!("This object does not have an attribute named {}.", lang::quote(output)),
            ),
            StepKind::Key(output) if !tree.module.outputs.contains_key(output) => (
                "Invalid index",
                "The given key does not identify an element in this collection value.".to_owned(),
            ),
            StepKind::Number(_) => (
                "Invalid index",
                "The given key does not identify an element in this collection value. An object only supports looking \
                 up attributes by name, not by numeric index."
                    .to_owned(),
            ),
            _ => return None,
        };
        let subject = self.run.locate(step.span);
        Some(Diagnostic::error(summary, detail).at(subject).with_code("unknown-run-output"))
    }
}
