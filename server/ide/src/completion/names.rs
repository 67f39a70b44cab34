//! Names in expressions: what one may begin with, and what may follow a dot.

use config::{ResourceAddr, ResourceMode};
use lang::Type;
use syntax::SmolStr;

use super::context::{Context, Names};
use super::item::{self, CompletionKind, Form, Proposal, Topic};
use super::members::{self, schema_members, type_members};
use super::reading::{Next, Reading, Segment};
use super::wanted::{fit, iterator, subject_length};
use crate::given::Key;
use crate::grammar::{Place, Takes};
use crate::{describe, types};

/// More complete references than this are not proposed at once.
const MOST_REFERENCES: usize = 100;

/// The names that an expression can begin with, and the values that fit as a whole.
pub(super) fn roots(context: &Context<'_>, reading: &Reading, wanted: &Type) -> Vec<Proposal> {
    let root = |name: &str, detail: &str| Proposal::new(name, CompletionKind::Root).detail(detail).rank(2);
    let mut found: Vec<Proposal> = Vec::new();
    for bound in reading.bound.iter().rev() {
        let ty = context.type_of(&[Segment::Name(bound.name.clone())], &reading.bound);
        let proposal =
            typed(Proposal::new(bound.name.as_str(), CompletionKind::Variable), ty.as_ref(), wanted);
        // What was just given a name is wanted in some way.
        let rank = proposal.rank.min(1);
        found.push(proposal.rank(rank));
    }
    let iterators = context.site.blocks.iter().filter(|it| it.place == Some(Place::Dynamic));
    found.extend(iterators.filter_map(iterator).map(|name| Proposal::new(name, CompletionKind::Variable)));
    let names = context.names();
    if names == Names::Literals {
        return found;
    }
    let begins_condition = context.takes() == Takes::Condition && reading.steps.is_empty();
    if !begins_condition && reading.next == Next::Other {
        found.extend(references(context, wanted));
    }
    if names != Names::Module {
        found.push(root("var", "variables"));
        if context.sees_runs() {
            found.push(root("run", "outputs of earlier runs"));
        }
    }
    if names == Names::TestValues {
        return found;
    }
    if names == Names::Module {
        found.push(root("var", "variables"));
        found.extend(of_block(context).into_iter().map(|(name, detail)| root(name, detail).rank(0)));
    } else {
        found.push(root("output", "outputs of the module"));
    }
    found.push(root("local", "local values of the module"));
    let Some(tree) = context.tree else { return found };
    if !tree.module.calls.is_empty() {
        found.push(root("module", "module calls"));
    }
    let has = |mode: ResourceMode| context.resources().any(|it| it.addr.mode == mode);
    if has(ResourceMode::Data) {
        found.push(root("data", "data sources"));
    }
    if has(ResourceMode::Ephemeral) && names == Names::Module {
        found.push(root("ephemeral", "ephemeral resources"));
    }
    found.push(root("path", "paths of the module"));
    found.push(root("terraform", "the workspace"));
    found.extend(kinds(context, ResourceMode::Managed).into_iter().map(|it| it.rank(2)));
    found
}

/// What there is because of the block around: its instance, and the object itself.
fn of_block(context: &Context<'_>) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    if let Some(block) = context.repeated() {
        if block.body.attribute("for_each").is_some() {
            found.push(("each", "this instance"));
        }
        if block.body.attribute("count").is_some() {
            found.push(("count", "this instance"));
        }
    }
    let around = |kind: &str| context.site.blocks.iter().any(|block| block.kind == kind);
    if around("postcondition") || around("provisioner") || around("connection") {
        found.push(("self", "the object itself"));
    }
    found
}

/// Whole references to values of the type that is wanted, where that is one.
fn references(context: &Context<'_>, wanted: &Type) -> Vec<Proposal> {
    let (Some(tree), false) = (context.tree, wanted.is_dynamic()) else { return Vec::new() };
    let Some(types) = context.types() else { return Vec::new() };
    let fits = |ty: &Type| !ty.is_dynamic() && fit(ty, wanted) == 0;
    let mut found = Vec::new();
    let reference = |text: String, kind: CompletionKind, ty: &Type| {
        Proposal::new(text, kind).detail(types::brief(ty)).rank(1)
    };
    let names = context.names();
    if names != Names::Module && context.sees_runs() {
        // The nearest ones first, should there be too many.
        for run in context.earlier_runs().iter().rev() {
            if found.len() >= MOST_REFERENCES {
                break;
            }
            let Some(tree) = context.project.module_of(run) else { continue };
            let Some(types) = context.types_in(tree) else { continue };
            for output in tree.module.outputs.keys() {
                let ty = types.output(output);
                if fits(&ty) {
                    let text = format!("run.{}.{output}", run.name);
                    found.push(reference(text, CompletionKind::Run, &ty));
                }
            }
        }
    }
    for variable in tree.module.variables.values() {
        let ty = variable.ty.without_optional();
        if fits(&ty) && (names != Names::TestValues || context.gives(&variable.name)) {
            found.push(reference(format!("var.{}", variable.name), CompletionKind::Variable, &ty));
        }
    }
    if names == Names::Assertion {
        for output in tree.module.outputs.keys() {
            let ty = types.output(output);
            if fits(&ty) {
                found.push(reference(format!("output.{output}"), CompletionKind::Output, &ty));
            }
        }
    }
    if names != Names::TestValues {
        for local in tree.module.locals.keys().filter(|name| !context.is_own_local(name)) {
            if found.len() >= MOST_REFERENCES {
                break;
            }
            let ty = types.local(local);
            if fits(&ty) {
                found.push(reference(format!("local.{local}"), CompletionKind::Local, &ty));
            }
        }
    }
    found.truncate(MOST_REFERENCES);
    found
}

