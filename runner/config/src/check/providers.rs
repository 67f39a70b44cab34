//! The provider configurations that calls pass from module to module.

use syntax::{Diagnostic, Diagnostics, Location, SmolStr, Span};

use crate::item::Item;
use crate::module::{Module, ModuleCall, ModuleTree, PassedProvider, ProviderConfig, ProviderRef, Resource};
use crate::served::{default_source, display_source, implied_provider};

/// How many modules are looked at. Two calls on each of 25 levels are 33 million.
const MOST_MODULES: usize = 10_000;

/// What is wrong with the providers that the modules of a tree require, configure and pass on.
pub fn check_providers(tree: &ModuleTree) -> Diagnostics {
    let mut check = Check { left: MOST_MODULES, sink: Diagnostics::new() };
    check.module(&Place { tree, path: String::new(), call: None }, None);
    check.sink
}

/// A module as one chain of calls reaches it.
struct Place<'a> {
    tree: &'a ModuleTree,
    /// `module.a.module.b`; empty for the root module.
    path: String,
    /// The call and the module that it stands in.
    call: Option<(&'a Item<ModuleCall>, &'a Place<'a>)>,
}

impl Place<'_> {
    fn name(&self) -> &str {
        if self.path.is_empty() { "the root module" } else { &self.path }
    }
}

struct Check {
    left: usize,
    sink: Diagnostics,
}

impl Check {
    /// `prohibited` is where an enclosing call has `count`, `for_each` or `depends_on`.
    fn module(&mut self, place: &Place<'_>, prohibited: Option<&Location>) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let module = &*place.tree.module;
        for (name, child) in &place.tree.children {
            let Some(call) = module.calls.get(name) else { continue };
            let separator = if place.path.is_empty() { "" } else { "." };
            let path = format!("{}{separator}module.{name}", place.path);
            let repeated = call.count.as_ref().or(call.for_each.as_ref()).or(call.depends_on.first());
            let here = repeated.map(|expr| expr.location(&call.origin));
            let child = Place { tree: child, path, call: Some((call, place)) };
            self.module(&child, here.as_ref().or(prohibited));
        }
        self.required_twice(module);
        self.passed_on(place);
        let Some((call, caller)) = place.call else { return };
        let configured = || module.providers.iter().filter(|block| is_configured(block));
        if let Some(prohibited) = prohibited
            && configured().next().is_some()
        {
            self.legacy(place, call, prohibited);
        }
        for block in configured() {
            if let Some(passed) = call.passed_providers.iter().find(|passed| is_of(block, &passed.child)) {
                let detail = format!(
                    "The configuration of {} has its own local configuration for {}, and so it cannot accept an \
                     overridden configuration provided by {}.",
                    place.name(),
                    passed.child,
                    caller.name()
                );
                self.error(
                    "Cannot override provider configuration",
                    detail,
                    place_of(call, passed.child_span, &passed.child),
                );
            }
        }
        self.unmet(place, call);
        for passed in &call.passed_providers {
            self.passed(place, call, caller, passed);
        }
        self.redundant(place);
    }

    fn required_twice(&mut self, module: &Module) {
        let sources =
            module.required_providers.iter().map(|(name, it)| (name, it, module.provider_source(name)));
        let sources: Vec<_> = sources.collect();
        for (at, (name, required, source)) in sources.iter().enumerate() {
            let mut before = sources.iter().take(at);
            if let Some((first, ..)) = before.find(|(.., other)| other == source) {
                let detail = format!(
                    "Provider {} with the local name \"{name}\" was previously required as \"{first}\". A provider can \
                     only be required once within required_providers.",
                    display_source(source)
                );
                self.warning("Duplicate required provider", detail, required.locate(required.value_span));
            }
        }
        let implied = |resource: &&Item<Resource>| {
            resource.provider.is_none()
                && !module.required_providers.contains_key(implied_provider(&resource.addr.kind))
        };
        for resource in module.resources.values().filter(implied) {
            let source = module.provider_of(resource);
            for (name, ..) in sources.iter().filter(|(.., other)| *other == source) {
                let detail = format!(
                    "Provider \"{}\" was implicitly required via resource \"{}\", but listed in required_providers as \
                     \"{name}\". Either the local name in required_providers must match the resource name, or the \
                     \"{name}\" provider must be assigned within the resource block.",
                    display_source(&source),
                    resource.addr
                );
                self.warning("Duplicate required provider", detail, resource.locate(resource.header));
            }
        }
    }

