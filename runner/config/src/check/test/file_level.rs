//! What stands outside the run blocks: variables, providers, mocks and overrides.

use std::sync::Arc;

use syntax::Diagnostics;

use super::{Siblings, TestContext, mocks, targets, unused, variables};
use crate::check::{body, expression};
use crate::dialect::Feature;
use crate::module::ModuleTree;
use crate::names::{Names, Place, TestNames};
use crate::refs::for_each_expr;
use crate::test_file::TestFile;

/// Checks the file's variables, providers and overrides. What is found may depend on these, and on nothing else but what
/// the context writes down; see [`super::check_run`] and [`crate::check::without_guesses`].
pub fn check_file_level(file: &TestFile, context: &TestContext<'_>) -> Diagnostics {
    let mut sink = Vec::new();
    let modules = context.modules(file);
    let used = unused::Used::of(Siblings { file, asked: context.asked }, &modules);
    file_variables(file, context, &used, &mut sink);
    providers(file, context, &modules, &mut sink);
    // A target may be in any module that the file runs.
    if let Some(trees) = modules.iter().cloned().collect::<Option<Vec<_>>>() {
        variables::of_file(file, &trees, context, &mut sink);
        targets::of_file(file, &trees, &mut sink);
        mocks::of_file(file, &trees, context, &mut sink);
    }
    unused::variables(file, &used, &mut sink);
    sink
}

/// As in Terraform, a value that nothing uses is not evaluated, as long as it is evaluated by runs.
fn file_variables(
    file: &TestFile,
    context: &TestContext<'_>,
    used: &unused::Used<'_>,
    sink: &mut Diagnostics,
) {
    let empty = ModuleTree::default();
    let test = TestNames { file, run: None, external: context.external, asked: context.asked };
    let names = Names::of_test(&empty, context.schemas, Place::FileVariables(test));
    let all = file.dialect.has(Feature::FileGraph);
    for value in file.variables.values().filter(|value| all || used.by_runs(&value.name)) {
        expression::check(&value.value, &value.origin, &names, sink);
    }
}

/// Neither is a provider that nothing needs.
fn providers(
    file: &TestFile,
    context: &TestContext<'_>,
    modules: &[Option<Arc<ModuleTree>>],
    sink: &mut Diagnostics,
) {
    let empty = ModuleTree::default();
    let test = TestNames { file, run: None, external: context.external, asked: context.asked };
    let names = Names::of_test(&empty, context.schemas, Place::TestProvider(test));
    let all = file.dialect.has(Feature::FileGraph);
    for provider in file.providers.iter().filter(|it| all || needs_provider(modules, &it.name)) {
        for_each_expr(&provider.body, &mut |expr, bound| {
            expression::check_with(expr, &provider.origin, &names, bound, sink);
        });
        // The name is the one that the module under test gives the provider.
        let Some(Some(tree)) = modules.first() else { continue };
        let source = tree.module.provider_source(&provider.name);
        if let Some(schema) = context.schemas.provider(&source) {
            body::check(&provider.body, schema, &provider.origin, &|place| file.sources.range(place), sink);
        }
    }
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
