//! A module is the merge of its files.

use std::sync::Arc;

use syntax::{Document, Location, SmolStr};

use super::Reporter;
use crate::address::ResourceMode;
use crate::check::{incompatible, prereleased};
use crate::decode::ModuleDeclaration;
use crate::dialect::{Dialect, Tool};
use crate::facts::FactsCache;
use crate::file_role::is_override;
use crate::item::Item;
use crate::module::{Check, Import, Module, ProviderConfig, Resource};
use crate::sources::Sources;
use syntax::Origin;

impl Module {
    /// Merges the files of one directory, which come ordered by name.
    pub fn merge(dir: &str, dialect: Dialect, documents: &[Arc<Document>], cache: &FactsCache) -> Module {
        let sources = Sources::new(documents.iter().cloned());
        let mut merge = Merge {
            module: Module { dir: dir.into(), dialect, sources: sources.clone(), ..Module::default() },
            reporter: Reporter::new(sources),
            required_providers: None,
        };
        let (overrides, primary): (Vec<_>, Vec<_>) =
            documents.iter().partition(|document| is_override(document.file().as_str()));
        for document in primary {
            merge.reporter.syntax(document);
            for (origin, chunk) in document.chunks() {
                let facts = cache.module_facts(chunk, document.file(), dialect);
                merge.reporter.findings(&facts.findings, &origin);
                let mut declarations: Vec<&ModuleDeclaration> = facts.declarations.iter().collect();
                if document.file().is_json() {
                    // The order in which Terraform finds what is declared twice.
                    declarations.sort_by_key(|declaration| rank(declaration));
                }
                for declaration in declarations {
                    merge.declare(declaration, &origin);
                }
            }
        }
        merge.backend_and_cloud();
        for document in overrides {
            merge.reporter.syntax(document);
            merge.module.override_files.push(document.file().clone());
            for (origin, chunk) in document.chunks() {
                let facts = cache.module_facts(chunk, document.file(), dialect);
                merge.reporter.findings_of_override(&facts.findings, &origin);
                let origin = Arc::new(origin);
                for declaration in &facts.declarations {
                    merge.apply_override(declaration, &origin);
                }
            }
        }
        let mut module = merge.module;
        module.diagnostics = merge.reporter.finish();
        let incompatible = incompatible(&module);
        match incompatible.is_empty() {
            true => module.diagnostics.extend(prereleased(&module)),
            false => module.diagnostics = incompatible,
        }
        module
    }
}

/// What is said of a second resource of one address.
fn duplicate_resource(resource: &Resource, place: &str, in_check: bool) -> (String, String) {
    let (block, what) = match resource.mode {
        ResourceMode::Managed => ("resource", "resource"),
        ResourceMode::Data => ("data", "data resource"),
        ResourceMode::Ephemeral => ("ephemeral", "ephemeral resource"),
    };
    let (kind, name) = (&resource.addr.kind, lang::quote(&resource.addr.name));
    (
        format!("Duplicate {block} {} configuration", lang::quote(kind)),
        format!(
            "A {kind} {what} named {name} was already declared at {place}. Resource names must be unique per type in \
             each module{}.",
            if in_check { ", including within check blocks" } else { "" }
        ),
    )
}

/// Terraform merges a file kind by kind.
fn rank(declaration: &ModuleDeclaration) -> u8 {
    match declaration {
        ModuleDeclaration::RequiredVersion(_)
        | ModuleDeclaration::RequiredProviders(_)
        | ModuleDeclaration::RequiredProvider(_)
        | ModuleDeclaration::Provider(_) => 0,
        ModuleDeclaration::Variable(_) => 1,
        ModuleDeclaration::Local(_) => 2,
        ModuleDeclaration::Output(_) => 3,
        ModuleDeclaration::Call(_) => 4,
        ModuleDeclaration::Resource(_) => 5,
        _ => 6,
    }
}

pub(super) struct Merge {
    pub(super) module: Module,
    pub(super) reporter: Reporter,
    required_providers: Option<Location>,
}

