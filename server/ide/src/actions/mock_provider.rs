//! A mock in the place of a provider, with values of the right form for what is read of its objects.

use config::compose::Body;
use config::{Feature, MockProvider, ProviderRef, TestFile};
use syntax::SmolStr;

use super::editing::Found;
use super::{ActionKind, Asked, Change, Offer};
use crate::mocks::{self, MockedType, Reads};
use crate::rename::Refusal;

pub(super) fn offer<'s>(asked: &'s Asked<'_>, offers: &mut Vec<Offer<'s>>) {
    let Some(test_file) = asked.test_file() else { return };
    if !asked.dialect.has(Feature::Mocks) {
        return;
    }
    let here = asked.block_at(asked.range.start);
    match here {
        Some(block) if block.kind() == "mock_provider" => more(asked, test_file, block, offers),
        Some(block) if block.kind() == "provider" => in_place(asked, test_file, block, offers),
        // Inside of other blocks people look for other things.
        Some(_) => {}
        None => new(asked, test_file, offers),
    }
}

/// Mocks of providers that would be real.
fn new<'s>(asked: &'s Asked<'_>, test_file: &'s TestFile, offers: &mut Vec<Offer<'s>>) {
    for (provider, source) in mocks::real_providers(asked.project.tree(), test_file) {
        let title = format!("Mock provider \"{provider}\"");
        let make = move || {
            let mut body = Body::new();
            mocks::mock_provider(&asked.project, &provider, &source, &mut body);
            let mut editing = asked.editing();
            editing.at_root(asked.range.start, &body)?;
            editing.done()
        };
        offers.push(Offer::new(ActionKind::Generate, title, make));
    }
}

/// A mock where a provider is configured.
fn in_place<'s>(
    asked: &'s Asked<'_>,
    test_file: &'s TestFile,
    block: Found<'s>,
    offers: &mut Vec<Offer<'s>>,
) {
    let span = block.span();
    let Some(config) = test_file.providers.iter().find(|it| it.locate(it.span).span == span) else { return };
    let provider = config.reference();
    if mocks::is_mocked(test_file, &provider) {
        return;
    }
    let title = format!("Mock provider \"{provider}\" in place of configuring it");
    let make = move || {
        let mut body = Body::new();
        let source = asked.project.tree().module.provider_source(&provider.name);
        mocks::mock_provider(&asked.project, &provider, &source, &mut body);
        let mut editing = asked.editing();
        editing.replace(&block, &body)?;
        editing.done()
    };
    offers.push(Offer::new(ActionKind::Generate, title, make));
}

/// What a mock does not give yet.
fn more<'s>(asked: &'s Asked<'_>, test_file: &'s TestFile, block: Found<'s>, offers: &mut Vec<Offer<'s>>) {
    let span = block.span();
    let index = test_file.mock_providers.iter().position(|it| it.locate(it.span).span == span);
    let Some((index, mock)) = index.and_then(|index| Some((index, test_file.mock_providers.get(index)?)))
    else {
        return;
    };
    if !asked.invoked {
        return;
    }
    let missing = missing_types(asked, test_file, index, mock);
    if missing.is_empty() {
        return;
    }
    let provider = ProviderRef { name: mock.name.clone(), alias: mock.alias.clone() };
    let title = format!("Add mock values for what the module reads of \"{provider}\"");
    let make = move || added(asked, &block, &missing);
    offers.push(Offer::new(ActionKind::Generate, title, make));
}

/// The types of which something is read, each with the values that neither the mock nor its files give.
fn missing_types(
    asked: &Asked<'_>,
    test_file: &TestFile,
    index: usize,
    mock: &MockProvider,
) -> Vec<MockedType> {
    let source = asked.project.tree().module.provider_source(&mock.name);
    let files = test_file.mock_files.get(index).into_iter().flatten().flat_map(|file| &file.mocks);
    let given: Vec<_> = mock.mocks.iter().chain(files).collect();
    let mut types = Reads::new(&asked.project, &source).types();
    for of_kind in &mut types {
        let same = given.iter().filter(|it| it.mode == of_kind.mode && it.kind == of_kind.kind);
        let names: Vec<SmolStr> = same.filter_map(|it| it.defaults.as_ref()).flat_map(keys).collect();
        of_kind.values.retain(|(name, _)| !names.contains(name));
    }
    types.retain(|it| !it.values.is_empty());
    types
}

/// The names that an object gives values to.
fn keys(defaults: &lang::Expr) -> Vec<SmolStr> {
    let mut found = Vec::new();
    let mut node = defaults.root();
    loop {
        match defaults.node(node) {
            lang::expr::Node::Paren(inner) => node = *inner,
            lang::expr::Node::Object(items) | lang::expr::Node::JsonObject(items) => {
                let literal = |id| match defaults.node(id) {
                    lang::expr::Node::Literal(value) => value.as_str().map(SmolStr::new),
                    _ => None,
                };
                found.extend(items.iter().filter_map(|(key, _)| literal(*key)));
                return found;
            }
            lang::expr::Node::Literal(value) => {
                found.extend(value.as_map().into_iter().flatten().map(|(key, _)| SmolStr::new(key)));
                return found;
            }
            _ => return found,
        }
    }
}

/// New blocks at the end of the mock, and new values in the blocks that are there.
fn added<'s>(
    asked: &'s Asked<'_>,
    block: &Found<'s>,
    missing: &[MockedType],
) -> Result<Vec<Change>, Refusal> {
    let mut editing = asked.editing();
    let mut new = Body::new();
    for of_kind in missing {
        let kind = if of_kind.mode == config::ResourceMode::Data { "mock_data" } else { "mock_resource" };
        let mut there = block.blocks_of(kind);
        let Some(there) = there.find(|it| it.label() == Some(&of_kind.kind)) else {
            of_kind.write(&mut new);
            continue;
        };
        match there.argument("defaults") {
            None => {
                let mut defaults = Body::new();
                defaults.attribute("defaults", mocks::object(&of_kind.values));
                editing.add_to_block(&there, &defaults)?;
            }
            Some(defaults) => editing.add_to_object(&defaults, &of_kind.values)?,
        }
    }
    if !new.is_empty() {
        editing.add_to_block(block, &new)?;
    }
    editing.done()
}
