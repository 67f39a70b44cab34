//! A test file against the modules that its runs execute.

use std::sync::Arc;

use lang::{Expr, StepKind, Traversal, static_traversal};
use syntax::{Diagnostic, Diagnostics, Origin, Severity};

use super::expression;
use crate::address::ResourceMode;
use crate::dialect::{Feature, Tool};
use crate::item::Item;
use crate::module::ModuleTree;
use crate::names::{Names, Place, TestNames};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::refs::for_each_expr;
use crate::schema::Schemas;
use crate::target::Target;
use crate::test_file::{ModuleSource, Override, Run, TestFile};

/// What a test file is checked against.
#[derive(Clone, Copy)]
pub struct TestContext<'a> {
    /// The module under test for `None`, and the module that a run names in its place. `None` when it cannot be loaded;
    /// then nothing is said about names in it.
    pub resolve: &'a dyn Fn(Option<&ModuleSource>) -> Option<Arc<ModuleTree>>,
    pub schemas: &'a dyn Schemas,
    /// Whether a variable has a value from outside: command line, environment, value files.
    pub external: &'a dyn Fn(&str) -> bool,
}

/// Checks a whole file: what stands outside the runs, then each run.
pub fn check_test_file(file: &TestFile, context: &TestContext<'_>) -> Diagnostics {
    let mut sink = check_file_level(file, context);
    for index in 0..file.runs.len() {
        sink.extend(check_run(file, index, context));
    }
    sink
}

/// Checks the file's variables, providers and overrides.
pub fn check_file_level(file: &TestFile, context: &TestContext<'_>) -> Diagnostics {
    let mut sink = Vec::new();
    let empty = ModuleTree::default();
    let test = TestNames { file, run: None, external: context.external };
    let names = Names::of_test(&empty, context.schemas, Place::FileVariables(test));
    // As in Terraform, a value or a provider that nothing uses is not evaluated, as long as it is evaluated by runs.
    let modules = modules(file, context);
    let all = file.dialect.has(Feature::FileGraph);
    for value in file.variables.values().filter(|value| all || is_used(file, &modules, &value.name)) {
        expression::check(&value.value, &value.origin, &names, &mut sink);
    }
    let names = Names::of_test(&empty, context.schemas, Place::TestProvider(test));
    for provider in file.providers.iter().filter(|provider| all || needs_provider(&modules, &provider.name)) {
        for_each_expr(&provider.body, &mut |expr, bound| {
            expression::check_with(expr, &provider.origin, &names, bound, &mut sink);
        });
    }
    let mut of_mocks = file.mock_providers.iter().flat_map(|mock| &mock.overrides);
    if !file.overrides.is_empty() || of_mocks.next().is_some() {
        // A target may be in any module that the file runs.
        if let Some(trees) = modules.into_iter().collect::<Option<Vec<_>>>() {
            let exists = |target: &Target| trees.iter().any(|tree| target_exists(tree, target));
            for mock in &file.mock_providers {
                let missing = mock.overrides.iter().filter_map(|it| missing_target(it, &mock.origin, exists));
                sink.extend(missing);
            }
            for found in &file.overrides {
                sink.extend(missing_target(found, &found.origin, exists));
            }
        }
    }
    sink
}

/// The module under test and those that runs name; `None` for one that cannot be loaded.
fn modules(file: &TestFile, context: &TestContext<'_>) -> Vec<Option<Arc<ModuleTree>>> {
    let mut trees = vec![(context.resolve)(None)];
    let sources = file.runs.iter().filter_map(|run| run.module.as_ref());
    trees.extend(sources.map(|source| (context.resolve)(Some(source))));
    trees
}

/// Whether a variable of the file reaches a module or is read by a run.
fn is_used(file: &TestFile, modules: &[Option<Arc<ModuleTree>>], name: &str) -> bool {
    let declared = |tree: &Option<Arc<ModuleTree>>| {
        tree.as_ref().is_none_or(|tree| tree.module.variables.contains_key(name))
    };
    modules.iter().any(declared) || file.runs.iter().any(|run| mentions(run, name))
}

/// Whether a run reads `var.name`.
fn mentions(run: &Run, name: &str) -> bool {
    let conditions = run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
    let values = run.variables.values().map(|value| &value.value);
    conditions.chain(values).any(|expr| reads(expr, name))
}

