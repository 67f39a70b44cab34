//! Provider configurations: evaluated and handed to their providers once, when the first object needs one.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{
    Body, Configuration, Encoder, Feature, InstanceKey, Item, Module, ProviderConfig, Resource,
    ResourceInstance, Run, Schema, TestFile,
};
use lang::{Scope, Value};
use provider::{Mock, Provider, Replacement, Report};
use syntax::{Diagnostic, Diagnostics, Location, Origin, SmolStr};

use super::resource::At;
use super::{Phase, Repetition, Walk};
use crate::finding::Finding;
use crate::overrides::{mock_of, takes_from_file};
use crate::program::{ConfigurationId, ModuleId, Node, Program, Served};
use crate::reports;
use crate::state::{DeposedKey, Object};
use crate::test_provider::arguments;

/// The provider blocks that a test file puts in place of the root module's, or beside them.
#[derive(Clone, Copy)]
pub struct TestProviders<'a> {
    pub file: &'a TestFile,
    pub run: &'a Item<Run>,
    /// What the blocks may refer to: variables of the file and from outside, and finished runs.
    pub names: &'a dyn Scope,
}

/// What has become of a configuration.
#[derive(Clone, Default)]
pub(super) enum Configured {
    #[default]
    NotYet,
    Single(Arc<dyn Provider>),
    /// Of one with `for_each`, by its keys.
    Keyed(Arc<BTreeMap<SmolStr, Arc<dyn Provider>>>),
    /// Diagnostics say why.
    Failed,
}

/// A provider block and what it can refer to.
pub(super) enum Block<'a> {
    OfModule(&'a Item<ProviderConfig>),
    OfTest(&'a Item<ProviderConfig>, &'a dyn Scope),
}

impl<'a> TestProviders<'a> {
    /// The block that the file has for a configuration of the root module. A run that says which providers it passes
    /// gets these alone.
    fn block(&self, root: &Module, wanted: &Configuration) -> Option<&'a Item<ProviderConfig>> {
        let file = self.file;
        let is = |name: &SmolStr, alias: &Option<SmolStr>| {
            *alias == wanted.alias && root.provider_source(name) == wanted.source
        };
        if self.run.providers.is_none() {
            if !takes_from_file(file, root, wanted) {
                return None;
            }
            return file.providers.iter().find(|block| is(&block.name, &block.alias));
        }
        let passed = self
            .run
            .passed_providers
            .iter()
            .find(|passed| is(&passed.child.reference.name, &passed.child.reference.alias))?;
        let (name, alias) = (&passed.parent.reference.name, &passed.parent.reference.alias);
        file.providers.iter().find(|block| block.name == *name && block.alias == *alias)
    }
}

impl<'a> TestProviders<'a> {
    /// Whether something in the file takes the place of a provider block of the root module, which nobody reads then.
    pub(crate) fn replaces(&self, root: &Module, block: &ProviderConfig) -> bool {
        let source = root.provider_source(&block.name);
        let wanted = Configuration { module: 0, source, alias: block.alias.clone(), block: None };
        self.block(root, &wanted).is_some() || mock_of(self.file, self.run, root, &wanted).is_some()
    }
}

impl<'a> Walk<'a> {
    /// The provider of a resource, ready to serve; `None` when it cannot, or does not have the type, which has been said.
    /// Of several instances it is any: they all have the same schemas.
    pub(super) fn serving(&mut self, instance: usize, index: usize) -> Option<Arc<dyn Provider>> {
        let (served, resource) = self.served(instance, index)?;
        let provider = match self.configured(served.configuration) {
            Configured::Single(provider) => Some(provider),
            Configured::Keyed(all) => {
                all.values().next().cloned().or_else(|| self.unconfigured(served.configuration))
            }
            Configured::NotYet | Configured::Failed => None,
        };
        provider.filter(|provider| provider.schema(resource.mode, &resource.addr.kind).is_some())
    }

    /// What serves an instance: the provider of its resource, or what a test file puts in its place. `None` when there is
    /// no such instance of the provider, which has been said.
    pub(super) fn serving_instance(
        &mut self,
        provider: &Arc<dyn Provider>,
        at: &At<'_>,
    ) -> Option<Arc<dyn Provider>> {
        let provider = self.instance_serving(provider, at)?;
        Some(self.in_place_of(&provider, self.values_in_place(at)))
    }

    /// The values of an instance that is overridden. Validation knows of no overrides.
    pub(super) fn values_in_place(&self, at: &At<'_>) -> Option<&Arc<Replacement>> {
        let id = self.served(at.instance, at.index).map(|(served, _)| served.configuration);
        let overrides = self.inputs.overrides;
        overrides.of_resource(&at.addr, self.inputs.program, id).filter(|_| self.phase != Phase::Validate)
    }

