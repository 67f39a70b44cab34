//! The providers that a run hands to its module, and those that nothing gives to it.

use std::collections::HashSet;

use syntax::{Diagnostic, Diagnostics, Location, SmolStr};

use super::run::RunChecker;
use crate::configuration::{Configuration, Modules};
use crate::dialect::Tool;
use crate::item::Item;
use crate::module::{Module, ModuleCall, ModuleTree, PassedProvider, ProviderRef, Resource};
use crate::test_file::{Run, TestFile};

/// How many calls are followed.
const MOST_MODULES: usize = 10_000;

/// Entries of a run's `providers` whose right side no provider block of the test file defines. Terraform says so when
/// the run begins.
pub fn missing_providers(file: &TestFile, run: &Item<Run>) -> Diagnostics {
    let missing = |passed: &&PassedProvider| {
        let wanted = &passed.parent.reference;
        let real = file.providers.iter().any(|it| it.name == wanted.name && it.alias == wanted.alias);
        !real && !file.mock_providers.iter().any(|it| it.name == wanted.name && it.alias == wanted.alias)
    };
    let error = |passed: &PassedProvider| {
        let wanted = &passed.parent.reference;
        let detail = "This provider block references a provider definition that does not exist.";
        Diagnostic::error(format!("Missing provider definition for {wanted}"), detail)
            .at(run.locate(passed.parent.name_span()))
            .with_code("missing-provider")
    };
    run.passed_providers.iter().filter(missing).map(error).collect()
}

/// What Terraform says of a call that passes on a configuration which is not there. It has no place.
pub fn not_passed_on(address: &str) -> Diagnostic {
    Diagnostic::error(format!("missing provider {address}"), "").with_code("missing-provider")
}

/// What it says of a resource whose configuration is not there. It has no place.
pub fn provider_not_present(user: &str, address: &str) -> Diagnostic {
    let detail = format!(
        "To work with {user} its original provider configuration at {address} is required, but it has been removed. \
         This occurs when a provider configuration is removed while objects created by that provider still exist in \
         the state. Re-add the provider configuration to destroy {user}, after which you can remove the provider \
         configuration again."
    );
    Diagnostic::error("Provider configuration not present", detail).with_code("missing-provider")
}

/// A root module has no caller that could pass what it asks for, except for a test file.
pub fn undefined_configuration(wanted: &Configuration) -> Diagnostic {
    let detail = format!(
        "The root module declares that it requires the caller to pass a configuration for provider {} with alias {}.",
        wanted.source,
        lang::quote(wanted.alias.as_deref().unwrap_or_default())
    );
    Diagnostic::error("Undefined provider configuration", detail).with_code("missing-provider")
}

impl RunChecker<'_> {
    /// Configurations with other names that resources ask for, or calls pass on, and that neither the module nor the test
    /// file has. The run ends with that before it plans anything.
    pub(super) fn configurations(&mut self, tree: &ModuleTree) {
        if self.sink.iter().any(|it| it.code == Some("missing-provider")) || !asks_for_aliases(tree) {
            return;
        }
        let Some(placed) = Placed::all(tree) else { return };
        let modules = placed.as_slice();
        let (file, run) = (self.file, self.run);
        let is_missing =
            |wanted: &Configuration| wanted.block.is_none() && !is_in_test(file, run, &tree.module, wanted);
        for (id, place) in placed.iter().enumerate() {
            let calls =
                place.tree.module.calls.values().filter(|call| place.tree.children.contains_key(&call.name));
            for (call, passed) in
                calls.flat_map(|call| call.passed_providers.iter().map(move |it| (call, it)))
            {
                let wanted = Configuration::not_there(modules, id, &passed.parent.reference);
                if let Some(wanted) = wanted.filter(is_missing) {
                    let at = call.locate(passed.parent.span);
                    self.sink.push(not_passed_on(&address_of(&wanted, modules)).at(at));
                    return;
                }
            }
        }
        let before = self.sink.len();
        let mut known: HashSet<(usize, ProviderRef)> = HashSet::new();
        for (id, place) in placed.iter().enumerate() {
            for (resource, at) in aliased(&place.tree.module) {
                let reference = resource.provider_ref();
                if known.contains(&(id, reference.clone())) {
                    continue;
                }
                let source = place.tree.module.provider_source(&reference.name);
                let (wanted, _) = Configuration::resolve(modules, id, &source, reference.alias.as_ref());
                if wanted.alias.is_none() || !is_missing(&wanted) {
                    known.insert((id, reference));
                    continue;
                }
                let user = format!("{}{}", calls_of(&place.path), resource.addr);
                self.sink.push(provider_not_present(&user, &address_of(&wanted, modules)).at(at));
            }
        }
        if self.sink.len() == before {
            let asked = Configuration::asked_of_caller(&tree.module).filter(is_missing);
            self.sink.extend(asked.map(|wanted| {
                let error = undefined_configuration(&wanted);
                match where_asked(&tree.module, &wanted) {
                    Some(place) => error.at(place),
                    None => error,
                }
            }));
        }
    }
}