    /// Whether what the calls of a module pass on is declared in it.
    fn passed_on(&mut self, place: &Place<'_>) {
        let module = &*place.tree.module;
        for call in module.calls.values() {
            // Those with an alias are never inherited, and are looked at where they are passed to.
            for passed in call.passed_providers.iter().filter(|passed| passed.parent.alias.is_none()) {
                let name = &passed.parent.name;
                let default = default_source(name);
                let display = display_source(&default);
                let configured =
                    module.providers.iter().any(|block| is_configured(block) && is_of(block, &passed.parent));
                if !configured && !module.required_providers.contains_key(name) {
                    let detail = format!(
                        "There is no explicit declaration for local provider name \"{name}\" in {}, so Terraform is \
                         assuming you mean to pass a configuration for provider \"{display}\".\n\nTo clarify your intent \
                         and silence this warning, add to {} a required_providers entry named \"{name}\" with source = \
                         \"{display}\", or a different source address if appropriate.",
                        place.name(),
                        place.call.map_or("the root module", |(_, caller)| caller.name())
                    );
                    let at = place_of(call, passed.parent_span, &passed.parent);
                    self.warning("Reference to undefined provider", detail, at);
                    continue;
                }
                let Some((own, caller)) = place.call else { continue };
                if !configured && !own.passed_providers.iter().any(|it| it.child == passed.parent) {
                    let detail = format!(
                        "The configuration for {} expects to inherit a configuration for provider {display} with local \
                         name \"{name}\", but {} doesn't pass a configuration under that name.\n\nTo satisfy this \
                         requirement, add an entry for \"{name}\" to the \"providers\" argument in the module \"{}\" \
                         block.",
                        place.name(),
                        caller.name(),
                        own.name
                    );
                    self.warning("Missing required provider configuration", detail, own.locate(own.header));
                }
            }
        }
    }

    fn legacy(&mut self, place: &Place<'_>, call: &Item<ModuleCall>, at: &Location) {
        let source = call.source.as_ref().map(|(source, _)| source.as_str()).unwrap_or_default();
        let detail = format!(
            "The module at {} is a legacy module which contains its own local provider configurations, and so calls to it \
             may not use the count, for_each, or depends_on arguments.\n\nIf you also control the module \"{source}\", \
             consider updating this module to instead expect provider configurations to be passed by its caller.",
            place.name()
        );
        self.error("Module is incompatible with count, for_each, and depends_on", detail, at.clone());
    }

    /// Configurations that a module declares to expect, and that nobody passes.
    fn unmet(&mut self, place: &Place<'_>, call: &Item<ModuleCall>) {
        let module = &*place.tree.module;
        for (name, required) in &module.required_providers {
            for alias in &required.aliases {
                let configured =
                    module.providers.iter().any(|block| is_configured(block) && is_of(block, alias));
                if configured || call.passed_providers.iter().any(|passed| passed.child == *alias) {
                    continue;
                }
                let detail = format!(
                    "The child module requires an additional configuration for provider {}, with the local name \
                     \"{alias}\".\n\nRefer to the module's documentation to understand the intended purpose of this \
                     additional provider configuration, and then add an entry for {alias} in the \"providers\" \
                     meta-argument in the module block to choose which provider configuration the module should use for \
                     that purpose.",
                    display_source(&module.provider_source(name))
                );
                self.error("Missing required provider configuration", detail, call.locate(call.header));
            }
        }
    }

