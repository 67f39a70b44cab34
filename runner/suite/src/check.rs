//! What is wrong with a module and its test files, without running anything.

use std::sync::Arc;

use config::{Files, ModuleSource, ModuleTree, TestContext, check_module, check_test_file};
use syntax::{Diagnostic, Diagnostics};

use crate::load::Loaded;
use crate::outside::Outside;
use crate::request::Request;

/// Everything that can be said about the files that `request` would run: what stops a suite before it starts, and what
/// its runs would end with whatever the values are. Each problem is named once.
pub fn check(request: &Request, files: &dyn Files) -> Diagnostics {
    let mut found = Diagnostics::new();
    let loaded = Loaded::new(&request.directory, &request.test_directory, files, &mut found);
    let outside = Outside::collect(request, files, &mut found);
    for tree in loaded.trees() {
        found.extend(check_module(tree, &loaded.providers));
    }
    for file in loaded.test_files() {
        let external = |name: &str| outside.get(file, name).is_some();
        let resolve =
            |source: Option<&ModuleSource>| -> Option<Arc<ModuleTree>> { loaded.tree(source).cloned() };
        let context = TestContext { resolve: &resolve, schemas: &loaded.providers, external: &external };
        found.extend(check_test_file(file, &context));
    }
    without_repetition(found)
}

/// A module that several runs name is checked for each of them.
fn without_repetition(found: Diagnostics) -> Diagnostics {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for diagnostic in found {
        if !kept.contains(&diagnostic) {
            kept.push(diagnostic);
        }
    }
    kept
}