fn reads(expr: &Expr, name: &str) -> bool {
    let mut traversals = expr.traversals().iter();
    traversals.any(|traversal| traversal.root == "var" && traversal.attr(0).is_some_and(|step| step == name))
}

/// Whether a module, or one that it calls, has something that the provider of this local name makes.
fn needs_provider(modules: &[Option<Arc<ModuleTree>>], name: &str) -> bool {
    fn needs<'a>(tree: &'a ModuleTree, name: &str, seen: &mut Vec<&'a str>) -> bool {
        if seen.contains(&tree.module.dir.as_str()) {
            return false;
        }
        seen.push(&tree.module.dir);
        let mut resources = tree.module.resources.keys();
        tree.module.required_providers.contains_key(name)
            || resources.any(|addr| addr.kind.split('_').next() == Some(name))
            || tree.children.values().any(|child| needs(child, name, seen))
    }
    let mut seen = Vec::new();
    modules.iter().flatten().any(|tree| needs(tree, name, &mut seen))
}

/// Checks one run. The result depends on the run itself, on the names and modules of the file's other runs, on the
/// names of the file's variables, and on the modules.
pub fn check_run(file: &TestFile, index: usize, context: &TestContext<'_>) -> Diagnostics {
    let Some(run) = file.runs.get(index) else { return Vec::new() };
    let mut checker = RunChecker {
        file,
        run,
        context,
        test: TestNames { file, run: Some(index), external: context.external },
        sink: Vec::new(),
    };
    let tree = (context.resolve)(run.module.as_ref());
    checker.variables(tree.as_deref());
    if let Some(tree) = &tree {
        checker.asserts(tree);
        checker.overrides(tree);
    }
    checker.expected_failures(tree.as_deref());
    checker.sink
}

struct RunChecker<'a> {
    file: &'a TestFile,
    run: &'a Item<Run>,
    context: &'a TestContext<'a>,
    test: TestNames<'a>,
    sink: Diagnostics,
}

impl RunChecker<'_> {
    fn variables(&mut self, tree: Option<&ModuleTree>) {
        let empty = ModuleTree::default();
        let place = Place::RunVariables(self.test);
        let names = Names::of_test(tree.unwrap_or(&empty), self.context.schemas, place);
        for value in self.run.variables.values() {
            self.exprs(&[&value.value], &names);
            let declared = tree.is_none_or(|tree| tree.module.variables.contains_key(&value.name));
            // OpenTofu takes what the module does not declare for the test's own.
            let terraform = self.file.dialect.tool == Tool::Terraform;
            if terraform && !declared && !self.is_read(&value.name) {
                self.sink.push(
                    Diagnostic::warning(
                        "Value for undeclared variable",
                        format!(
                            "The module under test does not declare a variable named {}, but it is declared in run \
                             block {}.",
                            lang::quote(&value.name),
                            lang::quote(&self.run.name)
                        ),
                    )
                    .at(self.run.locate(value.value.whole_span()))
                    .with_code("undeclared-variable"),
                );
            }
        }
    }

    /// Whether the run's assertions read the variable, which makes it the test's own.
    fn is_read(&self, name: &str) -> bool {
        let mut conditions =
            self.run.asserts.iter().flat_map(|assert| [&assert.condition, &assert.error_message]);
        conditions.any(|expr| reads(expr, name))
    }

    fn asserts(&mut self, tree: &ModuleTree) {
        let names = Names::of_test(tree, self.context.schemas, Place::Assert(self.test));
        for assert in &self.run.asserts {
            self.exprs(&[&assert.condition, &assert.error_message], &names);
        }
    }

    /// Expressions that are evaluated together, and not at all where a name in one of them leads nowhere.
    fn exprs(&mut self, exprs: &[&Expr], names: &Names<'_>) {
        let origin = &self.run.origin;
        let before = self.sink.len();
        let mut resolved = true;
        for expr in exprs {
            resolved &= expression::references(expr, origin, names, &[], &mut self.sink);
        }
        if resolved {
            exprs.iter().for_each(|expr| expression::rest(expr, origin, names, &mut self.sink));
        }
        if self.sink.iter().skip(before).any(Diagnostic::is_error) {
            return;
        }
        for traversal in exprs.iter().flat_map(|expr| expr.traversals()) {
            let missing = self.run_output(traversal);
            self.sink.extend(missing);
        }
    }

    /// `run.x.out` where the module of run `x` has no output `out`.
    fn run_output(&self, traversal: &Traversal) -> Option<Diagnostic> {
        if traversal.root != "run" {
            return None;
        }
        let (name, step) = (traversal.attr(0)?, traversal.steps.get(1)?);
        let run = self.file.runs.iter().find(|run| run.name == *name)?;
        let tree = (self.context.resolve)(run.module.as_ref())?;
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

    fn expected_failures(&mut self, tree: Option<&ModuleTree>) {
        for expr in &self.run.expect_failures {
            let Some(traversal) = static_traversal(expr) else { continue };
            if traversal.steps.iter().any(|step| matches!(step.kind, StepKind::Missing)) {
                continue;
            }
            let found = match parse_reference(traversal, &self.run.origin, Grammar::Test) {
                Ok(reference) => {
                    let place = self.run.locate(reference.span);
                    match expected_failure(&reference.subject, tree) {
                        Some(diagnostic) => diagnostic.at(place),
                        None => continue,
                    }
                }
                Err(diagnostic) => diagnostic,
            };
            self.sink.push(found);
        }
    }

    fn overrides(&mut self, tree: &ModuleTree) {
        for found in &self.run.overrides {
            let exists = |target: &Target| target_exists(tree, target);
            self.sink.extend(missing_target(found, &self.run.origin, exists));
        }
    }
}