impl Merge {
    fn declare(&mut self, declaration: &ModuleDeclaration, origin: &Origin) {
        let (module, reporter) = (&mut self.module, &mut self.reporter);
        match declaration {
            ModuleDeclaration::Variable(decl) => {
                let texts = |_: &_, place: &str| {
                    let name = lang::quote(&decl.name);
                    (
                        "Duplicate variable declaration".to_owned(),
                        format!(
                            "A variable named {name} was already declared at {place}. Variable names must be unique \
                             within a module."
                        ),
                    )
                };
                let key = decl.name.clone();
                reporter.insert(&mut module.variables, key, decl, origin, |decl| decl.header, texts);
            }
            ModuleDeclaration::Local(decl) => {
                let texts = |_: &_, place: &str| {
                    let name = lang::quote(&decl.name);
                    (
                        "Duplicate local value definition".to_owned(),
                        format!(
                            "A local value named {name} was already defined at {place}. Local value names must be \
                             unique within a module."
                        ),
                    )
                };
                let key = decl.name.clone();
                reporter.insert(&mut module.locals, key, decl, origin, |decl| decl.span, texts);
            }
            ModuleDeclaration::Output(decl) => {
                let texts = |_: &_, place: &str| {
                    let name = lang::quote(&decl.name);
                    (
                        "Duplicate output definition".to_owned(),
                        format!(
                            "An output named {name} was already defined at {place}. Output names must be unique \
                             within a module."
                        ),
                    )
                };
                let key = decl.name.clone();
                reporter.insert(&mut module.outputs, key, decl, origin, |decl| decl.header, texts);
            }
            ModuleDeclaration::Call(decl) => {
                let texts = |_: &_, place: &str| {
                    let name = lang::quote(&decl.name);
                    (
                        "Duplicate module call".to_owned(),
                        format!(
                            "A module call named {name} was already defined at {place}. Module calls must have unique \
                             names within a module."
                        ),
                    )
                };
                let key = decl.name.clone();
                reporter.insert(&mut module.calls, key, decl, origin, |decl| decl.header, texts);
            }
            ModuleDeclaration::Check(decl) => {
                self.scoped_data(decl, origin);
                let (module, reporter) = (&mut self.module, &mut self.reporter);
                let texts = |_: &_, place: &str| {
                    let name = lang::quote(&decl.name);
                    (
                        format!("Duplicate check {name} configuration"),
                        format!(
                            "A check block named {name} was already declared at {place}. Check blocks must be unique \
                             within each module."
                        ),
                    )
                };
                let key = decl.name.clone();
                reporter.insert(&mut module.checks, key, decl, origin, |decl| decl.header, texts);
            }
            ModuleDeclaration::Resource(decl) => {
                let scoped = module.checks.values().find_map(|check| {
                    let data = check.data.as_ref().filter(|data| data.addr == decl.addr)?;
                    Some(check.locate(data.header))
                });
                match scoped {
                    // Of one file, Terraform reads what is in checks last.
                    Some(scoped) if scoped.file == origin.file => {
                        self.declared_twice(decl, &origin.locate(decl.header), true, scoped);
                    }
                    Some(scoped) => self.declared_twice(decl, &scoped, false, origin.locate(decl.header)),
                    None => {}
                }
                let (module, reporter) = (&mut self.module, &mut self.reporter);
                let texts = |_: &_, place: &str| duplicate_resource(decl, place, false);
                let key = decl.addr.clone();
                reporter.insert(&mut module.resources, key, decl, origin, |decl| decl.header, texts);
            }
            ModuleDeclaration::Provider(decl) => self.provider(decl, origin),
            ModuleDeclaration::Backend(header) => self.backend(origin.locate(*header)),
            ModuleDeclaration::Cloud(header) => self.cloud(origin.locate(*header)),
            ModuleDeclaration::RequiredProviders(header) => self.required_providers(origin.locate(*header)),
            ModuleDeclaration::RequiredProvider(decl) => {
                let item = Item::new(Arc::clone(decl), origin.clone());
                module.required_providers.entry(decl.name.clone()).or_insert(item);
            }
            ModuleDeclaration::RequiredVersion(decl) => {
                module.required_versions.push(Item::new(Arc::clone(decl), origin.clone()));
            }
            ModuleDeclaration::ProviderMeta(name, span) => {
                module.provider_metas.entry(name.clone()).or_insert_with(|| origin.locate(*span));
            }
            ModuleDeclaration::Moved(decl) => {
                module.moved.push(Item::new(Arc::clone(decl), origin.clone()));
            }
            ModuleDeclaration::Removed(decl) => {
                module.removed.push(Item::new(Arc::clone(decl), origin.clone()));
            }
            ModuleDeclaration::Import(decl) => self.import(decl, origin),
        }
    }

    /// The data of a check have names like those outside of it.
    fn scoped_data(&mut self, check: &Check, origin: &Origin) {
        let Some(data) = &check.data else { return };
        let outside = self.module.resources.get(&data.addr).map(|it| it.locate(it.header));
        let first = outside.or_else(|| {
            self.module.checks.values().rev().find_map(|other| {
                let same = other.data.as_ref().filter(|other| other.addr == data.addr)?;
                Some(other.locate(same.header))
            })
        });
        if let Some(first) = first {
            self.declared_twice(data, &first, true, origin.locate(data.header));
        }
    }

    fn declared_twice(&mut self, resource: &Resource, first: &Location, in_check: bool, subject: Location) {
        let place = self.reporter.sources.range(first);
        let (summary, detail) = duplicate_resource(resource, &place, in_check);
        self.reporter.error("duplicate-declaration", summary, detail, subject);
    }

