//! What no plan of a module gets past whatever the values of its variables are, and `validate` does not look at: imports
//! into what is not there, replacements that are triggered by nothing, and instances that are read and are not there.

use lang::{Expr, Tool, static_traversal};
use syntax::{Diagnostic, Diagnostics};

use super::instances::Instances;
use super::lookups::absent_instances;
use super::refactoring::{for_each_module, module_at};
use crate::address::{InstanceKey, ModuleInstance, ResourceInstance};
use crate::item::Item;
use crate::module::{Import, Module, ModuleTree, Resource};
use crate::reference::{Grammar, Subject, parse_reference};
use crate::target::Target;

/// What is wrong with the imports of a module and with the instances that it reads, and with the triggers of its resources
/// and of those below. Only modules and resources that are sure to be planned count.
pub fn check_plan(tree: &ModuleTree) -> Diagnostics {
    let mut found: Diagnostics = tree.module.imports.iter().filter_map(|it| import(it, tree)).collect();
    found.extend(absent_instances(&tree.module));
    for_each_module(tree, &mut |module, path, repeated| {
        if !repeated {
            module.resources.values().for_each(|resource| triggers(resource, module, path, &mut found));
        }
    });
    found
}

/// The error that an import is into a resource that is not there, in a module that is.
pub fn missing_import_target(import: &Item<Import>, tree: &ModuleTree) -> Option<Diagnostic> {
    let target = import.address.as_ref()?;
    let (resource, _) = target.resource.as_ref()?;
    let below = module_at(tree, &target.module)?;
    if below.module.resources.contains_key(resource) {
        return None;
    }
    let path = target.module.0.iter().map(|(name, _)| format!("module.{name}."));
    let text = format!("{}{resource}", path.collect::<String>());
    // What has a key cannot be written for somebody.
    let has_key = target.resource.as_ref().is_some_and(|(_, key)| *key != InstanceKey::None);
    let detail = match tree.module.dialect.tool {
        Tool::Terraform if !target.module.is_root() => {
            format!("Resource {text} not found. Only resources within the root module are eligible for config generation.")
        }
        Tool::OpenTofu if !target.module.is_root() => missing(&text, true),
        Tool::Terraform if static_traversal(&import.to).is_none() => {
            return Some(invalid_to(import, "The target resource does not use for_each."));
        }
        Tool::Terraform if has_key || import.for_each.is_some() => "The given import block is not compatible with config \
            generation. The -generate-config-out option cannot be used with import blocks which use for_each, or \
            resources which use for_each or count."
            .to_owned(),
        Tool::OpenTofu => "The target for the given import block does not exist. If you wish to automatically generate config for \
            this resource, use the -generate-config-out option within tofu plan. Otherwise, make sure the target resource \
            exists within your configuration. For example:\n\n  tofu plan -generate-config-out=generated.tf"
            .to_owned(),
        Tool::Terraform => format!(
            "The configuration for the given import target {text} does not exist. If you wish to automatically generate \
             config for this resource, use the -generate-config-out option within terraform plan. Otherwise, make sure \
             the target resource exists within your configuration. For example:\n\n  terraform plan \
             -generate-config-out=generated.tf"
        ),
    };
    let error = Diagnostic::error(MISSING, detail).at(import.to.location(&import.origin));
    Some(error.with_code("unknown-import-target"))
}

/// The error about an instance that is not there; `is_target` where no instance in particular is meant.
fn missing(text: &str, is_target: bool) -> String {
    let what = if is_target { "import target" } else { "import" };
    format!(
        "The configuration for the given {what} {text} does not exist. All target instances must have an associated \
         configuration to be imported."
    )
}

/// The error that an import names an instance of another kind than its target has.
pub fn wrong_import_key(import: &Item<Import>, key: &InstanceKey, resource: &Resource) -> Option<Diagnostic> {
    let detail = match (key, resource.count.is_some(), resource.for_each.is_some()) {
        (InstanceKey::None, true, _) => "The target resource is using count.",
        (InstanceKey::None, _, true) => "The target resource is using for_each.",
        (InstanceKey::Int(_), false, _) => "The target resource does not use count.",
        (InstanceKey::String(_), _, false) => "The target resource does not use for_each.",
        _ => return None,
    };
    Some(invalid_to(import, detail))
}

/// The error that the address of an import cannot be one.
pub fn invalid_to(import: &Item<Import>, detail: &str) -> Diagnostic {
    let place = import.to.location(&import.origin);
    Diagnostic::error("Invalid import 'to' expression", detail).at(place).with_code("import")
}

