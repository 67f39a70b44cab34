//! What may follow a dot: `var.`, `run.a.`, `module.m.`, `local.`, a resource's attributes.

use config::{AttributeSchema, Feature, Item, ModuleTree, NestedType, ResourceMode, Run, Schema};
use lang::Type;
use syntax::SmolStr;

use super::context::{Context, Names};
use super::item::{CompletionKind, Proposal, Topic};
use super::names::{kinds, typed, variable};
use super::reading::Segment;
use super::wanted::fit;
use crate::{describe, types};

/// What may follow a root and segments that name nothing by themselves yet.
pub(super) fn of(context: &Context<'_>, root: &str, rest: &[Segment], wanted: &Type) -> Vec<Proposal> {
    if root == "run" {
        return runs(context, rest, wanted);
    }
    let Some(tree) = context.tree else { return Vec::new() };
    let module = &tree.module;
    let Some(types) = context.types() else { return Vec::new() };
    match (root, rest) {
        ("var", []) => variables(context, tree, wanted),
        ("local", []) => {
            let proposal = |name: &SmolStr| {
                typed(Proposal::new(name.as_str(), CompletionKind::Local), Some(&types.local(name)), wanted)
            };
            module.locals.keys().filter(|name| !context.is_own_local(name)).map(proposal).collect()
        }
        ("output", []) => outputs(context, tree, wanted),
        ("path", []) => fixed(&[
            ("module", "the module's directory"),
            ("root", "the root module's directory"),
            ("cwd", "the directory the tool runs in"),
        ]),
        ("terraform", []) => {
            let mut found = fixed(&[("workspace", "the selected workspace")]);
            // It is ephemeral, and no test can compare what is.
            if context.names() == Names::Module && context.dialect.has(Feature::Ephemeral) {
                found.extend(fixed(&[("applying", "whether this is an apply")]));
            }
            found
        }
        ("each", []) => fixed(&[("key", "this instance's key"), ("value", "this instance's value")]),
        ("count", []) => fixed(&[("index", "this instance's number")]),
        ("module", []) => module
            .calls
            .values()
            .map(|call| {
                let source = call.source.as_ref().map(|(source, _)| source.to_string());
                Proposal { detail: source, ..Proposal::new(call.name.as_str(), CompletionKind::Module) }
            })
            .collect(),
        ("module", [Segment::Name(name), rest @ ..]) => {
            let repeated =
                module.calls.get(name).is_some_and(|call| call.count.is_some() || call.for_each.is_some());
            match (tree.children.get(name), rest) {
                (Some(child), []) if !repeated => outputs(context, child, wanted),
                (Some(child), [key]) if !matches!(key, Segment::Name(_)) => outputs(context, child, wanted),
                _ => Vec::new(),
            }
        }
        ("data", []) => kinds(context, ResourceMode::Data),
        ("ephemeral", []) => kinds(context, ResourceMode::Ephemeral),
        ("resource", []) => kinds(context, ResourceMode::Managed),
        ("data", [Segment::Name(kind)]) => of_kind(context, ResourceMode::Data, kind),
        ("ephemeral", [Segment::Name(kind)]) => of_kind(context, ResourceMode::Ephemeral, kind),
        ("resource", [Segment::Name(kind)]) => of_kind(context, ResourceMode::Managed, kind),
        (kind, []) => of_kind(context, ResourceMode::Managed, kind),
        _ => Vec::new(),
    }
}

