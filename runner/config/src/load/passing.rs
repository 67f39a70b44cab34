//! Provider configurations on their way from callers to the modules that they call: each call holds what it passes
//! against what its module asks for.
//!
//! Which messages there are, and that a name nobody requires means a provider of the public registry here even where it is
//! `terraform`, was measured with Terraform 1.11.4.

use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr, Span};

use super::instances;
use crate::dialect::Tool;
use crate::item::Item;
use crate::module::{
    Module, ModuleCall, ModuleTree, PassedProvider, ProviderConfig, ProviderRef, ProviderUse,
};
use crate::served::{display_source, full_source, implied_provider};

/// How many calls are followed. Modules are named by the path that leads to them, and there may be any number of paths
/// to a few modules that call each other twice.
pub(super) const MOST_CALLS: usize = 10_000;

/// What is wrong with the provider configurations of a whole configuration.
pub(super) fn check(tree: &ModuleTree) -> Diagnostics {
    let mut walk = Walk { left: MOST_CALLS, found: Diagnostics::new() };
    walk.module(&Place { tree, path: String::new(), caller: None, expanded: None });
    walk.found
}

struct Walk {
    left: usize,
    found: Diagnostics,
}

/// A module at the end of a path of calls.
struct Place<'a> {
    tree: &'a ModuleTree,
    /// `module.a.module.b`; empty for the root module.
    path: String,
    caller: Option<Caller<'a>>,
    /// The argument because of which the module may have no configurations of its own.
    expanded: Option<Location>,
}

#[derive(Clone, Copy)]
struct Caller<'a> {
    tree: &'a ModuleTree,
    path: &'a str,
    call: &'a Item<ModuleCall>,
}

impl Caller<'_> {
    /// The provider that a name in the `providers` of the call means. A name that the called module does not have is
    /// taken for what it means in any other module that the caller calls.
    fn wanted(&self, module: &Module, name: &SmolStr) -> SmolStr {
        let knows = |module: &Module| {
            module.required_providers.contains_key(name)
                || module.providers.iter().any(|block| block.name == *name)
        };
        let others = || self.tree.children.values().map(|child| &*child.module);
        match std::iter::once(module).chain(others()).find(|module| knows(module)) {
            Some(module) => address(module, name),
            None => full_source(name, module.dialect.tool),
        }
    }
}

impl Walk {
    fn module(&mut self, place: &Place<'_>) {
        let module = &*place.tree.module;
        self.required_twice(module);
        instances::check(module, &place.path, &mut self.found);
        self.passed_down(place);
        if let Some(caller) = &place.caller {
            self.own_configurations(place, caller);
            self.not_passed(module, caller);
            for passed in &caller.call.passed_providers {
                self.passed(passed, module, &place.path, caller);
            }
            self.empty_blocks(module, &place.path);
        }
        for (name, child) in &place.tree.children {
            let (Some(call), Some(left)) = (module.calls.get(name), self.left.checked_sub(1)) else { return };
            self.left = left;
            let path = match place.path.as_str() {
                "" => format!("module.{name}"),
                path => format!("{path}.module.{name}"),
            };
            let caller = Some(Caller { tree: place.tree, path: &place.path, call });
            let expanded = expanded(call).or_else(|| place.expanded.clone());
            self.module(&Place { tree: child, path, caller, expanded });
        }
    }

