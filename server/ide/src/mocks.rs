//! What mocks have to give: the providers that a module needs, and of each the computed attributes that somebody reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::compose::{Body, Expression};
use config::{
    BUILT_IN_PROVIDER, Inferred, ModuleTree, ProviderRef, Resource, ResourceAddr, ResourceMode, Schema,
    TestFile,
};
use lang::{Type, Value};
use syntax::SmolStr;

use crate::project::Project;
use crate::shapes::{EXAMPLE, Named};

/// The provider configurations that a module and those that it calls take from outside, by their names in the module;
/// each with the provider's source. The one that is part of the tool is none.
pub(crate) fn needed_providers(tree: &ModuleTree) -> Vec<(ProviderRef, SmolStr)> {
    let mut found = Vec::new();
    collect(tree, &|reference| Some(reference.clone()), &mut found);
    found.sort_by(|a, b| (&a.0.name, &a.0.alias).cmp(&(&b.0.name, &b.0.alias)));
    found.dedup();
    found
}

/// Those of them that a test file neither mocks nor configures.
pub(crate) fn real_providers(tree: &ModuleTree, file: &TestFile) -> Vec<(ProviderRef, SmolStr)> {
    let mut needed = needed_providers(tree);
    needed.retain(|(it, _)| {
        !is_mocked(file, it) && !file.providers.iter().any(|block| block.reference() == *it)
    });
    needed
}

pub(crate) fn is_mocked(file: &TestFile, provider: &ProviderRef) -> bool {
    file.mock_providers.iter().any(|mock| mock.name == provider.name && mock.alias == provider.alias)
}

/// `outside` tells what the outermost module calls a configuration.
fn collect(
    tree: &ModuleTree,
    outside: &dyn Fn(&ProviderRef) -> Option<ProviderRef>,
    found: &mut Vec<(ProviderRef, SmolStr)>,
) {
    let module = &tree.module;
    let in_checks = module.checks.values().filter_map(|check| check.data.as_deref());
    let resources = module.resources.values().map(|resource| &*resource.decl).chain(in_checks);
    for reference in resources.map(Resource::provider_ref) {
        let source = module.provider_source(&reference.name);
        if source != BUILT_IN_PROVIDER
            && let Some(reference) = outside(&reference)
        {
            found.push((reference, source));
        }
    }
    for (name, child) in &tree.children {
        let Some(call) = module.calls.get(name) else { continue };
        let upwards = |reference: &ProviderRef| {
            // What a called module configures itself no test can replace.
            if child.module.providers.iter().any(|block| block.reference() == *reference && !block.is_empty())
            {
                return None;
            }
            let passed = call.passed_providers.iter().find(|passed| passed.child.reference == *reference);
            let source = child.module.provider_source(&reference.name);
            let parent = match passed {
                Some(passed) => passed.parent.reference.clone(),
                None if reference.alias.is_none() => {
                    ProviderRef { name: name_of(tree, &source), alias: None }
                }
                None => return None,
            };
            outside(&parent)
        };
        syntax::with_stack(|| collect(child, &upwards, found));
    }
}

/// What a module calls a provider.
fn name_of(tree: &ModuleTree, source: &str) -> SmolStr {
    let mut required = tree.module.required_providers.keys();
    let named = required.find(|name| tree.module.provider_source(name) == source).cloned();
    named.unwrap_or_else(|| source.rsplit('/').next().unwrap_or(source).into())
}

/// What a mock of one type gives.
#[derive(Clone, Debug)]
pub(crate) struct MockedType {
    pub(crate) mode: ResourceMode,
    pub(crate) kind: SmolStr,
    pub(crate) values: Vec<(SmolStr, Value)>,
}

/// What is read of one provider's objects, anywhere in the modules and tests of a project.
pub(crate) struct Reads<'p> {
    project: &'p Project,
    inferred: Inferred,
}

