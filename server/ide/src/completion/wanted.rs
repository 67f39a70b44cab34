//! Types: of what a path of names leads to, and of what is wanted at the cursor.

use config::{ModuleTree, Nesting};
use lang::functions;
use lang::{Number, StepKind, Traversal, Type};
use syntax::{SmolStr, Span};

use super::context::Context;
use super::reading::{Bound, Operand, Reading, Segment, Step};
use super::site::Slot;
use crate::grammar::{Place, Takes};

/// How well a value of one type stands where another is wanted; the lower, the better.
pub(super) fn fit(have: &Type, want: &Type) -> u8 {
    match (have, want) {
        (_, Type::Dynamic) => 0,
        (Type::Dynamic, _) => 1,
        _ if have.conforms_to(&want.without_optional()) => 0,
        _ if lang::can_convert(have, want) => 1,
        // Something in it may fit.
        (Type::Object(_) | Type::Tuple(_) | Type::List(_) | Type::Map(_) | Type::Set(_), _)
            if want.is_primitive() =>
        {
            2
        }
        _ => 3,
    }
}

/// How many segments name something; what follows reads its value. `None` when more are needed.
pub(super) fn subject_length(path: &[Segment]) -> Option<usize> {
    let Some(Segment::Name(root)) = path.first() else { return None };
    let (length, may_have_key) = match root.as_str() {
        "self" => (1, false),
        "var" | "local" | "output" | "each" | "count" | "path" | "terraform" => (2, false),
        "run" => (3, false),
        "module" if is_key(path.get(2)) => (4, false),
        "module" => (3, false),
        "data" | "ephemeral" | "resource" => (3, true),
        _ => (2, true),
    };
    let length = length + usize::from(may_have_key && is_key(path.get(length)));
    (length <= path.len()).then_some(length)
}

fn is_key(segment: Option<&Segment>) -> bool {
    segment.is_some_and(|segment| !matches!(segment, Segment::Name(_)))
}

