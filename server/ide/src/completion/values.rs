//! What may stand in a value: keywords, names, functions.

use config::{ResourceAddr, ResourceMode};
use lang::functions::{self, Function};
use syntax::{SmolStr, Span};

use super::{CompletionItem, CompletionKind, Context, members};
use crate::cursor::{Path, Segment};
use crate::grammar::{Place, Takes};
use crate::{calls, describe};

/// What may be typed at the end of `value`, the text from the `=` to the cursor, where `path` is being typed.
pub(super) fn complete(context: &Context<'_>, path: &Path, value: &str) -> Vec<CompletionItem> {
    let takes = context.takes();
    if takes == Takes::Text {
        return Vec::new();
    }
    let names: Vec<Name> = match path.segments.split_first() {
        None => match takes {
            Takes::Keyword(words) => return keywords(words, path.word),
            Takes::Expression if is_key(value, path.word, context.at) => return Vec::new(),
            Takes::Expression => roots(context),
            other => addresses(context, other),
        },
        Some((Segment::Name(root), rest)) => match takes {
            Takes::Expression => members::of(context, root, rest),
            other => address_members(context, other, root, rest),
        },
        Some((Segment::Index, _)) => Vec::new(),
    };
    let functions = path.segments.is_empty() && takes == Takes::Expression;
    let functions = functions.then(|| functions_of(context, path.word)).into_iter().flatten();
    names.into_iter().map(|name| name.item(path.word)).chain(functions).collect()
}

/// A name to propose, before it is known what it replaces.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) kind: CompletionKind,
    pub(super) detail: Option<String>,
    pub(super) documentation: Option<String>,
}

