//! `mock_provider "name" { … }` and mock files.

use std::sync::Arc;

use syntax::ast::{Attribute, Block};
use syntax::{Chunk, Document, FileName, SmolStr};

use super::MockFacts;
use super::content::{BodySchema, Content, block, content, optional, read, refuse_rest};
use super::expression::{constant_string, lower};
use super::names::{IDENTIFIER_RULE, check_provider_name, is_identifier};
use super::opentofu;
use super::overrides::{check_duplicates, constant_object, during, lower_mocked, override_block};
use super::provider::alias;
use super::sink::{PLACE, Sink};
use crate::address::ResourceMode;
use crate::dialect::{Dialect, Feature, Tool};
use crate::test_file::{Mock, MockFile, MockProvider};

const MOCK_PROVIDER: BodySchema = BodySchema {
    attributes: &[
        optional("alias"),
        optional("source").needs(Feature::MockSource),
        optional("override_during").needs(Feature::OverrideDuring),
        optional("for_each").needs(Feature::MockForEach),
    ],
    blocks: MOCKS,
};

const MOCKS_ALONE: BodySchema = BodySchema {
    attributes: &[
        optional("override_during").needs(Feature::OverrideDuring),
        optional("for_each").needs(Feature::MockForEach),
    ],
    blocks: MOCKS,
};

const MOCK_FILE: BodySchema = BodySchema { attributes: &[], blocks: MOCKS };

const MOCKS: &[super::content::BlockSchema] = &[
    block("mock_resource", &["type"]),
    block("mock_data", &["type"]),
    block("override_resource", &[]).needs(Feature::OverridesInMocks),
    block("override_data", &[]).needs(Feature::OverridesInMocks),
];

const MOCK: BodySchema = BodySchema {
    attributes: &[optional("defaults"), optional("override_during").needs(Feature::OverrideDuring)],
    blocks: &[],
};

pub(super) fn mock_provider(block: &Block, dialect: Dialect, sink: &mut Sink) -> Option<MockProvider> {
    let label = block.labels.first()?;
    let is_tofu = dialect.tool == Tool::OpenTofu;
    let content = read(&block.body, &MOCK_PROVIDER, sink);
    // Terraform reads the arguments first, and thinks of none of them when it looks at the rest.
    refuse_rest(&block.body, if is_tofu { &MOCK_PROVIDER } else { &MOCKS_ALONE }, &content, sink);
    check_provider_name(&label.text, block.header_span(), sink);
    let alias = content.attribute("alias").and_then(|attribute| match is_tofu {
        true => mock_alias(attribute, sink),
        false => alias(attribute, sink),
    });
    let for_each = content.attribute("for_each").map(|attribute| lower(&attribute.value, sink));
    if let Some(attribute) = content.attribute("for_each").filter(|_| alias.is_none()) {
        sink.error(
            "missing-alias",
            "Alias required when using \"for_each\"",
            "The for_each argument is allowed only for provider configurations with an alias.",
            attribute.value.span,
        );
    }
    let source = content.attribute("source").and_then(|attribute| {
        constant_string(&attribute.value, sink).map(|text| (text, attribute.value.span))
    });
    let during = content.attribute("override_during").and_then(|attribute| during(attribute, sink));
    let inner = mocks(&content, dialect, sink);
    let provider = MockProvider {
        name: label.text.clone(),
        name_span: label.span,
        alias_span: content.attribute("alias").map(|it| it.value.span).filter(|_| alias.is_some()),
        alias,
        for_each,
        source,
        during,
        mocks: inner.mocks,
        overrides: inner.overrides,
        header: block.header_span(),
        span: block.span,
    };
    if is_tofu {
        opentofu::check_duplicates(&provider, sink);
    }
    Some(provider)
}

/// OpenTofu's error about a bad alias of a mocked provider has a place.
fn mock_alias(attribute: &Attribute, sink: &mut Sink) -> Option<SmolStr> {
    if attribute.value.is_missing() {
        return None;
    }
    let alias = constant_string(&attribute.value, sink).unwrap_or_default();
    if !is_identifier(&alias) {
        sink.error(
            "invalid-name",
            "Invalid mock provider configuration alias",
            format!("An alias must be a valid name. {IDENTIFIER_RULE}"),
            attribute.value.span,
        );
    }
    Some(alias).filter(|alias| !alias.is_empty())
}

/// Reads a whole mock file.
pub fn mock_file(document: &Document, dialect: Dialect) -> MockFacts {
    let file: &FileName = document.file();
    let parsed = syntax::parse_body(file, &document.text());
    let mut sink = Sink::of_body(file, &parsed.tree, dialect);
    let content = read(&parsed.tree, &MOCK_FILE, &mut sink);
    refuse_rest(&parsed.tree, &MOCK_FILE, &content, &mut sink);
    let mocks = mocks(&content, dialect, &mut sink);
    (Arc::new(mocks), sink.finish())
}

/// What one chunk of a mock file declares, for editors: what is wrong with it is [`mock_file`]'s to say.
pub fn mock_facts(chunk: &Chunk, file: &FileName, dialect: Dialect) -> MockFile {
    let mut sink = Sink::of_body(file, &chunk.body, dialect);
    let content = read(&chunk.body, &MOCK_FILE, &mut sink);
    mocks(&content, dialect, &mut sink)
}

fn mocks(content: &Content<'_>, dialect: Dialect, sink: &mut Sink) -> MockFile {
    let mut file = MockFile::default();
    for nested in &content.blocks {
        match nested.kind.text.as_str() {
            "mock_resource" => file.mocks.extend(mock(nested, ResourceMode::Managed, dialect, sink)),
            "mock_data" => file.mocks.extend(mock(nested, ResourceMode::Data, dialect, sink)),
            _ => file.overrides.extend(override_block(nested, dialect, sink)),
        }
    }
    // OpenTofu looks at a provider as a whole.
    if dialect.tool == Tool::OpenTofu {
        return file;
    }
    for (index, later) in file.mocks.iter().enumerate() {
        let mut earlier = file.mocks.iter().take(index);
        if let Some(first) = earlier.find(|first| first.mode == later.mode && first.kind == later.kind) {
            let name = later.block_name();
            sink.error_with_previous(
                "duplicate-mock",
                format!("Duplicate {name} block"),
                format!("A {name} block for {} has already been defined at {PLACE}.", later.kind),
                later.kind_span,
                first.header,
            );
        }
    }
    check_duplicates(&file.overrides, sink);
    file
}

fn mock(block: &Block, mode: ResourceMode, dialect: Dialect, sink: &mut Sink) -> Option<Mock> {
    let label = block.labels.first()?;
    let content = content(block, &MOCK, sink);
    let defaults = content.attribute("defaults");
    if let Some(attribute) = defaults.filter(|_| dialect.tool == Tool::OpenTofu) {
        opentofu::object(attribute, sink);
    } else if let Some(attribute) = defaults {
        // Whether it is an object is only found out when a value is made of it.
        constant_object(attribute, dialect, sink, |_| ());
    }
    Some(Mock {
        mode,
        kind: label.text.clone(),
        kind_span: label.span,
        defaults: defaults.map(|attribute| lower_mocked(&attribute.value, dialect)),
        defaults_argument: defaults.map(|attribute| attribute.span),
        during: content.attribute("override_during").and_then(|attribute| during(attribute, sink)),
        header: block.header_span(),
        span: block.span,
    })
}