/// What may follow a path and a dot.
pub(super) fn after(
    context: &Context<'_>,
    path: &[Segment],
    reading: &Reading,
    wanted: &Type,
) -> Vec<Proposal> {
    let Some(Segment::Name(root)) = path.first() else { return Vec::new() };
    let is_bound = reading.bound.iter().any(|bound| bound.name == *root);
    let is_iterator = context
        .site
        .blocks
        .iter()
        .any(|block| block.place == Some(Place::Dynamic) && iterator(block) == Some(root));
    if is_iterator && path.len() == 1 {
        return members::fixed(&[("key", "this element's key"), ("value", "this element")]);
    }
    if is_bound || is_iterator {
        return parts(context, path, reading, wanted);
    }
    if !may_be_named(context, root) {
        return Vec::new();
    }
    match subject_length(path) {
        // A resource may be followed by what its schema says more about.
        Some(length) => {
            resource(context, path, length, wanted).unwrap_or_else(|| parts(context, path, reading, wanted))
        }
        None => members::of(context, root, path.get(1..).unwrap_or_default(), wanted),
    }
}

/// Whether a name can begin with that word here.
fn may_be_named(context: &Context<'_>, root: &str) -> bool {
    match context.names() {
        Names::Literals => false,
        Names::TestValues => root == "var" || (root == "run" && context.sees_runs()),
        Names::Assertion => match root {
            "run" => context.sees_runs(),
            "each" | "count" | "self" => false,
            _ => true,
        },
        Names::Module => match root {
            "run" | "output" | "check" => false,
            "each" | "count" | "self" => of_block(context).iter().any(|(name, _)| *name == root),
            _ => true,
        },
    }
}

/// The attributes of the object that a path leads to.
fn parts(context: &Context<'_>, path: &[Segment], reading: &Reading, wanted: &Type) -> Vec<Proposal> {
    let ty = context.type_of(path, &reading.bound);
    ty.map(|ty| type_members(&ty, wanted)).unwrap_or_default()
}

/// What a schema says about the attributes of a resource, or of a part of one.
fn resource(context: &Context<'_>, path: &[Segment], length: usize, wanted: &Type) -> Option<Vec<Proposal>> {
    let tree = context.tree?;
    let name = |index: usize| match path.get(index) {
        Some(Segment::Name(name)) => Some(name),
        _ => None,
    };
    let (mode, kind, own) = match name(0)?.as_str() {
        "var" | "local" | "output" | "run" | "module" | "each" | "count" | "path" | "terraform" => {
            return None;
        }
        "self" => return Some(self_members(context, path, wanted)),
        "data" => (ResourceMode::Data, name(1)?, name(2)?),
        "ephemeral" => (ResourceMode::Ephemeral, name(1)?, name(2)?),
        "resource" => (ResourceMode::Managed, name(1)?, name(2)?),
        kind => (ResourceMode::Managed, &SmolStr::from(kind), name(1)?),
    };
    let addr = ResourceAddr { mode, kind: kind.clone(), name: own.clone() };
    let declared = context.resources().find(|it| it.addr == addr)?;
    let has_key = !matches!(path.get(length - 1), Some(Segment::Name(_)));
    let is_one = has_key || (declared.count.is_none() && declared.for_each.is_none());
    if !is_one {
        return Some(Vec::new());
    }
    let provider = tree.module.provider_of(declared);
    match context.project.schemas().resource(&provider, mode, kind) {
        Some(schema) => {
            let topic = (provider, mode, kind.clone());
            Some(schema_members(schema, path.get(length..)?, topic, wanted))
        }
        None if path.len() == length => Some(members::written(declared)),
        None => Some(Vec::new()),
    }
}

fn self_members(context: &Context<'_>, path: &[Segment], wanted: &Type) -> Vec<Proposal> {
    let found = context.resource().and_then(|(provider, mode, kind)| {
        let schema = context.project.schemas().resource(&provider, mode, &kind)?;
        Some(schema_members(schema, path.get(1..)?, (provider, mode, kind), wanted))
    });
    found.unwrap_or_default()
}

