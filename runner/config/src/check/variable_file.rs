//! The values of a variable file against the modules that get them.

use std::sync::Arc;

use lang::functions::{FileReader, NoFiles};
use lang::{Resolved, Scope, Traversal};
use syntax::{Diagnostic, Diagnostics, FileName, Location, Origin, Severity};

use super::guess::has_syntax_errors;
use super::rules_of_variable::RulesOf;
use super::test::reads;
use crate::module::ModuleTree;
use crate::sources::Sources;
use crate::suitable::unsuitable_value;
use crate::test_file::{Run, TestFile, VariableValue};

/// Who reads a variable file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValuesFor {
    /// Plans of the module, and its tests.
    All,
    /// The tests alone.
    Tests,
    /// Whoever names the file: no test does.
    Named,
}

/// What the values of a variable file are held against.
#[derive(Clone, Copy)]
pub struct ValuesContext<'a> {
    pub values_for: ValuesFor,
    /// The module under test; `None` when it cannot be loaded.
    pub tree: Option<&'a Arc<ModuleTree>>,
    pub tests: &'a [Arc<TestFile>],
    /// What a run executes; `None` when it cannot be loaded.
    pub resolve: &'a dyn Fn(&TestFile, &Run) -> Option<Arc<ModuleTree>>,
    /// Whether a test file sees this file's value of that name, and not that of another one.
    pub counts: &'a dyn Fn(&TestFile, &str) -> bool,
    /// The document behind the file.
    pub sources: &'a Sources,
}

/// What is wrong with the values of a file: those that are no constants, that do not suit their variables or break their
/// rules, and those that nobody declares. What some run would end with is an error. About a value that plans of the
/// module would refuse, and that every run replaces, there is a warning.
pub fn check_variable_file(
    file: &FileName,
    values: &[VariableValue],
    context: &ValuesContext<'_>,
) -> Diagnostics {
    let origin = Origin::new(file.clone(), 0);
    let mut sink = Diagnostics::new();
    for value in values {
        Given { value, origin: &origin, context }.check(&mut sink);
    }
    sink
}

struct Given<'a> {
    value: &'a VariableValue,
    origin: &'a Origin,
    context: &'a ValuesContext<'a>,
}