    /// What is passed has to have a place in the child, and to be of the same provider.
    fn passed(
        &mut self,
        place: &Place<'_>,
        call: &Item<ModuleCall>,
        caller: &Place<'_>,
        passed: &PassedProvider,
    ) {
        let (module, child) = (&*place.tree.module, &passed.child);
        let required = module.required_providers.get(&child.name);
        // Of a name that the child does not declare, the caller's declaration counts.
        let declares = if required.is_some() { module } else { &*caller.tree.module };
        let source = declared_source(declares, &child.name);
        let display = display_source(&source);
        let expected =
            required.is_some_and(|required| child.alias.is_none() || required.aliases.contains(child));
        let is_empty_block =
            module.providers.iter().any(|block| !is_configured(block) && is_of(block, child));
        if !expected && !is_empty_block {
            let summary = "Reference to undefined provider";
            let at = place_of(call, passed.child_span, &passed.child);
            if source == default_source(&child.name) {
                let detail = format!(
                    "There is no explicit declaration for local provider name \"{child}\" in {}, so Terraform is assuming \
                     you mean to pass a configuration for \"{display}\".\n\nIf you also control the child module, add a \
                     required_providers entry named \"{child}\" with the source address \"{display}\".",
                    place.name()
                );
                self.warning(summary, detail, at);
            } else {
                let detail = format!(
                    "The child module does not declare any provider requirement with the local name \"{child}\".\n\nIf \
                     you also control the child module, you can add a required_providers entry named \"{child}\" with \
                     the source address \"{display}\" to accept this provider configuration."
                );
                self.error(summary, detail, at);
            }
        }
        let given = declared_source(&caller.tree.module, &passed.parent.name);
        if given == source {
            return;
        }
        let given = (display_source(&given), given.clone());
        let mut names = module.required_providers.keys();
        match names.find(|name| module.provider_source(name) == given.1) {
            Some(other) => {
                let detail = format!(
                    "The assigned configuration is for provider \"{}\", but local name \"{}\" in {} represents \
                     \"{display}\".\n\nTo pass this configuration to the child module, use the local name \"{other}\" \
                     instead.",
                    given.0,
                    child.name,
                    caller.name()
                );
                self.error(
                    "Provider type mismatch",
                    detail,
                    place_of(call, passed.child_span, &passed.child),
                );
            }
            None => {
                let detail = format!(
                    "The local name \"{}\" in {} represents provider \"{}\", but \"{child}\" in {} represents \
                     \"{display}\".\n\nEach provider has its own distinct configuration schema and provider types, so \
                     this module's \"{child}\" can be assigned only a configuration for {display}, which is not required \
                     by {}.",
                    passed.parent,
                    caller.name(),
                    given.0,
                    place.name(),
                    place.name()
                );
                let at = place_of(call, passed.parent_span, &passed.parent);
                self.error("Provider type mismatch", detail, at);
            }
        }
    }

    /// Empty blocks in a child module, which once declared that it expects a configuration.
    fn redundant(&mut self, place: &Place<'_>) {
        let module = &*place.tree.module;
        let mut seen: Vec<&SmolStr> = Vec::new();
        for first in module.providers.iter().filter(|block| !is_configured(block)) {
            let name = &first.name;
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let same = module.providers.iter().filter(|it| !is_configured(it) && it.name == *name);
            let mut aliases: Vec<Option<&SmolStr>> = same.map(|block| block.alias.as_ref()).collect();
            aliases.sort_unstable();
            let source = declared_source(module, name);
            let mut entry = format!("    {name} = {{\n      source = \"{}\"\n", display_source(&source));
            if aliases.iter().any(Option::is_some) {
                entry.push_str("      configuration_aliases = [\n");
                for alias in aliases {
                    let reference = ProviderRef { name: name.clone(), alias: alias.cloned() };
                    entry.push_str(&format!("        {reference},\n"));
                }
                entry.push_str("      ]\n");
            }
            entry.push_str("    }");
            let detail = format!(
                "Earlier versions of Terraform used empty provider blocks (\"proxy provider configurations\") for child \
                 modules to declare their need to be passed a provider configuration by their callers. That approach was \
                 ambiguous and is now deprecated.\n\nIf you control this module, you can migrate to the new declaration \
                 syntax by removing all of the empty provider \"{name}\" blocks and then adding or updating an entry like \
                 the following to the required_providers block of {}:\n{entry}",
                place.name()
            );
            self.warning("Redundant empty provider block", detail, first.locate(first.header));
        }
    }

    fn error(&mut self, summary: &str, detail: String, at: Location) {
        self.sink.push(Diagnostic::error(summary, detail).at(at).with_code("provider-configuration"));
    }

    fn warning(&mut self, summary: &str, detail: String, at: Location) {
        self.sink.push(Diagnostic::warning(summary, detail).at(at).with_code("provider-configuration"));
    }
}

fn is_configured(block: &ProviderConfig) -> bool {
    !block.body.is_empty()
}

fn is_of(block: &ProviderConfig, reference: &ProviderRef) -> bool {
    block.name == reference.name && block.alias == reference.alias
}

/// The source that a module declares for a local name; a name that it does not declare is one of the defaults, the
/// built-in provider's as well.
fn declared_source(module: &Module, name: &SmolStr) -> SmolStr {
    match module.required_providers.contains_key(name) {
        true => module.provider_source(name),
        false => default_source(name),
    }
}

/// The place of a name in a `providers` argument, without its alias where it is written as one.
fn place_of(call: &Item<ModuleCall>, span: Span, reference: &ProviderRef) -> Location {
    let origin = call.providers.as_ref().map_or(&call.origin, |providers| providers.origin(&call.origin));
    let end = span.start.saturating_add(u32::try_from(reference.name.len()).unwrap_or(0));
    let name = Span::new(span.start, end.min(span.end));
    origin.locate(if origin.file.is_json() { span } else { name })
}
