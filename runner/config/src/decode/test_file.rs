//! One chunk of a test file: the block at the root and what it declares.

use std::sync::Arc;

use syntax::ast::{Block, Body};
use syntax::{Chunk, FileName};

use super::content::{BodySchema, block, just_attributes, read, refuse_rest};
use super::expression::lower;
use super::mock::mock_provider;
use super::overrides::override_block;
use super::provider::provider_with;
use super::run::run;
use super::sink::Sink;
use super::{TestDeclaration, TestFacts};
use crate::dialect::{Dialect, Feature};
use crate::test_file::VariableValue;

const ROOT: BodySchema = BodySchema {
    attributes: &[],
    blocks: &[
        block("run", &["name"]),
        block("variables", &[]),
        block("provider", &["name"]),
        block("mock_provider", &["name"]),
        block("override_resource", &[]),
        block("override_data", &[]),
        block("override_module", &[]),
    ],
};

/// What one chunk of a test file declares in a dialect. A pure function of its arguments.
pub fn test_facts(chunk: &Chunk, file: &FileName, dialect: Dialect) -> TestFacts {
    let mut sink = Sink::of_body(file, &chunk.body, dialect);
    let mut declarations = Vec::new();
    body(&chunk.body, dialect, &mut declarations, &mut sink);
    TestFacts { declarations, findings: sink.finish() }
}

fn body(body: &Body, dialect: Dialect, declarations: &mut Vec<TestDeclaration>, sink: &mut Sink) {
    let content = read(body, &ROOT, sink);
    refuse_rest(body, &ROOT, &content, sink);
    let mut variables = false;
    for block in &content.blocks {
        if block.kind.text == "variables" && std::mem::replace(&mut variables, true) {
            // That there is another is said when the file is put together; what is in it is not read any more.
            declarations.push(TestDeclaration::Variables(block.header_span(), Vec::new()));
            continue;
        }
        declarations.extend(declare(block, dialect, sink));
    }
}

fn declare(block: &Block, dialect: Dialect, sink: &mut Sink) -> Option<TestDeclaration> {
    match block.kind.text.as_str() {
        "run" => run(block, dialect, sink).map(|run| TestDeclaration::Run(Arc::new(run))),
        "variables" => {
            let values = variable_values(&block.body, sink).into_iter().map(Arc::new).collect();
            Some(TestDeclaration::Variables(block.header_span(), values))
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
