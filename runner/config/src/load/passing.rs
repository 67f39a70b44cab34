//! Provider configurations that a call passes to its module, held against what the module says that it needs.

use syntax::{Diagnostic, Diagnostics, SmolStr, Span};

use crate::item::Item;
use crate::module::{Module, ModuleCall, ProviderRef};

/// What is wrong with the `providers` of a call of `child` in `module`.
pub(super) fn check(call: &Item<ModuleCall>, module: &Module, child: &Module) -> Diagnostics {
    let mut found = Diagnostics::new();
    for passed in &call.passed_providers {
        let wanted = child.required_providers.get(&passed.child.name);
        let source = source(module, &passed.parent.name);
        let is_known = match (wanted, &passed.child.alias) {
            (Some(wanted), Some(_)) => wanted.aliases.contains(&passed.child),
            (Some(_), None) => true,
            // A name that means a provider of the public registry on both sides may go without saying.
            (None, _) => {
                !module.required_providers.contains_key(&passed.child.name)
                    || source == format!("hashicorp/{}", passed.child.name)
            }
        };
        if is_known {
            continue;
        }
        let name = lang::quote(&passed.child.to_string());
        let detail = format!(
            "The child module does not declare any provider requirement with the local name {name}.\n\nIf you also control \
             the child module, you can add a required_providers entry named {name} with the source address {} to accept \
             this provider configuration.",
            lang::quote(&source)
        );
        let origin = call.providers.as_ref().map_or(&call.origin, |providers| providers.origin(&call.origin));
        let error = Diagnostic::error("Reference to undefined provider", detail);
        let at = passed.child_span;
        let name_end = at.start + u32::try_from(passed.child.name.len()).unwrap_or(at.len());
        // The name alone, as Terraform has it, where it is written as one.
        let subject = if origin.file.is_json() { at } else { Span::new(at.start, name_end.min(at.end)) };
        found.push(error.at(origin.locate(subject)).with_code("undefined-provider"));
    }
    let wanted = child.required_providers.values().flat_map(|required| &required.aliases);
    let is_passed = |wanted: &ProviderRef| call.passed_providers.iter().any(|passed| passed.child == *wanted);
    let mut told: Vec<&ProviderRef> = Vec::new();
    for wanted in wanted.filter(|wanted| wanted.alias.is_some() && !is_passed(wanted)) {
        if told.contains(&wanted) {
            continue;
        }
        told.push(wanted);
        let detail = format!(
            "The child module requires an additional configuration for provider {}, with the local name {}.\n\nRefer to the \
             module's documentation to understand the intended purpose of this additional provider configuration, and then \
             add an entry for {wanted} in the \"providers\" meta-argument in the module block to choose which provider \
             configuration the module should use for that purpose.",
            source(child, &wanted.name),
            lang::quote(&wanted.to_string()),
        );
        let error = Diagnostic::error("Missing required provider configuration", detail);
        found.push(error.at(call.locate(call.header)).with_code("missing-provider-configuration"));
    }
    found
}

/// The source address of a provider by its local name, as messages have it: without the public registry.
fn source(module: &Module, name: &SmolStr) -> String {
    let given = module.required_providers.get(name).and_then(|required| required.source.as_deref());
    let given = given.map_or_else(|| name.to_lowercase(), str::to_lowercase);
    let short = given.strip_prefix("registry.terraform.io/").unwrap_or(&given);
    if short.contains('/') { short.to_owned() } else { format!("hashicorp/{short}") }
}