    /// Providers that have two names.
    fn required_twice(&mut self, module: &Module) {
        const SUMMARY: &str = "Duplicate required provider";
        let tool = module.dialect.tool;
        let required = &module.required_providers;
        for (index, (name, again)) in required.iter().enumerate() {
            let address = module.provider_source(name);
            let earlier = required.keys().take(index).find(|other| module.provider_source(other) == address);
            if let Some(earlier) = earlier {
                let detail = format!(
                    "Provider {} with the local name {} was previously required as {}. A provider can only be required \
                     once within required_providers.",
                    display_source(&address, tool),
                    lang::quote(name),
                    lang::quote(earlier)
                );
                self.warn("duplicate-provider", SUMMARY, detail, again.locate(again.value_span));
            }
        }
        for (address, resource) in &module.resources {
            let name = implied_provider(&address.kind);
            if resource.provider.is_some() || required.contains_key(name) {
                continue;
            }
            let implied = module.provider_source(name);
            for other in required.keys().filter(|other| module.provider_source(other) == implied) {
                let other = lang::quote(other);
                let detail = format!(
                    "Provider {} was implicitly required via resource {}, but listed in required_providers as {other}. \
                     Either the local name in required_providers must match the resource name, or the {other} provider \
                     must be assigned within the resource block.",
                    lang::quote(display_source(&implied, tool)),
                    lang::quote(&address.to_string()),
                );
                self.warn("duplicate-provider", SUMMARY, detail, resource.locate(resource.header));
            }
        }
    }

    /// Configurations that a module passes on under names that it does not declare, or was not given.
    fn passed_down(&mut self, place: &Place<'_>) {
        let module = &*place.tree.module;
        let tool = module.dialect.tool;
        let given = |name: &ProviderRef| {
            let passed = place.caller.iter().flat_map(|caller| &caller.call.passed_providers);
            passed.into_iter().any(|passed| passed.child.reference == *name)
        };
        for call in module.calls.values() {
            let passed = call.passed_providers.iter().map(|passed| &passed.parent);
            for used in passed.filter(|used| used.reference.alias.is_none()) {
                let name = &used.reference.name;
                let configured = has_configuration(module, &used.reference);
                let quoted = lang::quote(name);
                let default = full_source(name, tool);
                let default = display_source(&default, tool);
                if !configured && !module.required_providers.contains_key(name) {
                    let here = called(&place.path);
                    let above = called(place.caller.map_or("", |caller| caller.path));
                    let detail = format!(
                        "There is no explicit declaration for local provider name {quoted} in {here}, so {tool} is \
                         assuming you mean to pass a configuration for provider {default:?}.\n\nTo clarify your intent \
                         and silence this warning, add to {above} a required_providers entry named {quoted} with source \
                         = {default:?}, or a different source address if appropriate.",
                    );
                    self.warn("undefined-provider", UNDEFINED, detail, name_in(call, used));
                } else if let Some(caller) = &place.caller
                    && !configured
                    && !given(&used.reference)
                {
                    let detail = format!(
                        "The configuration for {} expects to inherit a configuration for provider {default} with local \
                         name {quoted}, but {} doesn't pass a configuration under that name.\n\nTo satisfy this \
                         requirement, add an entry for {quoted} to the \"providers\" argument in the module {} block.",
                        place.path,
                        called(caller.path),
                        lang::quote(&caller.call.name),
                    );
                    let header = caller.call.locate(caller.call.header);
                    self.warn("missing-provider-configuration", MISSING, detail, header);
                }
            }
        }
    }

    /// Configurations that a module has itself, where it may not.
    fn own_configurations(&mut self, place: &Place<'_>, caller: &Caller<'_>) {
        let module = &*place.tree.module;
        let mut own = module.providers.iter().filter(|block| !block.is_empty()).peekable();
        if let Some(argument) = place.expanded.as_ref().filter(|_| own.peek().is_some()) {
            let source = caller.call.source.as_ref().map_or("", |(source, _)| source);
            let detail = format!(
                "The module at {} is a legacy module which contains its own local provider configurations, and so calls to \
                 it may not use the count, for_each, or depends_on arguments.\n\nIf you also control the module {}, \
                 consider updating this module to instead expect provider configurations to be passed by its caller.",
                place.path,
                lang::quote(source)
            );
            let summary = "Module is incompatible with count, for_each, and depends_on";
            self.error("provider-in-expanded-module", summary, detail, argument.clone());
        }
        for block in own {
            let name = block.reference();
            let passed = caller.call.passed_providers.iter().find(|passed| passed.child.reference == name);
            if let Some(passed) = passed {
                let detail = format!(
                    "The configuration of {} has its own local configuration for {name}, and so it cannot accept an \
                     overridden configuration provided by {}.",
                    place.path,
                    called(caller.path)
                );
                let subject = name_in(caller.call, &passed.child);
                self.error("overridden-provider", "Cannot override provider configuration", detail, subject);
            }
        }
    }

