//! Names of attributes and types of blocks in a body.

use config::{AttributeSchema, BlockSchema, Nesting};
use syntax::{SmolStr, Span};

use super::context::{BodySchema, Context, known_providers};
use super::item::{CompletionKind, Form, Proposal, Topic};
use super::site::Spot;
use super::wanted::is_repeated;
use crate::grammar::{Entry, EntryKind, Place, in_json};
use crate::{describe, types};

/// What may begin an item of the body that the cursor is in.
pub(super) fn complete(context: &Context<'_>, spot: Spot) -> Vec<Proposal> {
    let Some(place) = context.site.place else { return Vec::new() };
    let written = Written { names: context.site.body.names(), spot: spot.replace };
    let mut found = Vec::new();
    match place {
        Place::Variables => found.extend(variables(context, context.tree, &written)),
        Place::Call => found.extend(variables(context, context.called(), &written)),
        Place::RequiredProviders => found.extend(requirements(context, &written)),
        _ if place.has_schema() => {
            if let Some(schema) = context.body_schema() {
                found.extend(of_schema(context, &schema, &written));
            }
        }
        _ => {}
    }
    let entries = place.entries(context.dialect).filter(|entry| fits_place(context, entry));
    let entries = entries.filter(|entry| !(entry.once && is_present(context, entry, &written)));
    // What makes a resource what it is goes before what every resource has.
    let rank = if place.has_schema() { 3 } else { 1 };
    found.extend(entries.map(|entry| of_entry(context, place, entry).rank(rank)));
    found
}

/// The names that a body has already, other than the one that is being typed.
struct Written<'t> {
    names: Vec<(&'t str, Span)>,
    spot: Span,
}

impl Written<'_> {
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|(other, span)| *other == name && !span.touches(self.spot.start))
    }
}

/// What of a resource is not for a data source in a check, and what of a module not for a local one.
fn fits_place(context: &Context<'_>, entry: &Entry) -> bool {
    if entry.name == "version" && matches!(context.site.place, Some(Place::Module | Place::Call)) {
        let source = context.site.body.attribute("source").and_then(|source| source.as_plain_string());
        return source.is_none_or(|source| !source.starts_with("./") && !source.starts_with("../"));
    }
    let in_check = context.site.blocks.first().is_some_and(|block| block.kind == "check");
    !(in_check
        && context.site.place != Some(Place::Check)
        && matches!(entry.name, "count" | "for_each" | "lifecycle"))
}

fn is_present(context: &Context<'_>, entry: &Entry, written: &Written<'_>) -> bool {
    // At the top level every chunk has a body of its own, so a second `variables` block is found by the project.
    if let (Some(Place::File), Some(file)) = (context.site.place, context.test_file)
        && !context.site.json
    {
        let is_this =
            written.names.iter().any(|(name, span)| *name == entry.name && span.touches(written.spot.start));
        return !is_this
            && match entry.name {
                "variables" => !file.variables.is_empty(),
                "test" => file.settings.is_some(),
                _ => false,
            };
    }
    written.has(entry.name)
}

fn of_entry(context: &Context<'_>, place: Place, entry: &Entry) -> Proposal {
    let json = context.site.json;
    let proposal = |kind| Proposal::new(entry.name, kind).documentation(Some(entry.documentation()));
    match entry.kind {
        EntryKind::Block(_) => {
            let snippet = if json { in_json::block(place, entry) } else { entry.snippet.to_owned() };
            proposal(CompletionKind::Block).form(Form::Block(snippet))
        }
        EntryKind::Attribute(_) => {
            let value = match json {
                true => in_json::value(entry),
                false => {
                    entry.snippet.split_once('=').map_or("$0", |(_, value)| value.trim_start()).to_owned()
                }
            };
            proposal(CompletionKind::Attribute).form(Form::Argument(value))
        }
    }
}

/// A block with its labels as a property.
fn json_block(name: &str, labels: usize) -> String {
    let mut snippet = format!("\"{name}\": {{");
    let mut indent = 1;
    for label in 1..=labels {
        snippet.push_str(&format!("\n{}\"${{{label}:name}}\": {{", "  ".repeat(indent)));
        indent += 1;
    }
    snippet.push_str(&format!("\n{}$0\n", "  ".repeat(indent)));
    for level in (0..indent).rev() {
        snippet.push_str(&"  ".repeat(level));
        snippet.push('}');
        if level > 0 {
            snippet.push('\n');
        }
    }
    snippet
}

