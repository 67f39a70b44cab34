//! The provider configurations of a module and of those below it, in one map, by keys that resources name.

use std::collections::BTreeMap;

use config::{Module, ModuleTree, Schemas};
use provider::Providers;
use syntax::SmolStr;

use super::super::{Fields, text};
use super::expressions::of_body;

/// The configurations by their keys: `aws.west`, and `module.m:aws` in a module.
pub(super) struct Configurations(BTreeMap<String, Configuration>);

#[derive(Default)]
struct Configuration {
    name: SmolStr,
    source: SmolStr,
    alias: Option<SmolStr>,
    version: Option<String>,
    /// The calls that lead to its module.
    module: String,
    expressions: Fields,
    /// The key of the configuration that it is handed down from.
    parent: Option<String>,
}

impl Configurations {
    pub(super) fn new(tree: &ModuleTree, providers: &Providers) -> Configurations {
        let mut all = Configurations(BTreeMap::new());
        all.add(tree, "", None, providers);
        all
    }

    /// The key under which a module's resource finds its configuration.
    pub(super) fn key(&self, module: &str, name: &str) -> String {
        let own = key(module, name);
        let parent = self.0.get(&own).and_then(|it| it.parent.clone());
        parent.filter(|parent| self.0.contains_key(parent)).unwrap_or(own)
    }

    /// Those that are not handed down from others.
    pub(super) fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        for (key, it) in self.0.iter().filter(|(_, it)| it.parent.is_none()) {
            let mut node = Fields::default();
            node.set("name", text(&it.name));
            node.set("full_name", text(&it.source));
            if let Some(alias) = &it.alias {
                node.set("alias", text(alias));
            }
            if let Some(version) = &it.version {
                node.set("version_constraint", text(version));
            }
            if !it.module.is_empty() {
                node.set("module_address", text(&it.module));
            }
            if !it.expressions.is_empty() {
                node.set("expressions", it.expressions.clone().node());
            }
            fields.set(key, node.node());
        }
        fields
    }

    fn add(&mut self, tree: &ModuleTree, path: &str, above: Option<&str>, providers: &Providers) {
        let module = &*tree.module;
        for block in &module.providers {
            let source = module.provider_source(&block.name);
            let expressions =
                providers.provider(&source).map(|schema| of_body(&block.body, schema, &block.origin));
            self.0.insert(
                key(path, &block.reference().to_string()),
                Configuration {
                    name: block.name.clone(),
                    version: version(module, &source),
                    source,
                    alias: block.alias.clone(),
                    module: path.to_owned(),
                    expressions: expressions.unwrap_or_default(),
                    parent: None,
                },
            );
        }
        for (name, required) in &module.required_providers {
            for alias in &required.aliases {
                self.implied(module, path, name, &alias.to_string(), None);
            }
            self.implied(module, path, name, name, above);
        }
        let in_checks = module.checks.values().filter_map(|check| check.data.as_deref());
        let resources = module.resources.values().map(|resource| &*resource.decl).chain(in_checks);
        let used: Vec<SmolStr> = resources.map(|resource| module.provider_of(resource)).collect();
        for source in used {
            let kind = source.rsplit('/').next().unwrap_or(&source);
            if !self.0.contains_key(&key(path, kind)) {
                let parent = above.and_then(|above| self.source_of(key(above, kind), &source));
                let (name, module) = (SmolStr::from(kind), path.to_owned());
                let made =
                    Configuration { name, source: source.clone(), module, parent, ..Default::default() };
                self.0.insert(key(path, kind), made);
            }
        }
        for (name, child) in &tree.children {
            let Some(call) = module.calls.get(name) else { continue };
            let inside = match path {
                "" => format!("module.{name}"),
                path => format!("{path}.module.{name}"),
            };
            for passed in &call.passed_providers {
                let source = child.module.provider_source(&passed.child.reference.name);
                let parent = self.source_of(key(path, &passed.parent.reference.to_string()), &source);
                let name: SmolStr = passed.child.reference.to_string().into();
                let made = Configuration {
                    name: name.clone(),
                    source,
                    module: inside.clone(),
                    parent,
                    ..Default::default()
                };
                self.0.insert(key(&inside, &name), made);
            }
            syntax::with_stack(|| self.add(child, &inside, Some(path), providers));
        }
    }

    /// What a requirement asks for, where no block is there.
    fn implied(&mut self, module: &Module, path: &str, name: &SmolStr, local: &str, above: Option<&str>) {
        let own = key(path, local);
        if self.0.contains_key(&own) {
            return;
        }
        let source = module.provider_source(name);
        let parent = above.and_then(|above| self.source_of(key(above, name), &source));
        let made = Configuration {
            name: name.clone(),
            version: version(module, &source),
            source,
            module: path.to_owned(),
            parent,
            ..Default::default()
        };
        self.0.insert(own, made);
    }

    /// Where a configuration comes from that is handed down, perhaps by way of others.
    fn source_of(&self, start: String, source: &str) -> Option<String> {
        let mut found = None;
        let mut next = Some(start);
        while let Some(key) = next {
            let Some(it) = self.0.get(&key).filter(|it| it.source == source) else { break };
            next = it.parent.clone();
            found = Some(key);
        }
        found
    }
}

fn key(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}:{name}") }
}

/// The versions that a module asks for, written as the tool writes them.
fn version(module: &Module, source: &str) -> Option<String> {
    let mut required = module.required_providers.iter();
    let (_, required) = required.find(|(name, _)| module.provider_source(name) == source)?;
    let parts = required.version.as_deref()?.split(',').map(|part| {
        let part = part.trim();
        let number = part.find(|ch: char| ch.is_ascii_digit()).unwrap_or(0);
        let (operator, number) = part.split_at(number);
        format!("{} {number}", operator.trim()).trim().to_owned()
    });
    Some(parts.collect::<Vec<_>>().join(", "))
}
