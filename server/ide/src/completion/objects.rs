//! Keys of objects: those of a type, computed attributes of mocks, outputs of overridden modules, providers.

use config::{AttributeSchema, NestedNesting, Nesting, Schema};
use lang::Type;
use syntax::SmolStr;

use super::context::{BodySchema, Context, known_providers};
use super::item::{CompletionKind, Form, Proposal, Topic};
use super::reading::{Reading, Step};
use super::site::Slot;
use crate::grammar::{Place, Takes};
use crate::{describe, types};

/// The keys that an object may have beside those that it has.
pub(super) fn keys(context: &Context<'_>, reading: &Reading, taken: &[SmolStr]) -> Vec<Proposal> {
    let mut found = match context.takes() {
        Takes::Providers => child_providers(context),
        Takes::Values => match context.mocked() {
            Some(mocked) => computed(context, &mocked, &reading.steps),
            None => Vec::new(),
        },
        Takes::Outputs if reading.steps.is_empty() => outputs(context),
        _ if context.site.place == Some(Place::RequiredProviders) => requirement(&reading.steps),
        _ if context.site.place.is_some_and(Place::has_schema) => settable(context, reading),
        _ => of_type(context, &context.wanted(reading)),
    };
    found.retain(|proposal| !taken.iter().any(|name| *name == proposal.label));
    found
}

/// The attributes of an object type; those that must be there come first.
fn of_type(context: &Context<'_>, ty: &Type) -> Vec<Proposal> {
    let Type::Object(object) = ty else { return Vec::new() };
    let attributes = object.attributes.iter().map(|(name, ty)| {
        let optional = object.optional.contains(name);
        let brief = types::brief(ty);
        Proposal::new(&**name, CompletionKind::Field)
            .detail(if optional { format!("{brief}, optional") } else { brief })
            .rank(u8::from(optional))
            .form(Form::Argument(describe::value_snippet(ty, context.site.json)))
    });
    attributes.collect()
}

/// The providers that the run's module, or the called one, names.
fn child_providers(context: &Context<'_>) -> Vec<Proposal> {
    let child = if context.is_module_file() { context.called() } else { context.tree };
    let Some(child) = child else { return Vec::new() };
    let own = context.configurations();
    let proposal = |child: &config::ProviderRef| {
        let name = child.to_string();
        // Most often it is one of the same name.
        let same = own.iter().find(|it| *it == child).or(own.iter().find(|it| it.name == child.name));
        let value = same.map_or_else(String::new, ToString::to_string);
        let value = if context.site.json { format!("\"${{1:{value}}}\"") } else { format!("${{1:{value}}}") };
        let form = match context.site.json {
            true => Form::Argument(value),
            false => Form::Configuration(value),
        };
        Proposal::new(name, CompletionKind::Provider).form(form)
    };
    // The built-in provider needs no configuration, and so nobody has one to give.
    let needed = |it: &&config::ProviderRef| {
        child.module.provider_source(&it.name) != config::BUILT_IN_PROVIDER || own.contains(it)
    };
    known_providers(child).iter().filter(needed).map(proposal).collect()
}

/// What the configurations of a provider are called in the run's module, or in the called one: `aws.` has been typed.
pub(super) fn child_aliases(context: &Context<'_>, provider: &str) -> Vec<Proposal> {
    let child = if context.is_module_file() { context.called() } else { context.tree };
    let known = child.map(known_providers).unwrap_or_default().into_iter().filter(|it| it.name == provider);
    let alias = |it: config::ProviderRef| Some(Proposal::new(it.alias?.as_str(), CompletionKind::Provider));
    known.filter_map(alias).collect()
}

/// The outputs of the module that is replaced.
fn outputs(context: &Context<'_>) -> Vec<Proposal> {
    let Some(tree) = context.overridden_module() else { return Vec::new() };
    let types = context.types_in(tree);
    let proposal = |output: &config::Item<config::Output>| {
        let ty = types.as_ref().map_or(Type::Dynamic, |types| types.output(&output.name));
        let found = Proposal::new(output.name.as_str(), CompletionKind::Output)
            .documentation(describe::output_documentation(output))
            .form(Form::Argument(describe::value_snippet(&ty, context.site.json)));
        if ty.is_dynamic() { found } else { found.detail(types::brief(&ty)) }
    };
    tree.module.outputs.values().map(proposal).collect()
}

/// What a configuration may set in a nested attribute of a resource.
fn settable(context: &Context<'_>, reading: &Reading) -> Vec<Proposal> {
    let Slot::Value { name, .. } = &context.site.slot else { return Vec::new() };
    let own = context.body_schema();
    let nested = own.as_ref().and_then(|own| {
        let attribute = own.schema.attributes.get(name)?;
        let mut keys = vec![name.clone()];
        let mut nested = attribute.nested.as_deref()?;
        for step in &reading.steps {
            if let Step::Key(key) = step {
                nested = nested.attributes.get(key)?.nested.as_deref()?;
                keys.push(key.clone());
            }
        }
        Some((own, nested, keys))
    });
    let Some((own, nested, keys)) = nested else { return of_type(context, &context.wanted(reading)) };
    let settable = nested.attributes.iter().filter(|(_, attribute)| !attribute.is_read_only());
    let proposal = |(name, attribute): (&SmolStr, &AttributeSchema)| {
        let brief = types::brief(&attribute.ty);
        Proposal::new(name.as_str(), CompletionKind::Field)
            .detail(if attribute.required { format!("{brief}, required") } else { brief })
            .topic(topic(own, &keys, name))
            .rank(u8::from(!attribute.required))
            .form(Form::Argument(describe::value_snippet(attribute.constraint(), context.site.json)))
    };
    settable.map(proposal).collect()
}