/// The keys that can stand in brackets behind a path.
pub(super) fn keys(
    context: &Context<'_>,
    path: &[Segment],
    reading: &Reading,
    quoted: bool,
) -> Vec<Proposal> {
    // `run["a"]` is no reference, and neither are the others.
    let [Segment::Name(root), _, ..] = path else { return Vec::new() };
    let is_bound = reading.bound.iter().any(|bound| bound.name == *root);
    if !is_bound && !may_be_named(context, root) {
        return Vec::new();
    }
    let mut found = if is_bound { Vec::new() } else { given_keys(context, path) };
    for proposal in parts(context, path, reading, &Type::Dynamic) {
        let name = Key::Name(proposal.label.as_str().into());
        match found.iter_mut().find(|(key, _)| *key == name) {
            Some((_, detail)) => *detail = proposal.detail,
            None => found.push((name, proposal.detail)),
        }
    }
    let proposal = |(key, detail)| Some(Proposal { detail, ..key_proposal(&key, quoted)? });
    found.into_iter().filter_map(proposal).collect()
}

/// A key, with its quotes unless they are there.
pub(super) fn key_proposal(key: &Key, quoted: bool) -> Option<Proposal> {
    match key {
        Key::Name(name) if quoted => {
            Some(Proposal::new(name.as_str(), CompletionKind::Field).form(Form::Text))
        }
        Key::Name(name) => Some(Proposal::new(item::quoted(name), CompletionKind::Field).form(Form::Quoted)),
        Key::Number(_) if quoted => None,
        Key::Number(number) => Some(Proposal::new(number.to_string(), CompletionKind::Field)),
    }
}

/// The keys that the texts tell: of instances, and of values that are written out or that the test gives.
fn given_keys(context: &Context<'_>, path: &[Segment]) -> Vec<(Key, Option<String>)> {
    let (Some(given), Some(tree)) = (context.given(), context.tree) else { return Vec::new() };
    let keys = if let Some(resource) = named_resource(context, path) {
        given.instances(resource.count.as_ref(), resource.for_each.as_ref(), &resource.origin)
    } else if let [Segment::Name(root), Segment::Name(name)] = path
        && root == "module"
        && let Some(call) = tree.module.calls.get(name)
    {
        given.instances(call.count.as_ref(), call.for_each.as_ref(), &call.origin)
    } else {
        path_text(path).map(|text| given.keys(context.file, &text)).unwrap_or_default()
    };
    keys.into_iter().map(|key| (key, None)).collect()
}

/// The resource that a path is the name of.
fn named_resource<'a>(
    context: &'a Context<'_>,
    path: &[Segment],
) -> Option<&'a config::Item<config::Resource>> {
    let (mode, kind, name) = match path {
        [Segment::Name(mode), Segment::Name(kind), Segment::Name(name)] => match mode.as_str() {
            "data" => (ResourceMode::Data, kind, name),
            "ephemeral" => (ResourceMode::Ephemeral, kind, name),
            "resource" => (ResourceMode::Managed, kind, name),
            _ => return None,
        },
        [Segment::Name(kind), Segment::Name(name)] => (ResourceMode::Managed, kind, name),
        _ => return None,
    };
    context.tree?.module.resources.get(&ResourceAddr { mode, kind: kind.clone(), name: name.clone() })
}

/// A path as it is written; `None` where not all of it is known.
fn path_text(path: &[Segment]) -> Option<String> {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Name(name) if text.is_empty() => text.push_str(name),
            Segment::Name(name) => text.push_str(&format!(".{name}")),
            Segment::Key(key) => text.push_str(&format!("[{}]", item::quoted(key))),
            Segment::Number(number) => text.push_str(&format!("[{number}]")),
            Segment::Splat | Segment::Index => return None,
        }
    }
    Some(text)
}

/// The types of the resources of a mode that can be named here, each once.
pub(super) fn kinds(context: &Context<'_>, mode: ResourceMode) -> Vec<Proposal> {
    let Some(tree) = context.tree else { return Vec::new() };
    let mut of_mode: Vec<_> = context.resources().filter(|it| it.addr.mode == mode).collect();
    of_mode.sort_by(|a, b| a.addr.kind.cmp(&b.addr.kind));
    of_mode.dedup_by(|a, b| a.addr.kind == b.addr.kind);
    let proposal = |it: &config::Resource| {
        let kind = it.addr.kind.clone();
        let provider = tree.module.provider_of(it);
        let topic = Topic::Schema { provider, kind: Some((mode, kind.clone())), path: Vec::new() };
        Proposal::new(kind.as_str(), CompletionKind::Resource).topic(topic)
    };
    of_mode.into_iter().map(proposal).collect()
}

/// With the type of its value, and ranked by that.
pub(super) fn typed(proposal: Proposal, ty: Option<&Type>, wanted: &Type) -> Proposal {
    match ty {
        Some(ty) if !ty.is_dynamic() => proposal.detail(types::brief(ty)).rank(fit(ty, wanted)),
        _ => proposal.rank(fit(&Type::Dynamic, wanted)),
    }
}

/// A variable's words.
pub(super) fn variable(variable: &config::Variable, wanted: &Type) -> Proposal {
    Proposal::new(variable.name.as_str(), CompletionKind::Variable)
        .detail(describe::variable_detail(variable))
        .documentation(describe::variable_documentation(variable))
        .rank(fit(&variable.ty.without_optional(), wanted))
}