    fn in_place_of(
        &self,
        provider: &Arc<dyn Provider>,
        values: Option<&Arc<Replacement>>,
    ) -> Arc<dyn Provider> {
        let provider = Arc::clone(provider);
        match values {
            Some(values) => Arc::new(Mock::overriding(provider, Arc::clone(values), self.inputs.dialect)),
            None => provider,
        }
    }

    /// The configuration that serves a resource, as an object in the state names it: all of its objects share the text.
    pub(super) fn provider_address(&mut self, instance: usize, index: usize) -> SmolStr {
        let program = self.inputs.program;
        let Some((served, _)) = self.served(instance, index) else { return SmolStr::default() };
        let id = served.configuration;
        let address = || program.serving.configurations.get(id).map(|it| program.address_of(it).into());
        self.addresses.entry(id).or_insert_with(|| address().unwrap_or_default()).clone()
    }

    /// A resource and what serves it; after the resources come the data sources of the checks.
    pub(super) fn served(&self, instance: usize, index: usize) -> Option<(Served, &'a Resource)> {
        let program = self.inputs.program;
        let id = self.instances.get(instance)?.module;
        let module = program.module(id);
        if let Some((_, resource)) = module.resources.get_index(index) {
            return Some((program.serving.of_resource(id, index)?, resource));
        }
        let check = index.checked_sub(module.resources.len())?;
        let (_, declared) = module.checks.get_index(check)?;
        Some((program.serving.of_check(id, check)?, declared.data.as_deref()?))
    }

    /// The provider that is responsible for an object: by its block, or without one the provider that made it. `None`
    /// when it cannot serve, after saying why. `deposed` is the object's key where it is not the current one.
    pub(super) fn provider_of(
        &mut self,
        addr: &ResourceInstance,
        deposed: Option<&DeposedKey>,
        object: &Object,
    ) -> Option<Arc<dyn Provider>> {
        let program = self.inputs.program;
        let declared = program.module_at(&addr.module).and_then(|module| {
            let resource = program.module(module).resources.get_index_of(&addr.resource)?;
            program.serving.of_resource(module, resource)
        });
        let made_it = || program.serving.at_address(&object.provider);
        if let Some(id) = declared.map(|served| served.configuration).or_else(made_it) {
            let provider = self.instance_of_object(id, declared, addr, deposed, object)?;
            let values = self.inputs.overrides.of_resource(addr, program, Some(id));
            return Some(self.in_place_of(&provider, values));
        }
        let implied = Configuration::implied(&object.provider);
        let Some(implied) = implied.filter(|implied| self.inputs.providers.get(&implied.source).is_some())
        else {
            let not_present = config::provider_not_present(&format!("{addr} (orphan)"), &object.provider);
            self.findings.push(Finding::plain(not_present));
            return None;
        };
        if let Some(provider) = self.implied_providers.get(&implied.source) {
            return provider.clone();
        }
        let source = implied.source.clone();
        let provider = self.configure(&implied, &InstanceKey::None, &Repetition::default());
        self.implied_providers.insert(source, provider.clone());
        provider
    }

    /// What has become of a configuration. Its providers are made when they are asked for first; while validating, a
    /// provider is not configured and serves as it is.
    pub(super) fn configured(&mut self, id: ConfigurationId) -> Configured {
        match self.providers.get(id) {
            None => return Configured::Failed,
            Some(Configured::NotYet) => {}
            Some(known) => return known.clone(),
        }
        let Some(wanted) = self.inputs.program.serving.configurations.get(id) else {
            return Configured::Failed;
        };
        let made = match self.unconfigured(id) {
            Some(base) => self.configure_all(id, wanted, base),
            None => {
                if !self.inputs.options.open_providers {
                    self.not_available(id, wanted);
                }
                Configured::Failed
            }
        };
        self.providers[id] = made.clone();
        made
    }

    /// The provider of a configuration before it is configured, or what its mock goes by.
    fn unconfigured(&self, id: ConfigurationId) -> Option<Arc<dyn Provider>> {
        let wanted = self.inputs.program.serving.configurations.get(id)?;
        match self.inputs.overrides.mocks(id) {
            true => self.inputs.providers.to_mock(&wanted.source),
            false if self.inputs.options.open_providers => self.inputs.providers.to_check(&wanted.source),
            false => self.inputs.providers.get(&wanted.source).cloned(),
        }
    }

    /// Whether a configuration stands in a module of which nothing is executed.
    pub(super) fn is_hidden(&self, id: ConfigurationId) -> bool {
        let program = self.inputs.program;
        let configuration = program.serving.configurations.get(id).filter(|_| self.phase != Phase::Validate);
        configuration.is_some_and(|it| self.inputs.overrides.hides(&program.modules[it.module].path))
    }

