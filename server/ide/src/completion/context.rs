//! What is known about the cursor's place: the project, the module whose names count, and which names may be used.

use std::borrow::Cow;

use config::{
    Dialect, Feature, Item, ModuleTree, ProviderRef, Resource, ResourceAddr, ResourceMode, Run, Schema,
    Target, TestFile, Tool, implied_provider,
};
use syntax::{FileName, SmolStr, Span};

use super::site::{Around, Site, Slot};
use crate::given::Given;
use crate::grammar::{Place, Takes};
use crate::project::Project;
use crate::snapshot::Snapshot;
use crate::types::{Known, Types};

/// The cursor's place.
pub(super) struct Context<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) file: &'a FileName,
    pub(super) project: &'a Project,
    pub(super) test_file: Option<&'a TestFile>,
    /// The module whose names count here: that of the run block around the cursor, the one under test, or the one that
    /// the file belongs to. `None` when it cannot be read.
    pub(super) tree: Option<&'a ModuleTree>,
    pub(super) dialect: Dialect,
    pub(super) site: &'a Site<'a>,
    /// Where the cursor's chunk begins, and the cursor, in the file.
    pub(super) base: u32,
    pub(super) offset: u32,
    pub(super) known: &'a Known,
}

/// Which names an expression may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Names {
    /// None.
    Literals,
    /// `var` and `run`, and functions.
    TestValues,
    /// What assertions see.
    Assertion,
    /// What a module's own expressions see.
    Module,
}

impl<'a> Context<'a> {
    /// The cursor, in its chunk.
    pub(super) fn at(&self) -> u32 {
        self.offset.saturating_sub(self.base)
    }

    /// The innermost block around the cursor.
    pub(super) fn block(&self) -> Option<&'a Around<'a>> {
        self.site.block()
    }

    /// What the attribute around the cursor takes.
    pub(super) fn takes(&self) -> Takes {
        let (Slot::Value { name, .. }, Some(place)) = (&self.site.slot, self.site.place) else {
            return Takes::Expression;
        };
        place.takes(self.block().map_or("", |block| block.kind.as_str()), name)
    }

    pub(super) fn is_module_file(&self) -> bool {
        self.outermost() == Some(Place::ModuleFile)
    }

    /// The kind of file.
    pub(super) fn outermost(&self) -> Option<Place> {
        Place::of_file(self.file)
    }

    /// Which names may be used here.
    pub(super) fn names(&self) -> Names {
        let has = |feature: Feature| self.dialect.has(feature);
        let place = self.site.place;
        let outer = self.site.blocks.first().map_or("", |block| block.kind.as_str());
        match self.outermost() {
            Some(Place::ModuleFile) => match place {
                Some(Place::Terraform | Place::RequiredProviders | Place::Language) => Names::Literals,
                Some(Place::Cloud | Place::CloudWorkspaces | Place::RemoteWorkspaces) => Names::Literals,
                Some(Place::Variable | Place::Free | Place::Backend(_)) if outer != "locals" => {
                    Names::Literals
                }
                _ => Names::Module,
            },
            Some(Place::File) => match place {
                Some(Place::Assert) => Names::Assertion,
                Some(Place::Condition | Place::Provider | Place::Nested) => Names::TestValues,
                Some(Place::Variables) if outer == "run" => Names::TestValues,
                Some(Place::Variables) if has(Feature::ReferencesInFileVariables) => Names::TestValues,
                _ => Names::Literals,
            },
            _ => Names::Literals,
        }
    }

    /// Whether functions may be called here.
    pub(super) fn calls(&self) -> bool {
        let has = |feature: Feature| self.dialect.has(feature);
        let outer = self.site.blocks.first().map_or("", |block| block.kind.as_str());
        match (self.outermost(), self.site.place) {
            (Some(Place::ModuleFile), _) => self.names() == Names::Module,
            (Some(Place::File), Some(Place::Variables)) if outer == "run" => {
                has(Feature::FunctionsInRunVariables)
            }
            (Some(Place::File), Some(Place::Variables)) => has(Feature::FunctionsInFileVariables),
            (Some(Place::File), Some(Place::Assert | Place::Condition | Place::Provider | Place::Nested)) => {
                true
            }
            (Some(Place::File), Some(Place::MockProvider)) => true,
            (
                Some(Place::File | Place::MockFile),
                Some(Place::Mock | Place::OverrideValues | Place::OverrideModule),
            ) => has(Feature::FunctionsInMocks),
            _ => false,
        }
    }

