//! A test file is the merge of its chunks.

use std::sync::Arc;

use indexmap::IndexMap;
use syntax::{Document, Location, Origin, SmolStr, Span};

use super::Reporter;
use crate::decode::TestDeclaration;
use crate::dialect::{Dialect, Feature};
use crate::facts::FactsCache;
use crate::item::Item;
use crate::module::ProviderRef;
use crate::sources::Sources;
use crate::test_file::{Override, TestFile, VariableValue};

impl TestFile {
    /// Merges the chunks of one document.
    pub fn merge(document: &Arc<Document>, dialect: Dialect, cache: &FactsCache) -> TestFile {
        let sources = Sources::new([Arc::clone(document)]);
        let mut merge = Merge {
            file: TestFile {
                name: document.file().clone(),
                dialect,
                sources: sources.clone(),
                ..TestFile::default()
            },
            reporter: Reporter::new(sources),
            variables: None,
            providers: IndexMap::new(),
        };
        merge.reporter.syntax(document);
        for (origin, chunk) in document.chunks() {
            let facts = cache.test_facts(chunk, document.file(), dialect);
            merge.reporter.findings(&facts.findings, &origin);
            for declaration in &facts.declarations {
                merge.declare(declaration, &origin);
            }
        }
        let mut file = merge.file;
        file.diagnostics = merge.reporter.finish();
        file
    }
}

struct Merge {
    file: TestFile,
    reporter: Reporter,
    variables: Option<Location>,
    /// The places of the labels, which is what Terraform names.
    providers: IndexMap<ProviderRef, Location>,
}

impl Merge {
    fn declare(&mut self, declaration: &TestDeclaration, origin: &Origin) {
        match declaration {
            TestDeclaration::Run(run) => {
                let first = self.file.runs.iter().find(|first| first.name == run.name);
                if let Some(first) = first.filter(|_| self.file.dialect.has(Feature::UniqueRunNames)) {
                    let place = self.reporter.sources.range(&first.locate(first.header));
                    self.reporter.error(
                        "duplicate-run",
                        "Duplicate \"run\" block names".to_owned(),
                        format!(
                            "This test file already has a run named {} block defined at {place}.",
                            run.name
                        ),
                        origin.locate(run.header),
                    );
                }
                self.file.runs.push(Item::new(Arc::clone(run), origin.clone()));
            }
            TestDeclaration::Variables(header, values) => self.variables(*header, values, origin),
            TestDeclaration::Provider(provider) => {
                let key = ProviderRef { name: provider.name.clone(), alias: provider.alias.clone() };
                self.provider(key, provider.header, provider.name_span, origin);
                self.file.providers.push(Item::new(Arc::clone(provider), origin.clone()));
            }
            TestDeclaration::MockProvider(provider) => {
                let key = ProviderRef { name: provider.name.clone(), alias: provider.alias.clone() };
                self.provider(key, provider.header, provider.name_span, origin);
                self.file.mock_providers.push(Item::new(Arc::clone(provider), origin.clone()));
            }
            TestDeclaration::Override(decl) => self.override_block(decl, origin),
        }
    }

    fn variables(&mut self, header: Span, values: &[Arc<VariableValue>], origin: &Origin) {
        let place = origin.locate(header);
        if let Some(first) = &self.variables {
            let first = self.reporter.sources.range(first);
            self.reporter.error(
                "duplicate-block",
                "Multiple \"variables\" blocks".to_owned(),
                format!("This test file already has a variables block defined at {first}."),
                place,
            );
            return;
        }
        self.variables = Some(place);
        for value in values {
            let name: SmolStr = value.name.clone();
            self.file.variables.entry(name).or_insert(Item::new(Arc::clone(value), origin.clone()));
        }
    }

    fn provider(&mut self, key: ProviderRef, header: Span, label: Span, origin: &Origin) {
        match self.providers.get(&key) {
            None => {
                self.providers.insert(key, origin.locate(label));
            }
            Some(first) if self.file.dialect.has(Feature::UniqueProviders) => {
                let first = self.reporter.sources.range(first);
                self.reporter.error(
                    "duplicate-provider",
                    "Duplicate provider block".to_owned(),
                    format!("A provider for {key} is already defined at {first}."),
                    origin.locate(header),
                );
            }
            Some(_) => {}
        }
    }

    fn override_block(&mut self, decl: &Arc<Override>, origin: &Origin) {
        let same = |first: &&Item<Override>| {
            first.kind == decl.kind && first.address == decl.address && first.address.is_some()
        };
        if let Some(first) = self.file.overrides.iter().find(same) {
            let place = self.reporter.sources.range(&first.locate(first.header));
            let name = decl.kind.block_name();
            if let Some(address) = &decl.address {
                self.reporter.error(
                    "duplicate-override",
                    format!("Duplicate {name} block"),
                    format!("An {name} block targeting {address} has already been defined at {place}."),
                    origin.locate(decl.header),
                );
            }
        }
        self.file.overrides.push(Item::new(Arc::clone(decl), origin.clone()));
    }
}