    /// Configures one instance of a provider.
    pub(super) fn configure(
        &mut self,
        wanted: &Configuration,
        key: &InstanceKey,
        repetition: &Repetition,
    ) -> Option<Arc<dyn Provider>> {
        let program = self.inputs.program;
        let provider = match self.inputs.options.open_providers {
            true => self.inputs.providers.to_check(&wanted.source)?,
            false => self.inputs.providers.get(&wanted.source).cloned()?,
        };
        let address = format!("{}{key}", program.address_of(wanted));
        let schema = provider.configuration();
        let block = self.provider_block(wanted);
        if block.is_none() && self.phase == Phase::Validate {
            // Whether a provider can do without arguments is asked when it is configured.
            return Some(provider);
        }
        let before = self.findings.len();
        let config = self.evaluate(block.as_ref(), wanted, repetition, schema, &address);
        let of_test = matches!(block, Some(Block::OfTest(..)));
        let block = block.map(|(Block::OfModule(block) | Block::OfTest(block, _))| block);
        let is_empty = block.is_none_or(|block| block.body.is_empty());
        if self.phase == Phase::Validate && is_empty {
            // Nothing was written that could be wrong.
            self.findings.truncate(before);
            return Some(provider);
        }
        let mut made = Some(Arc::clone(&provider));
        if let Some((config, _)) = config.map(|config| config.unmark_deep()) {
            // The block of a test file that is configured by itself is not checked before.
            let by_file = of_test && self.inputs.dialect.has(Feature::FileGraph);
            let mut found = if by_file { Vec::new() } else { provider.validate_configuration(&config) };
            if self.phase != Phase::Validate && !found.iter().any(Report::is_error) {
                let answer = Arc::clone(&provider).configure(&config);
                found.extend(answer.reports);
                made = answer.value;
            }
            for report in found {
                let diagnostic = match block {
                    Some(block) => reports::in_body(report, &block.body, schema, &block.origin, &address),
                    None => reports::without_body(report, &address),
                };
                self.findings.push(Finding::plain(diagnostic));
            }
        }
        if !self.failed_since(before) {
            return made;
        }
        if block.is_none() {
            self.needs_arguments(&wanted.source);
        }
        None
    }

    /// The arguments of a configuration, after reporting what is wrong with them.
    fn evaluate(
        &mut self,
        block: Option<&Block<'a>>,
        wanted: &Configuration,
        repetition: &Repetition,
        schema: &Schema,
        address: &str,
    ) -> Option<Value> {
        let mut sink = Diagnostics::new();
        let config = match block {
            Some(Block::OfTest(block, names)) => {
                arguments(block, schema, self.inputs.sources, *names, &mut sink)
            }
            Some(Block::OfModule(block)) => {
                // A module without instances has nothing that would need it.
                let instance = self.by_module[wanted.module].first()?;
                let scope = self.scope(*instance).with_repetition(repetition);
                Encoder::new(&block.body, schema, &block.origin).encode(&scope, &mut sink)
            }
            None => {
                config::check_body(
                    &Body::default(),
                    schema,
                    &Origin::default(),
                    &|_| String::new(),
                    &mut sink,
                );
                sink.iter_mut().for_each(|diagnostic| diagnostic.subject = None);
                schema.empty_value()
            }
        };
        for diagnostic in sink.iter_mut().filter(|diagnostic| diagnostic.address.is_none()) {
            let is_about_value = diagnostic.summary == "Incorrect attribute value type";
            diagnostic.address = is_about_value.then(|| address.to_owned());
        }
        let failed = sink.iter().any(Diagnostic::is_error);
        self.report(sink);
        (!failed).then_some(config)
    }

    /// For each node, whether it is a provider of an object in the state or is needed by one.
    pub fn needed_by_providers(&self) -> Vec<bool> {
        let program = self.inputs.program;
        let mut wanted = vec![false; program.nodes.len()];
        let resources = self.state.resources().filter_map(|(addr, _)| {
            let module = program.module_at(&addr.module)?;
            let resource = program.module(module).resources.get_index_of(&addr.resource)?;
            program.serving.of_resource(module, resource)
        });
        let used: Vec<ConfigurationId> = resources.map(|served| served.configuration).collect();
        for (at, node) in program.nodes.iter().enumerate() {
            wanted[at] = matches!(node, Node::Provider(id) if used.contains(id));
        }
        for at in program.order.iter().rev().copied().filter(|_| !used.is_empty()) {
            if wanted[at] {
                program.needs[at].iter().for_each(|need| wanted[*need] = true);
            }
        }
        wanted
    }

