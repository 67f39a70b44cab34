//! Schemas of a provider that nothing describes, guessed from how a configuration and its tests use what it has.
//!
//! What is set anywhere can be set; what is read where it is not set, and what a mock or an override gives, is computed.
//! Blocks are as they are written. A guess serves to make mocks of: nothing is checked against it.

mod body;
mod reads;
mod usage;

use std::sync::Arc;

use indexmap::IndexMap;
use lang::{Expr, Type};
use syntax::SmolStr;

use crate::address::{ResourceAddr, ResourceMode};
use crate::module::{Module, ModuleTree, Resource};
use crate::schema::{AttributeSchema, Schema};
use crate::test_file::{Mock, Override, TestFile};
use body::BodyUse;
use reads::{Sites, read_all};
use usage::Usage;

/// The types of one provider, as far as they are used.
#[derive(Clone, Debug, Default)]
pub struct Inferred {
    /// The source address.
    pub source: SmolStr,
    pub managed: IndexMap<SmolStr, Schema>,
    pub data: IndexMap<SmolStr, Schema>,
    pub ephemeral: IndexMap<SmolStr, Schema>,
}

/// A type: how its blocks are written, and how its objects are read.
#[derive(Default)]
struct Kind {
    body: BodyUse,
    reads: Usage,
}

type Kinds = IndexMap<(ResourceMode, SmolStr), Kind>;

impl Inferred {
    /// Guesses what the provider of a source address has, from everything that some modules and their test files do with
    /// it.
    pub fn new(source: &str, trees: &[Arc<ModuleTree>], files: &[Arc<TestFile>]) -> Inferred {
        let sites = Sites::new(trees);
        let mut kinds = Kinds::new();
        for module in sites.modules() {
            for resource in resources(module).filter(|it| module.provider_of(it) == source) {
                kind(&mut kinds, &resource.addr).body.add(&resource.body);
            }
        }
        read_all(&sites, files, &mut |addr, reading| {
            if let Some(kind) = kinds.get_mut(&(addr.mode, addr.kind.clone())) {
                kind.reads.add(reading);
            }
        });
        for file in files {
            given(file, &mut kinds);
        }
        let mut inferred = Inferred { source: source.into(), ..Inferred::default() };
        for ((mode, name), kind) in kinds {
            inferred.of_mode(mode).insert(name, kind.schema());
        }
        inferred
    }

    /// Whether nothing uses the provider.
    pub fn is_empty(&self) -> bool {
        self.managed.is_empty() && self.data.is_empty() && self.ephemeral.is_empty()
    }

    pub fn schema(&self, mode: ResourceMode, kind: &str) -> Option<&Schema> {
        self.kinds(mode).get(kind)
    }

    pub fn kinds(&self, mode: ResourceMode) -> &IndexMap<SmolStr, Schema> {
        match mode {
            ResourceMode::Managed => &self.managed,
            ResourceMode::Data => &self.data,
            ResourceMode::Ephemeral => &self.ephemeral,
        }
    }

    fn of_mode(&mut self, mode: ResourceMode) -> &mut IndexMap<SmolStr, Schema> {
        match mode {
            ResourceMode::Managed => &mut self.managed,
            ResourceMode::Data => &mut self.data,
            ResourceMode::Ephemeral => &mut self.ephemeral,
        }
    }
}

impl Kind {
    fn schema(&self) -> Schema {
        let mut schema = self.body.schema(&self.reads);
        if !schema.has("id") {
            // Whatever else it has, an object has an id.
            schema.attributes.insert("id".into(), AttributeSchema::computed(Type::String));
        }
        schema
    }
}

fn kind<'k>(kinds: &'k mut Kinds, addr: &ResourceAddr) -> &'k mut Kind {
    kinds.entry((addr.mode, addr.kind.clone())).or_default()
}

/// All resources of a module, the data of its checks among them.
fn resources(module: &Module) -> impl Iterator<Item = &Resource> {
    let in_checks = module.checks.values().filter_map(|check| check.data.as_deref());
    module.resources.values().map(|resource| &*resource.decl).chain(in_checks)
}

/// What mocks and overrides of a file give. A type of another provider that has the same name is of no account.
fn given(file: &TestFile, kinds: &mut Kinds) {
    let in_files = file.mock_files.iter().flatten();
    let mocks = file.mock_providers.iter().flat_map(|mock| &mock.mocks);
    let mocks: Vec<&Mock> = mocks.chain(in_files.clone().flat_map(|file| &file.mocks)).collect();
    for mock in mocks {
        give(kinds, (mock.mode, mock.kind.clone()), mock.defaults.as_ref());
    }
    let of_mocks = file.mock_providers.iter().flat_map(|mock| &mock.overrides);
    let of_runs = file.runs.decls().flat_map(|run| &run.overrides);
    let of_file = file.overrides.iter().map(|over| &*over.decl);
    let overrides = of_file.chain(of_runs).chain(of_mocks).chain(in_files.flat_map(|file| &file.overrides));
    let overrides: Vec<&Override> = overrides.collect();
    for over in overrides {
        if let Some((addr, _)) = over.address.as_ref().and_then(|target| target.resource.as_ref()) {
            give(kinds, (addr.mode, addr.kind.clone()), over.values.as_ref());
        }
    }
}

fn give(kinds: &mut Kinds, key: (ResourceMode, SmolStr), values: Option<&Expr>) {
    if let (Some(kind), Some(values)) = (kinds.get_mut(&key), values) {
        kind.reads.give(values, values.root());
    }
}
