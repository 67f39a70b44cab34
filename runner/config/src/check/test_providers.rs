//! The provider configurations of a test file, and the providers that they are for.

use std::collections::HashMap;
use std::sync::Arc;

use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use crate::module::{Module, ModuleTree};
use crate::served::full_source;
use crate::test_file::{Run, TestFile};

/// What Terraform finds when everything is read: configurations of a test file that its runs would use for different
/// providers. A local name of the file stands for the provider that its first use gives it.
///
/// `name` is the file's, from the module on; `resolve` gives the module that a run executes.
pub fn check_test_providers(
    file: &TestFile,
    name: &str,
    resolve: &dyn Fn(&Run) -> Option<Arc<ModuleTree>>,
) -> Diagnostics {
    let mut sources: HashMap<SmolStr, SmolStr> = HashMap::new();
    let mut mismatches: Vec<Mismatch> = Vec::new();
    let mut sink = Vec::new();
    for run in file.runs.iter() {
        let Some(tree) = resolve(&run) else { return Vec::new() };
        let module = &tree.module;
        if run.passed_providers.is_empty() {
            for local in defined(file).filter(|local| is_named(module, local)) {
                sources.entry(local.clone()).or_insert_with(|| module.provider_source(local));
            }
            continue;
        }
        for passed in &run.passed_providers {
            let (parent, child) =
                (&passed.parent.reference.name, source_of(module, &passed.child.reference.name));
            let is_defined = defined(file).any(|local| local == parent);
            let known = match is_defined {
                true => sources.entry(parent.clone()).or_insert_with(|| child.clone()).clone(),
                false => sources.get(parent).unwrap_or(&child).clone(),
            };
            // A run of another module is checked as a call of it would be.
            if known != child && run.module.is_none() {
                let (place, local) =
                    (run.locate(passed.parent.name_span()), passed.child.reference.name.clone());
                mismatches.push(Mismatch { place, parent: parent.clone(), known, local, child });
            }
        }
    }
    sink.extend(mismatches.into_iter().map(|mismatch| mismatch.said(name)));
    sink
}

/// An entry of `providers` whose configuration is another provider's.
struct Mismatch {
    place: Location,
    parent: SmolStr,
    known: SmolStr,
    local: SmolStr,
    child: SmolStr,
}

impl Mismatch {
    fn said(self, name: &str) -> Diagnostic {
        let quoted = lang::quote(&self.parent);
        let detail = format!(
            "The local name {quoted} in {name} represents provider {}, but {} in the root module represents {}.\n\nThis means \
             the provider definition for {quoted} within {name}, or other provider definitions with the same name, have \
             been referenced by multiple run blocks and assigned to different provider types.",
            lang::quote(&self.known),
            lang::quote(&self.local),
            lang::quote(&self.child)
        );
        let error = Diagnostic::error("Provider type mismatch", detail);
        error.at(self.place).with_code("provider-mismatch")
    }
}

/// The local names of the file's provider configurations, real or mocked.
fn defined(file: &TestFile) -> impl Iterator<Item = &SmolStr> {
    let real = file.providers.iter().map(|provider| &provider.name);
    real.chain(file.mock_providers.iter().map(|provider| &provider.name))
}

/// What a name stands for; one that the module does not use stands for the provider that everybody's registry has by it.
fn source_of(module: &Module, local: &str) -> SmolStr {
    if is_named(module, local) {
        module.provider_source(local)
    } else {
        full_source(local, module.dialect.tool)
    }
}

/// Whether the module itself uses a provider by that name.
fn is_named(module: &Module, local: &str) -> bool {
    module.required_providers.contains_key(local)
        || module.providers.iter().any(|provider| provider.name == local)
        || module.resources.values().any(|resource| resource.provider_ref().name == local)
}