const MISSING: &str = "Configuration for import target does not exist";

fn import(import: &Item<Import>, tree: &ModuleTree) -> Option<Diagnostic> {
    let dialect = tree.module.dialect;
    let repeated = Instances::of(None, import.for_each.as_ref(), &import.origin, dialect)?;
    if repeated.is_empty() {
        return None;
    }
    if let Some(missing) = missing_import_target(import, tree) {
        return Some(missing);
    }
    // A key that has to be computed is a question for the plan.
    static_traversal(&import.to)?;
    let target = import.address.as_ref()?;
    let (addr, key) = target.resource.as_ref()?;
    let below = module_at(tree, &target.module)?;
    let resource = below.module.resources.get(addr)?;
    if let Some(wrong) = wrong_import_key(import, key, resource) {
        return Some(wrong);
    }
    let there = has_modules(tree, &target.module)?
        && Instances::of_resource(resource, &resource.origin, dialect)?.has(key);
    let instance =
        ResourceInstance { module: target.module.clone(), resource: addr.clone(), key: key.clone() };
    let error = Diagnostic::error(MISSING, missing(&instance.to_string(), false));
    (!there).then(|| error.at(import.to.location(&import.origin)).with_code("unknown-import-target"))
}

/// Whether each of the calls that lead to a module has the instance that is named; `None` where that is not known.
fn has_modules(root: &ModuleTree, path: &ModuleInstance) -> Option<bool> {
    let mut tree = root;
    for (name, key) in path.0.iter() {
        let call = tree.module.calls.get(name)?;
        if !Instances::of_call(call, &call.origin, tree.module.dialect)?.has(key) {
            return Some(false);
        }
        tree = tree.children.get(name)?;
    }
    Some(true)
}

/// Whether a target names an instance that its module or resource is known not to have. One without a key means all of
/// them.
pub(super) fn lacks_instance(root: &ModuleTree, target: &Target) -> bool {
    let is_missing = |instances: Option<Instances>, key: &InstanceKey| {
        *key != InstanceKey::None && instances.is_some_and(|instances| !instances.has(key))
    };
    let mut tree = root;
    for (name, key) in target.module.0.iter() {
        let Some(call) = tree.module.calls.get(name) else { return false };
        if is_missing(Instances::of_call(call, &call.origin, tree.module.dialect), key) {
            return true;
        }
        let Some(child) = tree.children.get(name) else { return false };
        tree = child;
    }
    let Some((addr, key)) = &target.resource else { return false };
    tree.module.resources.get(addr).is_some_and(|resource| {
        is_missing(Instances::of_resource(resource, &resource.origin, tree.module.dialect), key)
    })
}

/// Entries of `replace_triggered_by` that name a resource, or an instance, that is not there.
fn triggers(resource: &Item<Resource>, module: &Module, path: &ModuleInstance, sink: &mut Diagnostics) {
    let entries = &resource.lifecycle.replace_triggered_by;
    let is_planned = || {
        let own = Instances::of_resource(resource, &resource.origin, module.dialect);
        own.is_some_and(|own| !own.is_empty())
    };
    if !entries.is_empty() && is_planned() {
        sink.extend(entries.iter().filter_map(|entry| trigger(entry, resource, module, path)));
    }
}

fn trigger(
    entry: &Expr,
    resource: &Item<Resource>,
    module: &Module,
    path: &ModuleInstance,
) -> Option<Diagnostic> {
    let origin = entry.origin(&resource.origin);
    let reference = parse_reference(entry.traversals().first()?, origin, Grammar::Module).ok()?;
    let Subject::Resource(addr, key) = reference.subject else { return None };
    let place = entry.location(&resource.origin);
    let name = if path.is_root() { "the root module".to_owned() } else { path.to_string() };
    let Some(other) = module.resources.get(&addr) else {
        let detail = format!("A resource {addr} has not been declared in {name}");
        let error = Diagnostic::error("Reference to undeclared resource", detail);
        return Some(error.at(place).with_code("unknown-resource"));
    };
    // With a computed key, the instance of the same key is meant.
    static_traversal(entry)?;
    let instances = Instances::of_resource(other, &other.origin, module.dialect)?;
    let there = match &key {
        Some(key) => instances.has(key),
        None => !instances.is_empty(),
    };
    let key = key.unwrap_or(InstanceKey::None);
    let error = Diagnostic::error(format!("no change found for {addr}{key} in {name}"), "");
    (!there).then(|| error.at(place).with_code("invalid-replace-trigger"))
}