    /// An object comes into the state once. Terraform names every earlier block for the same address.
    fn import(&mut self, decl: &Arc<Import>, origin: &Origin) {
        let is_static = |import: &Import| lang::static_traversal(&import.to).is_some();
        let same = |known: &&Item<Import>| {
            known.address == decl.address && is_static(known) && is_static(decl) && decl.address.is_some()
        };
        let (imports, reporter) = (&self.module.imports, &mut self.reporter);
        for known in imports.iter().filter(same) {
            let Some(address) = &decl.address else { continue };
            let first = reporter.sources.range(&known.locate(known.header));
            let address = lang::quote(&address.to_string());
            reporter.error(
                "duplicate-declaration",
                format!("Duplicate import configuration for {address}"),
                format!(
                    "An import block for the resource {address} was already declared at {first}. A resource can have \
                     only one import block."
                ),
                decl.to.location(origin),
            );
        }
        self.module.imports.push(Item::new(Arc::clone(decl), origin.clone()));
    }

    fn provider(&mut self, decl: &Arc<ProviderConfig>, origin: &Origin) {
        let same = |known: &&Item<ProviderConfig>| known.name == decl.name && known.alias == decl.alias;
        if let Some(first) = self.module.providers.iter().find(same) {
            let place = self.reporter.sources.range(&first.locate(first.header));
            let name = lang::quote(&decl.name);
            let detail = match &decl.alias {
                None => format!(
                    "A default (non-aliased) provider configuration for {name} was already given at {place}. If \
                     multiple configurations are required, set the \"alias\" argument for alternative configurations."
                ),
                Some(alias) => format!(
                    "A provider configuration for {name} with alias {} was already given at {place}. Each \
                     configuration for the same provider must have a distinct alias.",
                    lang::quote(alias)
                ),
            };
            let summary = "Duplicate provider configuration".to_owned();
            self.reporter.error("duplicate-declaration", summary, detail, origin.locate(decl.header));
            return;
        }
        self.module.providers.push(Item::new(Arc::clone(decl), origin.clone()));
    }

    fn backend(&mut self, place: Location) {
        let Some(first) = &self.module.backend else {
            self.module.backend = Some(place);
            return;
        };
        let first = self.reporter.sources.range(first);
        let summary = "Duplicate backend configuration".to_owned();
        let detail = format!(
            "A module may have only one backend configuration. The backend was previously configured at {first}."
        );
        self.reporter.error("duplicate-block", summary, detail, place);
    }

    fn cloud(&mut self, place: Location) {
        let Some(first) = &self.module.cloud else {
            self.module.cloud = Some(place);
            return;
        };
        let first = self.reporter.sources.range(first);
        let (summary, detail) = match self.module.dialect.tool {
            Tool::Terraform => (
                "Duplicate HCP Terraform configurations",
                format!(
                    "A module may have only one 'cloud' block configuring HCP Terraform or Terraform Enterprise. The \
                     'cloud' block was previously configured at {first}."
                ),
            ),
            Tool::OpenTofu => (
                "Duplicate cloud configurations",
                format!(
                    "A module may have only one 'cloud' block configuring a cloud backend. A cloud backend was previously \
                     configured at {first}."
                ),
            ),
        };
        self.reporter.error("duplicate-block", summary.to_owned(), detail, place);
    }

    fn backend_and_cloud(&mut self) {
        let Module { backend: Some(backend), cloud: Some(cloud), .. } = &self.module else { return };
        let range = |place| self.reporter.sources.range(place);
        let (cloud, at_backend) = (range(cloud), range(backend));
        let (summary, detail) = match self.module.dialect.tool {
            Tool::Terraform => (
                "Both a backend and cloud configuration are present",
                format!(
                    "A module may declare either one 'cloud' block OR one 'backend' block configuring a state backend. \
                     The 'cloud' block is configured at {cloud}; a backend is configured at {at_backend}. Remove the \
                     backend block to configure HCP Terraform or Terraform Enteprise."
                ),
            ),
            Tool::OpenTofu => (
                "Both a backend and a cloud configuration are present",
                format!(
                    "A module may declare either one 'cloud' block configuring a cloud backend OR one 'backend' block \
                     configuring a state backend. A cloud backend is configured at {cloud}; a backend is configured at \
                     {at_backend}. Remove the backend block to configure a cloud backend."
                ),
            ),
        };
        self.reporter.error("backend-and-cloud", summary.to_owned(), detail, backend.clone());
    }

    fn required_providers(&mut self, place: Location) {
        match &self.required_providers {
            None => self.required_providers = Some(place),
            Some(first) => {
                let first = self.reporter.sources.range(first);
                self.reporter.error(
                    "duplicate-declaration",
                    "Duplicate required providers configuration".to_owned(),
                    format!(
                        "A module may have only one required providers configuration. The required providers were \
                         previously configured at {first}."
                    ),
                    place,
                );
            }
        }
    }
}

impl Module {
    /// The range of a declaration in HCL's words, for messages such as "declared at main.tf:1,1-13".
    pub fn declared_at(&self, place: &Location) -> String {
        self.sources.range(place)
    }

    /// A scoped data source of a check, with the check's name.
    pub fn scoped_data(
        &self,
        addr: &crate::address::ResourceAddr,
    ) -> Option<(&SmolStr, &Arc<crate::module::Resource>)> {
        self.checks.iter().find_map(|(name, check)| {
            let data = check.data.as_ref().filter(|data| data.addr == *addr)?;
            Some((name, data))
        })
    }
}
