//! One chunk of a test file: the block at the root and what it declares.

use std::sync::Arc;

use syntax::ast::{Attribute, Block, Body, Item};
use syntax::{Chunk, FileName};

use super::content::{BlockSchema, BodySchema, block, content, just_attributes, optional, read, refuse_rest};
use super::expression::{constant_bool, lower};
use super::mock::mock_provider;
use super::overrides::override_block;
use super::provider::{deprecated_version, provider_with};
use super::run::run;
use super::sink::Sink;
use super::variable::variable;
use super::{TestDeclaration, TestFacts};
use crate::dialect::{Dialect, Feature};
use crate::runs::TestSum;
use crate::test_file::{TestSettings, VariableValue};

/// The `test` block comes last.
const BLOCKS: &[BlockSchema] = &[
    block("run", &["name"]),
    block("provider", &["name"]),
    block("mock_provider", &["name"]).needs(Feature::Mocks),
    block("variable", &["name"]).needs(Feature::VariableBlocks),
    block("variables", &[]),
    block("override_resource", &[]).needs(Feature::Overrides),
    block("override_data", &[]).needs(Feature::Overrides),
    block("override_module", &[]).needs(Feature::Overrides),
    block("test", &[]).needs(Feature::TestBlock),
];

/// The whole file, where there are no `test` blocks.
const ROOT: BodySchema = BodySchema { attributes: &[], blocks: BLOCKS };

/// The one block that counts before the rest does, and the rest.
const SETTINGS: BodySchema = BodySchema { attributes: &[], blocks: BLOCKS.split_at(8).1 };
const REST: BodySchema = BodySchema { attributes: &[], blocks: BLOCKS.split_at(8).0 };

const TEST: BodySchema = BodySchema {
    attributes: &[
        optional("parallel").needs(Feature::Parallel),
        optional("skip_cleanup").needs(Feature::SkipCleanup),
    ],
    blocks: &[],
};

/// What one chunk of a test file declares in a dialect. A pure function of its arguments.
pub fn test_facts(chunk: &Chunk, file: &FileName, dialect: Dialect) -> TestFacts {
    let mut declarations = Vec::new();
    let mut sink = Sink::of_body(file, &chunk.body, dialect);
    let has_settings = dialect.has(Feature::TestBlock);
    if has_settings {
        let blocks = read(&chunk.body, &SETTINGS, &mut sink).blocks;
        declarations.extend(blocks.iter().map(|block| settings(block, &mut sink)));
    }
    let settings_findings = sink.finish();
    let mut sink = Sink::of_body(file, &chunk.body, dialect);
    body(&chunk.body, if has_settings { &REST } else { &ROOT }, &mut declarations, &mut sink);
    let facts =
        TestFacts { declarations, settings_findings, findings: sink.finish(), sum: TestSum::default() };
    TestFacts { sum: TestSum::of_chunk(chunk.text.len(), &facts), ..facts }
}

fn settings(block: &Block, sink: &mut Sink) -> TestDeclaration {
    let content = content(block, &TEST, sink);
    let parallel = content.attribute("parallel").and_then(|attribute| constant_bool(&attribute.value, sink));
    if let Some(attribute) = content.attribute("skip_cleanup") {
        skip_cleanup(attribute, sink);
    }
    TestDeclaration::Settings(Arc::new(TestSettings {
        parallel: parallel.unwrap_or(false),
        header: block.header_span(),
        span: block.span,
    }))
}

/// No stable release takes `skip_cleanup`; whether it would be true.
pub(super) fn skip_cleanup(attribute: &Attribute, sink: &mut Sink) -> bool {
    sink.error(
        "experimental",
        "Invalid attribute",
        "The skip_cleanup attribute is only available in experimental builds of Terraform.",
        attribute.name.span,
    );
    constant_bool(&attribute.value, sink).unwrap_or(false)
}

fn body(body: &Body, schema: &BodySchema, declarations: &mut Vec<TestDeclaration>, sink: &mut Sink) {
    let mut content = read(body, schema, sink);
    if schema.blocks.len() < BLOCKS.len() {
        content.rest.retain(|item| match item.as_ref() {
            Item::Block(block) => block.kind.text != "test",
            Item::Attribute(attribute) => body.json.is_none() || attribute.name.text != "test",
        });
    }
    refuse_rest(body, schema, &content, sink);
    let mut variables = false;
    for block in &content.blocks {
        if block.kind.text == "variables" && std::mem::replace(&mut variables, true) {
            // That there is another is said when the file is put together; what is in it is not read any more.
            declarations.push(TestDeclaration::Variables(block.header_span(), Vec::new()));
            continue;
        }
        declarations.extend(declare(block, sink));
    }
}

fn declare(block: &Block, sink: &mut Sink) -> Option<TestDeclaration> {
    let dialect = sink.dialect();
    match block.kind.text.as_str() {
        "run" => run(block, dialect, sink).map(|run| TestDeclaration::Run(Arc::new(run))),
        "variables" => {
            let values = variable_values(&block.body, sink).into_iter().map(Arc::new).collect();
            Some(TestDeclaration::Variables(block.header_span(), values))
        }
        "variable" => {
            // One with an error in it does not count, as in Terraform.
            let before = sink.errors();
            let found = variable(block, sink).filter(|_| sink.errors() == before);
            found.map(|variable| TestDeclaration::Variable(Arc::new(variable)))
        }
        "provider" => provider_with(block, sink, |version, sink| {
            if dialect.has(Feature::NoProviderVersions) {
                sink.error(
                    "provider-version-in-test",
                    "Version constraints are not allowed in test files",
                    "Version constraints inside provider configuration blocks are not allowed in test files. To \
                     silence this error, move the provider version constraint into the required_providers block of \
                     the configuration that uses this provider.",
                    version,
                );
            } else {
                deprecated_version(version, sink);
            }
        })
        .map(|provider| TestDeclaration::Provider(Arc::new(provider))),
        "mock_provider" => mock_provider(block, dialect, sink)
            .map(|provider| TestDeclaration::MockProvider(Arc::new(provider))),
        _ => override_block(block, dialect, sink).map(|found| TestDeclaration::Override(Arc::new(found))),
    }
}

/// The values of a `variables` block.
pub(super) fn variable_values(body: &Body, sink: &mut Sink) -> Vec<VariableValue> {
    just_attributes(body, sink)
        .into_iter()
        .map(|attribute| VariableValue {
            name: attribute.name.text.clone(),
            name_span: attribute.name.span,
            span: attribute.span,
            value: lower(&attribute.value, sink),
        })
        .collect()
}
