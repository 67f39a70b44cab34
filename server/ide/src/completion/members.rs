//! What may follow a dot: `var.`, `run.a.`, `module.m.`, `local.x.`, a resource's attributes.

use config::{Item, Module, ModuleTree, ResourceAddr, ResourceMode, Run, Schemas};
use lang::expr::{Node, NodeId};
use lang::{Expr, StepKind, Type};
use syntax::SmolStr;

use super::values::{Name, kinds};
use super::{CompletionKind, Context};
use crate::cursor::Segment;
use crate::describe;
use crate::grammar::{Place, Takes};

/// How far values are followed through other names, so that a cycle of locals ends.
const DEPTH: u32 = 8;

/// What may follow `root` and `rest`.
pub(super) fn of(context: &Context<'_>, root: &SmolStr, rest: &[Segment]) -> Vec<Name> {
    let Some(tree) = context.module() else {
        return if root == "run" { runs(context, rest) } else { Vec::new() };
    };
    // Only conditions see the inside of the module; `variables` and `provider` blocks see `var` and `run`.
    let inside = matches!(context.site.place, Some(Place::Assert)) || context.takes() == Takes::Checkables;
    match root.as_str() {
        "run" => runs(context, rest),
        "var" => variables(context, tree, rest),
        _ if inside => Shape { tree, schemas: context.project.schemas() }.members(root, rest, DEPTH),
        _ => Vec::new(),
    }
}