impl Name {
    pub(super) fn new(text: impl Into<String>, kind: CompletionKind) -> Name {
        Name { text: text.into(), kind, detail: None, documentation: None }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Name {
        self.detail = Some(detail.into());
        self
    }

    pub(super) fn documentation(mut self, documentation: Option<String>) -> Name {
        self.documentation = documentation;
        self
    }

    fn item(self, replace: Span) -> CompletionItem {
        CompletionItem {
            insert: self.text.clone(),
            label: self.text,
            kind: self.kind,
            detail: self.detail,
            documentation: self.documentation,
            snippet: None,
            replace,
        }
    }
}

fn keywords(words: &[(&str, &str)], replace: Span) -> Vec<CompletionItem> {
    let name = |(word, doc): &(&str, &str)| {
        let doc = (!doc.is_empty()).then(|| (*doc).to_owned());
        Name::new(*word, CompletionKind::Keyword).documentation(doc).item(replace)
    };
    words.iter().map(name).collect()
}

/// Whether the word at the end of `value` begins an item of an object, where a key stands and not a name.
fn is_key(value: &str, word: Span, offset: u32) -> bool {
    let typed = offset.saturating_sub(word.start) as usize;
    let before = value.get(..value.len().saturating_sub(typed)).unwrap_or_default();
    match before.trim_end_matches([' ', '\t']).chars().next_back() {
        Some('{') => !before.trim_end().ends_with("${") && !before.trim_end().ends_with("%{"),
        Some('\n' | ',') => innermost_is_brace(before),
        _ => false,
    }
}

/// Whether the innermost bracket that `text` leaves open is a `{`.
fn innermost_is_brace(text: &str) -> bool {
    let mut depth = 0_u32;
    for char in text.chars().rev() {
        match char {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth == 0 => return char == '{',
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// The names that an expression here can begin with.
fn roots(context: &Context<'_>) -> Vec<Name> {
    let root = |name: &str, detail: &str| Name::new(name, CompletionKind::Root).detail(detail);
    let mut names = vec![root("var", "variables"), root("run", "outputs of earlier runs")];
    if context.site.place != Some(Place::Assert) {
        return names;
    }
    names.push(root("output", "outputs of the module"));
    names.push(root("local", "local values of the module"));
    let Some(tree) = context.module() else { return names };
    if !tree.module.calls.is_empty() {
        names.push(root("module", "module calls"));
    }
    if tree.module.resources.keys().any(|addr| addr.mode == ResourceMode::Data) {
        names.push(root("data", "data sources"));
    }
    names.push(root("path", "paths of the module"));
    names.push(root("terraform", "the workspace"));
    names.extend(kinds(tree.module.resources.keys(), ResourceMode::Managed));
    names
}

/// The resource types of a mode, each once.
pub(super) fn kinds<'a>(addrs: impl Iterator<Item = &'a ResourceAddr>, mode: ResourceMode) -> Vec<Name> {
    let mut kinds: Vec<&SmolStr> = addrs.filter(|it| it.mode == mode).map(|it| &it.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds.into_iter().map(|kind| Name::new(kind.as_str(), CompletionKind::Resource)).collect()
}

/// Whole addresses for lists of them: `expect_failures`, `target`.
fn addresses(context: &Context<'_>, takes: Takes) -> Vec<Name> {
    let Some(tree) = context.module() else { return Vec::new() };
    let module = &tree.module;
    let mut names = Vec::new();
    if takes == Takes::Checkables {
        names.extend(module.variables.values().filter(|it| !it.validations.is_empty()).map(|it| {
            Name::new(format!("var.{}", it.name), CompletionKind::Variable)
                .detail(describe::variable_detail(it))
                .documentation(describe::variable_documentation(it))
        }));
        names.extend(
            module.checks.keys().map(|name| Name::new(format!("check.{name}"), CompletionKind::Check)),
        );
        names.extend(module.outputs.values().filter(|it| !it.preconditions.is_empty()).map(|it| {
            Name::new(format!("output.{}", it.name), CompletionKind::Output)
                .documentation(describe::output_documentation(it))
        }));
    }
    if takes == Takes::Call {
        names.extend(
            module.calls.keys().map(|name| Name::new(format!("module.{name}"), CompletionKind::Module)),
        );
    }
    let wanted = |addr: &&ResourceAddr| match takes {
        Takes::Checkables => module.resources.get(*addr).is_some_and(|it| {
            !it.lifecycle.preconditions.is_empty() || !it.lifecycle.postconditions.is_empty()
        }),
        Takes::Resource => addr.mode == ResourceMode::Managed,
        Takes::Resources => addr.mode != ResourceMode::Ephemeral,
        Takes::Data => addr.mode == ResourceMode::Data,
        _ => false,
    };
    let resources = module.resources.keys().filter(wanted);
    names.extend(resources.map(|addr| Name::new(addr.to_string(), CompletionKind::Resource)));
    names
}

/// The continuation of a half-typed address: whatever `addresses` has under the root.
fn address_members(context: &Context<'_>, takes: Takes, root: &SmolStr, rest: &[Segment]) -> Vec<Name> {
    let mut prefix = format!("{root}.");
    for segment in rest {
        let Segment::Name(name) = segment else { return Vec::new() };
        prefix.push_str(name);
        prefix.push('.');
    }
    let mut names: Vec<Name> = addresses(context, takes)
        .into_iter()
        .filter_map(|mut name| {
            name.text = name.text.strip_prefix(&prefix)?.split('.').next()?.to_owned();
            Some(name)
        })
        .collect();
    names.dedup_by(|a, b| a.text == b.text);
    // Nothing of that root has conditions of its own, yet the address may be right: propose what exists.
    if names.is_empty() && takes == Takes::Checkables { members::of(context, root, rest) } else { names }
}

/// The functions that may be called here, with a pair of parentheses.
fn functions_of(context: &Context<'_>, replace: Span) -> impl Iterator<Item = CompletionItem> {
    let dialect = context.dialect;
    // Only assertions are evaluated where there is a plan.
    let planned = context.site.place == Some(Place::Assert);
    let offered = move |function: &&Function| {
        let here = function.place == functions::Place::Anywhere
            || (planned && function.place == functions::Place::Plan);
        let removed = matches!(function.name, "list" | "map");
        here && !removed && dialect.has(function.since)
    };
    functions::all().filter(offered).map(move |function| {
        let takes_nothing = function.params.is_empty() && function.variadic.is_none();
        let parentheses = if takes_nothing { "()" } else { "($0)" };
        CompletionItem {
            label: function.name.to_owned(),
            kind: CompletionKind::Function,
            detail: Some(function.signature()),
            documentation: Some(calls::documentation(function, dialect)),
            insert: function.name.to_owned(),
            snippet: Some(format!("{}{parentheses}", function.name)),
            replace,
        }
    })
}
