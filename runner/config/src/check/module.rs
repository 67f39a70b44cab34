//! A module and the modules below it.

use lang::{Expr, StepKind, Traversal};
use syntax::{Diagnostic, Diagnostics, Origin, SmolStr};

use super::guess::has_syntax_errors;
use super::{body, expression, ignore_changes};
use crate::address::ResourceMode;
use crate::item::Item;
use crate::module::{Body, Condition, ModuleCall, ModuleTree, ProviderUse, Resource};
use crate::names::{Names, looked_up_in_order};
use crate::reference::{Grammar, parse_reference};
use crate::refs::for_each_expr;
use crate::schema::{Schema, Schemas};
use crate::served::display_source;
use crate::suggest::did_you_mean;

/// What `validate` would say about the module and every module it calls. A directory that is called twice is checked
/// once.
pub fn check_module(tree: &ModuleTree, schemas: &dyn Schemas) -> Diagnostics {
    let mut sink = Vec::new();
    let mut seen = Vec::new();
    descend(tree, "", schemas, &mut seen, &mut sink);
    sink
}

/// What of a module is evaluated by itself, by its index among the module's declarations of its kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Declared {
    Local(usize),
    Output(usize),
    Resource(usize),
    Call(usize),
    /// Which arguments a call has, whatever their values are.
    Parameters(usize),
    /// An argument of a call.
    Argument(usize, SmolStr),
    Check(usize),
    Provider(usize),
    Import(usize),
}

/// What is wrong with each declaration of one module, apart from its conditions, when names are looked up as Terraform
/// does it: first those of resources and modules, and the others only where these lead somewhere.
///
/// `name` is how messages call the module. For whoever evaluates the declarations in order, where one that is wrong
/// keeps whatever needs it from being evaluated; see [`check_module`] for everything that can be said at once.
pub fn check_declarations(
    tree: &ModuleTree,
    name: &str,
    schemas: &dyn Schemas,
) -> Vec<(Declared, Diagnostics)> {
    let mut sink = Diagnostics::new();
    let names = Names::of_module(tree, name, schemas);
    let mut checker = Checker { tree, names, sink: &mut sink, begun: Some(Vec::new()) };
    checker.module();
    let begun = checker.begun.unwrap_or_default();
    let mut found = Vec::new();
    for (start, declared) in begun.into_iter().rev() {
        let own = sink.split_off(start);
        if !own.is_empty() {
            found.push((declared, own));
        }
    }
    found
}

fn descend<'a>(
    tree: &'a ModuleTree,
    path: &str,
    schemas: &dyn Schemas,
    seen: &mut Vec<&'a str>,
    sink: &mut Diagnostics,
) {
    if seen.contains(&tree.module.dir.as_str()) {
        return;
    }
    seen.push(&tree.module.dir);
    let name = if path.is_empty() { "the root module" } else { path };
    let mut below = Vec::new();
    let mut faulty = Vec::new();
    for (name, child) in &tree.children {
        let path = if path.is_empty() { format!("module.{name}") } else { format!("{path}.module.{name}") };
        let before = below.len();
        descend(child, &path, schemas, seen, &mut below);
        if below[before..].iter().any(Diagnostic::is_error) {
            faulty.push(name.as_str());
        }
    }
    let names = Names { faulty: &faulty, ..Names::of_module(tree, name, schemas) };
    Checker { tree, names, sink: &mut *sink, begun: None }.module();
    sink.append(&mut below);
}

/// What cannot be checked because the document that describes it is wrong.
fn unreadable(what: &str, problem: &str) -> Diagnostic {
    let detail =
        format!("The schema of {what} cannot be read, so nothing can be checked against it: {problem}.");
    Diagnostic::error("Invalid provider schema", detail).with_code("invalid-provider-schema")
}

/// Whether a resource of the module or of one below it belongs to the provider.
fn uses(tree: &ModuleTree, source: &str) -> bool {
    let module = &tree.module;
    let in_checks = module.checks.values().filter_map(|check| check.data.as_deref());
    let mut resources = module.resources.values().map(|resource| &*resource.decl).chain(in_checks);
    resources.any(|resource| module.provider_of(resource) == source)
        || tree.children.values().any(|child| uses(child, source))
}

struct Checker<'a> {
    tree: &'a ModuleTree,
    names: Names<'a>,
    sink: &'a mut Diagnostics,
    /// Where in the sink the findings of each declaration begin, where they are wanted one by one and in Terraform's way.
    begun: Option<Vec<(usize, Declared)>>,
}

