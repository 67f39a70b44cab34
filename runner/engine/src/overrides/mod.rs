//! What a run puts in the place of what providers and modules would give: its overrides, those of its file, and mock
//! providers with the values that they bring.
//!
//! Everything is evaluated once per run, and looked up by address.

mod shared;
mod table;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use ::provider::{Mock, MockDefaults, Provider, Replacement};
use config::{
    Command, Configuration, Dialect, Feature, Item, MockProvider, Module, ModuleInstance, Override,
    ProviderRef, ResourceInstance, Run, Target, TestFile, Tool,
};
use lang::{Scope, Value};
use syntax::{Diagnostics, Origin, SmolStr};

use crate::host::{Cancel, Host};
use crate::program::{ConfigurationId, Program};
use crate::walk::{TestProviders, for_each};
pub use shared::{FileMocks, Lingering};
use table::Table;
use values::Evaluator;

/// What a run has of mocks and overrides that it does not say itself.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub mocks: &'a FileMocks,
    pub lingering: &'a Lingering,
}

/// The overrides and mocks of one run.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// Those of the run and of its file.
    local: Table,
    /// By the index of the mock provider in the file; `None` for those that nothing in the run uses.
    mocks: Vec<Option<MockData>>,
    /// For each configuration of the program, the mock provider that stands in its place, and the name that it goes by in
    /// the root module.
    mocked: Vec<Option<(usize, SmolStr)>>,
    /// By the index of the mock provider in the file: what those with `for_each` are repeated for.
    repeated: Vec<Option<BTreeMap<SmolStr, Value>>>,
    dialect: Dialect,
}

/// What one mock provider brings.
#[derive(Debug, Default)]
struct MockData {
    defaults: Arc<MockDefaults>,
    /// Overrides of resources that it serves.
    overrides: Table,
}

impl Overrides {
    /// Evaluates everything that a run of a file brings. What is wrong with it is reported.
    pub fn new(
        test: TestProviders<'_>,
        program: &Program,
        shared: Shared<'_>,
        host: &dyn Host,
        cancel: &Cancel,
        sink: &mut Diagnostics,
    ) -> Overrides {
        let TestProviders { file, run, names } = test;
        let root = program.root();
        let evaluator = Evaluator { file, host, cancel };
        let mut local = Table::default();
        for over in &run.overrides {
            local.add(over, || evaluator.replacement(over, None, &run.origin, sink));
        }
        for over in &file.overrides {
            local.add(over, || evaluator.replacement(over, None, &over.origin, sink));
        }
        if file.dialect.tool == Tool::OpenTofu {
            sink.extend(config::check_overrides(file, run, program.tree()));
            shared.lingering.remain_in(&mut local);
        }
        let repeated = repeated(file, run, names, sink);
        let configurations = program.serving.configurations.iter();
        let mocked: Vec<_> = configurations.map(|wanted| mock_of(file, run, root, wanted)).collect();
        let mut mocks = Vec::new();
        for (at, mock) in file.mock_providers.iter().enumerate() {
            let is_used = mocked.iter().flatten().any(|(mock, _)| *mock == at);
            mocks.push(is_used.then(|| MockData::new(file, at, mock, shared.mocks, &evaluator, sink)));
        }
        Overrides { local, mocks, mocked, repeated, dialect: file.dialect }
    }

    /// What stays overridden when `run` is over.
    pub fn lingering(&self, run: &Run) -> Lingering {
        match self.dialect.tool {
            Tool::OpenTofu => Lingering::after(run, &self.local),
            Tool::Terraform => Lingering::default(),
        }
    }

    /// What serves a configuration whose provider is mocked; `base` is what the mock goes by.
    pub fn mock(&self, id: ConfigurationId, base: Arc<dyn Provider>) -> Option<Arc<dyn Provider>> {
        let data = self.data(id)?;
        Some(Arc::new(Mock::new(base, Arc::clone(&data.defaults), self.dialect)))
    }

    /// Whether the provider of a configuration is mocked.
    pub fn mocks(&self, id: ConfigurationId) -> bool {
        self.data(id).is_some()
    }