impl Context<'_> {
    /// The type of what a path leads to; `None` when nothing is known about it.
    pub(super) fn type_of(&self, path: &[Segment], bound: &[Bound]) -> Option<Type> {
        let Some(Segment::Name(root)) = path.first() else { return None };
        if let Some(at) = bound.iter().rposition(|it| it.name == *root) {
            let binding = bound.get(at)?;
            if binding.is_key {
                return (path.len() == 1).then_some(Type::String);
            }
            let of = binding.of.as_ref()?;
            let collection = self.type_of_operand(of, bound.get(..at)?)?;
            // Behind a splat, it is the type of one element already.
            let is_element = matches!(of, Operand::Path(path) if path.contains(&Segment::Splat));
            let element = if is_element { collection } else { element(&collection)? };
            return follow(element, path.get(1..)?);
        }
        if let Some(element) = self.iterated(root) {
            return match path.get(1) {
                Some(Segment::Name(name)) if name == "value" => follow(element, path.get(2..)?),
                _ => None,
            };
        }
        // A whole module call is a value too, although nothing of it is named.
        let length = subject_length(path).or((root == "module" && path.len() > 1).then_some(path.len()))?;
        let subject = match (root.as_str(), path.get(1)) {
            ("each", Some(Segment::Name(name))) if name == "value" => self.each_value()?,
            ("self", _) => self.own_type()?,
            _ => self.types()?.of_traversal(&traversal(path.get(..length)?)?)?,
        };
        follow(subject, path.get(length..)?)
    }

    /// The type of a part of an expression. Names that are bound around it are only understood in paths.
    fn type_of_operand(&self, operand: &Operand, bound: &[Bound]) -> Option<Type> {
        match operand {
            Operand::Path(path) => self.type_of(path, bound),
            Operand::Text(text) => {
                let tree = syntax::parse_expression(self.file, text).tree;
                let ty = self.types()?.of_syntax(&tree, self.dialect);
                (ty != Type::Dynamic).then_some(ty)
            }
        }
    }

    /// The type of what stands in front of a dot; behind a splat that is the type of each element.
    pub(super) fn type_of_part(&self, text: &SmolStr, is_splat: bool) -> Option<Type> {
        let ty = self.type_of_operand(&Operand::Text(text.clone()), &[])?;
        if is_splat { element(&ty) } else { Some(ty) }
    }

    /// The type of the elements that a dynamic block of that name goes through.
    fn iterated(&self, name: &str) -> Option<Type> {
        let block = self.site.blocks.iter().rev().find(|block| {
            block.place == Some(Place::Dynamic) && iterator(block).is_some_and(|it| it == name)
        })?;
        let for_each = block.body.attribute("for_each")?;
        element(&self.types()?.of_syntax(for_each, self.dialect))
    }

    fn each_value(&self) -> Option<Type> {
        let for_each = self.repeated()?.body.attribute("for_each")?;
        element(&self.types()?.of_syntax(for_each, self.dialect))
    }

    /// The type of the object whose block is around the cursor.
    fn own_type(&self) -> Option<Type> {
        let (provider, mode, kind) = self.resource()?;
        Some(self.project.schemas().resource(&provider, mode, &kind)?.ty().clone())
    }

    /// The type that is wanted at the cursor; dynamic where any will do.
    pub(super) fn wanted(&self, reading: &Reading) -> Type {
        let Slot::Value { name, .. } = &self.site.slot else { return Type::Dynamic };
        let mut wanted = self.constraint(name);
        for step in &reading.steps {
            wanted = match step {
                Step::Key(key) => match &wanted {
                    Type::Map(element) => (**element).clone(),
                    ty => ty.attribute(key).cloned().unwrap_or(Type::Dynamic),
                },
                Step::Element(index) => match &wanted {
                    Type::Tuple(elements) => elements.get(*index).cloned().unwrap_or(Type::Dynamic),
                    ty => ty.element_type().cloned().unwrap_or(Type::Dynamic),
                },
                Step::Argument { function, index, first } => {
                    let first = first.as_ref().and_then(|it| self.type_of_operand(it, &reading.bound));
                    argument(function, *index, first)
                }
                Step::Branch => wanted,
                Step::Part => Type::String,
                Step::Any => Type::Dynamic,
                Step::Bool => Type::Bool,
                Step::Number => Type::Number,
                Step::Like(left) => self.type_of_operand(left, &reading.bound).unwrap_or(Type::Dynamic),
            };
        }
        wanted
    }

    /// What an attribute of the body takes.
    fn constraint(&self, name: &SmolStr) -> Type {
        let own = match (self.site.place, name.as_str()) {
            (Some(Place::Assert | Place::Condition), "condition") => Some(Type::Bool),
            (Some(Place::Assert | Place::Condition), "error_message") => Some(Type::String),
            (Some(Place::Call | Place::Resource(_)), "count") => Some(Type::Number),
            (Some(Place::Import), "id") => Some(Type::String),
            _ => None,
        };
        own.or_else(|| self.declared(name)).unwrap_or(Type::Dynamic)
    }

    fn declared(&self, name: &SmolStr) -> Option<Type> {
        let place = self.site.place?;
        match place {
            Place::Variables => self.variable_type(self.tree?, name),
            Place::Variable => {
                let label = self.block()?.labels.first()?;
                if name == "default" { self.variable_type(self.tree?, label) } else { None }
            }
            Place::Call if place.entry(name).is_none() => self.variable_type(self.called()?, name),
            _ if place.has_schema() && place.entry(name).is_none() => {
                Some(self.body_schema()?.schema.attributes.get(name)?.constraint().clone())
            }
            _ => match self.takes() {
                Takes::Outputs => {
                    let outputs = &self.overridden_module()?.module.outputs;
                    let types = self.types_in(self.overridden_module()?)?;
                    let attributes = outputs.keys().map(|it| (it.as_str().into(), types.output(it)));
                    Some(Type::object(attributes.collect()))
                }
                Takes::Values => Some(self.mocked()?.schema.ty().clone()),
                _ => None,
            },
        }
    }

    fn variable_type(&self, tree: &ModuleTree, name: &SmolStr) -> Option<Type> {
        Some(tree.module.variables.get(name)?.ty.clone())
    }
}