impl<'p> Reads<'p> {
    pub(crate) fn new(project: &'p Project, source: &str) -> Reads<'p> {
        let trees: Vec<Arc<ModuleTree>> = project.roots().cloned().collect();
        Reads { project, inferred: Inferred::new(source, &trees, project.tests()) }
    }

    /// The types of which anything is read that only their provider tells.
    pub(crate) fn types(&self) -> Vec<MockedType> {
        let of = |mode| self.inferred.kinds(mode).keys().map(move |kind| (mode, kind.clone()));
        let all = of(ResourceMode::Managed).chain(of(ResourceMode::Data));
        let types = all.map(|(mode, kind)| MockedType { mode, values: self.values(mode, &kind), kind });
        types.filter(|it| !it.values.is_empty()).collect()
    }

    /// A value for one attribute of a type.
    pub(crate) fn value(&self, mode: ResourceMode, kind: &str, attribute: &str) -> Value {
        let schema = self.project.schemas().resource(&self.inferred.source, mode, kind);
        match schema.and_then(|schema| schema.attributes.get(attribute)) {
            Some(known) => {
                let description = known.description.as_deref().unwrap_or_default();
                Named { name: attribute, kind, description }.of_schema(known)
            }
            None => Value::string(Named { name: attribute, kind, description: "" }.text()),
        }
    }

    /// Values for what is read of an object.
    pub(crate) fn values(&self, mode: ResourceMode, kind: &str) -> Vec<(SmolStr, Value)> {
        let Some(guess) = self.inferred.schema(mode, kind) else { return Vec::new() };
        let known = self.project.schemas().resource(&self.inferred.source, mode, kind);
        let mut found = values(kind, guess, known);
        // Every object has an id, whether it is read or not.
        found.retain(|(name, value)| name != "id" || value.as_str() != Some(EXAMPLE));
        found
    }
}

fn values(kind: &str, guess: &Schema, known: Option<&Schema>) -> Vec<(SmolStr, Value)> {
    let mut found = Vec::new();
    for (name, guessed) in guess.attributes.iter().filter(|(_, attribute)| attribute.computed) {
        match known {
            Some(schema) => match schema.attributes.get(name) {
                Some(attribute) if attribute.computed => {
                    let description = attribute.description.as_deref().unwrap_or_default();
                    found.push((name.clone(), Named { name, kind, description }.of_schema(attribute)));
                }
                _ => {}
            },
            None => {
                let ty = if guessed.ty == Type::Dynamic { &Type::String } else { &guessed.ty };
                found.push((name.clone(), Named { name, kind, description: "" }.value(ty)));
            }
        }
    }
    for (name, block) in &guess.blocks {
        let known = match known {
            Some(schema) => match schema.blocks.get(name) {
                Some(block) => Some(&block.body),
                None => continue,
            },
            None => None,
        };
        let inside = syntax::with_stack(|| values(kind, &block.body, known));
        if !inside.is_empty() {
            let inside: BTreeMap<Arc<str>, Value> =
                inside.into_iter().map(|(name, value)| (Arc::from(name.as_str()), value)).collect();
            found.push((name.clone(), Value::object(inside)));
        }
    }
    found
}

impl MockedType {
    /// `mock_resource "kind" { … }` or `mock_data`.
    pub(crate) fn write(&self, body: &mut Body) {
        let block = if self.mode == ResourceMode::Data { "mock_data" } else { "mock_resource" };
        let mut inside = Body::new();
        inside.attribute("defaults", object(&self.values));
        body.block(block, &[&self.kind], inside);
    }
}

/// The values as an object.
pub(crate) fn object(values: &[(SmolStr, Value)]) -> Expression {
    Expression::object(values.iter().map(|(name, value)| (name.as_str(), Expression::value(value))))
}

/// A whole `mock_provider`.
pub(crate) fn mock_provider(project: &Project, provider: &ProviderRef, source: &str, body: &mut Body) {
    let mut inside = Body::new();
    if let Some(alias) = &provider.alias {
        inside.attribute("alias", Expression::text(alias));
    }
    for mocked in Reads::new(project, source).types() {
        mocked.write(&mut inside);
    }
    body.block("mock_provider", &[&provider.name], inside);
}

/// The values of a resource that an override gives: what is read of it, or of any object of its type.
pub(crate) fn override_values(
    project: &Project,
    tree: &ModuleTree,
    addr: &ResourceAddr,
) -> Vec<(SmolStr, Value)> {
    let Some(resource) = tree.module.resources.get(addr) else { return Vec::new() };
    Reads::new(project, &tree.module.provider_of(resource)).values(addr.mode, &addr.kind)
}