    /// Configurations that a module asks for, and does not get.
    fn not_passed(&mut self, module: &Module, caller: &Caller<'_>) {
        let call = caller.call;
        let mut told: Vec<&ProviderRef> = Vec::new();
        for wanted in module.required_providers.values().flat_map(|required| &required.aliases) {
            let is_there = has_configuration(module, wanted)
                || call.passed_providers.iter().any(|passed| passed.child.reference == *wanted);
            if wanted.alias.is_none() || is_there || told.contains(&wanted) {
                continue;
            }
            told.push(wanted);
            let detail = format!(
                "The child module requires an additional configuration for provider {}, with the local name {}.\n\nRefer \
                 to the module's documentation to understand the intended purpose of this additional provider \
                 configuration, and then add an entry for {wanted} in the \"providers\" meta-argument in the module block \
                 to choose which provider configuration the module should use for that purpose.",
                display_source(&address(module, &wanted.name), module.dialect.tool),
                lang::quote(&wanted.to_string()),
            );
            self.error("missing-provider-configuration", MISSING, detail, call.locate(call.header));
        }
    }

    /// A configuration that is passed to a module, which is at `path`.
    fn passed(&mut self, passed: &PassedProvider, module: &Module, path: &str, caller: &Caller<'_>) {
        let (child, parent) = (&passed.child.reference, &passed.parent.reference);
        let wanted = caller.wanted(module, &child.name);
        let given = address(&caller.tree.module, &parent.name);
        let at_child = name_in(caller.call, &passed.child);
        let required = module.required_providers.get(&child.name);
        let is_declared = required.is_some_and(|it| child.alias.is_none() || it.aliases.contains(child))
            || module.providers.iter().any(|block| block.is_empty() && block.reference() == *child);
        let (quoted, tool) = (lang::quote(&child.to_string()), module.dialect.tool);
        if !is_declared && is_default(&wanted, tool) {
            let source = lang::quote(display_source(&wanted, tool));
            let detail = format!(
                "There is no explicit declaration for local provider name {quoted} in {path}, so {tool} is assuming you \
                 mean to pass a configuration for {source}.\n\nIf you also control the child module, add a \
                 required_providers entry named {quoted} with the source address {source}."
            );
            self.warn("undefined-provider", UNDEFINED, detail, at_child.clone());
        } else if !is_declared {
            let detail = format!(
                "The child module does not declare any provider requirement with the local name {quoted}.\n\nIf you also \
                 control the child module, you can add a required_providers entry named {quoted} with the source address \
                 {} to accept this provider configuration.",
                lang::quote(display_source(&wanted, tool))
            );
            self.error("undefined-provider", UNDEFINED, detail, at_child.clone());
        }
        if wanted == given {
            return;
        }
        let above = called(caller.path);
        // A name that would have been right is told.
        let other = module.required_providers.keys().find(|name| address(module, name) == given);
        let (detail, subject) = match other {
            Some(other) => (
                format!(
                    "The assigned configuration is for provider {}, but local name {} in {above} represents {}.\n\nTo pass \
                     this configuration to the child module, use the local name {} instead.",
                    lang::quote(display_source(&given, tool)),
                    lang::quote(&child.name),
                    lang::quote(display_source(&wanted, tool)),
                    lang::quote(other)
                ),
                at_child,
            ),
            None => (
                format!(
                    "The local name {} in {above} represents provider {}, but {quoted} in {path} represents {}.\n\nEach \
                     provider has its own distinct configuration schema and provider types, so this module's {quoted} can \
                     be assigned only a configuration for {}, which is not required by {path}.",
                    lang::quote(&parent.to_string()),
                    lang::quote(display_source(&given, tool)),
                    lang::quote(display_source(&wanted, tool)),
                    display_source(&wanted, tool)
                ),
                name_in(caller.call, &passed.parent),
            ),
        };
        self.error("provider-mismatch", "Provider type mismatch", detail, subject);
    }