/// A module at the end of a path of calls.
struct Placed<'a> {
    tree: &'a ModuleTree,
    path: Vec<SmolStr>,
    caller: Option<(usize, &'a ModuleCall)>,
}

impl<'a> Placed<'a> {
    /// The modules of a configuration, callers first; `None` when one of them does not get what it asks for, which is
    /// said of the call, or there are too many.
    fn all(root: &'a ModuleTree) -> Option<Vec<Placed<'a>>> {
        if root.diagnostics.iter().any(Diagnostic::is_error) {
            return None;
        }
        let mut placed = vec![Placed { tree: root, path: Vec::new(), caller: None }];
        let mut next = 0;
        while let Some(Placed { tree, path, .. }) = placed.get(next) {
            let (tree, path) = (*tree, path.clone());
            if next > MOST_MODULES {
                return None;
            }
            for (name, child) in &tree.children {
                let Some(call) = tree.module.calls.get(name) else { continue };
                let path = path.iter().chain([name]).cloned().collect();
                placed.push(Placed { tree: child, path, caller: Some((next, call)) });
            }
            next += 1;
        }
        Some(placed)
    }
}

impl Modules for [Placed<'_>] {
    fn module(&self, id: usize) -> &Module {
        &self[id].tree.module
    }

    fn caller(&self, id: usize) -> Option<(usize, &ModuleCall)> {
        self[id].caller
    }
}

/// Whether a resource asks for a configuration by another name than its provider's own.
pub(super) fn asks_for_alias(resource: &Resource) -> bool {
    resource.provider.as_ref().is_some_and(|used| used.reference.alias.is_some())
}

/// Whether something in a module, or in one that it calls, asks for such a configuration or hands one on.
pub(super) fn asks_for_aliases(tree: &ModuleTree) -> bool {
    // Modules that call each other twice are looked at once.
    let (mut open, mut seen) = (vec![tree], HashSet::new());
    while let Some(tree) = open.pop() {
        let module = &tree.module;
        if aliased(module).next().is_some()
            || module.required_providers.values().any(|required| !required.aliases.is_empty())
            || module.calls.values().any(|call| !call.passed_providers.is_empty())
        {
            return true;
        }
        open.extend(
            tree.children.values().map(|child| &**child).filter(|it| seen.insert(std::ptr::from_ref(*it))),
        );
    }
    false
}

fn address_of(wanted: &Configuration, modules: &[Placed<'_>]) -> String {
    wanted.address(modules.get(wanted.module).map(|it| it.path.as_slice()).unwrap_or_default())
}

fn calls_of(path: &[SmolStr]) -> String {
    path.iter().map(|call| format!("module.{call}.")).collect()
}

/// The resources that ask for a configuration by another name than its provider's own, each with where they do.
fn aliased(module: &Module) -> impl Iterator<Item = (&Resource, Location)> {
    let resources = module.resources.values().map(|it| (&*it.decl, &it.origin));
    let in_checks = module.checks.values().filter_map(|it| Some((it.data.as_deref()?, &it.origin)));
    resources.chain(in_checks).filter_map(|(resource, origin)| {
        let used = resource.provider.as_ref().filter(|_| asks_for_alias(resource))?;
        Some((resource, origin.locate(used.span)))
    })
}

/// Whether a test file has something in the place of a configuration of the root module.
fn is_in_test(file: &TestFile, run: &Run, root: &Module, wanted: &Configuration) -> bool {
    let is = |name: &SmolStr, alias: &Option<SmolStr>| {
        *alias == wanted.alias && root.provider_source(name) == wanted.source
    };
    if wanted.module != 0 {
        return false;
    }
    if run.providers.is_some() {
        // What they name is there: that has been looked at.
        let mut passed = run.passed_providers.iter().map(|passed| &passed.child.reference);
        return passed.any(|child| is(&child.name, &child.alias));
    }
    let takes =
        file.dialect.tool == Tool::OpenTofu || root.names_provider(&wanted.source, wanted.alias.as_deref());
    takes
        && (file.providers.iter().any(|it| is(&it.name, &it.alias))
            || file.mock_providers.iter().any(|it| is(&it.name, &it.alias)))
}

/// Where the root module asks its caller for a configuration.
fn where_asked(root: &Module, wanted: &Configuration) -> Option<Location> {
    root.required_providers.values().find_map(|required| {
        let mut aliases = required.aliases.iter().zip(&required.alias_spans);
        let is_it = |alias: &ProviderRef| {
            alias.alias == wanted.alias && root.provider_source(&alias.name) == wanted.source
        };
        let (_, span) = aliases.find(|(alias, _)| is_it(alias))?;
        Some(required.locate(*span))
    })
}