    /// Whether the file's `variables` may name runs.
    pub(super) fn sees_runs(&self) -> bool {
        let in_file_variables = self.site.place == Some(Place::Variables) && self.site.blocks.len() == 1;
        let anywhere = self.dialect.tool == Tool::OpenTofu || self.dialect.has(Feature::FileGraph);
        match self.site.place {
            Some(Place::Assert) => self.dialect.has(Feature::RunsInAssertions),
            _ => !in_file_variables || anywhere,
        }
    }

    /// The runs whose outputs are known here: those above the cursor's, and where no run is around all of them.
    pub(super) fn earlier_runs(&self) -> Vec<Item<Run>> {
        let Some(file) = self.test_file else { return Vec::new() };
        let own = self.own_run().map(|(index, _)| index);
        let above = file.runs.iter().take(own.unwrap_or(usize::MAX));
        match self.in_run() {
            true => above.take_while(|run| run.locate(run.name_span).span.start < self.offset).collect(),
            false => above.collect(),
        }
    }

    /// The run around the cursor, and which one of the file it is.
    pub(super) fn own_run(&self) -> Option<(usize, Item<Run>)> {
        let runs = &self.test_file.filter(|_| self.in_run())?.runs;
        // One that nobody has closed yet may end before the cursor.
        let unclosed = || {
            let starts = |run: &Item<Run>| run.locate(run.name_span).span.start;
            let last = runs.iter().enumerate().take_while(|(_, run)| starts(run) < self.offset).last()?;
            (starts(&last.1) >= self.base).then_some(last)
        };
        runs.touching(Span::at(self.offset)).next().or_else(unclosed)
    }

    fn in_run(&self) -> bool {
        self.site.blocks.first().is_some_and(|block| block.kind == "run")
    }

    /// Whether the variable has a value that the test's own values may read.
    pub(super) fn gives(&self, name: &str) -> bool {
        self.test_file
            .is_some_and(|file| file.variables.contains_key(name) || file.variable_blocks.contains_key(name))
            || self.project.gives(name)
    }

