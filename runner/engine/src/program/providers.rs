//! Which provider configuration serves each resource: a block, or none where the provider needs no arguments.
//!
//! Everything here follows from the configuration alone. A test file may put blocks of its own in place of those of
//! the root module, which a walk does.

use config::{Configuration, Module, ModuleCall, Modules, Resource};
use rustc_hash::FxHashMap;
use syntax::SmolStr;

use super::{ModuleId, StaticModule};

/// The index of a configuration in [`Serving::configurations`].
pub(crate) type ConfigurationId = usize;

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
                    if let Some(missing) =
                        Configuration::not_there(&Declared(modules), id, &passed.parent.reference)
                    {
                        serving.missing.push(missing);
                    }
                }
            }
        }
        let addresses =
            serving.configurations.iter().map(|it| SmolStr::from(it.address(&modules[it.module].path)));
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
        let (configuration, keyed_in) =
            Configuration::resolve(&Declared(self.modules), module, source, alias);
        let place = keyed_in.map(KeyPlace::Call);
        let found = (configuration.module, configuration.source.clone(), configuration.alias.clone());
        let whole = *self.known.entry(found).or_insert_with(|| {
            serving.configurations.push(configuration);
            Served { configuration: serving.configurations.len() - 1, key: None }
        });
        let served = Served { key: place.or(whole.key), ..whole };
        self.known.insert(key, served);
        served
    }

    fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id].tree.module
    }
}

/// The modules of a program, as those who resolve the names of providers want them.
struct Declared<'a>(&'a [StaticModule]);

impl Modules for Declared<'_> {
    fn module(&self, id: usize) -> &Module {
        &self.0[id].tree.module
    }

    fn caller(&self, id: usize) -> Option<(usize, &ModuleCall)> {
        let (caller, call) = self.0[id].caller?;
        let (_, call) = self.0[caller].tree.module.calls.get_index(call)?;
        Some((caller, call))
    }
}