/// The runs above the cursor's; a run cannot see itself or what comes later.
fn runs(context: &Context<'_>, rest: &[Segment]) -> Vec<Name> {
    let earlier: Vec<_> =
        context.test_file.runs.iter().filter(|run| run.origin.base < context.base).collect();
    match rest {
        [] => earlier.into_iter().map(|run| run_name(context, run)).collect(),
        [Segment::Name(name), rest @ ..] => {
            let run = earlier.into_iter().rev().find(|run| run.name == *name);
            let Some(tree) = run.and_then(|run| context.project.module_of(run)) else { return Vec::new() };
            let shape = Shape { tree, schemas: context.project.schemas() };
            match rest {
                [] => shape.outputs(),
                [Segment::Name(output), rest @ ..] => shape.output_members(output, rest, DEPTH),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn run_name(context: &Context<'_>, run: &Item<Run>) -> Name {
    let command = match run.command {
        config::Command::Plan => "plan",
        config::Command::Apply => "apply",
    };
    let outputs = context.project.module_of(run).map_or(0, |tree| tree.module.outputs.len());
    let detail = match &run.module {
        Some(module) => format!("{command} {}, {outputs} outputs", module.source),
        None => format!("{command}, {outputs} outputs"),
    };
    Name::new(run.name.as_str(), CompletionKind::Run).detail(detail)
}

/// The module's variables, and those that only the file gives.
fn variables(context: &Context<'_>, tree: &ModuleTree, rest: &[Segment]) -> Vec<Name> {
    if !rest.is_empty() {
        return Shape { tree, schemas: context.project.schemas() }.members(&"var".into(), rest, DEPTH);
    }
    let mut names: Vec<Name> = tree
        .module
        .variables
        .values()
        .map(|it| {
            Name::new(it.name.as_str(), CompletionKind::Variable)
                .detail(describe::variable_detail(it))
                .documentation(describe::variable_documentation(it))
        })
        .collect();
    let only_here =
        context.test_file.variables.keys().filter(|name| !tree.module.variables.contains_key(*name));
    names
        .extend(only_here.map(|name| Name::new(name.as_str(), CompletionKind::Variable).detail("this file")));
    names
}

/// The names inside values of a module, as far as its text tells.
struct Shape<'a> {
    tree: &'a ModuleTree,
    schemas: &'a dyn Schemas,
}

impl Shape<'_> {
    fn module(&self) -> &Module {
        &self.tree.module
    }

    fn members(&self, root: &SmolStr, rest: &[Segment], depth: u32) -> Vec<Name> {
        let module = self.module();
        match (root.as_str(), rest) {
            (_, _) if depth == 0 => Vec::new(),
            ("var", [Segment::Name(name), rest @ ..]) => {
                module.variables.get(name).map(|it| type_members(&it.ty, rest)).unwrap_or_default()
            }
            ("local", []) => names(module.locals.keys(), CompletionKind::Local),
            ("local", [Segment::Name(name), rest @ ..]) => {
                module.locals.get(name).map(|it| self.inside(&it.value, rest, depth - 1)).unwrap_or_default()
            }
            ("output", []) => self.outputs(),
            ("output", [Segment::Name(name), rest @ ..]) => self.output_members(name, rest, depth),
            ("check", []) => names(module.checks.keys(), CompletionKind::Check),
            ("path", []) => fixed(&[
                ("module", "the module under test's directory"),
                ("root", "the root module's directory"),
                ("cwd", "the directory the tool runs in"),
            ]),
            ("terraform", []) => fixed(&[("workspace", "the selected workspace")]),
            ("module", []) => module
                .calls
                .values()
                .map(|call| {
                    let source = call.source.as_ref().map(|(source, _)| source.to_string());
                    Name { detail: source, ..Name::new(call.name.as_str(), CompletionKind::Module) }
                })
                .collect(),
            ("module", [Segment::Name(name), rest @ ..]) => {
                let Some(tree) = self.tree.children.get(name) else { return Vec::new() };
                let child = Shape { tree, schemas: self.schemas };
                let rest = rest.strip_prefix(&[Segment::Index]).unwrap_or(rest);
                match rest {
                    [] => child.outputs(),
                    [Segment::Name(output), rest @ ..] => child.output_members(output, rest, depth - 1),
                    _ => Vec::new(),
                }
            }
            ("data", []) => kinds(module.resources.keys(), ResourceMode::Data),
            ("data", [Segment::Name(kind), rest @ ..]) => self.resource(ResourceMode::Data, kind, rest),
            ("each" | "count" | "self" | "run", _) => Vec::new(),
            (_, rest) => self.resource(ResourceMode::Managed, root, rest),
        }
    }

    fn outputs(&self) -> Vec<Name> {
        let output = |it: &config::Item<config::Output>| {
            Name::new(it.name.as_str(), CompletionKind::Output)
                .documentation(describe::output_documentation(it))
        };
        self.module().outputs.values().map(output).collect()
    }

    fn output_members(&self, output: &SmolStr, rest: &[Segment], depth: u32) -> Vec<Name> {
        let value = self.module().outputs.get(output).and_then(|it| it.value.as_ref());
        value.map(|value| self.inside(value, rest, depth.saturating_sub(1))).unwrap_or_default()
    }

    /// The names of a resource type, or the attributes of one resource.
    fn resource(&self, mode: ResourceMode, kind: &SmolStr, rest: &[Segment]) -> Vec<Name> {
        match rest {
            [] => {
                let of_kind = self.module().resources.keys().filter(|it| it.mode == mode && it.kind == *kind);
                names(of_kind.map(|addr| &addr.name), CompletionKind::Resource)
            }
            [Segment::Name(name), rest @ ..] => {
                let addr = ResourceAddr { mode, kind: kind.clone(), name: name.clone() };
                let Some(resource) = self.module().resources.get(&addr) else { return Vec::new() };
                let rest = rest.strip_prefix(&[Segment::Index]).unwrap_or(rest);
                match rest {
                    [] => self.attributes(resource),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// What a resource's schema says about its attributes; without one, those that are written.
    fn attributes(&self, resource: &config::Resource) -> Vec<Name> {
        let field = |name: &SmolStr| Name::new(name.as_str(), CompletionKind::Field);
        let provider = self.module().provider_of(resource);
        if let Some(schema) = self.schemas.resource(&provider, resource.addr.mode, &resource.addr.kind) {
            let attributes = schema.attributes.iter().map(|(name, attribute)| {
                let documentation = attribute.description.as_ref().map(ToString::to_string);
                field(name).detail(attribute.ty.constraint_name()).documentation(documentation)
            });
            return attributes.chain(schema.blocks.keys().map(field)).collect();
        }
        let mut written: Vec<&SmolStr> = resource.body.attributes.iter().map(|it| &it.name).collect();
        written.extend(resource.body.blocks.iter().map(|it| &it.kind));
        written.sort();
        written.dedup();
        written.into_iter().map(field).collect()
    }

    /// The names inside an expression's value after `rest`.
    fn inside(&self, value: &Expr, rest: &[Segment], depth: u32) -> Vec<Name> {
        match value.node(value.root()) {
            Node::Literal(value) => type_members(&value.ty(), rest),
            Node::Object(items) => {
                let keyed = items.iter().filter_map(|&(key, item)| Some((literal_key(value, key)?, item)));
                match rest {
                    [] => keyed.map(|(key, _)| Name::new(key, CompletionKind::Field)).collect(),
                    [Segment::Name(_), ..] => Vec::new(),
                    [Segment::Index, ..] => Vec::new(),
                }
            }
            Node::Reference(index) if depth > 0 => {
                let Some(traversal) = value.traversals().get(*index as usize) else { return Vec::new() };
                let steps = traversal.steps.iter().map(|step| match &step.kind {
                    StepKind::Attr(name) => Segment::Name(name.clone()),
                    StepKind::Key(_) | StepKind::Number(_) | StepKind::Missing => Segment::Index,
                });
                let path: Vec<Segment> = steps.chain(rest.iter().cloned()).collect();
                self.members(&traversal.root, &path, depth - 1)
            }
            _ => Vec::new(),
        }
    }
}

/// The names of an object type after following `rest`.
fn type_members(ty: &Type, rest: &[Segment]) -> Vec<Name> {
    match rest {
        [] => match ty {
            Type::Object(object) => object
                .attributes
                .iter()
                .map(|(name, ty)| Name::new(&**name, CompletionKind::Field).detail(ty.constraint_name()))
                .collect(),
            _ => Vec::new(),
        },
        [Segment::Name(name), rest @ ..] => {
            let inner = ty.attribute(name).or(if ty.is_map() { ty.element_type() } else { None });
            inner.map(|ty| type_members(ty, rest)).unwrap_or_default()
        }
        [Segment::Index, rest @ ..] => ty.element_type().map(|ty| type_members(ty, rest)).unwrap_or_default(),
    }
}

fn literal_key(expr: &Expr, key: NodeId) -> Option<String> {
    match expr.node(key) {
        Node::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

fn names<'a>(names: impl Iterator<Item = &'a SmolStr>, kind: CompletionKind) -> Vec<Name> {
    names.map(|name| Name::new(name.as_str(), kind)).collect()
}

fn fixed(names: &[(&str, &str)]) -> Vec<Name> {
    names.iter().map(|(name, detail)| Name::new(*name, CompletionKind::Root).detail(*detail)).collect()
}