/// The runs that are known here, or the outputs of one.
fn runs(context: &Context<'_>, rest: &[Segment], wanted: &Type) -> Vec<Proposal> {
    let earlier = context.earlier_runs();
    match rest {
        [] => earlier.iter().map(|run| run_proposal(context, run)).collect(),
        [Segment::Name(name)] => {
            let run = earlier.into_iter().rev().find(|run| run.name == *name);
            let tree = run.and_then(|run| context.project.module_of(&run));
            tree.map(|tree| outputs(context, tree, wanted)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn run_proposal(context: &Context<'_>, run: &Item<Run>) -> Proposal {
    let command = match run.command {
        config::Command::Plan => "plan",
        config::Command::Apply => "apply",
    };
    let outputs = context.project.module_of(run).map_or(0, |tree| tree.module.outputs.len());
    let detail = match &run.module {
        Some(module) => format!("{command} {}, {outputs} outputs", module.source),
        None => format!("{command}, {outputs} outputs"),
    };
    Proposal::new(run.name.as_str(), CompletionKind::Run).detail(detail)
}

/// The module's variables, and those that only the file or the run gives. Where only what the file gives can be read,
/// that comes first.
fn variables(context: &Context<'_>, tree: &ModuleTree, wanted: &Type) -> Vec<Proposal> {
    let limited = context.names() == Names::TestValues;
    let mut found: Vec<Proposal> = tree
        .module
        .variables
        .values()
        .map(|it| {
            let proposal = variable(it, wanted);
            let given = !limited || context.gives(&it.name);
            let rank = proposal.rank + if given { 0 } else { 4 };
            proposal.rank(rank)
        })
        .collect();
    let Some(file) = context.test_file else { return found };
    let mut only_here: Vec<&SmolStr> = file.variables.keys().chain(file.variable_blocks.keys()).collect();
    let run = context.own_run().filter(|_| !limited);
    if let Some((_, run)) = &run {
        only_here.extend(run.variables.keys());
    }
    only_here.retain(|name| !tree.module.variables.contains_key(*name));
    only_here.dedup();
    let here = |name: &SmolStr| {
        let ty = context.type_of(&[Segment::Name("var".into()), Segment::Name(name.clone())], &[]);
        let proposal = Proposal::new(name.as_str(), CompletionKind::Variable).detail("this file");
        proposal.rank(fit(ty.as_ref().unwrap_or(&Type::Dynamic), wanted))
    };
    found.extend(only_here.into_iter().map(here));
    found
}

/// The outputs of a module.
pub(super) fn outputs(context: &Context<'_>, tree: &ModuleTree, wanted: &Type) -> Vec<Proposal> {
    let types = context.types_in(tree);
    let proposal = |it: &Item<config::Output>| {
        let ty = types.as_ref().map(|types| types.output(&it.name));
        typed(Proposal::new(it.name.as_str(), CompletionKind::Output), ty.as_ref(), wanted)
            .documentation(describe::output_documentation(it))
    };
    tree.module.outputs.values().map(proposal).collect()
}

/// The names of the resources of one type.
fn of_kind(context: &Context<'_>, mode: ResourceMode, kind: &str) -> Vec<Proposal> {
    let all = context.resources().filter(|it| it.addr.mode == mode && it.addr.kind == kind);
    let repeated = |it: &config::Resource| match (&it.count, &it.for_each) {
        (Some(_), _) => Some("count"),
        (None, Some(_)) => Some("for_each"),
        (None, None) => None,
    };
    all.map(|it| Proposal {
        detail: repeated(it).map(str::to_owned),
        ..Proposal::new(it.addr.name.as_str(), CompletionKind::Resource)
    })
    .collect()
}

/// The attributes and blocks that are written in a resource, where no schema says which there are.
pub(super) fn written(resource: &config::Resource) -> Vec<Proposal> {
    let mut written: Vec<&SmolStr> = resource.body.attributes.iter().map(|it| &it.name).collect();
    written.extend(resource.body.blocks.iter().map(|it| it.makes()));
    written.sort();
    written.dedup();
    written.into_iter().map(|name| Proposal::new(name.as_str(), CompletionKind::Field)).collect()
}

/// What a schema says about a part of an object.
pub(super) fn schema_members(
    schema: &Schema,
    rest: &[Segment],
    (provider, mode, kind): (SmolStr, ResourceMode, SmolStr),
    wanted: &Type,
) -> Vec<Proposal> {
    let mut path: Vec<SmolStr> = Vec::new();
    let mut level = Level::Body(schema);
    let mut ty = schema.ty().clone();
    for segment in rest {
        let next = match segment {
            Segment::Name(name) | Segment::Key(name) if ty.is_object() => {
                path.push(name.clone());
                level = level.inside(name);
                ty.attribute(name).cloned()
            }
            Segment::Splat if ty.is_object() => Some(ty.clone()),
            Segment::Number(index) if ty.is_tuple() => ty.as_tuple().and_then(|it| it.get(*index)).cloned(),
            _ => ty.element_type().cloned(),
        };
        match next {
            Some(next) => ty = next,
            None => return Vec::new(),
        }
    }
    let mut found = type_members(&ty, wanted);
    for proposal in &mut found {
        let mut path = path.clone();
        path.push(proposal.label.as_str().into());
        if level.describes(&proposal.label) {
            let kind = Some((mode, kind.clone()));
            proposal.topic = Some(Topic::Schema { provider: provider.clone(), kind, path });
        }
    }
    found
}

/// What says something about the names at one level of an object.
enum Level<'s> {
    Body(&'s Schema),
    Object(&'s NestedType),
    Unknown,
}

impl<'s> Level<'s> {
    fn attribute(&self, name: &str) -> Option<&'s AttributeSchema> {
        match self {
            Level::Body(schema) => schema.attributes.get(name),
            Level::Object(nested) => nested.attributes.get(name),
            Level::Unknown => None,
        }
    }

    fn inside(&self, name: &str) -> Level<'s> {
        if let Some(attribute) = self.attribute(name) {
            return attribute.nested.as_deref().map_or(Level::Unknown, Level::Object);
        }
        match self {
            Level::Body(schema) => {
                schema.blocks.get(name).map_or(Level::Unknown, |block| Level::Body(&block.body))
            }
            _ => Level::Unknown,
        }
    }

    fn describes(&self, name: &str) -> bool {
        self.attribute(name).is_some()
            || matches!(self, Level::Body(schema) if schema.blocks.contains_key(name))
    }
}

/// The attributes of an object type, in the order of the names.
pub(super) fn type_members(ty: &Type, wanted: &Type) -> Vec<Proposal> {
    let Type::Object(object) = ty else { return Vec::new() };
    let field = |(name, ty): (&std::sync::Arc<str>, &Type)| {
        let proposal = Proposal::new(&**name, CompletionKind::Field).detail(types::brief(ty));
        proposal.rank(fit(ty, wanted))
    };
    // What is no identifier can only be read by a key in brackets.
    let named = object.attributes.iter().filter(|(name, _)| lang::ty::is_identifier(name));
    named.map(field).collect()
}

pub(super) fn fixed(names: &[(&str, &str)]) -> Vec<Proposal> {
    names.iter().map(|(name, detail)| Proposal::new(*name, CompletionKind::Root).detail(*detail)).collect()
}
