//! Labels of blocks: providers, types, variables.

use config::{ResourceMode, implied_provider};
use syntax::SmolStr;

use super::context::{Context, known_providers};
use super::item::{CompletionKind, Form, Proposal, Topic};
use super::site::Inside;
use crate::describe;
use crate::grammar::{EntryKind, Label, Place};

/// What the next label of a block may be.
pub(super) fn complete(context: &Context<'_>, kind: &str, before: &[SmolStr]) -> Vec<Proposal> {
    let Some(place) = context.site.place else { return Vec::new() };
    let Some(EntryKind::Block(labels)) = place.entry(kind).map(|entry| entry.kind) else { return Vec::new() };
    let found = match labels.get(before.len()) {
        Some(Label::Provider) => providers(context),
        Some(Label::Variable) => variables(context),
        Some(Label::MockType(mode)) => mock_types(context, *mode),
        Some(Label::Type(mode)) => types(context, *mode, None),
        Some(Label::Nested) => nested(context),
        Some(Label::Words(words)) => {
            let word = |(word, doc): &(&str, &str)| {
                Proposal::new(*word, CompletionKind::Keyword).documentation(Some((*doc).to_owned()))
            };
            words.iter().map(word).collect()
        }
        Some(Label::Name) | None => Vec::new(),
    };
    let form = |proposal: Proposal| match context.site.json {
        true => proposal.form(Form::Argument("{\n  $0\n}".to_owned())),
        false => proposal.form(Form::Text),
    };
    let taken = taken(context, kind, before);
    found.into_iter().filter(|it| !taken.contains(&it.label.as_str())).map(form).collect()
}

/// The labels that stand beside the one at the cursor, in JSON: in one object each can be there once.
fn taken<'a>(context: &Context<'a>, kind: &str, before: &[SmolStr]) -> Vec<&'a str> {
    let mut object = match &context.site.body {
        Inside::Json(_) => context.site.body.attribute(kind),
        Inside::Native(_) => None,
    };
    for label in before {
        let mut items = object.into_iter().flat_map(|object| object.properties());
        object = items.find(|item| item.key.as_plain_string() == Some(label)).map(|item| &item.value);
    }
    let items = object.into_iter().flat_map(|object| object.properties());
    let others = items.filter(|item| !item.key.span.touches(context.at()));
    others.filter_map(|item| item.key.as_plain_string()).collect()
}

fn providers(context: &Context<'_>) -> Vec<Proposal> {
    let Some(tree) = context.tree else { return Vec::new() };
    let mut names: Vec<SmolStr> = known_providers(tree).into_iter().map(|it| it.name).collect();
    names.dedup();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let proposal = |name: SmolStr| {
        let source = tree.module.provider_source(&name);
        Proposal::new(name.as_str(), CompletionKind::Provider).detail(source.as_str())
    };
    names.into_iter().map(proposal).collect()
}

fn variables(context: &Context<'_>) -> Vec<Proposal> {
    let variables = context.tree.into_iter().flat_map(|tree| tree.module.variables.values());
    let declared =
        |name: &SmolStr| context.test_file.is_some_and(|file| file.variable_blocks.contains_key(name));
    let free = variables.filter(|it| !declared(&it.name));
    free.map(|it| {
        Proposal::new(it.name.as_str(), CompletionKind::Variable)
            .detail(describe::variable_detail(it))
            .documentation(describe::variable_documentation(it))
    })
    .collect()
}

/// Types of the mocked provider; in a file of mocks, of any.
fn mock_types(context: &Context<'_>, mode: ResourceMode) -> Vec<Proposal> {
    let kind = if mode == ResourceMode::Data { "mock_data" } else { "mock_resource" };
    let taken: Vec<SmolStr> = match context.site.body {
        Inside::Native(body) => {
            let others = body.blocks().filter(|block| !block.span.touches(context.at()));
            let others = others.filter(|block| block.kind.text == kind);
            others.filter_map(|block| block.label(0)).map(SmolStr::from).collect()
        }
        Inside::Json(_) => Vec::new(),
    };
    let mut found = types(context, mode, context.mock_provider().as_ref());
    found.retain(|proposal| !taken.iter().any(|name| *name == proposal.label));
    found
}

/// The types that the module uses, and then all that its providers have.
fn types(context: &Context<'_>, mode: ResourceMode, provider: Option<&SmolStr>) -> Vec<Proposal> {
    let Some(tree) = context.tree else { return Vec::new() };
    let module = &tree.module;
    let schemas = context.project.schemas();
    let wanted = provider.map(|name| module.provider_source(name));
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    let mut propose = |source: &SmolStr, kind: &str, rank: u8| {
        if seen.insert(SmolStr::from(kind)) {
            let of = Some((mode, SmolStr::from(kind)));
            let topic = Topic::Schema { provider: source.clone(), kind: of, path: Vec::new() };
            found.push(Proposal::new(kind, CompletionKind::Resource).topic(topic).rank(rank));
        }
    };
    let mut sources: Vec<SmolStr> = Vec::new();
    let mut trees = vec![tree];
    // Mocks are for the objects of called modules too.
    if matches!(context.site.place, Some(Place::MockProvider | Place::MockFile)) {
        trees.extend(context.project.trees().values().map(|tree| &**tree));
    }
    for tree in trees {
        // What is being typed here is no type yet.
        let here = |it: &config::Item<config::Resource>| {
            let place = it.locate(it.kind_span);
            place.file == *context.file && place.span.touches(context.offset)
        };
        let of_mode = tree.module.resources.iter().filter(|(addr, it)| addr.mode == mode && !here(it));
        for (addr, resource) in of_mode {
            let source = tree.module.provider_of(resource);
            if wanted.as_ref().is_none_or(|wanted| *wanted == source) {
                propose(&source, &addr.kind, 0);
            }
        }
    }
    match wanted {
        Some(source) => sources.push(source),
        None => {
            let known = known_providers(tree);
            let names = known.iter().map(|it| &it.name);
            sources.extend(names.map(|name| module.provider_source(name)));
            sources.push(config::BUILT_IN_PROVIDER.into());
            sources.dedup();
        }
    }
    for source in &sources {
        let mut kinds = schemas.kinds(source, mode).unwrap_or_default();
        kinds.sort_unstable();
        for kind in kinds {
            // A type that another provider serves by this name is named by that one's `provider` argument.
            let own = source.rsplit('/').next().is_some_and(|name| name == implied_provider(kind));
            propose(source, kind, if own { 1 } else { 2 });
        }
    }
    found
}

/// The types of blocks that may stand in the resource around the cursor.
fn nested(context: &Context<'_>) -> Vec<Proposal> {
    let Some(own) = context.body_schema() else { return Vec::new() };
    let proposal =
        |name: &SmolStr| Proposal::new(name.as_str(), CompletionKind::Block).topic(own.topic(name));
    let as_blocks = own.schema.attributes.keys().filter(|name| own.schema.may_be_blocks(name));
    own.schema.blocks.keys().chain(as_blocks).map(proposal).collect()
}