    /// Types of values here.
    pub(super) fn types(&self) -> Option<Types<'a>> {
        let tree = self.tree?;
        Some(match self.test_file {
            Some(file) => Types::of_test(self.project, file, tree, self.known),
            None => Types::of_module(self.project, tree, self.known),
        })
    }

    /// Types of values in another module.
    pub(super) fn types_in(&self, tree: &'a ModuleTree) -> Option<Types<'a>> {
        Some(Types::of_module(self.project, tree, self.known))
    }

    /// What the texts say about values here.
    pub(super) fn given(&self) -> Option<Given<'a>> {
        Some(self.given_to(self.tree?))
    }

    /// What they say about values in another module, which gets the test's values too.
    pub(super) fn given_to(&self, tree: &'a ModuleTree) -> Given<'a> {
        let types = match self.test_file {
            Some(file) => Types::of_test(self.project, file, tree, self.known),
            None => Types::of_module(self.project, tree, self.known),
        };
        let run = self.own_run().map(|(_, run)| run);
        Given { types, tree, file: self.test_file, run }
    }

    /// The same for a module that is called by another one: no test gives anything to it.
    pub(super) fn given_in(&self, tree: &'a ModuleTree) -> Given<'a> {
        Given { types: Types::of_module(self.project, tree, self.known), tree, file: None, run: None }
    }

    /// The module that the call around the cursor leads to.
    pub(super) fn called(&self) -> Option<&'a ModuleTree> {
        let block = self.object().filter(|block| block.place == Some(Place::Call))?;
        self.tree?.children.get(block.labels.first()?).map(|tree| &**tree)
    }

    /// What the override around the cursor replaces.
    fn target(&self) -> Option<Target> {
        let target = self.site.body.attribute("target")?;
        // In JSON it is a text.
        let parsed = target.as_json_text().map(|text| text.expression(self.file).tree);
        let lowered = lang::lower_in(parsed.as_ref().unwrap_or(target), self.dialect);
        Target::parse(lowered.traversals().first()?).ok()
    }

    /// The modules that an address here counts from: that of the run, or all that the file may run.
    pub(super) fn roots(&self) -> Vec<&'a ModuleTree> {
        if self.in_run() || self.is_module_file() {
            self.tree.into_iter().collect()
        } else {
            self.project.roots().map(|tree| &**tree).collect()
        }
    }

    fn module_at(&self, path: &[SmolStr], has: impl Fn(&ModuleTree) -> bool) -> Option<&'a ModuleTree> {
        self.roots().into_iter().find_map(|root| {
            let mut calls = path.iter();
            let found = calls.try_fold(root, |tree, call| tree.children.get(call).map(|tree| &**tree))?;
            has(found).then_some(found)
        })
    }

    /// The module whose call the override around the cursor replaces.
    pub(super) fn overridden_module(&self) -> Option<&'a ModuleTree> {
        let target = self.target().filter(|target| target.resource.is_none())?;
        self.module_at(&target.module.calls(), |_| true)
    }

    /// The schema of the objects that the mock or override around the cursor is about.
    pub(super) fn mocked(&self) -> Option<BodySchema<'a>> {
        let schemas = self.project.schemas();
        let block = self.block()?;
        let (provider, mode, kind) = match block.place? {
            Place::Mock => {
                let mode = if block.kind == "mock_data" { ResourceMode::Data } else { ResourceMode::Managed };
                let kind = block.labels.first()?.clone();
                let provider = self.mock_provider().unwrap_or_else(|| implied_provider(&kind).into());
                (self.tree?.module.provider_source(&provider), mode, kind)
            }
            _ => {
                let target = self.target()?;
                let (addr, _) = target.resource?;
                let calls = target.module.calls();
                let tree = self.module_at(&calls, |tree| tree.module.resources.contains_key(&addr))?;
                let resource = tree.module.resources.get(&addr)?;
                (tree.module.provider_of(resource), addr.mode, addr.kind)
            }
        };
        let schema = schemas.resource(&provider, mode, &kind)?;
        let schema = Cow::Borrowed(schema);
        Some(BodySchema { provider, kind: Some((mode, kind)), schema, path: Vec::new() })
    }

    /// The name of the mock provider around the cursor.
    pub(super) fn mock_provider(&self) -> Option<SmolStr> {
        let mut blocks = self.site.blocks.iter();
        blocks.find(|block| block.place == Some(Place::MockProvider))?.labels.first().cloned()
    }

    /// The resources that can be named here: those of the module, and in a check its own data source.
    pub(super) fn resources(&self) -> impl Iterator<Item = &'a Resource> {
        let module = self.tree.map(|tree| &*tree.module);
        let check = self.site.blocks.first().filter(|block| block.kind == "check" && self.is_module_file());
        let check = check.and_then(|block| module?.checks.get(block.labels.first()?));
        let of_module = module.into_iter().flat_map(|module| module.resources.values()).map(|it| &*it.decl);
        of_module.chain(check.and_then(|check| check.data.as_deref()))
    }

    /// Whether the cursor is in the value of that local value, which cannot be its own.
    pub(super) fn is_own_local(&self, name: &str) -> bool {
        let in_locals = self.block().is_some_and(|block| block.kind == "locals");
        in_locals && matches!(&self.site.slot, Slot::Value { name: own, .. } if own == name)
    }

    /// Whether the cursor is in that resource's own block.
    pub(super) fn is_own_object(&self, addr: &ResourceAddr) -> bool {
        self.object().is_some_and(|block| {
            block.place == Some(Place::Resource(addr.mode))
                && block.labels.first() == Some(&addr.kind)
                && block.labels.get(1) == Some(&addr.name)
        })
    }

    /// The block of a resource, data source or module call around the cursor.
    pub(super) fn object(&self) -> Option<&'a Around<'a>> {
        let is_object = |block: &&Around<'_>| matches!(block.place, Some(Place::Resource(_) | Place::Call));
        self.site.blocks.iter().find(is_object)
    }

    /// The block around the cursor of which there may be instances.
    pub(super) fn repeated(&self) -> Option<&'a Around<'a>> {
        let provider = || self.site.blocks.iter().find(|block| block.place == Some(Place::Provider));
        self.object().or_else(provider)
    }

    /// The source address of the provider of the resource around the cursor, with the resource's type.
    pub(super) fn resource(&self) -> Option<(SmolStr, ResourceMode, SmolStr)> {
        let block = self.object()?;
        let Some(Place::Resource(mode)) = block.place else { return None };
        let kind = block.labels.first()?.clone();
        let module = &self.tree?.module;
        let name = module
            .resources
            .values()
            .find(|it| {
                it.addr.kind == kind && it.addr.mode == mode && Some(&it.addr.name) == block.labels.get(1)
            })
            .map_or_else(|| SmolStr::from(implied_provider(&kind)), |it| it.provider_ref().name);
        Some((module.provider_source(&name), mode, kind))
    }

    /// The schema of the body that the cursor is in, with what it is the schema of and the blocks that lead there.
    pub(super) fn body_schema(&self) -> Option<BodySchema<'a>> {
        self.schema_in(&self.site.blocks)
    }

    /// The same for any blocks.
    pub(super) fn schema_in(&self, blocks: &[Around<'_>]) -> Option<BodySchema<'a>> {
        let schemas = self.project.schemas();
        let module = &self.tree?.module;
        let from =
            blocks.iter().position(|it| matches!(it.place, Some(Place::Resource(_) | Place::Provider)))?;
        let around = blocks.get(from)?;
        let label = around.labels.first()?;
        let (provider, kind, schema) = match around.place {
            Some(Place::Resource(mode)) => {
                let declared = module.resources.keys().find(|it| {
                    it.mode == mode && it.kind == *label && Some(&it.name) == around.labels.get(1)
                });
                let provider = match declared.and_then(|addr| module.resources.get(addr)) {
                    Some(resource) => module.provider_of(resource),
                    None => module.provider_source(implied_provider(label)),
                };
                let schema = schemas.resource(&provider, mode, label)?;
                (provider, Some((mode, label.clone())), schema)
            }
            _ => {
                let provider = module.provider_source(label);
                let schema = schemas.provider(&provider)?;
                (provider, None, schema)
            }
        };
        let mut found = BodySchema { provider, kind, schema: Cow::Borrowed(schema), path: Vec::new() };
        for block in blocks.get(from + 1..)? {
            let name = match block.place {
                Some(Place::Dynamic) => block.labels.first()?,
                _ if block.kind == "content" => continue,
                _ => &block.kind,
            };
            found.schema = inside(found.schema, name)?;
            found.path.push(name.clone());
        }
        Some(found)
    }

    /// The provider configurations that the file can name.
    pub(super) fn configurations(&self) -> Vec<ProviderRef> {
        match self.test_file {
            Some(file) => {
                let own = file.providers.iter().map(|it| it.reference());
                let mocked = file.mock_providers.iter();
                own.chain(mocked.map(|it| ProviderRef { name: it.name.clone(), alias: it.alias.clone() }))
                    .collect()
            }
            None => self.tree.map(known_providers).unwrap_or_default(),
        }
    }
}

/// The schema of the blocks of that name: one of its own, or that of the objects which such blocks stand for.
fn inside<'a>(schema: Cow<'a, Schema>, name: &str) -> Option<Cow<'a, Schema>> {
    let of_blocks = schema.may_be_blocks(name).then(|| Cow::Owned(schema.of_block_like(name)));
    match schema {
        Cow::Borrowed(schema) => {
            schema.blocks.get(name).map(|block| Cow::Borrowed(&block.body)).or(of_blocks)
        }
        Cow::Owned(schema) => {
            schema.blocks.get(name).map(|block| Cow::Owned(block.body.clone())).or(of_blocks)
        }
    }
}

/// A schema and where it comes from.
pub(super) struct BodySchema<'a> {
    pub(super) provider: SmolStr,
    /// `None` of a provider's own configuration.
    pub(super) kind: Option<(ResourceMode, SmolStr)>,
    pub(super) schema: Cow<'a, Schema>,
    /// The blocks that lead to it.
    pub(super) path: Vec<SmolStr>,
}

/// The provider configurations that a module has or needs: those that it declares, and those that its resources ask for.
pub(super) fn known_providers(tree: &ModuleTree) -> Vec<ProviderRef> {
    let module = &tree.module;
    let mut found: Vec<ProviderRef> = Vec::new();
    for (name, required) in &module.required_providers {
        found.push(ProviderRef { name: name.clone(), alias: None });
        found.extend(required.aliases.iter().cloned());
    }
    found.extend(module.providers.iter().map(|it| it.reference()));
    found.extend(module.resources.values().map(|it| it.provider_ref()));
    let mut known = std::collections::BTreeSet::new();
    found.retain(|it| known.insert((it.name.clone(), it.alias.clone())));
    found
}