/// What a provider computes in an object, or in the part of one that the steps lead to: mocks and overrides give values to
/// nothing else.
fn computed(context: &Context<'_>, mocked: &BodySchema<'_>, steps: &[Step]) -> Vec<Proposal> {
    let keys: Option<Vec<SmolStr>> = steps
        .iter()
        .filter(|step| !matches!(step, Step::Element(_)))
        .map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            _ => None,
        })
        .collect();
    let Some(keys) = keys else { return Vec::new() };
    let mut level = Level::Body(&mocked.schema);
    for key in &keys {
        match level.inside(key) {
            Some(inner) => level = inner,
            None => return of_type(context, &level.attribute_type(key)),
        }
    }
    let mut found = Vec::new();
    for (name, attribute) in level.attributes() {
        let parts = attribute.nested.as_ref();
        let gives =
            attribute.computed || parts.is_some_and(|it| it.attributes.values().any(|it| it.computed));
        if !gives {
            continue;
        }
        let topic = topic(mocked, &keys, name);
        let read_only = attribute.is_read_only();
        let proposal = Proposal::new(name.as_str(), CompletionKind::Field)
            .detail(types::brief(&attribute.ty))
            .topic(topic)
            .rank(u8::from(!read_only))
            .form(Form::Argument(describe::value_snippet(&attribute.ty, context.site.json)));
        found.push(proposal);
    }
    for (name, block) in level.blocks() {
        if has_computed(&block.body) {
            let list = matches!(block.nesting, Nesting::List | Nesting::Set);
            let value = if list { "[{\n  $0\n}]" } else { "{\n  $0\n}" };
            let proposal = Proposal::new(name.as_str(), CompletionKind::Block)
                .topic(topic(mocked, &keys, name))
                .rank(2)
                .form(Form::Argument(value.to_owned()));
            found.push(proposal);
        }
    }
    found
}

fn topic(mocked: &BodySchema<'_>, keys: &[SmolStr], name: &SmolStr) -> Topic {
    let path = keys.iter().chain([name]).cloned().collect();
    Topic::Schema { provider: mocked.provider.clone(), kind: mocked.kind.clone(), path }
}

fn has_computed(schema: &Schema) -> bool {
    schema.attributes.values().any(|it| it.computed)
        || schema.blocks.values().any(|block| has_computed(&block.body))
}

/// A body, or the attributes of a nested object.
enum Level<'s> {
    Body(&'s Schema),
    Object(&'s config::NestedType),
}

impl<'s> Level<'s> {
    fn attributes(&self) -> impl Iterator<Item = (&'s SmolStr, &'s AttributeSchema)> {
        match self {
            Level::Body(schema) => schema.attributes.iter(),
            Level::Object(nested) => nested.attributes.iter(),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = (&'s SmolStr, &'s config::BlockSchema)> {
        match self {
            Level::Body(schema) => Some(schema.blocks.iter()),
            Level::Object(_) => None,
        }
        .into_iter()
        .flatten()
    }

    fn inside(&self, name: &str) -> Option<Level<'s>> {
        let attributes = match self {
            Level::Body(schema) => {
                if let Some(block) = schema.blocks.get(name) {
                    return Some(Level::Body(&block.body));
                }
                &schema.attributes
            }
            Level::Object(nested) => &nested.attributes,
        };
        let nested = attributes.get(name)?.nested.as_deref()?;
        // What is under a key of a map is no part of the schema.
        (nested.nesting != NestedNesting::Map).then_some(Level::Object(nested))
    }

    fn attribute_type(&self, name: &str) -> Type {
        let found = match self {
            Level::Body(schema) => schema.attributes.get(name),
            Level::Object(nested) => nested.attributes.get(name),
        };
        let ty = found.map_or(Type::Dynamic, |attribute| attribute.ty.clone());
        match ty {
            Type::List(element) | Type::Set(element) => (*element).clone(),
            ty => ty,
        }
    }
}

/// An entry of `required_providers`.
fn requirement(steps: &[Step]) -> Vec<Proposal> {
    if !steps.is_empty() {
        return Vec::new();
    }
    let quoted = "\"${1}\"".to_owned();
    let entries = [
        ("source", quoted.clone(), "Where the provider comes from: `hashicorp/aws`."),
        ("version", quoted, "Which versions of it will do."),
        (
            "configuration_aliases",
            "[$0]".to_owned(),
            "The configurations that callers of the module have to pass to it.",
        ),
    ];
    entries
        .map(|(name, value, doc)| {
            Proposal::new(name, CompletionKind::Attribute)
                .documentation(Some(doc.to_owned()))
                .form(Form::Argument(value))
        })
        .into()
}
