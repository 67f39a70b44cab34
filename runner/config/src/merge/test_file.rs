//! A test file is the merge of its chunks.

use std::sync::Arc;

use indexmap::IndexMap;
use syntax::{Diagnostic, Document, Location, Origin, SmolStr, Span};

use super::Reporter;
use crate::decode::{EXTRANEOUS_LABEL, Finding, TestDeclaration, TestFacts};
use crate::dialect::{Dialect, Feature};
use crate::facts::FactsCache;
use crate::item::Item;
use crate::module::{ProviderRef, Variable};
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
        let chunks: Vec<_> = document
            .chunks()
            .map(|(origin, chunk)| (origin, cache.test_facts(chunk, document.file(), dialect)))
            .collect();
        // Terraform reads the `test` block first, and no further after an error in it.
        let before = merge.reporter.diagnostics.len();
        merge.settings(&chunks);
        let refused = merge.reporter.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let refusal = refused.then(|| merge.reporter.diagnostics.clone());
        for (origin, facts) in &chunks {
            merge.reporter.findings(&facts.findings, origin);
            for declaration in &facts.declarations {
                merge.declare(declaration, origin);
            }
        }
        if let Some(refusal) = refusal {
            merge.reporter.diagnostics = refusal;
        }
        let mut file = merge.file;
        file.diagnostics = merge.reporter.finish();
        file
    }
}

const DUPLICATE_VARIABLE: &str = "Duplicate \"variable\" block names";

struct Merge {
    file: TestFile,
    reporter: Reporter,
    variables: Option<Location>,
    /// The places of the labels, which is what Terraform names.
    providers: IndexMap<ProviderRef, Location>,
}

impl Merge {
    /// Takes the `test` block. Of several, only that there are several is said.
    fn settings(&mut self, chunks: &[(Origin, Arc<TestFacts>)]) {
        let mut blocks = chunks.iter().flat_map(|(origin, facts)| {
            facts.declarations.iter().filter_map(move |declaration| match declaration {
                TestDeclaration::Settings(settings) => Some(Item::new(Arc::clone(settings), origin.clone())),
                _ => None,
            })
        });
        let Some(first) = blocks.next() else {
            chunks
                .iter()
                .for_each(|(origin, facts)| self.reporter.findings(&facts.settings_findings, origin));
            return;
        };
        let place = self.reporter.sources.range(&first.locate(first.header));
        let before = self.reporter.diagnostics.len();
        for other in blocks {
            self.reporter.error(
                "duplicate-block",
                "Multiple \"test\" blocks".to_owned(),
                format!("This test file already has a \"test\" block defined at {place}."),
                other.locate(other.header),
            );
        }
        let is_one = self.reporter.diagnostics.len() == before;
        for (origin, facts) in chunks {
            let of_header = |finding: &&Finding| is_one || finding.diagnostic.code == Some(EXTRANEOUS_LABEL);
            let found: Vec<Finding> = facts.settings_findings.iter().filter(of_header).cloned().collect();
            self.reporter.findings(&found, origin);
        }
        self.file.settings = Some(first);
    }

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
            TestDeclaration::Settings(_) => {}
            TestDeclaration::Variable(variable) => self.variable(variable, origin),
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
            if let Some(block) = self.file.variable_blocks.get(&name) {
                let place = self.reporter.sources.range(&origin.locate(value.span));
                self.reporter.error(
                    "duplicate-declaration",
                    DUPLICATE_VARIABLE.to_owned(),
                    format!("This test file already has a variable named {name} defined at {place}."),
                    block.locate(block.header),
                );
            }
            self.file.variables.entry(name).or_insert(Item::new(Arc::clone(value), origin.clone()));
        }
    }

    /// A `variable` block of a name that has a value already counts all the same.
    fn variable(&mut self, variable: &Arc<Variable>, origin: &Origin) {
        let name = &variable.name;
        let block = self.file.variable_blocks.get(name).map(|block| block.locate(block.header));
        let value = self.file.variables.get(name).map(|value| value.locate(value.value.whole_span()));
        let is_block = block.is_some();
        if let Some(first) = block.or(value) {
            let first = self.reporter.sources.range(&first);
            self.reporter.error(
                "duplicate-declaration",
                DUPLICATE_VARIABLE.to_owned(),
                format!("This test file already has a variable named {name} defined at {first}."),
                origin.locate(variable.header),
            );
        }
        if !is_block {
            self.file.variable_blocks.insert(name.clone(), Item::new(Arc::clone(variable), origin.clone()));
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