    /// What the mock of a configuration is repeated for.
    pub fn mock_instances(&self, id: ConfigurationId) -> Option<&BTreeMap<SmolStr, Value>> {
        let (mock, _) = self.mocked.get(id)?.as_ref()?;
        self.repeated.get(*mock)?.as_ref()
    }

    /// What an instance has in place of what its provider would make of it; `id` is the configuration that serves it.
    ///
    /// An instance that is named with its key goes before the resource as a whole, wherever either is named.
    pub fn of_resource(
        &self,
        addr: &ResourceInstance,
        program: &Program,
        id: Option<ConfigurationId>,
    ) -> Option<&Arc<Replacement>> {
        let of_mock = id.and_then(|id| self.of_mock(program, id));
        if self.local.is_empty() && of_mock.is_none() {
            return None;
        }
        let tables = || std::iter::once(&self.local).chain(of_mock);
        if self.dialect.tool == Tool::OpenTofu {
            return tables().find_map(|table| table.nearest(addr));
        }
        let resource =
            |key| Target { module: addr.module.clone(), resource: Some((addr.resource.clone(), key)) };
        let exact = resource(addr.key.clone());
        let whole = resource(config::InstanceKey::None);
        tables().find_map(|table| table.get(&exact)).or_else(|| tables().find_map(|table| table.get(&whole)))
    }

    /// The values of the outputs of a module instance of which nothing else is there.
    pub fn of_module(&self, addr: &ModuleInstance) -> Option<&Arc<Replacement>> {
        let (last, calls) = addr.0.split_last()?;
        if self.local.is_empty() {
            return None;
        }
        let target = |module| Target { module, resource: None };
        if self.dialect.tool == Tool::OpenTofu {
            return self.local.get(&target(without_keys(addr)));
        }
        let exact = self.local.get(&target(addr.clone()));
        exact.or_else(|| {
            let whole = ModuleInstance(calls.iter().cloned().collect());
            self.local.get(&target(whole.child(last.0.clone(), config::InstanceKey::None)))
        })
    }

    /// Whether a module, named by the calls that lead to it, is overridden itself or within one that is, in all of its
    /// instances.
    pub fn hides(&self, calls: &[SmolStr]) -> bool {
        !calls.is_empty() && self.local.hides(calls)
    }

    fn data(&self, id: ConfigurationId) -> Option<&MockData> {
        let (mock, _) = self.mocked.get(id)?.as_ref()?;
        self.mocks.get(*mock)?.as_ref()
    }

    /// The overrides that the mock of a configuration brings.
    fn of_mock(&self, program: &Program, id: ConfigurationId) -> Option<&Table> {
        let (_, name) = self.mocked.get(id)?.as_ref()?;
        let source = &program.serving.configurations.get(id)?.source;
        let found =
            self.dialect.has(Feature::MocksBySource) || source.rsplit('/').next() == Some(name.as_str());
        self.data(id).map(|data| &data.overrides).filter(|table| found && !table.is_empty())
    }
}

impl MockData {
    fn new(
        file: &TestFile,
        at: usize,
        mock: &Item<MockProvider>,
        mocks: &FileMocks,
        evaluator: &Evaluator<'_>,
        sink: &mut Diagnostics,
    ) -> MockData {
        let defaults = mocks.of(file, at);
        let defaults =
            defaults.unwrap_or_else(|| Arc::new(MockData::defaults(file, at, mock, evaluator, sink)));
        let mut overrides = Table::default();
        for (_, overs, origin) in contents(file, at, mock) {
            for it in overs {
                overrides.add(it, || evaluator.replacement(it, mock.during, origin, sink));
            }
        }
        MockData { defaults, overrides }
    }

    fn defaults(
        file: &TestFile,
        at: usize,
        mock: &Item<MockProvider>,
        evaluator: &Evaluator<'_>,
        sink: &mut Diagnostics,
    ) -> MockDefaults {
        let mut defaults = MockDefaults::default();
        for (mocks, _, origin) in contents(file, at, mock) {
            for it in mocks {
                defaults.add(it.mode, &it.kind, || evaluator.defaults(it, mock.during, origin, sink));
            }
        }
        defaults
    }
}