/// What is wrong with an entry of `expect_failures`. Whether it exists is only a hint here: Terraform finds out when
/// nothing fails.
fn expected_failure(subject: &Subject, tree: Option<&ModuleTree>) -> Option<Diagnostic> {
    let (exists, what) = match subject {
        Subject::Output(name) => (tree.map(|tree| tree.module.outputs.contains_key(name)), "an output value"),
        Subject::Variable(name) => {
            (tree.map(|tree| tree.module.variables.contains_key(name)), "an input variable")
        }
        Subject::Check(name) => (tree.map(|tree| tree.module.checks.contains_key(name)), "a check block"),
        Subject::Resource(addr, _) if addr.mode != ResourceMode::Ephemeral => {
            (tree.map(|tree| tree.module.resources.contains_key(addr)), "a resource")
        }
        // Terraform names the call's instance and output alike.
        subject => {
            return Some(
                Diagnostic::error(
                    "Invalid `expect_failures` reference",
                    format!(
                        "You cannot expect failures from {subject}. You can only expect failures from checkable objects \
                         such as input variables, output values, check blocks, managed resources and data sources."
                    ),
                )
                .with_code("invalid-expected-failure"),
            );
        }
    };
    (exists == Some(false)).then(|| {
        Diagnostic::new(
            Severity::Hint,
            "Expected failure of an undeclared object",
            format!("The module under test has no {subject}, so {what} of that name can never fail."),
        )
        .with_code("undeclared-expected-failure")
    })
}

fn missing_target(found: &Override, origin: &Origin, exists: impl Fn(&Target) -> bool) -> Option<Diagnostic> {
    let target = found.address.as_ref().filter(|target| !exists(target))?;
    Some(
        Diagnostic::warning(
            "Invalid override target",
            format!(
                "The override target {target} does not exist within the configuration under test. This could indicate \
                 a typo in the target address or an unnecessary override."
            ),
        )
        .at(origin.locate(found.target_argument))
        .with_code("unknown-override-target"),
    )
}

/// Whether a module or resource is declared; instance keys are not looked at.
fn target_exists(tree: &ModuleTree, target: &Target) -> bool {
    let mut tree = tree;
    for (name, _) in target.module.0.iter() {
        match tree.children.get(name) {
            Some(child) => tree = child,
            // A call whose module is not loaded may have anything in it.
            None => return tree.module.calls.contains_key(name),
        }
    }
    match &target.resource {
        None => true,
        Some((addr, _)) => {
            tree.module.resources.contains_key(addr) || tree.module.scoped_data(addr).is_some()
        }
    }
}
