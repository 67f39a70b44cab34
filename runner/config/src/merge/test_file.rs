//! A test file is the merge of its chunks.

use std::sync::Arc;

use indexmap::IndexMap;
use syntax::{Diagnostic, Document, Location, Origin, SmolStr, Span};

use super::Reporter;
use crate::decode::{EXTRANEOUS_LABEL, Finding, TestDeclaration, TestFacts};
use crate::dialect::{Dialect, Feature, Tool};
use crate::facts::FactsCache;
use crate::item::Item;
use crate::module::{ProviderRef, Variable};
use crate::runs::Runs;
use crate::sources::Sources;
use crate::test_file::{Command, Override, Run, TestFile, VariableValue};

impl TestFile {
    /// Merges the chunks of one document.
    pub fn merge(document: &Arc<Document>, dialect: Dialect, cache: &FactsCache) -> TestFile {
        let sources = Sources::new([Arc::clone(document)]);
        let runs = Runs::new(document.file().clone(), cache.facts_of_test(document, dialect));
        let mut merge = Merge {
            file: TestFile {
                name: document.file().clone(),
                dialect,
                sources: sources.clone(),
                runs: runs.clone(),
                ..TestFile::default()
            },
            reporter: Reporter::new(sources),
            variables: None,
            providers: IndexMap::new(),
        };
        merge.reporter.syntax(document);
        let chunks = runs.notable();
        cache.count_merged(chunks.len());
        // Terraform reads the `test` block first, and no further after an error in it.
        let before = merge.reporter.diagnostics.len();
        merge.settings(&chunks);
        let refused = merge.reporter.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let refusal = refused.then(|| merge.reporter.diagnostics.clone());
        // What is wrong with blocks by themselves comes before what is wrong with them together.
        for (origin, _, facts) in &chunks {
            merge.reporter.findings(&facts.findings, origin);
        }
        for (origin, mut run, facts) in chunks {
            for declaration in &facts.declarations {
                match declaration {
                    TestDeclaration::Run(_) => {
                        merge.run(run);
                        run += 1;
                    }
                    declaration => merge.declare(declaration, &origin),
                }
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

/// What names the state of a run: its key, or the source of its module.
fn state_of(run: &Run) -> &str {
    let key = run.state_key.as_ref().map(|(key, _)| key);
    let source = || run.module.as_ref().map(|module| &module.source);
    key.or_else(source).map_or("", SmolStr::as_str)
}

struct Merge {
    file: TestFile,
    reporter: Reporter,
    variables: Option<Location>,
    /// The places of the labels, which is what Terraform names.
    providers: IndexMap<ProviderRef, Location>,
}

impl Merge {
    /// Takes the `test` block. Of several, only that there are several is said.
    fn settings(&mut self, chunks: &[(Origin, usize, &TestFacts)]) {
        let mut blocks = chunks.iter().flat_map(|(origin, _, facts)| {
            facts.declarations.iter().filter_map(move |declaration| match declaration {
                TestDeclaration::Settings(settings) => Some(Item::new(Arc::clone(settings), origin.clone())),
                _ => None,
            })
        });
        let Some(first) = blocks.next() else {
            chunks
                .iter()
                .for_each(|(origin, _, facts)| self.reporter.findings(&facts.settings_findings, origin));
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
        for (origin, _, facts) in chunks {
            let of_header = |finding: &&Finding| is_one || finding.diagnostic.code == Some(EXTRANEOUS_LABEL);
            let found: Vec<Finding> = facts.settings_findings.iter().filter(of_header).cloned().collect();
            self.reporter.findings(&found, origin);
        }
        self.file.settings = Some(first);
    }

    /// What the run of an index says beside other runs.
    fn run(&mut self, index: usize) {
        let runs = &self.file.runs;
        let Some(run) = runs.get(index) else { return };
        let first = runs.named(&run.name).filter(|first| *first < index).and_then(|first| runs.get(first));
        if let Some(first) = first.filter(|_| self.file.dialect.has(Feature::UniqueRunNames)) {
            let place = self.reporter.sources.range(&first.locate(first.header));
            self.reporter.error(
                "duplicate-run",
                "Duplicate \"run\" block names".to_owned(),
                format!("This test file already has a run named {} block defined at {place}.", run.name),
                run.locate(match self.file.dialect.has(Feature::DuplicateRunAtName) {
                    true => run.name_span,
                    false => run.header,
                }),
            );
        }
        self.cleanup_and_backend(&run, index);
    }

    fn declare(&mut self, declaration: &TestDeclaration, origin: &Origin) {
        match declaration {
            TestDeclaration::Run(_) | TestDeclaration::Settings(_) => {}
            TestDeclaration::Variable(variable) => self.variable(variable, origin),
            TestDeclaration::Variables(header, values) => self.variables(*header, values, origin),
            TestDeclaration::Provider(provider) => {
                let key = provider.reference();
                if !self.file.dialect.has(Feature::UniqueProviders) {
                    // Of several the last one counts.
                    self.file.providers.retain(|before| before.reference() != key);
                } else {
                    self.provider(key, provider.header, provider.name_span, origin);
                }
                self.file.providers.push(Item::new(Arc::clone(provider), origin.clone()));
            }
            TestDeclaration::MockProvider(provider) => {
                let key = ProviderRef { name: provider.name.clone(), alias: provider.alias.clone() };
                if self.file.dialect.tool == Tool::OpenTofu {
                    self.mock_provider_of_opentofu(&key, provider.header, origin);
                } else {
                    self.provider(key, provider.header, provider.name_span, origin);
                }
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
            Some(first) => {
                let first = self.reporter.sources.range(first);
                self.reporter.error(
                    "duplicate-provider",
                    "Duplicate provider block".to_owned(),
                    format!("A provider for {key} is already defined at {first}."),
                    origin.locate(header),
                );
            }
        }
    }

    /// A real provider of the same name does not matter: it counts in place of the mock.
    fn mock_provider_of_opentofu(&mut self, key: &ProviderRef, header: Span, origin: &Origin) {
        let mut mocks = self.file.mock_providers.iter();
        if mocks.any(|before| (&before.name, &before.alias) == (&key.name, &key.alias)) {
            self.reporter.error(
                "duplicate-provider",
                "Duplicated `mock_provider` block".to_owned(),
                format!("It is not allowed to have multiple `mock_provider` blocks with the same address: `{key}`."),
                origin.locate(header),
            );
        }
    }

    /// What runs of one state say of its end and of its beginning. No stable release takes either, and all say what is
    /// wrong with them.
    fn cleanup_and_backend(&mut self, run: &Item<Run>, index: usize) {
        // Hardly any run says either, and a file may have very many runs.
        if run.backend.is_none() && !matches!(run.skip_cleanup, Some((true, _))) {
            return;
        }
        let same_state = |before: &Item<Run>| state_of(before) == state_of(run);
        let before: Vec<Item<Run>> = self.file.runs.iter().take(index).filter(same_state).collect();
        let name = lang::quote(&run.name);
        let backend = before.iter().find(|run| run.backend.is_some()).map(|run| lang::quote(&run.name));
        if let Some((true, place)) = run.skip_cleanup {
            let skips = before.iter().rev().find(|run| matches!(run.skip_cleanup, Some((true, _))));
            let detail = match (&backend, skips) {
                (Some(earlier), _) => Some(format!(
                    "The run {name} has a skip_cleanup attribute set, but shares state with an earlier run {earlier} that \
                     has a backend defined. The later run takes precedence, but the backend will still be used to \
                     manage this state."
                )),
                (None, Some(earlier)) => Some(format!(
                    "The run {name} has a skip_cleanup attribute set, but shares state with an earlier run {} that also \
                     has skip_cleanup set. The later run takes precedence, and this attribute is ignored for the \
                     earlier run.",
                    lang::quote(&earlier.name)
                )),
                (None, None) => None,
            };
            self.reporter.diagnostics.extend(detail.map(|detail| {
                Diagnostic::warning("Duplicate \"skip_cleanup\" block", detail)
                    .at(run.locate(place))
                    .with_code("duplicate-skip-cleanup")
            }));
        }
        let Some(place) = run.backend.map(|place| run.locate(place)) else { return };
        if let Some(earlier) = backend {
            let detail = format!(
                "The run {name} already uses an internal state file that's loaded by a backend in the run {earlier}. Please \
                 ensure that a backend block is only in the first apply run block for a given internal state file."
            );
            self.reporter.error("duplicate-block", "Duplicate backend blocks".to_owned(), detail, place);
        } else if let Some(earlier) = before.iter().find(|run| run.command == Command::Apply) {
            let detail = format!(
                "The run {name} cannot load in state using a backend block, because internal state has already been \
                 created by an apply command in run {}. Backend blocks can only be present in the first apply command \
                 for a given internal state.",
                lang::quote(&earlier.name)
            );
            self.reporter.error("invalid-run-backend", "Invalid backend block".to_owned(), detail, place);
        }
    }

    fn override_block(&mut self, decl: &Arc<Override>, origin: &Origin) {
        let same = |first: &&Item<Override>| {
            first.kind == decl.kind && first.address == decl.address && first.address.is_some()
        };
        // OpenTofu finds them when a run begins.
        let is_tofu = self.file.dialect.tool == Tool::OpenTofu;
        if let Some(first) = self.file.overrides.iter().find(same).filter(|_| !is_tofu) {
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