/// What a function takes, where the first argument may say more about the others.
fn argument(name: &str, index: usize, first: Option<Type>) -> Type {
    let own = functions::lookup(name).and_then(|function| function.param(index));
    match own.map_or(Type::Dynamic, |param| param.ty.to_type()) {
        Type::Dynamic => {}
        own => return own,
    }
    let any = |ty: fn(Type) -> Type| ty(Type::Dynamic);
    match (name, index) {
        ("contains" | "index", 1) | ("lookup", 2) => {
            first.as_ref().and_then(element).unwrap_or(Type::Dynamic)
        }
        ("coalesce" | "coalescelist" | "concat" | "merge" | "try", 1..) => first.unwrap_or(Type::Dynamic),
        ("keys" | "lookup" | "merge" | "values", 0) => any(Type::map),
        (
            "coalescelist" | "concat" | "contains" | "distinct" | "element" | "flatten" | "index" | "one"
            | "reverse" | "slice",
            0,
        ) => any(Type::list),
        _ => Type::Dynamic,
    }
}

/// The name that a dynamic block gives its element.
pub(super) fn iterator<'t>(block: &'t super::site::Around<'_>) -> Option<&'t str> {
    let named = block.body.attribute("iterator").and_then(|it| it.as_keyword().or(it.as_plain_string()));
    named.or(block.labels.first().map(SmolStr::as_str))
}

/// The type of each element of a collection that is gone through.
pub(super) fn element(ty: &Type) -> Option<Type> {
    match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => Some((**element).clone()),
        Type::Tuple(elements) => same(elements.iter()),
        Type::Object(object) => same(object.attributes.values()),
        _ => None,
    }
}

fn same<'t>(mut types: impl Iterator<Item = &'t Type>) -> Option<Type> {
    let first = types.next()?;
    types.all(|ty| ty == first).then(|| first.clone())
}

/// The type of a part of a value. Behind a splat that is the type of one element's part.
fn follow(ty: Type, rest: &[Segment]) -> Option<Type> {
    let mut ty = ty;
    for segment in rest {
        ty = match (segment, &ty) {
            (_, Type::Dynamic) => return None,
            (Segment::Name(_) | Segment::Key(_) | Segment::Index, Type::Map(element)) => (**element).clone(),
            (Segment::Name(name) | Segment::Key(name), ty) => ty.attribute(name)?.clone(),
            (Segment::Number(index), Type::Tuple(elements)) => elements.get(*index)?.clone(),
            (Segment::Number(_) | Segment::Index, Type::List(element)) => (**element).clone(),
            (Segment::Splat | Segment::Index, ty) if !matches!(ty, Type::Object(_) | Type::Map(_)) => {
                element(ty)?
            }
            (Segment::Splat, ty) => (*ty).clone(),
            _ => return None,
        };
    }
    (ty != Type::Dynamic).then_some(ty)
}

/// A path as the checks read it; a key that has to be computed is some key.
fn traversal(path: &[Segment]) -> Option<Traversal> {
    let (Segment::Name(root), steps) = path.split_first()? else { return None };
    let step = |segment: &Segment| lang::Step {
        kind: match segment {
            Segment::Name(name) => StepKind::Attr(name.clone()),
            Segment::Key(key) => StepKind::Key(key.clone()),
            Segment::Number(number) => StepKind::Number(Number::from_usize(*number)),
            Segment::Splat | Segment::Index => StepKind::Key(SmolStr::default()),
        },
        span: Span::default(),
    };
    Some(Traversal {
        root: root.clone(),
        root_span: Span::default(),
        steps: steps.iter().map(step).collect(),
    })
}

/// Whether there can be several blocks of that nesting.
pub(super) fn is_repeated(nesting: Nesting, max_items: u64) -> bool {
    matches!(nesting, Nesting::List | Nesting::Set | Nesting::Map) && max_items != 1
}
