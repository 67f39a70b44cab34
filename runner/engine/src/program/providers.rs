//! Which provider configuration serves each resource: a block, or none where the provider needs no arguments.
//!
//! Everything here follows from the configuration alone. A test file may put blocks of its own in place of those of
//! the root module, which a walk does.

use config::{Module, ProviderRef, Resource};
use rustc_hash::FxHashMap;
use syntax::SmolStr;

use super::{ModuleId, StaticModule};

/// The index of a configuration in [`Serving::configurations`].
pub(crate) type ConfigurationId = usize;

/// A provider with one set of arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Configuration {
    /// The module that the block stands in, or would.
    pub module: ModuleId,
    /// The provider's source address.
    pub source: SmolStr,
    pub alias: Option<SmolStr>,
    /// The index of the block among the module's provider blocks.
    pub block: Option<usize>,
}

/// The configuration that serves a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    pub configuration: ConfigurationId,
    /// Where it says which instance of the configuration that is.
    pub key: Option<KeyPlace>,
}

/// Where the key of a provider's instance is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyPlace {
    /// In the `provider` argument of the resource.
    Resource,
    /// In the `providers` of the call of this module, which the resource stands in or below.
    Call(ModuleId),
}

/// The provider configurations of a program and what they serve.
#[derive(Debug, Default)]
pub(crate) struct Serving {
    /// Those that something uses come first.
    pub configurations: Vec<Configuration>,
    /// How many of them are used.
    pub used: usize,
    /// For each module, what serves each of its resources.
    resources: Vec<Vec<Served>>,
    /// For each module, what serves the data source in each of its checks.
    checks: Vec<Vec<Option<Served>>>,
    by_address: FxHashMap<SmolStr, ConfigurationId>,
    /// Configurations that calls pass on though there is no such block, in the order of the calls.
    pub missing: Vec<Configuration>,
}

impl Serving {
    pub(super) fn new(modules: &[StaticModule]) -> Serving {
        let mut serving = Serving::default();
        let mut resolver = Resolver { modules, known: FxHashMap::default() };
        for (id, module) in modules.iter().enumerate() {
            let module = &module.tree.module;
            let resources = module.resources.values();
            let resources = resources.map(|resource| resolver.of_resource(id, resource, &mut serving));
            let resources = resources.collect();
            let checks = module
                .checks
                .values()
                .map(|check| check.data.as_ref().map(|data| resolver.of_resource(id, data, &mut serving)));
            let checks = checks.collect();
            serving.resources.push(resources);
            serving.checks.push(checks);
        }
        serving.used = serving.configurations.len();
        for (id, module) in modules.iter().enumerate() {
            let module = &module.tree.module;
            for block in &module.providers {
                let source = module.provider_source(&block.name);
                resolver.find(id, &source, block.alias.as_ref(), &mut serving);
            }
        }
        for (id, module) in modules.iter().enumerate() {
            for call in
                module.tree.module.calls.values().filter(|call| module.children.contains_key(&call.name))
            {
                for passed in &call.passed_providers {
                    if let Some(missing) = resolver.missing(id, &passed.parent.reference) {
                        serving.missing.push(missing);
                    }
                }
            }
        }
        let addresses = serving.configurations.iter().map(|it| SmolStr::from(it.address(modules)));
        serving.by_address = addresses.enumerate().map(|(id, address)| (address, id)).collect();
        serving
    }

    /// The configuration of an address, as [`Configuration::address`] writes it.
    pub fn at_address(&self, address: &str) -> Option<ConfigurationId> {
        self.by_address.get(address).copied()
    }

    /// What serves a module's resource.
    pub fn of_resource(&self, module: ModuleId, resource: usize) -> Option<Served> {
        self.resources.get(module)?.get(resource).copied()
    }

    /// What serves the data source in a module's check.
    pub fn of_check(&self, module: ModuleId, check: usize) -> Option<Served> {
        *self.checks.get(module)?.get(check)?
    }
}

struct Resolver<'a> {
    modules: &'a [StaticModule],
    known: FxHashMap<(ModuleId, SmolStr, Option<SmolStr>), Served>,
}

