//! What of a test file has no effect.

use std::collections::HashSet;
use std::sync::Arc;

use lang::Expr;
use syntax::{Diagnostic, Diagnostics};

use super::Siblings;
use crate::module::ModuleTree;
use crate::refs::for_each_expr;
use crate::test_file::TestFile;

/// Which variables have a use.
pub(super) struct Used<'a> {
    siblings: Siblings<'a>,
    modules: &'a [Option<Arc<ModuleTree>>],
    /// What the file reads outside of its runs.
    read_elsewhere: HashSet<&'a str>,
}

impl<'a> Used<'a> {
    pub(super) fn of(siblings: Siblings<'a>, modules: &'a [Option<Arc<ModuleTree>>]) -> Used<'a> {
        let file = siblings.file;
        let mut read_elsewhere = HashSet::new();
        for provider in &file.providers {
            for_each_expr(&provider.body, &mut |expr, _| collect(expr, &mut read_elsewhere));
        }
        for mock in &file.mock_providers {
            mock.for_each.iter().for_each(|expr| collect(expr, &mut read_elsewhere));
        }
        file.variables.values().for_each(|value| collect(&value.value, &mut read_elsewhere));
        Used { siblings, modules, read_elsewhere }
    }

    /// Whether the variable reaches a module or is read by a run.
    pub(super) fn by_runs(&self, name: &str) -> bool {
        let declared = |tree: &Option<Arc<ModuleTree>>| {
            tree.as_ref().is_none_or(|tree| tree.module.variables.contains_key(name))
        };
        self.modules.iter().any(declared) || self.siblings.read(name)
    }

    fn at_all(&self, name: &str) -> bool {
        self.read_elsewhere.contains(name) || self.by_runs(name)
    }
}

fn collect<'e>(expr: &'e Expr, names: &mut HashSet<&'e str>) {
    let variables = expr.traversals().iter().filter(|traversal| traversal.root == "var");
    names.extend(variables.filter_map(|traversal| traversal.attr(0)).map(|name| name.as_str()));
}

/// Hints at variables of the file that reach nothing. Terraform is silent about them.
pub(super) fn variables(file: &TestFile, used: &Used<'_>, sink: &mut Diagnostics) {
    // A test that was begun before its module has no use for hints.
    if used.modules.iter().flatten().any(|tree| tree.module.sources.iter().next().is_none()) {
        return;
    }
    for value in file.variables.values().filter(|value| !used.at_all(&value.name)) {
        let detail = format!(
            "No module that this file runs declares a variable named {}, and nothing in the file reads it.",
            lang::quote(&value.name)
        );
        let hint = Diagnostic::hint("Unused variable", detail);
        sink.push(hint.at(value.locate(value.span)).with_code("unused-variable"));
    }
}