    /// Blocks that once asked for a configuration, one warning for each provider.
    fn empty_blocks(&mut self, module: &Module, path: &str) {
        let tool = module.dialect.tool;
        let empty = || module.providers.iter().filter(|block| block.is_empty());
        let mut told: Vec<&SmolStr> = Vec::new();
        for first in empty() {
            let name = &first.name;
            if told.contains(&name) {
                continue;
            }
            told.push(name);
            let mut wanted: Vec<String> = empty()
                .filter(|other| other.name == *name)
                .map(|other| other.reference().to_string())
                .collect();
            wanted.sort_unstable();
            let source = full_source(name, tool);
            let mut entry = format!("    {name} = {{\n      source = {:?}\n", display_source(&source, tool));
            if *wanted != [name.as_str()] {
                let lines: String = wanted.iter().map(|wanted| format!("        {wanted},\n")).collect();
                entry.push_str(&format!("      configuration_aliases = [\n{lines}      ]\n"));
            }
            let detail = format!(
                "Earlier versions of {tool} used empty provider blocks (\"proxy provider configurations\") for child \
                 modules to declare their need to be passed a provider configuration by their callers. That approach was \
                 ambiguous and is now deprecated.\n\nIf you control this module, you can migrate to the new declaration \
                 syntax by removing all of the empty provider {} blocks and then adding or updating an entry like the \
                 following to the required_providers block of {path}:\n{entry}    }}",
                lang::quote(name)
            );
            let header = first.locate(first.header);
            self.warn("empty-provider-block", "Redundant empty provider block", detail, header);
        }
    }

    fn error(&mut self, code: &'static str, summary: &str, detail: String, subject: Location) {
        self.found.push(Diagnostic::error(summary, detail).at(subject).with_code(code));
    }

    fn warn(&mut self, code: &'static str, summary: &str, detail: String, subject: Location) {
        self.found.push(Diagnostic::warning(summary, detail).at(subject).with_code(code));
    }
}

const UNDEFINED: &str = "Reference to undefined provider";
const MISSING: &str = "Missing required provider configuration";

/// The argument of a call that makes its module, and all below it, one that may not configure providers.
fn expanded(call: &Item<ModuleCall>) -> Option<Location> {
    let argument = call.count.as_ref().or(call.for_each.as_ref()).or(call.depends_on.first())?;
    Some(argument.location(&call.origin))
}

/// A module as messages name it.
fn called(path: &str) -> &str {
    if path.is_empty() { "the root module" } else { path }
}

/// Whether a module configures the provider itself.
pub(super) fn has_configuration(module: &Module, name: &ProviderRef) -> bool {
    module.providers.iter().any(|block| !ProviderConfig::is_empty(block) && block.reference() == *name)
}

/// The name of a provider in a `providers` argument, without the alias. In JSON it is in quotes.
fn name_in(call: &Item<ModuleCall>, used: &ProviderUse) -> Location {
    let origin = origin_of_passed(call);
    let (name, quote) = (used.name_span(), u32::from(origin.file.is_json()));
    origin.locate(Span::new(name.start, (name.end + quote).min(used.span.end)))
}

/// What the places of the entries of a `providers` argument count from.
pub(super) fn origin_of_passed(call: &Item<ModuleCall>) -> &Origin {
    call.providers.as_ref().map_or(&call.origin, |providers| providers.origin(&call.origin))
}

/// The address of a provider by its local name: without a requirement, one of the public registry.
fn address(module: &Module, name: &str) -> SmolStr {
    match module.required_providers.contains_key(name) {
        true => module.provider_source(name),
        false => full_source(name, module.dialect.tool),
    }
}

fn is_default(address: &str, tool: Tool) -> bool {
    display_source(address, tool).starts_with("hashicorp/")
}