/// What the mock providers of a file are repeated for, used or not. OpenTofu asks only where a run takes the providers of
/// its file as they are; in a run that says which it passes, it has what it has asked before.
fn repeated(
    file: &TestFile,
    run: &Item<Run>,
    names: &dyn Scope,
    sink: &mut Diagnostics,
) -> Vec<Option<BTreeMap<SmolStr, Value>>> {
    let asks = |run: &Run| run.passed_providers.is_empty();
    let mut earlier = file.runs.decls().take_while(|earlier| !Arc::ptr_eq(earlier, &run.decl));
    if !asks(run) && !earlier.any(|earlier| asks(earlier)) {
        return Vec::new();
    }
    let elements = |mock: &Item<MockProvider>| {
        let each = mock.for_each.as_ref()?;
        let origin = each.origin(&mock.origin);
        let before = sink.len();
        let read = |it| config::parse_reference_for(it, origin, config::Grammar::Module, Tool::OpenTofu);
        sink.extend(each.traversals().iter().filter_map(|traversal| read(traversal).err()));
        (sink.len() == before).then(|| for_each(each, &mock.origin, None, None, names, sink)).flatten()
    };
    file.mock_providers.iter().map(elements).collect()
}

/// What stands in a mock provider's block, and after it, what stands in the files that it names.
fn contents<'a>(
    file: &'a TestFile,
    at: usize,
    mock: &'a Item<MockProvider>,
) -> impl Iterator<Item = (&'a [config::Mock], &'a [Override], &'a Origin)> {
    let own = (mock.mocks.as_slice(), mock.overrides.as_slice(), &mock.origin);
    let named = file.mock_files.get(at).into_iter().flatten();
    let named = named.map(|file| (file.mocks.as_slice(), file.overrides.as_slice(), &file.origin));
    std::iter::once(own).chain(named)
}

/// The mock provider of a file that stands in the place of a configuration of the root module, and the name that it goes
/// by there. A run that says which providers it passes gets these alone.
pub(crate) fn mock_of(
    file: &TestFile,
    run: &Run,
    root: &Module,
    wanted: &Configuration,
) -> Option<(usize, SmolStr)> {
    if wanted.module != 0 || file.mock_providers.is_empty() {
        return None;
    }
    let is = |name: &SmolStr, alias: &Option<SmolStr>| {
        *alias == wanted.alias && root.provider_source(name) == wanted.source
    };
    let mut mocks = file.mock_providers.iter();
    if run.providers.is_none() {
        if !takes_from_file(file, root, wanted) {
            return None;
        }
        let found = mocks.position(|mock| is(&mock.name, &mock.alias))?;
        return Some((found, file.mock_providers.get(found)?.name.clone()));
    }
    let passed = run
        .passed_providers
        .iter()
        .find(|passed| is(&passed.child.reference.name, &passed.child.reference.alias))?;
    let ProviderRef { name, alias } = &passed.parent.reference;
    let found = mocks.position(|mock| mock.name == *name && mock.alias == *alias)?;
    Some((found, passed.child.reference.name.clone()))
}

/// Whether a configuration of the root module may be one that a test file has, where a run does not say which it passes.
/// For Terraform, the module must name it: to have a child that inherits it is not enough.
pub(crate) fn takes_from_file(file: &TestFile, root: &Module, wanted: &Configuration) -> bool {
    file.dialect.tool == Tool::OpenTofu || root.names_provider(&wanted.source, wanted.alias.as_deref())
}

/// When values are there that say nothing themselves: as what is around them says.
fn in_plan(own: Option<Command>, around: Option<Command>) -> bool {
    own.or(around) == Some(Command::Plan)
}

fn without_keys(addr: &ModuleInstance) -> ModuleInstance {
    ModuleInstance(addr.0.iter().map(|(name, _)| (name.clone(), config::InstanceKey::None)).collect())
}