impl Checker<'_> {
    /// What is found from here on is about another declaration.
    fn begin(&mut self, declared: Declared) {
        let start = self.sink.len();
        self.begun.iter_mut().for_each(|begun| begun.push((start, declared.clone())));
    }

    /// Leaves of what was found in one evaluation what Terraform says of it: names of resources and modules are looked up
    /// first, and where one of these leads nowhere, nothing else is.
    fn in_order(&mut self, before: usize) {
        if self.begun.is_some() {
            looked_up_in_order(self.sink, before);
        }
    }

    fn module(&mut self) {
        let module = &self.tree.module;
        let names = self.names;
        for variable in module.variables.values() {
            self.conditions(&variable.validations, &variable.origin, &names);
        }
        for (at, (name, local)) in module.locals.iter().enumerate() {
            self.begin(Declared::Local(at));
            self.expr(&local.value, &local.origin, &names);
            self.own_value(name, &local.value, &local.origin);
        }
        for (at, output) in module.outputs.values().enumerate() {
            self.begin(Declared::Output(at));
            if let Some(value) = &output.value {
                self.expr(value, &output.origin, &names);
            }
            self.dependencies(&output.depends_on, &output.origin);
            self.conditions(&output.preconditions, &output.origin, &names);
        }
        for (at, resource) in module.resources.values().enumerate() {
            self.begin(Declared::Resource(at));
            self.resource(resource, &resource.origin, &names);
        }
        for (at, call) in module.calls.values().enumerate() {
            self.begin(Declared::Call(at));
            self.call(at, call);
        }
        for (at, (name, check)) in module.checks.iter().enumerate() {
            self.begin(Declared::Check(at));
            let names = Names { check: Some(name), ..names };
            self.conditions(&check.asserts, &check.origin, &names);
            if let Some(data) = &check.data {
                self.resource(data, &check.origin, &names);
            }
        }
        for (at, provider) in module.providers.iter().enumerate() {
            self.begin(Declared::Provider(at));
            let source = module.provider_source(&provider.name);
            let schema = names.schemas.provider(&source);
            let names = Names { each: provider.for_each.is_some(), ..names };
            let resolved = self.body(&provider.body, schema, &provider.origin, &names);
            // What nothing uses is never read.
            if let Some(schema) = schema.filter(|_| uses(self.tree, &source)) {
                if !resolved && self.begun.is_some() {
                    continue;
                }
                self.schema(&provider.body, schema, &provider.origin);
            } else if let Some(problem) = names.schemas.unreadable(&source, None)
                && uses(self.tree, &source)
            {
                let what = format!("the configuration of the provider {source}");
                self.sink.push(unreadable(&what, &problem).at(provider.locate(provider.header)));
            }
        }
        for (at, import) in module.imports.iter().enumerate() {
            self.begin(Declared::Import(at));
            if self.begun.is_some() && import.for_each.is_some() {
                // What it repeats is a question for the plan.
                continue;
            }
            let names = Names { each: import.for_each.is_some(), ..names };
            for expr in [&import.id, &import.identity].into_iter().flatten() {
                self.expr(expr, &import.origin, &names);
            }
        }
    }

    fn resource(&mut self, resource: &Resource, origin: &Origin, outside: &Names<'_>) {
        for expr in [&resource.count, &resource.for_each].into_iter().flatten() {
            self.expr(expr, origin, outside);
        }
        let names = Names { count: resource.count.is_some(), each: resource.for_each.is_some(), ..*outside };
        self.provider_key(resource.provider.as_ref(), origin, &names);
        self.dependencies(&resource.depends_on, origin);
        let provider = self.tree.module.provider_of(resource);
        let schema = names.schemas.resource(&provider, resource.mode, &resource.addr.kind);
        let resolved = self.body(&resource.body, schema, origin, &names);
        self.conditions(&resource.lifecycle.preconditions, origin, &names);
        let with_self = Names { self_object: Some(&resource.addr), ..names };
        self.conditions(&resource.lifecycle.postconditions, origin, &with_self);
        match schema {
            Some(_) if !resolved && self.begun.is_some() => {}
            Some(schema) => {
                self.schema(&resource.body, schema, origin);
                ignore_changes::check(resource, schema, origin, self.tree.module.dialect.tool, self.sink);
            }
            None => self.unknown_kind(resource, &provider, origin),
        }
    }

    /// The key of a provider's instance, which a run evaluates only when something is made of it.
    fn provider_key(&mut self, used: Option<&ProviderUse>, origin: &Origin, names: &Names<'_>) {
        if let Some(key) = used.and_then(|used| used.key.as_ref()).filter(|_| self.begun.is_none()) {
            self.expr(&key.value, origin, names);
        }
    }

    fn schema(&mut self, body: &Body, schema: &Schema, origin: &Origin) {
        let sources = &self.tree.module.sources;
        body::check(body, schema, origin, &|place| sources.range(place), self.sink);
    }

    /// A local value made of itself.
    fn own_value(&mut self, name: &str, value: &Expr, origin: &Origin) {
        let own = |traversal: &&Traversal| {
            traversal.root == "local" && traversal.attr(0).is_some_and(|first| first == name)
        };
        let origin = value.origin(origin);
        for traversal in value.traversals().iter().filter(own) {
            let detail =
                format!("Local value local.{name} cannot use its own result as part of its expression.");
            let end = traversal.steps.first().map_or(traversal.root_span, |step| step.span);
            self.sink.push(
                Diagnostic::error("Self-referencing local value", detail)
                    .at(origin.locate(traversal.root_span.to(end)))
                    .with_code("self-reference"),
            );
        }
    }

    /// A type that its provider, which is at hand, does not have.
    fn unknown_kind(&mut self, resource: &Resource, provider: &str, origin: &Origin) {
        let kind = &resource.addr.kind;
        let subject = origin.locate(resource.kind_span);
        let Some(mut kinds) = self.names.schemas.kinds(provider, resource.mode) else { return };
        let (summary, what) = match resource.mode {
            ResourceMode::Managed => ("Invalid resource type", "resource type"),
            ResourceMode::Data => ("Invalid data source", "data source"),
            ResourceMode::Ephemeral => ("Invalid ephemeral resource", "ephemeral resource"),
        };
        let quoted = lang::quote(kind);
        if let Some(problem) = self.names.schemas.unreadable(provider, Some((resource.mode, kind))) {
            self.sink.push(unreadable(&format!("the {what} {quoted}"), &problem).at(subject));
            return;
        }
        let shown = display_source(provider, self.tree.module.dialect.tool);
        let mut detail = format!("The provider {shown} does not support {what} {quoted}.");
        let other = match resource.mode {
            ResourceMode::Managed => Some((
                ResourceMode::Data,
                format!(
                    "\n\nDid you intend to use the data source {quoted}? If so, declare this using a \"data\" block \
                     instead of a \"resource\" block."
                ),
            )),
            ResourceMode::Data => Some((
                ResourceMode::Managed,
                format!(
                    "\n\nDid you intend to use the managed resource type {quoted}? If so, declare this using a \
                     \"resource\" block instead of a \"data\" block."
                ),
            )),
            ResourceMode::Ephemeral => None,
        };
        match other.filter(|(mode, _)| self.names.schemas.resource(provider, *mode, kind).is_some()) {
            Some((_, hint)) => detail.push_str(&hint),
            None => {
                kinds.sort_unstable();
                detail.push_str(&did_you_mean(kind, kinds));
            }
        }
        self.sink.push(Diagnostic::error(summary, detail).at(subject).with_code("unknown-resource-type"));
    }

    fn call(&mut self, at: usize, call: &Item<ModuleCall>) {
        let outside = self.names;
        for expr in [&call.count, &call.for_each].into_iter().flatten() {
            self.expr(expr, &call.origin, &outside);
        }
        self.dependencies(&call.depends_on, &call.origin);
        // A run looks for what an argument repeats only when it plans.
        let open = self.begun.is_some();
        let (count, each) = (open || call.count.is_some(), open || call.for_each.is_some());
        let names = Names { count, each, ..outside };
        for passed in &call.passed_providers {
            self.provider_key(Some(&passed.parent), &call.origin, &names);
        }
        self.begin(Declared::Parameters(at));
        for (kind, span) in &call.blocks {
            self.sink.push(
                Diagnostic::error(
                    "Unsupported block type",
                    format!("Blocks of type {} are not expected here.", lang::quote(kind)),
                )
                .at(call.locate(*span))
                .with_code("unsupported-block"),
            );
        }
        self.parameters(call);
        let child = self.tree.children.get(&call.name);
        for (name, argument) in &call.arguments {
            self.begin(Declared::Argument(at, name.clone()));
            // What an override file gives to a module that does not ask for it is not looked at.
            if call.overridden && child.is_some_and(|child| !child.module.variables.contains_key(name)) {
                continue;
            }
            self.expr(&argument.value, &call.origin, &names);
        }
    }

    /// Whether a call gives the module what it asks for, and no more.
    fn parameters(&mut self, call: &Item<ModuleCall>) {
        let Some(child) = self.tree.children.get(&call.name) else { return };
        if has_syntax_errors(&child.module.diagnostics) {
            // What is half-typed declares less than it is about to.
            return;
        }
        let variables = &child.module.variables;
        for (name, variable) in variables {
            if variable.default.is_none() && !call.arguments.contains_key(name) {
                let detail =
                    format!("The argument {} is required, but no definition was found.", lang::quote(name));
                self.sink.push(
                    Diagnostic::error("Missing required argument", detail)
                        .at(call.locate(call.missing_item_span))
                        .with_code("missing-argument"),
                );
            }
        }
        for (name, argument) in &call.arguments {
            if variables.contains_key(name) || call.overridden {
                continue;
            }
            let unset = variables.keys().filter(|known| !call.arguments.contains_key(*known));
            let mut unset: Vec<&str> = unset.map(AsRef::as_ref).collect();
            unset.sort_unstable();
            let hint = did_you_mean(name, unset);
            if call.origin.file.is_json() {
                let quoted = lang::quote(name);
                self.sink.push(body::extraneous(&quoted, &hint, argument, &call.origin));
                continue;
            }
            self.sink.push(
                Diagnostic::error(
                    "Unsupported argument",
                    format!("An argument named {} is not expected here.{hint}", lang::quote(name)),
                )
                .at(call.locate(argument.name_span))
                .with_code("unsupported-argument"),
            );
        }
    }

    fn conditions(&mut self, conditions: &[Condition], origin: &Origin, names: &Names<'_>) {
        if self.begun.is_some() {
            return;
        }
        for condition in conditions {
            self.expr(&condition.condition, origin, names);
            self.expr(&condition.error_message, origin, names);
        }
    }

    /// The names in a body. Whether all of them lead somewhere. A body is evaluated as one, and not at all where a name in
    /// it leads nowhere.
    fn body(&mut self, body: &Body, schema: Option<&Schema>, origin: &Origin, names: &Names<'_>) -> bool {
        // In an argument that there is not, Terraform looks for no names; where an override file gives it, nothing else
        // is wrong with it.
        let known = schema.filter(|_| self.begun.is_some() || body.overridden);
        let known = known.map(|schema| body.known_to(schema));
        let body = known.as_ref().unwrap_or(body);
        let mut resolved = true;
        let before = self.sink.len();
        for_each_expr(body, &mut |expr, bound| {
            resolved &= expression::references(expr, origin, names, bound, self.sink);
        });
        self.in_order(before);
        if resolved {
            for_each_expr(body, &mut |expr, _| expression::rest(expr, origin, names, self.sink));
        }
        resolved
    }

    /// `depends_on` names whole objects. Whether they exist is asked until something is wrong.
    fn dependencies(&mut self, dependencies: &[Expr], origin: &Origin) {
        let before = self.sink.len();
        for expr in dependencies {
            let Some(traversal) = lang::static_traversal(expr) else { continue };
            if traversal.steps.iter().any(|step| matches!(step.kind, StepKind::Missing)) {
                continue;
            }
            let reference = match parse_reference(traversal, origin, Grammar::Module) {
                Ok(reference) => reference,
                Err(diagnostic) => {
                    self.sink.push(diagnostic);
                    continue;
                }
            };
            let rest = traversal.steps.get(reference.consumed..).unwrap_or_default();
            if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
                self.sink.push(
                    Diagnostic::error(
                        "Invalid depends_on reference",
                        "References in depends_on must be to a whole object (resource, etc), not to an attribute of an \
                         object.",
                    )
                    .at(origin.locate(first.span.to(last.span)))
                    .with_code("invalid-dependency"),
                );
            } else if !self.sink[before..].iter().any(Diagnostic::is_error) {
                expression::reference(traversal, origin, &self.names, self.sink);
            }
        }
    }

    fn expr(&mut self, expr: &Expr, origin: &Origin, names: &Names<'_>) {
        let before = self.sink.len();
        expression::check(expr, origin, names, self.sink);
        self.in_order(before);
    }
}