impl Resolver<'_> {
    fn of_resource(&mut self, module: ModuleId, resource: &Resource, serving: &mut Serving) -> Served {
        let reference = resource.provider_ref();
        let source = self.module(module).provider_source(&reference.name);
        let served = self.find(module, &source, reference.alias.as_ref(), serving);
        match resource.provider.as_ref().is_some_and(|used| used.key.is_some()) {
            true => Served { key: Some(KeyPlace::Resource), ..served },
            false => served,
        }
    }

    /// The configuration that a module has under a name: its own, one that its caller passes, or, without an alias, the
    /// one that its caller has.
    fn find(
        &mut self,
        module: ModuleId,
        source: &SmolStr,
        alias: Option<&SmolStr>,
        serving: &mut Serving,
    ) -> Served {
        let key = (module, source.clone(), alias.cloned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (configuration, place) = self.resolve(module, source, alias);
        let found = (configuration.module, configuration.source.clone(), configuration.alias.clone());
        let whole = *self.known.entry(found).or_insert_with(|| {
            serving.configurations.push(configuration);
            Served { configuration: serving.configurations.len() - 1, key: None }
        });
        let served = Served { key: place.or(whole.key), ..whole };
        self.known.insert(key, served);
        served
    }

    /// The configuration, and the innermost call on the way to it that says which instance of it is meant.
    fn resolve(
        &self,
        module: ModuleId,
        source: &SmolStr,
        alias: Option<&SmolStr>,
    ) -> (Configuration, Option<KeyPlace>) {
        let mut here = Configuration { module, source: source.clone(), alias: alias.cloned(), block: None };
        let mut key = None;
        loop {
            if let Some((passed, keyed)) = self.passed(&here) {
                key = key.or_else(|| keyed.then_some(KeyPlace::Call(here.module)));
                here = passed;
                continue;
            }
            here.block = self.block(&here);
            match self.modules[here.module].caller {
                Some((caller, _)) if here.block.is_none() && here.alias.is_none() => here.module = caller,
                _ => return (here, key),
            }
        }
    }

    /// The parent's configuration that is passed for this one, and whether it is passed with the key of an instance. A
    /// block that has arguments cannot be replaced so.
    fn passed(&self, here: &Configuration) -> Option<(Configuration, bool)> {
        let (caller, call) = self.modules[here.module].caller?;
        let (_, call) = self.module(caller).calls.get_index(call)?;
        let (child, parent) = (self.module(here.module), self.module(caller));
        let passed = call.passed_providers.iter().find(|passed| {
            passed.child.reference.alias == here.alias
                && child.provider_source(&passed.child.reference.name) == here.source
        })?;
        let block = self.block(here).and_then(|block| child.providers.get(block));
        if block.is_some_and(|block| !block.body.is_empty()) {
            return None;
        }
        let source = parent.provider_source(&passed.parent.reference.name);
        let alias = passed.parent.reference.alias.clone();
        Some((Configuration { module: caller, source, alias, block: None }, passed.parent.key.is_some()))
    }

    fn block(&self, here: &Configuration) -> Option<usize> {
        let module = self.module(here.module);
        module
            .providers
            .iter()
            .position(|block| block.alias == here.alias && module.provider_source(&block.name) == here.source)
    }

    /// What a call passes has to be there under its name: a default that the caller's own caller has is not enough. The
    /// root module has every default, if only an empty one.
    fn missing(&self, caller: ModuleId, parent: &ProviderRef) -> Option<Configuration> {
        if caller == 0 && parent.alias.is_none() {
            return None;
        }
        let source = self.module(caller).provider_source(&parent.name);
        let here = Configuration { module: caller, source, alias: parent.alias.clone(), block: None };
        (self.block(&here).is_none() && self.passed(&here).is_none()).then_some(here)
    }

    fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id].tree.module
    }
}

impl Configuration {
    /// A default configuration of the root module that nothing in the program uses, by its address.
    pub fn implied(address: &str) -> Option<Configuration> {
        let source = address.strip_prefix("provider[\"")?.strip_suffix("\"]")?;
        Some(Configuration { module: 0, source: source.into(), alias: None, block: None })
    }

    /// `module.m.provider["registry.terraform.io/hashicorp/aws"].west`.
    pub fn address(&self, modules: &[StaticModule]) -> String {
        let mut text: String =
            modules[self.module].path.iter().map(|call| format!("module.{call}.")).collect();
        text.push_str(&format!("provider[{}]", lang::quote(&self.source)));
        if let Some(alias) = &self.alias {
            text.push_str(&format!(".{alias}"));
        }
        text
    }
}