impl Given<'_> {
    fn check(&self, sink: &mut Diagnostics) {
        let context = self.context;
        let readers = self.readers();
        let declares = |tree: &Arc<ModuleTree>| tree.module.variables.contains_key(&self.value.name);
        let of_module = context.tree.filter(|tree| declares(tree));
        let plans = context.values_for != ValuesFor::Tests && of_module.is_some();
        let runs = context.tests.iter().any(|test| !test.runs.is_empty());
        let is_error = readers.used || plans && (!runs || context.values_for == ValuesFor::Named);
        if !is_error && !plans {
            sink.extend(self.undeclared());
            return;
        }
        let mut found = Diagnostics::new();
        let value = lang::evaluate(&self.value.value, self.origin, &self.constants(), &mut found);
        if found.iter().any(Diagnostic::is_error) {
            found.iter_mut().for_each(|it| _ = it.code.get_or_insert("evaluation"));
            sink.extend(found.into_iter().map(|it| softened(it, is_error)));
            return;
        }
        let mut trees: Vec<&Arc<ModuleTree>> = readers.trees.iter().collect();
        if let Some(tree) = of_module.filter(|_| plans)
            && !trees.iter().any(|other| Arc::ptr_eq(other, tree))
        {
            trees.push(tree);
        }
        for tree in trees {
            let Some(variable) = tree.module.variables.get(&self.value.name) else { continue };
            let place = self.value.value.location(self.origin);
            match variable.accept(&value) {
                Err(why) => {
                    let range = |place: &Location| match place.file == self.origin.file {
                        true => context.sources.range(place),
                        false => tree.module.sources.range(place),
                    };
                    let error = unsuitable_value(&why, variable, place, range);
                    sink.push(softened(error, is_error));
                }
                Ok(value) if is_error && !readers.expected => {
                    let value = &value.unmark_deep().0;
                    let rules = RulesOf { variable, value, dialect: tree.module.dialect };
                    sink.extend(rules.broken(&place, tree));
                }
                Ok(_) => {}
            }
        }
        sink.dedup();
    }

    /// The runs that get the value.
    fn readers(&self) -> Readers {
        let context = self.context;
        let name = &self.value.name;
        let mut found = Readers::default();
        if context.values_for == ValuesFor::Named {
            return found;
        }
        for test in context.tests.iter().filter(|test| (context.counts)(test, name)) {
            let by_file = test.variables.contains_key(name) || test.variable_blocks.contains_key(name);
            found.used |= test.variables.values().any(|it| reads(&it.value, name));
            for run in test.runs.iter().filter(|run| !by_file && !run.variables.contains_key(name)) {
                let mut conditions = run.asserts.iter().flat_map(|it| [&it.condition, &it.error_message]);
                let values = &mut run.variables.values().map(|it| &it.value);
                found.used |=
                    conditions.any(|expr| reads(expr, name)) || values.any(|expr| reads(expr, name));
                let Some(tree) = (context.resolve)(test, &run) else { continue };
                if !tree.module.variables.contains_key(name) {
                    continue;
                }
                found.used = true;
                let is_own = |expr: &lang::Expr| {
                    let listed = lang::static_traversal(expr);
                    listed.is_some_and(|it| it.root == "var" && it.attr(0) == Some(name))
                };
                // What no target needs is not looked at either.
                found.expected |=
                    run.expect_failures.iter().any(is_own) || !run.plan_options.target.is_empty();
                if !found.trees.iter().any(|other| Arc::ptr_eq(other, &tree)) {
                    found.trees.push(tree);
                }
            }
        }
        found
    }

    /// A value for what nobody declares.
    fn undeclared(&self) -> Option<Diagnostic> {
        let context = self.context;
        let name = &self.value.name;
        let mut resolved = Vec::new();
        resolved.push(context.tree.map(Arc::clone));
        for test in context.tests {
            // A variable that the test itself has may be there for a value from here.
            if test.variable_blocks.contains_key(name) {
                return None;
            }
            resolved.extend(test.runs.naming_modules().map(|run| (context.resolve)(test, &run)));
        }
        let resolved: Vec<Arc<ModuleTree>> = resolved.into_iter().collect::<Option<_>>()?;
        if resolved.iter().any(|tree| {
            tree.module.variables.contains_key(name) || has_syntax_errors(&tree.module.diagnostics)
        }) {
            return None;
        }
        let (file, quoted) = (&self.origin.file, lang::quote(name));
        let base = file.as_str().rsplit('/').next().unwrap_or_default();
        let detail = format!(
            "The root module does not declare a variable named {quoted} but a value was found in file {}. If you meant to \
             use this value, add a \"variable\" block to the configuration.",
            lang::quote(base)
        );
        let warning = Diagnostic::warning("Value for undeclared variable", detail);
        Some(warning.at(self.origin.locate(self.value.name_span)).with_code("undeclared-variable"))
    }

    fn constants(&self) -> Constants<'_> {
        Constants { sources: self.context.sources }
    }
}

#[derive(Default)]
struct Readers {
    /// Whether somebody needs the value at all.
    used: bool,
    /// Whether one of them expects that it breaks a rule.
    expected: bool,
    /// What the runs execute that give it to a variable.
    trees: Vec<Arc<ModuleTree>>,
}

fn softened(found: Diagnostic, is_error: bool) -> Diagnostic {
    match is_error {
        true => found,
        false => Diagnostic { severity: Severity::Warning, ..found },
    }
}

/// Neither names nor functions.
struct Constants<'a> {
    sources: &'a Sources,
}

impl Scope for Constants<'_> {
    fn resolve(&self, traversal: &Traversal, origin: &Origin, sink: &mut Diagnostics) -> Option<Resolved> {
        sink.push(lang::variables_not_allowed(traversal, origin).with_code("variables-not-allowed"));
        None
    }

    fn files(&self) -> &dyn FileReader {
        &NoFiles
    }

    fn allows_calls(&self) -> bool {
        false
    }

    fn place(&self, location: &Location) -> String {
        self.sources.range(location)
    }
}
