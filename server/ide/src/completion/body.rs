//! Names of attributes and blocks in a body.

use syntax::Span;

use super::{CompletionItem, CompletionKind, Context};
use crate::describe;
use crate::grammar::{Entry, EntryKind, Place};

/// What may begin a line of the body that the cursor is in.
pub(super) fn complete(context: &Context<'_>, replace: Span) -> Vec<CompletionItem> {
    match context.site.place {
        Some(Place::Variables) => variables(context, replace),
        Some(place) => place
            .entries(context.dialect)
            .filter(|entry| !(entry.once && is_present(context, entry, replace)))
            .map(|entry| item(entry, replace))
            .collect(),
        None => Vec::new(),
    }
}

/// Whether the body already has the entry, other than as the very name under the cursor.
fn is_present(context: &Context<'_>, entry: &Entry, replace: Span) -> bool {
    let half_typed = |name: Span| name.len() == replace.len() && name.touches(context.at);
    let body = context.site.body;
    match entry.kind {
        // At the top level every chunk has a body of its own, so a second `variables` block is found by the project.
        EntryKind::Block if context.site.place == Some(Place::File) => {
            let file = context.test_file;
            (entry.name == "variables" && !file.variables.is_empty())
                || (entry.name == "test" && file.settings.is_some())
        }
        EntryKind::Block => body.blocks_of(entry.name).any(|block| !half_typed(block.kind.span)),
        EntryKind::Attribute(_) => {
            body.attributes().any(|it| it.name.text == entry.name && !half_typed(it.name.span))
        }
    }
}

fn item(entry: &Entry, replace: Span) -> CompletionItem {
    let (kind, insert) = match entry.kind {
        EntryKind::Block => (CompletionKind::Block, entry.name.to_owned()),
        EntryKind::Attribute(_) => (CompletionKind::Attribute, format!("{} = ", entry.name)),
    };
    CompletionItem {
        label: entry.name.to_owned(),
        kind,
        detail: None,
        documentation: Some(entry.documentation()),
        insert,
        snippet: Some(entry.snippet.to_owned()),
        replace,
    }
}

/// The variables of the module that the block gives values to; those without a default come first.
fn variables(context: &Context<'_>, replace: Span) -> Vec<CompletionItem> {
    let Some(tree) = context.module() else { return Vec::new() };
    let given = |name: &str| {
        context.site.body.attributes().any(|it| it.name.text == name && !it.name.span.touches(context.at))
    };
    let mut variables: Vec<_> = tree.module.variables.values().filter(|it| !given(&it.name)).collect();
    variables.sort_by_key(|it| it.default.is_some());
    variables
        .into_iter()
        .map(|variable| CompletionItem {
            label: variable.name.to_string(),
            kind: CompletionKind::Variable,
            detail: Some(describe::variable_detail(variable)),
            documentation: describe::variable_documentation(variable),
            insert: format!("{} = ", variable.name),
            snippet: Some(format!("{} = {}", variable.name, describe::value_snippet(&variable.ty))),
            replace,
        })
        .collect()
}