/// The variables of a module; those without a default come first.
fn variables(
    context: &Context<'_>,
    tree: Option<&config::ModuleTree>,
    written: &Written<'_>,
) -> Vec<Proposal> {
    let variables = tree.map(|tree| tree.module.variables.values());
    let free = variables.into_iter().flatten().filter(|it| !written.has(&it.name));
    free.map(|variable| {
        Proposal::new(variable.name.as_str(), CompletionKind::Variable)
            .detail(describe::variable_detail(variable))
            .documentation(describe::variable_documentation(variable))
            .rank(u8::from(variable.default.is_some()))
            .form(Form::Argument(describe::value_snippet(&variable.ty, context.site.json)))
    })
    .collect()
}

/// The providers that the module uses and does not require yet.
fn requirements(context: &Context<'_>, written: &Written<'_>) -> Vec<Proposal> {
    let Some(tree) = context.tree else { return Vec::new() };
    let known = known_providers(tree).into_iter().filter(|it| it.alias.is_none() && !written.has(&it.name));
    let proposal = |it: config::ProviderRef| {
        let source = tree.module.provider_source(&it.name);
        if source == config::BUILT_IN_PROVIDER {
            return None;
        }
        // The tool's own registry is never written.
        let short = source.split_once('/').map_or(source.as_str(), |(_, short)| short).to_owned();
        let value = match context.site.json {
            true => format!("{{\n  \"source\": \"${{1:{short}}}\"\n}}"),
            false => format!("{{\n  source = \"${{1:{short}}}\"\n}}"),
        };
        Some(
            Proposal::new(it.name.as_str(), CompletionKind::Provider)
                .detail(short)
                .form(Form::Argument(value)),
        )
    };
    known.filter_map(proposal).collect()
}

/// The attributes and blocks of a schema; required ones come first.
fn of_schema(context: &Context<'_>, own: &BodySchema<'_>, written: &Written<'_>) -> Vec<Proposal> {
    let json = context.site.json;
    // What old providers declare as an attribute and everybody writes as blocks.
    let as_blocks = |name: &SmolStr| !json && own.schema.may_be_blocks(name);
    let settable = |(name, it): &(&SmolStr, &AttributeSchema)| {
        !it.is_read_only() && (!written.has(name) || as_blocks(name))
    };
    let attributes = own.schema.attributes.iter().filter(settable).map(|(name, attribute)| {
        let brief = types::brief(&attribute.ty);
        let (kind, form) = match as_blocks(name) {
            true => (CompletionKind::Block, Form::Block(format!("{name} {{\n  $0\n}}"))),
            false => {
                let value = describe::value_snippet(attribute.constraint(), json);
                (CompletionKind::Attribute, Form::Argument(value))
            }
        };
        Proposal::new(name.as_str(), kind)
            .detail(if attribute.required { format!("{brief}, required") } else { brief })
            .topic(own.topic(name))
            .rank(rank(attribute.required, attribute.deprecated))
            .form(form)
    });
    let more =
        |(name, it): &(&SmolStr, &BlockSchema)| is_repeated(it.nesting, it.max_items) || !written.has(name);
    let blocks = own.schema.blocks.iter().filter(more).map(|(name, block)| {
        let label = matches!(block.nesting, Nesting::Map);
        let snippet = match (json, label) {
            (true, label) => json_block(name, usize::from(label)),
            (false, true) => format!("{name} \"${{1:name}}\" {{\n  $0\n}}"),
            (false, false) => format!("{name} {{\n  $0\n}}"),
        };
        let required = block.min_items > 0;
        let proposal = Proposal::new(name.as_str(), CompletionKind::Block)
            .topic(own.topic(name))
            .rank(rank(required, block.body.deprecated))
            .form(Form::Block(snippet));
        if required { proposal.detail("required") } else { proposal }
    });
    attributes.chain(blocks).collect()
}

fn rank(required: bool, deprecated: bool) -> u8 {
    match (required, deprecated) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 4,
    }
}

impl BodySchema<'_> {
    /// What there is to read about a name of the body.
    pub(super) fn topic(&self, name: &SmolStr) -> Topic {
        let path = self.path.iter().chain([name]).cloned().collect();
        Topic::Schema { provider: self.provider.clone(), kind: self.kind.clone(), path }
    }
}
