//! Texts that only mean themselves: sources of modules and mocks, state keys, aliases.

use config::{FileRole, join};
use syntax::Span;

use super::context::{Context, known_providers};
use super::item::{CompletionKind, Form, Proposal};
use crate::grammar::Takes;

/// Of a directory with more entries than this, the rest is not looked into.
const MOST: usize = 200;

/// What a text may be, of which `typed` stands left of the cursor.
pub(super) fn complete(context: &Context<'_>, takes: Takes, typed: &str) -> Vec<Proposal> {
    let found = match takes {
        Takes::Source => {
            let dir = match context.is_module_file() {
                true => context.tree.map_or(".", |tree| tree.module.dir.as_str()),
                false => context.project.dir(),
            };
            let mut found = folders(context, dir, typed, FileRole::Module);
            found.extend(sources(context));
            found
        }
        Takes::MockSource => folders(context, context.project.dir(), typed, FileRole::Mocks),
        Takes::StateKey => state_keys(context),
        Takes::Alias => aliases(context),
        _ => Vec::new(),
    };
    found.into_iter().map(|proposal| proposal.form(Form::Text)).collect()
}

/// The directories beside the one that is being typed; those with files of that role come first.
fn folders(context: &Context<'_>, dir: &str, typed: &str, role: FileRole) -> Vec<Proposal> {
    // Modules are only looked for where a path begins like one.
    let begins = |start: &str| start.starts_with(typed) || typed.starts_with(start);
    if !typed.is_empty() && !begins("./") && !begins("../") && role == FileRole::Module {
        return Vec::new();
    }
    let above = typed.rfind('/').map_or("", |end| typed.get(..=end).unwrap_or_default());
    let above = if above.is_empty() { "./" } else { above };
    let files = context.snapshot.files();
    let at = join(dir, above);
    let has_role = |dir: &str| {
        let entries = files.list(dir).unwrap_or_default();
        entries.iter().take(MOST).any(|it| !it.is_dir && FileRole::of(&it.name) == Some(role))
    };
    let entries = files.list(&at).unwrap_or_default();
    let shown =
        entries.iter().filter(|it| it.is_dir && !it.name.starts_with('.') && it.name != "node_modules");
    let mut found: Vec<Proposal> = shown
        .take(MOST)
        .map(|entry| {
            let rank = u8::from(!has_role(&join(&at, &entry.name)));
            Proposal::new(format!("{above}{}", entry.name), CompletionKind::Folder).rank(rank)
        })
        .collect();
    if typed.chars().all(|char| matches!(char, '.' | '/')) {
        let up = if above == "./" { "../".to_owned() } else { format!("{above}../") };
        found.push(Proposal::new(up, CompletionKind::Folder).rank(2));
    }
    found
}

/// The files that a function of the language may read, by paths that count from the module or begin with its directory.
pub(super) fn files(context: &Context<'_>, typed: &str) -> Vec<Proposal> {
    let prefix = ["${path.module}/", "${path.root}/"].into_iter().find(|prefix| typed.starts_with(prefix));
    let prefix = prefix.unwrap_or_default();
    let path = typed.get(prefix.len()..).unwrap_or_default();
    if path.contains(['$', '%', '\\']) {
        return Vec::new();
    }
    let dir = match context.is_module_file() {
        true => context.tree.map_or(".", |tree| tree.module.dir.as_str()),
        false => context.project.dir(),
    };
    let above = path.rfind('/').map_or("", |end| path.get(..=end).unwrap_or_default());
    let at = if above.is_empty() { dir.to_owned() } else { join(dir, above) };
    let entries = context.snapshot.files().list(&at).unwrap_or_default();
    let shown = entries.iter().filter(|entry| !entry.name.starts_with('.')).take(MOST);
    let proposal = |entry: &config::Entry| {
        let (slash, kind) =
            if entry.is_dir { ("/", CompletionKind::Folder) } else { ("", CompletionKind::Text) };
        let configures = FileRole::of(&entry.name).is_some();
        Proposal::new(format!("{prefix}{above}{}{slash}", entry.name), kind)
            .rank(u8::from(configures))
            .form(Form::Text)
    };
    shown.map(proposal).collect()
}

/// What else modules are called by here.
fn sources(context: &Context<'_>) -> Vec<Proposal> {
    let calls = context.tree.into_iter().flat_map(|tree| tree.module.calls.values());
    let named = calls.filter_map(|call| call.source.as_ref()).map(|(source, _)| source.clone());
    let runs = context.test_file.into_iter().flat_map(|file| file.runs.decls());
    let run = runs.filter_map(|run| run.module.as_ref()).map(|module| module.source.clone());
    let mut all: Vec<_> = named.chain(run).filter(|it| !it.is_empty() && !it.starts_with('.')).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|source| Proposal::new(source.as_str(), CompletionKind::Text).rank(3)).collect()
}

/// The keys that other runs of the file have.
fn state_keys(context: &Context<'_>) -> Vec<Proposal> {
    let Some(file) = context.test_file else { return Vec::new() };
    let own = file.runs.touching(Span::at(context.offset)).next().map(|(own, _)| own);
    let others = file.runs.decls().enumerate().filter(|(index, _)| own != Some(*index));
    let mut keys: Vec<&str> =
        others.filter_map(|(_, run)| Some(run.state_key.as_ref()?.0.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| Proposal::new(key, CompletionKind::Text)).collect()
}

/// The names by which the module knows configurations of the provider.
fn aliases(context: &Context<'_>) -> Vec<Proposal> {
    let Some(label) = context.block().and_then(|block| block.labels.first()) else { return Vec::new() };
    let Some(tree) = context.tree else { return Vec::new() };
    let known = known_providers(tree).into_iter().filter(|it| it.name == *label);
    let taken: Vec<_> = context.configurations();
    // In a module's own files, what it declares already cannot be declared again.
    let is_free = |it: &config::ProviderRef| !taken.contains(it) || context.is_module_file();
    known
        .filter(is_free)
        .filter_map(|it| it.alias)
        .map(|alias| Proposal::new(alias.as_str(), CompletionKind::Provider))
        .collect()
}