    pub(super) fn provider_block(&self, wanted: &Configuration) -> Option<Block<'a>> {
        let module = self.inputs.program.module(wanted.module);
        if let Some(test) = self.inputs.test_providers.filter(|_| wanted.module == 0)
            && let Some(block) = test.block(module, wanted)
        {
            return Some(Block::OfTest(block, test.names));
        }
        module.providers.get(wanted.block?).map(Block::OfModule)
    }

    fn needs_arguments(&mut self, source: &str) {
        let detail = format!(
            "Provider {} requires explicit configuration. Add a provider block to the root module and configure the \
             provider's required arguments as described in the provider documentation.\n",
            lang::quote(source)
        );
        let diagnostic = Diagnostic::error("Invalid provider configuration", detail);
        self.findings.push(Finding::plain(diagnostic));
    }

    /// What keeps a program from being walked: configurations that are asked for by name and are nowhere.
    pub(super) fn missing_providers(&self) -> Diagnostics {
        let program = self.inputs.program;
        let mocks = |test: TestProviders<'_>, wanted: &Configuration| {
            mock_of(test.file, test.run, program.root(), wanted).is_some()
        };
        let is_missing = |wanted: &Configuration| {
            let mocked = self.inputs.test_providers.is_some_and(|test| mocks(test, wanted));
            !mocked && self.provider_block(wanted).is_none()
        };
        if let Some(missing) = program.serving.missing.iter().find(|wanted| is_missing(wanted)) {
            return vec![config::not_passed_on(&program.address_of(missing))];
        }
        let mut found = Diagnostics::new();
        for (id, wanted) in program.serving.configurations.iter().enumerate().take(program.serving.used) {
            if wanted.alias.is_none() || !is_missing(wanted) {
                continue;
            }
            let address = program.address_of(wanted);
            found.extend(users(program, id).map(|user| config::provider_not_present(&user.text, &address)));
        }
        if found.is_empty() {
            found.extend(
                program
                    .asked_of_caller()
                    .filter(is_missing)
                    .map(|wanted| config::undefined_configuration(&wanted)),
            );
        }
        found
    }

    /// Says once for each provider that it is not at hand: where the module requires it, or else where it is used.
    fn not_available(&mut self, id: ConfigurationId, wanted: &Configuration) {
        let program = self.inputs.program;
        let configurations = program.serving.configurations.iter().zip(&self.providers);
        let mut same = configurations.filter(|(other, _)| other.source == wanted.source);
        if same.any(|(_, configured)| matches!(configured, Configured::Failed)) {
            return;
        }
        let Some(user) = users(program, id).next() else { return };
        let module = program.module(user.module);
        let local = user.resource.provider_ref().name;
        let (place, how) = match module.required_providers.get(&local) {
            Some(required) => {
                (required.locate(required.span), format!("The module requires it as {}", lang::quote(&local)))
            }
            None => (user.place, format!("The name {} stands for it", lang::quote(&local))),
        };
        let detail = format!(
            "Running {} needs the provider {}. {how}. This version of runblock runs the built-in provider (terraform_data, \
             terraform_remote_state) and mocked ones: with a block mock_provider {} in the test file, its objects are \
             made up. Checks and completion work in this file all the same.",
            user.text,
            wanted.source,
            lang::quote(&local)
        );
        let diagnostic =
            Diagnostic::error("Provider not available", detail).at(place).with_code("provider-not-available");
        self.findings.push(Finding::plain(diagnostic));
    }
}

/// A resource that a configuration serves.
struct User<'p> {
    module: ModuleId,
    resource: &'p Resource,
    /// Its address without keys.
    text: String,
    place: Location,
}

impl<'p> User<'p> {
    fn new(program: &Program, module: ModuleId, resource: &'p Resource, place: Location) -> User<'p> {
        let path = program.modules[module].path.iter().map(|call| format!("module.{call}."));
        let text = format!("{}{}", path.collect::<String>(), resource.addr);
        User { module, resource, text, place }
    }
}

/// What a configuration serves, in the order of the modules.
fn users(program: &Program, id: ConfigurationId) -> impl Iterator<Item = User<'_>> {
    let serving = &program.serving;
    let is_it = move |served: Option<Served>| served.is_some_and(|served| served.configuration == id);
    program.modules.iter().enumerate().flat_map(move |(module, declared)| {
        let declarations = &declared.tree.module;
        let resources = declarations.resources.values().enumerate();
        let resources = resources
            .filter(move |(at, _)| is_it(serving.of_resource(module, *at)))
            .map(move |(_, it)| User::new(program, module, &it.decl, it.locate(it.header)));
        let checks = declarations.checks.values().enumerate();
        let checks = checks.filter(move |(at, _)| is_it(serving.of_check(module, *at))).filter_map(
            move |(_, check)| {
                let data = check.data.as_deref()?;
                Some(User::new(program, module, data, check.locate(data.header)))
            },
        );
        resources.chain(checks)
    })
}
